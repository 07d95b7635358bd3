"""A file as entries for the catalogue: Bulq's own file to the letter, any other list by its layout and answers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date
from itertools import islice
from typing import Any, BinaryIO, Protocol

from bulq.domain.catalogue_file import COLUMNS, NEEDED, Entry, Problem, RowReader
from bulq.domain.errors import BulqError, Invalid
from bulq.domain.lists.headings import Field, Heading
from bulq.domain.lists.layout import Layout, RawRow, guess_layout
from bulq.domain.lists.questions import Answers, Question
from bulq.domain.lists.reading import ListReader, Skipped, Terms, share_with_price
from bulq.domain.tables import Table
from bulq.lists import encodings
from bulq.lists.files import ListFile

# By these an exported file is known, whatever columns a later version adds.
OWN = frozenset({"name", "brand", "unit", "step", "content_unit", "aliases", "seen_on"})


class Source(Protocol):
    """Rows as entries. `tolerant`: what is wrong with a cell leaves out the cell, not the row."""

    tolerant: bool
    ignored: list[str]

    def read(self) -> Iterator[tuple[int, list[Entry] | list[Problem]]]:
        """For each row its line, and the entries it makes or everything that is wrong with it."""
        ...

    @property
    def questions(self) -> list[Question]: ...

    @property
    def notes(self) -> list[Problem]: ...


class OwnSource:
    """Bulq's own file, or one that follows its rules."""

    tolerant = False

    def __init__(self, file: BinaryIO, exponents: Mapping[str, int], latest: date) -> None:
        file.seek(0)
        self._table = Table(file, COLUMNS, NEEDED)
        self._reader = RowReader(exponents, latest)
        self.ignored = self._table.ignored

    def read(self) -> Iterator[tuple[int, list[Entry] | list[Problem]]]:
        for row in self._table.rows():
            found = self._reader.read(row)
            yield row.line, [found] if isinstance(found, Entry) else found

    @property
    def questions(self) -> list[Question]:
        return []

    @property
    def notes(self) -> list[Problem]:
        return []


class ListSource:
    """Any list. `most_rows` bounds it; with `one_store` a column that names stores is passed over."""

    tolerant = True

    def __init__(
        self, file: BinaryIO, terms: Terms, answers: Answers, *, most_rows: int = 300_000, one_store: bool = False
    ) -> None:
        self.file = ListFile(file, answers, terms.codes)
        self._most = most_rows
        sample = self.file.sample()
        if not sample:
            raise Invalid("file_empty", field="file")
        self.sample = sample
        self.layout = _layout(sample, terms, answers, one_store)
        if self.layout.first(Field.NAME) is None:
            self.layout = replace(self.layout, sure=False)
        self.reader = ListReader(self.layout, answers, terms, share_with_price(sample, self.layout, terms.codes))
        self.ignored = [
            column.label for column in self.layout.columns if column.field is Field.IGNORED and column.title
        ]

    def read(self) -> Iterator[tuple[int, list[Entry] | list[Problem]]]:
        for count, row in enumerate(self._body()):
            if count >= self._most:
                raise Invalid("file_rows", field="file", maximum=self._most)
            yield row[0], self.reader.read(row)

    def _body(self) -> Iterator[RawRow]:
        return (row for row in self.file.rows() if row[0] > self.layout.after)

    def glance(self, count: int) -> list[RawRow]:
        """The first rows of the table."""
        return list(islice(self._body(), count))

    @property
    def questions(self) -> list[Question]:
        return [*self.file.questions, *self.reader.questions.values()]

    @property
    def notes(self) -> list[Problem]:
        return self.reader.notes

    @property
    def skipped(self) -> Skipped:
        return self.reader.skipped


def _layout(sample: list[RawRow], terms: Terms, answers: Answers, one_store: bool) -> Layout:
    header = answers.get("header")
    layout = guess_layout(sample, terms.codes, header=header if isinstance(header, int) else None)
    layout = layout.with_fields(chosen) if (chosen := _chosen(answers.get("columns"))) else layout
    if one_store:
        ignored = Heading(Field.IGNORED)
        columns = tuple(
            replace(each, heading=ignored) if each.field is Field.STORE else each for each in layout.columns
        )
        layout = replace(layout, columns=columns)
    return layout


def _chosen(given: Any) -> dict[int, Field]:
    """What somebody said of columns: {"1": "name", …}, counted from 1 on."""
    if not isinstance(given, Mapping):
        return {}
    fields = {str(each) for each in Field}
    places = {str(place): str(field) for place, field in list(given.items())[:200]}
    return {int(place) - 1: Field(field) for place, field in places.items() if place.isdecimal() and field in fields}


def open_source(
    file: BinaryIO,
    terms: Terms,
    answers: Answers,
    *,
    guess: bool,
    latest: date,
    most_rows: int = 300_000,
    one_store: bool = False,
) -> Source:
    """The file as what it is. Without `guess` it has to follow the rules of Bulq's own."""
    if not guess or is_own(file):
        return OwnSource(file, terms.exponents, latest)
    return ListSource(file, terms, answers, most_rows=most_rows, one_store=one_store)


def is_own(file: BinaryIO) -> bool:
    """Whether Bulq wrote the file, or a spreadsheet from what Bulq wrote."""
    file.seek(0)
    start = file.read(len(encodings.MARKS[0][0]) + 4096)
    if encodings.marked(start) not in (None, "utf-8-sig"):
        return False
    file.seek(0)
    try:
        table = Table(file, COLUMNS, NEEDED)
    except BulqError:
        return False
    return not table.ignored and set(table.columns) >= OWN
