"""Who bears how much of what a run costs beside the goods."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bulq.domain.costs import (
    MAX_DISTANCE,
    Cost,
    CostKind,
    CostRule,
    Goods,
    check_amount,
    check_payers,
    check_shares,
    shared,
    signed,
    transport,
)
from bulq.domain.errors import Invalid
from bulq.domain.statements import Part

GOODS = {
    "rice": {"ana": Goods(1000, 20_000, 4000), "bojan": Goods(700, 10_000, 2000)},
    "soap": {"bojan": Goods(0, 0, 1000), "mila": Goods(500, 0, 2000)},
}


@pytest.mark.parametrize(
    ("rule", "amount", "expected"),
    [
        (CostRule.VALUE, -500, {"ana": -227, "bojan": -159, "mila": -114}),  # rules.md, a discount
        (CostRule.EQUALLY, 300, {"ana": 100, "bojan": 100, "mila": 100}),
        (CostRule.WEIGHT, 300, {"ana": 200, "bojan": 100}),
        (CostRule.QUANTITY, 90, {"ana": 40, "bojan": 30, "mila": 20}),
        (CostRule.PEOPLE, 90, {"eva": 60, "mila": 30}),
    ],
)
def test_a_cost_is_shared_by_its_rule(rule: CostRule, amount: int, expected: dict[str, int]) -> None:
    parts = shared(Cost("fee", amount, rule, shares={"eva": 2, "mila": 1}), GOODS)

    assert {person: part.amount for person, part in parts.items()} == expected


def test_a_cost_of_one_item_is_borne_by_whoever_has_of_it() -> None:
    deposit = Cost("deposit", 60, CostRule.QUANTITY, item_id="soap")

    assert shared(deposit, GOODS) == {"bojan": Part(1000, 20), "mila": Part(2000, 40)}


@pytest.mark.parametrize("rule", list(CostRule))
def test_where_the_rule_finds_nothing_to_go_by_nobody_bears_the_cost(rule: CostRule) -> None:
    assert shared(Cost("fee", 100, rule), {}) == {}


PEOPLE = st.sampled_from(["ana", "bojan", "mila", "eva"])
HAS = st.builds(Goods, *[st.integers(0, 10**6)] * 3)
ALL = st.dictionaries(st.sampled_from(["rice", "soap"]), st.dictionaries(PEOPLE, HAS))


@given(
    goods=ALL,
    amount=st.integers(-(10**8), 10**8),
    rule=st.sampled_from(CostRule),
    item=st.sampled_from([None, "rice"]),
    shares=st.dictionaries(PEOPLE, st.integers(1, 1000)),
)
def test_what_people_bear_is_the_amount(
    goods: dict[str, dict[str, Goods]], amount: int, rule: CostRule, item: str | None, shares: dict[str, int]
) -> None:
    parts = shared(Cost("fee", amount, rule, item, shares), goods)

    assert sum(part.amount for part in parts.values()) == (amount if parts else 0)
    assert all(abs(part.amount) <= abs(amount) and part.quantity > 0 for part in parts.values())


@pytest.mark.parametrize("kind", list(CostKind))
def test_people_type_amounts_above_zero(kind: CostKind) -> None:
    reduces = kind in (CostKind.DISCOUNT, CostKind.COUPON, CostKind.DEPOSIT_RETURN)
    assert signed(kind, 500) == (-500 if reduces else 500)


@pytest.mark.parametrize("amount", [0, 10**8, -(10**8)])
def test_amounts_out_of_range_are_refused(amount: int) -> None:
    with pytest.raises(Invalid) as refused:
        check_amount(amount, 2)
    assert refused.value.field == "amount"


@pytest.mark.parametrize(("amount", "exponent"), [(999_999, 0), (999_999_999, 3), (-99_999_999, 2)])
def test_the_range_goes_by_the_decimals_of_the_currency(amount: int, exponent: int) -> None:
    check_amount(amount, exponent)


@pytest.mark.parametrize("shares", [{}, {"ana": 0}, {"ana": 1001}])
def test_shares_are_whole_numbers_of_somebody(shares: dict[str, int]) -> None:
    with pytest.raises(Invalid):
        check_shares(shares)


@pytest.mark.parametrize(
    ("total", "amounts", "key"),
    [
        (1000, (), "payer_missing"),
        (1000, (999,), "payers_under"),
        (None, (500, 500), "total_for_payers"),
        (1000, (1000, None), "payer_amount"),
        (1000, (1001, -1), "payer_amount"),
        (1000, (500, 501), "payers_over"),
        (1000, (500, 499), "payers_under"),
    ],
)
def test_payers_that_dont_come_to_the_total_are_refused(
    total: int | None, amounts: tuple[int | None, ...], key: str
) -> None:
    with pytest.raises(Invalid, match=key):
        check_payers(total, amounts, "EUR")


@pytest.mark.parametrize(("total", "amounts"), [(None, (None,)), (1000, (None,)), (1000, (1000,)), (1000, (1, 999))])
def test_payers_that_do_are_taken(total: int | None, amounts: tuple[int | None, ...]) -> None:
    check_payers(total, amounts, "EUR")


def test_transport_is_rounded_once() -> None:
    assert (transport(42_500, 25), transport(1, 499), transport(1, 500)) == (1063, 0, 1)


@pytest.mark.parametrize("distance", [0, -1, MAX_DISTANCE + 1])
def test_no_distance_is_refused(distance: int) -> None:
    with pytest.raises(Invalid, match="distance"):
        transport(distance, 25)
