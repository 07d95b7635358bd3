"""When a store is open: minutes from midnight to open and to close, in turn, for each day from Monday on.

assets/store/hours.js reads and writes hours as people type them.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from bulq.domain.errors import Invalid

DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
MIDNIGHT = 24 * 60
MOST_SPANS = 4  # in a day


def _check_order(day: list[int], field: str) -> None:
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
