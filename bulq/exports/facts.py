"""What every file says about the run it is of."""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

from babel.dates import format_time

from bulq.domain.exports import Basis
from bulq.exports.tables import names_in
from bulq.i18n import day, locale, text
from bulq.queries.export import RunExport


def facts(export: RunExport, language: str, now: datetime) -> list[tuple[str, str]]:
    """Labels with what is known; what isn't is left out."""
    names = names_in(export, language)
    known = [
        ("group", export.group),
        ("store", export.store),
        ("shopping_day", shopping_day(export, language)),
        ("phase", text(f"phase.{export.phase}", language)),
        ("leader", names.get(export.leader_id, "")),
        ("currency", export.currency),
        ("note", export.note),
        ("cancel_reason", export.cancel_reason),
        ("made", made_at(export, language, now)),
    ]
    return [(text(f"export.{key}", language), value) for key, value in known if value]


def remarks(export: RunExport, language: str, *, costs: bool = True) -> list[str]:
    """What a reader might get wrong; without `costs` of what has none in it."""
    said = [text(f"export.basis.{export.basis}", language)] if costs else []
    if costs and export.unpriced and export.basis is not Basis.FINAL:
        said.append(text("export.unpriced", language, count=export.unpriced))
    if any(name != person.name for person, name in _called(export, language)):
        said.append(text("export.same_names", language))
    return said


def _called(export: RunExport, language: str):
    names = names_in(export, language)
    return [(person, names[person.user_id]) for person in export.people]


def shopping_day(export: RunExport, language: str) -> str:
    return _with_year(export.shopping_day, language) if export.shopping_day else ""


def made_at(export: RunExport, language: str, now: datetime) -> str:
    local = now.astimezone(ZoneInfo(export.time_zone))
    time = format_time(local, text("format.time", language), locale=locale(language))
    return text("export.made_at", language, day=_with_year(local.date(), language), time=time, zone=export.time_zone)


def _with_year(value: date, language: str) -> str:
    """Paper is looked at in later years, too."""
    return text("export.day", language, day=day(value, language), year=value.year)
