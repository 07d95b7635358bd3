"""What is asked about a group, where one is created and where it is set right."""

from __future__ import annotations

from functools import cache
from typing import Any

import reflex as rx
from babel.core import get_global
from babel.numbers import get_territory_currencies

from bulq import i18n
from bulq.components.operation_forms import form_field
from bulq.components.texts import Flag, Text, t

USUAL = "EUR"


class _Place(rx.Component):
    library = "$/public/home/place.js"
    tag = "Place"

    zones: rx.Var[list[tuple[str, str]]]
    currencies: rx.Var[list[tuple[str, str]]]
    zone: rx.Var[str]
    currency: rx.Var[str]
    fixed: rx.Var[bool]
    currency_label: rx.Var[str]
    currency_hint: rx.Var[str]
    zone_label: rx.Var[str]
    zone_hint: rx.Var[str]


def name_field(start: Text = "", *, focus: bool = True) -> rx.Component:
    return form_field(
        t("home.group_name"),
        "name",
        start=start,
        placeholder=t("home.group_name_example"),
        auto_complete="off",
        auto_focus=focus,
    )


def place_fields(*, currency_hint: Text, fixed: Flag = False, **start: Any) -> rx.Component:
    """Currency and time zone; without a `start` what is usual where the browser is."""
    return _Place.create(
        zones=[(zone, currency_of(zone)) for zone in i18n.time_zones()],
        currencies=list(i18n.currencies()),
        fixed=fixed,
        currency_label=t("home.currency"),
        currency_hint=currency_hint,
        zone_label=t("home.time_zone"),
        zone_hint=t("home.time_zone_hint"),
        **start,
    )


@cache
def currency_of(time_zone: str) -> str:
    """What is paid with where that time zone is; the language of a browser tells less about the country."""
    territory = get_global("zone_territories").get(time_zone, "")
    try:
        usual = get_territory_currencies(territory)
    except KeyError:
        usual = []
    known = dict(i18n.currencies())
    return next((code for code in usual if code in known), USUAL)
