"""A row of a catalogue file says something, or is told what is wrong with it; what is written is read back the same."""

from __future__ import annotations

import io
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bulq.domain.catalogue_file import (
    COLUMNS,
    Entry,
    Problem,
    RowReader,
    alias_cell,
    escape,
    join_list,
    parse_price,
    split_list,
    tag_cell,
    unescape,
)
from bulq.domain.errors import Invalid
from bulq.domain.phases import Unit
from bulq.domain.quantities import plain
from bulq.domain.tables import LONGEST_LINE, LONGEST_RECORD, MOST_COLUMNS, Table, TableRow

TODAY = date(2026, 11, 24)
READER = RowReader({"EUR": 2, "JPY": 0, "KWD": 3}, TODAY)


def read(**cells: str) -> Entry | list[Problem]:
    return READER.read(TableRow(7, {"name": "Rice", "unit": "pack", **cells}))


def entry(**cells: str) -> Entry:
    found = read(**cells)
    assert isinstance(found, Entry), found
    return found


def wrong(**cells: str) -> list[tuple[str, str]]:
    found = read(**cells)
    assert isinstance(found, list), found
    assert all(problem.line == 7 for problem in found)
    return [(problem.column, problem.key) for problem in found]


def table(text: str | bytes, needed: str = "name") -> Table:
    data = text.encode() if isinstance(text, str) else text
    return Table(io.BytesIO(data), COLUMNS, needed)


def test_a_whole_row() -> None:
    found = entry(
        name=" Basmati  rice ",
        brand="Daawat",
        unit="PACK",
        step="1",
        barcode="4006381333931",
        content="5,5",
        content_unit="kg",
        tags="category:Grains|Vegan",
        aliases="sr:Pirinač|Basmati",
        store="Metro",
        price="7,99",
        currency="eur",
        seen_on="2026-11-01",
    )

    assert (found.name, found.key, found.brand_key, found.unit) == ("Basmati rice", "basmati rice", "daawat", Unit.PACK)
    assert (found.step, found.content, found.content_unit) == (1000, 5500, Unit.KG)
    assert [(label.kind, label.name) for label in found.tags] == [("category", "Grains"), ("other", "Vegan")]
    assert [(label.kind, label.name) for label in found.aliases] == [("sr", "Pirinač"), ("", "Basmati")]
    assert (found.store_key, found.price, found.currency, found.seen_on) == ("metro", 799, "EUR", date(2026, 11, 1))


def test_what_is_not_said_is_not_known() -> None:
    found = entry(unit="")

    assert (found.unit, found.step, found.barcode, found.content, found.price, found.seen_on) == (None,) * 6
    assert found.says_nothing_new


@pytest.mark.parametrize(
    ("text", "exponent", "price"),
    [
        ("7.99", 2, 799),
        ("7,99", 2, 799),
        ("0", 2, 0),
        ("1.234,50", 2, 123_450),
        ("1,234.50", 2, 123_450),
        ("450", 0, 450),
    ],
)
def test_prices_with_comma_or_point(text: str, exponent: int, price: int) -> None:
    assert parse_price(text, exponent) == price


def test_the_same_figure_is_read_by_its_currency() -> None:
    prices = [entry(store="Metro", price="7", currency=code).price for code in ("EUR", "JPY", "KWD", "EUR")]

    assert prices == [700, 7, 7000, 700]


@pytest.mark.parametrize(
    ("price", "key"),
    [
        ("-5", "money_negative"),
        ("NaN", "money_not_a_number"),
        ("Infinity", "money_not_a_number"),
        ("1e309", "money_not_a_number"),
        ("7.999", "money_decimals"),
        ("9" * 19, "money_too_large"),
        ("9" * 5000, "money_not_a_number"),
        ("=1+1", "money_not_a_number"),
        ("'; DROP TABLE products;--", "money_not_a_number"),
    ],
)
def test_a_wrong_price_is_named(price: str, key: str) -> None:
    assert wrong(store="Metro", currency="EUR", price=price) == [("price", key)]


@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        ({"name": ""}, [("name", "text_missing")]),
        ({"name": "x" * 5000}, [("name", "text_too_long")]),
        ({"name": "ri\x07ce"}, [("name", "text_characters")]),
        ({"name": "\ufff9ecir"}, [("name", "text_characters")]),
        ({"unit": "barrel"}, [("unit", "row_unit")]),
        ({"step": "0"}, [("step", "quantity_positive")]),
        ({"step": "0.0001"}, [("step", "quantity_step")]),
        ({"step": "NaN"}, [("step", "quantity_not_a_number")]),
        ({"barcode": "4006381333932"}, [("barcode", "barcode_check_digit")]),
        ({"barcode": "x" * 5000}, [("barcode", "barcode_digits")]),
        ({"content": "5"}, [("content_unit", "text_missing")]),
        ({"content_unit": "kg"}, [("content", "text_missing")]),
        ({"tags": "x" * 5000}, [("tags", "text_too_long")]),
        ({"tags": "|".join("abcdefghijklmnopqrstuvw")}, [("tags", "row_too_many")]),
        ({"aliases": "sr:\x00"}, [("aliases", "text_characters")]),
        ({"price": "1"}, [("store", "text_missing"), ("currency", "text_missing")]),
        ({"store": "Metro"}, [("price", "text_missing"), ("currency", "text_missing")]),
        (
            {"seen_on": "2026-11-01"},
            [("store", "text_missing"), ("price", "text_missing"), ("currency", "text_missing")],
        ),
        ({"store": "Metro", "price": "1", "currency": "XXX"}, [("currency", "currency")]),
        ({"store": "Metro", "price": "1", "currency": "EUR", "seen_on": "2026-11-25"}, [("seen_on", "row_day")]),
        ({"store": "Metro", "price": "1", "currency": "EUR", "seen_on": "01.11.2026"}, [("seen_on", "day")]),
        (
            {"name": "", "unit": "x", "step": "y"},
            [("name", "text_missing"), ("unit", "row_unit"), ("step", "quantity_not_a_number")],
        ),
    ],
)
def test_everything_wrong_with_a_row_is_named(cells: dict[str, str], expected: list[tuple[str, str]]) -> None:
    assert sorted(wrong(**cells)) == sorted(expected)


@given(st.lists(st.text()))
def test_lists_in_a_cell_are_read_as_they_were_written(parts: list[str]) -> None:
    assert split_list(join_list(parts)) == (parts or [""])


@given(st.text(alphabet=st.sampled_from("'=+-@ až1|\t")))
def test_no_cell_is_a_formula_and_each_is_read_as_it_was(cell: str) -> None:
    written = escape(cell)

    assert not written.startswith(("=", "+", "-", "@", "\t"))
    assert unescape(written) == cell


@pytest.mark.parametrize("name", ["Vegan", "diet: Vegan", "a|b\\c", "sr:x", ":", "http://x"])
@pytest.mark.parametrize("kind", ["diet", "other"])
def test_tags_are_read_as_they_were_written(kind: str, name: str) -> None:
    (label,) = entry(tags=tag_cell([(kind, name)])).tags

    assert (label.kind, label.name) == (kind, name)


@pytest.mark.parametrize("name", ["Pirinač", "sr: Pirinač", "a|b\\c", ":x", "de:"])
@pytest.mark.parametrize("language", ["", "sr"])
def test_other_names_are_read_as_they_were_written(language: str, name: str) -> None:
    (label,) = entry(aliases=alias_cell([(language, name)])).aliases

    assert (label.kind, label.name) == (language, name)


@pytest.mark.parametrize(
    ("number", "places", "text"), [(500, 3, "0.5"), (1000, 3, "1"), (799, 2, "7.99"), (5, 0, "5"), (0, 2, "0")]
)
def test_numbers_are_written_plainly(number: int, places: int, text: str) -> None:
    assert plain(number, places) == text


@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_any_separator_and_line_end_with_or_without_a_mark(mark: bytes, end: str, separator: str) -> None:
    lines = ["Name,UNIT,seen on,colour", '"Rice, white;\tlong",pack,2026-11-01,red', "", ",,,", "Milk,l,,"]
    quoted = (
        lines[0].replace(",", separator),
        lines[1].replace('long",pack,2026-11-01,', f'long"{separator}pack{separator}2026-11-01{separator}'),
    )
    rest = [line.replace(",", separator) for line in lines[2:]]

    found = table(mark + end.join([*quoted, *rest]).encode())

    assert (found.columns, found.ignored) == (["name", "unit", "seen_on"], ["colour"])
    assert [(row.line, row.cells["name"]) for row in found.rows()] == [(2, "Rice, white;\tlong"), (5, "Milk")]


def test_a_quoted_cell_may_have_line_ends() -> None:
    rows = list(table('name,unit\r\n"Rice\r\nlong",pack\r\nMilk,l\r\n').rows())

    assert [(row.line, row.cells["name"]) for row in rows] == [(2, "Rice\r\nlong"), (4, "Milk")]


def test_a_garbled_row_does_not_take_others_along() -> None:
    rows = list(table('name,unit\n"Rice"x,pack\nMilk\nTea,pack,x\nSalt,kg').rows())

    assert [(row.line, row.error) for row in rows] == [(2, "row_garbled"), (3, "row_cells"), (4, "row_cells"), (5, "")]


@pytest.mark.parametrize(
    ("data", "key"),
    [
        (b"", "file_no_column"),
        (b"brand,unit\nx,kg\n", "file_no_column"),
        (b"name,Name\nx,y\n", "file_column_twice"),
        (b"PK\x03\x04 an archive called catalogue.csv", "file_not_text"),
        (b"\x1f\x8b\x08 packed", "file_not_text"),
        (b"\xd0\xcf\x11\xe0 an old spreadsheet", "file_not_text"),
        (b"%PDF-1.7", "file_not_text"),
        ("name,unit\nRice,kg".encode("utf-16"), "file_encoding"),
        ("name,unit\nPirinač,kg".encode("cp1250"), "file_encoding"),
        ("name,unit\nПиринач,kg".encode("cp1251"), "file_encoding"),
        (b"name,unit\nRice\x00,kg", "file_not_text"),
        (b"name," + b"x," * 1000, "file_columns"),
        (b"name," + b"x," * 1_000_000, "file_long_line"),
        (b"name\n" + b"x" * 10_000_000, "file_long_line"),
        (b"name\n" + b"x" * (LONGEST_LINE + 1), "file_long_line"),
        (b'name\n"never closed\n' + b"x\n" * 100_000, "file_open_quote"),
        (b'name\n"never closed', "file_open_quote"),
        (b"name\n" + b'"\n",' * 100_000, "file_open_quote"),
        (b"\xff" * 1000, "file_encoding"),
    ],
    ids=range(19),
)
def test_what_is_no_table_is_refused_as_a_whole(data: bytes, key: str) -> None:
    with pytest.raises(Invalid) as refusal:
        list(table(data).rows())

    assert (refusal.value.key, refusal.value.field) == (key, "file")


HALF = "x" * (LONGEST_LINE // 2 - 1)


@pytest.mark.parametrize(
    ("fits", "longest", "key"),
    [
        (f"{HALF}x{HALF}\n", LONGEST_LINE, "file_long_line"),
        (f'"{HALF}\n{HALF}\n{HALF}\n{HALF[2:]}"\n', LONGEST_RECORD, "file_open_quote"),
    ],
    ids=["line", "row"],
)
def test_lines_and_rows_are_as_long_as_is_said_and_no_longer(fits: str, longest: int, key: str) -> None:
    """A row may have several lines, in quotes."""
    assert len(fits) == longest

    assert len(list(table(f"name\n{fits}").rows())) == 1
    with pytest.raises(Invalid) as refusal:
        list(table(f"name\n{fits.replace('x', 'xx', 1)}").rows())
    assert refusal.value.key == key


def test_a_table_has_a_hundred_columns_at_most() -> None:
    assert len(table(("name" + ",x" * (MOST_COLUMNS - 1)).encode()).ignored) == MOST_COLUMNS - 1
    with pytest.raises(Invalid) as refusal:
        table(("name" + ",x" * MOST_COLUMNS).encode())
    assert refusal.value.key == "file_columns"


@given(st.binary(max_size=300))
def test_whatever_the_bytes_it_is_read_or_refused(data: bytes) -> None:
    try:
        for row in table(b"name,unit,price\n" + data).rows():
            READER.read(row)
    except Invalid as refusal:
        assert refusal.field == "file"
