"""A group as a zip: group.json for programs, tables as CSV, and each completed run as PDF."""

from __future__ import annotations

import csv
import io
import json
import tempfile
import zipfile
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from typing import IO, Any, cast
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from bulq.domain.group_file import DOCUMENT, FORMAT
from bulq.exports.commas import written
from bulq.exports.tables import Cell, Number
from bulq.i18n import exponent, text, unit_name
from bulq.models import Group
from bulq.queries.group_export import (
    balances_out,
    entries_of,
    group_facts,
    group_sections,
    lines_of,
    open_runs,
)

PIECE = 1 << 18  # bytes


def write_files(session: Session, group: Group, language: str, now: datetime) -> dict[str, IO[bytes]]:
    """The files of a group but the PDFs, on disk: however much there is, memory stays the same."""
    tables = {
        "balances": _balances(session, group, language),
        "entries": _entries(session, group, language),
        "statements": _statements(session, group, language),
    }
    files: dict[str, IO[bytes]] = {DOCUMENT: _new_file()}
    for piece in _document(session, group, now):
        files[DOCUMENT].write(piece.encode(errors="replace"))
    for name, rows in tables.items():
        files[f"{name}.csv"] = _as_csv(rows)
    return files


def _new_file() -> IO[bytes]:
    """On disk, without a name: it is gone when it is closed."""
    return tempfile.TemporaryFile()


def _document(session: Session, group: Group, now: datetime) -> Iterator[str]:
    head: dict[str, Any] = {
        "format": FORMAT,
        "made_at": now.astimezone(UTC).isoformat(timespec="seconds"),
        "units": {
            "money": {"currency": group.currency, "decimals": exponent(group.currency)},
            "quantity": {"decimals": 3},
        },
        "group": group_facts(group),
        "left_out": open_runs(session, group),
    }
    yield json.dumps(head, ensure_ascii=False, indent=1).removesuffix("\n}")
    for name, rows in group_sections(session, group):
        yield f',\n "{name}": ['
        for place, row in enumerate(rows):
            yield f"{',' if place else ''}\n{json.dumps(row, ensure_ascii=False, separators=(',', ':'))}"
        yield "\n ]"
    yield "\n}\n"


def _as_csv(rows: Iterable[list[Cell]]) -> IO[bytes]:
    """A byte order mark says that it is UTF-8."""
    file = _new_file()
    file.write(b"\xef\xbb\xbf")
    for row in rows:
        line = io.StringIO()
        csv.writer(line).writerow([written(cell, ".") for cell in row])
        file.write(line.getvalue().encode(errors="replace"))
    return file


def _balances(session: Session, group: Group, language: str) -> Iterator[list[Cell]]:
    yield _heads(("person", "username", "balance", "currency"), language)
    for row in balances_out(session, group):
        yield [row.name, row.username, _money(row.amount, group), group.currency]


def _entries(session: Session, group: Group, language: str) -> Iterator[list[Cell]]:
    yield _heads(
        ("made", "kind", "store", "shopping_day", "reason", "person", "username", "amount", "currency"), language
    )
    zone = ZoneInfo(group.time_zone)
    for row in entries_of(session, group):
        at = row.at.astimezone(zone).isoformat(sep=" ", timespec="seconds")
        about = [at, text(f"export.entry.{row.kind}", language), row.store or "", str(row.day or ""), row.reason]
        yield [*about, row.name, row.username, _money(row.amount, group), group.currency]


def _statements(session: Session, group: Group, language: str) -> Iterator[list[Cell]]:
    heads = ("store", "shopping_day", "person", "username", "product", "unit", "quantity", "amount", "currency", "note")
    yield _heads(heads, language)
    for row in lines_of(session, group):
        goods = row.product or text(f"cost.{row.cost}", language)
        of: list[Cell] = [row.store, str(row.day or ""), row.name, row.username, goods]
        quantity: list[Cell] = [unit_name(row.unit, language), Number(row.quantity, 3)] if row.product else ["", ""]
        left = text("export.left_over", language) if row.kind == "left_over" else ""
        yield [*of, *quantity, _money(row.amount, group), group.currency, left]


def _heads(names: Iterable[str], language: str) -> list[Cell]:
    return [text(f"export.{name}", language) for name in names]


def _money(amount: int, group: Group) -> Number:
    return Number(amount, exponent(group.currency), padded=True)


class Outflow:
    """A zip that is sent as it grows: `add` and `end` return what there is to send next."""

    def __init__(self) -> None:
        self._written: list[bytes] = []
        self._zip = zipfile.ZipFile(cast("Any", self), "w", zipfile.ZIP_DEFLATED)

    def write(self, data: bytes) -> int:
        self._written.append(bytes(data))
        return len(data)

    def flush(self) -> None:
        """Nothing is held back."""

    def pieces_of(self, name: str, file: IO[bytes]) -> Iterator[bytes]:
        """The file piece by piece, deflated."""
        file.seek(0)
        with self._zip.open(name, "w") as entry:
            while piece := file.read(PIECE):
                entry.write(piece)
                yield self._taken()
        yield self._taken()

    def add(self, name: str, content: bytes) -> bytes:
        self._zip.writestr(name, content)
        return self._taken()

    def end(self) -> bytes:
        self._zip.close()
        return self._taken()

    def _taken(self) -> bytes:
        taken = b"".join(self._written)
        self._written.clear()
        return taken
