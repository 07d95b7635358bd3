"""Scarce goods are shared by the group's rule, in whole steps, fast and exactly as the step-by-step loop would."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Mapping
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bulq.domain.allocation import (
    eat_raises,
    matches,
    share,
    share_equal_first,
    share_first_come,
    share_proportional,
)
from bulq.domain.money import fnv1a
from bulq.domain.phases import FairRule

Sharing = Callable[[Mapping[str, int], int, str], dict[str, int]]

bids_of_some = st.dictionaries(st.text("abcdefgh", min_size=1, max_size=3), st.integers(0, 40), min_size=1, max_size=9)
lines = st.text(max_size=6)
in_lines = pytest.mark.parametrize("line", [f"line-{n}" for n in range(6)])
both_ways = pytest.mark.parametrize("sharing", [share_proportional, share_equal_first])


def step_by_step(order: Callable[[int, int], tuple[Fraction | int, ...]]) -> Sharing:
    """The definition: one step at a time to the first in `order` of (bid, got so far), then by the rotation."""

    def sharing(bids: Mapping[str, int], available: int, line_id: str) -> dict[str, int]:
        got = dict.fromkeys(bids, 0)
        ids, offset = sorted(bids), fnv1a(line_id) % len(bids)
        turn = {who: (place - offset) % len(ids) for place, who in enumerate(ids)}
        for _ in range(min(available, sum(bids.values()))):
            waiting = [who for who in bids if got[who] < bids[who]]
            got[min(waiting, key=lambda who: (*order(bids[who], got[who]), turn[who]))] += 1
        return got

    return sharing


webster = step_by_step(lambda bid, got: (-Fraction(bid, 2 * got + 1), got))
together = step_by_step(lambda bid, got: (got, -bid))


@in_lines
@pytest.mark.parametrize(
    ("bids", "available", "got"),
    [
        ((3, 3, 1), 3, (1, 1, 1)),
        ((3, 3, 1), 5, (2, 2, 1)),
        ((5, 3, 2), 7, (4, 2, 1)),
        ((5, 3, 2), 10, (5, 3, 2)),
        ((5, 3, 2), 99, (5, 3, 2)),
        ((5, 3, 2), 0, (0, 0, 0)),
        ((5, 0, 2), 7, (5, 0, 2)),
    ],
)
def test_in_proportion(bids: tuple[int, ...], available: int, got: tuple[int, ...], line: str):
    assert share_proportional(dict(zip("abc", bids, strict=True)), available, line) == dict(
        zip("abc", got, strict=True)
    )


def test_a_tie_in_proportion_goes_by_the_rotation():
    bids = {"a": 3, "b": 3, "c": 1}

    first = {fnv1a(line) % 3: share_proportional(bids, 4, line) for line in ("x", "y", "z", "run-1", "u", "v", "w")}

    assert first == {
        0: {"a": 2, "b": 1, "c": 1},
        1: {"a": 1, "b": 2, "c": 1},
        2: {"a": 2, "b": 1, "c": 1},
    }


@in_lines
def test_raised_together(line: str):
    assert share_equal_first({"a": 5, "b": 3, "c": 2}, 7, line) == {"a": 3, "b": 2, "c": 2}
    assert share_equal_first({"a": 5, "b": 3, "c": 2}, 8, line) == {"a": 3, "b": 3, "c": 2}
    assert share_equal_first({"a": 9, "b": 1, "c": 1}, 8, line) == {"a": 6, "b": 1, "c": 1}
    assert share_equal_first({"a": 2, "b": 0}, 1, line) == {"a": 1, "b": 0}


def test_first_come_is_served_first():
    assert share_first_come([("a", 5), ("b", 3), ("c", 2)], 7) == {"a": 5, "b": 2, "c": 0}
    assert share_first_come([("a", 2), ("b", 3), ("a", 3), ("c", 2)], 7) == {"a": 4, "b": 3, "c": 0}
    assert share_first_come([], 7) == {}


@in_lines
@both_ways
def test_seven_want_one_piece_and_there_are_five(sharing: Sharing, line: str):
    assert sorted(sharing(dict.fromkeys("abcdefg", 1), 5, line).values()) == [0, 0, 1, 1, 1, 1, 1]


@given(bids_of_some, st.integers(0, 400), lines)
def test_in_proportion_is_what_the_loop_gives(bids: dict[str, int], available: int, line: str):
    assert share_proportional(bids, available, line) == webster(bids, available, line)


@given(bids_of_some, st.integers(0, 400), lines)
def test_raised_together_is_what_the_loop_gives(bids: dict[str, int], available: int, line: str):
    assert share_equal_first(bids, available, line) == together(bids, available, line)


@both_ways
@given(bids=bids_of_some, available=st.integers(0, 400), line=lines)
def test_everything_is_given_and_never_more_than_the_bid(
    sharing: Sharing, bids: dict[str, int], available: int, line: str
):
    got = sharing(bids, available, line)

    assert sum(got.values()) == min(available, sum(bids.values()))
    assert got.keys() == bids.keys()
    assert all(0 <= got[who] <= bids[who] for who in bids)


@both_ways
@given(bids=bids_of_some, available=st.integers(0, 400), line=lines)
def test_one_step_more_leaves_nobody_with_less(sharing: Sharing, bids: dict[str, int], available: int, line: str):
    fewer, more = sharing(bids, available, line), sharing(bids, available + 1, line)

    assert all(fewer[who] <= more[who] for who in bids)


@both_ways
@given(bids=bids_of_some, available=st.integers(0, 400), line=lines)
def test_the_order_of_the_bids_makes_no_difference(sharing: Sharing, bids: dict[str, int], available: int, line: str):
    assert sharing(dict(reversed(bids.items())), available, line) == sharing(bids, available, line)


@both_ways
@given(bids=bids_of_some, available=st.integers(0, 400), line=lines, data=st.data())
def test_swapped_names_swap_what_they_get_up_to_one_step(
    sharing: Sharing, bids: dict[str, int], available: int, line: str, data: st.DataObject
):
    renamed = dict(zip(bids, data.draw(st.permutations(list(bids))), strict=True))

    got = sharing(bids, available, line)
    swapped = sharing({renamed[who]: bid for who, bid in bids.items()}, available, line)

    assert sorted((bids[who], got[who]) for who in bids) == sorted((bids[who], swapped[renamed[who]]) for who in bids)


@both_ways
@given(bids=bids_of_some, available=st.integers(0, 400), line=lines)
def test_equal_bids_differ_by_one_step_at_most(sharing: Sharing, bids: dict[str, int], available: int, line: str):
    got = sharing(bids, available, line)

    assert all(abs(got[a] - got[b]) <= 1 for a in bids for b in bids if bids[a] == bids[b])


@both_ways
def test_nine_tons_by_the_gram_take_no_time(sharing: Sharing):
    chance = random.Random(7)
    bids = {f"person-{n}": chance.randrange(1, 9_999_000) for n in range(100)}

    started = time.perf_counter()
    got = sharing(bids, 9_998_999, "line")

    assert time.perf_counter() - started < 0.1
    assert sum(got.values()) == 9_998_999


def test_large_numbers_are_shared_like_the_loop_would():
    bids = {"a": 7001, "b": 5003, "c": 3, "d": 1}

    for available in (1, 2, 5, 5999, 6000, 12_007):
        assert share_proportional(bids, available, "line") == webster(bids, available, "line")


@both_ways
def test_nothing_negative_is_shared(sharing: Sharing):
    for bids, available in (({"a": 1}, -1), ({"a": 3, "b": -1}, 1)):
        with pytest.raises(ValueError, match="negative"):
            sharing(bids, available, "line")


def test_no_negative_raise_is_served():
    with pytest.raises(ValueError, match="negative"):
        share_first_come([("a", 3), ("a", -1)], 5)


raises_of_some = st.lists(st.tuples(st.sampled_from("abcd"), st.integers(1, 20)), max_size=12)


@given(raises_of_some, st.integers(0, 200))
def test_first_come_gives_everything_and_nobody_overtakes(raises: list[tuple[str, int]], available: int):
    got = share_first_come(raises, available)

    assert sum(got.values()) == min(available, sum(amount for _, amount in raises))
    for count in range(len(raises) + 1):
        early = sum(amount for _, amount in raises[:count])
        if early <= available:
            served = share_first_come(raises[:count], early)
            assert all(got[who] >= amount for who, amount in served.items())


@pytest.mark.parametrize(
    ("raises", "reduction", "left"),
    [
        ([5, 3, 2], 0, [5, 3, 2]),
        ([5, 3, 2], 1, [5, 3, 1]),
        ([5, 3, 2], 2, [5, 3]),
        ([5, 3, 2], 4, [5, 1]),
        ([5, 3, 2], 10, []),
        ([], 0, []),
    ],
)
def test_a_reduction_eats_the_newest_raises(raises: list[int], reduction: int, left: list[int]):
    assert eat_raises(raises, reduction) == left


@pytest.mark.parametrize("reduction", [-1, 11])
def test_a_reduction_is_at_most_the_bid(reduction: int):
    with pytest.raises(ValueError, match="at most"):
        eat_raises([5, 3, 2], reduction)


@given(st.lists(st.integers(1, 30), max_size=8), st.data())
def test_eaten_raises_keep_their_oldest_part(raises: list[int], data: st.DataObject):
    reduction = data.draw(st.integers(0, sum(raises)))

    left = eat_raises(raises, reduction)

    assert sum(left) == sum(raises) - reduction
    assert left[:-1] == raises[: len(left)][:-1]
    assert all(0 < part <= before for part, before in zip(left, raises, strict=False))


@pytest.mark.parametrize(
    ("rule", "got"),
    [
        (FairRule.PROPORTIONAL, {"a": 400, "b": 200, "c": 100}),
        (FairRule.EQUAL_FIRST, {"a": 300, "b": 200, "c": 200}),
        (FairRule.FIRST_COME, {"a": 200, "b": 300, "c": 200}),
    ],
)
def test_the_group_chooses_the_rule(rule: FairRule, got: dict[str, int]):
    bids = {"a": 500, "b": 300, "c": 200}
    raises = [("c", 200), ("b", 300), ("a", 500)]

    assert share(rule, bids, raises, 700, 100, "line") == got
    assert share(rule, bids, raises, 1000, 100, "line") == bids
    assert share(rule, bids, raises, 5000, 100, "line") == bids
    assert share(rule, bids, raises, 0, 100, "line") == {"a": 0, "b": 0, "c": 0}


def test_a_bid_whose_raises_are_unknown_comes_last():
    got = share(FairRule.FIRST_COME, {"a": 5000, "b": 3000}, [("b", 3000), ("x", 2000)], 4000, 1000, "line")

    assert got == {"a": 1000, "b": 3000}


@given(
    st.sampled_from(FairRule),
    bids_of_some,
    st.integers(0, 400),
    st.sampled_from([1, 50, 100, 1000]),
    st.integers(0, 999),
    st.lists(st.tuples(st.text("abcdefgh", min_size=1, max_size=3), st.integers(1, 60)), max_size=9),
)
def test_every_rule_gives_whole_steps_up_to_the_bid(
    rule: FairRule, steps: dict[str, int], available: int, step: int, rest: int, raised: list[tuple[str, int]]
):
    bids = {who: bid * step for who, bid in steps.items()}
    raises = [(who, amount * step) for who, amount in raised]

    got = share(rule, bids, raises, available * step, step, "line")

    assert got.keys() == bids.keys()
    assert all(0 <= got[who] <= bids[who] and got[who] % step == 0 for who in bids)
    assert sum(got.values()) == min(available * step, sum(bids.values()))

    weighed = available * step + rest % step
    parts = share(rule, bids, raises, weighed, step, "line")

    assert sum(parts.values()) == (min(weighed, sum(bids.values())) if not matched(bids, weighed, step) else weighed)
    assert all(0 <= parts[who] < bids[who] + step for who in bids)


def matched(bids: dict[str, int], bought: int, step: int) -> bool:
    return sum(bids.values()) > 0 and matches(sum(bids.values()), bought, step)


@pytest.mark.parametrize(
    ("bids", "bought", "got"),
    [
        ({"a": 1500, "b": 2000}, 3470, {"a": 1487, "b": 1983}),
        ({"a": 1500, "b": 1500}, 3050, {"a": 1525, "b": 1525}),
        ({"a": 1500, "b": 2000}, 3500, {"a": 1500, "b": 2000}),
        ({"a": 1500, "b": 2000}, 3999, {"a": 1714, "b": 2285}),
        ({"a": 1500, "b": 2000}, 4000, {"a": 1500, "b": 2000}),  # half a kilogram is left over
        ({"a": 1500, "b": 2000}, 2800, {"a": 1120, "b": 1680}),  # 1 and 1.5 by the rule, 0.3 over these
        ({"a": 1500, "b": 2000}, 300, {"a": 129, "b": 171}),  # not a single step: over the bids
        ({}, 300, {}),
    ],
)
def test_of_weighed_goods_the_rest_of_the_scale_is_divided_too(bids: dict[str, int], bought: int, got: dict[str, int]):
    assert share(FairRule.PROPORTIONAL, bids, [], bought, 500, "line") == got
