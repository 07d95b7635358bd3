"""D3: a run leaves per product and per person, with names that can't be mixed up, in every phase and format."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from itertools import pairwise
from typing import Any

import openpyxl
import pytest
from sqlalchemy.orm import Session

from bulq.domain.actor import Actor
from bulq.domain.costs import CostKind, CostRule
from bulq.domain.exports import Basis, Became, What
from bulq.domain.phases import Phase, Unit
from bulq.domain.prices import Offer, Price
from bulq.domain.quantities import plain
from bulq.exports.commas import Separator
from bulq.exports.files import Kind, file_of
from bulq.exports.tables import Number
from bulq.i18n import exponent
from bulq.models import Product, User
from bulq.queries.export import Goods, Portion, RunExport, Taker, run_export
from bulq.queries.pick_up import pick_up
from bulq.queries.runs import run_view
from bulq.services.costs import add_cost
from bulq.services.receipts import Payer, add_receipt
from tests.cast import World
from tests.exports.printed import pages_of

NOW = datetime(2026, 11, 28, 17, 30, tzinfo=UTC)
GIVEN_OUT = (Phase.DISTRIBUTING, Phase.COMPLETED)


def export_in(session: Session, world: World, phase: Phase, who: Actor | None = None) -> RunExport:
    return run_export(session, who or world.cast.ana, world.runs[phase])


def written(
    export: RunExport, kind: Kind, what: What = What.EVERYTHING, separator: Separator = Separator.COMMA
) -> bytes:
    return file_of(export, kind, what, separator, "en", NOW).content


def table_of(content: bytes, delimiter: str = ",") -> list[dict[str, str]]:
    assert content.startswith(b"\xef\xbb\xbf")
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig")), delimiter=delimiter))


def sheets_of(content: bytes) -> dict[str, list[dict[str, Any]]]:
    sheets: dict[str, list[dict[str, Any]]] = {}
    for sheet in openpyxl.load_workbook(io.BytesIO(content)).worksheets:
        head, *rows = sheet.iter_rows(values_only=True)
        sheets[sheet.title] = [dict(zip(map(str, head), row, strict=True)) for row in rows]
    return sheets


def minor(amount: Any, currency: str) -> int:
    return int(Decimal(str(amount).replace(",", "")).scaleb(exponent(currency)).to_integral_value())


def sum_in_csv(export: RunExport) -> int:
    return sum(minor(row["Cost"], export.currency) for row in table_of(written(export, Kind.CSV, What.STATEMENTS)))


def sum_in_semicolons(export: RunExport) -> int:
    rows = table_of(written(export, Kind.CSV, What.STATEMENTS, Separator.SEMICOLON), ";")
    return sum(minor(row["Cost"].replace(",", "."), export.currency) for row in rows)


def sum_in_xlsx(export: RunExport) -> int:
    sheets = sheets_of(written(export, Kind.XLSX))
    total = sum(minor(row["Cost"], export.currency) for row in sheets["Statements"])
    assert total == minor(sheets["People"][-1]["Sum"], export.currency)
    assert total == sum(minor(row["Sum"], export.currency) for row in sheets["People"][:-1])
    return total


def sum_in_json(export: RunExport) -> int:
    document = json.loads(written(export, Kind.JSON))
    lines = [line for person in document["statements"] for line in (*person["lines"], *person["beside_goods"])]
    people = sum(line["cost"] for line in lines)
    assert people == sum(person["total"] for person in document["statements"])
    return people + sum(left["cost"] for left in document["left_over"]) + document["totals"]["unshared"]


def sum_in_pdf(export: RunExport) -> int:
    """The sums of all statements, and what the page of people says is left over."""
    pages = pages_of(written(export, Kind.PDF, What.STATEMENTS))
    sums = [page[place + 1] for page in pages for place, text in enumerate(page) if text == "Sum"]
    left = [page[page.index(what) + 1] for page in pages for what in ("Left over", "Not shared yet") if what in page]
    return sum(minor(amount, export.currency) for amount in [*sums, *left])


SUMS: dict[str, Callable[[RunExport], int]] = {
    "csv": sum_in_csv,
    "csv with semicolons": sum_in_semicolons,
    "xlsx": sum_in_xlsx,
    "json": sum_in_json,
    "pdf": sum_in_pdf,
}


@pytest.mark.parametrize("phase", GIVEN_OUT)
@pytest.mark.parametrize("form", SUMS)
def test_statements_add_up_to_the_purchases(world_session: Session, world: World, phase: Phase, form: str) -> None:
    export = export_in(world_session, world, phase)

    assert SUMS[form](export) == export.paid == 5593


@pytest.mark.parametrize("form", SUMS)
def test_costs_beside_the_goods_and_what_nobody_bears_yet_are_in_it(
    world_session: Session, world: World, form: str
) -> None:
    session, cast, run_id = world_session, world.cast, world.runs[Phase.DISTRIBUTING]
    payers = [Payer(cast.ana.id, 1500), Payer(cast.bojan.id, 1000)]
    receipt = add_receipt(session, cast.ana, run_id, payers, total=2500, now=NOW)
    session.flush()
    about = session, cast.ana, run_id, receipt.id
    add_cost(*about, CostKind.TRANSPORT, 2000, CostRule.EQUALLY, note="fuel", revision=1, now=NOW)
    session.flush()

    export = export_in(session, world, Phase.DISTRIBUTING)

    assert SUMS[form](export) == export.paid == 5593 + 2500
    assert export.unshared == 500
    mine = run_export(session, cast.mila, run_id)
    rows = table_of(written(mine, Kind.CSV, What.MINE))
    assert [row["Product"] for row in rows if row["Cost"] in ("6.66", "6.67")] == ["Transport (fuel)"]


def large(people: int = 7, products: int = 60, currency: str = "RSD") -> RunExport:
    """A run with odd shares, something left over, and lists of several pages."""
    goods: list[Goods] = []
    totals = dict.fromkeys((f"u{n}" for n in range(people)), 0)
    for n in range(products):
        costs = {user: 997 * n + place for place, user in enumerate(totals)}
        for user, cost in costs.items():
            totals[user] += cost
        left = 31 if n % 10 == 0 else 0
        portions = tuple(Portion(user, 2500, 2000, cost, "") for user, cost in costs.items())
        paid = sum(costs.values()) + left
        goods.append(
            Goods(
                str(n), f"Сокови број {n}", "", Unit.KG, Offer(Price(100)), None, 2500 * people, 2000 * people, paid,
                paid, Became.BOUGHT, 500 if left else 0, left, {}, portions,
            )
        )  # fmt: skip
    paid = sum(each.paid for each in goods)
    takers = tuple(Taker(user, f"Јелена {user}", user, total, 0) for user, total in totals.items())
    left = sum(each.left_cost for each in goods)
    return RunExport(
        "0" * 32, "u0", "Лиман", "Metro", Phase.COMPLETED, Basis.FINAL, currency, "Europe/Belgrade",
        NOW.date(), NOW.date(), "u0", "", "", tuple(goods), (), takers, left, 0, paid, paid, 0,
    )  # fmt: skip


@pytest.mark.parametrize("currency", ["RSD", "JPY", "KWD", "INR"])
@pytest.mark.parametrize("form", SUMS)
def test_sums_hold_over_many_pages_in_any_currency(form: str, currency: str) -> None:
    export = large(currency=currency)

    assert SUMS[form](export) == export.paid


@pytest.mark.parametrize("phase", list(Phase))
def test_costs_are_those_of_the_run_page(world_session: Session, world: World, phase: Phase) -> None:
    export = export_in(world_session, world, phase)
    view = run_view(world_session, world.cast.ana, world.runs[phase])

    portions = [portion for goods in export.goods for portion in goods.portions]
    for person in view.people:
        assert person.part == sum(each.cost or 0 for each in portions if each.user_id == person.user_id)
    assert export.total == view.parts.total == sum(goods.cost or 0 for goods in export.goods)


@pytest.mark.parametrize("phase", GIVEN_OUT)
def test_statements_are_those_of_the_run_page(world_session: Session, world: World, phase: Phase) -> None:
    document = json.loads(written(export_in(world_session, world, phase), Kind.JSON))
    shown = pick_up(world_session, world.cast.ana, world.runs[phase])

    of_page = {
        (one.username, line.name): (line.wanted, line.got, line.cost)
        for one in shown.people.values()
        for line in one.lines.values()
    }
    of_file = {
        (one["username"], line["product"]): (line["wanted"], line["got"], line["cost"])
        for one in document["statements"]
        for line in one["lines"]
    }
    assert of_file == of_page


@pytest.mark.parametrize("kind", list(Kind))
def test_every_part_can_be_had_in_every_phase(world_session: Session, world: World, kind: Kind) -> None:
    for phase in Phase:
        export = export_in(world_session, world, phase)
        assert all(written(export, kind, what) for what in (What.EVERYTHING, What.MINE))


@pytest.mark.parametrize("phase", [Phase.ACTIVE, Phase.CONFIRMED])
def test_before_shopping_the_list_has_what_is_wanted(world_session: Session, world: World, phase: Phase) -> None:
    export = export_in(world_session, world, phase)

    rows = table_of(written(export, Kind.CSV, What.LIST))
    page = pages_of(written(export, Kind.PDF, What.LIST))[0]

    assert [(row["Product"], row["Wanted"], row["Expected cost"], row["State"]) for row in rows] == [
        ("Basmati rice 5 kg", "10", "79.90", "wanted"),
        ("Tomatoes", "1.5", "", "wanted"),
    ]
    assert {"Basmati rice 5 kg · Daawat", "10 packs", "7.99 / pack", "79.90"} <= set(page)


def test_what_was_not_there_is_said(world_session: Session, world: World) -> None:
    export = export_in(world_session, world, Phase.COMPLETED)

    rows = table_of(written(export, Kind.CSV, What.LIST))
    bojan = blocks_of(written(export, Kind.PDF, What.STATEMENTS))["Bojan"]

    assert [(row["Product"], row["Bought"], row["Paid"], row["State"]) for row in rows] == [
        ("Basmati rice 5 kg", "7", "55.93", "bought"),
        ("Tomatoes", "0", "0.00", "not there"),
    ]
    assert bojan[bojan.index("Tomatoes") : bojan.index("Tomatoes") + 4] == ["Tomatoes", "1.5 kg", "not there", "0.00"]
    rice = bojan.index("Basmati rice 5 kg · Daawat")
    assert bojan[rice + 1 : rice + 5] == ["3 packs", "2 packs", "7.99 / pack", "15.98"]


def test_a_cancelled_run_has_what_there_is(world_session: Session, world: World) -> None:
    document = json.loads(written(export_in(world_session, world, Phase.CANCELLED), Kind.JSON))

    assert document["run"]["phase"] == "cancelled"
    assert document["run"]["cancel_reason"] == "Closed for stocktaking"
    assert document["totals"]["paid"] == 0


def blocks_of(pdf: bytes) -> dict[str, list[str]]:
    """The texts of each statement by whose it is."""
    blocks: dict[str, list[str]] = {}
    for page in pages_of(pdf)[1:]:
        heads = [place - 1 for place, text in enumerate(page) if text == "Product"]
        for head, end in pairwise([*heads, len(page)]):
            blocks.setdefault(page[head], []).extend(page[head + 1 : end])
    return blocks


def test_several_people_share_a_page(world_session: Session, world: World) -> None:
    content = written(export_in(world_session, world, Phase.COMPLETED), Kind.PDF, What.STATEMENTS)

    assert [page[0] for page in pages_of(content)] == ["People", "Statements"]
    assert list(blocks_of(content)) == ["Ana", "Bojan", "Mila"]


def test_a_statement_that_fits_a_page_is_not_torn() -> None:
    pages = pages_of(written(large(people=9, products=14), Kind.PDF, What.STATEMENTS))[1:]

    torn = [page for page in pages if page.count("Sum") != page.count("Product")]
    assert torn == []
    assert [page.count("Sum") for page in pages] == [2, 2, 2, 2, 1]


def test_the_packing_list_has_all_that_is_handed_out(world_session: Session, world: World) -> None:
    export = export_in(world_session, world, Phase.DISTRIBUTING)

    [rice] = table_of(written(export, Kind.CSV, What.PACKING))
    [page] = pages_of(written(export, Kind.PDF, What.PACKING))
    sheet = sheets_of(written(export, Kind.XLSX))["Packing list"]

    assert {name: rice[name] for name in ("Product", "All", "Ana", "Bojan", "Mila", "Left over")} == {
        **{"Product": "Basmati rice 5 kg", "All": "7", "Ana": "4", "Bojan": "2", "Mila": "1", "Left over": "0"}
    }
    assert page[page.index("Basmati rice 5 kg · Daawat, pack") + 1 :][:4] == ["7", "4", "2", "1"]
    assert sheet == [{**sheet[0], "Product": "Basmati rice 5 kg", "Ana": 4, "Bojan": 2, "Mila": 1}]


@pytest.mark.parametrize(("people", "sheets"), [(30, 1), (45, 2)])
def test_many_people_have_sheets_beside_each_other(people: int, sheets: int) -> None:
    export = large(people=people, products=100)
    pages = pages_of(written(export, Kind.PDF, What.PACKING))

    names = {text for page in pages for text in page if text.startswith("Јелена")}
    assert names == {f"Јелена u{number}" for number in range(people)}
    # 2 kg for everybody, and on each of the sheets what all get of a product.
    assert sum(page.count("2") for page in pages) == people * 100
    assert sum(page.count(str(2 * people)) for page in pages) == sheets * 100
    assert sum(page.count("0.5") for page in pages) == 10


def test_who_gets_nothing_has_no_column(world_session: Session, world: World) -> None:
    export = export_in(world_session, world, Phase.COMPLETED)
    goods = tuple(
        replace(
            one,
            portions=tuple(
                replace(each, got=0) if each.user_id == str(world.cast.mila.id) else each for each in one.portions
            ),
        )
        for one in export.goods
    )

    [rice] = table_of(written(replace(export, goods=goods), Kind.CSV, What.PACKING))

    assert "Mila" not in rice and rice["Bojan"] == "2"


def test_before_pick_up_the_packing_list_has_what_is_wanted(world_session: Session, world: World) -> None:
    rows = table_of(written(export_in(world_session, world, Phase.CONFIRMED), Kind.CSV, What.PACKING))

    assert [(row["Product"], row["All"], row["Ana"], row["Bojan"]) for row in rows] == [
        ("Basmati rice 5 kg", "10", "5", "3"),
        ("Tomatoes", "1.5", "", "1.5"),
    ]


def test_a_long_statement_goes_on_over_pages_that_say_whose_they_are() -> None:
    pages = pages_of(written(large(people=2, products=100), Kind.PDF, What.MINE))

    assert len(pages) > 2
    assert all(page[0] == "Јелена u0" for page in pages)
    numbers = ["".join(page[-2:]) for page in pages]
    assert numbers == [f"Page {n} of {len(pages)}" for n in range(1, len(pages) + 1)]
    assert all("Product" in page for page in pages)
    assert sum(text.startswith("Сокови") for page in pages for text in page) == 100


def test_my_statement_is_mine_alone(world_session: Session, world: World) -> None:
    export = export_in(world_session, world, Phase.COMPLETED, world.cast.mila)

    assert {row["Username"] for row in table_of(written(export, Kind.CSV, What.MINE))} == {"mila"}
    assert [one["username"] for one in json.loads(written(export, Kind.JSON, What.MINE))["statements"]] == ["mila"]
    assert [page[0] for page in pages_of(written(export, Kind.PDF, What.MINE))] == ["Mila"]
    assert {row["Username"] for row in sheets_of(written(export, Kind.XLSX, What.MINE))["My statement"]} == {"mila"}


def test_equal_names_have_the_username_in_every_format(world_session: Session, world: World) -> None:
    for who in (world.cast.ana, world.cast.bojan):
        world_session.get_one(User, who.id).name = "Јована"
    world_session.flush()
    export = export_in(world_session, world, Phase.COMPLETED)
    called = {"Јована (@ana)", "Јована (@bojan)", "Mila"}
    said = "Where names are alike, the username stands behind them."

    assert {row["Person"] for row in table_of(written(export, Kind.CSV, What.STATEMENTS))} == called
    sheets = sheets_of(written(export, Kind.XLSX))
    assert {row["Person"] for row in sheets["Statements"]} == called
    assert any(said in row.values() for row in sheets["About"])
    document = json.loads(written(export, Kind.JSON))
    assert {one["called"] for one in document["statements"]} == called
    assert said in document["remarks"]
    content = written(export, Kind.PDF, What.STATEMENTS)
    assert set(blocks_of(content)) == called
    assert all(said in page for page in pages_of(content))


def cells_of(content: bytes) -> list[str]:
    """All cells, the heads as well."""
    return [cell for row in csv.reader(io.StringIO(content.decode("utf-8-sig"))) for cell in row if cell]


HOSTILE = ["=cmd|'/C calc'!A0", "+1", "-1", "@SUM(A1)", "=\ufffe1", "שלום", "\U0001f600=1", "</row>&lt;", "_x003D_1"]


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_names_do_nothing(world_session: Session, world: World, name: str) -> None:
    world_session.get_one(User, world.cast.ana.id).name = name
    world_session.get_one(Product, world.cast.rice).name = name
    world_session.flush()
    export = export_in(world_session, world, Phase.COMPLETED)

    cells = {cell for row in table_of(written(export, Kind.CSV, What.STATEMENTS)) for cell in row.values()}
    book = openpyxl.load_workbook(io.BytesIO(written(export, Kind.XLSX)))
    in_book = [cell for sheet in book.worksheets for row in sheet.iter_rows() for cell in row]
    document = json.loads(written(export, Kind.JSON))

    assert not any(cell.startswith(("=", "+", "-", "@", "\t", "\r")) for cell in cells)
    assert not any(cell.data_type == "f" for cell in in_book)
    assert not any(str(cell.value or "").startswith(("=", "+", "-", "@", "\t", "\r")) for cell in in_book)
    assert {one["name"] for one in document["statements"]} == {name, "Bojan", "Mila"}
    assert len(pages_of(written(export, Kind.PDF))) == 4
    assert not any(cell.startswith(("=", "+", "-", "@")) for cell in cells_of(written(export, Kind.CSV, What.PACKING)))


def test_a_sheet_is_printed_as_wide_as_the_paper_and_as_long_as_it_is(world_session: Session, world: World) -> None:
    book = openpyxl.load_workbook(io.BytesIO(written(export_in(world_session, world, Phase.COMPLETED), Kind.XLSX)))

    for sheet in (book["Statements"], book["People"]):
        assert (sheet.page_setup.orientation, sheet.page_setup.fitToHeight) == ("landscape", 0)
        printed = sheet.sheet_properties.pageSetUpPr
        assert sheet.print_title_rows == "$1:$1" and printed is not None and printed.fitToPage


def test_names_no_letter_of_which_can_be_printed_are_told_apart(world_session: Session, world: World) -> None:
    world_session.get_one(User, world.cast.ana.id).name = "李小龍"
    world_session.get_one(User, world.cast.bojan.id).name = "王建國"
    world_session.flush()

    content = written(export_in(world_session, world, Phase.COMPLETED), Kind.PDF, What.STATEMENTS)

    assert set(blocks_of(content)) == {"??? (@ana)", "??? (@bojan)", "Mila"}
    pages = pages_of(content)
    assert all(any(text.startswith("A question mark stands") for text in page) for page in pages)


@pytest.mark.parametrize("currency", ["INR", "RUB", "RSD", "EUR"])
def test_money_is_printed_with_the_code_of_its_currency(currency: str) -> None:
    export = large(people=2, products=3, currency=currency)
    texts = [text for page in pages_of(written(export, Kind.PDF)) for text in page]

    assert f"Cost, {currency}" in texts
    assert not any("?" in text or "₹" in text or "₽" in text for text in texts)


def test_numbers_are_numbers_in_a_spreadsheet(world_session: Session, world: World) -> None:
    sheets = sheets_of(written(export_in(world_session, world, Phase.COMPLETED), Kind.XLSX))

    line = next(row for row in sheets["Statements"] if row["Username"] == "bojan" and row["Product"] == "Tomatoes")
    assert (line["Wanted"], line["Got"], line["Cost"]) == (1.5, 0, 0)
    assert all(isinstance(row["Paid"], int | float) for row in sheets["Shopping list"])


def test_excel_in_europe_reads_numbers_of_the_csv_with_semicolons(world_session: Session, world: World) -> None:
    content = written(export_in(world_session, world, Phase.COMPLETED), Kind.CSV, What.STATEMENTS, Separator.SEMICOLON)

    assert table_of(content, ";")[2]["Wanted"] == "1,5"


def test_json_says_what_its_numbers_are_of(world_session: Session, world: World) -> None:
    document = json.loads(written(export_in(world_session, world, Phase.COMPLETED), Kind.JSON))

    assert document["format"] == "bulq.run/3"
    assert (document["units"]["money"]["currency"], document["units"]["money"]["decimals"]) == ("EUR", 2)
    assert document["units"]["quantity"]["decimals"] == 3
    assert document["shopping_list"][0]["bought"] == 7000
    assert document["totals"] == {"statements_and_left_over": 5593, "left_over": 0, "unshared": 0, "paid": 5593}


def test_notes_are_cut_so_that_a_list_stays_a_list(world_session: Session, world: World) -> None:
    export = export_in(world_session, world, Phase.ACTIVE)
    goods = tuple(
        replace(one, portions=tuple(replace(each, note="long " * 99) for each in one.portions)) for one in export.goods
    )

    rows = table_of(written(replace(export, goods=goods), Kind.CSV, What.LIST))

    assert all(len(row["Notes"]) <= 1000 for row in rows)


@pytest.mark.parametrize(
    ("number", "expected"),
    [
        (Number(2500, 3), "2.5"),
        (Number(250, 2, padded=True), "2.50"),
        (Number(5, 2, padded=True), "0.05"),
        (Number(0, 3), "0"),
        (Number(12, 0, padded=True), "12"),
        (Number(-150, 2, padded=True), "-1.50"),
        (Number(1_000_000, 3), "1000"),
    ],
)
def test_numbers_have_a_point_and_no_groups(number: Number, expected: str) -> None:
    assert plain(number.value, number.places, padded=number.padded) == expected
