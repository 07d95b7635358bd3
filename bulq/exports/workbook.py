"""A run as a spreadsheet: a sheet for each table, one for people's sums and one that says what it all is."""

from __future__ import annotations

import io
from datetime import datetime
from decimal import Decimal

from openpyxl import Workbook
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from bulq.domain.exports import What, harmless
from bulq.exports.facts import facts, remarks
from bulq.exports.tables import Cell, Number, Table, names_in, packing, people_of, tables
from bulq.i18n import exponent, text
from bulq.queries.export import RunExport

BOLD = Font(bold=True)
SHADE = PatternFill("solid", fgColor="E8EFE9")
TOP, WRAPPED = Alignment(vertical="top"), Alignment(vertical="top", wrap_text=True)
WIDEST = 60  # characters of a column


def as_xlsx(export: RunExport, what: What, language: str, now: datetime) -> bytes:
    book = Workbook()
    book.remove(book.worksheets[0])
    for table in tables(export, what, language):
        _sheet(book, table)
    if what is What.EVERYTHING:
        _sheet(book, packing(export, language))
    if what in (What.EVERYTHING, What.STATEMENTS):
        _sheet(book, _sums(export, what, language), total=True)
    _about(book, export, language, now)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _sheet(book: Workbook, table: Table, *, total: bool = False) -> None:
    sheet: Worksheet = book.create_sheet(table.title[:31])
    for place, column in enumerate(table.columns, 1):
        _put(sheet, 1, place, column)
        cell = sheet.cell(1, place)
        cell.font, cell.fill = BOLD, SHADE
        cell.alignment = WRAPPED
    for line, row in enumerate(table.rows, 2):
        for place, value in enumerate(row, 1):
            _put(sheet, line, place, value)
    if total:
        for cell in sheet[sheet.max_row]:
            cell.font = BOLD
    sheet.freeze_panes = f"{get_column_letter(table.fixed + 1)}2"
    last = len(table.rows) + (not total)
    if last > 1:
        sheet.auto_filter.ref = f"A1:{get_column_letter(len(table.columns))}{last}"
    _fit(sheet, table)
    sheet.print_title_rows = "1:1"
    sheet.page_setup.orientation, sheet.page_setup.fitToHeight = "landscape", 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True  # pyright: ignore[reportOptionalMemberAccess]


def _put(sheet: Worksheet, line: int, place: int, value: Cell) -> None:
    if value is None or value == "":
        return
    if isinstance(value, Number):
        cell = sheet.cell(line, place, Decimal(value.value).scaleb(-value.places))
        cell.number_format, cell.alignment = _format(value), TOP
        return
    cell = sheet.cell(line, place, harmless(value))
    cell.data_type = "s"  # whatever it looks like
    cell.alignment = WRAPPED if len(value) > WIDEST else TOP


def _format(number: Number) -> str:
    if number.padded:
        return f"#,##0.{'0' * number.places}" if number.places else "#,##0"
    # A format with optional decimals alone would leave a lonely point behind whole numbers.
    return "#,##0" if number.value % 10**number.places == 0 else f"#,##0.{'#' * number.places}"


def _fit(sheet: Worksheet, table: Table) -> None:
    for place, column in enumerate(table.columns):
        lengths = [len(cell) if isinstance(cell, str) else 10 for row in table.rows if (cell := row[place]) is not None]
        width = min(WIDEST, max([len(column) + 2, *lengths]))
        sheet.column_dimensions[get_column_letter(place + 1)].width = width + 2


def _sums(export: RunExport, what: What, language: str) -> Table:
    """What each person's statement comes to and what they paid, with the sum of all."""
    names, places = names_in(export, language), exponent(export.currency)
    payers = [person for person in export.people if person.paid]
    people = {person.user_id: person for person in [*people_of(export, what), *payers]}

    def amount(minor: int) -> Number:
        return Number(minor, places, padded=True)

    rows: list[list[Cell]] = [
        [names[person.user_id], person.username, amount(person.total), amount(person.paid), export.currency]
        for person in export.people
        if person.user_id in people
    ]
    if export.left_cost:
        rows.append([text("export.left_over", language), None, amount(export.left_cost), None, export.currency])
    if export.unshared:
        rows.append([text("export.unshared", language), None, amount(export.unshared), None, export.currency])
    rows.append([text("export.total", language), None, amount(export.total), amount(export.paid), export.currency])
    columns = ("person", "username", "sum", "paid_at_till", "currency")
    return Table(text("export.people", language), [text(f"export.{each}", language) for each in columns], rows)


def _about(book: Workbook, export: RunExport, language: str, now: datetime) -> None:
    sheet: Worksheet = book.create_sheet(text("export.about", language)[:31])
    for line, (label, value) in enumerate(facts(export, language, now), 1):
        sheet.cell(line, 1, label).font = BOLD
        _put(sheet, line, 2, value)
    for line, remark in enumerate(remarks(export, language), sheet.max_row + 2):
        _put(sheet, line, 1, remark)
    sheet.column_dimensions["A"].width, sheet.column_dimensions["B"].width = 22, WIDEST
