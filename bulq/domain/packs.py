"""What a quantity costs where a product is sold in packs, or cheaper from some quantity on.

A combination of offers is chosen for the whole quantity. Offers whose minimum it doesn't reach don't count.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from math import gcd

from bulq.domain.prices import Offer, Price, best_offer, ratio

WALKED = 20_000  # totals that are tried one by one; beyond these, packs of the best price come first
MOST = 1 << 62  # more than anything costs

Terms = tuple[tuple[int, int, int, int], ...]  # of each offer amount, per, minimum, pack


@dataclass(frozen=True, slots=True)
class Basket:
    """What is taken: thousandths, and what all of it costs in minor units.

    `packs` are how many of which size, the largest first; what they don't hold is loose.
    """

    quantity: int
    cost: int
    packs: tuple[tuple[int, int], ...] = ()

    @property
    def loose(self) -> int:
        return self.quantity - sum(count * size for count, size in self.packs)


def basket(offers: Iterable[Offer], quantity: int) -> Basket | None:
    """The cheapest combination for exactly this quantity; None where it is not sold in that quantity."""
    return _exactly(_terms(offers), quantity)


def better(offers: Iterable[Offer], quantity: int, step: int) -> Basket | None:
    """A few more that together cost no more than exactly this quantity, if there are any.

    The cheapest of up to twice as many, in whole steps; of equally cheap ones the fewest.
    """
    terms = _terms(offers)
    if len(terms) < 2 or quantity <= 0:
        return None
    return _better(terms, quantity, step)


def estimate(offers: Sequence[Offer], quantity: int) -> int | None:
    """What a quantity is expected to cost: the cheapest combination; what fills no pack as a part of one.

    None where no price is known that the quantity reaches.
    """
    if not any(offer.pack for offer in offers):
        best = best_offer(offers, quantity)
        return None if best is None else best.price.cost(quantity)
    if found := basket(offers, quantity):
        return found.cost
    part = best_offer(offers, quantity) or min((each for each in offers if each.pack), key=lambda each: each.pack)
    return part.price.cost(quantity)


def price_for(offers: Sequence[Offer], quantity: int) -> Price | None:
    """The price one pays for all of a quantity: of one offer as that says it, of several together for the quantity."""
    found = basket(offers, quantity) if any(offer.pack for offer in offers) else None
    best = best_offer(offers, quantity)
    if found is None or best is None or best.price.cost(quantity) == found.cost:
        return best.price if best else None
    return Price(found.cost, quantity)


def case_size(offers: Sequence[Offer], wanted: int) -> int:
    """The size of the case (thousandths) in which alone so much of a product is sold; 0 where it needn't be a case.

    Of several sizes the smallest; where they hold exactly what is wanted, no case is left open.
    """
    packs = [offer.pack for offer in offers if offer.pack]
    if not packs or any(not offer.pack and offer.minimum <= wanted for offer in offers):
        return 0
    size = min(packs)
    return 0 if wanted % size and basket(offers, wanted) else size


def whole_packs(offers: Sequence[Offer], wanted: int) -> Basket | None:
    """How to buy what is wanted with packs; where it fills none of them exactly, the whole cases in it.

    None where no pack is of use.
    """
    found = basket(offers, wanted)
    if found is None and (size := case_size(offers, wanted)):
        found = basket(offers, wanted // size * size)
    return found if found and found.packs else None


def _terms(offers: Iterable[Offer]) -> Terms:
    return tuple((offer.price.amount, offer.price.per, offer.minimum, offer.pack) for offer in offers)


def _reached(terms: Terms, quantity: int) -> tuple[Price | None, dict[int, int]]:
    """Of the offers that the quantity reaches the cheapest loose price, and what a pack of each size costs.

    Packs that are dearer than loose goods are left out.
    """
    reached = [Offer(Price(amount, per), minimum, pack) for amount, per, minimum, pack in terms if minimum <= quantity]
    loose = min((offer.price for offer in reached if not offer.pack), key=ratio, default=None)
    packs: dict[int, int] = {}
    for offer in reached:
        if offer.pack and (loose is None or offer.price.ratio <= loose.ratio):
            packs[offer.pack] = min(offer.pack_cost, packs.get(offer.pack, MOST))
    return loose, packs


@lru_cache(maxsize=4096)
def _exactly(terms: Terms, quantity: int) -> Basket | None:
    loose, packs = _reached(terms, quantity)
    if loose is not None and not packs:
        return Basket(quantity, loose.cost(quantity))
    if not packs:
        return None
    totals = _Totals.between(packs, quantity, quantity)
    if loose is None:
        return totals.basket(quantity) if totals.cost(quantity) < MOST else None
    costs = [(cost + loose.cost(quantity - total), -total) for total, cost in totals.all()]
    cost, held = min(costs)
    return Basket(quantity, cost, totals.basket(-held).packs)


@lru_cache(maxsize=4096)
def _better(terms: Terms, quantity: int, step: int) -> Basket | None:
    """Where offers change with the quantity, their minimum itself; else only whole packs can be cheaper than less."""
    if (exact := _exactly(terms, quantity)) is None:
        return None
    most = 2 * quantity
    starts = sorted({quantity, *(minimum for *_, minimum, _ in terms if quantity < minimum <= most)})
    found: list[Basket] = []
    for start, end in zip(starts, [*(each - 1 for each in starts[1:]), most], strict=True):
        least = -(-start // step) * step
        if quantity < least <= end and (at_least := _exactly(terms, least)):
            found.append(at_least)
        if packs := _reached(terms, start)[1]:
            totals = _Totals.between(packs, start, min(end, start + max(packs) * step))
            more = [(cost, at) for at, cost in totals.all() if max(start, quantity + 1) <= at and not at % step]
            found += [totals.basket(at) for _, at in ([min(more)] if more else [])]
    best = min(found, key=lambda each: (each.cost, each.quantity), default=None)
    return best if best and best.cost <= exact.cost else None


@dataclass(slots=True)
class _Totals:
    """The cheapest way to every total of whole packs: `packs` are costs by size.

    Totals are counted in units (the sizes' common divisor) above `bases` packs of the best price. In a cheapest way
    fewer packs than the best one has units are others: so many of the largest size are tried, and no more than WALKED.
    """

    packs: dict[int, int]
    unit: int
    best: int
    bases: int
    costs: list[int]
    last: list[int]

    @classmethod
    def between(cls, packs: dict[int, int], least: int, most: int) -> _Totals:
        """Of the totals from `least` to `most`, and of some below."""
        unit = gcd(*packs)
        best = min(packs, key=lambda size: (ratio(Price(packs[size], size)), size))
        others = min(best // unit * (max(packs) // unit) + best // unit, WALKED)
        bases = max(0, least // unit - others) // (best // unit)
        top = min(most // unit - bases * (best // unit), 3 * WALKED)
        return cls(packs, unit, best, bases, *_walked([(size // unit, packs[size]) for size in packs], top))

    def all(self) -> list[tuple[int, int]]:
        """The totals that packs make, each with its cost."""
        base, paid = self.bases * self.best, self.bases * self.packs[self.best]
        return [(base + at * self.unit, paid + cost) for at, cost in enumerate(self.costs) if cost < MOST]

    def cost(self, total: int) -> int:
        """MOST where no packs make this total."""
        at, rest = divmod(total - self.bases * self.best, self.unit)
        if rest or not 0 <= at < len(self.costs) or self.costs[at] == MOST:
            return MOST
        return self.costs[at] + self.bases * self.packs[self.best]

    def basket(self, total: int) -> Basket:
        sizes = Counter({self.best: self.bases} if self.bases else {})
        at = (total - self.bases * self.best) // self.unit
        while at:
            sizes[self.last[at] * self.unit] += 1
            at -= self.last[at]
        packs = tuple((count, size) for size, count in sorted(sizes.items(), reverse=True))
        return Basket(total, self.cost(total), packs)


def _walked(sizes: list[tuple[int, int]], top: int) -> tuple[list[int], list[int]]:
    """The least cost of every total up to `top`, and the size of its last pack; of equally cheap ones the largest."""
    costs, last = [0], [0]
    by_size = sorted(sizes, reverse=True)
    for total in range(1, top + 1):
        least, chosen = MOST, 0
        for size, price in by_size:
            if size <= total and (here := costs[total - size] + price) < least:
                least, chosen = here, size
        costs.append(min(least, MOST))
        last.append(chosen)
    return costs, last
