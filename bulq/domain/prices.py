"""What prices say: what a quantity costs, figures over time, and what a price means per kilogram, litre or piece.

A price is an amount for a quantity, such as 0.99 for 250 g. Two prices are compared as fractions, never by an amount
that was rounded to one unit.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction

from bulq.domain.errors import Invalid
from bulq.domain.money import line_total
from bulq.domain.phases import Unit
from bulq.domain.quantities import MAX_QUANTITY, check_quantity, plain

MAX_CONTENT = 9_999_000  # thousandths
# Of what a thing is made up, and how many of these are one of the unit prices are compared by.
COMPARED = {
    Unit.PIECE: (Unit.PIECE, 1),
    Unit.KG: (Unit.KG, 1),
    Unit.G: (Unit.KG, 1000),
    Unit.L: (Unit.L, 1),
    Unit.ML: (Unit.L, 1000),
}
# In which contents are compared: the same content may be said in kg and in g.
SMALLEST = {Unit.KG: (Unit.G, 1000), Unit.L: (Unit.ML, 1000)}
ONE = 1000  # thousandths: one unit
FINE = 10**12  # parts of a minor unit per thousandth, in which a mean is reckoned
SMALL = (Unit.G, Unit.ML)
HANDY = 50 * ONE  # thousandths of a gram or millilitre: what a price on a shelf is for is a multiple
WEIGHED = {Unit.KG: 1, Unit.G: 1000}  # how many of it make a kilogram
MEASURED = (Unit.KG, Unit.G, Unit.L, Unit.ML, Unit.M)


@dataclass(frozen=True, slots=True)
class Price:
    """`amount` minor units of a currency for `per` thousandths of the product's unit."""

    amount: int
    per: int = ONE

    @property
    def ratio(self) -> Fraction:
        """Minor units per thousandth, exactly: what prices are compared by."""
        return Fraction(self.amount, self.per)

    def cost(self, quantity: int) -> int:
        """What `quantity` thousandths cost in minor units, rounded once, half up."""
        return line_total(quantity, self.amount, self.per)


@dataclass(frozen=True, slots=True)
class Offer:
    """A price that counts where at least `minimum` thousandths are wanted; 0: always.

    With a `pack` the product is sold at this price in whole packs of so many thousandths only; 0: in any quantity. The
    price may be that of the pack, or of a part of it.
    """

    price: Price
    minimum: int = 0
    pack: int = 0

    @property
    def pack_cost(self) -> int:
        """What one pack costs, in minor units."""
        return self.price.cost(self.pack)


def ratio(price: Price) -> Fraction:
    return price.ratio


@dataclass(frozen=True, slots=True)
class Figures:
    """Prices in one currency: the current one, and those of all time. `total` is the sum of what `scaled` gives."""

    current: Price
    lowest: Price
    highest: Price
    total: int
    count: int

    @staticmethod
    def scaled(amount: int, per: int) -> int:
        """A price, or the sum of some for the same quantity, fine enough to be added up with others."""
        return amount * FINE // per

    def average(self, per: int) -> Price:
        """The mean, in whole minor units for `per` thousandths, half up."""
        return Price(line_total(per, self.total, self.count * FINE), per)


@dataclass(frozen=True, slots=True)
class Per:
    """A price of one kg, litre or piece, in minor units."""

    price: int
    unit: Unit


def best_offer(offers: Iterable[Offer], wanted: int) -> Offer | None:
    """The cheapest offer whose minimum `wanted` thousandths reach; of equal ones that with the lower minimum."""
    reached = [offer for offer in offers if offer.minimum <= wanted]
    return min(reached, key=lambda offer: (offer.price.ratio, offer.minimum), default=None)


def paid_price(total: int, quantity: int, unit: Unit) -> Price:
    """The price of a purchase: the total for the quantity. Where one unit costs a whole amount, that for one unit.

    Grams and millilitres keep their quantity: 0.01 for one of them tells nobody anything.
    """
    amount, rest = divmod(total * ONE, quantity)
    return Price(amount) if rest == 0 and unit not in SMALL else Price(total, quantity)


def terms_paid_for(price: Price, bought: int, offers: Sequence[Offer]) -> tuple[int, int]:
    """From how many thousandths on a price counts that was paid for `bought`, and in packs of how many it was sold.

    As the same offer said. Else from any quantity, and of what is sold in packs alone in the smallest that fits.
    """
    fitting = [offer for offer in offers if offer.minimum <= bought and (not offer.pack or bought % offer.pack == 0)]
    same = [(offer.minimum, offer.pack) for offer in fitting if offer.price.ratio == price.ratio]
    if same:
        return min(same)
    packs = [offer.pack for offer in fitting]
    pack = min(packs) if packs and all(offer.pack for offer in offers) else 0
    return pack, pack


def shown_price(price: Price, unit: Unit) -> tuple[Price, bool]:
    """The price as people compare it, only to be read, and whether it is exact.

    A price of one unit if that is exact; weights and volumes that came from a scale per kg or l; else as it was seen:
    0.99 for 250 g, 5.00 for 3 pieces.
    """
    if unit in SMALL:
        if price.per == ONE or price.per % HANDY == 0:
            return price, True
        return _rounded(price, ONE * ONE)
    shown, exact = _rounded(price, ONE)
    return (shown, exact) if exact or unit in MEASURED else (price, True)


def typed_per(offer: Price | None, unit: Unit) -> int:
    """For how many thousandths one is asked to type a price: as the price was seen, else for one unit, kg or l."""
    return shown_price(offer, unit)[0].per if offer else ONE * ONE if unit in SMALL else ONE


def _rounded(price: Price, per: int) -> tuple[Price, bool]:
    return Price(price.cost(per), per), price.amount * per % price.per == 0


def check_per(per: int) -> None:
    """Refuse a price for nothing, or for more than anybody may want."""
    check_quantity(per, 1, maximum=MAX_QUANTITY, field="per")


def price_per(price: Price, unit: Unit, content: int | None, content_unit: Unit | None) -> Per | None:
    """The price of one kg, litre or piece of a product counted in `unit`, half up.

    What is in one unit is `content` thousandths of `content_unit`; None when nothing is known to compare by.
    """
    if unit in MEASURED:
        content, content_unit = 1000, unit
    if content is None or content_unit is None or content_unit not in COMPARED:
        return None
    base, parts = COMPARED[content_unit]
    return Per(line_total(parts * ONE * ONE, price.amount, price.per * content), base)


def content_key(content: int | None, unit: Unit | str | None) -> str:
    """What two contents have in common when they are the same: 1 kg is "1000g", 0.5 g is "0.5g"; "" without content.

    `content` in thousandths of `unit`.
    """
    if content is None or not unit:
        return ""
    small, parts = SMALLEST.get(Unit(unit), (Unit(unit), 1))
    return f"{plain(content * parts, 3)}{small}"


def content_in(key: str) -> tuple[int, Unit] | None:
    """The content of a `content_key` in thousandths of a unit, in kg or l from one of them on; None without content."""
    if not (found := re.fullmatch(r"(\d+)(?:\.(\d{1,3}))?([a-z]+)", key)):
        return None
    content, unit = int(found[1] + (found[2] or "").ljust(3, "0")), Unit(found[3])
    for large, (small, parts) in SMALLEST.items():
        if unit is small and content >= 1000 * parts and content % parts == 0:
            return content // parts, large
    return content, unit


def weight_of(quantity: int, unit: Unit, content: tuple[int, Unit] | None) -> int | None:
    """Thousandths of a kilogram, rounded down, of `quantity` thousandths of `unit`, each with `content`.

    None when nobody knows.
    """
    if unit in WEIGHED:
        return quantity // WEIGHED[unit]
    if content is None or content[1] not in WEIGHED:
        return None
    return quantity * content[0] // 1000 // WEIGHED[content[1]]


def check_content(unit: Unit, content: int | None, content_unit: str) -> Unit | None:
    """The unit of the content of one `unit`; None without content. What is sold by weight or volume has none."""
    if content is None:
        return None
    if unit in MEASURED:
        raise Invalid("content_measured", field="content")
    if content_unit not in list(COMPARED):
        raise Invalid("choice", field="content_unit")
    if not 1 <= content <= MAX_CONTENT:
        raise Invalid("content", field="content")
    return Unit(content_unit)
