"""At a terminal: python -m bulq import-catalogue | export-catalogue."""

from __future__ import annotations

import argparse
import csv
from collections.abc import Generator
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any, BinaryIO

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table
from sqlalchemy.orm import Session
from sqlmodel import col, select

from bulq import db, i18n, uploads
from bulq.domain.actor import Actor
from bulq.domain.catalogue_file import COLUMNS
from bulq.domain.texts import username_key
from bulq.models import User
from bulq.queries.catalogue_file import export_rows
from bulq.services.catalogue_import import Advance, Findings, import_catalogue, preview_catalogue

PROGRESS = TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn()


class Unusable(Exception):
    """Ends a command with a line that says why."""


def add_commands(commands: Any) -> None:
    bring = commands.add_parser("import-catalogue", help="take products, stores and prices in from a CSV file")
    bring.add_argument("file", type=Path, help="with the columns that export-catalogue writes, of which name is needed")
    bring.add_argument("--dry-run", action="store_true", help="only say what it would change, and what is wrong")
    bring.add_argument("--leave-out-bad", action="store_true", help="import the other rows although some are wrong")
    bring.add_argument("--as", dest="username", help="the admin who imports; the one who is longest here if left out")
    bring.set_defaults(command=_import)
    take = commands.add_parser("export-catalogue", help="write all products with their newest prices to a CSV file")
    take.add_argument("file", type=Path, help="replaced if it is there")
    take.set_defaults(command=_export)


def _import(options: argparse.Namespace) -> None:
    actor = db.read_now(_admin, options.username)
    console = Console()
    with _opened(options.file) as file:
        with _bar(console, "Looking through", file) as advance:
            found = db.read_now(preview_catalogue, actor, file, advance=advance, now=_now())
        _tell(console, found)
        if options.dry_run:
            return
        if found.bad and not options.leave_out_bad:
            raise Unusable("Nothing was imported. Mend the rows, or leave them out with --leave-out-bad.")
        take_in = partial(import_catalogue, name=options.file.name, leave_out=options.leave_out_bad, now=_now())
        with _bar(console, "Importing", file) as advance:
            db.write_now(take_in, actor, file, advance=advance)
    console.print("The file is imported.")


@contextmanager
def _opened(path: Path) -> Generator[BinaryIO]:
    try:
        file = path.open("rb")
    except OSError as error:
        raise Unusable(f"{path} can't be read: {error.strerror}") from None
    with file:
        yield file


@contextmanager
def _bar(console: Console, what: str, file: BinaryIO) -> Generator[Advance]:
    with Progress(*PROGRESS, console=console) as progress:
        task = progress.add_task(what, total=uploads.lines(file))
        yield lambda rows: progress.update(task, completed=rows)


def _tell(console: Console, found: Findings) -> None:
    table = Table("what", "count", box=None, pad_edge=False)
    for name, count in {"rows": found.rows, **found.counts, "wrong rows": found.bad}.items():
        table.add_row(name.replace("_", " "), str(count))
    console.print(table)
    if found.ignored:
        console.print(f"Columns that are not known: {', '.join(found.ignored)}", markup=False)
    for problem in found.problems:
        values: dict[str, Any] = dict(problem.values)
        place = f"line {problem.line}" + (f", {problem.column}" if problem.column else "")
        console.print(f"{place}: {i18n.text(f'errors.{problem.key}', **values)}", markup=False, highlight=False)
    if found.bad > len(found.problems):
        console.print(f"… the first {len(found.problems)} of {found.bad}")


def _export(options: argparse.Namespace) -> None:
    actor = db.read_now(_admin, None)
    count, place = 0, None
    try:
        out = options.file.open("w", encoding="utf-8-sig", newline="")
    except OSError as error:
        raise Unusable(f"{options.file} can't be written: {error.strerror}") from None
    with out:
        writer = csv.writer(out)
        writer.writerow(COLUMNS)
        rows, place = db.read_now(export_rows, actor, None)
        while place is not None:
            writer.writerows(rows)
            count += len(rows)
            rows, place = db.read_now(export_rows, actor, place)
    print(f"{count} rows are written to {options.file}.")


def _admin(session: Session, username: str | None) -> Actor:
    query = select(User).where(col(User.is_admin).is_(True), col(User.locked_at).is_(None)).order_by(col(User.id))
    if username is not None:
        query = query.where(User.username_key == username_key(username))
    user = session.scalars(query.limit(1)).first()
    if user is None:
        raise Unusable("There is no such admin. Make one with: python -m bulq admin create USERNAME")
    return Actor(user.id, user.name, user.username, user.is_admin)


def _now() -> datetime:
    return datetime.now(UTC)
