"""What each person's part is expected to cost, and what it comes to so far."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bulq.domain.parts import Line, estimated, is_unpriced, parts_of, so_far
from bulq.domain.prices import Offer, Price
from bulq.domain.statements import Part, Shares

RICE = Offer(Price(799))
PAID = {"mila": Part(3000, 3000)}


@pytest.mark.parametrize(
    ("bids", "costs", "left"),
    [
        ({"ana": 2000}, {"ana": 2000}, (1000, 1000)),  # bought 3 for 30.00, only 2 are wanted
        ({"ana": 1000, "bojan": 2000}, {"ana": 1000, "bojan": 2000}, (0, 0)),
        ({"ana": 4000, "bojan": 2000}, {"ana": 2000, "bojan": 1000}, (0, 0)),
        ({}, {}, (3000, 3000)),
    ],
)
def test_what_was_bought_beyond_the_bids_is_left_over_before_it_is_given_out(
    bids: dict[str, int], costs: dict[str, int], left: tuple[int, int]
) -> None:
    shares = so_far("item", 3000, 3000, 1000, bids, PAID)

    assert (shares.costs, (shares.left_over, shares.left_cost)) == (costs, left)
    assert shares.borne == ({"mila": left} if left[0] else {})


@given(
    st.dictionaries(st.sampled_from(["ana", "bojan", "eva", "mila"]), st.integers(1, 9000)),
    st.integers(1, 30_000),
    st.integers(0, 99_999),
    st.sampled_from([1, 500, 1000]),
)
def test_shares_so_far_are_all_that_was_bought_and_paid(
    bids: dict[str, int], bought: int, total: int, step: int
) -> None:
    shares = so_far("item", bought, total, step, bids, {"mila": Part(bought, total)})

    assert sum(shares.costs.values()) + shares.left_cost == total
    assert sum(shares.got.values()) + shares.left_over == bought
    assert all(shares.got[person] < bid + step for person, bid in bids.items())


def test_weighed_goods_that_match_leave_nothing_over() -> None:
    shares = so_far("item", 3520, 3520, 500, {"ana": 1500, "bojan": 2000}, {"mila": Part(3520, 3520)})

    assert (shares.got, shares.costs, shares.left_over) == (
        {"ana": 1509, "bojan": 2011},
        {"ana": 1509, "bojan": 2011},
        0,
    )


def test_an_estimate_goes_by_the_price_of_what_is_still_to_be_bought() -> None:
    assert estimated(Line("rice", [RICE], {"ana": 2000, "bojan": 500})).costs == {"ana": 1598, "bojan": 400}
    assert not estimated(Line("rice", [], {"ana": 2000})).costs
    assert not estimated(Line("rice", [RICE], {"ana": 2000}, closed=True)).costs


@given(
    st.dictionaries(st.sampled_from(["ana", "bojan", "eva", "mila"]), st.integers(1, 9_999_000), min_size=1),
    st.integers(0, 10**8),
    st.integers(1, 9_999_000),
)
def test_estimates_per_person_are_the_estimate_of_the_line(bids: dict[str, int], amount: int, per: int) -> None:
    line = Line("seeds", [Offer(Price(amount, per))], bids)

    assert sum(estimated(line).costs.values()) == line.expected == Price(amount, per).cost(sum(bids.values()))


@pytest.mark.parametrize(
    ("line", "unpriced"),
    [
        (Line("rice", [], {"ana": 1000}), True),
        (Line("rice", [], {}), False),
        (Line("rice", [Offer(Price(800), 6000)], {"ana": 1000}), True),
        (Line("rice", [Offer(Price(0))], {"ana": 1000}), False),
        (Line("rice", [], {"ana": 1000}, closed=True), False),
    ],
)
def test_a_line_without_a_price_is_counted_while_it_may_cost_something(line: Line, unpriced: bool) -> None:
    assert is_unpriced(line) is unpriced


def test_parts_are_the_sums_of_shares() -> None:
    parts = parts_of([Shares({}, {"ana": 3, "bojan": 4}, {}), Shares({}, {"ana": 5}, {"mila": Part(1, 2)})], {}, 0, 1)

    assert (dict(parts.people), parts.left_over, parts.total, parts.unpriced) == ({"ana": 8, "bojan": 4}, 2, 14, 1)


def test_costs_beside_the_goods_are_part_of_what_people_pay() -> None:
    """A discount of 2 for Ana, a fee of 5 for two, and 7 that nobody can bear yet."""
    parts = parts_of([Shares({}, {"ana": 3}, {})], {"ana": -2, "eva": 3}, 7, 0)

    assert (dict(parts.people), parts.unshared, parts.total) == ({"ana": 1, "eva": 3}, 7, 11)
