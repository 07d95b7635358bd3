"""A product: prices over time as a chart and as a table, who saw them when, and what is known about it."""

from __future__ import annotations

import reflex as rx

from bulq.components.buttons import button, link
from bulq.components.fields import select_field
from bulq.components.lists import size
from bulq.components.price_chart import price_chart
from bulq.components.surfaces import card, chip, empty_state, kv, pager, skeleton_rows
from bulq.components.texts import Text, t
from bulq.components.times import time_ago
from bulq.pages.layout import missing_or_moved, page_frame
from bulq.pages.product_dialogs import product_dialogs
from bulq.pages.product_tags import tags_and_names
from bulq.state.product import FigureRow, ProductState, SightingRow

S = ProductState


def product_page() -> rx.Component:
    return rx.cond(
        S.missing,
        page_frame(
            missing_or_moved(S.moved_to, S.name),
            title=rx.cond(S.moved_to != "", t("missing.merged"), t("missing.page_title")),
        ),
        page_frame(
            rx.cond(S.ready, _content(), card(skeleton_rows(4), padded=False)),
            product_dialogs(),
            title=rx.cond(S.name != "", S.name, t("product.title")),
            crumb=[(t("home.title"), "/")],
            beside=rx.cond(S.brand != "", rx.el.span(S.brand, class_name="text-muted"), rx.fragment()),
            actions=button(t("product.add_price"), icon="plus", look="primary", on_click=S.add),
            on_wake=S.catch_up,
        ),
    )


def _content() -> rx.Component:
    empty = card(empty_state(t("product.no_prices"), t("product.no_prices_detail"), icon="tag"))
    prices = rx.fragment(_history(), _sightings())
    return rx.el.div(
        rx.el.div(rx.cond(S.count > 0, prices, empty), class_name="grid gap-4 wide:gap-6 min-w-0 content-start"),
        rx.el.aside(rx.cond(S.count > 0, _overall(), rx.fragment()), _details(), tags_and_names()),
        class_name="cols",
    )


def _history() -> rx.Component:
    currency = select_field(
        t("product.currency"),
        rx.Var.create(S.currencies).to(list[tuple[str, str]]),
        name="currency",
        value=S.currency,
        on_change=S.choose_currency,
        hide_label=True,
        class_name="max-w-56 ml-auto",
    )
    more = rx.el.p(t("product.more_stores", count=S.more_stores), class_name="px-4 py-2 text-muted text-[13px]")
    return card(
        rx.el.div(
            price_chart(t("product.chart", name=S.name), S.points, S.line_names, decimals=S.decimals, dots=S.dots),
            class_name="px-2 pt-3",
        ),
        _table(
            t("product.by_store"),
            ("product.store", "product.current", "product.lowest", "product.average", "product.highest"),
            rx.foreach(S.stores, _store),
            "figures",
        ),
        rx.cond(S.more_stores > 0, more, rx.fragment()),
        title=t("product.over_time"),
        action=rx.cond(size(S.currencies) > 1, currency, rx.fragment()),
        padded=False,
        class_name="price-box",
    )


def _table(label: Text, columns: tuple[str, ...], rows: rx.Component, class_name: str) -> rx.Component:
    """Roles are named, since on a phone rows are laid out as no table is."""
    heads = [rx.el.th(t(column), role="columnheader", scope="col") for column in columns if column]
    return rx.el.table(
        rx.el.thead(rx.el.tr(*heads, role="row"), role="rowgroup"),
        rx.el.tbody(rows, role="rowgroup"),
        role="table",
        aria_label=label,
        class_name=f"price-table price-{class_name}",
    )


def _store(row: FigureRow) -> rx.Component:
    line = rx.el.span(
        class_name=rx.Var.create("series series-").to(str) + rx.Var.create(row.line).to(str),
        aria_hidden="true",
    )
    return rx.el.tr(
        rx.el.th(
            rx.cond(row.line >= 0, line, rx.fragment()),
            rx.el.span(
                link(row.name, f"/stores/{row.id}", class_name="link break-words"),
                rx.el.span(time_ago(row.seen_at), class_name="price-when"),
                rx.cond(
                    row.gone, rx.el.span(t("product.gone", store=row.name), class_name="price-when"), rx.fragment()
                ),
                class_name="min-w-0",
            ),
            scope="row",
            role="rowheader",
        ),
        rx.el.td(
            rx.el.b(row.current),
            rx.cond(row.per != "", rx.el.span(row.per, class_name="price-per"), rx.fragment()),
            role="cell",
        ),
        _figure("product.lowest", row.lowest),
        _figure("product.average", row.average),
        _figure("product.highest", row.highest),
        role="row",
        key=row.id,
    )


def _figure(label: str, amount: Text) -> rx.Component:
    return rx.el.td(rx.el.span(t(label), " ", aria_hidden="true", class_name="price-label"), amount, role="cell")


def _overall() -> rx.Component:
    return card(rx.foreach(S.overall, _overall_figures), title=t("product.everywhere"))


def _overall_figures(row: FigureRow) -> rx.Component:
    return rx.fragment(
        kv(
            t("product.current"),
            rx.fragment(
                rx.el.b(row.current), rx.cond(row.per != "", rx.el.span(row.per, class_name="price-per"), rx.fragment())
            ),
            data_price="current",
        ),
        kv(t("product.lowest"), row.lowest, data_price="lowest"),
        kv(t("product.average"), row.average, data_price="average"),
        kv(t("product.highest"), row.highest, data_price="highest"),
        rx.el.p(t("product.seen_last"), " ", time_ago(row.seen_at), class_name="text-muted text-[13px] mt-1"),
    )


def _details() -> rx.Component:
    return card(
        kv(t("product.unit"), S.unit),
        kv(t("product.step"), S.step),
        rx.cond(S.content != "", kv(t("product.content"), S.content), rx.fragment()),
        kv(t("product.barcode"), rx.cond(S.barcode != "", S.barcode, t("product.unknown"))),
        rx.cond(S.verified, rx.el.div(chip(t("product.verified"), "good"), class_name="mt-2"), rx.fragment()),
        title=t("product.details"),
        action=rx.cond(S.may_edit, button(t("product.edit"), look="plain", small=True, on_click=S.edit), rx.fragment()),
    )


def _sightings() -> rx.Component:
    return card(
        _table(
            t("product.sightings"),
            ("product.when", "product.store", "product.price", "product.seen_by", "product.change"),
            rx.foreach(S.sightings, _sighting),
            "sightings",
        ),
        pager(S.page, S.pages, on_page=S.turn),
        title=t("product.sightings"),
        note=t("product.count", count=S.count),
        padded=False,
        class_name="price-box",
    )


def _sighting(row: SightingRow) -> rx.Component:
    withdraw = button(
        t("product.withdraw"),
        look="plain",
        small=True,
        name=t("product.withdraw_of", price=row.price, store=row.store),
        on_click=S.withdraw(row.id),
    )
    return rx.el.tr(
        rx.el.td(row.day, role="cell", class_name="price-day"),
        rx.el.td(
            link(row.store, row.store_href),
            rx.cond(row.more != "", rx.el.span(row.more, class_name="price-more"), rx.fragment()),
            role="cell",
        ),
        rx.el.td(
            rx.el.b(row.price),
            rx.cond(row.per != "", rx.el.span(row.per, class_name="price-per"), rx.fragment()),
            role="cell",
        ),
        rx.el.td(
            row.seen_by,
            rx.cond(row.mine, rx.fragment(" ", chip(t("group.me"))), rx.fragment()),
            role="cell",
        ),
        rx.el.td(rx.cond(row.mine | S.is_admin, withdraw, rx.fragment()), role="cell"),
        role="row",
        key=row.id,
        data_price=row.price,
    )
