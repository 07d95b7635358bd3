"""The catalogue as a file: what a row says, or what is wrong with it; and how cells are written."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from typing import Any, TypeVar

from bulq.domain import exports
from bulq.domain.barcodes import parse_barcode
from bulq.domain.catalogue import LANGUAGES, TagKind
from bulq.domain.errors import BulqError, Invalid
from bulq.domain.phases import Unit
from bulq.domain.prices import ONE, Price, content_key
from bulq.domain.quantities import FINE, parse_money, parse_quantity
from bulq.domain.tables import TableRow
from bulq.domain.texts import clean_text, name_key
from bulq.domain.times import parse_day

T = TypeVar("T")

COLUMNS = (
    *("name", "brand", "unit", "step", "barcode", "content", "content_unit", "tags", "aliases"),
    *("store", "price", "per", "minimum", "currency", "seen_on"),
)
NEEDED = "name"
MOST_IN_A_CELL = 20
MOST_MET = 20_000
UNIQUE = ("name", "barcode", "aliases")  # columns that hardly ever say the same twice
WHOLE = 1000  # the step of what comes in whole units, in thousandths
MAX_PRICE = 999_999_999  # in units of the currency: one that follows from a line may be higher than one that is typed
# A cell with one of these in front, after any number of apostrophes, is a formula to a spreadsheet or once was to us.
FORMULA = re.compile(f"'*[{re.escape(''.join(exports.FORMULA))}]")


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong with a row: `key` names a text under "errors"; without a column it is about the row."""

    line: int
    column: str
    key: str
    values: Mapping[str, str | int] = field(default_factory=dict[str, "str | int"])


@dataclass(frozen=True, slots=True)
class Label:
    """A tag or another name: `kind` is the tag's kind or the name's language."""

    kind: str
    name: str
    key: str


@dataclass(frozen=True, slots=True)
class Entry:
    """A row: a product, and perhaps what it costs somewhere. What a cell doesn't say is None and stays as it is."""

    line: int
    name: str
    key: str
    brand: str
    brand_key: str
    unit: Unit | None
    step: int | None
    barcode: str | None
    content: int | None
    content_unit: Unit | None
    content_key: str  # of the product that is meant
    tags: tuple[Label, ...]
    aliases: tuple[Label, ...]
    store: str
    store_key: str
    price: int | None
    per: int | None  # thousandths the price is for; None: one unit
    minimum: int | None  # thousandths from which on it counts; None: any
    currency: str
    seen_on: date | None
    note: str = ""  # beside the price
    content_named: bool = False  # the content is known from the name alone, which tells sizes apart anyway

    @property
    def product(self) -> tuple[str, str, str]:
        return self.key, self.brand_key, self.content_key

    @property
    def named(self) -> tuple[str, str]:
        """What it has in common with other sizes of the same thing."""
        return self.key, self.brand_key

    def may_mean(self, unit: Unit, content: str) -> bool:
        """Whether a product of its name, in this unit and with this `content_key`, may be the one that is meant.

        A row without a content leaves the content open, and a row without a unit is about something that is there.
        """
        return self.unit in (None, unit) and (not self.content_key or (self.unit is None and not content))

    @property
    def offer(self) -> tuple[Fraction, int]:
        """The price as it is compared, and from which quantity on it counts."""
        return Price(self.price or 0, self.per or ONE).ratio, self.minimum or 0

    @property
    def says(self) -> tuple[object, ...]:
        """All it says about the product itself."""
        about = (self.unit, self.step, self.barcode, content_key(self.content, self.content_unit))
        return self.name, self.brand, *about, self.tags, self.aliases

    @property
    def says_nothing_new(self) -> bool:
        return not any(self.says[2:])


class RowReader:
    """Makes entries of rows. `exponents` are the decimals of each currency there is, `today` the last day to see."""

    def __init__(self, exponents: Mapping[str, int], today: date) -> None:
        self._exponents, self._today = exponents, today
        self._problems: list[Problem] = []
        self._met: dict[tuple[str, str, int], Any] = {}  # what cells say: the same ones come all the time
        self._row = TableRow(0, {})

    def read(self, row: TableRow) -> Entry | list[Problem]:
        """What the row says, or everything that is wrong with it."""
        if row.error:
            return [Problem(row.line, "", row.error, dict(row.values or {}))]
        self._row, self._problems = row, []
        name = self._text("name", 100, needed=True)
        brand = self._text("brand", 100)
        content, content_unit = self._number("content"), self._unit("content_unit")
        store, price, currency = self._price()
        entry = Entry(
            row.line,
            name,
            name_key(name),
            brand,
            name_key(brand),
            self._unit("unit"),
            self._number("step"),
            self._try("barcode", parse_barcode, None),
            content,
            content_unit,
            content_key(content, content_unit),
            self._labels("tags"),
            self._labels("aliases"),
            store,
            name_key(store),
            price,
            self._number("per") if price is not None else None,
            self._number("minimum") if price is not None else None,
            currency,
            self._day() if price is not None else None,
        )
        if (entry.content is None) != (entry.content_unit is None) and not self._problems:
            self._note("content_unit" if entry.content else "content", Invalid("text_missing"))
        return self._problems or entry

    def _cell(self, column: str) -> str:
        return unescape(self._row.cells.get(column, "").strip(" \u00a0"))

    def _note(self, column: str, error: BulqError) -> None:
        self._problems.append(Problem(self._row.line, column, error.key, error.values))

    def _try(self, column: str, parse: Callable[[str], T], otherwise: T, *, places: int = 0) -> T:
        """What the cell says; nothing when it is empty, or wrong, which is noted. `places` says how it is read."""
        if not (cell := self._cell(column)):
            return otherwise
        if (key := (column, cell, places)) in self._met:
            return self._met[key]
        try:
            found = parse(cell)
        except BulqError as error:
            self._note(column, error)
            return otherwise
        if column not in UNIQUE and len(self._met) < MOST_MET:
            self._met[key] = found
        return found

    def _text(self, column: str, maximum: int, *, needed: bool = False) -> str:
        if needed and not self._cell(column):
            self._note(column, Invalid("text_missing"))
        return self._try(column, lambda cell: clean_text(cell, field=column, minimum=1, maximum=maximum), "")

    def _unit(self, column: str) -> Unit | None:
        def parse(cell: str) -> Unit:
            if cell.casefold() not in list(Unit):
                raise Invalid("row_unit", units=", ".join(Unit))
            return Unit(cell.casefold())

        return self._try(column, parse, None)

    def _number(self, column: str) -> int | None:
        unit = self._cell("content_unit" if column == "content" else "unit").casefold()

        def parse(cell: str) -> int:
            # What Bulq writes is exact and has no zeros at the end: "1.125" is no thousand, "1,000" may be one.
            return parse_quantity(cell, 1, unit=unit if cell.endswith("0") else Unit.KG)

        return self._try(column, parse, None, places=int(unit in FINE))

    def _labels(self, column: str) -> tuple[Label, ...]:
        return self._try(column, lambda cell: labels_of(column, cell), ())

    def _price(self) -> tuple[str, int | None, str]:
        """Store, price and currency: all three or none, and a day only with them."""
        store, currency = self._text("store", 100), self._try("currency", self._currency, "")
        given = {column: bool(self._cell(column)) for column in ("store", "price", "currency")}
        if any(given.values()) or self._cell("seen_on"):
            for column in [column for column, is_there in given.items() if not is_there]:
                self._note(column, Invalid("text_missing"))
        if not currency:
            return store, None, ""
        places = self._exponents[currency]
        return store, self._try("price", lambda cell: parse_price(cell, places), None, places=places), currency

    def _currency(self, cell: str) -> str:
        if cell.upper() not in self._exponents:
            raise Invalid("currency")
        return cell.upper()

    def _day(self) -> date | None:
        """None where the row leaves it to the day of the import."""

        def parse(cell: str) -> date:
            day = parse_day(cell, field="seen_on")
            if day is None or day > self._today:
                raise Invalid("row_day")
            return day

        return self._try("seen_on", parse, None)


def parse_price(text: str, exponent: int) -> int:
    return parse_money(text, exponent, field="price", maximum_units=MAX_PRICE, allow_zero=True)


def labels_of(column: str, cell: str) -> tuple[Label, ...]:
    """What stands between the bars of a cell of "tags" or "aliases", each once."""
    split, maximum = (_tag, 50) if column == "tags" else (_alias, 100)
    parts = [part for part in split_list(cell) if part.strip()]
    if len(parts) > MOST_IN_A_CELL:
        raise Invalid("row_too_many", field=column, maximum=MOST_IN_A_CELL)
    found: dict[tuple[str, str], Label] = {}
    for part in parts:
        kind, text = split(part.strip())
        text = clean_text(text, field=column, minimum=1, maximum=maximum)
        key = name_key(text)[: 2 * maximum]
        found.setdefault((kind if column == "tags" else "", key), Label(kind, text, key))
    return tuple(found.values())


def _tag(part: str) -> tuple[str, str]:
    """The kind and the name of a tag such as "diet: Vegan"; without a kind it is another tag."""
    kind, colon, name = part.partition(":")
    is_kind = colon and kind.strip().casefold() in list(TagKind)
    return (kind.strip().casefold(), name) if is_kind else (str(TagKind.OTHER), part)


def _alias(part: str) -> tuple[str, str]:
    """The language and the name such as "sr: Pirinač"; without a language it is one of any."""
    language, colon, name = part.partition(":")
    return (language.strip(), name) if colon and language.strip() in LANGUAGES else ("", part)


def tag_cell(tags: Sequence[tuple[str, str]]) -> str:
    """Tags, each with its kind unless it goes without saying."""
    return join_list([name if _tag(name) == (kind, name) else f"{kind}:{name}" for kind, name in tags])


def alias_cell(aliases: Sequence[tuple[str, str]]) -> str:
    """Other names, each with its language if it has one."""
    return join_list([name if _alias(name) == (language, name) else f"{language}:{name}" for language, name in aliases])


def join_list(parts: Sequence[str]) -> str:
    return "|".join(part.replace("\\", "\\\\").replace("|", "\\|") for part in parts)


def split_list(cell: str) -> list[str]:
    """What stands between bars; a bar or backslash that is meant has a backslash in front."""
    found, now = list[str](), list[str]()
    characters = iter(cell)
    for each in characters:
        if each == "|":
            found.append("".join(now))
            now = []
        else:
            now.append(next(characters, "\\") if each == "\\" else each)
    return [*found, "".join(now)]


def escape(cell: str) -> str:
    """The cell as no spreadsheet takes it for a formula; `unescape` gives it back as it was."""
    return f"'{cell}" if FORMULA.match(cell) else cell


def unescape(cell: str) -> str:
    return cell[1:] if cell.startswith("'") and FORMULA.match(cell) else cell
