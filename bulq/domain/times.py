"""Days and moments that people plan for, and the day it is somewhere."""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

from bulq.domain.errors import Invalid

YEARS = range(2000, 2101)


def parse_day(text: str, *, field: str) -> date | None:
    """An ISO day such as "2026-11-28"; nothing typed is no day."""
    if not text.strip():
        return None
    try:
        day = date.fromisoformat(text.strip()[:40])
    except ValueError:
        raise Invalid("day", field=field) from None
    check_year(day, "day", field=field)
    return day


def check_year(when: date, key: str, *, field: str) -> None:
    """Refuse a day or a moment in a year that nobody plans for. `key` is that of the refusal.

    Near the last year that a date can hold, other time zones lead beyond it.
    """
    if when.year not in YEARS:
        raise Invalid(key, field=field)


def day_in(now: datetime, time_zone: str) -> date:
    """The calendar day it is in `time_zone`."""
    return now.astimezone(ZoneInfo(time_zone)).date()
