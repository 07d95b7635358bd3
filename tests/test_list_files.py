"""Files of lists are read whatever encoding, separator or kind they have, and never without bounds."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import openpyxl
import pytest

from bulq.domain.errors import Invalid
from bulq.lists.delimited import guess_separator, rows_of
from bulq.lists.encodings import is_clear, ranked
from bulq.lists.files import ListFile, opened_copy

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
