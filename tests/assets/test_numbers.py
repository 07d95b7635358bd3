"""Numbers that are typed and reckoned in the browser are those that the rules know."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

from bulq.domain.errors import Invalid
from bulq.domain.money import line_total, unit_price
from bulq.domain.phases import Unit
from bulq.domain.quantities import parse_money, parse_quantity, plain, scale_step
from tests.assets.node import for_each

DRAW = random.Random(20261130)
PIECES = [*"0123456789", "0", "1", "00", "000", "999", "125", ".", ",", ".", ",", "'", "’", " ", "\u00a0", "\u202f"]
STRANGE = ["-", "+", "−", "e", "x", "٣", "１", "\n", "\t", "𝟙", "∞", "½", "kg", "\u200b"]
TYPICAL = [
    *("", " ", "0", "1", "1.5", "1,5", ".5", "5.", ",", "1.250", "1,250", "0.250", "12,500", "1.2345", "9999", "10000"),
    *("1,234.56", "1.234,56", "1 234,56", "1,234,567", "1,23,456.70", "1.234.56", "1'234.5", "+3", "-3", "−3", "--3"),
    *("9" * 20, "9" * 21, "0.0004", "1.0000", "999999.99", "1000000", "999999", "1e3", "0x10", "Infinity", "NaN"),
]


def typed() -> str:
    pieces = PIECES if DRAW.random() < 0.85 else PIECES + STRANGE
    return "".join(DRAW.choice(pieces) for _ in range(DRAW.randint(1, 9)))


def outcome(parse: Callable[..., int], *args: Any, **kwargs: Any) -> dict[str, Any]:
    try:
        return {"value": parse(*args, **kwargs)}
    except Invalid as wrong:
        return {"error": wrong.key, "values": wrong.values}


def test_a_typed_quantity_is_the_same() -> None:
    units = [(str(unit), step) for unit in Unit for step in (1, 100, 250, 500, 1000, 2500)]
    rows = [(text, step, unit) for text in TYPICAL for unit, step in units]
    rows += [(typed(), step, unit) for unit, step in DRAW.choices(units, k=6000)]

    shown = for_each('return (await assets("numbers.js")).parseQuantity;', rows)

    for (text, step, unit), found in zip(rows, shown, strict=True):
        assert found == outcome(parse_quantity, text, step, unit=unit), (text, step, unit)
    assert sum("value" in found for found in shown) > 1000


def test_a_typed_amount_of_money_is_the_same() -> None:
    rows = [(text, places) for text in TYPICAL for places in (0, 2, 3)]
    rows += [(typed(), DRAW.choice((0, 2, 3))) for _ in range(6000)]

    shown = for_each('return (await assets("numbers.js")).parseMoney;', rows)

    for (text, places), found in zip(rows, shown, strict=True):
        assert found == outcome(parse_money, text, places, field="total", allow_zero=True), (text, places)
    assert sum("value" in found for found in shown) > 1000


def test_what_something_costs_is_the_same() -> None:
    numbers = [1, 2, 3, 5, 7, 250, 999, 1000, 1001, 1470, 2500, 99_999, 1_000_000, 9_999_000]
    rows = [(a, b, per) for a in numbers for b in [0, *numbers, 99_999_999] for per in (1, 250, 1000, 1_000_000)]
    rows += [(DRAW.randint(1, 9_999_000), DRAW.randint(0, 10**8 - 1), DRAW.randint(1, 10**6)) for _ in range(2000)]

    shown = for_each(
        'const { costOf, priceOf } = await assets("numbers.js");'
        "return (a, b, per) => [costOf(a, b, per), priceOf(b, a, per)];",
        rows,
    )

    for (a, b, per), (cost, price) in zip(rows, shown, strict=True):
        assert (cost, price) == (line_total(a, b, per), unit_price(b, a, per)), (a, b, per)


def test_steps_and_plain_digits_are_the_same() -> None:
    rows = [(str(unit), step, number) for unit in Unit for step in (1, 500, 1000) for number in (0, 5, 1500, 12_000)]

    shown = for_each(
        'const { plain, scaleStep } = await assets("numbers.js");'
        "return (unit, step, number) => [scaleStep(unit, step), plain(number, 3), plain(number, 0)];",
        rows,
    )

    for (unit, step, number), found in zip(rows, shown, strict=True):
        assert found == [scale_step(Unit(unit), step), plain(number, 3), plain(number, 0)]
