"""The open runs of the viewer's groups to a store."""

from __future__ import annotations

import reflex as rx

from bulq.components import format
from bulq.components.buttons import link
from bulq.components.facts import known, once_per_row, var
from bulq.components.lists import size
from bulq.components.phases import phase_chip
from bulq.components.surfaces import card
from bulq.components.texts import t
from bulq.pages.store.facts import store
from bulq.queries.stores import RunThere


def runs() -> rx.Component:
    rows = rx.el.ul(rx.foreach(store.runs, once_per_row(run_row)))
    shown = card(rows, title=t("store.runs"), padded=False, class_name="overflow-hidden")
    return rx.cond(size(store.runs) > 0, shown, rx.fragment())


def run_row(row: RunThere) -> rx.Component:
    return rx.el.li(
        link(
            rx.fragment(
                rx.el.span(
                    rx.el.b(row.group, class_name="block break-words"),
                    rx.el.span(
                        rx.cond(known(row.shopping_day), format.day(row.shopping_day), t("home.no_day")),
                        " · ",
                        t("home.led_by", name=row.leader),
                        class_name="block text-muted text-[13.5px]",
                    ),
                    class_name="min-w-0 flex-1",
                ),
                phase_chip(var(row.phase)),
            ),
            rx.Var.create("/runs/") + var(row.id),
            class_name="flex items-center gap-3 px-4 py-3 hover:bg-sunken",
        ),
        class_name="border-b border-line last:border-0",
    )
