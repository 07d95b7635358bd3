"""Files of lists are read whatever encoding, separator or kind they have, and never without bounds."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bulq.domain.errors import Invalid
from bulq.lists.delimited import guess_separator, rows_of
from bulq.lists.encodings import is_clear, marked, ranked
from bulq.lists.files import ListFile, opened_copy
from tests import spreadsheets

CODES = frozenset({"EUR"})


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        ("Käsekuchen;Größe;Möhren 2,90 €", "cp1252"),
        ("Crème fraîche;pièce;Pâté", "cp1252"),
        ("Caffè;più;tè", "cp1252"),
        ("Čokolada sa lešnicima;šećer", "cp1250"),
        ("Mąka żytnia;ser żółty", "cp1250"),
        ("Sýr měkký;čerstvé mléko", "cp1250"),
        ("Гречка ядрица;Сахар-песок;Масло", "cp1251"),
        ("Чај од нане;брашно", "cp1251"),
        ("Гречка ядрица;Рис", "koi8-r"),
        ("Šifra;Šećer;Čaj", "iso8859-2"),
        ("Šifra;Šećer;Čaj", "cp852"),
        ("Ελιές Καλαμών;τυρί", "cp1253"),
    ],
)
def test_letters_that_make_sense_tell_the_encoding(text: str, encoding: str) -> None:
    guesses = ranked(text.encode(encoding))

    assert text.encode(encoding).decode(guesses[0].encoding) == text and is_clear(guesses)


@pytest.mark.parametrize(
    ("text", "encoding"),
    [("Reis, weiß", "cp1252"), ("Café et mûre", "cp1252"), ("Ñoquis", "cp1252"), ("ПЕЛЬМЕНИ", "cp1251")],
)
def test_of_encodings_that_make_as_much_sense_the_commonest_is_offered_first(text: str, encoding: str) -> None:
    guesses = ranked(text.encode(encoding))

    assert guesses[0].encoding == encoding and not is_clear(guesses)


def test_too_few_letters_are_asked_about() -> None:
    file = io.BytesIO("Товар;Цена\nЧай;1,00\n".encode("cp1251"))
    assert ListFile(file, {}, CODES).encoding == "cp1251"

    unclear = ListFile(io.BytesIO("Item;Price\nКОМПОТ;1,00\n".encode("cp1251")), {}, CODES)
    (asked,) = unclear.questions
    assert asked.id == "encoding" and "cp1251" in {choice.value for choice in asked.choices}
    given = ListFile(io.BytesIO("Item;Price\nКОМПОТ;1,00\n".encode("cp1251")), {"encoding": "koi8-r"}, CODES)
    assert given.encoding == "koi8-r" and not given.questions


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
def test_unicode_with_and_without_a_mark(encoding: str) -> None:
    found = ListFile(io.BytesIO("Ware;Preis\nKäse;2,00\n".encode(encoding)), {}, CODES)

    assert list(found.rows()) == [(1, ["Ware", "Preis"]), (2, ["Käse", "2,00"])]


def _zeros(length: int, even: int, odd: int) -> bytes:
    """So many pairs of bytes, of which some have a zero in front, and some behind."""
    pairs = [[0xAB, 0xAB] for _ in range(length)]
    for at in range(even):
        pairs[at][0] = 0
    for at in range(odd):
        pairs[-1 - at][1] = 0
    return bytes(each for pair in pairs for each in pair)


@pytest.mark.parametrize(
    ("start", "encoding"),
    [
        ("a;".encode("utf-16-le"), "utf-16-le"),
        ("a;".encode("utf-16-be"), "utf-16-be"),
        (b"a\0b", None),
        ("Товар;Цена\nЧай;12,50\n".encode("utf-16-le"), "utf-16-le"),
        ("Товар;Цена\nЧай;12,50\n".encode("utf-16-be"), "utf-16-be"),
        (_zeros(10, 0, 4), "utf-16-le"),
        (_zeros(10, 0, 3), None),
        (_zeros(1000, 61, 0), "utf-16-be"),
        (_zeros(1000, 60, 0), None),
        (_zeros(30, 20, 1), "utf-16-be"),
        (_zeros(30, 19, 1), None),
        (b"", None),
    ],
)
def test_zeros_on_one_side_tell_utf_16(start: bytes, encoding: str | None) -> None:
    assert marked(start) == encoding


@pytest.mark.parametrize(
    ("lines", "separator"),
    [
        (["sep=|", "a|b,c;d"], "|"),
        (["a;b", "1,5;2,5", "1,0;3,5"], ";"),
        (["a\tb;c\td", "1\t2\t3"], "\t"),
        (["Rice, white,2.50", "Salt,1.00", '"Tea, black",3.00'], ","),
        (["a^b^c", "1^2^3"], "^"),
    ],
)
def test_the_separator_is_said_or_seen(lines: list[str], separator: str) -> None:
    assert guess_separator(lines) == separator


@pytest.mark.parametrize(
    ("text", "rows"),
    [
        ('"Two\nlines";kg\nTea;kg\n', [["Two\nlines", "kg"], ["Tea", "kg"]]),
        ('"a;b";kg\n', [["a;b", "kg"]]),
        ('"5"" plate";kg\nTea;kg\n', [['5" plate', "kg"], ["Tea", "kg"]]),
        ('5" plate;kg\nTea;kg\n', [['5" plate', "kg"], ["Tea", "kg"]]),
        ('Tea; "Two\nlines"\n', [["Tea", "Two\nlines"]]),
    ],
)
def test_quotes_around_a_cell_hold_it_together(text: str, rows: list[list[str]]) -> None:
    assert [cells for _line, cells in rows_of(io.BytesIO(text.encode()), "utf-8", ";")] == rows


@given(st.text('ab;" \t\n', max_size=30), st.sampled_from(";\t"))
@example('Tea; "a\nb', ";")
@example('Tea; "a\nb"\n', ";")
@example('Tea\t "a\nb"\n', "\t")
@example('Tea;\t"a\nb"\n', ";")
def test_no_letter_is_lost_whatever_the_quotes(text: str, separator: str) -> None:
    read = "".join(cell for _line, cells in rows_of(io.BytesIO(text.encode()), "utf-8", separator) for cell in cells)

    assert re.findall("[a-z]", read, re.I) == re.findall("[a-z]", text, re.I)


def test_a_quote_that_is_never_closed_is_none() -> None:
    text = 'name;unit\n"Best oats;kg\nPlate 5" round;Stk\n"Two\nlines";kg\nTea;kg\n'

    rows = list(rows_of(io.BytesIO(text.encode()), "utf-8", ";"))

    assert [cells[0] for _line, cells in rows][-1] == "Tea"
    assert len(rows) >= 4


def workbook(path: Path) -> None:
    book = openpyxl.Workbook()
    book.active.append(["Cover"])  # pyright: ignore
    goods = book.create_sheet("Goods")
    for row in (["Article", "EAN", "Price", "Date"], ["Oats", 4006381333931, 11.94, None], ["Rye", None, 12, None]):
        goods.append(row)
    hidden = book.create_sheet("Old")
    hidden.append(["Article", "Price"])
    hidden.sheet_state = "hidden"
    book.save(path)


def test_the_sheet_with_the_goods_is_read_with_numbers_as_they_are_typed(tmp_path: Path) -> None:
    workbook(tmp_path / "list.xlsx")

    with opened_copy(tmp_path / "list.xlsx") as file:
        found = ListFile(file, {}, CODES)
        rows = list(found.rows())

    assert (found.sheet, found.sheets, found.questions) == ("Goods", ["Sheet", "Goods"], [])
    assert rows[1:] == [(2, ["Oats", "4006381333931", "11.94"]), (3, ["Rye", "", "12"])]


@pytest.mark.parametrize("write", [spreadsheets.write_xls, spreadsheets.write_xlsx, spreadsheets.write_ods])
def test_every_kind_of_spreadsheet_reads_the_same(tmp_path: Path, write: Callable[[Path], None]) -> None:
    write(tmp_path / "list")

    with opened_copy(tmp_path / "list") as file:
        found = ListFile(file, {}, CODES)

        assert (found.sheet, found.sheets, found.questions) == ("Goods", ["Cover", "Goods"], [])
        assert list(found.rows()) == spreadsheets.READ


def _bomb(path: Path) -> None:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        with archive.open("xl/worksheets/sheet1.xml", "w") as sheet:
            for _ in range(600):
                sheet.write(b" " * 1_000_000)


def _far(path: Path) -> None:
    book = openpyxl.Workbook()
    book.active["A1"], book.active["XFD1048576"] = "Article", 1  # pyright: ignore
    book.save(path)


@pytest.mark.parametrize(
    ("make", "key"),
    [
        (_bomb, "file_large_inside"),
        (_far, "file_large_inside"),
        (lambda path: path.write_bytes(b"PK\x03\x04 no archive"), "file_not_list"),
        (lambda path: path.write_bytes(b"\xd0\xcf\x11\xe0" + b"x" * 600), "file_not_list"),
        (lambda path: path.write_bytes(b"%PDF-1.7"), "file_not_list"),
        (lambda path: path.write_bytes(b"a;b\n\x00\x01\xff\xfe\x80"), "file_not_list"),
    ],
    ids=["bomb", "far", "archive", "old", "pdf", "binary"],
)
def test_what_is_no_list_or_too_large_inside_is_refused(tmp_path: Path, make: object, key: str) -> None:
    assert callable(make)
    make(tmp_path / "list")

    with pytest.raises(Invalid) as refusal, opened_copy(tmp_path / "list") as file:
        ListFile(file, {}, CODES)

    assert (refusal.value.key, refusal.value.field) == (key, "file")
