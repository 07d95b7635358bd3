"""Which backups are kept, when the next is due, and what speaks against a restored one."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bulq.domain.backups import Facts, differences, is_due, kept, kind_of, last_due, name_of, pause_after, time_in

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
DAY, MINUTE = timedelta(days=1), timedelta(minutes=1)
times = st.datetimes(datetime(2020, 1, 1), datetime(2030, 1, 1), timezones=st.just(UTC))


def daily(days: int) -> list[datetime]:
    return [NOON - DAY * n for n in range(days)]


@pytest.mark.parametrize(
    ("made", "ages"),
    [
        ([], []),
        (daily(1), [0]),
        (daily(7), [0, 1, 2, 3, 4, 5, 6]),
        # Tuesday 24 November: the Sundays before are 2, 9 and 16 days ago, the last of October is 24 days ago.
        (daily(40), [0, 1, 2, 3, 4, 5, 6, 9, 16, 24]),
        ([NOON - timedelta(hours=n) for n in range(4)], [0]),
        ([NOON - DAY * 400], [400]),
    ],
)
def test_which_are_kept(made: list[datetime], ages: list[int]) -> None:
    assert sorted(kept(made)) == sorted(NOON - DAY * age for age in ages)


def test_after_years_there_is_one_of_each_month() -> None:
    keep = kept(daily(1000))

    assert len({(at.year, at.month) for at in keep}) == 12
    assert len(keep) <= 7 + 4 + 12


@given(st.lists(times, max_size=60))
def test_the_newest_is_always_kept_and_nothing_is_made_up(made: list[datetime]) -> None:
    keep = kept(made)

    assert keep <= set(made) and len(keep) <= 23
    assert not made or max(made) in keep


@given(st.lists(times, max_size=60))
def test_keeping_twice_keeps_the_same(made: list[datetime]) -> None:
    assert kept(kept(made)) == kept(made)


@given(st.lists(times, max_size=60), times)
def test_a_new_one_never_brings_back_what_was_let_go(made: list[datetime], extra: datetime) -> None:
    if not made or extra > max(made):
        assert kept([*made, extra]) <= kept(made) | {extra}


@given(times, st.sampled_from(["postgresql", "sqlite"]), st.booleans())
def test_a_name_says_when_and_of_what(at: datetime, kind: str, encrypted: bool) -> None:
    name = name_of(kind, at, "1a2b3c", encrypted=encrypted)

    assert time_in(name) == at.replace(microsecond=0)
    assert kind_of(name) == kind and name.endswith(".enc") == encrypted


@pytest.mark.parametrize(
    "name",
    ["", "bulq.db", "bulq-20261124T030000Z-1a2b3c.dump.sha256", "bulq-20261324T030000Z-1a2b3c.dump", "../bulq.dump"],
)
def test_other_names_are_no_backups(name: str) -> None:
    assert time_in(name) is None


def test_the_hour_is_meant_in_utc() -> None:
    belgrade = timezone(timedelta(hours=1))

    assert last_due(NOON, 3) == datetime(2026, 11, 24, 3, tzinfo=UTC)
    assert last_due(NOON, 13) == datetime(2026, 11, 23, 13, tzinfo=UTC)
    assert last_due(datetime(2026, 11, 25, 0, 30, tzinfo=belgrade), 23) == datetime(2026, 11, 24, 23, tzinfo=UTC)


@pytest.mark.parametrize(
    ("last_good", "failures", "due"),
    [
        (None, [], True),
        (NOON - timedelta(hours=8), [], False),  # made at 4, the hour was 3
        (NOON - timedelta(hours=10), [], True),
        (NOON - DAY, [NOON - 4 * MINUTE], False),
        (NOON - DAY, [NOON - 5 * MINUTE], True),
        (NOON - DAY, [NOON - 20 * MINUTE, NOON - 9 * MINUTE], False),
        (NOON - DAY, [NOON - 20 * MINUTE, NOON - 10 * MINUTE], True),
        (NOON - DAY, [NOON + 300 * MINUTE], True),  # the clock was set back since
    ],
)
def test_when_one_is_due(last_good: datetime | None, failures: list[datetime], due: bool) -> None:
    assert is_due(NOON, 3, last_good, failures) is due


def test_pauses_grow_up_to_two_hours() -> None:
    pauses = [pause_after(n) / MINUTE for n in range(1, 8)]

    assert pauses == [5, 10, 20, 40, 80, 120, 120] and pause_after(10_000) / MINUTE == 120


GOOD = Facts({"bids": 3, "users": 2}, purchases=500, statements=400, left_over=100)


def test_a_restored_copy_speaks_for_itself() -> None:
    assert differences(GOOD, GOOD) == []


@pytest.mark.parametrize(
    ("restored", "said"),
    [
        (replace(GOOD, rows={"bids": 2, "users": 2}), "bids: 2 of 3 rows"),
        (replace(GOOD, rows={"users": 2}), "bids: 0 of 3 rows"),
        (replace(GOOD, purchases=499, left_over=99), "purchases: 499 instead of 500"),
        (replace(GOOD, statements=399), "statements and left over come to 499, the purchases to 500"),
        (replace(GOOD, wrong_items=1), "1 items don't add up"),
    ],
)
def test_what_is_missing_is_named(restored: Facts, said: str) -> None:
    assert said in differences(GOOD, restored)
