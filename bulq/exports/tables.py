"""The tables of a run, the same for CSV and spreadsheets: cells are texts or exact numbers."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from bulq.domain.exports import Basis, Named, What, unambiguous
from bulq.i18n import exponent, text, unit_name
from bulq.queries.export import Goods, Portion, RunExport, Taker

LONGEST_NOTES = 1000  # characters of a product's notes together


@dataclass(frozen=True, slots=True)
class Number:
    """An integer of 10**-places; `padded` keeps the zeros at its end, as money has them."""

    value: int
    places: int
    padded: bool = False


Cell = str | Number | None
Row = list[Cell]


@dataclass(frozen=True, slots=True)
class Table:
    title: str
    columns: list[str]
    rows: list[Row]


def tables(export: RunExport, what: What, language: str) -> list[Table]:
    listed = [] if what in (What.MINE, What.STATEMENTS) else [shopping_list(export, language)]
    return listed if what is What.LIST else [*listed, statements(export, what, language)]


def names_in(export: RunExport, language: str) -> dict[str, str]:
    people = {person.user_id: Named(person.name, person.username) for person in export.people}
    return unambiguous(people, reserved=[text("export.left_over", language)])


def shopping_list(export: RunExport, language: str) -> Table:
    names = names_in(export, language)
    return Table(
        text("export.list", language),
        [text(f"export.{column}", language) for column in LIST],
        [
            [
                goods.name,
                goods.brand,
                unit_name(goods.unit, language),
                Number(goods.wanted, 3),
                _money(goods.price.price.amount if goods.price else None, export.currency),
                Number(goods.price.price.per, 3) if goods.price else None,
                Number(goods.price.minimum, 3) if goods.price and goods.price.minimum else None,
                _money(None if goods.bought else goods.cost, export.currency),
                Number(goods.bought, 3),
                _money(goods.paid, export.currency),
                text(f"export.became.{goods.became}", language),
                notes_on(goods, names, LONGEST_NOTES),
                export.currency,
            ]
            for goods in export.goods
        ],
    )


LIST = (
    *("product", "brand", "unit", "wanted", "price", "price_per", "price_from", "expected", "bought", "paid", "state"),
    *("notes", "currency"),
)


def notes_on(goods: Goods, names: dict[str, str], longest: int) -> str:
    notes = "; ".join(f"{names[one.user_id]}: {' '.join(one.note.split())}" for one in goods.portions if one.note)
    return notes if len(notes) <= longest else f"{notes[: longest - 1]}…"


def statements(export: RunExport, what: What, language: str) -> Table:
    columns = ("person", "username", "product", "brand", "unit", "wanted", "got", cost_key(export.basis), "currency")
    title = "my_statement" if what is What.MINE else "statements"
    return Table(
        text(f"export.{title}", language),
        [text(f"export.{column}", language) for column in columns],
        list(_statement_rows(export, what, language)),
    )


def cost_key(basis: Basis) -> str:
    return {Basis.EXPECTED: "expected", Basis.SO_FAR: "so_far", Basis.FINAL: "cost"}[basis]


def people_of(export: RunExport, what: What) -> list[Taker]:
    """Whose statements are asked for; somebody's own may be empty."""
    if what is What.MINE:
        return [person for person in export.people if person.user_id == export.viewer_id]
    takers = {portion.user_id for goods in export.goods for portion in goods.portions}
    return [person for person in export.people if person.user_id in takers]


def _statement_rows(export: RunExport, what: What, language: str) -> Iterator[Row]:
    names = names_in(export, language)
    lines = lines_by_person(export)
    for person in people_of(export, what):
        for goods, portion in lines.get(person.user_id, ()):
            got = None if portion.got is None else Number(portion.got, 3)
            yield [
                names[person.user_id],
                person.username,
                *_what(goods, language),
                Number(portion.wanted, 3),
                got,
                _money(portion.cost, export.currency),
                export.currency,
            ]
    for goods in export.goods if what is not What.MINE else ():
        if goods.left_over or goods.left_cost:
            left = Number(goods.left_over, 3)
            cost = _money(goods.left_cost, export.currency)
            yield [text("export.left_over", language), "", *_what(goods, language), None, left, cost, export.currency]


def lines_by_person(export: RunExport) -> dict[str, list[tuple[Goods, Portion]]]:
    lines: dict[str, list[tuple[Goods, Portion]]] = {}
    for goods in export.goods:
        for portion in goods.portions:
            lines.setdefault(portion.user_id, []).append((goods, portion))
    return lines


def _what(goods: Goods, language: str) -> Row:
    return [goods.name, goods.brand, unit_name(goods.unit, language)]


def _money(amount: int | None, currency: str) -> Number | None:
    return None if amount is None else Number(amount, exponent(currency), padded=True)
