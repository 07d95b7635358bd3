"""When a store is open: minutes from midnight to open and to close, in turn, for each day from Monday on."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime
from itertools import pairwise
from zoneinfo import ZoneInfo

from bulq.domain.errors import Invalid

DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
MIDNIGHT = 24 * 60
MOST_SPANS = 4  # in a day
LONGEST_TYPED = 100
SPAN = re.compile(r"(\d{1,2})(?:[:.](\d\d))?\s*[-\u2013\u2014]\s*(\d{1,2})(?:[:.](\d\d))?", re.ASCII)

Day = list[int]


def parse_hours(texts: Sequence[str], *, closed: str) -> list[Day] | None:
    """A week from seven texts such as "8:00-13:00, 17-20" or the word for `closed`; None when nothing is said.

    As soon as one day is said all have to be: an empty field could mean closed or not known.
    """
    if len(texts) != len(DAYS):
        raise ValueError("a week has seven days")
    if not any(text.strip() for text in texts):
        return None
    return [_parse_day(text, closed, field=day) for text, day in zip(texts, DAYS, strict=True)]


def _parse_day(text: str, closed: str, *, field: str) -> Day:
    typed = " ".join(text[: LONGEST_TYPED + 1].split())
    if not typed:
        raise Invalid("hours_missing", field=field)
    if typed.casefold() == closed.casefold():
        return []
    spans = [SPAN.fullmatch(part.strip()) for part in re.split("[,;]", typed)]
    if len(typed) > LONGEST_TYPED or len(spans) > MOST_SPANS or not all(spans):
        raise Invalid("hours", field=field)
    day = [_minutes(span, at, field) for span in spans if span for at in (1, 3)]
    _check_order(day, field)
    return day


def _minutes(span: re.Match[str], at: int, field: str) -> int:
    minutes = int(span[at]) * 60 + int(span[at + 1] or 0)
    if int(span[at + 1] or 0) >= 60 or minutes > MIDNIGHT:
        raise Invalid("hours", field=field)
    return minutes


def _check_order(day: Day, field: str) -> None:
    if any(later <= earlier for earlier, later in pairwise(day)):
        raise Invalid("hours_order", field=field)


def check_hours(hours: Sequence[Sequence[int]] | None) -> None:
    """Refuse what is no week of spans within a day, each after the one before."""
    if hours is None:
        return
    if len(hours) != len(DAYS):
        raise Invalid("hours")
    for day, field in zip(hours, DAYS, strict=True):
        if len(day) % 2 or len(day) > 2 * MOST_SPANS or not all(0 <= minutes <= MIDNIGHT for minutes in day):
            raise Invalid("hours", field=field)
        _check_order(list(day), field)


def spans_text(day: Sequence[int], *, closed: str) -> str:
    """ "08:00–13:00, 17:00–20:00", or the word for closed."""
    spans = zip(day[::2], day[1::2], strict=True)
    return ", ".join(f"{_clock(opens)}–{_clock(closes)}" for opens, closes in spans) or closed


def _clock(minutes: int) -> str:
    return f"{minutes // 60:02}:{minutes % 60:02}"


def weekday_in(now: datetime, time_zone: str) -> int:
    """Which day of the week it is there; 0 is Monday."""
    return now.astimezone(ZoneInfo(time_zone or "UTC")).weekday()
