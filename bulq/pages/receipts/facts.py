"""What the page of receipts knows, and who is looking."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import reflex as rx

from bulq.components.facts import call, live_var, var
from bulq.components.operations import local
from bulq.components.photos import Photo
from bulq.domain.phases import Unit
from bulq.pages.person import me
from bulq.queries.receipts import ReceiptsView

CARDS = "$/public/receipts/cards.js"
ACTS = "$/public/receipts/acts.js"
FIELDS = "$/public/receipts/fields.js"

facts = live_var(ReceiptsView, "receipts")


@dataclass(frozen=True)
class PayerRow:
    id: str
    name: str
    amount: int | None


@dataclass(frozen=True)
class BoughtRow:
    id: str
    called: str
    unit: Unit
    quantity: int
    total: int


@dataclass(frozen=True)
class CostRow:
    """A cost with its words: what it is, by what it is shared, how far it was."""

    id: str
    called: str
    rule: str
    way: str
    note: str
    amount: int
    amount_said: str


@dataclass(frozen=True)
class PhotoRow(Photo):
    """One of a receipt."""

    receipt: str
    removes: str
    said: str
    author: str
    removable: bool


@dataclass(frozen=True)
class ReceiptRow:
    """A receipt as assets/receipts/cards.js makes it; `payers` only where several paid."""

    id: str
    day: str
    reason: str
    revision: int
    author: str
    at: str
    paid_by: str
    payers: list[PayerRow]
    purchases: list[BoughtRow]
    costs: list[CostRow]
    total: int | None
    lines: int
    difference: int
    may: bool
    removable: bool
    photos: list[PhotoRow]
    attaches: bool
    full: bool
    attach_to: str


def _about() -> tuple[Any, ...]:
    of_run = facts.receipts, facts.people, facts.phase, facts.leader_id, facts.helpers
    return *of_run, me.id, facts.currency, facts.participants, facts.id


def written() -> Any:
    """The receipts of the run itself."""
    return call(CARDS, "cards", list[ReceiptRow], *_about(), False)


def corrections() -> Any:
    return call(CARDS, "cards", list[ReceiptRow], *_about(), True)


def others() -> Any:
    """Receipts to which the chosen purchase may be moved."""
    return call(CARDS, "others", list[ReceiptRow], *_about(), about("id"))


def photo() -> Any:
    """The one that the open dialog is about."""
    return call(CARDS, "photo", PhotoRow, *_about(), about("id"), about("more"))


def are_many() -> rx.Var[bool]:
    return call(CARDS, "many", bool, *_about()).bool()


def may_add() -> rx.Var[bool]:
    return call(CARDS, "mayAdd", bool, facts.phase, facts.leader_id, facts.helpers, me.id).bool()


def may_correct() -> rx.Var[bool]:
    return call(CARDS, "mayCorrect", bool, facts.receipts, facts.phase, facts.leader_id, me.id).bool()


def leads() -> rx.Var[bool]:
    return var(facts.leader_id) == var(me.id)


def about(what: str, kind: Any = str) -> rx.Var[Any]:
    """What the open dialog is about: `id` and `revision` of a receipt, and `more`, which is a purchase."""
    chosen: Any = local("receipts.about", {"id": "", "more": "", "revision": 0}, dict[str, Any])
    return chosen[what].to(kind)


def dialog_is(name: str) -> rx.Var[bool]:
    return local("receipts.dialog", "") == name
