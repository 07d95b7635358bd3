"""Who saw which price when; whoever saw it takes it back, and admins do after they are asked."""

from __future__ import annotations

import reflex as rx

from bulq.components import format
from bulq.components.buttons import button, link
from bulq.components.facts import known, once_per_row, var
from bulq.components.operations import handler, local, set_local, turn_page
from bulq.components.overlays import question
from bulq.components.surfaces import card, chip, pager
from bulq.components.texts import t
from bulq.pages.product.facts import ASKED, PRICES, me, product, sighting_of
from bulq.pages.product.prices import price_table
from bulq.queries.product import Sighting


def sightings() -> rx.Component:
    count = var(product.count, int)
    return card(
        price_table(
            t("product.sightings"),
            ("product.when", "product.store", "product.price", "product.seen_by", "product.change"),
            rx.foreach(product.sightings, once_per_row(sighting_row)),
            "sightings",
        ),
        pager(var(product.page, int), var(product.pages, int), on_page=lambda step: turn_page("product", step)),
        title=t("product.sightings"),
        note=t("product.count", count=count),
        padded=False,
        class_name="price-box",
    )


def sighting_row(row: Sighting) -> rx.Component:
    price = _price(row)
    is_mine = var(row.seen_by) == var(me.id)
    per_unit = format.unit_price(row.per_unit, product.currency)
    withdraw = button(
        t("product.withdraw"),
        look="plain",
        small=True,
        name=t("product.withdraw_of", price=price, store=row.store),
        on_click=handler(PRICES, "withdraw", row.id, is_mine),
    )
    return rx.el.tr(
        rx.el.td(format.full_day(row.day), role="cell", class_name="price-day"),
        rx.el.td(
            link(var(row.store), rx.Var.create("/stores/") + var(row.store_id)),
            rx.cond(known(row.note), rx.el.span(row.note, class_name="price-more"), rx.fragment()),
            role="cell",
        ),
        rx.el.td(
            rx.el.b(price),
            rx.cond(known(row.per_unit), rx.el.span(per_unit, class_name="price-per"), rx.fragment()),
            role="cell",
        ),
        rx.el.td(row.seen_by_name, rx.cond(is_mine, rx.fragment(" ", chip(t("group.me"))), rx.fragment()), role="cell"),
        rx.el.td(rx.cond(is_mine | var(me.is_admin, bool), withdraw, rx.fragment()), role="cell"),
        role="row",
        data_price=price,
    )


def _price(row: Sighting) -> rx.Var[str]:
    return format.figure(row.price, product.unit, product.currency)


def withdraw_question() -> rx.Component:
    asked = sighting_of(local(ASKED, ""))
    about = t(
        "product.withdraw_which",
        price=_price(asked),
        store=asked.store,
        day=format.full_day(asked.day),
    )
    return question(
        t("product.withdraw_title"),
        rx.el.p(rx.el.b(about)),
        rx.el.p(t("product.withdraw_detail"), class_name="text-muted"),
        yes=t("product.withdraw"),
        no=t("home.not_now"),
        open=known(asked),
        on_yes=handler(PRICES, "withdraw", asked.id, True),
        on_close=set_local(ASKED, ""),
    )
