"""The page of a product: its route and how its parts are laid out."""

from __future__ import annotations

import reflex as rx

from bulq.components.buttons import button
from bulq.components.facts import Looking, known, state_of, var
from bulq.components.operations import PageLocals, set_local
from bulq.components.surfaces import card, empty_state, skeleton_rows
from bulq.components.texts import t
from bulq.pages.layout import Moved, missing, page_frame
from bulq.pages.product.details import details, details_dialog
from bulq.pages.product.facts import DIALOG, has_prices, product
from bulq.pages.product.known_as import known_as
from bulq.pages.product.ordinary import ordinary, ordinary_dialog
from bulq.pages.product.price_form import price_dialog
from bulq.pages.product.prices import history, overall
from bulq.pages.product.sightings import sightings, withdraw_question


def product_page() -> rx.Component:
    is_there = known(product.id)
    shown = page_frame(
        rx.cond(is_there, _content(), card(skeleton_rows(4), padded=False)),
        price_dialog(),
        ordinary_dialog(),
        details_dialog(),
        withdraw_question(),
        title=rx.cond(is_there, var(product.name), t("product.title")),
        crumb=[(t("home.title"), "/")],
        leads_back=True,
        beside=rx.cond(known(product.brand), rx.el.span(product.brand, class_name="text-muted"), rx.fragment()),
        actions=button(t("product.add_price"), icon="plus", look="primary", on_click=set_local(DIALOG, "price")),
    )
    return rx.fragment(
        Looking.create(view="product", address="products/{product_id}"),
        PageLocals.create(prefix="product."),
        Moved.create(view="product", param="product_id", words=t("missing.moved")),
        rx.cond(state_of("product") == "gone", page_frame(missing(), title=t("missing.page_title")), shown),
    )


def _content() -> rx.Component:
    empty = card(empty_state(t("product.no_prices"), t("product.no_prices_detail"), icon="tag"))
    prices = rx.fragment(history(), sightings())
    return rx.el.div(
        rx.el.div(rx.cond(has_prices(), prices, empty), class_name="grid gap-4 wide:gap-6 min-w-0 content-start"),
        rx.el.aside(rx.cond(has_prices(), overall(), rx.fragment()), ordinary(), details(), known_as()),
        class_name="cols",
    )
