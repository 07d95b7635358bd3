"""Days as people and spreadsheets write them."""

from __future__ import annotations

import re
from datetime import date, timedelta
from functools import lru_cache

from bulq.domain.lists.words import fold, latin
from bulq.domain.times import YEARS

ORDERS = ("dmy", "mdy", "ymd")
MONTHS = (
    "january jan januar janvier enero gennaio gen styczen stycznia sty leden ledna led январь января янв januara",
    "february feb februar fevrier fev febrero febbraio luty lutego lut unor unora uno февраль февраля фев februara",
    "march mar marz maerz mrz mars mart marta marzo marzec marca brezen brezna bre март марта мар",
    "april apr avril abril aprile kwiecien kwietnia kwi duben dubna dub апрель апреля апр aprila avr abr",
    "may mai maj maja mayo maggio mag kveten kvetna kve май мая",
    "june jun juni jun juin junio giugno giu czerwiec czerwca cze cerven cervna июнь июня июн juna",
    "july jul juli juillet julio luglio lug lipiec lipca lip cervenec cervence июль июля июл jula",
    "august aug aout agosto ago sierpien sierpnia sie srpen srpna srp август августа авг avgust avg avgusta",
    "september sep sept septembre septiembre settembre set wrzesien wrzesnia wrz zari сентябрь сентября сен сент "
    "septembar septembra",
    "october oct oktober okt octobre octubre ottobre ott pazdziernik pazdziernika paz rijen rijna октябрь октября "
    "окт oktobar oktobra",
    "november nov novembre noviembre novembar listopad listopada lis ноябрь ноября ноя нояб novembra",
    "december dec dezember dez decembre diciembre dicembre dic grudzien grudnia gru prosinec prosince pro декабрь "
    "декабря дек decembar decembra",
)  # fmt: skip
NUMBERS = re.compile(r"([0-9]{1,4})\s*[./\-\s]\s*([0-9]{1,2})\s*[./\-\s]\s*([0-9]{1,4})\.?")
TIME = re.compile(r"[T\s]+[0-9]{1,2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]+)?)?(?:Z|[+-][0-9:]{4,6})?$")
SERIAL = range(36_526, 73_415)  # 2000 to 2100 as days since the last of 1899
EPOCH = date(1899, 12, 30)


@lru_cache(maxsize=5_000)
def read_days(text: str) -> dict[str, date] | None:
    """The days a cell may mean, by the order that gives each; under "" if there is only one. None when it is no day."""
    cell = TIME.sub("", text.strip(" \u00a0'\"")[:40]).strip(" ,")
    if re.fullmatch(r"[0-9]{5}(?:[.,]0+)?", cell):
        serial = int(cell[:5])
        return {"": EPOCH + timedelta(days=serial)} if serial in SERIAL else None
    if re.fullmatch(r"[0-9]{8}|[0-9]{4}-?W[0-9]{2}-?[0-9]|[0-9]{4}-[0-9]{2}-[0-9]{2}", cell):
        return _one(_iso(cell))
    if match := re.fullmatch(r"([0-9]{1,2})\.\s*([0-9]{1,2})\.\s*([0-9]{4}|[0-9]{2})\.?", cell):
        return _one(_day(match[3], match[2], match[1]))  # nobody who writes points begins with the month
    if match := NUMBERS.fullmatch(cell):
        return _of_numbers(match[1], match[2], match[3])
    return _one(_with_month(cell))


def _one(day: date | None) -> dict[str, date] | None:
    return {"": day} if day is not None and day.year in YEARS else None


def _iso(cell: str) -> date | None:
    try:
        return date.fromisoformat(cell)
    except ValueError:
        return None


def _of_numbers(first: str, second: str, third: str) -> dict[str, date] | None:
    if len(first) >= 3:
        return _one(_day(first, second, third))
    found = {"dmy": _day(third, second, first), "mdy": _day(third, first, second)}
    if len(third) <= 2:
        found["ymd"] = _day(first, second, third)
    days = {order: day for order, day in found.items() if day is not None}
    if not days:
        return None
    return {"": next(iter(days.values()))} if len(set(days.values())) == 1 else days


def _day(year: str, month: str, day: str) -> date | None:
    try:
        found = date(int(year) if len(year) > 2 else 2000 + int(year), int(month), int(day))
    except ValueError:
        return None
    return found if found.year in YEARS else None


def _with_month(cell: str) -> date | None:
    """A day whose month is a word: "28. Nov 2026", "November 28, 2026"."""
    words = fold(cell).split()
    months = [number for word in words if (number := _MONTHS.get(word) or _MONTHS.get(latin(word)))]
    numbers = [re.sub("(st|nd|rd|th)$", "", word) for word in words if word[0].isdigit()]
    years = [each for each in numbers if len(each) == 4]
    days = [each for each in numbers if len(each) <= 2]
    if len(days) == 2 and not years:
        days, years = days[:1], days[1:]
    if (len(months), len(days), len(years)) != (1, 1, 1) or not all(each.isdecimal() for each in (*days, *years)):
        return None
    return _day(years[0], str(months[0]), days[0])


_MONTHS = {fold(name): number for number, names in enumerate(MONTHS, 1) for name in names.split()}
