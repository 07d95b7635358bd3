"""What a product costs: over time as a chart, by store as a table, everywhere together."""

from __future__ import annotations

from typing import Any

import reflex as rx

from bulq.components import format
from bulq.components.buttons import link
from bulq.components.facts import call, once_per_row, var
from bulq.components.fields import select_field
from bulq.components.lists import size
from bulq.components.operations import ask_for, given, in_turn, local, set_local
from bulq.components.price_chart import price_chart
from bulq.components.surfaces import card, kv
from bulq.components.texts import Text, t
from bulq.components.times import time_ago
from bulq.pages.product.facts import CHART, StoreRow, product, store_rows
from bulq.queries.product import PriceShown

CURRENCY = "product.currency"


def history() -> rx.Component:
    more = var(product.more_stores, int)
    rows = call(CHART, "chartRows", list[dict[str, float]], product.points, product.points_per, product.currency)
    chart = price_chart(
        t("product.chart", name=product.name),
        rows,
        call(CHART, "lineNames", list[str], product.stores),
        decimals=call(format.FORMAT, "exponent", int, product.currency),
        dots=call(CHART, "hasDots", bool, product.points),
    )
    return card(
        rx.el.div(chart, class_name="px-2 pt-3"),
        price_table(
            t("product.by_store"),
            ("product.store", "product.current", "product.lowest", "product.average", "product.highest"),
            rx.foreach(store_rows(), once_per_row(store_row)),
            "figures",
        ),
        rx.cond(
            more > 0,
            rx.el.p(t("product.more_stores", count=more), class_name="px-4 py-2 text-muted text-[13px]"),
            rx.fragment(),
        ),
        title=t("product.over_time"),
        action=rx.cond(size(product.currencies) > 1, _currency(), rx.fragment()),
        padded=False,
        class_name="price-box",
    )


def _currency() -> rx.Component:
    """What was chosen stands in it at once."""
    chosen, at_once = given(0, str), local(CURRENCY, "")
    return select_field(
        t("product.currency"),
        format.currency_choices(product.currencies),
        name="shown-currency",
        value=rx.cond(at_once != "", at_once, var(product.currency)),
        on_change=in_turn(set_local(CURRENCY, chosen), ask_for("product", currency=chosen)),
        hide_label=True,
        class_name="max-w-56 ml-auto",
    )


def price_table(label: Text, columns: tuple[str, ...], rows: rx.Component, class_name: str) -> rx.Component:
    """Roles are named, since on a phone rows are laid out as no table is."""
    heads = [rx.el.th(t(column), role="columnheader", scope="col") for column in columns]
    return rx.el.table(
        rx.el.thead(rx.el.tr(*heads, role="row"), role="rowgroup"),
        rx.el.tbody(rows, role="rowgroup"),
        role="table",
        aria_label=label,
        class_name=f"price-table price-{class_name}",
    )


def store_row(row: StoreRow) -> rx.Component:
    number = var(row.line, int)
    line = rx.el.span(class_name=rx.Var.create("series series-") + number.to_string(), aria_hidden="true")
    gone = rx.el.span(t("product.gone", store=row.name), class_name="price-when")
    return rx.el.tr(
        rx.el.th(
            rx.cond(number >= 0, line, rx.fragment()),
            rx.el.span(
                link(var(row.name), rx.Var.create("/stores/") + var(row.id), class_name="link break-words"),
                rx.el.span(time_ago(var(row.seen_at)), class_name="price-when"),
                rx.cond(var(row.gone, bool), gone, rx.fragment()),
                class_name="min-w-0",
            ),
            scope="row",
            role="rowheader",
        ),
        rx.el.td(_current(row), role="cell"),
        _figure("product.lowest", row.lowest),
        _figure("product.average", row.average),
        _figure("product.highest", row.highest),
        role="row",
    )


def _current(row: Any) -> rx.Component:
    others = format.other_prices(row.offers, row.per_unit, product.unit, product.currency)
    return rx.fragment(
        rx.el.b(format.figure(var(row.offers, list)[0], product.unit, product.currency)),
        rx.cond(others != "", rx.el.span(others, class_name="price-per"), rx.fragment()),
    )


def _figure(label: str, price: PriceShown) -> rx.Component:
    shown = format.figure(price, product.unit, product.currency)
    return rx.el.td(rx.el.span(t(label), " ", aria_hidden="true", class_name="price-label"), shown, role="cell")


def overall() -> rx.Component:
    figures: Any = var(product.overall, StoreRow)

    def shown(price: Any) -> rx.Var[str]:
        return format.figure(price, product.unit, product.currency)

    return card(
        kv(t("product.current"), _current(figures), data_price="current"),
        kv(t("product.lowest"), shown(figures.lowest), data_price="lowest"),
        kv(t("product.average"), shown(figures.average), data_price="average"),
        kv(t("product.highest"), shown(figures.highest), data_price="highest"),
        rx.el.p(t("product.seen_last"), " ", time_ago(var(figures.seen_at)), class_name="text-muted text-[13px] mt-1"),
        title=t("product.everywhere"),
    )
