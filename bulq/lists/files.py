"""A file somebody sends, opened as a list: its kind, what has to be asked to read it, and its rows."""

from __future__ import annotations

import codecs
import shutil
import tempfile
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import BinaryIO

from bulq.domain.errors import Invalid
from bulq.domain.lists.headings import Field
from bulq.domain.lists.layout import SAMPLE, SEARCHED, RawRow, guess_layout
from bulq.domain.lists.questions import Answers, Choice, Question, answer_of
from bulq.lists import delimited, encodings, workbooks

PIECE = 1 << 20  # bytes
NOT_LISTS = (b"\x1f\x8b", b"%PDF", b"7z\xbc\xaf", b"Rar!", b"BZh", b"\x89PNG", b"\xff\xd8\xff", b"GIF8")


def prepare(path: Path) -> None:
    """Turn a spreadsheet that was sent into its rows, in place. Raises Invalid for what is no list at all."""
    with path.open("rb") as file:
        start = file.read(8)
    if start.startswith(NOT_LISTS):
        raise Invalid("file_not_list", field="file")
    if not workbooks.is_workbook(start):
        return
    rows = path.with_name(f"{path.name}.rows")
    try:
        workbooks.convert(path, rows)
        rows.replace(path)
    finally:
        rows.unlink(missing_ok=True)


@contextmanager
def opened_copy(path: Path) -> Generator[BinaryIO]:
    """The file at `path` ready to be read as a list; the file itself stays as it is."""
    with tempfile.TemporaryDirectory(prefix="bulq-") as folder:
        copy = Path(folder) / "list"
        shutil.copyfile(path, copy)
        prepare(copy)
        with copy.open("rb") as file:
            yield file


class ListFile:
    """A prepared file as rows, by the answers that say how to read it. `questions` are about the file itself."""

    def __init__(self, file: BinaryIO, answers: Answers, codes: frozenset[str]) -> None:
        self._file, self._answers = file, answers
        self.questions: list[Question] = []
        self.sheets: list[str] = []
        self.sheet = self.encoding = self.separator = ""
        file.seek(0)
        self._is_workbook = file.read(len(workbooks.MAGIC)) == workbooks.MAGIC.encode()
        if self._is_workbook:
            self._choose_sheet(codes)
        else:
            self.encoding = self._choose_encoding()
            self.separator = self._choose_separator()

    def rows(self) -> Iterator[RawRow]:
        """Every row that isn't empty, with its line. Raises Invalid when the file can't be read on."""
        if self._is_workbook:
            return workbooks.rows_of(self._file, self.sheet)
        return delimited.rows_of(self._file, self.encoding, self.separator)

    def sample(self) -> list[RawRow]:
        return list(islice(self.rows(), SEARCHED + SAMPLE))

    def _choose_sheet(self, codes: frozenset[str]) -> None:
        """The sheet whose table has the most rows of goods."""
        self.sheets = workbooks.sheets_in(self._file)
        if not self.sheets:
            raise Invalid("file_empty", field="file")
        given = answer_of(self._answers, "sheet")
        tables = {sheet: self._goods_in(sheet, codes) for sheet in self.sheets}
        self.sheet = given if given in self.sheets else max(self.sheets, key=lambda sheet: tables[sheet])
        if given not in self.sheets and sum(count > 0 for count in tables.values()) > 1:
            choices = tuple(Choice(sheet, text=sheet) for sheet in self.sheets if tables[sheet])
            self.questions.append(Question("sheet", "sheet", choices, self.sheet, lines=[1], count=1))

    def _goods_in(self, sheet: str, codes: frozenset[str]) -> int:
        rows = list(islice(workbooks.rows_of(self._file, sheet), SEARCHED + SAMPLE))
        layout = guess_layout(rows, codes)
        if layout.first(Field.NAME) is None or not (layout.sure or layout.first(Field.PRICE)):
            return 0
        return sum(line > layout.after and sum(map(bool, cells)) > 1 for line, cells in rows)

    def _choose_encoding(self) -> str:
        self._file.seek(0)
        start = self._file.read(PIECE)
        if encoding := encodings.marked(start):
            return encoding
        given = answer_of(self._answers, "encoding")
        if given in encodings.OFFERED:
            return given
        if _is_utf8(self._file):
            return "utf-8"
        if b"\0" in start:
            raise Invalid("file_not_list", field="file")
        guesses = encodings.ranked(_beyond_ascii(self._file))
        if not guesses:
            raise Invalid("file_encoding", field="file")
        if not encodings.is_clear(guesses):
            choices = tuple(Choice(guess.encoding, text=guess.shows) for guess in guesses[:5])
            self.questions.append(Question("encoding", "encoding", choices, guesses[0].encoding, lines=[1], count=1))
        return guesses[0].encoding

    def _choose_separator(self) -> str:
        given = str(self._answers.get("separator") or "")[:1]
        if given:
            return given
        lines = [line for _number, line in islice(delimited.lines_of(self._file, self.encoding), delimited.LOOKED_AT)]
        return delimited.guess_separator(lines)


def _is_utf8(file: BinaryIO) -> bool:
    file.seek(0)
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        for piece in iter(lambda: file.read(PIECE), b""):
            decoder.decode(piece)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def _beyond_ascii(file: BinaryIO) -> bytes:
    """The lines of a file that have more than ASCII, as far as they are needed to tell its encoding."""
    file.seek(0)
    found: list[bytes] = []
    size = 0
    for line in iter(lambda: file.readline(PIECE), b""):
        if not line.isascii():
            found.append(line)
            if (size := size + len(line)) > encodings.SAMPLE:
                break
    return b"".join(found)
