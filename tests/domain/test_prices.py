"""Averages, and prices per kilogram, litre or piece."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bulq.domain.errors import Invalid
from bulq.domain.phases import Unit
from bulq.domain.prices import (
    MEASURED,
    Figures,
    Offer,
    Per,
    Price,
    best_offer,
    check_content,
    content_in,
    content_key,
    paid_price,
    price_per,
    shown_price,
    terms_paid_for,
    typed_per,
    weight_of,
)


def average(prices: list[int], per: int = 1000) -> int:
    total = sum(Figures.scaled(price, per) for price in prices)
    return Figures(Price(0), Price(0), Price(0), total, len(prices)).average(per).amount


@pytest.mark.parametrize(("prices", "mean"), [([1], 1), ([1, 2], 2), ([0, 1], 1), ([799, 849, 850], 833), ([0, 0], 0)])
def test_an_average_is_rounded_half_up(prices: list[int], mean: int) -> None:
    assert average(prices) == mean


@given(st.lists(st.integers(0, 10**12), min_size=1, max_size=50))
def test_an_average_is_between_lowest_and_highest(prices: list[int]) -> None:
    mean = average(prices)

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
    assert price_per(Price(price), unit, content, content_unit) == per


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
    shown = content_in(key)
    assert content_key(*shown) == key if shown else key == ""


@pytest.mark.parametrize(
    ("quantity", "unit", "content", "weight"),
    [
        (2500, Unit.KG, None, 2500),
        (750_000, Unit.G, None, 750),
        (3000, Unit.BAG, (5000, Unit.KG), 15_000),
        (3000, Unit.JAR, (900_000, Unit.G), 2700),
        (3000, Unit.BOTTLE, (2000, Unit.L), None),  # a litre of what?
        (3000, Unit.PACK, None, None),
    ],
)
def test_the_weight_of_what_is_sold_by_weight_or_says_its_weight(
    quantity: int, unit: Unit, content: tuple[int, Unit] | None, weight: int | None
) -> None:
    assert weight_of(quantity, unit, content) == weight


SMALL_BAG = Price(99, 250_000)  # 0.99 for 250 g
EACH, FROM_SIX = Offer(Price(1000)), Offer(Price(800), 6000)


@pytest.mark.parametrize(
    ("price", "quantity", "cost"),
    [
        (SMALL_BAG, 250_000, 99),
        (SMALL_BAG, 1_000_000, 396),
        (SMALL_BAG, 1000, 0),
        (Price(399, 500_000), 500_000, 399),
        (Price(500, 3000), 3000, 500),
        (Price(500, 3000), 1000, 167),
        (Price(500, 3000), 6000, 1000),
        (Price(3473, 3470), 3470, 3473),
        (Price(1000), 3050, 3050),
    ],
)
def test_a_quantity_costs_its_part_of_the_price_rounded_once(price: Price, quantity: int, cost: int) -> None:
    assert price.cost(quantity) == cost


@given(st.integers(0, 10**8), st.integers(1, 9_999_000), st.integers(1, 9_999_000), st.integers(1, 50))
def test_the_same_ratio_is_the_same_price(amount: int, per: int, quantity: int, times: int) -> None:
    price, larger = Price(amount, per), Price(amount * times, per * times)

    assert price.ratio == larger.ratio and price.cost(quantity) == larger.cost(quantity)
    assert price.cost(per) == amount


@pytest.mark.parametrize(
    ("offers", "wanted", "best"),
    [
        ([EACH, FROM_SIX], 2000, EACH),
        ([EACH, FROM_SIX], 5999, EACH),
        ([EACH, FROM_SIX], 6000, FROM_SIX),
        ([FROM_SIX], 2000, None),
        ([], 2000, None),
        ([EACH, Offer(Price(1200), 6000)], 9000, EACH),
        ([Offer(Price(800), 6000), Offer(Price(800))], 9000, Offer(Price(800))),
        ([Offer(Price(333)), Offer(Price(999, 3000)), Offer(Price(1000, 3000), 1000)], 3000, Offer(Price(333))),
        ([Offer(Price(334)), Offer(Price(1000, 3000))], 3000, Offer(Price(1000, 3000))),
    ],
)
def test_the_cheapest_offer_counts_whose_minimum_is_reached(
    offers: list[Offer], wanted: int, best: Offer | None
) -> None:
    assert best_offer(offers, wanted) == best


@pytest.mark.parametrize(
    ("total", "quantity", "unit", "price"),
    [
        (2397, 3000, Unit.PACK, Price(799)),
        (500, 3000, Unit.PIECE, Price(500, 3000)),
        (3050, 3050, Unit.KG, Price(1000)),
        (3473, 3470, Unit.KG, Price(3473, 3470)),
        (99, 250_000, Unit.G, Price(99, 250_000)),
        (500, 500_000, Unit.ML, Price(500, 500_000)),
    ],
)
def test_a_purchase_is_a_price_of_what_was_bought(total: int, quantity: int, unit: Unit, price: Price) -> None:
    assert paid_price(total, quantity, unit) == price


@pytest.mark.parametrize(
    ("price", "bought", "minimum"),
    [
        (Price(800), 6000, 6000),
        (Price(4800, 6000), 6000, 6000),
        (Price(800), 5000, 0),
        (Price(1000), 9000, 0),
        (Price(900), 9000, 0),
    ],
)
def test_what_was_paid_from_six_on_is_no_price_of_one(price: Price, bought: int, minimum: int) -> None:
    assert terms_paid_for(price, bought, [EACH, FROM_SIX]) == (minimum, 0)


CASE, CASE_OF_TEN = Offer(Price(540, 6000), 6000, 6000), Offer(Price(850, 10_000), 10_000, 10_000)


@pytest.mark.parametrize(
    ("price", "bought", "offers", "terms"),
    [
        (Price(90), 6000, [EACH, CASE], (6000, 6000)),
        (Price(95), 12_000, [CASE], (6000, 6000)),  # the case costs more now
        (Price(95), 12_000, [CASE, EACH], (0, 0)),
        (Price(95), 7000, [CASE], (0, 0)),  # somebody sold one piece
        (Price(90), 7000, [CASE], (0, 0)),
        (Price(85), 20_000, [CASE, CASE_OF_TEN], (10_000, 10_000)),
        (Price(90), 3000, [], (0, 0)),
    ],
)
def test_what_was_bought_by_the_case_is_sold_by_the_case(
    price: Price, bought: int, offers: list[Offer], terms: tuple[int, int]
) -> None:
    assert terms_paid_for(price, bought, offers) == terms


@pytest.mark.parametrize(
    ("price", "unit", "shown", "exact"),
    [
        (Price(799), Unit.PACK, Price(799), True),
        (SMALL_BAG, Unit.G, SMALL_BAG, True),
        (Price(2), Unit.G, Price(2), True),
        (Price(2), Unit.ML, Price(2), True),
        (Price(40, 50_000), Unit.G, Price(40, 50_000), True),
        (Price(49, 49_000), Unit.G, Price(1000, 1_000_000), True),
        (Price(40, 51_000), Unit.G, Price(784, 1_000_000), False),
        (Price(173, 437_000), Unit.G, Price(396, 1_000_000), False),
        (Price(500, 3000), Unit.PIECE, Price(500, 3000), True),
        (Price(1000, 2000), Unit.PIECE, Price(500), True),
        (Price(3473, 3470), Unit.KG, Price(1001), False),
        (Price(3470, 3470), Unit.KG, Price(1000), True),
    ],
)
def test_a_price_is_shown_as_people_compare_it(price: Price, unit: Unit, shown: Price, exact: bool) -> None:
    assert shown_price(price, unit) == (shown, exact)


@pytest.mark.parametrize(
    ("price", "unit", "per"),
    [
        (None, Unit.PACK, 1000),
        (None, Unit.KG, 1000),
        (None, Unit.G, 1_000_000),
        (SMALL_BAG, Unit.G, 250_000),
        (Price(3473, 3470), Unit.KG, 1000),
    ],
)
def test_a_price_is_asked_for_as_it_was_seen(price: Price | None, unit: Unit, per: int) -> None:
    assert typed_per(price, unit) == per
