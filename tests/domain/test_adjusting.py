"""Nobody adjusts past what is short or over."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bulq.domain.adjusting import adjust_range
from bulq.domain.allocation import matches


@pytest.mark.parametrize(
    ("bid", "total", "bought", "bounds"),
    [
        (5, 10, 7, (2, 5)),
        (3, 10, 7, (0, 3)),
        (2, 10, 7, (0, 2)),
        (2, 7, 7, (2, 2)),
        (3, 7, 7, (3, 3)),
        (3, 10, 12, (3, 5)),
        (3, 3, 1, (1, 3)),
        (3, 10, 0, (3, 3)),
    ],
)
def test_the_range_of_a_bid(bid: int, total: int, bought: int, bounds: tuple[int, int]):
    assert adjust_range(bid, total, bought, 1) == bounds


def test_after_one_took_the_shortage_the_other_cannot():
    bids = {"A": 5, "B": 3, "C": 2}
    lowest, _ = adjust_range(bids["A"], sum(bids.values()), 7, 1)
    assert lowest <= 2

    bids["A"] = 2

    assert adjust_range(bids["B"], sum(bids.values()), 7, 1) == (3, 3)


@given(
    st.lists(st.integers(1, 50), min_size=2, max_size=2),
    st.integers(1, 120),
    st.lists(st.tuples(st.integers(0, 1), st.integers(0, 10**6)), min_size=1, max_size=12),
)
def test_two_people_never_overshoot(bids: list[int], bought: int, moves: list[tuple[int, int]]):
    side = sum(bids) - bought
    gap = abs(side)
    for person, pick in moves:
        lowest, highest = adjust_range(bids[person], sum(bids), bought, 1)
        assert 0 <= lowest <= bids[person] <= highest
        bids[person] = lowest + pick % (highest - lowest + 1)
        left = sum(bids) - bought
        assert left * side >= 0
        assert abs(left) <= gap
        gap = abs(left)


@given(st.lists(st.integers(1, 50), min_size=1, max_size=6), st.integers(1, 400))
def test_the_sums_can_always_be_made_to_match(bids: list[int], bought: int):
    short = sum(bids) > bought
    for person in range(len(bids)):
        lowest, highest = adjust_range(bids[person], sum(bids), bought, 1)
        bids[person] = lowest if short else highest

    assert sum(bids) == bought


@pytest.mark.parametrize(
    ("bid", "total", "bought", "bounds"),
    [
        (2000, 3500, 3470, (2000, 2000)),
        (2000, 3500, 3999, (2000, 2000)),
        (2000, 3500, 3000, (1500, 2000)),
        (2000, 3500, 2800, (1500, 2000)),
        (2000, 3500, 2499, (1000, 2000)),
        (2000, 3500, 4000, (2000, 2500)),
        (2000, 3500, 4720, (2000, 3000)),
    ],
)
def test_bids_on_weighed_goods_move_by_whole_steps(bid: int, total: int, bought: int, bounds: tuple[int, int]):
    """2 kg of 3.5 kg wanted, in steps of 0.5: what the scale says beyond whole steps is nobody's to change."""
    assert adjust_range(bid, total, bought, 500) == bounds


@given(st.lists(st.integers(1, 50), min_size=1, max_size=6), st.integers(1, 40_000), st.sampled_from([1, 100, 500]))
def test_bids_on_weighed_goods_can_always_be_made_to_match(steps: list[int], bought: int, step: int):
    bids = [each * step for each in steps]
    short = sum(bids) > bought
    for person in range(len(bids)):
        lowest, highest = adjust_range(bids[person], sum(bids), bought, step)
        bids[person] = lowest if short else highest

    assert matches(sum(bids), bought, step) and all(bid % step == 0 for bid in bids)
