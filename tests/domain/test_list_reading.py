"""Whole lists in the shapes suppliers send: the table is found, rows mean what they meant, and the rest is asked."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from bulq.domain.catalogue_file import Entry, Problem
from bulq.domain.lists.layout import guess_layout
from bulq.domain.lists.reading import ListReader, Terms, share_with_price
from bulq.domain.phases import Unit

EXPONENTS = {"EUR": 2, "USD": 2, "CZK": 2, "JPY": 0, "RSD": 2}
TODAY = date(2026, 11, 30)


def read(text: str, given: str = "EUR", **answers: Any) -> tuple[list[Entry], list[Problem], ListReader]:
    """The entries of a list with semicolons, what was refused, and the reader with its questions and notes."""
    rows = [(line, cells.split(";")) for line, cells in enumerate(text.splitlines(), 1) if cells.strip(" ;")]
    terms = Terms(EXPONENTS, TODAY, "Mill", given)
    layout = guess_layout(rows, terms.codes)
    reader = ListReader(layout, answers, terms, share_with_price(rows, layout, terms.codes))
    found = [each for row in rows if row[0] > layout.after for each in reader.read(row)]
    entries = [each for each in found if isinstance(each, Entry)]
    return entries, [each for each in found if isinstance(each, Problem)], reader


def test_a_farms_list_with_lines_before_and_after_it() -> None:
    entries, refused, reader = read(
        ";;Hof Seeblick;;\n;;Preise KW 12;;\n;;Ware;je;Preis\nObst;;;;\n;;Äpfel, süß;kg;2,90 €\n;;Eier;10er;4,20 €\n"
        "Säfte;;;;\n;;Birnensaft;0,75 l;3,10 €\n;;Birnensaft;5 l;14,- €\n;;;;Summe:\n;;Ware;je;Preis\n"
    )

    assert (refused, list(reader.questions)) == ([], [])
    assert [(each.name, each.unit, each.content, each.price) for each in entries] == [
        ("Äpfel, süß", Unit.KG, None, 290),
        ("Eier", Unit.PACK, 10_000, 420),
        ("Birnensaft", Unit.PACK, 750, 310),
        ("Birnensaft", Unit.PACK, 5000, 1400),
    ]
    assert [[tag.name for tag in each.tags] for each in entries] == [["Obst"], ["Obst"], ["Säfte"], ["Säfte"]]
    assert (reader.skipped.categories, reader.skipped.totals, reader.skipped.headings) == (2, 1, 1)
    assert len({each.product for each in entries}) == 4


def test_category_rows_are_no_tags_where_they_are_not_wanted() -> None:
    entries, _, _ = read("Ware;je;Preis\nObst;;\nÄpfel;kg;2,90\nBirnen;kg;3,10\n", categories="ignore")

    assert [each.tags for each in entries] == [(), ()]


def test_which_of_two_prices_counts_is_asked_once() -> None:
    text = "Šifra;Naziv;JM;Cena bez PDV;PDV %;Cena sa PDV\n1;Sir;KG;500,00;20;600,00\n2;Mleko;KOM;100,00;10;110,00\n"
    gross, _, reader = read(text, "RSD")
    net, _, asked = read(text, "RSD", price="4")

    assert [each.price for each in gross] == [60_000, 11_000]
    assert [(each.id, each.default, each.count) for each in reader.questions.values()] == [("price", "6", 1)]
    assert [each.price for each in net] == [50_000, 10_000] and not asked.questions
    assert gross[0].note == "Šifra: 1"


def test_tax_on_top_is_asked_about_and_added() -> None:
    text = "Article;Unit;Net price;VAT\nOats;kg;2,00;20%\nRye;kg;1,00;0.1\n"

    assert list(read(text)[2].questions) == ["tax"]
    assert [each.price for each in read(text, tax="on_top")[0]] == [240, 110]
    assert [each.price for each in read(text, tax="included")[0]] == [200, 100]
    assert [each.price for each in read(text, tax="add:20")[0]] == [240, 120]


def test_a_list_without_headings_is_guessed_from_its_values_and_asked_about() -> None:
    entries, _, reader = read("101;Мука ржаная 2 кг;99.50\n102;Соль 1 кг;30\n103;Мёд липовый 500 г;1 250,00\n")

    assert [(each.name, each.content, each.price) for each in entries] == [
        ("Мука ржаная 2 кг", 2000, 9950),
        ("Соль 1 кг", 1000, 3000),
        ("Мёд липовый 500 г", 500_000, 125_000),
    ]
    asked = reader.questions["columns"]
    assert asked.needed and asked.default == {"1": "order_no", "2": "name", "3": "price"}


def test_what_has_two_meanings_is_asked_and_nothing_is_taken_meanwhile() -> None:
    text = (
        "Name;Unit;Content;Content unit;Price\nA;box;1,000;g;3,50\nB;box;500;g;7.205\nC;box;500;g;$ 2\n"
        "D;box;500;g;0,00\nE;sprig;;;1,00\n"
    )
    entries, refused, reader = read(text)

    assert refused == []
    assert set(reader.questions) == {"content_decimals", "price_decimals", "currency:$", "zero_price", "unit:sprig"}
    assert [(each.content, each.price) for each in entries] == [
        (None, 350), (500_000, None), (500_000, None), (500_000, None), (None, 100),
    ]  # fmt: skip
    answers = {
        "content_decimals": "thousand",
        "price_decimals": "decimal",
        "currency:$": "USD",
        "zero_price": "free",
        "unit:sprig": "piece",
    }
    entries, _, reader = read(text, **answers)
    assert not reader.questions
    assert [(each.content, each.price, each.per, each.currency) for each in entries] == [
        (1_000_000, 350, 1000, "EUR"),
        (500_000, 7205, 10_000, "EUR"),
        (500_000, 200, 1000, "USD"),
        (500_000, 0, 1000, "EUR"),
        (None, 100, 1000, "EUR"),
    ]


@pytest.mark.parametrize(
    ("cell", "currency", "answers", "found", "asked"),
    [
        ("4,50 €", "", {}, "EUR", []),
        ("4,50 €", "EUR", {}, "EUR", []),
        ("4,50 Kč", "", {}, "CZK", []),
        ("4,50 zł", "", {}, None, []),  # there is no such currency here
        ("4,50", "EUR", {}, "EUR", []),
        ("4,50", "", {}, None, ["currency"]),
        ("4,50", "", {"currency": "czk"}, "CZK", []),
        ("4,50", "", {"currency": "PLN"}, None, ["currency"]),
        ("4,50 $", "USD", {}, "USD", []),
        ("4,50 $", "", {"currency": "usd"}, "USD", []),
        ("4,50 $", "EUR", {}, None, ["currency:$"]),
        ("4,50 $", "EUR", {"currency:$": "USD"}, "USD", []),
        ("4,50 $", "EUR", {"currency:$": "EUR"}, "EUR", []),
        ("4,50 $", "EUR", {"currency:$": "none"}, None, []),
        ("4,50 $", "EUR", {"currency:$": "CZK"}, None, ["currency:$"]),
    ],
)
def test_the_currency_is_that_of_the_sign_or_is_asked(
    cell: str, currency: str, answers: dict[str, str], found: str | None, asked: list[str]
) -> None:
    entries, refused, reader = read(f"Item;Unit;Price\nJam;kg;{cell}\nTea;kg;{cell}\n", currency, **answers)

    assert refused == [] and list(reader.questions) == asked
    assert [(each.price, each.currency) for each in entries] == [(450, found) if found else (None, "")] * 2
    assert [question.count for question in reader.questions.values()] == [2] * len(asked)


def test_a_column_of_currencies_counts_before_all_others() -> None:
    entries, refused, _ = read("Item;Unit;Price;Currency\nJam;kg;4,50;CZK\nTea;kg;2,00;\nOil;kg;3,00;pebbles\n", "EUR")

    assert [(each.name, each.currency) for each in entries] == [("Jam", "CZK"), ("Tea", "EUR")]
    assert [(each.line, each.key) for each in refused] == [(4, "currency")]


def test_yen_have_no_decimals_to_ask_about() -> None:
    entries, _, reader = read("Item;Price\nTea;120.00\nRice;1,200\n", "JPY")

    assert [each.price for each in entries] == [120, 1200] and not reader.questions


def test_prices_for_larger_quantities_are_offers_of_the_same_product() -> None:
    entries, _, reader = read("Item;Unit;Price;from 6;from 12\nJam;jar;4,00;3,60;3,20\n")

    assert [(each.price, each.minimum) for each in entries] == [(400, None), (360, 6000), (320, 12_000)]
    assert not reader.questions


def test_cells_that_are_wrong_leave_the_row_in() -> None:
    entries, refused, reader = read("Item;EAN;Date;Price\nJam;4,0E+12;soon;4,00\n" + f"{'Long ' * 40};;;1,00\n")

    assert refused == [] and len(entries) == 2
    assert [(note.line, note.column, note.key) for note in reader.notes] == [
        (2, "seen_on", "row_day_unread"),
        (2, "barcode", "barcode_rounded"),
        (3, "name", "row_name_cut"),
    ]
    assert entries[1].name.endswith("…") and len(entries[1].name) <= 100


def test_a_row_that_can_not_be_is_refused_with_its_column() -> None:
    _, refused, _ = read("Item;Price\nJam;-4,00\nTea;2,00\n;3,00\n")

    assert [(each.line, each.column, each.key) for each in refused] == [
        (2, "Price", "money_negative"),
        (4, "name", "text_missing"),
    ]


def test_days_with_two_meanings_are_asked_once() -> None:
    text = "Item;Date;Price\nJam;03/04/2026;4,00\nTea;05/04/2026;2,00\n"

    assert read(text)[2].questions["days"].count == 2
    assert [each.seen_on for each in read(text, days="mdy")[0]] == [date(2026, 3, 4), date(2026, 5, 4)]


def test_order_number_origin_and_deposit_are_kept_as_notes() -> None:
    entries, _, _ = read(
        "Order no.;Article;Order unit;Pieces per case;Price per case;Deposit;Origin\n"
        "7-1;Cider 0.5 l;crate;20;18,00;3,10;FR\n"
    )

    assert (entries[0].unit, entries[0].content, entries[0].content_unit) == (Unit.CASE, 10_000, Unit.L)
    assert entries[0].note == "20 × 0.5 l · Order no.: 7-1 · Origin: FR · Deposit: 3,10"


@pytest.mark.parametrize("beside", ["", "(frisch)"])
def test_headings_of_two_lines_are_one(beside: str) -> None:
    entries, _, reader = read(f"Artikel;Preis;\n{beside};netto;brutto\nBrot;2,00;2,20\nKäse;5,00;5,50\n")

    assert [each.price for each in entries] == [220, 550] and list(reader.questions) == ["price"]


def test_of_two_rows_of_headings_that_with_the_goods_counts() -> None:
    entries, _, reader = read("Preis;Einheit\nWare;Preis\nBrot;2,00\n", unit="piece")

    assert [(each.name, each.price) for each in entries] == [("Brot", 200)]
    assert reader.layout.header == 2
