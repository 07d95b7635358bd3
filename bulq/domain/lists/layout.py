"""Where the table of a list begins and what its columns are: guessed from headings and values, or as somebody said."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TypeAlias

from bulq.domain.barcodes import barcode_in
from bulq.domain.lists.amounts import Amount, read_amount
from bulq.domain.lists.days import read_days
from bulq.domain.lists.headings import Field, Heading, read_heading
from bulq.domain.lists.units import read_pack, unit_named
from bulq.domain.lists.words import fold, is_nothing, is_total

SEARCHED = 60  # rows in which the header is looked for
SAMPLE = 400  # rows by whose values columns are guessed
MOST_COLUMNS = 100
GUESSED = 1000  # rank of what only values tell

RawRow: TypeAlias = tuple[int, Sequence[str]]  # the line in the file, and its cells


@dataclass(frozen=True, slots=True)
class Column:
    """A column that is read: where it stands, what it is called in the list, and what it holds."""

    place: int
    title: str
    heading: Heading

    @property
    def field(self) -> Field:
        return self.heading.field

    @property
    def label(self) -> str:
        """Its heading, or its number from 1 on."""
        return self.title or str(self.place + 1)


@dataclass(frozen=True, slots=True)
class Layout:
    """The table in a list. `header` is the line of the headings, 0 without; data begins after the line `after`.

    `columns` are all columns that hold anything, those included that are passed over. `sure`: the headings say what
    name and price are, so that nobody has to be asked. `spare` are other columns that may be meant by a field.
    """

    header: int
    after: int
    columns: tuple[Column, ...]
    titles: tuple[str, ...]
    sure: bool

    def of(self, field: Field) -> list[Column]:
        return [column for column in self.columns if column.field is field]

    def first(self, field: Field) -> Column | None:
        return next(iter(self.of(field)), None)

    def with_fields(self, fields: Mapping[int, Field]) -> Layout:
        """The layout with what somebody said of columns, by their places."""
        columns = tuple(
            column
            if fields.get(column.place, column.field) is column.field
            else replace(column, heading=replace(column.heading, field=fields[column.place], rank=0))
            for column in self.columns
        )
        return replace(self, columns=columns, sure=True)


def guess_layout(rows: Sequence[RawRow], codes: frozenset[str], *, header: int | None = None) -> Layout:
    """The layout of a list that begins with these rows; `header` is the line of its headings if somebody said so."""
    place, headings = _header(rows, codes) if header is None else _said(rows, codes, header)
    if place is None:
        return _without_header(rows, codes, after=0)
    titles, headings, last = _two_lines(rows, place, headings, codes)
    body = [cells for _line, cells in rows[last + 1 : last + 1 + SAMPLE]]
    columns = _columns(titles, headings, body, codes)
    by_heading = {Field.NAME, Field.PRICE} & {heading.field for heading in headings if heading}
    found = {column.field for column in columns}
    sure = Field.NAME in by_heading and (Field.PRICE in by_heading or Field.PRICE not in found)
    return Layout(rows[place][0], rows[last][0], columns, tuple(titles), sure)


def _said(rows: Sequence[RawRow], codes: frozenset[str], line: int) -> tuple[int | None, list[Heading | None]]:
    for place, (number, cells) in enumerate(rows):
        if number == line:
            return place, [read_heading(cell, codes) for cell in cells]
    return None, []


def _header(rows: Sequence[RawRow], codes: frozenset[str]) -> tuple[int | None, list[Heading | None]]:
    """The row whose cells name most fields. One that has numbers of its own, or a single heading, is hardly one."""
    best: tuple[float, int, list[Heading | None]] | None = None
    for place, (_line, cells) in enumerate(rows[:SEARCHED]):
        headings = [read_heading(cell, codes) for cell in cells[:MOST_COLUMNS]]
        score = _score(cells, headings)
        if score > 0 and (best is None or score > best[0]):
            best = score, place, headings
    if best is not None:
        return best[1], best[2]
    return _unknown_header(rows, codes)


def _score(cells: Sequence[str], headings: Sequence[Heading | None]) -> float:
    filled = [cell for cell in cells if cell.strip()]
    fields = {heading.field for heading in headings if heading and heading.rank < 100}
    weak = {heading.field for heading in headings if heading} - fields
    if not fields or any(_is_value(cell) for cell in filled):
        return 0
    known = len(fields) + len(weak) / 2
    alone = len(filled) == 1 and Field.NAME in fields
    if known < 2 and not alone:
        return 0
    if not fields & {Field.NAME, Field.PRICE, Field.ORDER_NO, Field.BARCODE, Field.UNIT}:
        return 0
    return (0.5 if alone else known) + len(filled) / 1000 + (Field.NAME in fields) / 2


def _is_value(cell: str) -> bool:
    """Whether a cell holds what headings don't: an amount, a barcode or a day."""
    text = cell.strip()
    return bool(
        re.fullmatch(r"[^\w]*[0-9][0-9.,' \u00a0]*\s*([\u20ac$%]|[^\W\d_]{1,3}\.?)?", text)
    ) and not text.endswith("+")


def _unknown_header(rows: Sequence[RawRow], codes: frozenset[str]) -> tuple[int | None, list[Heading | None]]:
    """A row of words above columns of numbers, in a language nobody taught us."""
    for place, (_line, cells) in enumerate(rows[:SEARCHED]):
        filled = [at for at, cell in enumerate(cells) if cell.strip()]
        below = [each for _line, each in rows[place + 1 : place + 21]]
        if len(filled) < 2 or not below or any(_is_value(cells[at]) for at in filled):
            continue
        numbers = [sum(at < len(row) and _is_value(row[at]) for row in below) for at in filled]
        if max(numbers) >= max(1, len(below) * 0.5):
            return place, [read_heading(cell, codes) for cell in cells]
        if sum(bool(cell.strip()) for row in below for cell in row):
            return None, []
    return None, []


def _two_lines(
    rows: Sequence[RawRow], place: int, headings: list[Heading | None], codes: frozenset[str]
) -> tuple[list[str], list[Heading | None], int]:
    """Headings of two lines are one: what stands above several columns is said of each of them."""
    titles = [" ".join(cell.split()) for cell in rows[place][1]]
    if place + 1 < len(rows):
        lower = list(rows[place + 1][1])
        below = [read_heading(cell, codes) for cell in lower]
        filled = [cell for cell in lower if cell.strip()]
        gaps = [at for at, cell in enumerate(lower) if cell.strip() and not (at < len(titles) and titles[at])]
        words = not any(any(character.isdigit() for character in cell) for cell in filled)
        if filled and words and gaps and all(below[at] or _beside_price(titles, at, codes, lower[at]) for at in gaps):
            width = max(len(titles), len(lower))
            upper, carried = (titles + [""] * width)[:width], ""
            joined: list[str] = []
            for at in range(width):
                carried = upper[at] or carried
                under = " ".join(lower[at].split()) if at < len(lower) else ""
                joined.append(f"{carried} {under}".strip() if under else upper[at])
            return joined, [read_heading(title, codes) for title in joined], place + 1
    return titles, headings, place


def _beside_price(titles: Sequence[str], at: int, codes: frozenset[str], lower: str) -> bool:
    above = next((title for title in reversed(titles[: at + 1]) if title), "")
    found = read_heading(f"{above} {lower}", codes)
    return found is not None and found.field is Field.PRICE


def _columns(
    titles: Sequence[str], headings: Sequence[Heading | None], body: Sequence[Sequence[str]], codes: frozenset[str]
) -> tuple[Column, ...]:
    width = min(MOST_COLUMNS, max([len(titles), *map(len, body)], default=0))
    found: dict[int, Heading] = {at: heading for at, heading in enumerate(headings[:width]) if heading}
    found = _one_each(found, body)
    missing = [at for at in range(width) if at not in found]
    guessed = _by_values({at: _cells(body, at) for at in missing}, codes, {each.field for each in found.values()})
    found |= guessed
    filled = [at for at in range(width) if any(_cells(body, at)) or (at < len(titles) and titles[at])]
    ignored = Heading(Field.IGNORED, GUESSED)
    return tuple(Column(at, titles[at] if at < len(titles) else "", found.get(at, ignored)) for at in filled)


def _one_each(found: dict[int, Heading], body: Sequence[Sequence[str]]) -> dict[int, Heading]:
    """Each field but prices and notes is one column: that with the clearest heading, if it holds anything."""
    several = (Field.PRICE, Field.NOTE, Field.IGNORED, Field.TAGS, Field.VAT)
    kept: dict[int, Heading] = {}
    for at, heading in sorted(found.items(), key=lambda pair: (pair[1].rank, not any(_cells(body, pair[0])), pair[0])):
        taken = heading.field not in several and any(each.field is heading.field for each in kept.values())
        kept[at] = (
            replace(heading, field=Field.NOTE if heading.field is Field.NAME else Field.IGNORED) if taken else heading
        )
    if not any(each.field is Field.NAME for each in kept.values()):
        # "Code" may be all a list has to say; more often what is called type or group is what the goods are.
        for at, heading in kept.items():
            cells = _cells(body, at)
            if heading.field in (Field.ORDER_NO, Field.TAGS, Field.NOTE) and _are_names(cells):
                kept[at] = replace(heading, field=Field.NAME, rank=GUESSED)
                break
    return kept


def _without_header(rows: Sequence[RawRow], codes: frozenset[str], *, after: int) -> Layout:
    body = [cells for _line, cells in rows[:SAMPLE]]
    width = min(MOST_COLUMNS, max(map(len, body), default=0))
    found = _by_values({at: _cells(body, at) for at in range(width)}, codes, set())
    filled = [at for at in range(width) if any(_cells(body, at))]
    columns = tuple(Column(at, "", found.get(at, Heading(Field.IGNORED, GUESSED))) for at in filled)
    return Layout(0, after, columns, (), False)


def _cells(body: Sequence[Sequence[str]], at: int) -> list[str]:
    return [cell for row in body if at < len(row) and (cell := row[at].strip()) and not is_nothing(cell)]


def _by_values(columns: Mapping[int, list[str]], codes: frozenset[str], taken: set[Field]) -> dict[int, Heading]:
    """What columns hold by their values, each field once and only if no heading names it."""
    found: dict[int, Heading] = {}
    left = {at: cells for at, cells in columns.items() if cells}

    def take(field: Field, candidates: Sequence[tuple[float, int]]) -> None:
        if field in taken or not candidates:
            return
        _score, at = max(candidates, key=lambda each: (each[0], -each[1]))
        found[at] = Heading(field, GUESSED)
        left.pop(at)

    take(Field.BARCODE, [(share, at) for at, cells in left.items() if (share := _share(cells, barcode_in)) >= 0.6])
    take(Field.SEEN_ON, [(share, at) for at, cells in left.items() if (share := _share(cells, _is_day)) >= 0.8])
    take(
        Field.CURRENCY,
        [(share, at) for at, cells in left.items() if (share := _share(cells, codes.__contains__)) >= 0.8],
    )
    take(Field.UNIT, [(share, at) for at, cells in left.items() if (share := _share(cells, unit_named)) >= 0.7])
    take(Field.NAME, [(_names_score(cells), at) for at, cells in left.items() if _are_names(cells)])
    take(Field.CONTENT, [(share, at) for at, cells in left.items() if (share := _share(cells, _is_size)) >= 0.7])
    prices = [(score, at) for at, cells in left.items() if (score := _price_score(cells, codes)) > 0]
    if Field.PRICE not in taken and len(prices) > 1:
        decimals = [each for each in prices if each[0] >= 1]
        prices = decimals or prices[-1:]
    take(Field.PRICE, prices[:1] if len(prices) == 1 else sorted(prices, key=lambda each: each[1])[:1])
    take(Field.ORDER_NO, [(1.0, at) for at, cells in left.items() if _are_codes(cells)][:1])
    return found


def _share(cells: Sequence[str], test: Callable[[str], object]) -> float:
    return sum(bool(test(cell)) for cell in cells) / len(cells)


def _is_day(cell: str) -> bool:
    return not re.fullmatch("[0-9]{5,8}(?:[.,]0+)?", cell) and read_days(cell) is not None


def _is_size(cell: str) -> bool:
    return any(character.isdigit() for character in cell) and len(cell) <= 20 and read_pack(cell) is not None


def _are_names(cells: Sequence[str]) -> bool:
    letters = [cell for cell in cells if len(re.findall(r"[^\W\d_]", cell)) >= 3 and not is_total(cell)]
    return len(letters) >= 0.7 * len(cells) and len(set(letters)) >= 0.5 * len(letters)


def _names_score(cells: Sequence[str]) -> float:
    """How many letters its texts have, and how different they are."""
    lengths = [min(40, len(re.findall(r"[^\W\d_]", cell))) for cell in cells]
    return sum(lengths) / len(lengths) * len(set(map(fold, cells))) / len(cells)


def _price_score(cells: Sequence[str], codes: frozenset[str]) -> float:
    """Above 0 for a column of amounts, from 1 on if they have decimals or a sign."""
    amounts = [each for cell in cells if isinstance(each := read_amount(cell, codes), Amount)]
    if (
        len(amounts) < 0.7 * len(cells)
        or not amounts
        or _share(cells, lambda cell: cell.startswith("0") and "." not in cell and "," not in cell) > 0.2
    ):
        return 0
    clear = sum(bool(each.sign) or each.decimals in (1, 2) for each in amounts) / len(amounts)
    return 1 + clear if clear >= 0.3 else 0.5


def _are_codes(cells: Sequence[str]) -> bool:
    short = [cell for cell in cells if re.fullmatch(r"[\w./-]{1,20}", cell) and re.search("[0-9]", cell)]
    return len(short) >= 0.8 * len(cells) and len(set(short)) >= 0.9 * len(short)


def is_header_again(cells: Sequence[str], layout: Layout) -> bool:
    """Whether a row repeats the headings, as on every page of what was once printed."""
    if not layout.header:
        return False
    filled = Counter(fold(cell) for cell in cells if cell.strip())
    titles = {fold(title) for title in layout.titles if title}
    return sum(filled.values()) >= 2 and all(each in titles for each in filled)
