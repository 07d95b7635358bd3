"""Days and moments as people type them into a date field."""

from __future__ import annotations

from datetime import UTC, date, datetime
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
    if day.year not in YEARS:
        raise Invalid("day", field=field)
    return day


def parse_moment(text: str, time_zone: str, *, field: str) -> datetime | None:
    """An ISO local time such as "2026-11-27T18:00" in `time_zone`, as aware UTC; nothing typed is no moment."""
    if not text.strip():
        return None
    try:
        local = datetime.fromisoformat(text.strip()[:40])
    except ValueError:
        raise Invalid("moment", field=field) from None
    if local.tzinfo is not None or local.year not in YEARS:
        raise Invalid("moment", field=field)
    return local.replace(tzinfo=ZoneInfo(time_zone)).astimezone(UTC)


def day_in(now: datetime, time_zone: str) -> date:
    """The calendar day it is in `time_zone`."""
    return now.astimezone(ZoneInfo(time_zone)).date()
