"""Opening hours as they are typed, kept and shown."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bulq.domain.errors import Invalid
from bulq.domain.opening_hours import DAYS, check_hours, parse_hours, spans_text, weekday_in

CLOSED = "closed"


def week(sunday: str) -> list[str]:
    return ["8-20"] * 6 + [sunday]


def parsed(sunday: str) -> list[int]:
    hours = parse_hours(week(sunday), closed=CLOSED)
    assert hours is not None
    return hours[6]


@pytest.mark.parametrize(
    ("typed", "spans"),
    [
        ("8:00-20:00", [480, 1200]),
        ("8-20", [480, 1200]),
        (" 08.30 – 13 ; 17:00—20:15 ", [510, 780, 1020, 1215]),
        ("0-24", [0, 1440]),
        ("0:00-24:00", [0, 1440]),
        ("closed", []),
        ("CLOSED", []),
    ],
)
def test_a_day_is_spans_of_minutes(typed: str, spans: list[int]) -> None:
    assert parsed(typed) == spans


@pytest.mark.parametrize(
    ("typed", "key"),
    [
        ("", "hours_missing"),
        ("abc", "hours"),
        ("8", "hours"),
        ("8-25", "hours"),
        ("8:60-20", "hours"),
        ("24:01-24:02", "hours"),
        ("-1-5", "hours"),
        ("٨-٢٠", "hours"),
        ("8-20,", "hours"),
        ("1-2,3-4,5-6,7-8,9-10", "hours"),
        ("8-9," * 1_000_000, "hours"),
        ("8-20\x00", "hours"),
        ("22-4", "hours_order"),
        ("8-8", "hours_order"),
        ("8-12,11-15", "hours_order"),
        ("8-12,12-15", "hours_order"),
    ],
    ids=range(16),
)
def test_what_is_no_day_is_refused_at_its_field(typed: str, key: str) -> None:
    with pytest.raises(Invalid) as refusal:
        parse_hours(week(typed), closed=CLOSED)

    assert (refusal.value.key, refusal.value.field) == (key, "sunday")


def test_nothing_said_is_not_known() -> None:
    assert parse_hours(["", " "] + [""] * 5, closed=CLOSED) is None


def minutes(count: int) -> st.SearchStrategy[list[int]]:
    return st.lists(st.integers(0, 1440), min_size=2 * count, max_size=2 * count, unique=True).map(sorted)


@given(st.lists(st.integers(0, 4).flatmap(minutes), min_size=7, max_size=7))
def test_what_is_shown_can_be_typed_again(hours: list[list[int]]) -> None:
    check_hours(hours)

    assert parse_hours([spans_text(day, closed=CLOSED) for day in hours], closed=CLOSED) == hours


@pytest.mark.parametrize(
    "hours",
    [[], [[]] * 6, [[480]] + [[]] * 6, [[-1, 5]] + [[]] * 6, [[0, 1441]] + [[]] * 6, [[20, 10]] + [[]] * 6,
     [[1, 2, 3, 4, 5, 6, 7, 8, 9, 10]] + [[]] * 6],
)  # fmt: skip
def test_what_is_no_week_is_refused(hours: list[list[int]]) -> None:
    with pytest.raises(Invalid):
        check_hours(hours)


def test_hours_are_those_of_the_day_it_is_there() -> None:
    late_on_sunday = datetime(2026, 11, 29, 23, 30, tzinfo=UTC)

    assert DAYS[weekday_in(late_on_sunday, "")] == "sunday"
    assert DAYS[weekday_in(late_on_sunday, "Europe/Belgrade")] == "monday"
    assert spans_text([480, 780, 1020, 1200], closed=CLOSED) == "08:00–13:00, 17:00–20:00"
    assert spans_text([], closed=CLOSED) == CLOSED
