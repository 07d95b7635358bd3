"""How it stands with the backups, for whoever watches over the server: they hold no person's data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session
from sqlmodel import col

from bulq.config import settings
from bulq.domain.backups import STALE
from bulq.models import Backup, JobRun

FAILED, UNPROVEN, STALE_KIND = "backup_failed", "backup_unproven", "backup_stale"
TRIES = 100  # failed ones that are listed
NEWEST = col(Backup.started_at).desc(), col(Backup.id).desc()


@dataclass(frozen=True, slots=True)
class BackupHealth:
    """`troubles` are kinds with a reason in words; without a target nothing is expected and nothing is wrong."""

    expected: bool
    last_good: Backup | None = None
    failures: tuple[datetime, ...] = ()  # tries since the last good one
    troubles: Mapping[str, str] = field(default_factory=dict[str, str])


def backup_health(session: Session, *, now: datetime) -> BackupHealth:
    if not settings.backup_target:
        return BackupHealth(expected=False)
    good = last_good(session)
    tries = select(Backup).where(col(Backup.finished_at).is_not(None)).order_by(*NEWEST)
    if good is not None:
        tries = tries.where(col(Backup.started_at) > good.started_at)
    failed = session.scalars(tries.limit(TRIES)).all()
    troubles: dict[str, str] = {}
    if failed:
        troubles[FAILED if failed[0].sha256 is None else UNPROVEN] = failed[0].error
    if good is None and not _being_made(session, now):
        troubles[STALE_KIND] = "none yet"
    if good is not None and now - good.started_at > STALE:
        troubles[STALE_KIND] = f"{good.started_at:%Y-%m-%d %H:%M} UTC"
    return BackupHealth(True, good, tuple(row.started_at for row in failed), troubles)


def last_good(session: Session) -> Backup | None:
    """The newest that was restored once with everything there."""
    proved = select(Backup).where(col(Backup.proved_at).is_not(None)).order_by(*NEWEST)
    return session.scalars(proved.limit(1)).first()


def _being_made(session: Session, now: datetime) -> bool:
    run = session.get(JobRun, "backup")
    return run is not None and run.busy_until is not None and run.busy_until > now


def backups_named(session: Session, names: list[str]) -> dict[str, Backup]:
    return {row.name: row for row in session.scalars(select(Backup).where(col(Backup.name).in_(names)))}


def job_runs(session: Session) -> list[JobRun]:
    return list(session.scalars(select(JobRun).order_by(col(JobRun.name))))
