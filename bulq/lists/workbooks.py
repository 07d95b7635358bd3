"""Spreadsheets (XLSX, XLSM, ODS, XLS) as lines of JSON, made by a process of its own with bounds on memory and time.

A small archive may hold gigabytes, and one cell at the far end of a sheet makes a reader fill in all before it. So the
reading is done where it can be ended: python -m bulq.lists.workbooks SPREADSHEET RESULT.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from contextlib import suppress
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any, BinaryIO

from bulq.domain.errors import Invalid

MAGIC = '{"bulq_rows": 1}\n'
ARCHIVES, OLD = (b"PK\x03\x04", b"PK\x05\x06"), b"\xd0\xcf\x11\xe0"
SECONDS = 60
MEMORY = 1_500_000_000  # bytes
UNPACKED = 500_000_000  # bytes of everything in the archive
MEMBERS = 5_000
MOST_SHEETS = 50
MOST_ROWS = 300_000  # of all sheets
MOST_COLUMNS = 100
LONGEST_CELL = 2_000
WRITTEN = 300_000_000  # bytes of the result
PASSWORD, TOO_LARGE, UNREADABLE = 3, 4, 5


def is_workbook(start: bytes) -> bool:
    return start.startswith((*ARCHIVES, OLD))


def convert(source: Path, target: Path) -> None:
    """Write the rows of all visible sheets to `target`. Raises Invalid for what is no spreadsheet, or too large."""
    root = Path(__file__).resolve().parents[2]
    command = [sys.executable, "-m", "bulq.lists.workbooks", str(source.resolve()), str(target.resolve())]
    environment = {
        name: os.environ[name]
        for name in ("PATH", "SYSTEMROOT", "TMPDIR", "TEMP", "LD_LIBRARY_PATH")
        if name in os.environ
    }
    try:
        done = subprocess.run(command, cwd=root, env=environment, timeout=SECONDS, capture_output=True, check=False)
    except subprocess.TimeoutExpired:
        target.unlink(missing_ok=True)
        raise Invalid("file_takes_long", field="file", seconds=SECONDS) from None
    if done.returncode == 0:
        return
    target.unlink(missing_ok=True)
    keys = {PASSWORD: "file_password", UNREADABLE: "file_not_list"}
    raise Invalid(keys.get(done.returncode, "file_large_inside"), field="file")


def sheets_in(file: BinaryIO) -> list[str]:
    """The sheets of a converted workbook that hold anything."""
    return list(dict.fromkeys(name for name, _line, _cells in _read(file)))


def rows_of(file: BinaryIO, sheet: str) -> Iterator[tuple[int, list[str]]]:
    """The rows of one sheet that have anything in them, with their numbers from 1 on."""
    for name, line, cells in _read(file):
        if name == sheet:
            yield line, cells


def _read(file: BinaryIO) -> Iterator[tuple[str, int, list[str]]]:
    file.seek(len(MAGIC))
    name = ""
    for text in file:
        found = json.loads(text)
        if isinstance(found, str):
            name = found
        else:
            yield name, found[0], found[1]


def text_of(value: Any) -> str:
    """A cell as somebody would type it: whole numbers without a point, days as 2026-11-28."""
    if isinstance(value, bool):
        return str(value)
    if isinstance(value, float):
        return (
            str(int(value))
            if value.is_integer() and abs(value) < 1e15
            else f"{value:.10f}".rstrip("0").rstrip(".")
            if abs(value) < 1e15
            else repr(value)
        )
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time() else value.isoformat(" ", "seconds")
    if isinstance(value, date | time):
        return value.isoformat()
    if isinstance(value, timedelta):
        return str(value)
    return " ".join(str(value)[:LONGEST_CELL].replace("\0", " ").split())


def _check_archive(source: Path) -> None:
    """Refuse what says itself that it is too large. Where an archive lies, the bounds of the process hold."""
    with zipfile.ZipFile(source) as archive:
        members = archive.infolist()
        if len(members) > MEMBERS or sum(member.file_size for member in members) > UNPACKED:
            sys.exit(TOO_LARGE)


def _bound() -> None:
    with suppress(ImportError, ValueError, OSError):  # where a system has no such bounds, time has to do
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
        resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
        resource.setrlimit(resource.RLIMIT_FSIZE, (WRITTEN, WRITTEN))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _main(source: Path, target: Path) -> None:
    _bound()
    from python_calamine import CalamineError, PasswordError, SheetTypeEnum, SheetVisibleEnum, load_workbook

    try:
        if source.read_bytes()[:4] in ARCHIVES:
            _check_archive(source)
        book = load_workbook(str(source))
        with target.open("w", encoding="utf-8") as out:
            out.write(MAGIC)
            count = 0
            for each in book.sheets_metadata[:MOST_SHEETS]:
                if each.visible is not SheetVisibleEnum.Visible or each.typ is not SheetTypeEnum.WorkSheet:
                    continue
                sheet = book.get_sheet_by_name(each.name)
                if (sheet.total_width or 0) * (sheet.total_height or 0) > 100 * MOST_ROWS * 2:
                    sys.exit(TOO_LARGE)
                left = [""] * (sheet.start[1] if sheet.start else 0)
                out.write(json.dumps(each.name) + "\n")
                # Rows come with the empty ones above the table, cells without those before it.
                for line, row in enumerate(sheet.iter_rows(), 1):
                    cells = (left + [text_of(value) for value in row[:MOST_COLUMNS]])[:MOST_COLUMNS]
                    while cells and not cells[-1]:
                        cells.pop()
                    if cells:
                        if (count := count + 1) > MOST_ROWS:
                            sys.exit(TOO_LARGE)
                        out.write(json.dumps([line, cells], ensure_ascii=False) + "\n")
    except MemoryError:
        sys.exit(TOO_LARGE)
    except PasswordError:
        sys.exit(PASSWORD)
    except (CalamineError, zipfile.BadZipFile, ValueError, OSError, RuntimeError, NotImplementedError):
        sys.exit(UNREADABLE)


if __name__ == "__main__":
    _main(Path(sys.argv[1]), Path(sys.argv[2]))
