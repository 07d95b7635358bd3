"""What each participant owes for a run, line by line, exactly as much as was paid."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from bulq.domain.money import share_money

LEFT_OVER = "~left-over"  # no id begins with a tilde


@dataclass(frozen=True, slots=True)
class Purchase:
    """A list item after shopping: minor units for thousandths, and who gets how many of these."""

    item_id: str
    total: int
    bought: int
    allocations: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Line:
    item_id: str
    quantity: int
    cost: int


@dataclass(frozen=True, slots=True)
class Statements:
    """Lines per person and of what nobody took; together they cost what the purchases cost."""

    people: Mapping[str, tuple[Line, ...]]
    left_over: tuple[Line, ...]

    def sum_of(self, person: str) -> int:
        return sum(line.cost for line in self.people.get(person, ()))

    @property
    def left_over_cost(self) -> int:
        return sum(line.cost for line in self.left_over)


def line_shares(
    item_id: str, line_total: int, bought: int, allocations: Mapping[str, int]
) -> tuple[dict[str, int], int]:
    """Minor units per person, and what the goods nobody took cost; together `line_total` exactly."""
    left = bought - sum(allocations.values())
    if left < 0 or any(quantity < 0 for quantity in allocations.values()):
        raise ValueError("allocations are never negative and together at most what was bought")
    # Who takes nothing has no place in the rotation, so it makes no difference whether they are listed.
    weights = {person: quantity for person, quantity in allocations.items() if quantity}
    if left:
        weights[LEFT_OVER] = left
    if not weights:
        return dict.fromkeys(allocations, 0), line_total
    shares = share_money(line_total, weights, item_id)
    return {person: shares.get(person, 0) for person in allocations}, shares.get(LEFT_OVER, 0)


def statements(purchases: Iterable[Purchase]) -> Statements:
    """All statements of a run; a line of 0 stands where somebody got nothing."""
    people: dict[str, list[Line]] = {}
    left_over: list[Line] = []
    for purchase in purchases:
        shares, left_cost = line_shares(purchase.item_id, purchase.total, purchase.bought, purchase.allocations)
        for person, quantity in purchase.allocations.items():
            people.setdefault(person, []).append(Line(purchase.item_id, quantity, shares[person]))
        left = purchase.bought - sum(purchase.allocations.values())
        if left or left_cost:
            left_over.append(Line(purchase.item_id, left, left_cost))
    return Statements({person: tuple(lines) for person, lines in people.items()}, tuple(left_over))
