"""Reads the rows of a list by its layout: entries for the catalogue, what is wrong, and what has to be asked."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from bulq.domain.barcodes import listed_barcode
from bulq.domain.catalogue_file import Entry, Label, Problem, join_list, labels_of, unescape
from bulq.domain.errors import BulqError, Invalid
from bulq.domain.lists.amounts import SIGNS, Amount, Unreadable, read_amount
from bulq.domain.lists.days import ORDERS, read_days
from bulq.domain.lists.goods import Goods, Said, goods_of, thousands_perhaps
from bulq.domain.lists.headings import NOTED, Field
from bulq.domain.lists.layout import Column, Layout, RawRow, is_header_again
from bulq.domain.lists.questions import MOST_ASKED, Answers, Choice, Question, answer_of
from bulq.domain.lists.units import Pack, read_pack, unit_named
from bulq.domain.lists.words import fold, is_nothing, is_total
from bulq.domain.phases import Unit
from bulq.domain.prices import content_key
from bulq.domain.quantities import MAX_QUANTITY, plain
from bulq.domain.texts import clean_text, name_key

LONGEST_NAME = 100
LONGEST_NOTE = 200
LONGEST_TAG = 50
MAX_PRICE = 999_999_999  # in units of the currency
HIDDEN = dict.fromkeys(map(ord, "\u00ad\u200b\u200c\u200e\u200f\u2060\ufeff"))
UNITS = tuple(Unit)


@dataclass(frozen=True, slots=True)
class Terms:
    """What holds for the whole list: decimals of each currency, the store's day, and what the list leaves unsaid."""

    exponents: Mapping[str, int]
    today: date  # the latest day that is no mistake
    store: str = ""
    currency: str = ""

    @property
    def codes(self) -> frozenset[str]:
        return frozenset(self.exponents)


@dataclass
class Skipped:
    """Rows that are no goods: the first lines of each kind, and how many there are."""

    categories: int = 0
    totals: int = 0
    headings: int = 0


@dataclass(frozen=True, slots=True)
class _Price:
    """A price column that is read."""

    column: Column
    minimum: int  # whole units, 0 for any


@dataclass
class ListReader:
    """Reads one row after another. `questions` and `notes` grow with what is found; answers are taken as given.

    `notes` are cells that were left out, or cut, while the row went in.
    """

    layout: Layout
    answers: Answers
    terms: Terms
    typical: float = 1.0  # the share of rows that have a price
    questions: dict[str, Question] = field(default_factory=dict[str, Question])
    notes: list[Problem] = field(default_factory=list[Problem])
    skipped: Skipped = field(default_factory=Skipped)

    def __post_init__(self) -> None:
        self._codes = self.terms.codes
        self._category = ""
        self._line = 0
        self._cells: Sequence[str] = ()
        self._place = {each: column.place for each in Field if (column := self.layout.first(each))}
        self._prices = self._chosen_prices()
        self._ask_columns()
        self._ask_tax()

    # -- the list as a whole

    def _chosen_prices(self) -> list[_Price]:
        """The columns that count: that of the answer, else the gross one, with those for larger quantities."""
        columns = self.layout.of(Field.PRICE)
        tiers = [column for column in columns if column.heading.minimum > 1]
        alone = [column for column in columns if column.heading.minimum <= 1]
        if len(alone) > 1:
            alone = [self._asked_price(alone)]
        taken = alone or tiers[:1]
        kind = (taken[0].heading.tax, taken[0].heading.per) if taken else ("", "")
        same = [
            each
            for each in tiers
            if each not in taken and (each.heading.tax or kind[0], each.heading.per or kind[1]) == kind
        ]
        return [_Price(each, each.heading.minimum if each.heading.minimum > 1 else 0) for each in (*taken, *same)]

    def _asked_price(self, columns: Sequence[Column]) -> Column:
        def clearness(column: Column) -> tuple[bool, bool, bool, int]:
            heading = column.heading
            return heading.other, heading.tax == "net", heading.per == "kg", column.place

        likely = min(columns, key=clearness)
        by_value = {str(column.place + 1): column for column in columns}
        default = str(likely.place + 1)
        choices = tuple(Choice(value, text=column.label) for value, column in by_value.items())
        clear = sum(not each.heading.other and each.heading.per != "kg" for each in columns) == 1
        given = answer_of(self.answers, "price")
        if given not in by_value:
            self._ask(Question("price", "price", choices, default, needed=not clear), self.layout.header)
        return by_value.get(given, likely)

    def _ask_columns(self) -> None:
        if self.layout.sure:
            return
        default = {str(column.place + 1): str(column.field) for column in self.layout.columns}
        choices = tuple(Choice(str(each), f"field_{each}") for each in Field)
        self._ask(Question("columns", "columns", choices, default), self.layout.header or 1)

    def _ask_tax(self) -> None:
        """Once: whether tax comes on top, where headings leave it open."""
        self._rate, given = 0, answer_of(self.answers, "tax")
        heading = self._prices[0].column.heading if self._prices else None
        if heading is None or heading.tax == "gross" or (heading.tax == "" and Field.VAT not in self._place):
            return
        if any(column.heading.tax == "gross" for column in self.layout.of(Field.PRICE)):
            return  # both are there, and somebody chose
        has_rates = Field.VAT in self._place
        choices = [Choice("included", "tax_as_it_is" if heading.tax else "tax_included")]
        choices += [Choice("on_top", "tax_on_top")] if has_rates else []
        rate = re.fullmatch(r"add:([0-9]{1,2}(?:\.[0-9])?)", given)
        self._rate = round(float(rate[1]) * 10) if rate else 0
        self._on_top = given == "on_top" and has_rates
        if given not in ("included", "on_top") and not rate:
            likely = "on_top" if has_rates and heading.tax == "net" else "included"
            self._ask(Question("tax", "tax", tuple(choices), likely, free=True), self.layout.header)
            self._on_top = likely == "on_top"

    _on_top = False
    _rate = 0

    def _ask(self, question: Question, line: int | None = None) -> None:
        """Ask, or note one more line about what is asked already."""
        if question.id not in self.questions and len(self.questions) >= MOST_ASKED:
            return
        self.questions.setdefault(question.id, question).about(self._line if line is None else line)

    # -- a row

    def read(self, row: RawRow) -> list[Entry] | list[Problem]:
        """What a row says: an entry, with one more for each price of a larger quantity, or all that is wrong with it.

        Nothing when it is no row of goods.
        """
        self._line, self._cells = row
        if self._is_no_goods():
            return []
        problems: list[Problem] = []
        try:
            name = self._name()
        except BulqError as error:
            return [Problem(self._line, "name", error.key, error.values)]
        prices: list[tuple[Amount, _Price]] = []
        for price in self._prices:
            found = read_amount(self._at(price.column.place), self._codes)
            if isinstance(found, Unreadable):
                problems.append(Problem(self._line, price.column.label, found.key, {}))
            elif found is not None:
                prices.append((found, price))
        if problems:
            return problems
        try:
            return self._entries(name, prices)
        except BulqError as error:
            return [Problem(self._line, error.field or "", error.key, error.values)]

    def _at(self, place: int) -> str:
        return unescape(self._cells[place].strip(" \u00a0\t")) if place < len(self._cells) else ""

    def _cell(self, field: Field) -> str:
        place = self._place.get(field)
        cell = self._at(place) if place is not None else ""
        return cell if field is Field.NAME or field is Field.BARCODE or not is_nothing(cell) else ""

    def _is_no_goods(self) -> bool:
        filled = {place: cell.strip() for place, cell in enumerate(self._cells) if cell.strip(" \u00a0\t")}
        if not filled:
            return True
        if is_header_again(self._cells, self.layout):
            self.skipped.headings += 1
            return True
        name = self._cell(Field.NAME)
        if (not name and any(is_total(cell) for cell in filled.values())) or (
            is_total(name) and not self._cell(Field.UNIT)
        ):
            self.skipped.totals += 1
            return True
        known = {column.place for column in self.layout.columns if column.field is not Field.IGNORED}
        alone = len(set(filled.values())) == 1
        numbered = (
            not alone
            and self.typical > 0.9
            and set(filled) <= {self._place.get(Field.NAME), self._place.get(Field.ORDER_NO)}
        )
        if (alone and len(known) > 1 and self.typical > 0.3) or (numbered and Field.UNIT in self._place):
            text = filled.get(self._place.get(Field.NAME, -1)) or next(iter(filled.values()))
            if read_amount(text, self._codes) is None or any(character.isalpha() for character in text):
                self._begin_category(text)
                return True
        return False

    def _begin_category(self, text: str) -> None:
        self.skipped.categories += 1
        text = " ".join(text.strip(" :*-\u2013\u2014=#").split())
        is_tag = 0 < len(text) <= LONGEST_TAG and any(character.isalpha() for character in text)
        self._category = text if is_tag and answer_of(self.answers, "categories") != "ignore" else ""

    def _name(self) -> str:
        text = " ".join(self._cell(Field.NAME).translate(HIDDEN).split())
        if is_nothing(text):
            raise Invalid("text_missing", field="name")
        if len(text) > LONGEST_NAME:
            cut = text[: LONGEST_NAME - 1].rsplit(" ", 1)[0][: LONGEST_NAME - 1]
            self._note(Field.NAME, "row_name_cut", maximum=LONGEST_NAME)
            text = f"{cut}\u2026"
        return clean_text(text, field="name", minimum=1, maximum=LONGEST_NAME)

    def _note(self, column: Field, key: str, **values: str | int) -> None:
        self.notes.append(Problem(self._line, str(column), key, values))

    def _entries(self, name: str, prices: Sequence[tuple[Amount, _Price]]) -> list[Entry]:
        goods = goods_of(self._said(name, prices))
        offers = [offer for amount, price in prices if (offer := self._offer(amount, price, goods))]
        store = self._store() if offers else ""
        brand = self._text(Field.BRAND, LONGEST_NAME) or answer_of(self.answers, "brand")[:LONGEST_NAME]
        step = self._whole(Field.STEP)
        day = self._day() if offers else None
        note = self._notes_of(goods)
        tags = self._tags()
        barcode = self._barcode()
        entries: list[Entry] = []
        for amount, per, minimum, currency in offers or [(None, None, None, "")]:
            entry = Entry(
                line=self._line,
                name=name,
                key=name_key(name),
                brand=brand,
                brand_key=name_key(brand),
                unit=goods.unit or self._default_unit(),
                step=step,
                barcode=barcode,
                content=goods.content,
                content_unit=goods.content_unit,
                content_key=content_key(goods.content, goods.content_unit),
                tags=tags,
                aliases=self._aliases(),
                store=store if amount is not None else "",
                store_key=name_key(store) if amount is not None else "",
                price=amount,
                per=per,
                minimum=minimum,
                currency=currency,
                seen_on=day,
                note=note if amount is not None else "",
                content_named=goods.named,
            )
            entries.append(entry)
        return entries

    # -- goods

    def _said(self, name: str, prices: Sequence[tuple[Amount, _Price]]) -> Said:
        per = (
            prices[0][1].column.heading.per if prices else next((each.column.heading.per for each in self._prices), "")
        )
        size, size_unit = self._cell(Field.CONTENT), self._cell(Field.CONTENT_UNIT)
        unit = self._unit()
        number_only = not any(character.isalpha() for character in size)
        measure = unit_named(size_unit) or _measure_in(size)
        if measure is None and number_only and unit is not None:
            measure = unit.unit
        if size and thousands_perhaps(size, measure):
            size = self._decided(size)
        count = self._cell(Field.COUNT)
        counted = re.fullmatch(r"[^\d]{0,12}([0-9]{1,4})(?:[.,]0+)?[^\d]{0,12}", count)
        priced = next((amount.per for amount, _price in prices if amount.per), None)
        return Said(name, unit, size, size_unit, int(counted[1]) if counted else 0, per, priced)

    def _unit(self) -> Pack | None:
        cell = self._cell(Field.UNIT)
        if not cell:
            return None
        if thousands_perhaps(cell, _measure_in(cell)):
            cell = self._decided(cell)
            return read_pack(cell) if cell else None
        if pack := read_pack(cell):
            return pack
        asked = f"unit:{fold(cell)[:60]}"
        given = answer_of(self.answers, asked)
        if given in UNITS:
            return Pack(Unit(given))
        if given and (pack := read_pack(given)):
            return pack
        choices = tuple(Choice(str(unit), f"unit_{unit}") for unit in UNITS)
        self._ask(Question(asked, "unit", choices, None, values={"word": cell[:60]}, free=True))
        return None

    def _default_unit(self) -> Unit | None:
        given = answer_of(self.answers, "unit")
        return Unit(given) if given in UNITS and Field.UNIT not in self._place else None

    def _decided(self, cell: str) -> str:
        """A content that is a thousand or one, as the answer says; empty while nobody has said."""
        given = answer_of(self.answers, "content_decimals")
        match = re.search(r"([1-9][0-9]{0,2})[.,]([0-9]{3})(?![0-9])", cell)
        assert match is not None
        both = {"thousand": f"{match[1]}{match[2]}", "decimal": f"{match[1]}.{match[2]}".rstrip("0").rstrip(".")}
        if given in both:
            return cell.replace(match[0], both[given], 1)
        if given != "none":
            values = {"written": cell[:40]}
            choices = (
                *(Choice(value, "means", {"written": match[0], "number": number}) for value, number in both.items()),
                Choice("none", "no_content"),
            )
            self._ask(Question("content_decimals", "content_decimals", choices, values=values))
        return ""

    # -- prices

    def _offer(self, amount: Amount, price: _Price, goods: Goods) -> tuple[int, int, int | None, str] | None:
        """Minor units, for how many thousandths, from how many thousandths on, and the currency; None if left out."""
        currency = self._currency(amount, price.column)
        if not currency:
            return None
        exponent = self.terms.exponents[currency]
        decided = self._decimals(amount, exponent)
        if decided is None:
            return None
        minor, pieces = decided.minor(exponent)
        if self._rate or self._on_top:
            rate = self._rate or self._vat()
            minor = (minor * (1000 + rate) * 2 + 1000) // 2000
        if pieces > 1000:
            minor, pieces = (2 * minor * 1000 + pieces) // (2 * pieces), 1000
        if minor == 0:
            given = answer_of(self.answers, "zero_price")
            if given not in ("free", "none"):
                choices = Choice("none", "no_price"), Choice("free", "free")
                self._ask(Question("zero_price", "zero_price", choices))
            if given != "free":
                return None
        if minor > (MAX_PRICE + 1) * 10**exponent - 1:
            raise Invalid(
                "money_too_large", field="price", max=plain((MAX_PRICE + 1) * 10**exponent - 1, exponent, padded=True)
            )
        minimum = price.minimum * 1000 or self._minimum()
        return minor, goods.per * pieces, minimum, currency

    def _decimals(self, amount: Amount, exponent: int) -> Amount | None:
        if not amount.doubt or exponent >= 3:
            return amount
        thousand = Amount(amount.digits, 0, amount.sign, amount.named, amount.per)
        if exponent == 0:
            return thousand
        given = answer_of(self.answers, "price_decimals")
        if given in ("thousand", "decimal"):
            return thousand if given == "thousand" else amount
        if given != "none":
            written = f"{amount.digits // 1000},{amount.digits % 1000:03}"
            both = {"decimal": plain(amount.digits, 3), "thousand": str(amount.digits)}
            choices = tuple(
                Choice(value, "means", {"written": written, "number": number}) for value, number in both.items()
            )
            self._ask(
                Question(
                    "price_decimals",
                    "price_decimals",
                    (*choices, Choice("none", "no_price")),
                    values={"written": written},
                )
            )
        return None

    def _currency(self, amount: Amount, column: Column) -> str:
        """The currency that counts; empty when there is none, or another one stands beside the number."""
        cell = self._cell(Field.CURRENCY)
        declared = (
            self._code(cell)
            or column.heading.currency
            or self.terms.currency
            or answer_of(self.answers, "currency").upper()
        )
        if cell and not self._code(cell):
            raise Invalid("currency", field="currency")
        if amount.named and declared not in amount.named:
            if not declared and len(amount.named) == 1:
                return amount.named[0] if amount.named[0] in self._codes else ""
            return self._asked_currency(amount, declared)
        if declared in self._codes:
            return declared
        choices = tuple(Choice(code, text=code) for code in sorted(self._codes))
        self._ask(Question("currency", "currency", choices, free=True))
        return ""

    def _code(self, cell: str) -> str:
        if cell.upper() in self._codes:
            return cell.upper()
        found = [code for code in SIGNS.get(cell.casefold().strip(". "), ()) if code in self._codes]
        return found[0] if found else ""

    def _asked_currency(self, amount: Amount, declared: str) -> str:
        asked = f"currency:{amount.sign.casefold()}"
        given = answer_of(self.answers, asked)
        codes = [code for code in dict.fromkeys((*amount.named[:4], declared)) if code in self._codes]
        if given in codes:
            return given
        if given != "none":
            choices = (*(Choice(code, text=code) for code in codes), Choice("none", "no_price"))
            self._ask(Question(asked, "currency_beside", choices, values={"sign": amount.sign, "currency": declared}))
        return ""

    def _vat(self) -> int:
        """Tenths of a percent."""
        match = re.fullmatch(r"([0-9]{1,2}(?:[.,][0-9]{1,4})?)\s*%?", self._cell(Field.VAT))
        if match is None:
            raise Invalid("row_vat", field="vat")
        rate = float(match[1].replace(",", "."))
        return round(rate * 1000 if 0 < rate < 1 else rate * 10)

    def _minimum(self) -> int | None:
        return self._whole(Field.MINIMUM)

    # -- the rest

    def _whole(self, field: Field) -> int | None:
        """Thousandths of a number that stands alone; what can't be read is left out and noted."""
        cell = self._cell(field)
        match = re.fullmatch(
            r"(?:>=?|\u2265|ab|from|od|min\.?)?\s*([0-9]{1,5})(?:[.,]([0-9]{1,3}))?\s*[^\W\d]{0,8}\.?\+?", cell, re.I
        )
        if not cell or match is None:
            return None
        if thousands_perhaps(f"{match[1]}.{match[2] or ''}", None):
            self._note(field, "quantity_thousands", typed=cell[:20])
            return None
        found = int(match[1]) * 1000 + int((match[2] or "").ljust(3, "0"))
        return found if 0 < found <= MAX_QUANTITY else None

    def _text(self, field: Field, maximum: int) -> str:
        cell = self._cell(field).translate(HIDDEN)
        return clean_text(cell[:maximum], field=str(field), maximum=maximum) if cell else ""

    def _store(self) -> str:
        store = self._text(Field.STORE, LONGEST_NAME) or self.terms.store or answer_of(self.answers, "store")
        if not store:
            self._ask(Question("store", "store", free=True))
        return store[:LONGEST_NAME]

    def _day(self) -> date | None:
        """The day a row names; None where it leaves it to the day of the import."""
        cell = self._cell(Field.SEEN_ON)
        if not cell:
            return None
        days = read_days(cell)
        if days is None:
            self._note(Field.SEEN_ON, "row_day_unread")
            return None
        day = days.get("") or self._asked_day(cell, days)
        if day > self.terms.today:
            self._note(Field.SEEN_ON, "row_day")
            return None
        return day

    def _asked_day(self, cell: str, days: Mapping[str, date]) -> date:
        given = answer_of(self.answers, "days")
        if given not in ORDERS:
            choices = tuple(
                Choice(order, "day_means", {"written": cell[:20], "day": day.isoformat()})
                for order, day in days.items()
            )
            self._ask(Question("days", "days", choices, "dmy", values={"written": cell[:20]}))
        return days.get(given) or next(iter(days.values()))

    def _barcode(self) -> str | None:
        try:
            return listed_barcode(self._cell(Field.BARCODE))
        except Invalid as error:
            self._note(Field.BARCODE, error.key, **error.values)
            return None

    def _tags(self) -> tuple[Label, ...]:
        cells = [
            join_list([part]) if "|" not in part else part
            for column in self.layout.of(Field.TAGS)
            if not is_nothing(part := self._at(column.place))
        ]
        if answer_of(self.answers, "categories") == "ignore":
            cells = []
        cells += [join_list([self._category])] if self._category else []
        try:
            return labels_of("tags", "|".join(cell.translate(HIDDEN) for cell in cells))
        except BulqError as error:
            self._note(Field.TAGS, error.key, **error.values)
            return ()

    def _aliases(self) -> tuple[Label, ...]:
        return labels_of("aliases", self._cell(Field.ALIASES))

    def _notes_of(self, goods: Goods) -> str:
        """Order number, deposit, origin and remarks, each after its heading, as far as they fit."""
        parts: list[str] = [goods.parts] if goods.parts else []
        if goods.case_of:
            parts.append(f"\u00d7 {goods.case_of}")
        for column in sorted((each for each in self.layout.columns if each.field in NOTED), key=_by_field):
            cell = " ".join(self._at(column.place).translate(HIDDEN).split())
            if is_nothing(cell) or (column.field is Field.DEPOSIT and not cell.strip("0., \u20ac$")):
                continue
            title = column.title.rstrip(" :")
            parts.append(f"{title}: {cell}" if title else f"No. {cell}" if column.field is Field.ORDER_NO else cell)
        note = ""
        for part in parts:
            longer = f"{note} \u00b7 {part}" if note else part
            if len(longer) > LONGEST_NOTE:
                break
            note = longer
        return clean_text(note, field="note", maximum=LONGEST_NOTE)


def _by_field(column: Column) -> tuple[int, int]:
    return NOTED.index(column.field), column.place


def _measure_in(cell: str) -> Unit | None:
    """The measure a cell names beside its number."""
    return next((unit for word in re.findall(r"[^\W\d_]+", cell) if (unit := unit_named(word))), None)


def share_with_price(rows: Sequence[RawRow], layout: Layout, codes: frozenset[str]) -> float:
    """The share of rows, of those that have more than a cell, whose price can be read; without prices that of any."""
    prices = [column.place for column in layout.of(Field.PRICE)]
    several = [cells for line, cells in rows if line > layout.after and sum(bool(cell.strip()) for cell in cells) > 1]
    if not several or not prices:
        return 1.0 if several else 0.0
    priced = [
        cells
        for cells in several
        if any(at < len(cells) and isinstance(read_amount(cells[at], codes), Amount) for at in prices)
    ]
    return max(len(priced) / len(several), 0.31)
