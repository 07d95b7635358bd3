"""What each person's part of a run costs, in every phase: estimated, so far, and final."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from bulq.domain.money import line_total, share_money
from bulq.domain.statements import NOTHING, Part, Purchase, Shares, divided


@dataclass(frozen=True, slots=True)
class Line:
    """A product of the run before anything is bought of it: thousandths and minor units.

    `bids` holds firm ones only; `price` is per unit, if known. `closed` means nothing will be bought of it.
    """

    line_id: str
    price: int | None
    bids: Mapping[str, int]
    closed: bool = False


@dataclass(frozen=True, slots=True)
class Parts:
    """Minor units per person, of what nobody takes, and of everything; `unpriced` counts lines without any price."""

    people: Mapping[str, int]
    left_over: int
    total: int
    unpriced: int


def parts_of(shares: Iterable[Shares], unpriced: int) -> Parts:
    """Each person's part: the sum of their shares. Together with what is left over it is the total."""
    people: dict[str, int] = defaultdict(int)
    left_over = 0
    for each in shares:
        left_over += each.left_cost
        for person, cost in each.costs.items():
            people[person] += cost
    return Parts(people, left_over, sum(people.values()) + left_over, unpriced)


def is_unpriced(line: Line) -> bool:
    """Whether the line costs something, and nobody knows how much."""
    return line.price is None and not line.closed and bool(line.bids)


def estimated(line: Line) -> Shares:
    """What each person is expected to pay; nothing while no price is known."""
    if line.closed or line.price is None:
        return NOTHING
    price = line.price
    return Shares({}, {person: line_total(quantity, price) for person, quantity in line.bids.items()}, {})


def so_far(item_id: str, bought: int, total: int, bids: Mapping[str, int], paid: Mapping[str, Part]) -> Shares:
    """A bought item before goods are given out, divided over the bids on it.

    Bids that ask for less than was bought get what they ask for; the rest is left over. Bids that ask for more get
    parts of what was bought, which need not be whole steps: who gets how many is decided later.
    """
    if not sum(bids.values()) > bought:
        return divided(Purchase(item_id, total, bought, bids), paid)
    return Shares(share_money(bought, bids, item_id), share_money(total, bids, item_id), {})
