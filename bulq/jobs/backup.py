"""The daily backup: dump, store, restore into a throw-away database, compare, let old ones go."""

from __future__ import annotations

import logging
import time
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import create_engine, select, update
from sqlalchemy.orm import Session
from sqlalchemy.pool import NullPool
from sqlmodel import col

from bulq import db
from bulq.config import settings
from bulq.domain.backups import Facts, differences, is_due, kind_of
from bulq.jobs import turns
from bulq.jobs.dumps import DumpError, kind_of_database, restore, snapshot, stopping
from bulq.jobs.facts import facts
from bulq.jobs.failures import explain
from bulq.jobs.room import room
from bulq.jobs.throwaway import throwaway
from bulq.jobs.vault import new_name, vault
from bulq.models import Backup
from bulq.queries.backups import backup_health

JOB = "backup"
LONGEST = timedelta(hours=1)  # after this, one that never said how it ended counts as interrupted

log = logging.getLogger(__name__)


class BackupFailed(Exception):
    """Said where the schedule remembers it; the reason is in the backup's row as well."""


class Unproven(Exception):
    """The backup was restored, and something was missing or wrong."""


def back_up_if_due(now: datetime) -> int:
    """Make the backup of the day unless there is a good one; after failures wait longer and longer."""
    if not settings.backup_target or not _is_due(now):
        return 0
    row = back_up(now, only_if_due=True)
    if row is not None and row.error:
        raise BackupFailed(row.error)
    return int(row is not None)


def _is_due(now: datetime) -> bool:
    health = db.read_now(backup_health, now=now)
    last_good = health.last_good.started_at if health.last_good else None
    return is_due(now, settings.backup_hour, last_good, health.failures)


def back_up(now: datetime, *, only_if_due: bool = False) -> Backup | None:
    """Make a backup and prove it; what went wrong is the row's `error`. None while another one is being made."""
    if not db.write_now(turns.begin, JOB, now, LONGEST):
        return None
    try:
        # Asked again, since another process may have finished one between the question and the turn.
        return None if only_if_due and not _is_due(now) else _back_up(now)
    finally:
        db.write_now(turns.end, JOB)


def _back_up(now: datetime) -> Backup:
    began = time.monotonic()
    row = Backup(name="", kind=kind_of_database(settings.database_url), started_at=now)
    row.name = new_name(row.kind, now, row.id.hex[-6:])
    try:
        _make(row)
        prove(row, now, began)
    except BaseException as error:
        row.error = explain(error)
        log.error("backup %s failed: %s", row.name, row.error)
        if not isinstance(error, Exception):
            raise
    finally:
        row.finished_at = _later(now, began)
        db.write_now(_save, row)
    _clean_up(row, now)
    return row


def _make(row: Backup) -> None:
    with snapshot(settings.database_url) as (held, dump):
        db.write_now(_start, row)  # after the snapshot, so that no backup holds itself unfinished
        row.facts = _plain(held)
        row.size, row.sha256 = vault().put(row.name, _until_stopped(dump))


def prove(row: Backup, now: datetime, began: float) -> None:
    """Read it back from the store and restore it; raises when anything of it isn't as it was."""
    assert row.facts is not None
    with room() as folder, throwaway(settings.database_url) as url:
        dump = folder / "dump"
        vault().get(row.name, dump)
        restore(kind_of(row.name), dump, url)
        found = differences(Facts(**row.facts), facts_in(url))
    if found:
        raise Unproven("; ".join(found))
    row.proved_at = _later(now, began)


def facts_in(url: str) -> Facts:
    engine = create_engine(url, poolclass=NullPool)
    with engine.connect() as connection:
        return facts(connection)


def _clean_up(row: Backup, now: datetime) -> None:
    """Old backups go only after a good new one; what can't be deleted now is tried again tomorrow."""
    if row.proved_at is None:
        return
    try:
        store = vault()
        gone = store.let_go(db.read_now(_without_proof, [each.name for each in store.backups()]))
        store.store.tidy(now)
        log.info("backup %s is good; let go: %s", row.name, ", ".join(gone) or "none")
    except Exception:
        log.exception("old backups could not be let go")


def _without_proof(session: Session, names: list[str]) -> set[str]:
    query = select(col(Backup.name)).where(col(Backup.name).in_(names), col(Backup.proved_at).is_(None))
    return set(session.scalars(query))


def _start(session: Session, row: Backup) -> None:
    interrupted = update(Backup).where(
        col(Backup.finished_at).is_(None), col(Backup.started_at) <= row.started_at - LONGEST
    )
    session.execute(interrupted.values(finished_at=row.started_at, error="it was interrupted"))
    session.merge(row)


def _save(session: Session, row: Backup) -> None:
    session.merge(row)


def _until_stopped(pieces: Iterable[bytes]) -> Iterator[bytes]:
    for piece in pieces:
        if stopping.is_set():
            raise DumpError("the process was told to end")
        yield piece


def _plain(held: Facts) -> dict[str, Any]:
    return {
        "rows": dict(held.rows),
        "purchases": held.purchases,
        "statements": held.statements,
        "left_over": held.left_over,
        "wrong_items": held.wrong_items,
    }


def _later(now: datetime, began: float) -> datetime:
    return now + timedelta(seconds=time.monotonic() - began)
