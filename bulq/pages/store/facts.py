"""What the page knows of its store, and who is looking."""

from __future__ import annotations

from dataclasses import dataclass

import reflex as rx

from bulq.components.facts import call, known, live_var
from bulq.queries.accounts import Me
from bulq.queries.stores import StorePage

HOURS = "$/public/store/hours.js"
HOURS_FIELD = "$/public/store/hours_field.js"

store = live_var(StorePage, "store")
me = live_var(Me, "me")


@dataclass(frozen=True)
class DayRow:
    """A day of the week with its opening hours, as assets/store/hours.js tells them apart. `id` is "monday" …"""

    id: str
    spans: tuple[int, ...]
    today: bool


def week() -> rx.Var[list[DayRow]]:
    return call(HOURS, "week", list[DayRow], store.hours, store.time_zone)


def today() -> rx.Var[list[DayRow]]:
    """Today's row; none where the hours aren't known."""
    return call(HOURS, "today", list[DayRow], store.hours, store.time_zone)


def hours_known() -> rx.Var[bool]:
    return known(store.hours)
