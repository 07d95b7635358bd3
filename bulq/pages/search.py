"""Everything a search found, products in pages."""

from __future__ import annotations

from typing import Any

import reflex as rx

from bulq.components.buttons import glyph, link
from bulq.components.lists import size
from bulq.components.surfaces import card, empty_state, notice, pager, skeleton_rows
from bulq.components.texts import Text, t
from bulq.pages.layout import page_frame
from bulq.state.auth import AuthState
from bulq.state.search import Hit, ResultsState

ON_LOAD = [AuthState.load, ResultsState.open]


def search_page() -> rx.Component:
    state = ResultsState
    nothing = empty_state(
        rx.cond(state.text == "", t("search.ask"), t("search.nothing", text=state.text)),
        rx.cond(state.text == "", t("search.begin"), t("search.other_words")),
        icon="search",
    )
    any_found = (size(state.products) > 0) | (size(state.stores) > 0) | (size(state.groups) > 0)
    return page_frame(
        rx.cond(state.ready, rx.cond(any_found, _results(), card(nothing)), card(skeleton_rows(4), padded=False)),
        title=t("search.title"),
        beside=rx.cond(
            state.text != "", rx.el.span("“", state.text, "”", class_name="text-muted min-w-0 break-words"), ""
        ),
        narrow=True,
    )


def _results() -> rx.Component:
    state = ResultsState
    count = rx.cond(state.more, t("search.more", count=state.found), t("search.count", count=state.found))
    return rx.el.div(
        notice(rx.cond(state.respelt, t("search.respelt"), "")),
        _part(t("search.groups"), state.groups, "users"),
        _part(t("search.stores"), state.stores, "store"),
        _part(
            t("search.products"),
            state.products,
            "package",
            note=count,
            foot=rx.cond(state.pages > 1, pager(state.page, state.pages, on_page=state.turn), rx.fragment()),
        ),
        class_name="grid gap-4",
    )


def _part(title: Text, hits: Any, icon: str, *, note: Text | None = None, foot: Any = None) -> rx.Component:
    rows = rx.el.ul(rx.foreach(hits, lambda hit: _row(hit, icon)))
    shown = card(rows, foot if foot is not None else rx.fragment(), title=title, note=note, padded=False)
    return rx.cond(size(hits) > 0, shown, rx.fragment())


def _row(hit: Hit, icon: str) -> rx.Component:
    return rx.el.li(
        link(
            rx.fragment(
                rx.el.span(glyph(icon), class_name="text-faint flex-none"),
                rx.el.span(
                    rx.el.b(hit.label),
                    rx.cond(hit.detail != "", rx.el.span(" ", hit.detail, class_name="text-muted"), rx.fragment()),
                    class_name="min-w-0 break-words",
                ),
            ),
            hit.href,
            class_name="found",
        ),
        key=hit.id,
    )
