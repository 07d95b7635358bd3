"""A run as PDF: the shopping list to tick off, and a page with the statement of each person."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from bulq.domain.exports import Basis, Became, Named, What, unambiguous
from bulq.exports.facts import made_at, remarks, shopping_day
from bulq.exports.sheets import FAINT, UNKNOWN, Column, Line, Sheets, printable
from bulq.exports.tables import cost_key, lines_by_person, notes_on, people_of
from bulq.i18n import money, price, quantity, text
from bulq.queries.export import Goods, Portion, RunExport, Taker

NOTES = 300  # characters of a product's notes on the list


def as_pdf(export: RunExport, what: What, language: str, now: datetime) -> bytes:
    return _Pages(export, language, now).write(what)


class _Pages:
    def __init__(self, export: RunExport, language: str, now: datetime) -> None:
        self.export, self.language = export, language
        people = {person.user_id: Named(person.name, person.username) for person in export.people}
        left_over = self.say("left_over")
        self.names = unambiguous(people, reserved=[left_over], shown=printable)
        self.when = " · ".join(filter(None, (export.store, shopping_day(export, language))))
        self.made = made_at(export, language, now)
        self.where = " · ".join(filter(None, (export.group, self.when)))
        foot = printable(self.where)
        title = ": ".join(filter(None, (export.group, self.when)))
        self.sheets = Sheets(title, foot, self.say("page", page="{page}", pages="{pages}"), language)
        self.lines = lines_by_person(export)
        self.remarks = [*remarks(export, language), *self._about_letters()]

    def say(self, key: str, **values: object) -> str:
        return text(f"export.{key}", self.language, **values)

    def write(self, what: What) -> bytes:
        if what in (What.EVERYTHING, What.LIST):
            self._list()
        if what in (What.EVERYTHING, What.STATEMENTS):
            self._sums()
        if what is not What.LIST:
            for person in people_of(self.export, what):
                self._statement(person)
        return bytes(self.sheets.output())

    def _begin(self, title: str, *more: str) -> None:
        phase = text(f"phase.{self.export.phase}", self.language)
        about = [self.where, f"{phase} · {self.made}", *more]
        self.sheets.begin(title, [printable(line) for line in about])

    def _end(self, *more: str) -> None:
        """What a reader might get wrong, below the table."""
        self.sheets.set_y(self.sheets.get_y() + 3)
        for remark in [*more, *self.remarks]:
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
            total = sum(goods.cost or 0 for goods in export.goods) if before else export.paid
            self.sheets.table(columns, [*lines, Line((self.say("total"), "", "", self._figure(total)), bold=True)])
        self._end()

    def _item(self, goods: Goods, *, before: bool) -> Line:
        third, cost = self._bought(goods), self._figure(goods.paid) if goods.bought else ""
        if before:
            currency = self.export.currency
            third = "" if goods.price is None else price(goods.price, goods.unit, currency, self.language)
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

    def _statement(self, person: Taker) -> None:
        export = self.export
        self._begin(self.names[person.user_id], f"@{printable(person.username)}")
        cost = f"{self.say(cost_key(export.basis))}, {export.currency}"
        columns = [
            Column(self.say("product"), 84),
            Column(self.say("wanted"), 33, "R"),
            Column(self.say("got"), 33, "R"),
            Column(cost, 30, "R"),
        ]
        lines = [self._portion(goods, portion) for goods, portion in self.lines.get(person.user_id, ())]
        if lines:
            total = Line((self.say("sum"), "", "", self._figure(person.total)), bold=True)
            self.sheets.table(columns, [*lines, total])
        else:
            self.sheets.text_line(self.say("nothing_wanted"), 10)
        paid = f"{self._figure(person.paid)} {export.currency}"
        self._end(*([self.say("paid_by_them", amount=paid)] if person.paid else []))

    def _portion(self, goods: Goods, portion: Portion) -> Line:
        got = "–" if portion.got is None else quantity(portion.got, goods.unit, self.language)
        if goods.became is Became.NOT_THERE:
            got = self.say("became.not_there")
        cost = "–" if portion.cost is None else self._figure(portion.cost)
        wanted = quantity(portion.wanted, goods.unit, self.language)
        note = printable(portion.note[:NOTES])
        return Line((self._name(goods), wanted, got, cost), below=note)

    def _name(self, goods: Goods) -> str:
        return printable(f"{goods.name} · {goods.brand}" if goods.brand else goods.name)

    def _figure(self, minor: int) -> str:
        """Without the currency's sign: not all of them can be printed, and the head of the column names it."""
        return money(minor, self.export.currency, self.language, symbol=False)
