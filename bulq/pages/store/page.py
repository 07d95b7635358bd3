"""The page of a store: its route and how its parts are laid out."""

from __future__ import annotations

import reflex as rx

from bulq.components.buttons import link_button
from bulq.components.facts import Looking, known, state_of, var
from bulq.components.operations import PageLocals
from bulq.components.surfaces import card, skeleton_rows
from bulq.components.texts import t
from bulq.pages.layout import Moved, missing, page_frame
from bulq.pages.store.about import about, edit_dialog
from bulq.pages.store.facts import store
from bulq.pages.store.goods import goods
from bulq.pages.store.runs import runs


def store_page() -> rx.Component:
    is_there = known(store.id)
    content = rx.el.div(goods(), rx.el.aside(runs(), about()), class_name="cols")
    shown = page_frame(
        rx.cond(is_there, content, card(skeleton_rows(4), padded=False)),
        edit_dialog(),
        title=rx.cond(is_there, var(store.name), t("store.title")),
        crumb=[(t("home.title"), "/")],
        beside=rx.cond(known(store.chain), rx.el.span(store.chain, class_name="text-muted"), rx.fragment()),
        actions=rx.el.div(
            link_button(t("price_list.link"), rx.Var.create("/stores/") + var(store.id) + "/list", icon="upload"),
            link_button(t("barcode.scan"), "/scan", icon="scan-barcode"),
            class_name="flex flex-wrap gap-2",
        ),
    )
    return rx.fragment(
        Looking.create(view="store", address="stores/{store_id}"),
        PageLocals.create(prefix="store."),
        Moved.create(view="store", param="store_id", words=t("missing.moved")),
        rx.cond(state_of("store") == "gone", page_frame(missing(), title=t("missing.page_title")), shown),
    )
