"""The tables of a run, the same for CSV and spreadsheets: cells are texts or exact numbers."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from bulq.domain.exports import Basis, Named, What, unambiguous
from bulq.domain.prices import Offer
from bulq.i18n import exponent, text, unit_name
from bulq.queries.export import CostOut, Goods, Portion, RunExport, Taker

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
    """`fixed` columns stay in sight while the others are scrolled."""

    title: str
    columns: list[str]
    rows: list[Row]
    fixed: int = 0


def tables(export: RunExport, what: What, language: str) -> list[Table]:
    match what:
        case What.LIST:
            return [shopping_list(export, language)]
        case What.PACKING:
            return [packing(export, language)]
        case What.EVERYTHING:
            return [shopping_list(export, language), statements(export, what, language)]
        case What.MINE | What.STATEMENTS:
            return [statements(export, what, language)]


def names_in(export: RunExport, language: str) -> dict[str, str]:
    people = {person.user_id: Named(person.name, person.username) for person in export.people}
    return unambiguous(people, reserved=reserved(language))


def reserved(language: str) -> list[str]:
    """What stands in a file where names of people stand, too."""
    words = ("left_over", "unshared", "product", "brand", "unit", "all", "total")
    return [text(f"export.{word}", language) for word in words]


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
    columns = (
        *("person", "username", "product", "brand", "unit", "wanted", "got", "price", "price_per"),
        *(cost_key(export.basis), "currency"),
    )
    title = "my_statement" if what is What.MINE else "statements"
    return Table(
        text(f"export.{title}", language),
        [text(f"export.{column}", language) for column in columns],
        list(_statement_rows(export, what, language)),
    )


def packed(export: RunExport) -> list[Goods]:
    """What there is to hand out; before that is known, what is wanted and may still be there."""
    return [goods for goods in export.goods if all_of(goods) or goods.left_over]


def all_of(goods: Goods) -> int:
    """What all people get of a product together: thousandths."""
    return sum(map(portion_of, goods.portions))


def packing_basis(export: RunExport) -> str:
    """Whether amounts are what people get or what they want."""
    known = any(portion.got is not None for goods in export.goods for portion in goods.portions)
    return "got" if known else "wanted"


def portion_of(portion: Portion) -> int:
    """Thousandths that somebody gets, or wants as long as that is not known."""
    return portion.wanted if portion.got is None else portion.got


def parts_of(goods: Goods, people: Sequence[Taker]) -> list[int]:
    """What each of these people gets of a product: thousandths."""
    parts = {portion.user_id: portion_of(portion) for portion in goods.portions}
    return [parts.get(person.user_id, 0) for person in people]


def offer_of(goods: Goods) -> Offer | None:
    """The price of what was bought as it was paid, else the one that is expected."""
    return Offer(goods.unit_price) if goods.unit_price else goods.price


def packing(export: RunExport, language: str) -> Table:
    """Products by people: who gets how much of what."""
    names, people = names_in(export, language), people_of(export, What.PACKING)
    rows: list[Row] = []
    for goods in packed(export):
        parts = parts_of(goods, people)
        amounts = [Number(part, 3) if part else None for part in parts]
        rows.append([*_what(goods, language), Number(all_of(goods), 3), *amounts, Number(goods.left_over, 3)])
    fixed = [text(f"export.{column}", language) for column in ("product", "brand", "unit", "all")]
    columns = [*fixed, *(names[person.user_id] for person in people), text("export.left_over", language)]
    return Table(text("export.packing", language), columns, rows, len(fixed))


def cost_key(basis: Basis) -> str:
    return {Basis.EXPECTED: "expected", Basis.SO_FAR: "so_far", Basis.FINAL: "cost"}[basis]


def people_of(export: RunExport, what: What) -> list[Taker]:
    """Whose statements are asked for; somebody's own may be empty. On a packing list stands who gets something."""
    if what is What.MINE:
        return [person for person in export.people if person.user_id == export.viewer_id]
    portions = [portion for goods in export.goods for portion in goods.portions]
    takers = {portion.user_id for portion in portions if what is not What.PACKING or portion_of(portion)}
    if what is not What.PACKING:
        takers |= {user_id for cost in export.costs for user_id in cost.parts}
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
                *_price(goods, export.currency),
                _money(portion.cost, export.currency),
                export.currency,
            ]
        for cost, part in costs_of(export, person):
            yield [names[person.user_id], person.username, *_beside(cost, part, export.currency, language)]
    for goods in export.goods if what is not What.MINE else ():
        if goods.left_over or goods.left_cost:
            left = Number(goods.left_over, 3), *_price(goods, export.currency)
            cost = _money(goods.left_cost, export.currency)
            yield [text("export.left_over", language), "", *_what(goods, language), None, *left, cost, export.currency]
    if export.unshared and what is not What.MINE:
        amount = _money(export.unshared, export.currency)
        yield [text("export.unshared", language), "", *[None] * 7, amount, export.currency]


def _beside(cost: CostOut, part: int, currency: str, language: str) -> Row:
    """A cost where goods stand otherwise: it has no brand, no unit, no quantity and no price."""
    return [cost_name(cost, language), "", "", *[None] * 4, _money(part, currency), currency]


def cost_name(cost: CostOut, language: str) -> str:
    """ "Transport", or "Transport (fuel)" with its note."""
    name = text(f"cost.{cost.kind}", language)
    return text("export.noted", language, cost=name, note=cost.note) if cost.note else name


def costs_of(export: RunExport, person: Taker) -> list[tuple[CostOut, int]]:
    """What somebody bears of each cost beside the goods, in minor units."""
    return [(cost, part) for cost in export.costs if (part := cost.parts.get(person.user_id)) is not None]


def lines_by_person(export: RunExport) -> dict[str, list[tuple[Goods, Portion]]]:
    lines: dict[str, list[tuple[Goods, Portion]]] = {}
    for goods in export.goods:
        for portion in goods.portions:
            lines.setdefault(portion.user_id, []).append((goods, portion))
    return lines


def _what(goods: Goods, language: str) -> Row:
    return [goods.name, goods.brand, unit_name(goods.unit, language)]


def _price(goods: Goods, currency: str) -> Row:
    offer = offer_of(goods)
    return [_money(offer.price.amount, currency), Number(offer.price.per, 3)] if offer else [None, None]


def _money(amount: int | None, currency: str) -> Number | None:
    return None if amount is None else Number(amount, exponent(currency), padded=True)
