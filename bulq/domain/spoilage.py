"""Goods that turned out spoiled: how much of somebody's line, what that cost, and from what it is credited."""

from __future__ import annotations

from enum import StrEnum

from bulq.domain.errors import Conflict, Invalid
from bulq.domain.money import share_money

_REST = "~rest"  # no id begins with a tilde


class Credit(StrEnum):
    """From what spoiled goods are credited."""

    REFUND = "refund"  # the store gave the money back
    EVERYBODY = "everybody"  # all bear it by the value of their goods
    NONE = "none"


def check_spoiled(quantity: int, got: int) -> None:
    """Refuse nothing, and more than the person got (thousandths)."""
    if quantity <= 0:
        raise Invalid("quantity_positive", field="quantity")
    if quantity > got:
        raise Conflict("spoiled_too_much", field="quantity")


def worth(item_id: str, quantity: int, got: int, cost: int) -> int:
    """Minor units that so many of the thousandths somebody got cost them; with the rest exactly their cost."""
    if quantity >= got:
        return cost
    return share_money(cost, {item_id: quantity, _REST: got - quantity}, item_id)[item_id]
