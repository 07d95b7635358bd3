"""Which file it is: kind, name and content."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from bulq.domain.exports import What
from bulq.exports.commas import Separator, as_csv
from bulq.exports.document import as_json
from bulq.queries.export import RunExport


class Kind(StrEnum):
    CSV = "csv"
    XLSX = "xlsx"
    JSON = "json"
    PDF = "pdf"


MEDIA_TYPES = {
    Kind.CSV: "text/csv",
    Kind.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    Kind.JSON: "application/json",
    Kind.PDF: "application/pdf",
}
ENDINGS = {what: f"-{what}" for what in What} | {What.EVERYTHING: ""}


@dataclass(frozen=True, slots=True)
class File:
    name: str
    media_type: str
    content: bytes


def file_of(export: RunExport, kind: Kind, what: What, separator: Separator, language: str, now: datetime) -> File:
    """The libraries of spreadsheets and PDF take 25 MB of memory: they are loaded by who asks for such a file first."""
    match kind:
        case Kind.CSV:
            content = as_csv(export, what, separator, language)
        case Kind.XLSX:
            from bulq.exports.workbook import as_xlsx

            content = as_xlsx(export, what, language, now)
        case Kind.JSON:
            content = as_json(export, what, language, now)
        case Kind.PDF:
            from bulq.exports.paper import as_pdf

            content = as_pdf(export, what, language, now)
    name = f"bulq-{export.shopping_day or export.started_on}-{export.id[-6:]}{ENDINGS[what]}.{kind}"
    return File(name, MEDIA_TYPES[kind], content)
