"""The field in the header that finds things from any page."""

from __future__ import annotations

from typing import Any

import reflex as rx

from bulq.components.buttons import glyph
from bulq.components.lists import size
from bulq.components.texts import Flag, Text, t


class _SearchBox(rx.Component):
    library = "$/public/search.js"
    tag = "SearchBox"

    label: rx.Var[str]
    icon: rx.Component
    placeholder: rx.Var[str]
    close: rx.Var[str]
    hits: rx.Var[list[Any]]
    hits_of: rx.Var[str]
    respelt: rx.Var[str]
    kinds: rx.Var[dict[str, str]]
    all: rx.Var[str]
    none: rx.Var[str]
    status: rx.Var[str]
    on_text: rx.EventHandler[rx.event.passthrough_event_spec(str)]


def search_box(hits: Any, hits_of: Text, respelt: Flag, *, on_change: Any) -> rx.Component:
    """`on_change(text)` 0.3 s after the last key, from two characters on; `hits` are those of the text `hits_of`.

    A hit has id, kind ("product", "store" or "group"), href, label and a quieter detail. Enter with none chosen goes
    to the page of all results.
    """
    return _SearchBox.create(
        label=t("search.search"),
        icon=glyph("search", 20),
        placeholder=t("search.hint"),
        close=t("kit.close"),
        hits=hits,
        hits_of=hits_of,
        respelt=rx.cond(respelt, t("search.respelt"), ""),
        kinds={"product": t("search.products"), "store": t("search.stores"), "group": t("search.groups")},
        all=t("search.all", text="{text}"),
        none=t("kit.no_matches"),
        status=t("search.status", count=size(hits)),
        on_text=on_change,
    )
