"""A run as CSV for a spreadsheet. The tables of "everything" follow each other, with an empty line between."""

from __future__ import annotations

import csv
import io
from enum import StrEnum

from bulq.domain.exports import What, harmless
from bulq.domain.quantities import plain
from bulq.exports.tables import Cell, Number, tables
from bulq.queries.export import RunExport


class Separator(StrEnum):
    COMMA = "comma"
    SEMICOLON = "semicolon"


def as_csv(export: RunExport, what: What, separator: Separator, language: str) -> bytes:
    """With a comma between cells numbers have a point; with a semicolon, where Excel wants that, a comma.

    A byte order mark says that it is UTF-8.
    """
    out = io.StringIO()
    semicolon = separator is Separator.SEMICOLON
    writer = csv.writer(out, delimiter=";" if semicolon else ",")
    for place, table in enumerate(tables(export, what, language)):
        if place:
            writer.writerow([])
        writer.writerow(map(harmless, table.columns))
        for row in table.rows:
            writer.writerow([written(cell, "," if semicolon else ".") for cell in row])
    return out.getvalue().encode("utf-8-sig")


def written(cell: Cell, point: str) -> str:
    if cell is None:
        return ""
    if isinstance(cell, Number):
        return plain(cell.value, cell.places, padded=cell.padded, point=point)
    return harmless(cell)
