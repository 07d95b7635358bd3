"""What each person's part of a run costs, in every phase: estimated, so far, and final."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from bulq.domain.money import line_total, share_money
from bulq.domain.statements import line_shares


@dataclass(frozen=True, slots=True)
class Line:
    """A product of the run: thousandths and minor units. `bids` holds firm ones only; `price` is per unit, if known.

    `allocations` is None until goods are given out. `closed` means nothing more will be bought of it.
    """

    line_id: str
    price: int | None
    bids: Mapping[str, int]
    bought: int = 0
    paid: int = 0
    closed: bool = False
    allocations: Mapping[str, int] | None = None


@dataclass(frozen=True, slots=True)
class Parts:
    """Minor units per person, of what nobody takes, and of everything; `unpriced` counts lines without any price."""

    people: Mapping[str, int]
    left_over: int
    total: int
    unpriced: int


def parts_of(lines: Iterable[Line]) -> Parts:
    """Each person's part. Bought lines are shared exactly, others estimated from the price; the sum is the total."""
    people: dict[str, int] = defaultdict(int)
    left_over = unpriced = 0
    for line in lines:
        shares, left = shares_of(line)
        left_over += left
        unpriced += line.price is None and not line.bought and not line.closed and bool(line.bids)
        for person, cost in shares.items():
            people[person] += cost
    return Parts(people, left_over, sum(people.values()) + left_over, unpriced)


def shares_of(line: Line) -> tuple[Mapping[str, int], int]:
    """What each person pays of the line, and what stays with nobody."""
    if line.allocations is not None:
        return line_shares(line.line_id, line.paid, line.bought, line.allocations) if line.bought else ({}, 0)
    if line.bought:
        return (share_money(line.paid, line.bids, line.line_id), 0) if line.bids else ({}, line.paid)
    if line.closed or line.price is None:
        return {}, 0
    price = line.price
    return {person: line_total(quantity, price) for person, quantity in line.bids.items()}, 0
