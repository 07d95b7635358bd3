"""What opens above the page of a group's money: settling up, a part of a line, a reason, a reminder, cash."""

from __future__ import annotations

from typing import Any

import reflex as rx

from bulq.components import format
from bulq.components.buttons import button
from bulq.components.choices import radio_group
from bulq.components.facts import Looking, call, known, var
from bulq.components.lists import size
from bulq.components.operation_forms import form_area, form_choice, form_field, operation_form
from bulq.components.operations import given, handler, local, set_local
from bulq.components.overlays import dialog, dialog_actions
from bulq.components.surfaces import notice, skeleton_rows
from bulq.components.texts import Text, t
from bulq.pages.money.facts import (
    CLOSE,
    MONEY,
    ProposedRow,
    about,
    asking,
    effect_of,
    money,
    proposed,
    settling,
)
from bulq.pages.money.lines import from_to, reasons
from bulq.pages.person import me
from bulq.services.payments import dispute_payment, record_payment, say_paid
from bulq.services.reminders import remind_debtor
from bulq.services.settling import save_plan

KIND, DIRECTION = "money.kind", "money.direction"
BACK: dict[str, Any] = {"back": t("home.not_now"), "on_back": CLOSE}


def money_dialogs() -> rx.Component:
    return rx.fragment(_settle(), _part(), _dispute(), _remind(), _record())


def _dialog(what: str, title: Text, *content: rx.Component, wide: bool = False) -> rx.Component:
    return dialog(title, *content, open=asking(what), on_close=CLOSE, wide=wide)


def _settle() -> rx.Component:
    """Both plans, with why. Which one is saved is the choice of whoever settles up."""
    kind = local(KIND, "fewest")
    choice = radio_group(
        t("money.which_plan"),
        [
            ("fewest", t("money.fewest"), t("money.fewest_detail")),
            ("payer", t("money.payer"), t("money.payer_detail")),
        ],
        name="kind",
        value=kind,
        on_change=set_local(KIND, given(0, str)),
        hide_label=True,
    )
    rows = proposed(kind)
    form = operation_form(
        save_plan,
        choice,
        rx.cond(
            size(rows) > 0,
            rx.el.ul(rx.foreach(rows, _proposed), class_name="border-y border-line"),
            rx.el.p(t("money.nothing_left"), class_name="text-muted"),
        ),
        rx.el.p(t("money.save_hint"), class_name="text-muted text-[13.5px]"),
        fields={},
        given={"group_id": money.id, "kind": kind, "effect": effect_of(kind)},
        send=t("money.save_plan"),
        on_done=handler(MONEY, "planned"),
        **BACK,
    )
    stays = rx.fragment(
        notice(t("money.being_paid")),
        dialog_actions(button(t("money.back"), look="primary", on_click=CLOSE)),
    )
    return _dialog(
        "settle",
        t("money.settle_up"),
        Looking.create(view="settling", address="groups/{group_id}/settling"),
        rx.cond(known(settling.id), rx.cond(var(settling.being_paid, bool), stays, form), skeleton_rows(2)),
        wide=True,
    )


def _proposed(line: ProposedRow) -> rx.Component:
    names = var(settling.people, dict[str, str])

    def name(person: Any) -> rx.Var[str]:
        return rx.cond(var(person) == var(me.id), t("money.you"), names[var(person)])

    return rx.el.li(
        rx.el.div(
            from_to(name(line.debtor_id), name(line.creditor_id)),
            rx.el.b(format.money(line.amount, money.currency), class_name="num whitespace-nowrap ml-auto"),
            class_name="flex items-baseline gap-3",
        ),
        reasons(line, settling.people, money.currency),
        key=line.id,
        data_proposed="",
        class_name="py-2.5 border-b border-line last:border-0",
    )


def _amount_field(**props: Any) -> rx.Component:
    return form_field(t("money.amount"), "amount", input_mode="decimal", auto_complete="off", **props)


def _part() -> rx.Component:
    line = about()
    form = operation_form(
        say_paid,
        rx.el.p(t("money.part_detail", amount=format.money(line.amount, money.currency)), class_name="text-muted"),
        _amount_field(auto_focus=True),
        fields={"amount": {"kind": "money", "currency": money.currency}},
        given={"group_id": money.id, "payment_id": local("money.about", "")},
        send=t("money.i_paid_this"),
        on_done=handler(MONEY, "partPaid"),
        **BACK,
    )
    return _dialog("part", t("money.pay_part"), form)


def _dispute() -> rx.Component:
    form = operation_form(
        dispute_payment,
        rx.el.p(t("money.dispute_detail"), class_name="text-muted"),
        form_area(t("money.reason"), "reason", max_length=500),
        fields={"reason": {"kind": "text"}},
        given={"group_id": money.id, "payment_id": local("money.about", "")},
        send=t("money.dispute_send"),
        on_done=handler(MONEY, "disputed"),
        **BACK,
    )
    return _dialog("dispute", t("money.dispute"), form)


def _remind() -> rx.Component:
    form = operation_form(
        remind_debtor,
        rx.el.p(t("money.remind_detail"), class_name="text-muted"),
        form_field(t("money.again_after"), "again_after", optional=True, input_mode="numeric", auto_complete="off"),
        fields={"again_after": {"kind": "count", "optional": True, "nullable": True}},
        given={"group_id": money.id, "payment_id": local("money.about", "")},
        send=t("money.remind"),
        on_done=handler(MONEY, "reminded"),
        **BACK,
    )
    return _dialog("remind", t("money.remind_title"), form)


def _record() -> rx.Component:
    direction = local(DIRECTION, "paid")
    choice = radio_group(
        t("money.direction"),
        [("paid", t("money.i_paid_somebody")), ("got", t("money.i_got"))],
        name="direction",
        value=direction,
        on_change=set_local(DIRECTION, given(0, str)),
    )
    return _dialog(
        "record",
        t("money.record"),
        choice,
        rx.cond(
            direction == "paid",
            _recording("receiver_id", t("money.to_whom"), t("money.they_confirm"), sender_id=me.id),
            _recording("sender_id", t("money.from_whom"), t("money.counts_at_once"), receiver_id=me.id),
        ),
    )


def _recording(other: str, label: Text, hint: Text, **mine: Any) -> rx.Component:
    options = call(MONEY, "others", list[tuple[str, str]], money.people, me.id)
    return operation_form(
        record_payment,
        form_choice(label, other, options),
        _amount_field(),
        form_field(t("money.note"), "note", optional=True, max_length=500, placeholder=t("money.note_example")),
        rx.el.p(hint, class_name="text-muted text-[13.5px]"),
        fields={
            other: {"kind": "needed", "missing": "payment_stranger"},
            "amount": {"kind": "money", "currency": money.currency},
            "note": {"kind": "text"},
        },
        given={"group_id": money.id, "currency": money.currency, **mine},
        send=t("money.record_send"),
        on_done=handler(MONEY, "recorded"),
        **BACK,
    )
