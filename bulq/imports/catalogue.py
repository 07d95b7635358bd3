"""At a terminal: python -m bulq import-catalogue | export-catalogue."""

from __future__ import annotations

import argparse
import csv
import json
import sys
from collections.abc import Generator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, BinaryIO
from uuid import UUID

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table
from sqlalchemy.orm import Session
from sqlmodel import col, select
from sqlmodel.sql.expression import SelectOfScalar

from bulq import db, i18n, uploads
from bulq.config import settings
from bulq.domain.actor import Actor
from bulq.domain.catalogue_file import COLUMNS, Problem
from bulq.domain.errors import Invalid
from bulq.domain.texts import name_key, username_key
from bulq.importing import door_of, finish, import_list
from bulq.imports import asking
from bulq.lists.files import opened_copy
from bulq.models import Store, User
from bulq.queries.catalogue_file import export_rows
from bulq.queries.imports import recent_imports
from bulq.services.catalogue_import import (
    Advance,
    Findings,
    Order,
    Walk,
    layout_source,
    preview_catalogue,
    scope_of,
)
from bulq.services.catalogue_undo import undo_import

PROGRESS = TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn()


class Unusable(Exception):
    """Ends a command with a line that says why."""


def add_commands(commands: Any) -> None:
    bring = commands.add_parser("import-catalogue", help="take products, stores and prices in from a list")
    bring.add_argument("file", type=Path, help="what export-catalogue writes; with --guess any CSV, XLSX, ODS or XLS")
    bring.add_argument("--guess", action="store_true", help="read a list of any shape; what it leaves open is asked")
    bring.add_argument("--store", default="", metavar="NAME", help="whose list it is, where the rows don't say")
    bring.add_argument("--currency", default="", metavar="CODE", help="of the prices, where the rows don't say")
    bring.add_argument("--map", type=Path, metavar="FILE", help="answers as JSON (docs/catalogue_files.md)")
    bring.add_argument("--template", type=Path, metavar="FILE", help="write the questions' likely answers, for --map")
    bring.add_argument("--dry-run", action="store_true", help="only say what it would change, and what is wrong")
    bring.add_argument("--json", action="store_true", help="say what was found as JSON")
    bring.add_argument("--leave-out-bad", action="store_true", help="import the other rows although some are wrong")
    bring.add_argument("--as", dest="username", help="the admin who imports; the one who is longest here if left out")
    bring.set_defaults(command=_import)
    undo = commands.add_parser("undo-import", help="take back an import of the last day, all of it")
    undo.add_argument("id", nargs="?", help="as listed without it")
    undo.add_argument("--as", dest="username", help="the admin who does; the one who is longest here if left out")
    undo.set_defaults(command=_undo)
    take = commands.add_parser("export-catalogue", help="write all products with their newest prices to a CSV file")
    take.add_argument("file", type=Path, help="replaced if it is there")
    take.set_defaults(command=_export)


# An admin in no database, who may look.
NOBODY = Actor(UUID(int=0), "", "", True)


def _import(options: argparse.Namespace) -> None:
    # Looking changes nothing, and so needs no account: a list can be tried on a server that has no admin yet.
    nobody = options.dry_run and options.username is None and not db.read_now(_has_admin)
    actor = NOBODY if nobody else db.read_now(_admin, options.username)
    console = Console(stderr=options.json)
    with _opened(options.file, options.guess or options.map is not None) as file:
        order, found = _ask_until_clear(console, options, actor, file)
        if options.template:
            options.template.write_text(asking.template(found, order.answers), "utf-8")
        if options.json:
            print(json.dumps(asking.as_json(found, _problem_words), ensure_ascii=False, indent=2))
        else:
            _tell(console, found)
        if options.dry_run:
            return
        if found.open:
            ids = ", ".join(question.id for question in found.open)
            raise Unusable(f"Nothing was imported. Answer first, with --map FILE: {ids}")
        if found.bad and not options.leave_out_bad:
            raise Unusable("Nothing was imported. Mend the rows, or leave them out with --leave-out-bad.")
        with _bar(console, "Importing", found.rows) as advance:
            import_list(door_of(actor), actor, file, order, name=options.file.name, advance=advance, now=_now())
    console.print("The file is imported.")


def _ask_until_clear(
    console: Console, options: argparse.Namespace, actor: Actor, file: BinaryIO
) -> tuple[Order, Findings]:
    """What is to be done with the file, and what that comes to. On a terminal open questions are put."""
    answers = asking.read_map(options.map) if options.map else {}
    if options.currency and options.currency.upper() not in dict(i18n.currencies()):
        raise Unusable(f"{options.currency} is no currency such as EUR.")
    while True:
        order = Order(
            guess=options.guess or bool(options.map),
            store_id=db.read_now(_store_named, options.store),
            store_name=options.store,
            currency=options.currency.upper(),
            answers=answers,
            leave_out=options.leave_out_bad,
        )
        with _bar(console, "Looking through", uploads.lines(file)) as advance:
            found = db.read_now(preview_catalogue, actor, file, order, advance=advance, now=_now())
        fresh = [question for question in found.questions if question.id not in answers]
        if options.dry_run or options.json or not fresh or not sys.stdin.isatty():
            return order, found
        try:
            answers = {**answers, **asking.ask(fresh, _titles(actor, file, order))}
        except (EOFError, KeyboardInterrupt):
            raise Unusable("Nothing was imported.") from None


def _titles(actor: Actor, file: BinaryIO, order: Order) -> dict[str, str]:
    """Columns by their numbers, each with its heading and what stands first in it."""
    walk = Walk(file, db.read_now(scope_of, actor, order), actor, _now())
    source = layout_source(walk)
    if source is None:
        return {}
    first = [cells for _line, cells in source.glance(3)]
    return {
        str(column.place + 1): f"{column.label}: "
        + ", ".join(cells[column.place] for cells in first if column.place < len(cells) and cells[column.place])[:60]
        for column in source.layout.columns
    }


def _store_named(session: Session, name: str) -> UUID | None:
    key = name_key(name)
    return session.scalars(select(Store.id).where(Store.name_key == key)).first() if key else None


def _undo(options: argparse.Namespace) -> None:
    actor = db.read_now(_admin, options.username)
    if options.id is None:
        for each in db.read_now(recent_imports, actor, now=_now()):
            print(f"{each.id}  {each.taken_at:%Y-%m-%d %H:%M}  {each.name}")
        return
    try:
        import_id = UUID(options.id)
    except ValueError:
        raise Unusable(f"{options.id} is no id of an import.") from None
    db.write_now(undo_import, actor, import_id, now=_now())
    finish(import_id)
    print("The import is undone.")


@contextmanager
def _opened(path: Path, guess: bool) -> Generator[BinaryIO]:
    try:
        path.open("rb").close()
    except OSError as error:
        raise Unusable(f"{path} can't be read: {error.strerror}") from None
    if path.stat().st_size > settings.catalogue_file_mb * 1_000_000:
        raise Invalid("file_too_large", field="file", megabytes=settings.catalogue_file_mb)
    with opened_copy(path) if guess else path.open("rb") as file:
        yield file


@contextmanager
def _bar(console: Console, what: str, rows: int) -> Generator[Advance]:
    with Progress(*PROGRESS, console=console) as progress:
        task = progress.add_task(what, total=rows)
        yield lambda rows: progress.update(task, completed=rows)


def _tell(console: Console, found: Findings) -> None:
    table = Table("what", "count", box=None, pad_edge=False)
    for name, count in {"rows": found.rows, **found.counts, "wrong rows": found.bad}.items():
        table.add_row(name.replace("_", " "), str(count))
    console.print(table)
    if found.ignored:
        console.print(f"Columns that are not known: {', '.join(found.ignored)}", markup=False)
    for problem in found.problems:
        console.print(_problem_words(problem, place=True), markup=False, highlight=False)
    if found.bad > len(found.problems):
        console.print(f"… the first {len(found.problems)} of {found.bad}")
    if found.noted:
        console.print(f"Left out of rows that go in, {found.noted} in all:")
    for problem in found.notes:
        console.print(_problem_words(problem, place=True), markup=False, highlight=False)
    for question in found.questions:
        console.print(f"? {question.id}: {asking.words_of(question)}", markup=False, highlight=False)


def _problem_words(problem: Problem, *, place: bool = False) -> str:
    values: dict[str, Any] = dict(problem.values)
    words = i18n.text(f"errors.{problem.key}", "en", **values)
    where = f"line {problem.line}" + (f", {problem.column}" if problem.column else "")
    return f"{where}: {words}" if place else words


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


def _admins() -> SelectOfScalar[User]:
    return select(User).where(col(User.is_admin).is_(True), col(User.locked_at).is_(None)).order_by(col(User.id))


def _has_admin(session: Session) -> bool:
    return session.scalars(_admins().limit(1)).first() is not None


def _admin(session: Session, username: str | None) -> Actor:
    query = _admins()
    if username is not None:
        query = query.where(User.username_key == username_key(username))
    user = session.scalars(query.limit(1)).first()
    if user is None:
        raise Unusable("There is no such admin. Make one with: python -m bulq admin create USERNAME")
    return Actor(user.id, user.name, user.username, user.is_admin)


def _now() -> datetime:
    return datetime.now(UTC)
