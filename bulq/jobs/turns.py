"""Which job ran when, how long and with what error; and that of some jobs only one runs at a time."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import or_, text, update
from sqlalchemy.orm import Session
from sqlmodel import col

from bulq.models import JobRun

LONGEST = 1000  # characters of an error that are kept


def begin(session: Session, name: str, now: datetime, at_most: timedelta) -> bool:
    """Take the turn of a job for as long as it may need; False while another process has it."""
    _exist(session, name)
    # Later than anybody who began by now could say: the clock was set back since.
    impossible = col(JobRun.busy_until) > now + at_most
    free = or_(col(JobRun.busy_until).is_(None), col(JobRun.busy_until) <= now, impossible)
    taken = update(JobRun).where(col(JobRun.name) == name, free).values(busy_until=now + at_most)
    return bool(session.scalars(taken.returning(col(JobRun.name))).all())


def end(session: Session, name: str) -> None:
    session.execute(update(JobRun).where(col(JobRun.name) == name).values(busy_until=None))


def note(session: Session, name: str, started_at: datetime, seconds: float, error: str = "") -> None:
    """Remember the last run."""
    _exist(session, name)
    values: dict[str, Any] = {"started_at": started_at, "seconds": seconds, "error": error[:LONGEST]}
    session.execute(update(JobRun).where(col(JobRun.name) == name).values(values))


def _exist(session: Session, name: str) -> None:
    session.execute(
        text("INSERT INTO job_runs (name, error) VALUES (:name, '') ON CONFLICT DO NOTHING"), {"name": name}
    )
