"""What is asked about a group, where one is created and where it is set right."""

from __future__ import annotations

from typing import Any

import reflex as rx

from bulq import i18n
from bulq.components.fields import select_field, text_field
from bulq.components.texts import Flag, Text, t


def name_field(of: Any) -> rx.Component:
    """`of` is the state that holds it, as in each of these."""
    return text_field(
        t("home.group_name"),
        name="name",
        field_id="group-name",
        value=of.name,
        on_change=of.set_name,
        error=of.name_error,
        placeholder=t("home.group_name_example"),
        auto_complete="off",
    )


def currency_field(of: Any, *, hint: Text, disabled: Flag = False) -> rx.Component:
    """All currencies, those with a name anybody knows them by."""
    options = [(code, f"{code} · {name}") for code, name in i18n.currencies()]
    return select_field(
        t("home.currency"),
        rx.Var.create(options).to(list[tuple[str, str]]),
        name="currency",
        value=of.currency,
        on_change=of.set_currency,
        disabled=disabled,
        hint=hint,
        error=of.currency_error,
    )


def zone_field(of: Any) -> rx.Component:
    options = [(zone, zone.replace("_", " ")) for zone in i18n.time_zones()]
    return select_field(
        t("home.time_zone"),
        rx.Var.create(options).to(list[tuple[str, str]]),
        name="time_zone",
        value=of.time_zone,
        on_change=of.set_time_zone,
        hint=t("home.time_zone_hint"),
        error=of.time_zone_error,
    )
