"""Rows of the shopping list: to buy, not there, bought. Each is drawn anew only when its own facts change."""

from __future__ import annotations

import reflex as rx

from bulq.components import format
from bulq.components.buttons import button, glyph
from bulq.components.facts import call, known, var
from bulq.components.lists import size
from bulq.components.operations import handler, operation
from bulq.components.surfaces import chip
from bulq.components.texts import Text, t
from bulq.components.times import time_ago
from bulq.pages.shopping.facts import LIST, SHEET, ReceiptRow, leads, may_buy, may_mend, me, shop
from bulq.queries.shopping import BidderNote, Item
from bulq.services import shopping

ROW = "relative flex gap-3 px-3 py-3 border-b border-line last:border-0"
BOX = "grid place-items-center flex-none size-12 rounded-[12px] border-2"


def row_to_buy(item: Item) -> rx.Component:
    """One row, one target: the box is the button, and all of the row belongs to it."""
    name = format.product(item.name, item.content)
    tick = rx.el.button(
        type="button",
        aria_label=t("shopping.buy", product=name),
        on_click=handler(SHEET, "openToBuy", item.id),
        class_name=f"{BOX} border-edge bg-surface active:bg-brand-soft after:absolute after:inset-0 touch-manipulation",
    )
    last = rx.el.p(
        t("shopping.last", price=format.price(var(item.prices, list)[0], item.unit, shop.currency)),
        " · ",
        time_ago(var(item.prices, list[dict[str, str]])[0]["at"]),
        class_name="num text-[14px] text-muted",
    )
    return rx.el.li(
        rx.cond(may_buy(), tick, rx.fragment()),
        rx.el.div(
            _name(name, item.brand),
            rx.cond(size(item.packs) > 0, _packs(item), rx.fragment()),
            rx.foreach(item.notes, _note),
            rx.cond(var(item.prices, list).length() > 0, last, rx.fragment()),
            class_name="flex-1 min-w-0",
        ),
        rx.el.div(
            rx.el.b(format.number(item.wanted), class_name="num text-[22px] leading-6 block"),
            " ",
            rx.el.span(format.unit(item.unit, item.wanted), class_name="text-[14px] text-muted"),
            class_name="text-right flex-none",
        ),
        data_product=name,
        class_name=f"{ROW} items-center min-h-[72px]",
    )


def _packs(item: Item) -> rx.Component:
    """ "2 × 6 + 1": what to take of what is sold in packs."""
    written = call(LIST, "packsOf", str, item.packs, item.loose)
    return rx.el.p(written, class_name="num text-[15px]", data_packs=True)


def absent_row(item: Item) -> rx.Component:
    name = format.product(item.name, item.content)
    undo = button(
        t("shopping.undo"),
        look="plain",
        small=True,
        name=t("shopping.undo_of", product=name),
        on_click=operation(shopping.set_missing, run_id=shop.id, item_id=item.id, missing=False),
    )
    return rx.el.li(
        rx.el.div(
            _name(name, item.brand, quiet=True),
            rx.el.p(
                t("shopping.was_wanted", wanted=format.quantity(item.wanted, item.unit)),
                class_name="num text-[14px] text-muted",
            ),
            class_name="flex-1 min-w-0",
        ),
        rx.cond(may_buy(), undo, rx.fragment()),
        data_product=name,
        class_name=f"{ROW} items-center",
    )


def bought_row(line: ReceiptRow) -> rx.Component:
    name = format.product(line.name, line.content)
    amount = format.quantity(line.quantity, line.unit)
    called = rx.cond(line.several, t("shopping.one_of_several", product=name, amount=amount), name)
    may_correct = may_mend() & (leads() | (var(line.payer_id) == var(me.id)))
    mark = rx.el.span(glyph("check", 24), class_name=f"{BOX} border-brand bg-brand text-brand-ink")
    return rx.el.li(
        mark,
        rx.el.div(
            rx.el.div(
                _name(name, quiet=True),
                rx.cond(line.newest, _progress(line), rx.fragment()),
                class_name="flex flex-wrap items-baseline justify-between gap-x-2",
            ),
            rx.el.p(_sum(line), class_name="num text-[14px]"),
            rx.el.p(t("shopping.paid", name=line.payer), class_name="text-[14px] text-muted"),
            class_name="flex-1 min-w-0",
        ),
        rx.cond(known(line.waits), _waiting(var(line.waits)), rx.fragment()),
        rx.cond(may_buy(), _actions(line, called), rx.cond(may_correct, _correct(line, called), rx.fragment())),
        data_product=name,
        data_saved=rx.cond(known(line.waits), var(line.waits), "saved"),
        class_name=f"{ROW} flex-wrap",
    )


def _waiting(state: rx.Var[str]) -> rx.Component:
    """Where a line is that isn't saved: by its shape, and in words."""
    on_phone = rx.fragment(glyph("smartphone", 16), t("offline.phone"))
    return rx.el.p(
        rx.cond(state == "phone", on_phone, rx.fragment(glyph("send", 16), t("offline.sent"))),
        class_name="w-full flex items-center gap-1.5 text-[14px] text-muted",
    )


def _progress(line: ReceiptRow) -> rx.Component:
    """How much of what is wanted is bought."""
    wanted, bought = var(line.wanted, int), var(line.bought, int)
    some = t("shopping.some_of_it", bought=format.number(bought), wanted=format.number(wanted))
    return rx.cond(
        line.settled,
        chip(t("shopping.all_of_it", wanted=format.number(wanted)), "good"),
        rx.cond(
            bought < wanted,
            chip(some, "warn"),
            chip(t("shopping.too_many", more=format.number(bought - wanted)), "info"),
        ),
    )


def _sum(line: ReceiptRow) -> rx.Var[str]:
    """ "9 × 799.00 = 7,191.00", or "about" where the price had to be rounded."""
    measured = rx.Var.create(["kg", "g", "l", "ml", "m"]).contains(var(line.unit))
    large = var(line.per, int) > 1000  # a price of a kilogram, of what is wanted in grams
    each = format.money(line.price, shop.currency, symbol=False)
    words = {
        "amount": rx.cond(measured, format.quantity(line.quantity, line.unit), format.number(line.quantity)),
        "price": rx.cond(
            large, t("format.price", price=each, quantity=format.price_quantity(line.per, line.unit)), each
        ),
        "total": format.money(line.total, shop.currency, symbol=False),
    }
    return rx.cond(line.exact, t("shopping.sum", **words), t("shopping.sum_about", **words))


def _actions(line: ReceiptRow, called: Text) -> rx.Component:
    more = button(
        t("shopping.more"),
        look="plain",
        small=True,
        name=t("shopping.buy_more", product=format.product(line.name, line.content)),
        on_click=handler(SHEET, "openToBuy", line.item_id),
    )
    return rx.el.div(
        button(
            t("shopping.edit"),
            look="plain",
            small=True,
            name=t("shopping.edit_of", product=called),
            on_click=handler(SHEET, "openToMend", line.id),
        ),
        button(
            t("shopping.undo"),
            look="plain",
            small=True,
            name=t("shopping.undo_of", product=called),
            on_click=handler(SHEET, "undo", line.id),
        ),
        rx.cond(line.newest, more, rx.fragment()),
        class_name="w-full flex flex-wrap justify-end -mt-2 -mb-1",
    )


def _correct(line: ReceiptRow, called: Text) -> rx.Component:
    """After shopping total and payer can still be corrected."""
    return rx.el.div(
        button(
            t("shopping.correct"),
            look="plain",
            small=True,
            name=t("shopping.correct_of", product=called),
            on_click=handler(SHEET, "openToMend", line.id),
        ),
        class_name="w-full flex justify-end -mt-2 -mb-1",
    )


def _name(name: Text, brand: Text = "", *, quiet: bool = False) -> rx.Component:
    return rx.el.div(
        rx.el.b(name, class_name=f"text-[16px]{' text-muted' if quiet else ''}"),
        rx.el.span(" ", brand, class_name="text-[14px] text-muted"),
        class_name="min-w-0 break-words",
    )


def _note(note: BidderNote) -> rx.Component:
    return rx.el.p(t("shopping.note_of", name=note.name, note=note.note), class_name="text-[14px] whitespace-pre-line")
