"""Reading a table of text somebody sends, row by row: whatever it turns out to be, it takes little memory."""

from __future__ import annotations

import csv
import io
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import BinaryIO

from bulq.domain.errors import Invalid

LONGEST_LINE = 32_768  # characters
LONGEST_RECORD = 65_536  # characters of a row, whose quoted cells may have several lines
MOST_COLUMNS = 100
SEPARATORS = (",", ";", "\t")
# How files begin that spreadsheets and archivers write, however they are called.
NOT_TEXT = (b"PK\x03\x04", b"PK\x05\x06", b"\xd0\xcf\x11\xe0", b"\x1f\x8b", b"%PDF", b"7z\xbc\xaf", b"Rar!", b"BZh")
OTHER_ENCODINGS = (b"\xff\xfe", b"\xfe\xff")
LONGEST_MAGIC = 4


@dataclass(frozen=True, slots=True)
class TableRow:
    """The cells under the known columns; `error` says what is wrong when it is no row, with its values."""

    line: int
    cells: Mapping[str, str]
    error: str = ""
    values: Mapping[str, int] | None = None


class Table:
    """CSV with commas, semicolons or tabs, in UTF-8 with or without a mark, with any line ends."""

    def __init__(self, file: BinaryIO, known: Collection[str], needed: str) -> None:
        _refuse_other_kinds(file)
        self._lines = _Lines(_Text(file, encoding="utf-8-sig", newline=""))
        header = next(self._lines, "")
        self._separator, self._names = _header(header, known)
        self._places = {name: place for place, name in enumerate(self._names) if name in known}
        if needed not in self._places:
            raise Invalid("file_no_column", field="file", column=needed)
        if len(self._places) < sum(name in known for name in self._names):
            raise Invalid("file_column_twice", field="file")

    @property
    def columns(self) -> list[str]:
        return list(self._places)

    @property
    def ignored(self) -> list[str]:
        return [name for name in self._names if name and name not in self._places]

    def rows(self) -> Iterator[TableRow]:
        """Every row that isn't empty. Raises Invalid when the file can't be read on."""
        reader = csv.reader(self._lines, delimiter=self._separator, strict=True)
        while True:
            line = self._lines.begin()
            try:
                cells = next(reader)
            except StopIteration:
                return
            except csv.Error:
                if self._lines.ended:
                    raise Invalid("file_open_quote", field="file", line=line) from None
                yield TableRow(line, {}, "row_garbled")
                continue
            if any(cell.strip() for cell in cells):
                yield self._row(line, cells)

    def _row(self, line: int, cells: list[str]) -> TableRow:
        if len(cells) != len(self._names):
            return TableRow(line, {}, "row_cells", {"found": len(cells), "expected": len(self._names)})
        return TableRow(line, {name: cells[place] for name, place in self._places.items()})


class _Text(io.TextIOWrapper):
    """The text of a file that is somebody else's: it stays open."""

    def close(self) -> None:
        pass


class _Lines(Iterator[str]):
    """Lines of bounded length, counted, with what makes the whole file unreadable refused."""

    def __init__(self, text: io.TextIOWrapper) -> None:
        self._text = text
        self._number = self._begun = self._held = 0
        self.ended = False

    def begin(self) -> int:
        """A new row begins with the next line; its number."""
        self._begun, self._held = self._number + 1, 0
        return self._begun

    def __next__(self) -> str:
        try:
            line = self._text.readline(LONGEST_LINE + 1)
        except UnicodeDecodeError:
            raise Invalid("file_encoding", field="file") from None
        if not line:
            self.ended = True
            raise StopIteration
        self._number += 1
        if "\0" in line:
            raise Invalid("file_not_text", field="file")
        if len(line) > LONGEST_LINE:
            raise Invalid("file_long_line", field="file", line=self._number, maximum=LONGEST_LINE)
        self._held += len(line)
        if self._held > LONGEST_RECORD:
            raise Invalid("file_open_quote", field="file", line=self._begun)
        return line


def _refuse_other_kinds(file: BinaryIO) -> None:
    start = file.read(LONGEST_MAGIC)
    file.seek(0)
    if start.startswith(OTHER_ENCODINGS):
        raise Invalid("file_encoding", field="file")
    if start.startswith(NOT_TEXT):
        raise Invalid("file_not_text", field="file")


def _header(line: str, known: Collection[str]) -> tuple[str, list[str]]:
    """What separates the cells, and the names of the columns: by whichever most of them are known."""
    found = [(separator, _names(line, separator)) for separator in SEPARATORS]
    separator, names = max(found, key=lambda each: sum(name in known for name in each[1]))
    if len(names) > MOST_COLUMNS:
        raise Invalid("file_columns", field="file", maximum=MOST_COLUMNS)
    return separator, names


def _names(line: str, separator: str) -> list[str]:
    try:
        cells = next(csv.reader([line], delimiter=separator), list[str]())
    except csv.Error:
        return []
    return ["_".join(cell.casefold().split()) for cell in cells]
