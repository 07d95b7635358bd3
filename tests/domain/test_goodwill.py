"""Who was short before comes first: within the bound, out of what others got, and never without a shortage."""

from __future__ import annotations

import time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bulq.domain.allocation import matches, share
from bulq.domain.goodwill import (
    GoodwillBound,
    lacked,
    share_with_goodwill,
    steps_owed,
    used_up,
    worth,
)
from bulq.domain.phases import FairRule

STEP, HALF, OFF = GoodwillBound.STEP, GoodwillBound.HALF, GoodwillBound.OFF
names = st.text("abcdefgh", min_size=1, max_size=3)
bids_of_some = st.dictionaries(names, st.integers(1, 40), min_size=1, max_size=9)
owed_to_some = st.dictionaries(names, st.integers(0, 12), max_size=9)
lines = st.text(max_size=6)
steps = st.sampled_from([1, 50, 500, 1000])
rules = st.sampled_from(FairRule)
bounds = st.sampled_from(GoodwillBound)


def split(
    bids: dict[str, int],
    owed: dict[str, int],
    available: int,
    *,
    rule: FairRule = FairRule.PROPORTIONAL,
    bound: GoodwillBound = STEP,
    step: int = 1,
    rest: int = 0,
    line: str = "line",
) -> dict[str, int]:
    """Bids and `available` in steps; what everybody gets in thousandths. Raises are in the order of the bids."""
    whole = {who: bid * step for who, bid in bids.items()}
    return share_with_goodwill(
        rule, whole, list(whole.items()), available * step + rest, step, line, owed=owed, bound=bound
    )


@pytest.mark.parametrize(
    ("bids", "owed", "available", "bound", "got"),
    [
        ((5, 3, 2), (0, 0, 0), 7, STEP, (4, 2, 1)),
        ((5, 3, 2), (0, 0, 1), 7, STEP, (3, 2, 2)),  # the last step of the rule was that of the first
        ((5, 3, 2), (0, 4, 0), 7, STEP, (3, 3, 1)),
        ((5, 3, 2), (4, 4, 4), 7, STEP, (4, 2, 1)),  # all are owed as much
        ((5, 3, 2), (9, 4, 4), 7, OFF, (4, 2, 1)),
        ((8, 8, 8), (0, 9, 0), 6, STEP, (2, 3, 1)),
        ((8, 8, 8), (0, 9, 0), 6, HALF, (1, 4, 1)),  # half of the six that are lacking, but others give up half of two
        ((8, 8, 8), (0, 1, 0), 6, HALF, (2, 3, 1)),  # no more than what is owed
        ((5, 3, 2), (0, 0, 9), 10, HALF, (5, 3, 2)),
        ((5, 3, 2), (0, 0, 9), 0, HALF, (0, 0, 0)),
    ],
)
def test_who_is_owed_comes_first(
    bids: tuple[int, ...], owed: tuple[int, ...], available: int, bound: GoodwillBound, got: tuple[int, ...]
) -> None:
    found = split(dict(zip("abc", bids, strict=True)), dict(zip("abc", owed, strict=True)), available, bound=bound)

    assert tuple(found.values()) == got


def test_seven_want_one_and_who_had_none_last_time_is_among_the_five() -> None:
    bids = dict.fromkeys("abcdefg", 1)
    for line in "uvwxyz":
        without = {who for who, got in split(bids, {}, 5, line=line).items() if not got}

        found = split(bids, dict.fromkeys(without, 1), 5, line=line)

        assert all(found[who] == 1 for who in without)
        assert sum(found.values()) == 5


@given(rules, bounds, bids_of_some, owed_to_some, st.integers(0, 200), steps, st.integers(0, 999), lines)
def test_everything_is_given_out_within_the_bound(
    rule: FairRule,
    bound: GoodwillBound,
    bids: dict[str, int],
    owed: dict[str, int],
    available: int,
    step: int,
    rest: int,
    line: str,
) -> None:
    of: dict[str, Any] = {"rule": rule, "bound": bound, "step": step, "line": line}

    got, alone = split(bids, owed, available, **of), split(bids, {}, available, **of)

    assert sum(got.values()) == sum(alone.values()) == min(available, sum(bids.values())) * step
    for who, bid in bids.items():
        assert 0 <= got[who] <= bid * step and got[who] % step == 0
        more = (got[who] - alone[who]) // step
        lacking = bid - alone[who] // step
        assert -bound.of(alone[who] // step) <= more <= min(bound.of(lacking), owed.get(who, 0))
    weighed = available * step + rest % step
    parts = split(bids, owed, available, rest=rest % step, **of)
    wanted = sum(bids.values()) * step
    assert sum(parts.values()) == (weighed if matches(wanted, weighed, step) else min(weighed, wanted))


@given(rules, bounds, bids_of_some, st.integers(0, 9), st.integers(0, 200), steps, lines)
def test_where_all_are_owed_as_much_the_rule_alone_decides(
    rule: FairRule, bound: GoodwillBound, bids: dict[str, int], each: int, available: int, step: int, line: str
) -> None:
    whole = {who: bid * step for who, bid in bids.items()}

    found = split(bids, dict.fromkeys(bids, each), available, rule=rule, bound=bound, step=step, line=line)

    assert found == share(rule, whole, list(whole.items()), available * step, step, line)


@given(rules, bounds, bids_of_some, owed_to_some, st.integers(0, 200), lines)
def test_one_step_more_leaves_nobody_with_less(
    rule: FairRule, bound: GoodwillBound, bids: dict[str, int], owed: dict[str, int], available: int, line: str
) -> None:
    fewer = split(bids, owed, available, rule=rule, bound=bound, line=line)
    more = split(bids, owed, available + 1, rule=rule, bound=bound, line=line)

    assert all(fewer[who] <= more[who] for who in bids)


@given(st.sampled_from([FairRule.PROPORTIONAL, FairRule.EQUAL_FIRST]), bids_of_some, owed_to_some, st.data())
def test_swapped_people_swap_what_they_get(
    rule: FairRule, bids: dict[str, int], owed: dict[str, int], data: st.DataObject
) -> None:
    """Up to who of equals comes first, which goes by their ids."""
    available = data.draw(st.integers(0, sum(bids.values())))
    bound = data.draw(bounds)
    renamed = dict(zip(bids, data.draw(st.permutations(list(bids))), strict=True))

    got = split(bids, owed, available, rule=rule, bound=bound)
    back = split(dict(reversed(bids.items())), owed, available, rule=rule, bound=bound)
    swapped = split(
        {renamed[who]: bid for who, bid in bids.items()},
        {renamed[who]: owed.get(who, 0) for who in bids},
        available,
        rule=rule,
        bound=bound,
    )

    assert back == got
    assert all(abs(got[who] - swapped[renamed[who]]) <= 2 for who in bids)


@given(bids_of_some, owed_to_some, bounds, st.data())
def test_who_is_owed_more_never_gets_less_for_it(
    bids: dict[str, int], owed: dict[str, int], bound: GoodwillBound, data: st.DataObject
) -> None:
    available = data.draw(st.integers(0, sum(bids.values())))
    who = data.draw(st.sampled_from(sorted(bids)))

    before = split(bids, owed, available, bound=bound)
    after = split(bids, owed | {who: owed.get(who, 0) + data.draw(st.integers(1, 5))}, available, bound=bound)

    assert after[who] >= before[who]


def test_grams_of_tons_take_no_time() -> None:
    bids = {f"person-{n}": 90_000 + n for n in range(100)}
    owed = {f"person-{n}": n * 1000 for n in range(100)}

    started = time.perf_counter()
    got = split(bids, owed, 5_000_000, bound=HALF)

    assert time.perf_counter() - started < 0.5
    assert sum(got.values()) == 5_000_000


def test_what_was_lacking_is_what_was_wanted_before_the_shortage() -> None:
    assert lacked({"a": 5000, "b": 3000}, {"a": 4000, "b": 3000}, 7000, 1000) == {"a": 1000}
    assert lacked({"a": 5000, "b": 3000}, {"a": 5000}, 5000, 1000) == {"b": 3000}
    assert lacked({"a": 5000, "b": 3000}, {"a": 3000, "b": 3000}, 8000, 1000) == {}  # there were enough
    assert lacked({"a": 1500, "b": 1500}, {"a": 1400, "b": 1400}, 2800, 500) == {}  # a scale's difference
    assert lacked({"a": 5000}, {}, 0, 1000) == {}  # there was none for anybody
    assert worth(2000, 5593, 7000) == 1598


@pytest.mark.parametrize(("goodwill", "owed"), [(0, 0), (399, 0), (400, 1), (799, 1), (1198, 1), (1199, 2), (1598, 2)])
def test_goodwill_comes_to_whole_steps(goodwill: int, owed: int) -> None:
    """Prices move a little, so half a step is enough for one."""
    assert steps_owed(goodwill, 5593, 7000, 1000) == owed
    assert steps_owed(goodwill, 0, 7000, 1000) == 0


@given(st.lists(st.integers(0, 50), max_size=8), st.integers(0, 300))
def test_the_oldest_is_used_up_first(left: list[int], value: int) -> None:
    after = used_up(left, value)

    assert sum(after) == max(0, sum(left) - value)
    assert all(0 <= now <= before for now, before in zip(after, left, strict=True))
    touched = [place for place, each in enumerate(left) if after[place] != each]
    assert all(after[place] == 0 for place in range(touched[-1])) if touched else True
