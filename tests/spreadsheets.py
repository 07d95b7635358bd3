"""One price list as three kinds of spreadsheets. cases/goods.xls holds what the others are made of; xlwt wrote it."""

from __future__ import annotations

import zipfile
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from xml.sax.saxutils import escape

import openpyxl

Value = str | float | date | None

XLS = Path(__file__).parent / "cases/goods.xls"
# From the second column and row on: below a line, with an empty row between and one before the last.
GOODS: Sequence[Sequence[Value]] = (
    ("Hof Süd, week 48",),
    (),
    ("Article", "EAN", "Unit", "Price", "Date"),
    ("Käse, jung", 4006381333931, "kg", 11.94, date(2026, 11, 28)),
    ("Haferflocken 500 g", "4,00638E+12", "bag", 2, date(2026, 11, 2)),
    ("Яйца 10er", "20000004", "pack", 3.1, "27.11.2026"),
    ("Senf", "4006381333932", "jar", 1.005, None),
    (),
    ("Pfand",),
)
COVER: Sequence[Sequence[Value]] = (("Hof Süd: prices",),)
OLD: Sequence[Sequence[Value]] = (("Article", "Price"), ("Old", 1.0))
# What is to be read of GOODS: lines from 1 on, and cells as somebody would type them.
READ = [
    (2, ["", "Hof Süd, week 48"]),
    (4, ["", "Article", "EAN", "Unit", "Price", "Date"]),
    (5, ["", "Käse, jung", "4006381333931", "kg", "11.94", "2026-11-28"]),
    (6, ["", "Haferflocken 500 g", "4,00638E+12", "bag", "2", "2026-11-02"]),
    (7, ["", "Яйца 10er", "20000004", "pack", "3.1", "27.11.2026"]),
    (8, ["", "Senf", "4006381333932", "jar", "1.005"]),
    (10, ["", "Pfand"]),
]


def write_xls(path: Path) -> None:
    path.write_bytes(XLS.read_bytes())


def write_xlsx(path: Path) -> None:
    book = openpyxl.Workbook()
    book.remove(book.worksheets[0])
    for name, rows, corner in (("Cover", COVER, 1), ("Goods", GOODS, 2), ("Old", OLD, 1)):
        sheet = book.create_sheet(name)
        for line, row in enumerate(rows, corner):
            for column, value in enumerate(row, corner):
                sheet.cell(line, column, value)
    book["Old"].sheet_state = "hidden"
    book.save(path)


def write_ods(path: Path) -> None:
    """With repeated empty rows and cells, as office programs fill up their sheets."""
    tables = _table("Cover", COVER, 0) + _table("Goods", GOODS, 1) + _table("Old", OLD, 0, style="hidden")
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        kind = "application/vnd.oasis.opendocument.spreadsheet"
        archive.writestr("mimetype", kind, zipfile.ZIP_STORED)
        archive.writestr("content.xml", CONTENT.format(tables=tables))
        entry = f'<manifest:file-entry manifest:full-path="/" manifest:media-type="{kind}"/>'
        archive.writestr(
            "META-INF/manifest.xml",
            f'<manifest:manifest xmlns:manifest="{NAMES}manifest:1.0">{entry}</manifest:manifest>',
        )


NAMES = "urn:oasis:names:tc:opendocument:xmlns:"
CONTENT = f"""<?xml version="1.0" encoding="UTF-8"?>
<office:document-content office:version="1.3" xmlns:office="{NAMES}office:1.0" xmlns:table="{NAMES}table:1.0"
 xmlns:text="{NAMES}text:1.0" xmlns:style="{NAMES}style:1.0"><office:automatic-styles>
<style:style style:name="shown" style:family="table"><style:table-properties table:display="true"/></style:style>
<style:style style:name="hidden" style:family="table"><style:table-properties table:display="false"/></style:style>
</office:automatic-styles><office:body><office:spreadsheet>{{tables}}</office:spreadsheet></office:body>
</office:document-content>"""


def _table(name: str, rows: Sequence[Sequence[Value]], corner: int, style: str = "shown") -> str:
    empty = '<table:table-cell table:number-columns-repeated="{}"/>'
    filled = [(empty.format(corner) if corner else "") + "".join(map(_cell, row)) + empty.format(900) for row in rows]
    above = f'<table:table-row table:number-rows-repeated="{corner}">{empty.format(900)}</table:table-row>'
    body = (above if corner else "") + "".join(f"<table:table-row>{cells}</table:table-row>" for cells in filled)
    below = f'<table:table-row table:number-rows-repeated="1048000">{empty.format(900)}</table:table-row>'
    return f'<table:table table:name="{name}" table:style-name="{style}">{body}{below}</table:table>'


def _cell(value: Value) -> str:
    if value is None:
        return "<table:table-cell/>"
    if isinstance(value, date):
        kind = f'office:value-type="date" office:date-value="{value.isoformat()}"'
    elif isinstance(value, str):
        kind = 'office:value-type="string"'
    else:
        kind = f'office:value-type="float" office:value="{value}"'
    return f"<table:table-cell {kind}><text:p>{escape(str(value))}</text:p></table:table-cell>"
