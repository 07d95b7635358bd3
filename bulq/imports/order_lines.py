"""Reading order lines from a file as it comes: what can't be used is counted under its reason, never guessed at."""

from __future__ import annotations

import csv
import gzip
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from bulq.domain.errors import Invalid
from bulq.domain.quantities import MAX_QUANTITY, parse_money
from bulq.domain.texts import clean_text

COLUMNS = ("invoice", "time", "stock_code", "description", "quantity", "unit_price", "customer")
ZONE = ZoneInfo("Europe/London")
LONGEST_LINE = 10_000
LONGEST_NAME = 100
WHOLE = re.compile(r"[+-]?[0-9]{1,12}(\.0{1,6})?")
CODE = re.compile(r"[0-9A-Za-z][0-9A-Za-z ._/-]{0,29}")
CUSTOMER = re.compile(r"[0-9A-Za-z][0-9A-Za-z_-]{0,39}")
GZIP = b"\x1f\x8b"
UTF_16 = (b"\xff\xfe", b"\xfe\xff")


class NotAnOrderFile(Exception):
    """The file can't be read as order lines at all; the text says why."""


class Unusable(Exception):
    """Why one line is left out."""


@dataclass(frozen=True, slots=True)
class OrderLine:
    """`quantity` in thousandths of a piece, `price` in pence."""

    number: int
    time: datetime
    code: str
    name: str
    quantity: int
    price: int
    customer: str


@dataclass(slots=True)
class Skipped:
    """How many lines were left out for each reason, and the number of the first."""

    counts: dict[str, int] = field(default_factory=dict)
    first: dict[str, int] = field(default_factory=dict)

    def add(self, reason: str, line: int) -> None:
        self.counts[reason] = self.counts.get(reason, 0) + 1
        self.first.setdefault(reason, line)

    @property
    def total(self) -> int:
        return sum(self.counts.values())


@dataclass(frozen=True, slots=True)
class Orders:
    """The usable lines of one month in the order of their time, and how many lines the file has in other months."""

    month: str
    lines: tuple[OrderLine, ...]
    other_months: int
    skipped: Skipped


def read_orders(file: Path, month: str) -> Orders:
    """The lines of a month such as "2011-11" in a .csv or .csv.gz file. Raises NotAnOrderFile."""
    rows = _rows(_text(file))
    places = _header(next(rows, (0, None))[1])
    lines: list[OrderLine] = []
    seen: set[tuple[str, ...]] = set()
    skipped = Skipped()
    other = 0
    for number, row in rows:
        try:
            if row is None or len(row) != len(places):
                raise Unusable("garbled line")
            values = {name: row[place].strip() for name, place in places.items()}
            time = _time(values["time"])
            if f"{time:%Y-%m}" != month:
                other += 1
                continue
            line = _line(number, time, values)
            if (key := tuple(values.values())) in seen:
                raise Unusable("the same line again")
            seen.add(key)
            lines.append(line)
        except Unusable as reason:
            skipped.add(str(reason), number)
    lines.sort(key=lambda line: (line.time, line.number))
    return Orders(month, tuple(lines), other, skipped)


def _text(file: Path) -> str:
    try:
        data = file.read_bytes()
        if data.startswith(GZIP):
            data = gzip.decompress(data)
    except (OSError, EOFError) as error:
        raise NotAnOrderFile(f"{file} can't be read: {error}") from None
    if data.startswith(UTF_16):
        return data.decode("utf-16", "replace")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("cp1252", "replace")  # what spreadsheets wrote before


def _rows(text: str) -> Iterator[tuple[int, list[str] | None]]:
    """Each line with its number, read for itself: a stray quote must not swallow the lines after it."""
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.strip():
            continue
        try:
            row = next(csv.reader([line], strict=True), None) if len(line) <= LONGEST_LINE else None
        except csv.Error:
            row = None
        yield number, row


def _header(row: list[str] | None) -> dict[str, int]:
    names = [name.strip().lower() for name in row or []]
    if missing := [name for name in COLUMNS if name not in names]:
        raise NotAnOrderFile(f"The first line must name the columns; missing: {', '.join(missing)}")
    return {name: place for place, name in enumerate(names)}


def _line(number: int, time: datetime, values: dict[str, str]) -> OrderLine:
    code = values["stock_code"].upper()
    if not CODE.fullmatch(code):
        raise Unusable("no stock code")
    customer = values["customer"].removesuffix(".0")
    if not CUSTOMER.fullmatch(customer):
        raise Unusable("no customer")
    quantity, price = _quantity(values["quantity"]), _price(values["unit_price"])
    return OrderLine(number, time, code, _name(values["description"], code), quantity, price, customer)


def _time(text: str) -> datetime:
    try:
        time = datetime.fromisoformat(text[:40])
    except ValueError:
        raise Unusable("no time") from None
    if not 2000 <= time.year <= 2100:
        raise Unusable("no time")
    return time.replace(tzinfo=ZONE) if time.tzinfo is None else time.astimezone(ZONE)


def _quantity(text: str) -> int:
    if not WHOLE.fullmatch(text):
        raise Unusable("quantity is no whole number")
    quantity = int(text.split(".")[0]) * 1000
    if quantity <= 0:
        raise Unusable("quantity not above 0")
    if quantity > MAX_QUANTITY:
        raise Unusable(f"quantity above {MAX_QUANTITY // 1000}")
    return quantity


def _price(text: str) -> int:
    try:
        return parse_money(text, 2, field="price")
    except Invalid as error:
        reasons = {
            "money_decimals": "price has fractions of a penny",
            "money_positive": "price not above 0",
            "money_negative": "price not above 0",
            "money_too_large": "price too high",
        }
        raise Unusable(reasons.get(error.key, "price is no amount")) from None


def _name(text: str, code: str) -> str:
    """The description, shortened to what a name may be; without one the stock code."""
    if len(text) > LONGEST_NAME:
        text = f"{text[: LONGEST_NAME - 1]}…"
    try:
        return clean_text(text, field="description", maximum=LONGEST_NAME) or code
    except Invalid:
        raise Unusable("description with control characters") from None
