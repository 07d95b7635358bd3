"""Averages, and prices per kilogram, litre or piece."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bulq.domain.errors import Invalid
from bulq.domain.phases import Unit
from bulq.domain.prices import MEASURED, Per, average, check_content, content_key, price_per


@pytest.mark.parametrize(("prices", "mean"), [([1], 1), ([1, 2], 2), ([0, 1], 1), ([799, 849, 850], 833), ([0, 0], 0)])
def test_an_average_is_rounded_half_up(prices: list[int], mean: int) -> None:
    assert average(sum(prices), len(prices)) == mean


@given(st.lists(st.integers(0, 10**12), min_size=1, max_size=50))
def test_an_average_is_between_lowest_and_highest(prices: list[int]) -> None:
    mean = average(sum(prices), len(prices))

    assert min(prices) <= mean <= max(prices)
    assert abs(2 * (mean * len(prices) - sum(prices))) <= len(prices)


@pytest.mark.parametrize(
    ("price", "unit", "content", "content_unit", "per"),
    [
        (799, Unit.PACK, 5000, Unit.KG, Per(160, Unit.KG)),
        (199, Unit.PACK, 500_000, Unit.G, Per(398, Unit.KG)),
        (89, Unit.BOTTLE, 1500, Unit.L, Per(59, Unit.L)),
        (89, Unit.CAN, 330_000, Unit.ML, Per(270, Unit.L)),
        (249, Unit.BOX, 10_000, Unit.PIECE, Per(25, Unit.PIECE)),
        (129, Unit.KG, None, None, Per(129, Unit.KG)),
        (2, Unit.G, None, None, Per(2000, Unit.KG)),
        (150, Unit.L, None, None, Per(150, Unit.L)),
        (1, Unit.ML, None, None, Per(1000, Unit.L)),
        (0, Unit.PACK, 1, Unit.KG, Per(0, Unit.KG)),
        (799, Unit.PACK, None, None, None),
        (799, Unit.PIECE, None, None, None),
        (500, Unit.M, None, None, None),
        (129, Unit.KG, 5000, Unit.PIECE, Per(129, Unit.KG)),
    ],
)
def test_prices_are_compared_per_kilogram_litre_or_piece(
    price: int, unit: Unit, content: int | None, content_unit: Unit | None, per: Per | None
) -> None:
    assert price_per(price, unit, content, content_unit) == per


@pytest.mark.parametrize(
    ("unit", "content", "content_unit", "field"),
    [
        (Unit.PACK, 0, "kg", "content"),
        (Unit.PACK, -1, "kg", "content"),
        (Unit.PACK, 10**30, "kg", "content"),
        (Unit.PACK, 1000, "", "content_unit"),
        (Unit.PACK, 1000, "pack", "content_unit"),
        (Unit.PACK, 1000, "m", "content_unit"),
        (Unit.PACK, 1000, "KG", "content_unit"),
        (Unit.KG, 1000, "kg", "content"),
    ],
)
def test_content_is_above_nought_and_of_a_unit_that_compares(
    unit: Unit, content: int, content_unit: str, field: str
) -> None:
    with pytest.raises(Invalid) as refusal:
        check_content(unit, content, content_unit)

    assert refusal.value.field == field


@pytest.mark.parametrize("unit", [unit for unit in Unit if unit not in MEASURED])
def test_content_may_be_known_or_not(unit: Unit) -> None:
    assert check_content(unit, None, "") is None
    assert check_content(unit, 500_000, "g") is Unit.G


@pytest.mark.parametrize(
    ("content", "unit", "key"),
    [
        (1000, "kg", "1000g"),
        (1_000_000, "g", "1000g"),
        (500, "g", "0.5g"),
        (750, "l", "750ml"),
        (750_000, "ml", "750ml"),
        (6000, "piece", "6piece"),
        (None, None, ""),
        (None, "kg", ""),
    ],
)
def test_the_same_content_is_one_however_it_is_said(content: int | None, unit: str | None, key: str) -> None:
    assert content_key(content, unit) == key
