"""Rows of the shopping list: to buy, not there, bought."""

from __future__ import annotations

import reflex as rx

from bulq.components.buttons import button, glyph
from bulq.components.surfaces import chip
from bulq.components.texts import Text, t
from bulq.components.times import time_ago
from bulq.state.buying import BuyingState
from bulq.state.shopping import ShoppingState as S
from bulq.state.shopping_rows import Good, Line

ROW = "relative flex gap-3 px-3 py-3 border-b border-line last:border-0"
BOX = "grid place-items-center flex-none size-12 rounded-[12px] border-2"


def row_to_buy(good: Good) -> rx.Component:
    """One row, one target: the box is the button, and all of the row belongs to it."""
    tick = rx.el.button(
        type="button",
        aria_label=t("shopping.buy", product=good.name),
        on_click=BuyingState.buy(good.item_id),
        class_name=f"{BOX} border-edge bg-surface active:bg-brand-soft after:absolute after:inset-0 touch-manipulation",
    )
    row = rx.el.li(
        rx.cond(S.may_buy, tick, rx.fragment()),
        rx.el.div(
            _name(good.name, good.brand),
            rx.foreach(good.notes, _note),
            rx.cond(good.last != "", _last(good), rx.fragment()),
            class_name="flex-1 min-w-0",
        ),
        rx.el.div(
            rx.el.b(good.amount, class_name="num text-[22px] leading-6 block"),
            " ",
            rx.el.span(good.unit, class_name="text-[14px] text-muted"),
            class_name="text-right flex-none",
        ),
        data_product=good.name,
        class_name=f"{ROW} items-center min-h-[72px]",
    )
    waiting = ~rx.Var.create(S.bought).contains(good.item_id) & ~_absent(good)
    return rx.fragment(rx.cond(waiting, row, rx.fragment()), key=good.item_id)


def _absent(good: Good) -> rx.Var[bool]:
    return rx.Var.create(S.absent).contains(good.item_id)


def absent_row(good: Good) -> rx.Component:
    row = rx.el.li(
        rx.el.div(
            _name(good.name, good.brand, quiet=True),
            rx.el.p(t("shopping.was_wanted", wanted=good.wanted), class_name="num text-[14px] text-muted"),
            class_name="flex-1 min-w-0",
        ),
        rx.cond(
            S.may_buy,
            button(
                t("shopping.undo"),
                look="plain",
                small=True,
                name=t("shopping.undo_of", product=good.name),
                on_click=S.found(good.item_id),
                data_saves=True,
            ),
            rx.fragment(),
        ),
        data_product=good.name,
        class_name=f"{ROW} items-center",
    )
    return rx.fragment(rx.cond(_absent(good), row, rx.fragment()), key=good.item_id)


def bought_row(line: Line) -> rx.Component:
    may_correct = S.may_mend & (S.leads | (rx.Var.create(line.payer_id) == S.me))
    mark = rx.el.span(glyph("check", 24), class_name=f"{BOX} border-brand bg-brand text-brand-ink")
    return rx.el.li(
        mark,
        rx.el.div(
            rx.el.div(
                _name(line.name, quiet=True),
                rx.cond(line.chip != "", chip(line.chip, rx.Var.create(line.tone).to(str)), rx.fragment()),
                class_name="flex flex-wrap items-baseline justify-between gap-x-2",
            ),
            rx.el.p(line.sum, class_name="num text-[14px]"),
            rx.el.p(t("shopping.paid", name=line.payer), class_name="text-[14px] text-muted"),
            class_name="flex-1 min-w-0",
        ),
        rx.cond(S.may_buy, _actions(line), rx.cond(may_correct, _correct(line), rx.fragment())),
        key=line.purchase_id,
        data_product=line.name,
        class_name=f"{ROW} flex-wrap",
    )


def _actions(line: Line) -> rx.Component:
    more = button(
        t("shopping.more"),
        look="plain",
        small=True,
        name=t("shopping.buy_more", product=line.name),
        on_click=BuyingState.buy(line.item_id),
    )
    return rx.el.div(
        button(
            t("shopping.edit"),
            look="plain",
            small=True,
            name=t("shopping.edit_of", product=line.called),
            on_click=BuyingState.edit(line.purchase_id),
        ),
        button(
            t("shopping.undo"),
            look="plain",
            small=True,
            name=t("shopping.undo_of", product=line.called),
            on_click=S.undo(line.purchase_id, line.seen),
            data_saves=True,
        ),
        rx.cond(line.chip != "", more, rx.fragment()),
        class_name="w-full flex flex-wrap justify-end -mt-2 -mb-1",
    )


def _correct(line: Line) -> rx.Component:
    """After shopping total and payer can still be corrected."""
    return rx.el.div(
        button(
            t("shopping.correct"),
            look="plain",
            small=True,
            name=t("shopping.correct_of", product=line.called),
            on_click=BuyingState.edit(line.purchase_id),
        ),
        class_name="w-full flex justify-end -mt-2 -mb-1",
    )


def _name(name: Text, brand: Text = "", *, quiet: bool = False) -> rx.Component:
    return rx.el.div(
        rx.el.b(name, class_name=f"text-[16px]{' text-muted' if quiet else ''}"),
        rx.el.span(" ", brand, class_name="text-[14px] text-muted"),
        class_name="min-w-0 break-words",
    )


def _note(note: rx.Var[str]) -> rx.Component:
    return rx.el.p(note, class_name="text-[14px] whitespace-pre-line")


def _last(good: Good) -> rx.Component:
    return rx.el.p(
        t("shopping.last", price=good.last), " · ", time_ago(good.last_at), class_name="num text-[14px] text-muted"
    )
