"""A run as PDF: the shopping list to tick off, who gets how much of what, and each person's statement."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime

from bulq.domain.exports import Basis, Became, Named, What, unambiguous
from bulq.exports.facts import made_at, remarks, shopping_day
from bulq.exports.sheets import FAINT, UNKNOWN, Column, Line, Sheets, printable
from bulq.exports.tables import (
    all_of,
    cost_key,
    cost_name,
    costs_of,
    lines_by_person,
    notes_on,
    offer_of,
    packed,
    packing_basis,
    parts_of,
    people_of,
    reserved,
)
from bulq.i18n import money, number, price, quantity, text, unit_name
from bulq.queries.export import Goods, Portion, RunExport, Taker

SMALL = 9  # points of the letters where several people share a page
NOTES = 300  # characters of a product's notes on the list


def as_pdf(export: RunExport, what: What, language: str, now: datetime) -> bytes:
    return _Pages(export, language, now).write(what)


class _Pages:
    def __init__(self, export: RunExport, language: str, now: datetime) -> None:
        self.export, self.language = export, language
        people = {person.user_id: Named(person.name, person.username) for person in export.people}
        self.names = unambiguous(people, reserved=reserved(language), shown=printable)
        self.when = " · ".join(filter(None, (export.store, shopping_day(export, language))))
        self.made = made_at(export, language, now)
        self.where = " · ".join(filter(None, (export.group, self.when)))
        foot = printable(self.where)
        title = ": ".join(filter(None, (export.group, self.when)))
        self.sheets = Sheets(title, foot, self.say("page", page="{page}", pages="{pages}"), language)
        self.lines = lines_by_person(export)

    def say(self, key: str, **values: object) -> str:
        return text(f"export.{key}", self.language, **values)

    def write(self, what: What) -> bytes:
        if what in (What.EVERYTHING, What.LIST):
            self._list()
        if what in (What.EVERYTHING, What.PACKING):
            self._packing()
        if what in (What.EVERYTHING, What.STATEMENTS):
            self._sums()
            self._statements()
        if what is What.MINE:
            for person in people_of(self.export, what):
                self._statement(person)
        return bytes(self.sheets.output())

    def _begin(self, title: str, *more: str, turned: bool = False) -> None:
        phase = text(f"phase.{self.export.phase}", self.language)
        about = [self.where, f"{phase} · {self.made}", *more]
        self.sheets.begin(title, [printable(line) for line in about], turned=turned)

    def _end(self, *more: str, costs: bool = True) -> None:
        """What a reader might get wrong, below the table."""
        self.sheets.set_y(self.sheets.get_y() + 3)
        for remark in [*more, *remarks(self.export, self.language, costs=costs), *self._about_letters()]:
            self.sheets.text_line(printable(remark), 8.5, colour=FAINT, gap=0.8)

    def _about_letters(self) -> Iterator[str]:
        shown = [self.export.group, self.export.store, *(person.name for person in self.export.people)]
        shown += [part for goods in self.export.goods for part in (goods.name, goods.brand)]
        if any(printable(each).count(UNKNOWN) > each.count(UNKNOWN) for each in shown):
            yield self.say("letters")

    # The shopping list

    def _list(self) -> None:
        export, currency = self.export, self.export.currency
        self._begin(self.say("list"), *([export.note] if export.note else []))
        before = export.basis is Basis.EXPECTED
        third = self.say("price") if before else self.say("bought")
        cost = self.say("expected" if before else "paid")
        columns = [
            Column(self.say("product"), 84),
            Column(self.say("wanted"), 28, "R"),
            Column(third, 38, "R"),
            Column(f"{cost}, {currency}", 30, "R"),
        ]
        lines = [self._item(goods, before=before) for goods in export.goods]
        if not lines:
            self.sheets.text_line(self.say("nothing_wanted"), 10)
        else:
            total = sum((goods.cost or 0) if before else goods.paid for goods in export.goods)
            self.sheets.table(columns, [*lines, Line((self.say("total"), "", "", self._figure(total)), bold=True)])
        self._end()

    def _item(self, goods: Goods, *, before: bool) -> Line:
        third, cost = self._bought(goods), self._figure(goods.paid) if goods.bought else ""
        if before:
            third = self._price(goods)
            cost = "" if goods.cost is None else self._figure(goods.cost)
        wanted = quantity(goods.wanted, goods.unit, self.language)
        notes = printable(notes_on(goods, self.names, NOTES))
        box = goods.became in (Became.WANTED, Became.TO_BUY)
        return Line((self._name(goods), wanted, third, cost), below=notes, box=box)

    def _bought(self, goods: Goods) -> str:
        if goods.bought:
            return quantity(goods.bought, goods.unit, self.language)
        return "" if goods.became is Became.TO_BUY else self.say(f"became.{goods.became}")

    # The statements

    def _sums(self) -> None:
        """What everybody's statement comes to, and that this is what was paid."""
        export, currency = self.export, self.export.currency
        cost = self.say(cost_key(export.basis))
        self._begin(self.say("people"))
        columns = [
            Column(self.say("person"), 100),
            Column(f"{cost}, {currency}", 40, "R"),
            Column(f"{self.say('paid_at_till')}, {currency}", 40, "R"),
        ]
        takers = {person.user_id for person in people_of(export, What.STATEMENTS)}
        lines = [
            Line((self.names[person.user_id], self._figure(person.total), self._paid(person)))
            for person in export.people
            if person.user_id in takers or person.paid
        ]
        if export.left_cost:
            lines.append(Line((self.say("left_over"), self._figure(export.left_cost), "")))
        if export.unshared:
            lines.append(Line((self.say("unshared"), self._figure(export.unshared), "")))
        lines.append(Line((self.say("total"), self._figure(export.total), self._figure(export.paid)), bold=True))
        self.sheets.table(columns, lines)
        self._left_over()
        self._end()

    def _paid(self, person: Taker) -> str:
        return self._figure(person.paid) if person.paid else ""

    def _left_over(self) -> None:
        left = [goods for goods in self.export.goods if goods.left_over or goods.left_cost]
        if not left:
            return
        self.sheets.set_y(self.sheets.get_y() + 6)
        self.sheets.break_if(30)
        self.sheets.text_line(self.say("left_over"), 13, bold=True)
        self.sheets.text_line(self.say("left_over_is"), 9, colour=FAINT, gap=2)
        columns = [
            Column(self.say("product"), 100),
            Column(self.say("quantity"), 40, "R"),
            Column(f"{self.say('cost')}, {self.export.currency}", 40, "R"),
        ]
        rows = [
            Line((self._name(one), quantity(one.left_over, one.unit, self.language), self._figure(one.left_cost)))
            for one in left
        ]
        self.sheets.table(columns, rows)

    # Who gets how much of what

    def _packing(self) -> None:
        """A grid of products and people, on so many sheets beside each other as the people need."""
        export = self.export
        people, goods = people_of(export, What.PACKING), packed(export)
        about = self.say(f"packing_is.{packing_basis(export)}")
        figures = [self._amount(amount) for one in goods for amount in (all_of(one), one.left_over)]
        most = self.sheets.most_columns(figures) - 2  # beside all there is, and what is left over
        for some in _evenly(people, most):
            self._begin(self.say("packing"), about, turned=True)
            parts = [self._parts(one, some, last=some[-1] is people[-1]) for one in goods]
            heads = [self.say("all"), *(self.names[person.user_id] for person in some), self.say("left_over")]
            self.sheets.grid(self.say("product"), heads[: max(map(len, parts)) - 1], parts)
        if not people:
            self._begin(self.say("packing"), about, turned=True)
            self.sheets.text_line(self.say("nothing_wanted"), 10)
        self._end(costs=False)

    def _parts(self, goods: Goods, people: Sequence[Taker], *, last: bool) -> list[str]:
        """A row of the grid: all there is, what these people get, and on the last sheet what is left over."""
        amounts = [all_of(goods), *parts_of(goods, people)]
        if last and any(one.left_over for one in self.export.goods):
            amounts.append(goods.left_over)
        return [self._with_unit(goods), *map(self._amount, amounts)]

    def _with_unit(self, goods: Goods) -> str:
        return f"{self._name(goods)}, {unit_name(goods.unit, self.language)}"

    def _amount(self, thousandths: int) -> str:
        return number(thousandths, self.language) if thousandths else ""

    # Statements

    def _statement(self, person: Taker) -> None:
        """On pages of its own."""
        self._begin(self.names[person.user_id], f"@{printable(person.username)}")
        lines = self._portions(person)
        if lines:
            self.sheets.table(self._columns(), lines)
        else:
            self.sheets.text_line(self.say("nothing_wanted"), 10)
        self._end(*self._paid_by(person))

    def _statements(self) -> None:
        """One below the other. A page ends within one only if that one has no page that is long enough."""
        people = people_of(self.export, What.STATEMENTS)
        if not people:
            return
        sheets, columns = self.sheets, self._columns()
        self._begin(self.say("statements"))
        full = sheets.room
        for person in people:
            lines, name = self._portions(person), self.names[person.user_id]
            height = 11 + sheets.height_of(columns, lines, SMALL) + 5 * bool(person.paid)
            sheets.heading = ""
            if height > sheets.room and (height <= full or sheets.room < 70):
                sheets.turn()
            sheets.text_line(name, 12, bold=True, gap=0.5)
            sheets.heading = name
            sheets.table(columns, lines, SMALL)
            for paid in self._paid_by(person):
                sheets.text_line(paid, 8.5, colour=FAINT)
            sheets.set_y(sheets.get_y() + 7)
        sheets.heading = ""
        self._end()

    def _columns(self) -> list[Column]:
        export = self.export
        return [
            Column(self.say("product"), 70),
            Column(self.say("wanted"), 24, "R"),
            Column(self.say("got"), 26, "R"),
            Column(self.say("price"), 34, "R"),
            Column(f"{self.say(cost_key(export.basis))}, {export.currency}", 26, "R"),
        ]

    def _portions(self, person: Taker) -> list[Line]:
        lines = [self._portion(goods, portion) for goods, portion in self.lines.get(person.user_id, ())]
        for cost, part in costs_of(self.export, person):
            lines.append(Line((printable(cost_name(cost, self.language)), "", "", "", self._figure(part))))
        total = Line((self.say("sum"), "", "", "", self._figure(person.total)), bold=True)
        return [*lines, total] if lines else []

    def _paid_by(self, person: Taker) -> list[str]:
        paid = f"{self._figure(person.paid)} {self.export.currency}"
        return [self.say("paid_by_them", amount=paid)] if person.paid else []

    def _portion(self, goods: Goods, portion: Portion) -> Line:
        got = "–" if portion.got is None else quantity(portion.got, goods.unit, self.language)
        if goods.became is Became.NOT_THERE:
            got = self.say("became.not_there")
        cost = "–" if portion.cost is None else self._figure(portion.cost)
        wanted = quantity(portion.wanted, goods.unit, self.language)
        note = printable(portion.note[:NOTES])
        return Line((self._name(goods), wanted, got, self._price(goods), cost), below=note)

    def _price(self, goods: Goods) -> str:
        """Of what was bought as it was paid, else as it is expected."""
        offer = offer_of(goods)
        return price(offer, goods.unit, self.export.currency, self.language) if offer else ""

    def _name(self, goods: Goods) -> str:
        return printable(f"{goods.name} · {goods.brand}" if goods.brand else goods.name)

    def _figure(self, minor: int) -> str:
        """Without the currency's sign: not all of them can be printed, and the head of the column names it."""
        return money(minor, self.export.currency, self.language, symbol=False)


def _evenly(people: Sequence[Taker], most: int) -> list[Sequence[Taker]]:
    """Parts of about the same length, each of `most` people at most."""
    each = -(-len(people) // -(-len(people) // most)) if people else 1
    return [people[first : first + each] for first in range(0, len(people), each)]
