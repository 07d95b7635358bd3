"""Households on the page of a group's money: who settles as one, what is proposed, and a dialog that proposes it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import reflex as rx

from bulq.components import format
from bulq.components.buttons import button
from bulq.components.choices import radio_group
from bulq.components.facts import call, known, var
from bulq.components.lists import size
from bulq.components.operation_forms import form_choice, operation_form
from bulq.components.operations import given, handler, local, operation, operation_saying, set_local
from bulq.components.overlays import dialog
from bulq.components.surfaces import card
from bulq.components.texts import Text, t
from bulq.pages.money.facts import CLOSE, MONEY, asking, asks, money
from bulq.pages.person import me
from bulq.services.households import agree_household, end_household, propose_household

HOUSEHOLDS = "$/public/money/households.js"
DIRECTION = "money.household"


@dataclass(frozen=True)
class Pair:
    """`payer` settles for `user`, or would. `other` is the one of the two who is not the viewer, if that is one."""

    id: str
    user: str
    payer: str
    other: str
    asks_me: bool
    asked_by_me: bool
    mine: bool


@dataclass(frozen=True)
class Home:
    """A household: everybody's names, and their balances together in minor units."""

    id: str
    names: str
    payer: str
    balance: int
    mine: bool
    pairs: list[Pair]


def households() -> list[Home]:
    return call(HOUSEHOLDS, "households", list[Home], money.households, money.people, me.id)  # type: ignore[return-value]


def my_household() -> Any:
    """That of the viewer; with no id if there is none."""
    return call(HOUSEHOLDS, "mine", Home, money.households, money.people, me.id)


def proposals() -> list[Pair]:
    return call(HOUSEHOLDS, "proposals", list[Pair], money.households, money.people, me.id)  # type: ignore[return-value]


def households_card() -> rx.Component:
    some = (size(households()) > 0) | (size(proposals()) > 0)
    return card(
        rx.cond(
            some,
            rx.fragment(
                rx.el.ul(rx.foreach(households(), _home)),
                rx.el.ul(rx.foreach(proposals(), _proposal)),
            ),
            rx.el.p(t("money.household_hint"), class_name="text-muted text-[13.5px] mb-3"),
        ),
        button(t("money.household_propose"), small=True, icon="users", on_click=asks("household")),
        title=t("money.households"),
    )


def together_line() -> rx.Component:
    """ "Ana and Bojan settle as one: together −3.20", for those two."""
    home = my_household()
    said = t("money.household_together", names=home.names, amount=format.money(home.balance, money.currency))
    shown = rx.el.p(said, class_name="num mt-1", data_household_balance=var(home.balance, int).to_string())
    return rx.cond(known(home.id), shown, rx.fragment())


def _home(home: Home) -> rx.Component:
    said = t("money.household_together", names=home.names, amount=format.money(home.balance, money.currency))
    return rx.el.li(
        rx.el.p(rx.el.b(said, class_name="num break-words")),
        rx.el.p(t("money.household_payer", name=home.payer), class_name="text-muted text-[13.5px]"),
        rx.el.div(rx.foreach(home.pairs, _end), class_name="flex flex-wrap gap-2 mt-2 empty:hidden"),
        key=home.id,
        data_household=home.names,
        class_name="pb-3 mb-3 border-b border-line",
    )


def _end(pair: Pair) -> rx.Component:
    end = button(
        t("money.household_end"),
        small=True,
        name=t("money.household_end_name", name=pair.other),
        on_click=operation_saying(t("money.household_ended"), end_household, group_id=money.id, household_id=pair.id),
    )
    return rx.cond(pair.mine, end, rx.fragment())


def _proposal(pair: Pair) -> rx.Component:
    at = {"group_id": money.id, "household_id": pair.id}
    agree = button(
        t("money.household_agree"), look="primary", small=True, icon="check", on_click=operation(agree_household, **at)
    )
    end = button(
        rx.cond(pair.asks_me, t("money.household_decline"), t("money.household_withdraw")),
        small=True,
        on_click=operation(end_household, **at),
    )
    return rx.el.li(
        rx.el.p(t("money.household_would", payer=pair.payer, user=pair.user), class_name="break-words"),
        rx.el.div(
            rx.cond(pair.asks_me, agree, rx.fragment()),
            rx.cond(pair.mine, end, rx.el.span(t("money.household_open"), class_name="text-muted text-[13.5px]")),
            class_name="flex flex-wrap gap-2 mt-2",
        ),
        key=pair.id,
        data_proposal="",
        class_name="pb-3 mb-3 border-b border-line",
    )


def household_dialog() -> rx.Component:
    direction = local(DIRECTION, "pays")
    choice = radio_group(
        t("money.household_who"),
        [
            ("pays", t("money.household_i_pay"), t("money.household_i_pay_detail")),
            ("paid", t("money.household_they_pay"), t("money.household_they_pay_detail")),
        ],
        name="household",
        value=direction,
        on_change=set_local(DIRECTION, given(0, str)),
    )
    return dialog(
        t("money.household_propose"),
        rx.el.p(t("money.household_hint"), class_name="text-muted"),
        choice,
        rx.cond(
            direction == "pays",
            _proposing("user_id", t("money.household_for"), payer_id=me.id),
            _proposing("payer_id", t("money.household_by"), user_id=me.id),
        ),
        open=asking("household"),
        on_close=CLOSE,
    )


def _proposing(other: str, label: Text, **mine: Any) -> rx.Component:
    options = call(HOUSEHOLDS, "members", list[tuple[str, str]], money.people, me.id)
    return operation_form(
        propose_household,
        form_choice(label, other, options),
        fields={other: {"kind": "needed", "missing": "household_oneself"}},
        given={"group_id": money.id, **mine},
        send=t("money.household_send"),
        on_done=handler(MONEY, "proposedHousehold"),
        back=t("home.not_now"),
        on_back=CLOSE,
    )
