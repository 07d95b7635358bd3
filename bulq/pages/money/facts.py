"""What the page of a group's money knows, and what it works out for the viewer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import reflex as rx
from reflex.vars.base import VarData

from bulq.components.facts import call, imported, live_var
from bulq.components.operations import handler, local
from bulq.components.texts import section
from bulq.pages.person import me
from bulq.queries.money import MoneyPerson, MoneyView, PaymentLine
from bulq.queries.money_history import MoneyEntry
from bulq.queries.settling import PlanLine, SettlingView

MONEY = "$/public/money/money.js"
ASKING, ABOUT = "money.asking", "money.about"  # which dialog is open, and the payment it is about

money = live_var(MoneyView, "money")
settling = live_var(SettlingView, "settling")

CLOSE = handler(MONEY, "close")


@dataclass(frozen=True)
class BalanceRow(MoneyPerson):
    """`amount` is without a sign."""

    amount: int
    mine: bool
    left: bool


@dataclass(frozen=True)
class PaymentRow(PaymentLine):
    """What the viewer may do with the payment. `asks`: it waits for them."""

    sender: str
    receiver: str
    pays: bool
    answers: bool
    disputes: bool
    takes_back: bool
    reminds: bool
    asks: bool
    mine: bool
    i_send: bool
    i_receive: bool


@dataclass(frozen=True)
class ProposedRow(PlanLine):
    sender_id: str
    receiver_id: str
    mine: bool


@dataclass(frozen=True)
class EntryPart:
    id: str
    name: str
    amount: int


def balances() -> list[BalanceRow]:
    return call(MONEY, "balances", list[BalanceRow], money.people, me.id)  # type: ignore[return-value]


def my_balance() -> Any:
    return call(MONEY, "balanceOf", int, money.people, me.id)


def my_advanced() -> Any:
    return call(MONEY, "advancedOf", int, money.people, me.id)


def anybody_owes() -> rx.Var[bool]:
    return call(MONEY, "anybodyOwes", bool, money.people)


def payments(*, planned: bool) -> list[PaymentRow]:
    return call(MONEY, "payments", list[PaymentRow], money.payments, money.people, me.id, planned)  # type: ignore[return-value]


def proposed(kind: Any) -> list[ProposedRow]:
    return call(MONEY, "proposed", list[ProposedRow], settling.plans, kind, me.id)  # type: ignore[return-value]


def effect_of(kind: Any) -> rx.Var[str]:
    return call(MONEY, "effectOf", str, settling.plans, kind)


def why(line: Any, names: Any, currency: Any) -> list[str]:
    """Sentences that say why the line is so; none where somebody simply owes it."""
    hook = VarData(
        imports={**imported("react-i18next", "useTranslation")},
        hooks={"const { i18n: moneyLanguage } = useTranslation()": None},
    )
    language = rx.Var(_js_expr="moneyLanguage.language", _var_type=str, _var_data=VarData.merge(hook, section("money")))
    return call(MONEY, "why", list[str], line, names, currency, me.id, language)  # type: ignore[return-value]


def parts_of(entry: MoneyEntry) -> list[EntryPart]:
    return call(MONEY, "partsOf", list[EntryPart], entry, money.people)  # type: ignore[return-value]


def my_part(entry: MoneyEntry) -> Any:
    return call(MONEY, "myPart", int, entry, me.id)


def about() -> Any:
    """The payment that the open dialog is about."""
    return rx.Var.create(money.payments).to(dict[str, PaymentLine])[local(ABOUT, "")].to(PaymentLine)


def asking(what: str) -> rx.Var[bool]:
    return local(ASKING, "") == what


def asks(what: str, payment_id: Any = "") -> Any:
    return handler(MONEY, "ask", what, payment_id)
