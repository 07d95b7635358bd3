"""Facts as texts in the language of the page: written by the browser."""

from __future__ import annotations

from typing import Any

import reflex as rx
from reflex.vars.base import LiteralVar, VarData

from bulq.components.facts import imported
from bulq.components.texts import section, t

FORMAT = "$/public/format.js"


def _format(method: str, *arguments: Any, words: tuple[str, ...] = ()) -> rx.Var[str]:
    filled = [LiteralVar.create(each) for each in arguments]
    data = VarData.merge(
        VarData(imports=imported(FORMAT, "useFormat"), hooks={"const format = useFormat()": None}),
        *(section(name) for name in words),
        *(each._get_all_var_data() for each in filled),
    )
    written = ", ".join(str(each) for each in filled)
    return rx.Var(_js_expr=f"format.{method}({written})", _var_type=str, _var_data=data).to(str)


def money(minor: Any, currency: Any, *, symbol: bool = True) -> rx.Var[str]:
    """ "€12.50", or "12.50" without a symbol; nothing for None."""
    return _format("money", minor, currency, symbol)


def number(thousandths: Any) -> rx.Var[str]:
    """ "1.25" """
    return _format("number", thousandths)


def unit(name: Any, thousandths: Any) -> rx.Var[str]:
    """The word for so many of a unit: "pack", "packs"."""
    return _format("unit", name, thousandths, words=("unit",))


def quantity(thousandths: Any, unit: Any) -> rx.Var[str]:
    """ "9 packs" """
    return _format("quantity", thousandths, unit, words=("unit", "format"))


def price(seen: Any, unit: Any, currency: Any, *, symbol: bool = False) -> rx.Var[str]:
    """A price with `amount`, `per`, and where it has them `exact` and `minimum`: "8.00 / pack from 6 packs"."""
    return _format("price", seen, unit, currency, symbol, words=("unit", "format"))


def price_quantity(per: Any, unit: Any) -> rx.Var[str]:
    """What a price is for: "pack", "3 packs", "250 g", "kg"."""
    return _format("priceQuantity", per, unit, words=("unit", "format"))


def product(name: Any, content: Any) -> rx.Var[str]:
    """ "Rice, 5 kg" """
    return _format("product", name, content, words=("unit", "format"))


def figure(seen: Any, unit: Any, currency: Any) -> rx.Var[str]:
    """A price where everybody knows what one unit is: "€7.99", but "€0.99 / 250 g"."""
    return _format("figure", seen, unit, currency, words=("unit", "format"))


def unit_price(per: Any, currency: Any) -> rx.Var[str]:
    """ "€1.60 / kg" of an amount for one `unit`; nothing for None."""
    return _format("unitPrice", per, currency, words=("unit", "format"))


def other_prices(offers: Any, per_unit: Any, unit: Any, currency: Any) -> rx.Var[str]:
    """All offers but the first, and the price of one kg, litre or piece."""
    return _format("otherPrices", offers, per_unit, unit, currency, words=("unit", "format"))


def language_name(code: Any) -> rx.Var[str]:
    """What a language is called: "Serbian"; nothing for an empty code."""
    return _format("languageName", code)


def currency_choices(codes: Any) -> rx.Var[list[tuple[str, str]]]:
    """(code, "EUR · Euro") of each, to choose from."""
    return _format("currencies", codes, words=("format",)).to(list[tuple[str, str]])


def spans(minutes: Any) -> rx.Var[str]:
    """ "08:00–13:00, 17:00–20:00" of minutes from midnight to open and to close, in turn."""
    return _format("spans", minutes)


def day(iso: Any) -> rx.Var[str]:
    """A day near today: "Sat 28 Nov"; nothing for None."""
    return _format("day", iso)


def full_day(iso: Any) -> rx.Var[str]:
    """ "28 Nov 2026" """
    return _format("fullDay", iso)


def moment(iso: Any, time_zone: Any) -> rx.Var[str]:
    """ "Sat 28 Nov, 18:30" in that zone; nothing for None."""
    return _format("moment", iso, time_zone)


def local_time(iso: Any, time_zone: Any) -> rx.Var[str]:
    """ "2026-11-28T18:30" in that zone, as a field for a day and time takes it; nothing for None."""
    return _format("localTime", iso, time_zone)


def store_and_day(store: Any, day_of: Any) -> rx.Var[str]:
    """What a run is called: "Metro, Sat 28 Nov", or "Metro" while its day is open."""
    is_set = rx.Var.create(day_of).bool()
    return rx.cond(is_set, t("format.store_and_day", store=store, day=day(day_of)), rx.Var.create(store).to(str))
