"""The integrity report: whether money adds up in every run, nothing lies about that nobody owns, and backups are whole.

Everything is counted by the database or read in pieces: memory doesn't grow with either. Nothing is changed.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from uuid import UUID

from sqlalchemy import Connection, Select, or_, select, text
from sqlalchemy.orm import Session
from sqlmodel import col

from bulq import db, disk, migrations, uploads, witness
from bulq.config import Environment, settings
from bulq.domain.attachments import KEPT_WAITING
from bulq.domain.backups import CHECKSUM, time_in
from bulq.domain.catalogue import Named
from bulq.jobs import turns
from bulq.jobs.attachments import nobodys, without_files
from bulq.jobs.failures import explain
from bulq.jobs.room import FORGOTTEN, PREFIX
from bulq.jobs.vault import vault
from bulq.models import Payout, Product, SearchTerm, Store
from bulq.queries import sums
from bulq.queries.integrity import JOB, Finding, last_report, remembered
from bulq.queries.payouts import details_of
from bulq.storage import HALF

DAY = timedelta(days=1)
LONGEST = timedelta(hours=2)
NAMED = 3  # of each kind
DAILY_BACKUPS = 2  # read again each day: the newest, and another one in turn

Check = Callable[[], Iterator[Finding]]


def report_if_due(now: datetime) -> None:
    """Make the report of the day, in one of the processes; the job's row holds what was found."""
    made_at = db.read_now(last_report).made_at
    if made_at is not None and made_at <= now < made_at + DAY:
        return
    if not db.write_now(turns.begin, JOB, now, LONGEST):
        return
    began = time.monotonic()
    try:
        found = list(examine(now, all_backups=False))
        db.write_now(turns.note, JOB, now, time.monotonic() - began, remembered(found))
    finally:
        db.write_now(turns.end, JOB)


def examine(now: datetime, *, all_backups: bool) -> Iterator[Finding]:
    """Everything that is wrong, at most one finding of a kind. A check that fails is a finding, too."""
    checks: list[Check] = [
        _revision,
        _rows,
        _settings,
        lambda: _files(now),
        lambda: _attachments(now),
        lambda: _backups(now, all_backups),
    ]
    for check in checks:
        try:
            yield from check()
        except Exception as error:
            yield Finding("not_made", explain(error)[:150])


def _revision() -> Iterator[Finding]:
    revision = db.read_now(lambda session: migrations.revision_of(session.connection()))
    if revision != migrations.newest():
        yield Finding("revision", f"{revision}")


def _rows() -> Iterator[Finding]:
    with db.reading() as session:
        if session.get_bind().dialect.name == "postgresql":
            # All as of one moment: what somebody buys between two statements is no finding.
            session.execute(text("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ"))
            session.execute(text("SET LOCAL statement_timeout = 0"))  # nobody waits for this
        checks: dict[str, Select[UUID]] = {
            "items": sums.wrong_items(),
            "allocations": sums.wrong_allocations(),
            "ledger": sums.wrong_statements(),
            "costs": sums.wrong_costs(),
            "postings": sums.wrong_postings(),
            "kept_balances": sums.wrong_balances(),
        }
        for kind, query in checks.items():
            yield from _found(kind, session.scalars(query.limit(NAMED + 1)).all())
        yield from _found("balances", _unbalanced(session.connection()))
        yield from _found("search_terms", session.scalars(_terms().limit(NAMED + 1)).all())
        yield from _found("orphans", _orphans(session))
        yield from _found("payouts", _unreadable(session))


def _found(kind: str, where: Iterable[object]) -> Iterator[Finding]:
    """A finding that names the first ones, if there is any."""
    named = [str(each) for _, each in zip(range(NAMED + 1), where, strict=False)]
    if named:
        yield Finding(kind, ", ".join(named[:NAMED]) + (" …" if len(named) > NAMED else ""))


def _unbalanced(connection: Connection) -> Iterator[str]:
    """Runs in which statements and left-over goods don't come to what was paid."""
    for run_id, owed, paid in witness.totals(connection):
        if owed != paid:
            yield f"{run_id} ({owed} instead of {paid})"


def _terms() -> Select[str]:
    """Names that search finds and that lead nowhere."""
    kind, target = col(SearchTerm.kind), col(SearchTerm.target_id)
    there = (
        (kind == Named.PRODUCT) & target.in_(select(col(Product.id))),
        (kind == Named.STORE) & target.in_(select(col(Store.id))),
        kind.not_in((Named.PRODUCT, Named.STORE)),
    )
    return select(col(SearchTerm.key)).where(~or_(*there))


def _unreadable(session: Session) -> Iterator[UUID]:
    """Where members want to be paid, as far as no key that is given opens it."""
    for row in session.scalars(select(Payout).order_by(col(Payout.id)).execution_options(yield_per=1000)):
        if details_of(row) is None:
            yield row.id


def _orphans(session: Session) -> Iterator[str]:
    """Rows that refer to what isn't there: PostgreSQL lets none be, but a SQLite file may be changed by others."""
    if session.get_bind().dialect.name == "sqlite":
        for table, row, parent, _ in session.execute(text("PRAGMA foreign_key_check")):
            yield f"{table} {row} → {parent}"


def _settings() -> Iterator[Finding]:
    if why := disk.trouble():
        yield Finding("disk", why)
    if not settings.backup_target:
        yield Finding("no_backups")
    elif settings.backup_target.startswith("s3:") and settings.backup_key is None:
        yield Finding("open_backups")
    if settings.env is Environment.PRODUCTION and not (settings.alert_webhook or settings.alert_email):
        yield Finding("no_alerts")


def _files(now: datetime) -> Iterator[Finding]:
    """What was left behind in the data folder, long after it should have been cleaned up."""
    limits = {f"{uploads.FOLDER}/*": 2 * uploads.KEPT, f"{PREFIX}*": 2 * FORGOTTEN}
    old = (
        path.relative_to(settings.data)
        for pattern, seconds in limits.items()
        for path in settings.data.glob(pattern)
        if _age(path, now) > seconds
    )
    yield from _found("files", old)


def _attachments(now: datetime) -> Iterator[Finding]:
    """Photos without a file, and files that the clean-up should have removed long ago."""
    yield from _found("attachments_missing", without_files())
    yield from _found("attachments_left", nobodys(now - 2 * KEPT_WAITING))


def _age(path: Path, now: datetime) -> float:
    try:
        return now.timestamp() - path.stat().st_mtime
    except OSError:  # it has just gone
        return 0.0


def _backups(now: datetime, every: bool) -> Iterator[Finding]:
    if not settings.backup_target:
        return
    kept = vault()
    names = {file.name for file in kept.store.files()}
    yield from _found("backup_files", sorted(_without_their_other_half(names, now)))
    whole = [each.name for each in kept.backups()]
    turn = whole[1:][now.toordinal() % len(whole[1:])] if whole[1:] else None
    chosen = whole if every else [*whole[:1], *([turn] if turn else [])][:DAILY_BACKUPS]
    yield from _found("backup_damaged", (name for name in chosen if not kept.is_whole(name)))


def _without_their_other_half(names: set[str], now: datetime) -> Iterator[str]:
    """Dumps without a checksum, and checksums without a dump; not those that may be being written."""
    for name in names:
        dump = name.removesuffix(CHECKSUM)
        at = time_in(dump)
        other = dump if name.endswith(CHECKSUM) else name + CHECKSUM
        if at is not None and not name.endswith(HALF) and other not in names and now - at > DAY:
            yield name
