"""At a terminal: python -m bulq backup | backups | restore | jobs."""

from __future__ import annotations

import argparse
import signal
import threading
from datetime import UTC, datetime
from typing import Any

from pydantic import ValidationError
from rich.console import Console
from rich.filesize import decimal
from rich.table import Table
from sqlalchemy.exc import DBAPIError

from bulq import db
from bulq.config import Jobs, Settings, settings
from bulq.jobs.backup import back_up
from bulq.jobs.doctor import examine
from bulq.jobs.dumps import DumpError, kind_of_database, restore
from bulq.jobs.room import room
from bulq.jobs.schedule import doing_jobs
from bulq.jobs.sealing import SealError
from bulq.jobs.throwaway import empty, end_sessions, tables_in, users_of
from bulq.jobs.vault import Damaged, Kept, vault
from bulq.models import Backup
from bulq.queries.backups import backups_named, job_runs
from bulq.storage import StorageError


class Stop(Exception):
    """Ends a command with a line that says why."""


IN_USE = (
    "What is written there meanwhile would be lost. Stop the servers and the jobs first; "
    "--force --while-in-use replaces everything all the same. Nothing was changed."
)
REASONS = (Stop, StorageError, SealError, Damaged, DumpError)


def add_commands(commands: Any) -> None:
    backup = commands.add_parser("backup", help="make a backup now and prove it")
    backup.set_defaults(command=_backup)
    backups = commands.add_parser("backups", help="list the backups there are")
    backups.set_defaults(command=_backups)
    back = commands.add_parser("restore", help="read a backup into a database")
    back.add_argument("name", help='as "backups" lists it, or "newest"')
    back.add_argument("--into", required=True, metavar="URL", help="postgresql://… or sqlite:///…")
    back.add_argument("--force", action="store_true", help="replace what the database holds")
    back.add_argument(
        "--while-in-use", action="store_true", help="with --force: even if servers or jobs are connected to it"
    )
    back.set_defaults(command=_restore)
    doctor = commands.add_parser("doctor", help="say what is wrong with money, rows, files, backups and settings")
    doctor.set_defaults(command=_doctor)
    jobs = commands.add_parser("jobs", help="do what happens by itself until ended: deadlines, backups, clean-up")
    jobs.add_argument("--list", action="store_true", help="say when each job last ran, and how it went")
    jobs.set_defaults(command=_jobs)


def _need_target() -> None:
    if not settings.backup_target:
        raise Stop("There is no place for backups yet: set BULQ_BACKUP_TARGET (docs/backups.md).")


def _backup(_options: argparse.Namespace) -> None:
    _need_target()
    row = back_up(_now())
    if row is None:
        raise Stop("Another backup is being made right now.")
    if row.error and row.sha256 is None:
        raise Stop(f"The backup failed: {row.error}")
    if row.error:
        raise Stop(f"{row.name} was stored, but its proof failed: {row.error}")
    assert row.size is not None and row.finished_at is not None
    seconds = (row.finished_at - row.started_at).total_seconds()
    print(f"{row.name}: {decimal(row.size)} in {seconds:.1f} s, restored once and found whole.")


def _backups(_options: argparse.Namespace) -> None:
    _need_target()
    found = vault().backups()
    rows = _rows([each.name for each in found])
    table = Table(box=None, pad_edge=False)
    for column in ("name", "size", "proof"):
        table.add_column(column, justify="right" if column == "size" else "left", overflow="fold")
    for each in found:
        table.add_row(each.name, decimal(each.size), _verdict(rows.get(each.name)))
    Console(soft_wrap=True).print(table if found else "There is no backup yet.")


def _rows(names: list[str]) -> dict[str, Backup]:
    """A list of backups is wanted most when the database is gone."""
    try:
        return db.read_now(backups_named, names)
    except DBAPIError:
        return {}


def _verdict(row: Backup | None) -> str:
    if row is None:
        return "unknown here"
    return f"passed {row.proved_at:%Y-%m-%d %H:%M}" if row.proved_at else f"failed: {row.error}"


def _restore(options: argparse.Namespace) -> None:
    _need_target()
    url, chosen = _address(options.into), _chosen(options.name)
    if chosen.kind != kind_of_database(url):
        raise Stop(f"{chosen.name} is of {chosen.kind}; it can't be restored into {kind_of_database(url)}.")
    with room() as folder:
        dump = folder / "dump"
        vault().get(chosen.name, dump)  # checked to its end before anything is touched
        if tables_in(url):
            if not options.force:
                raise Stop("That database isn't empty. Nothing was changed; --force replaces what it holds.")
            if (users := users_of(url)) and not options.while_in_use:
                raise Stop(f"{users} {IN_USE}")
            if chosen.kind == "postgresql":  # SQLite's restore replaces everything in one step
                empty(url)
        restore(chosen.kind, dump, url)
        end_sessions(url)
    print(f"{chosen.name} is restored. Everybody has to log in again.")
    print("Bring it to the newest revision with: python -m bulq migrate")


def _chosen(name: str) -> Kept:
    found = vault().backups()
    if name == "newest" and found:
        return found[0]
    for each in found:
        if each.name == name:
            return each
    raise Stop(f"There is no backup {name!r}; python -m bulq backups lists them.")


def _address(url: str) -> str:
    try:
        return Settings.model_validate({"DATABASE_URL": url}).database_url
    except ValidationError:
        raise Stop("--into takes an address such as postgresql://user:password@host/name or sqlite:///path.") from None


def _doctor(_options: argparse.Namespace) -> None:
    found = list(examine(_now(), all_backups=True))
    for each in found:
        print(f"{each.words}\n  → {each.remedy}")
    if found:
        raise Stop(f"Findings: {len(found)}")
    print("All is well.")


def _jobs(options: argparse.Namespace) -> None:
    if options.list:
        return _list_jobs()
    if settings.jobs is Jobs.OFF:
        raise Stop("Jobs are switched off by BULQ_JOBS.")
    ended = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: ended.set())
    with doing_jobs():
        print("Bulq does its jobs until this is ended.", flush=True)
        ended.wait()


def _list_jobs() -> None:
    table = Table(box=None, pad_edge=False)
    for column in ("job", "last run (UTC)", "took", "error"):
        table.add_column(column)
    for run in db.read_now(job_runs):
        started = f"{run.started_at:%Y-%m-%d %H:%M:%S}" if run.started_at else "-"
        table.add_row(run.name, started, f"{run.seconds:.2f} s" if run.seconds is not None else "-", run.error)
    Console(soft_wrap=True).print(table)


def _now() -> datetime:
    return datetime.now(UTC)
