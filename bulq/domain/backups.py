"""Backups: their names, which are kept, when the next is due, and whether a restored one holds what it should."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Hashable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta

DAILY, WEEKLY, MONTHLY = 7, 4, 12
STALE = timedelta(hours=26)  # the daily one and two hours to make it
FIRST_PAUSE, LONGEST_PAUSE = timedelta(minutes=5), timedelta(hours=2)
CHECKSUM = ".sha256"

_NAME = re.compile(r"bulq-(\d{8}T\d{6})Z-[0-9a-f]{6}\.(dump|db\.gz)(\.enc)?")
_ENDINGS = {"postgresql": "dump", "sqlite": "db.gz"}


def name_of(kind: str, at: datetime, mark: str, *, encrypted: bool) -> str:
    """For example bulq-20261128T030000Z-1a2b3c.dump.enc; sorting by name is sorting by time."""
    return f"bulq-{at.astimezone(UTC):%Y%m%dT%H%M%SZ}-{mark}.{_ENDINGS[kind]}{'.enc' if encrypted else ''}"


def time_in(name: str) -> datetime | None:
    """When the backup of this name began; None if it is no name of a backup."""
    if (match := _NAME.fullmatch(name)) is None:
        return None
    try:
        return datetime.strptime(match[1], "%Y%m%dT%H%M%S").replace(tzinfo=UTC)
    except ValueError:
        return None


def kind_of(name: str) -> str:
    """Of the database it was made of."""
    return "postgresql" if ".dump" in name else "sqlite"


def kept(times: Collection[datetime]) -> set[datetime]:
    """Those worth keeping: the newest of each of the last 7 days, 4 weeks and 12 months that have any."""
    periods: tuple[tuple[int, Callable[[datetime], Hashable]], ...] = (
        (DAILY, lambda at: at.date()),
        (WEEKLY, lambda at: at.isocalendar()[:2]),
        (MONTHLY, lambda at: (at.year, at.month)),
    )
    keep: set[datetime] = set()
    for count, period in periods:
        newest: dict[Hashable, datetime] = {}
        for at in sorted((each.astimezone(UTC) for each in times), reverse=True):
            newest.setdefault(period(at), at)
        keep.update(list(newest.values())[:count])
    return keep


def last_due(now: datetime, hour: int) -> datetime:
    """The last time of day at which a backup should have begun."""
    now = now.astimezone(UTC)
    today = datetime.combine(now.date(), time(hour), UTC)
    return today if today <= now else today - timedelta(days=1)


def is_due(now: datetime, hour: int, last_good: datetime | None, failures: Sequence[datetime]) -> bool:
    """Whether to begin one now; `failures` are the tries since the last good one, which space out the next.

    Tries of the future are from before the clock was set back, and don't count.
    """
    if last_good is not None and last_good >= last_due(now, hour):
        return False
    failures = [each for each in failures if each <= now]
    return not failures or now >= max(failures) + pause_after(len(failures))


def pause_after(failures: int) -> timedelta:
    """5 minutes after the first failure, twice as long after each further one, at most 2 hours."""
    return min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** min(failures - 1, 10))


@dataclass(frozen=True, slots=True)
class Facts:
    """What a database holds: rows by table, and its money in minor units, summed over all currencies."""

    rows: Mapping[str, int]
    purchases: int = 0
    statements: int = 0
    left_over: int = 0
    wrong_items: int = 0  # more handed out than bought, or sums that don't match their purchases


def differences(made_of: Facts, restored: Facts) -> list[str]:
    """What speaks against a restored backup, in words; nothing when it is as it should be."""
    found = [
        f"{table}: {restored.rows.get(table, 0)} of {made_of.rows.get(table, 0)} rows"
        for table in sorted({*made_of.rows, *restored.rows})
        if made_of.rows.get(table, 0) != restored.rows.get(table, 0)
    ]
    for what in ("purchases", "statements", "left_over"):
        before, after = getattr(made_of, what), getattr(restored, what)
        if before != after:
            found.append(f"{what.replace('_', ' ')}: {after} instead of {before}")
    if restored.statements + restored.left_over != restored.purchases:
        total = restored.statements + restored.left_over
        found.append(f"statements and left over come to {total}, the purchases to {restored.purchases}")
    if restored.wrong_items:
        found.append(f"{restored.wrong_items} items don't add up")
    return found
