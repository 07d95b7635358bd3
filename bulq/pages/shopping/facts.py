"""What the page knows of its list, and who is looking."""

from __future__ import annotations

from dataclasses import dataclass

import reflex as rx

from bulq.components.facts import call, live_var, rows_by, var
from bulq.domain.phases import Phase, Unit
from bulq.pages.person import me
from bulq.queries.shopping import Item, ShoppingList

LIST = "$/public/shopping/list.js"
SHEET = "$/public/shopping/sheet.js"
BEFORE = [str(phase) for phase in (Phase.PLANNING, Phase.ACTIVE, Phase.CONFIRMED)]
MENDABLE = [str(phase) for phase in (Phase.ADJUSTING, Phase.DISTRIBUTING)]

shop = live_var(ShoppingList, "shopping")


@dataclass(frozen=True)
class ReceiptRow:
    """A line of the receipt with what it shows of its item, as assets/shopping/list.js joins them.

    `waits` is "phone" or "sent" while the line isn't saved.
    """

    id: str
    item_id: str
    quantity: int
    total: int
    price: int
    per: int
    exact: bool
    payer_id: str
    waits: str | None
    name: str
    content: tuple[int, Unit] | None
    brand: str
    unit: Unit
    wanted: int
    bought: int
    settled: bool
    payer: str
    several: bool
    newest: bool


def to_buy() -> list[Item]:
    return rows_by(LIST, "toBuy", shop.items)


def absent() -> list[Item]:
    return rows_by(LIST, "absent", shop.items)


def receipt() -> rx.Var[list[ReceiptRow]]:
    return call(LIST, "receipt", list[ReceiptRow], shop.lines, shop.items, shop.names)


def leads() -> rx.Var[bool]:
    return var(shop.leader_id) == var(me.id)


def may_buy() -> rx.Var[bool]:
    helps = var(shop.helpers, list[str]).contains(var(me.id))
    return (var(shop.phase) == Phase.SHOPPING) & (leads() | helps)


def may_mend() -> rx.Var[bool]:
    return rx.Var.create(MENDABLE).contains(var(shop.phase))
