"""A table that is searched, filtered, sorted and paged; on a narrow screen each row is a card."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import reflex as rx

from bulq.components.buttons import button, glyph
from bulq.components.choices import tick
from bulq.components.fields import select_field, text_field
from bulq.components.surfaces import card, empty_state, pager, skeleton_rows
from bulq.components.texts import Text, t


@dataclass(frozen=True)
class Column:
    """`cell(row)` is what stands in it. A list can be sorted by columns with a `sort`; `brief` ones stay in a line."""

    label: Text
    cell: Callable[[Any], rx.Component | rx.Var[Any] | str]
    sort: str = ""
    numeric: bool = False
    brief: bool = False


@dataclass(frozen=True)
class Filter:
    """A choice among (value, label); the first means that it is not used."""

    name: str
    label: Text
    options: Sequence[tuple[str, Text]]


def data_table(
    of: Any,
    caption: Text,
    columns: Sequence[Column],
    *,
    search: Text,
    filters: Sequence[Filter] = (),
    row_name: Callable[[Any], Text] = lambda row: row.name,
    row_actions: Callable[[Any], rx.Component] | None = None,
    many: Sequence[rx.Component] = (),
    empty: rx.Component | None = None,
) -> rx.Component:
    """`of` is a state with bulq.state.admin.tables.Table. The first column says what the row is.

    `many` are buttons for what can be done with all chosen rows; with them each row has a box to tick.
    """
    return rx.el.div(
        _tools(of, search, filters, columns),
        _many(of, many) if many else rx.fragment(),
        card(
            rx.cond(
                of.ready,
                rx.cond(
                    of.total > 0,
                    rx.fragment(
                        _table(of, caption, columns, row_name, row_actions, bool(many)),
                        pager(of.page, of.pages, on_page=of.turn),
                    ),
                    empty if empty is not None else _nothing(),
                ),
                skeleton_rows(5),
            ),
            padded=False,
        ),
        class_name="table-frame",
    )


def _nothing() -> rx.Component:
    return empty_state(t("admin.table.none"), t("admin.table.none_detail"), icon="search-x")


def _tools(of: Any, search: Text, filters: Sequence[Filter], columns: Sequence[Column]) -> rx.Component:
    orders: list[tuple[str, Text]] = [
        (f"{sign}{column.sort}", t(f"admin.table.{word}", column=column.label))
        for column in columns
        if column.sort
        for sign, word in (("", "up"), ("-", "down"))
    ]
    return rx.el.div(
        text_field(
            search,
            name="table-search",
            type="search",
            placeholder=search,
            hide_label=True,
            value=of.typed,
            on_change=of.search,
            auto_complete="off",
            max_length=100,
            class_name="table-search",
        ),
        *[
            select_field(
                each.label,
                list(each.options),
                name=f"filter-{each.name}",
                value=of.filters[each.name],
                on_change=lambda value, name=each.name: of.narrow(name, value),
                hide_label=True,
            )
            for each in filters
        ],
        select_field(
            t("admin.table.sort"),
            orders,
            name="table-sort",
            value=of.sort,
            on_change=of.sort_by,
            hide_label=True,
            class_name="table-sort",
        )
        if orders
        else rx.fragment(),
        rx.el.p(
            rx.cond(of.ready, t("admin.table.found", total=of.shown_total, count=of.total), ""),
            role="status",
            class_name="table-total num",
        ),
        class_name="table-tools",
    )


def _many(of: Any, actions: Sequence[rx.Component]) -> rx.Component:
    count = of.chosen.length()
    return rx.cond(
        count > 0,
        rx.el.div(
            rx.el.b(t("admin.table.chosen", count=count), class_name="num"),
            button(t("admin.table.clear"), look="plain", small=True, on_click=of.choose_all(False)),
            *actions,
            role="group",
            aria_label=t("admin.table.many"),
            class_name="table-many",
        ),
        rx.fragment(),
    )


def _table(
    of: Any,
    caption: Text,
    columns: Sequence[Column],
    row_name: Callable[[Any], Text],
    row_actions: Callable[[Any], rx.Component] | None,
    choosing: bool,
) -> rx.Component:
    # The roles are said once more, since a table that is laid out as cards is none to some browsers.
    box = tick(
        t("admin.table.choose_all"),
        checked=of.chosen.length() >= of.rows.length(),
        on_change=of.choose_all,
        field_id="choose-all",
    )
    head = rx.el.tr(
        rx.el.th(box, role="columnheader", scope="col", class_name="table-check") if choosing else rx.fragment(),
        *[_head(of, column) for column in columns],
        rx.el.th(
            rx.el.span(t("admin.table.actions"), class_name="sr-only"),
            role="columnheader",
            scope="col",
            class_name="table-do",
        )
        if row_actions
        else rx.fragment(),
        role="row",
    )

    def row(each: Any) -> rx.Component:
        check = rx.el.td(
            tick(
                t("admin.table.choose", name=row_name(each)),
                checked=of.chosen.contains(each.id),
                on_change=lambda on: of.choose(each.id, on),
                field_id=rx.Var.create("choose-").to(str) + each.id.to(str),
            ),
            role="cell",
            class_name="table-check",
        )
        first, *rest = columns
        return rx.el.tr(
            check if choosing else rx.fragment(),
            rx.el.th(first.cell(each), role="rowheader", scope="row", class_name="table-main"),
            *[_cell(column, each) for column in rest],
            rx.el.td(row_actions(each), role="cell", class_name="table-do") if row_actions else rx.fragment(),
            key=each.id,
            role="row",
        )

    return rx.el.table(
        rx.el.caption(caption, class_name="sr-only"),
        rx.el.thead(head, role="rowgroup"),
        rx.el.tbody(rx.foreach(of.rows, row), role="rowgroup"),
        role="table",
        class_name="data-table",
    )


def _cell(column: Column, row: Any) -> rx.Component:
    return rx.el.td(
        rx.el.span(column.label, class_name="table-label", aria_hidden="true"),
        rx.el.span(column.cell(row), class_name="table-value"),
        role="cell",
        class_name="table-number num" if column.numeric else "table-brief num" if column.brief else "",
    )


def _head(of: Any, column: Column) -> rx.Component:
    number = "table-number" if column.numeric else ""
    if not column.sort:
        return rx.el.th(column.label, role="columnheader", scope="col", class_name=number)
    up, down = of.sort == column.sort, of.sort == f"-{column.sort}"
    arrow = rx.cond(up, glyph("arrow-up", 14), rx.cond(down, glyph("arrow-down", 14), rx.fragment()))
    return rx.el.th(
        rx.el.button(
            column.label,
            arrow,
            type="button",
            on_click=of.sort_by(rx.cond(up, f"-{column.sort}", column.sort)),
            class_name="table-order",
        ),
        role="columnheader",
        scope="col",
        aria_sort=rx.cond(up, "ascending", rx.cond(down, "descending", "none")),
        class_name=number,
    )
