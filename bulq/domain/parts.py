"""What each person's part of a run costs, in every phase: estimated, so far, and final."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from bulq.domain.allocation import matches
from bulq.domain.money import share_money
from bulq.domain.packs import estimate
from bulq.domain.prices import Offer
from bulq.domain.statements import NOTHING, Part, Purchase, Shares, divided


@dataclass(frozen=True, slots=True)
class Line:
    """A product of the run before anything is bought of it: thousandths and minor units.

    `bids` holds firm ones only, `offers` what the product may cost. `closed` means nothing will be bought of it.
    """

    line_id: str
    offers: Sequence[Offer]
    bids: Mapping[str, int]
    closed: bool = False

    @property
    def expected(self) -> int | None:
        """What all bids together are estimated to cost: the cheapest offers they reach; None when none is known."""
        return estimate(self.offers, sum(self.bids.values()))


@dataclass(frozen=True, slots=True)
class Parts:
    """Minor units per person, of what nobody takes, and of everything; `unpriced` counts lines without any price.

    `unshared` is the amount of costs that nobody can bear yet.
    """

    people: Mapping[str, int]
    left_over: int
    unshared: int
    total: int
    unpriced: int


def parts_of(shares: Iterable[Shares], beside: Mapping[str, int], unshared: int, unpriced: int) -> Parts:
    """Each person's part: the sum of their shares, and what they bear `beside` the goods.

    Together with what is left over and what nobody can bear yet it is the total.
    """
    people: dict[str, int] = defaultdict(int, beside)
    left_over = 0
    for each in shares:
        left_over += each.left_cost
        for person, cost in each.costs.items():
            people[person] += cost
    return Parts(people, left_over, unshared, sum(people.values()) + left_over + unshared, unpriced)


def is_unpriced(line: Line) -> bool:
    """Whether the line costs something, and nobody knows how much."""
    return not line.closed and bool(line.bids) and line.expected is None


def estimated(line: Line) -> Shares:
    """What each person is expected to pay: the estimate of the line, divided by their bids; nothing without a price."""
    expected = None if line.closed or not line.bids else line.expected
    return NOTHING if expected is None else Shares({}, share_money(expected, line.bids, line.line_id), {})


def so_far(
    item_id: str, bought: int, total: int, step: int, bids: Mapping[str, int], paid: Mapping[str, Part]
) -> Shares:
    """A bought item before goods are given out, divided over the bids on it.

    What matches is divided as it will be given out. Bids that ask for less than was bought get what they ask for; the
    rest is left over. Bids that ask for more get parts of what was bought, which need not be whole steps: who gets how
    many is decided later.
    """
    wanted = sum(bids.values())
    if wanted and matches(wanted, bought, step):
        return divided(Purchase(item_id, total, bought, share_money(bought, bids, item_id)), paid)
    if not wanted > bought:
        return divided(Purchase(item_id, total, bought, bids), paid)
    return Shares(share_money(bought, bids, item_id), share_money(total, bids, item_id), {})
