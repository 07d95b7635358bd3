"""What was saved counts only what is known: the middle of what was seen in shops around that day."""

from __future__ import annotations

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from bulq.domain.prices import Price
from bulq.domain.savings import COUNTED, NOTHING, Got, Savings, Seen, Usual, savings, usual_price

DAY = date(2026, 11, 24)
prices = st.builds(Price, st.integers(1, 5000), st.sampled_from([250, 500, 1000, 3000]))
days = st.integers(-800, 800).map(lambda n: DAY + timedelta(days=n))
seen_by_some = st.lists(st.builds(Seen, prices, days), max_size=20)
products = st.sampled_from("abcdef")
goods = st.lists(st.builds(Got, products, st.integers(0, 20_000), st.integers(0, 9000)), max_size=12)
usuals = st.dictionaries(products, st.builds(Usual, prices, st.just(3), st.just(DAY)))


def seen(*amounts: int, ago: int = 0) -> list[Seen]:
    return [Seen(Price(amount), DAY - timedelta(days=ago + n)) for n, amount in enumerate(amounts)]


def test_the_middle_one_counts() -> None:
    assert usual_price(seen(300, 100, 200), DAY) == Usual(Price(200), 3, DAY)
    assert usual_price(seen(300, 100, 200, 250), DAY) == Usual(Price(200), 4, DAY)  # the lower of two in the middle
    assert usual_price(seen(100, ago=9), DAY) == Usual(Price(100), 1, DAY - timedelta(days=9))
    assert usual_price([], DAY) is None


def test_what_was_seen_nearest_counts_and_not_what_is_older_than_a_year() -> None:
    old, new = seen(*[900] * COUNTED, ago=200), seen(*[100] * COUNTED)

    assert usual_price([*old, *new], DAY) == Usual(Price(100), COUNTED, DAY)
    assert usual_price([*old, *new], DAY - timedelta(days=204)) == Usual(Price(900), COUNTED, DAY - timedelta(days=200))
    assert usual_price(seen(100, ago=366), DAY) is None
    assert usual_price([Seen(Price(100), DAY + timedelta(days=30))], DAY) is not None


def test_prices_for_other_quantities_are_compared() -> None:
    found = usual_price([Seen(Price(99, 250), DAY), Seen(Price(300), DAY), Seen(Price(1000, 2000), DAY)], DAY)

    assert found == Usual(Price(99, 250), 3, DAY)  # 3.96 a unit, between 3.00 and 5.00


def test_what_nobody_knows_is_unknown_and_not_nothing() -> None:
    got = [Got("rice", 4000, 3196), Got("soap", 1000, 500), Got("none", 0, 0)]

    assert savings(got, {}) == Savings(None, 0, 2)
    assert savings(got, {"rice": Usual(Price(1000), 3, DAY)}) == Savings(804, 1, 2)
    assert savings(got, {"soap": Usual(Price(400), 3, DAY)}) == Savings(-100, 1, 2)  # it cost more than usual
    assert savings([], {}) == NOTHING


@given(seen_by_some, days)
def test_the_usual_price_was_seen_and_has_as_many_on_either_side(observations: list[Seen], day: date) -> None:
    found = usual_price(observations, day)

    near = [each for each in observations if abs((each.day - day).days) <= 365]
    assert (found is None) is not bool(near)
    if found:
        assert found.price in [each.price for each in near]
        assert found.count == min(COUNTED, len(near))
        assert usual_price(list(reversed(observations)), day) == found
        if len(near) <= COUNTED:
            assert 2 * sum(each.price.ratio < found.price.ratio for each in near) <= len(near)
            assert 2 * sum(each.price.ratio > found.price.ratio for each in near) <= len(near)


@given(goods, goods, usuals)
def test_parts_add_up(one: list[Got], other: list[Got], usual: dict[str, Usual]) -> None:
    """Two runs save together what each does; more evidence makes nothing that is known unknown."""
    first, second, both = savings(one, usual), savings(other, usual), savings([*one, *other], usual)

    assert (both.known, both.products) == (first.known + second.known, first.products + second.products)
    assert (both.saved or 0) == (first.saved or 0) + (second.saved or 0)
    assert first.known <= first.products
    assert (first.saved is None) is (first.known == 0)
    for product in usual:
        fewer = savings(one, {name: each for name, each in usual.items() if name != product})
        assert fewer.known <= first.known


@given(st.lists(st.integers(1, 5000), min_size=1, max_size=30), st.integers(1, 9000), prices)
def test_people_together_save_what_the_run_does_up_to_rounding(quantities: list[int], paid: int, price: Price) -> None:
    usual = {"rice": Usual(price, 1, DAY)}
    total = sum(quantities)
    costs = [paid * quantity // total for quantity in quantities]
    costs[0] += paid - sum(costs)

    of_each = sum(
        savings([Got("rice", quantity, cost)], usual).saved or 0
        for quantity, cost in zip(quantities, costs, strict=True)
    )

    assert abs(of_each - (savings([Got("rice", total, paid)], usual).saved or 0)) <= len(quantities)
