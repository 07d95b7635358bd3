"""A group as it travels in a file: what its sections hold, and what is refused of a file that somebody sends.

A section is a list of rows. A row that others refer to has a number, its `id`. Amounts are minor units of the group's
currency, quantities are thousandths.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any, cast

from bulq.domain.errors import Invalid
from bulq.domain.texts import clean_text

FORMAT = "bulq.group/1"
DOCUMENT = "group.json"  # its name in the zip
MOST_ROWS = 500_000
LARGEST = 10**12  # minor units or thousandths: the sum of so many rows still fits into 64 bits
YEARS = range(1970, 2200)
LONGEST_REASONS = 100

Row = dict[str, Any]
Rows = Mapping[str, Sequence[Row]]


class Kind(StrEnum):
    TEXT = "text"
    NUMBER = "number"
    YES = "yes"
    MOMENT = "moment"
    DAY = "day"
    ONE_OF = "one_of"
    REFERENCE = "reference"
    REASONS = "reasons"  # of a line of a plan


@dataclass(frozen=True, slots=True)
class Column:
    """`most` characters of a text, or the largest number; `of` names the section that a reference leads to."""

    name: str
    kind: Kind
    optional: bool = False
    most: int = LARGEST
    one_of: frozenset[str] = frozenset()
    of: str = ""


@dataclass(frozen=True, slots=True)
class Section:
    """`numbered`: others refer to its rows. `participant` is the column that names somebody who is in the run."""

    name: str
    columns: tuple[Column, ...]
    numbered: bool = False
    participant: str | None = None

    @property
    def references(self) -> tuple[Column, ...]:
        return tuple(column for column in self.columns if column.kind is Kind.REFERENCE)


def check_format(document: object) -> dict[str, Any]:
    """The document, if it is a group of a version that is known."""
    read = object_in(document) or {}
    if (found := read.get("format")) != FORMAT:
        raise Invalid("group_file_format", field="file", found=found[:40] if isinstance(found, str) else "–")
    return read


def object_in(value: object) -> dict[str, Any] | None:
    """The value, if it is what JSON calls an object."""
    return cast("dict[str, Any]", value) if isinstance(value, dict) else None


def list_in(value: object) -> list[Any] | None:
    """The value, if it is a list."""
    return cast("list[Any]", value) if isinstance(value, list) else None


def rows_in(document: Mapping[str, Any], sections: Sequence[Section]) -> dict[str, list[Row]]:
    """The rows of each section, every value of the kind its column has. Raises Invalid, saying where."""
    lists = {section.name: _list_of(document, section) for section in sections}
    if sum(map(len, lists.values())) > MOST_ROWS:
        raise Invalid("group_file_rows", field="file", maximum=MOST_ROWS)
    numbers = {section.name: _numbers(section, lists[section.name]) for section in sections if section.numbered}
    return {
        section.name: [_row(section, place, row, numbers) for place, row in enumerate(lists[section.name], 1)]
        for section in sections
    }


def _list_of(document: Mapping[str, Any], section: Section) -> list[Any]:
    found = list_in(document.get(section.name, []))
    if found is None:
        raise _malformed(section.name)
    return found


def _numbers(section: Section, rows: Sequence[Any]) -> frozenset[int]:
    """What the rows go by. Each goes by another number."""
    found: set[int] = set()
    for place, row in enumerate(rows, 1):
        number: Any = (object_in(row) or {}).get("id")
        if type(number) is not int or number in found:
            raise _malformed(section.name, place, "id")
        found.add(number)
    return frozenset(found)


def _row(section: Section, place: int, value: Any, numbers: Mapping[str, frozenset[int]]) -> Row:
    if (row := object_in(value)) is None:
        raise _malformed(section.name, place)
    read: Row = {"id": row["id"]} if section.numbered else {}
    for column in section.columns:
        try:
            read[column.name] = read_value(column, row.get(column.name), numbers)
        except (ValueError, TypeError, Invalid):
            raise _malformed(section.name, place, column.name) from None
    return read


def read_value(column: Column, value: Any, numbers: Mapping[str, frozenset[int]]) -> Any:
    """The value as the column has it. Raises ValueError or Invalid for any other kind of value."""
    if value is None and column.optional:
        return None
    match column.kind:
        case Kind.TEXT if isinstance(value, str):
            return clean_text(value, field="file", maximum=column.most, multiline=True)
        case Kind.NUMBER if type(value) is int and abs(value) <= column.most:
            return value
        case Kind.YES if isinstance(value, bool):
            return value
        case Kind.MOMENT if isinstance(value, str):
            return _moment(value)
        case Kind.DAY if isinstance(value, str):
            return _within(date.fromisoformat(value[:10]))
        case Kind.ONE_OF if isinstance(value, str) and value in column.one_of:
            return value
        case Kind.REFERENCE if type(value) is int and value in numbers[column.of]:
            return value
        case Kind.REASONS if (found := list_in(value)) is not None:
            return _reasons(found, numbers["people"])
        case _:
            raise ValueError(column.name)


def _moment(text: str) -> datetime:
    found = _within(datetime.fromisoformat(text[:40]))
    if found.tzinfo is None:
        raise ValueError("a moment has a zone")
    return found


def _within(found: Any) -> Any:
    if found.year not in YEARS:
        raise ValueError("nobody bought anything then")
    return found


def _reasons(found: list[Any], people: frozenset[int]) -> list[Any]:
    """Why a line of a plan is so: [amount, [[debtor, creditor, planned], …]] each."""
    read: list[Any] = []
    for reason in found[:LONGEST_REASONS]:
        amount, links = reason
        if type(amount) is not int or abs(amount) > LARGEST or len(links) > LONGEST_REASONS:
            raise ValueError("a reason")
        for debtor, creditor, planned in links:
            if debtor not in people or creditor not in people or not isinstance(planned, bool):
                raise ValueError("a link")
        read.append([amount, [list(link) for link in links]])
    return read


def _malformed(section: str, place: int | None = None, column: str = "") -> Invalid:
    where = " ".join(str(part) for part in (section, place, column) if part)
    return Invalid("group_file_malformed", field="file", where=where)


def check_runs(sections: Sequence[Section], rows: Rows) -> None:
    """Refuse rows of one run that refer to rows of another, and people who are in a run without taking part in it."""
    run_of = {
        section.name: {row["id"]: row["run_id"] for row in rows[section.name]}
        for section in sections
        if section.numbered and any(column.name == "run_id" for column in section.columns)
    }
    in_runs = {(row["run_id"], row["user_id"]) for row in rows["participants"]}
    for section in sections:
        elsewhere = [column for column in section.references if column.of in run_of]
        for place, row in enumerate(rows[section.name], 1):
            run = row.get("run_id")
            for column in elsewhere:
                other = run_of[column.of].get(row[column.name])
                if None not in (run, other) and run != other:
                    raise _malformed(section.name, place, column.name)
            if section.participant and (run, row[section.participant]) not in in_runs:
                raise _malformed(section.name, place, section.participant)


def check_postings(rows: Rows, currency: str) -> dict[int, int]:
    """The balances that follow from the entries, by person. Refuse a posting whose entries don't sum to zero."""
    sums: dict[int, int] = defaultdict(int)
    balances: dict[int, int] = defaultdict(int)
    for entry in rows["ledger_entries"]:
        sums[entry["posting_id"]] += entry["amount"]
        balances[entry["user_id"]] += entry["amount"]
    for posting in rows["postings"]:
        if amount := sums[posting["id"]]:
            day = posting["posted_at"].date().isoformat()
            raise Invalid("group_file_posting", field="file", amount=amount, currency=currency, day=day)
    return dict(balances)


def check_balances(stated: Sequence[Row], reckoned: Mapping[int, int], names: Mapping[int, str], currency: str) -> None:
    """Refuse balances that are not the sums of the entries."""
    said = {row["user_id"]: row["amount"] for row in stated}
    for person in sorted({*said, *reckoned}):
        off = said.get(person, 0) - reckoned.get(person, 0)
        if off:
            raise Invalid("group_file_balance", field="file", name=names[person], amount=off, currency=currency)
