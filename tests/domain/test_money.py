"""Shares of money add up to the minor unit, whatever the weights."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bulq.domain.errors import Invalid
from bulq.domain.money import check_total, fnv1a, line_total, share_money, unit_price

# FNV-1a of these, mod 3, is 0, 1 and 2; mod 7 of "line-1" is checked below.
TURN_OF_THREE = {fnv1a(f"line-{n}") % 3: f"line-{n}" for n in range(20)}
TURN_OF_SEVEN = {fnv1a(f"line-{n}") % 7: f"line-{n}" for n in range(99)}

totals = st.integers(-(10**10), 10**10)
weights = st.dictionaries(st.text(min_size=1, max_size=8), st.integers(0, 10**7), min_size=1, max_size=12).filter(
    lambda weights: sum(weights.values()) > 0
)
quantities = st.integers(1, 9_999_000)
prices = st.integers(1, 10**8)


def test_fnv1a_gives_the_published_values():
    assert fnv1a("") == 0x811C9DC5
    assert fnv1a("a") == 0xE40C292C
    assert fnv1a("run-1") == 0x3C9D57FC
    assert fnv1a("run-1") % 3 == 1


@pytest.mark.parametrize(
    ("total", "turn", "shares"),
    [(100, 0, (34, 33, 33)), (100, 1, (33, 34, 33)), (100, 2, (33, 33, 34)), (-100, 0, (-33, -33, -34))],
)
def test_the_odd_unit_wanders_with_the_line(total: int, turn: int, shares: tuple[int, ...]):
    got = share_money(total, {"a": 1, "b": 1, "c": 1}, TURN_OF_THREE[turn])

    assert (got["a"], got["b"], got["c"]) == shares


@pytest.mark.parametrize("line", [*TURN_OF_THREE.values(), *TURN_OF_SEVEN.values()])
def test_without_a_tie_the_line_makes_no_difference(line: str):
    assert share_money(799, {"a": 2, "b": 1}, line) == {"a": 533, "b": 266}
    assert share_money(1250, {"a": 12_500, "b": 7_500, "c": 5_000}, line) == {"a": 625, "b": 375, "c": 250}
    assert share_money(-500, {"a": 1000, "b": 700, "c": 500}, line) == {"a": -227, "b": -159, "c": -114}


def test_seven_equal_people_share_thirty():
    shares = share_money(3000, dict.fromkeys("abcdefg", 1), TURN_OF_SEVEN[0])

    assert shares == dict(zip("abcdefg", [429, 429, 429, 429, 428, 428, 428], strict=True))


@pytest.mark.parametrize("wrong", [{}, {"a": 0}, {"a": 0, "b": 0}, {"a": 2, "b": -1}, {"a": -1, "b": 1}])
def test_without_weights_nobody_pays_is_no_answer(wrong: dict[str, int]):
    with pytest.raises(ValueError, match="weights"):
        share_money(100, wrong, "line")


@given(totals, weights, st.text(max_size=8))
def test_shares_are_exact_and_less_than_one_unit_off(total: int, weights: dict[str, int], line: str):
    shares = share_money(total, weights, line)

    assert sum(shares.values()) == total
    assert shares.keys() == weights.keys()
    whole = sum(weights.values())
    for who, weight in weights.items():
        assert abs(shares[who] * whole - total * weight) < whole
        assert weight or shares[who] == 0


@given(totals, weights, st.text(max_size=8))
def test_the_order_of_the_people_makes_no_difference(total: int, weights: dict[str, int], line: str):
    assert share_money(total, dict(reversed(weights.items())), line) == share_money(total, weights, line)


@given(st.integers(0, 10**6), weights, st.text(max_size=8))
def test_more_weight_never_pays_less(total: int, weights: dict[str, int], line: str):
    shares = share_money(total, weights, line)

    ordered = sorted(weights, key=lambda who: (weights[who], shares[who]))
    assert [shares[who] for who in ordered] == sorted(shares.values())


def test_over_many_lines_everybody_gets_the_odd_unit():
    lines = [share_money(100, {"a": 1, "b": 1, "c": 1}, f"line-{n}") for n in range(300)]

    odd = [sum(shares[who] - 33 for shares in lines) for who in "abc"]

    assert sum(odd) == 300
    assert min(odd) > 60


@pytest.mark.parametrize(
    ("quantity", "price", "total"),
    [(1000, 500, 500), (3000, 333, 999), (1250, 399, 499), (500, 1, 1), (499, 1, 0), (500, 3, 2), (1, 499, 0)],
)
def test_a_total_is_rounded_half_up(quantity: int, price: int, total: int):
    assert line_total(quantity, price) == total


@pytest.mark.parametrize(
    ("total", "quantity", "price"),
    [(1000, 3000, 333), (500, 3000, 167), (5, 2000, 3), (3, 2000, 2), (1, 3000, 0), (499, 1250, 399), (0, 1000, 0)],
)
def test_a_unit_price_is_rounded_half_up(total: int, quantity: int, price: int):
    assert unit_price(total, quantity) == price


@pytest.mark.parametrize("quantity", [0, -1000])
def test_no_unit_price_of_nothing(quantity: int):
    with pytest.raises(ValueError, match="quantity"):
        unit_price(100, quantity)


@given(quantities, prices)
def test_a_computed_total_is_accepted(quantity: int, price: int):
    check_total(quantity, price, line_total(quantity, price))


@given(quantities, prices)
def test_a_computed_price_is_accepted(quantity: int, total: int):
    check_total(quantity, unit_price(total, quantity), total)


@given(quantities, prices, st.integers(-499, 500))
def test_a_price_with_more_decimals_is_accepted_after_rounding(quantity: int, price: int, thousandths: int):
    exact = price * 1000 + thousandths
    rounded = (exact + 500) // 1000

    check_total(quantity, rounded, (quantity * exact + 500_000) // 1_000_000)


@pytest.mark.parametrize(
    ("quantity", "price", "total", "expected"),
    [
        (1000, 500, 501, 500),
        (1000, 500, 499, 500),
        (2000, 500, 1002, 1000),
        (2000, 500, 998, 1000),
        (3000, 167, 503, 501),
        (1000, 500, 5000, 500),
        (1000, 500, 0, 500),
    ],
)
def test_another_total_is_refused_with_both_numbers(quantity: int, price: int, total: int, expected: int):
    with pytest.raises(Invalid) as refusal:
        check_total(quantity, price, total)

    assert (refusal.value.key, refusal.value.field) == ("total_differs", "total")
    assert refusal.value.values == {"total": total, "expected": expected}


@given(quantities, prices, st.sampled_from([-1, 1]))
def test_what_no_rounding_explains_is_refused(quantity: int, price: int, side: int):
    too_far = quantity // 2000 + 2

    with pytest.raises(Invalid):
        check_total(quantity, price, line_total(quantity, price) + side * too_far)


def test_a_price_for_a_kilogram_tells_totals_of_grams_apart():
    """3.99 for 500 g is 7.98 for 1 kg; by a price of one gram, 7.49 would do as well."""
    check_total(500_000, 798, 399, 1_000_000)

    with pytest.raises(Invalid) as refusal:
        check_total(500_000, 798, 749, 1_000_000)
    assert refusal.value.values == {"total": 749, "expected": 399}


@given(quantities, prices, quantities)
def test_a_computed_price_for_any_quantity_is_accepted(quantity: int, total: int, per: int):
    check_total(quantity, unit_price(total, quantity, per), total, per)
    check_total(quantity, total, line_total(quantity, total, per), per)
