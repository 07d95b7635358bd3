"""What prices say: figures over time, and what a price means per kilogram, litre or piece."""

from __future__ import annotations

from dataclasses import dataclass

from bulq.domain.errors import Invalid
from bulq.domain.money import unit_price
from bulq.domain.phases import Unit
from bulq.domain.quantities import plain

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
MEASURED = (Unit.KG, Unit.G, Unit.L, Unit.ML, Unit.M)


@dataclass(frozen=True, slots=True)
class Figures:
    """Prices in minor units of one currency: the newest one, and those of all time."""

    current: int
    lowest: int
    highest: int
    total: int
    count: int

    @property
    def average(self) -> int:
        return average(self.total, self.count)


@dataclass(frozen=True, slots=True)
class Per:
    """A price of one kg, litre or piece, in minor units."""

    price: int
    unit: Unit


def average(total: int, count: int) -> int:
    """Half up, like every amount that doesn't come out even."""
    return (2 * total + count) // (2 * count)


def price_per(price: int, unit: Unit, content: int | None, content_unit: Unit | None) -> Per | None:
    """The price of one kg, litre or piece of something that costs `price` per `unit`, half up.

    What is in one unit is `content` thousandths of `content_unit`; None when nothing is known to compare by.
    """
    if unit in MEASURED:
        content, content_unit = 1000, unit
    if content is None or content_unit is None or content_unit not in COMPARED:
        return None
    base, parts = COMPARED[content_unit]
    return Per(unit_price(price * parts, content), base)


def content_key(content: int | None, unit: Unit | str | None) -> str:
    """What two contents have in common when they are the same: 1 kg is "1000g", 0.5 g is "0.5g"; "" without content.

    `content` in thousandths of `unit`.
    """
    if content is None or not unit:
        return ""
    small, parts = SMALLEST.get(Unit(unit), (Unit(unit), 1))
    return f"{plain(content * parts, 3)}{small}"


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
