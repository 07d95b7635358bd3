"""What buying together saved: the usual cost of what was got, less what it cost. Only with evidence for both.

Goods alone are compared. Transport and other costs beside the goods, and goods that nobody took, are left out.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from bulq.domain.prices import Price

COUNTED = 9  # observations at most of which the middle one counts
RECENT = timedelta(days=365)  # before or after the day; others say nothing about it


@dataclass(frozen=True, slots=True)
class Seen:
    """What something cost in an ordinary shop on a day."""

    price: Price
    day: date


@dataclass(frozen=True, slots=True)
class Usual:
    """The middle of `count` observations, the newest of them of `newest`."""

    price: Price
    count: int
    newest: date


@dataclass(frozen=True, slots=True)
class Got:
    """Goods somebody got, or all did: thousandths, and what they cost in minor units."""

    product_id: str
    quantity: int
    cost: int


@dataclass(frozen=True, slots=True)
class Savings:
    """Minor units that `known` of the `products` saved together (below 0: they cost more than usual).

    None when nobody knows what any of them usually costs.
    """

    saved: int | None
    known: int
    products: int


NOTHING = Savings(None, 0, 0)


def usual_price(seen: Iterable[Seen], day: date) -> Usual | None:
    """The median of what was seen nearest to the day; of an even number the lower of the two in the middle.

    That one was really seen, and promises nothing too much. Of equally near ones the newer counts. None without any.
    """
    recent = (each for each in seen if abs(each.day - day) <= RECENT)
    nearest = sorted(recent, key=lambda each: (abs(each.day - day), -each.day.toordinal(), each.price.ratio))[:COUNTED]
    if not nearest:
        return None
    by_price = sorted((each.price for each in nearest), key=lambda price: (price.ratio, price.per))
    return Usual(by_price[(len(by_price) - 1) // 2], len(nearest), max(each.day for each in nearest))


def savings(got: Iterable[Got], usual: Mapping[str, Usual]) -> Savings:
    """Of what was got. A product whose usual price nobody knows counts as unknown, never as saving nothing."""
    lines = [each for each in got if each.quantity > 0]
    known = [each for each in lines if each.product_id in usual]
    saved = sum(usual[each.product_id].price.cost(each.quantity) - each.cost for each in known)
    return Savings(saved if known else None, len(known), len(lines))
