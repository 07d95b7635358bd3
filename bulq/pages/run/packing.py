"""Pick-up product by product, for whoever hands out: rows with people on a phone, a table where there is room."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import reflex as rx

from bulq.components import format
from bulq.components.buttons import glyph
from bulq.components.choices import checkbox, tick
from bulq.components.facts import call, once_per_row
from bulq.components.lists import size
from bulq.components.operations import given, handler, operation
from bulq.components.texts import t
from bulq.domain.phases import Unit
from bulq.pages.run.facts import known, me, phase_is, picking, run, var
from bulq.pages.run.serving import PRINTING, SERVING, WIDE, serving
from bulq.services import pickup


@dataclass(frozen=True)
class Taker:
    """Somebody's part of a product: `got` in thousandths."""

    id: str
    name: str
    got: int
    picked_up: bool


@dataclass(frozen=True)
class Packed:
    """A product with who gets of it: `got` in thousandths, of which `picked` of `count` people took theirs."""

    id: str
    name: str
    content: tuple[int, Unit] | None
    brand: str
    unit: Unit
    got: int
    count: int
    picked: int
    open: bool
    takers: list[Taker]


def packing(nothing: rx.Component) -> rx.Component:
    rows = call(SERVING, "products", list[Packed], picking.people, me.id, serving(), PRINTING, WIDE)
    shown = rx.cond(WIDE | PRINTING, _table(rows), rx.foreach(rows, once_per_row(packed)))
    return rx.cond(size(rows) == 0, nothing, shown)


def _tick_name(product: Any, taker: Taker) -> rx.Var[str]:
    return t("run.picked_up_by", product=product, name=taker.name)


def _ticked(row: Packed, taker: Taker) -> dict[str, Any]:
    return {
        "checked": var(taker.picked_up, bool),
        "on_change": operation(
            pickup.set_picked_up, run_id=run.id, item_id=row.id, user_id=taker.id, picked_up=given(0, bool)
        ),
        "field_id": rx.Var.create("tick-") + var(taker.id) + "-" + var(row.id),
    }


def _head(row: Packed) -> rx.Component:
    picked = t("run.picked_count", count=var(row.count, int), done=var(row.picked, int))
    return rx.el.span(
        rx.el.span(format.product(row.name, row.content), class_name="serve-name"),
        rx.cond(known(row.brand), rx.el.span(" ", row.brand, class_name="text-faint font-normal"), rx.fragment()),
        rx.el.span(
            " ",
            format.quantity(row.got, row.unit),
            rx.cond(phase_is("distributing"), rx.el.span(" · ", picked), rx.fragment()),
            class_name="serve-done num",
        ),
        class_name="serve-who",
    )


def packed(row: Packed) -> rx.Component:
    """A product's head, which opens who gets of it."""
    people_id = rx.Var.create("people-") + var(row.id)
    fold = rx.el.button(
        glyph("chevron-right"),
        _head(row),
        rx.cond(var(row.picked, int) == var(row.count, int), glyph("check-check"), rx.fragment()),
        type="button",
        aria_expanded=var(row.open, bool),
        aria_controls=people_id,
        on_click=handler(SERVING, "fold", row.id, row.open),
        class_name="serve-fold",
    )
    return rx.el.section(
        rx.el.div(rx.el.h3(fold, class_name="serve-head"), class_name="serve-top"),
        rx.el.div(rx.cond(row.open, rx.foreach(row.takers, _taker_of(row)), rx.fragment()), id=people_id),
        class_name="serve",
    )


def _taker_of(row: Packed) -> Any:
    def one(taker: Taker) -> rx.Component:
        box = checkbox(
            rx.el.bdi(taker.name),
            name=_tick_name(format.product(row.name, row.content), taker),
            big=True,
            **_ticked(row, taker),
        )
        return rx.el.div(
            rx.cond(phase_is("distributing"), box, rx.el.bdi(taker.name)),
            rx.el.b(format.quantity(taker.got, row.unit), class_name="num"),
            key=taker.id,
            class_name="got-line",
        )

    return one


def _table(rows: rx.Var[list[Packed]]) -> rx.Component:
    """Scrolls inside; products and people stay in sight."""
    people = call(SERVING, "columns", list[Taker], rows)
    head = rx.el.tr(
        rx.el.th(t("run.product"), scope="col"),
        rx.foreach(people, lambda one: rx.el.th(rx.el.bdi(one.name, title=one.name), scope="col", key=one.id)),
    )
    return rx.el.div(
        rx.el.table(
            rx.el.thead(head),
            rx.el.tbody(rx.foreach(rows, once_per_row(packed_row))),
            class_name="pack",
        ),
        role="region",
        aria_label=t("run.by_product"),
        tab_index=0,
        class_name="pack-scroll",
    )


def packed_row(row: Packed) -> rx.Component:
    return rx.el.tr(rx.el.th(_head(row), scope="row"), rx.foreach(row.takers, _cell_of(row)))


def _cell_of(row: Packed) -> Any:
    def one(taker: Taker) -> rx.Component:
        got = var(taker.got, int)
        amount = rx.el.span(format.number(got), class_name="num")
        box = tick(_tick_name(format.product(row.name, row.content), taker), **_ticked(row, taker))
        cell = rx.cond(phase_is("distributing"), rx.el.label(box, amount, class_name="pack-cell"), amount)
        return rx.el.td(rx.cond(got > 0, cell, rx.fragment()), key=taker.id)

    return one
