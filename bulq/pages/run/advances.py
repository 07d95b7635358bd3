"""Advances on the run page: the leader asks for a share of the estimate, everybody sees what they pay and paid."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import reflex as rx

from bulq.components import format
from bulq.components.buttons import button
from bulq.components.facts import call
from bulq.components.operation_forms import form_radios, operation_form
from bulq.components.operations import handler, operation
from bulq.components.overlays import dialog
from bulq.components.payment_code import payment_code_button
from bulq.components.surfaces import chip, kv
from bulq.components.texts import t
from bulq.pages.run.facts import LEADING, PersonRow, dialog_is, me, my_part, name_of, run, var
from bulq.services import advances, payments

ADVANCES = "$/public/run/advances.js"
CLOSE = handler(LEADING, "close")


@dataclass(frozen=True)
class Advance:
    """Of one person, in minor units: `got` is what they got from others. `waits` is a payment nobody answered."""

    asked: int
    said: int
    came: int
    disputed: int
    got: int
    line: str
    waits: str
    waiting: int
    payee: str


def _of(user_id: Any) -> Any:
    return call(ADVANCES, "advanceOf", Advance, run.advances, user_id)


def _money(amount: Any) -> Any:
    return format.money(amount, run.currency)


def my_advance() -> rx.Component:
    """ "Paid in advance 12.00, still to pay 3.40", and the step that is asked for."""
    mine = _of(me.id)
    rest = var(my_part(), int) - var(mine.said, int)
    paid = rx.fragment(
        kv(t("run.advance_paid"), _money(mine.said), data_advance_paid=""),
        rx.cond(rest >= 0, kv(t("run.advance_rest"), _money(rest), data_advance_rest=""), rx.fragment()),
    )
    asked = rx.el.div(
        kv(t("run.advance_asked", name=name_of(mine.payee)), _money(mine.asked), data_advance_asked=""),
        rx.el.div(
            button(
                t("run.advance_i_paid"),
                look="soft",
                small=True,
                icon="check",
                on_click=operation(
                    payments.say_paid, group_id=run.group_id, payment_id=mine.line, amount=var(mine.asked, int)
                ),
            ),
            payment_code_button(
                var(run.group_id), var(mine.payee), name_of(mine.payee), currency=run.currency, amount=mine.asked
            ),
            class_name="flex flex-wrap gap-2 mt-1",
        ),
    )
    disputed = kv(t("run.advance_disputed"), _money(mine.disputed))
    return rx.fragment(
        rx.cond(var(mine.said, int) > 0, paid, rx.fragment()),
        rx.cond(var(mine.disputed, int) > 0, disputed, rx.fragment()),
        rx.cond(var(mine.asked, int) > 0, asked, rx.fragment()),
        rx.cond(var(mine.got, int) > 0, kv(t("run.advance_got"), _money(mine.got)), rx.fragment()),
    )


def advance_of_person(person: PersonRow) -> rx.Component:
    """How it stands with somebody's advance; whoever is to get it says that it came."""
    theirs = _of(person.id)
    confirm = button(
        t("money.confirm"),
        small=True,
        icon="check",
        name=t("run.advance_confirm", name=person.name, amount=_money(theirs.waiting)),
        on_click=operation(payments.confirm_payment, group_id=run.group_id, payment_id=theirs.waits),
    )
    chips = (
        (var(theirs.asked, int) > 0, chip(t("run.advance_chip_asked", amount=_money(theirs.asked)))),
        (var(theirs.waiting, int) > 0, chip(t("run.advance_chip_said", amount=_money(theirs.waiting)), "info")),
        (var(theirs.disputed, int) > 0, chip(t("run.advance_chip_disputed", amount=_money(theirs.disputed)), "bad")),
        (var(theirs.came, int) > 0, chip(t("run.advance_chip_came", amount=_money(theirs.came)), "good")),
    )
    shown = [rx.cond(there, each, rx.fragment()) for there, each in chips]
    mine_to_answer = (var(theirs.waits) != "") & (var(theirs.payee) == var(me.id))
    return rx.el.div(
        *shown,
        rx.cond(mine_to_answer, confirm, rx.fragment()),
        class_name="flex flex-wrap items-center gap-1.5 mt-1 empty:hidden",
        data_advance=person.username,
    )


def advances_dialog() -> rx.Component:
    waits = call(ADVANCES, "askedOfAll", int, run.advances)
    said = call(ADVANCES, "saidByAll", int, run.advances)
    form = operation_form(
        advances.ask_advances,
        rx.el.p(t("lead.advances_hint"), class_name="text-muted"),
        form_radios(
            t("lead.advances_share"),
            "share",
            [
                ("none", t("lead.advances_none"), t("lead.advances_none_detail")),
                ("half", t("lead.advances_half"), t("lead.advances_half_detail")),
                ("all", t("lead.advances_all"), t("lead.advances_all_detail")),
            ],
            start=rx.cond(var(run.advance) == "none", "half", var(run.advance)),
        ),
        rx.cond(
            var(run.advance) != "none",
            rx.el.p(t("lead.advances_stand", asked=_money(waits), said=_money(said)), class_name="text-[13.5px] num"),
            rx.fragment(),
        ),
        fields={"share": {"kind": "text"}},
        given={"run_id": run.id},
        send=t("lead.advances_send"),
        back=t("lead.back"),
        on_back=CLOSE,
        on_done=CLOSE,
    )
    return dialog(t("lead.advances"), form, open=dialog_is("advances"), on_close=CLOSE)


def kept_when_cancelled() -> rx.Component:
    """What a cancelled run leaves of advances, said before it is cancelled."""
    said = call(ADVANCES, "saidByAll", int, run.advances)
    words = rx.el.p(t("lead.cancel_advances", amount=_money(said)), class_name="num")
    return rx.cond(var(said, int) > 0, words, rx.fragment())
