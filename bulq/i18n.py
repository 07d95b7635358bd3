"""Texts, money, numbers and times in a person's language, for everything that is written on the server."""

from __future__ import annotations

import copy
import json
import logging
import re
from collections.abc import Mapping
from datetime import date, datetime, tzinfo
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo, available_timezones

from babel import Locale, UnknownLocaleError
from babel.core import get_global
from babel.dates import format_date, format_time
from babel.numbers import format_decimal, get_currency_name, get_currency_symbol

from bulq.config import Environment, settings
from bulq.domain.phases import Unit
from bulq.domain.prices import COMPARED, ONE, SMALL, Offer, content_in, shown_price
from bulq.domain.searching import says_content

LANGUAGES = ("en",)
CATALOGUES = Path(__file__).parent.parent / "assets" / "locales"

# ISO 4217 exponents that are not 2. CLDR, which Babel carries, tells how many decimals are usual in shops (none for
# RSD), not how the currency is divided.
_WHOLE: tuple[str, ...] = (
    "BIF",
    "CLP",
    "DJF",
    "GNF",
    "ISK",
    "JPY",
    "KMF",
    "KRW",
    "PYG",
    "RWF",
    "UGX",
    "VND",
    "VUV",
    "XAF",
    "XOF",
    "XPF",
)
_THOUSAND: tuple[str, ...] = ("BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND")
_EXPONENTS = {**dict.fromkeys(_WHOLE, 0), **dict.fromkeys(_THOUSAND, 3)}
_REGIONS = ("Africa/", "America/", "Antarctica/", "Asia/", "Atlantic/", "Australia/", "Europe/", "Indian/", "Pacific/")

log = logging.getLogger(__name__)


class MissingText(KeyError):
    """The catalogue has no such key."""


def text(key: str, language: str = "en", **values: object) -> str:
    """The text under a dotted key with its `{{values}}` filled in; `count` chooses the plural form."""
    found = _lookup(key, language, values.get("count"))
    if found is None:
        if settings.env is not Environment.PRODUCTION:
            raise MissingText(f"{key} is not in {language}.json")
        log.error("missing text %s in %s", key, language)
        return key.rsplit(".", 1)[-1].replace("_", " ")
    return re.sub(r"\{\{\s*(\w+)\s*\}\}", lambda found: str(values.get(found[1], found[0])), found)


def _lookup(key: str, language: str, count: object) -> str | None:
    texts = catalogue(language)
    if isinstance(count, int | float | Decimal):
        form = locale(language).plural_form(abs(count))
        for ending in (form, "other"):
            if (found := texts.get(f"{key}_{ending}")) is not None:
                return found
    found = texts.get(key)
    return catalogue("en").get(key) if found is None and language != "en" else found


@lru_cache
def catalogue(language: str) -> dict[str, str]:
    """All texts of a language under their dotted keys; an unknown language reads like English."""
    path = CATALOGUES / f"{language if language in LANGUAGES else 'en'}.json"
    return dict(_flatten(json.loads(path.read_text(encoding="utf-8"))))


def _flatten(tree: dict[str, Any], prefix: str = "") -> list[tuple[str, str]]:
    pairs: list[tuple[str, str]] = []
    for name, value in tree.items():
        pairs += _flatten(value, f"{prefix}{name}.") if isinstance(value, dict) else [(prefix + name, value)]
    return pairs


def language_name(code: str, language: str = "en") -> str:
    """What a language is called in another: "sr" is "Serbian"; empty for none."""
    return locale(language).languages.get(code, code)


@lru_cache
def locale(language: str) -> Locale:
    try:
        return Locale.parse(language.replace("-", "_"))
    except (UnknownLocaleError, ValueError):
        return Locale("en")


def exponent(currency: str) -> int:
    """How many decimal places the minor unit of an ISO 4217 currency has."""
    return _EXPONENTS.get(currency, 2)


def currency_signs(currency: str) -> frozenset[str]:
    """How people write this currency and none else: its code and sign, the dollar alone only for the US dollar."""
    return frozenset({currency, get_currency_symbol(currency, "en")})


def money(minor: int, currency: str, language: str = "en", *, symbol: bool = True) -> str:
    """An amount in minor units with all its decimals; without `symbol` just the figure, for columns of one currency."""
    places = exponent(currency)
    amount = Decimal(minor).scaleb(-places)
    formats = locale(language).currency_formats if symbol else locale(language).decimal_formats
    pattern = copy.copy(formats["standard" if symbol else None])
    pattern.frac_prec = (places, places)
    shown = pattern.apply(amount, locale(language), currency=currency if symbol else None, currency_digits=False)
    # CLDR wants a gap between a code of letters and the figure; Babel leaves it out.
    return re.sub(r"(?:(?<=[^\W\d_])|(?<=[^\W\d_]\.))(?=\d)", "\N{NO-BREAK SPACE}", shown)


def number(thousandths: int, language: str = "en") -> str:
    """A quantity in thousandths without trailing zeros: 1250 is "1.25"."""
    return format_decimal(Decimal(thousandths).scaleb(-3).normalize(), "#,##0.###", locale(language))


def count_of(things: int, language: str = "en") -> str:
    """How many, with separators: 12345 is "12,345"."""
    return format_decimal(things, locale=locale(language))


def size_of(count: int, language: str = "en") -> str:
    """A size in bytes: 1536000 is "1.5 MB"."""
    size, units = Decimal(count), ["B", "kB", "MB", "GB", "TB"]
    while size >= 1000 and len(units) > 1:
        size, units = size / 1000, units[1:]
    return f"{format_decimal(size, '#,##0.#', locale(language))} {units[0]}"


def quantity(thousandths: int, unit: str, language: str = "en") -> str:
    """A quantity with its unit: "9 packs", "2.5 kg"."""
    name = text(f"unit.{unit}", language, count=Decimal(thousandths).scaleb(-3).normalize())
    return text("format.quantity", language, amount=number(thousandths, language), unit=name)


AMOUNTS = ("before", "after", "seen", "current", "amount")
QUANTITIES = ("quantity", "seen_quantity", "current_quantity")


def with_amounts(values: Mapping[str, Any], language: str = "en") -> dict[str, Any]:
    """The values of a sentence with its numbers in words.

    With a "unit" QUANTITIES are thousandths of it. With a "currency" AMOUNTS are money, else quantities of the unit.
    """
    unit, currency = values.get("unit"), values.get("currency")
    shown = dict(values)
    for name in values.keys() & {*AMOUNTS, *QUANTITIES}:
        if currency and name in AMOUNTS:
            shown[name] = money(int(values[name]), str(currency), language)
        elif unit:
            shown[name] = quantity(int(values[name]), str(unit), language)
    return shown


def product_name(name: str, content: str, language: str = "en") -> str:
    """The name with the content, a `content_key`: "Rice, 5 kg". Only the name where it says that content itself."""
    found = content_in(content)
    if found is None or says_content(name, content):
        return name
    return text("format.product", language, name=name, content=quantity(*found, language))


def unit_name(unit: str, language: str = "en") -> str:
    """What one of the unit is called: "pack"."""
    return text(f"unit.{unit}", language, count=1)


def price(offer: Offer, unit: str, currency: str, language: str = "en", *, symbol: bool = False) -> str:
    """An offer to be read: "7.99 / pack", "0.99 / 250 g", "about 10.01 / kg", "8.00 / pack from 6 packs".

    Of what is sold in packs only "0.90 / piece in cases of 6 pieces".
    """
    shown, exact = shown_price(offer.price, Unit(unit))
    key = "format.price" if exact else "format.price_about"
    what = money(shown.amount, currency, language, symbol=symbol)
    said = text(key, language, price=what, quantity=price_quantity(shown.per, unit, language))
    if offer.pack:
        said = text("format.price_pack", language, price=said, quantity=quantity(offer.pack, unit, language))
    if offer.minimum == offer.pack:
        return said
    return text("format.price_from", language, price=said, quantity=quantity(offer.minimum, unit, language))


def price_quantity(per: int, unit: str, language: str = "en") -> str:
    """What a price is for: "pack", "3 packs", "250 g", "kg"."""
    if per == ONE:
        return unit_name(unit, language)
    if unit in SMALL and per == ONE * ONE:
        return unit_name(COMPARED[Unit(unit)][0], language)
    return quantity(per, unit, language)


def day(value: date, language: str = "en") -> str:
    """A day near today, without its year: "Sat 28 Nov"."""
    return format_date(value, text("format.day", language), locale(language))


def full_day(value: date, language: str = "en") -> str:
    """A day of any year: "28 Nov 2026"."""
    return format_date(value, text("format.full_day", language), locale(language))


def moment(value: datetime, tz: str | tzinfo, language: str = "en") -> str:
    """A point in time as the clock of that zone shows it: "Sat 28 Nov, 18:30"."""
    local = value.astimezone(ZoneInfo(tz) if isinstance(tz, str) else tz)
    return (
        f"{day(local.date(), language)}, {format_time(local, text('format.time', language), locale=locale(language))}"
    )


@lru_cache
def currencies(language: str = "en") -> tuple[tuple[str, str], ...]:
    """(code, name) of every currency that is legal tender somewhere today, by code."""
    used = {
        code
        for entries in get_global("territory_currencies").values()
        for code, _start, end, tender in entries
        if tender and end is None
    }
    return tuple((code, get_currency_name(code, locale=locale(language))) for code in sorted(used))


@lru_cache
def time_zones() -> tuple[str, ...]:
    """Names of time zones a person would look for: places, no abbreviations and no aliases of whole countries."""
    return ("UTC", *sorted(zone for zone in available_timezones() if zone.startswith(_REGIONS)))
