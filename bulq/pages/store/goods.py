"""What was seen at a store and for how much, to be searched, in pages."""

from __future__ import annotations

import reflex as rx

from bulq.components import format
from bulq.components.buttons import link
from bulq.components.facts import known, once_per_row, var
from bulq.components.fields import text_field
from bulq.components.lists import size
from bulq.components.operations import ask_for, given, turn_page
from bulq.components.surfaces import card, empty_state, pager
from bulq.components.texts import t
from bulq.components.times import time_ago
from bulq.domain.searching import LONGEST_TYPED
from bulq.pages.store.facts import store
from bulq.queries.stores import PriceThere, ProductThere


def goods() -> rx.Component:
    searched, count = known(store.q), var(store.count, int)
    search = text_field(
        t("store.search"),
        name="search-goods",
        type="search",
        on_change=ask_for("store", q=given(0, str)),
        placeholder=t("store.search_hint"),
        hide_label=True,
        auto_complete="off",
        max_length=LONGEST_TYPED,
    )
    nothing = rx.cond(
        searched,
        empty_state(t("store.not_found"), t("store.not_found_detail"), icon="search-x"),
        empty_state(t("store.empty"), t("store.empty_detail"), icon="tag"),
    )
    return card(
        rx.cond((count > 0) | searched, rx.el.div(search, class_name="p-4 border-b border-line"), rx.fragment()),
        rx.cond(
            size(store.products) > 0,
            rx.el.ul(rx.foreach(store.products, once_per_row(product_row))),
            rx.el.div(nothing, role="status"),
        ),
        pager(var(store.page, int), var(store.pages, int), on_page=lambda step: turn_page("store", step)),
        title=t("store.goods"),
        note=rx.cond(count > 0, t("store.count", count=count), ""),
        padded=False,
        class_name="min-w-0",
    )


def product_row(row: ProductThere) -> rx.Component:
    name = format.product(row.name, row.content)
    offers = var(row.prices, list[PriceThere])

    def price(offer: PriceThere) -> rx.Component:
        shown = format.price(offer, row.unit, offer.currency, symbol=True)
        return rx.el.b(shown, class_name="block whitespace-nowrap")

    return rx.el.li(
        link(
            rx.fragment(
                rx.el.span(
                    rx.el.b(name, class_name="break-words"),
                    rx.cond(var(row.brand) != "", rx.el.span(" ", row.brand, class_name="text-muted"), rx.fragment()),
                    class_name="min-w-0 flex-1",
                ),
                rx.el.span(
                    rx.foreach(offers, price),
                    time_ago(var(offers[0].seen_at), class_name="text-muted text-[13px]"),
                    class_name="flex-none text-right num",
                ),
            ),
            rx.Var.create("/products/") + var(row.id),
            class_name="flex items-center gap-3 px-4 py-2.5 min-h-14 hover:bg-sunken",
        ),
        data_product=name,
        class_name="border-b border-line last:border-0",
    )
