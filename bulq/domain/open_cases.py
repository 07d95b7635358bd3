"""What becomes of the bids on a product whose last case isn't full: it is filled, or what is in it goes unserved.

Quantities are thousandths, money is in minor units.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Protocol

from bulq.domain.allocation import share
from bulq.domain.cases import cases_opened, hand_out_extra, missing, room
from bulq.domain.packs import case_size
from bulq.domain.phases import FairRule
from bulq.domain.prices import Offer, Price, best_offer


class Wish(Protocol):
    """A bid: "2, up to 4, for at most 5.00 more". Without a quantity it counts nowhere."""

    @property
    def quantity(self) -> int | None: ...
    @property
    def up_to(self) -> int | None: ...
    @property
    def up_to_cap(self) -> int | None: ...


@dataclass(frozen=True, slots=True)
class Cases:
    """A product that is sold in cases of `size` only, with the firm bids on it.

    `rooms` is how much more each bidder takes, `price` that of the next case. `step` is the smallest part that is bid.
    """

    size: int
    step: int
    bids: Mapping[str, int]
    rooms: Mapping[str, int]
    price: Price | None

    @property
    def wanted(self) -> int:
        return sum(self.bids.values())

    @property
    def is_open(self) -> bool:
        """Whether a case is begun that the bids don't fill."""
        return self.wanted % self.size > 0

    @property
    def cases(self) -> int:
        """How many are bought if flexible people take more where that fills one."""
        return cases_opened(self.wanted, sum(self.rooms.values()), self.size)

    @property
    def missing(self) -> int:
        """What fills the begun case beside what flexible people take."""
        return missing(self.wanted, sum(self.rooms.values()), self.size)


def cases_of(offers: Sequence[Offer], bids: Mapping[str, Wish], step: int) -> Cases | None:
    """None where the product needn't be bought in whole cases, or a case doesn't hold whole steps."""
    firm = {who: bid.quantity for who, bid in bids.items() if bid.quantity}
    wanted = sum(firm.values())
    size = case_size(offers, wanted)
    if not size or size % step:
        return None
    next_case = best_offer([offer for offer in offers if offer.pack == size], wanted // size * size + size)
    price = next_case.price if next_case else None
    rooms = {
        who: room(bid.up_to - bid.quantity, bid.up_to_cap, price, step)
        for who, bid in bids.items()
        if bid.quantity and bid.up_to and bid.up_to > bid.quantity
    }
    return Cases(size, step, firm, rooms, price)


def filled(found: Cases, so_far: Mapping[str, int], filler: str, line_id: str) -> dict[str, int]:
    """The bids once the begun case is filled: first by who takes more, then `filler` takes what is missing.

    `so_far` is the value of the extra pieces everybody has taken in the run.
    """
    after = dict(found.bids)
    if not found.is_open:
        return after
    lacking = found.size - found.wanted % found.size
    rooms = {who: most // found.step for who, most in found.rooms.items()}
    worth = Fraction(found.step * found.price.amount, found.price.per) if found.price else Fraction(0)
    for who, pieces in hand_out_extra(lacking // found.step, rooms, so_far, worth, line_id).items():
        after[who] += pieces * found.step
    if found.missing:
        after[filler] = after.get(filler, 0) + found.missing
    return after


def unopened(found: Cases, rule: FairRule, raises: Sequence[tuple[str, int]], line_id: str) -> dict[str, int]:
    """The bids once the begun case stays closed: the full cases are shared by the group's rule."""
    full = found.wanted // found.size * found.size
    return share(rule, found.bids, raises, full, found.step, line_id)
