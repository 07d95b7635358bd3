"""A receipt as a card: who paid, what was bought, costs beside the goods, and what the lines don't explain."""

from __future__ import annotations

import reflex as rx

from bulq.components import format
from bulq.components.buttons import button, icon_button
from bulq.components.facts import known, var
from bulq.components.lists import size
from bulq.components.operations import handler
from bulq.components.surfaces import card, kv
from bulq.components.texts import t
from bulq.components.times import time_ago
from bulq.pages.receipts.facts import ACTS, BoughtRow, CostRow, PayerRow, ReceiptRow, are_many, facts
from bulq.pages.receipts.photos import photos_of


def receipt_card(receipt: ReceiptRow) -> rx.Component:
    empty = rx.el.p(t("receipts.empty"), class_name="text-muted")
    has_lines = (size(receipt.purchases) > 0) | (size(receipt.costs) > 0)
    several = rx.el.div(rx.foreach(receipt.payers, _payer), class_name="receipt-part")
    bought = rx.el.div(rx.foreach(receipt.purchases, _bought_on(receipt)), class_name="receipt-part")
    costs = rx.el.div(rx.foreach(receipt.costs, _cost_on(receipt)), class_name="receipt-part")
    return card(
        rx.cond(size(receipt.payers) > 0, several, rx.fragment()),
        rx.cond(has_lines, rx.fragment(), empty),
        rx.cond(size(receipt.purchases) > 0, bought, rx.fragment()),
        rx.cond(size(receipt.costs) > 0, costs, rx.fragment()),
        _sums(receipt),
        rx.cond(var(receipt.difference, int) != 0, _difference(receipt), rx.fragment()),
        photos_of(receipt),
        rx.cond(receipt.may, _actions(receipt), rx.fragment()),
        title=t("receipts.by", people=receipt.paid_by),
        note=format.day(receipt.day),
        data_receipt=receipt.paid_by,
    )


def _payer(payer: PayerRow) -> rx.Component:
    return kv(rx.el.bdi(payer.name), format.money(payer.amount, facts.currency))


def _bought_on(receipt: ReceiptRow):
    def one(line: BoughtRow) -> rx.Component:
        move = icon_button(
            t("receipts.move_of", product=line.called),
            "corner-down-right",
            on_click=handler(ACTS, "open", "move", receipt.id, line.id),
        )
        return rx.el.div(
            rx.el.span(
                rx.el.bdi(line.called),
                rx.el.span(" · ", format.quantity(line.quantity, line.unit), class_name="text-muted num"),
                class_name="flex-1 min-w-0 break-words",
            ),
            rx.el.span(format.money(line.total, facts.currency, symbol=False), class_name="num"),
            rx.cond(var(receipt.may, bool) & are_many(), move, rx.fragment()),
            key=line.id,
            class_name="receipt-line",
        )

    return one


def _cost_on(receipt: ReceiptRow):
    def one(cost: CostRow) -> rx.Component:
        remove = icon_button(
            t("receipts.remove_cost", cost=cost.called, amount=cost.amount_said),
            "trash-2",
            on_click=handler(ACTS, "removeCost", facts.id, receipt.id, cost.id, receipt.revision),
        )
        return rx.el.div(
            rx.el.span(
                rx.el.span(cost.called, class_name="font-semibold"),
                rx.el.span(
                    cost.rule,
                    rx.cond(known(cost.way), rx.fragment(" · ", cost.way), rx.fragment()),
                    class_name="block text-muted text-[13px]",
                ),
                rx.cond(known(cost.note), rx.el.span(cost.note, class_name="block text-[13px]"), rx.fragment()),
                class_name="flex-1 min-w-0 break-words",
            ),
            rx.el.span(format.money(cost.amount, facts.currency, symbol=False), class_name="num"),
            rx.cond(receipt.may, remove, rx.fragment()),
            key=cost.id,
            data_cost=cost.called,
            class_name="receipt-line",
        )

    return one


def _sums(receipt: ReceiptRow) -> rx.Component:
    """What the lines come to, and beside that what the till says."""
    total = kv(t("receipts.till"), format.money(receipt.total, facts.currency), total=True)
    lines = format.money(receipt.lines, facts.currency)
    has_total = var(receipt.total, int | None) != None  # noqa: E711
    alone = kv(t("receipts.lines"), lines, total=True)
    return rx.cond(has_total, rx.fragment(kv(t("receipts.lines"), lines), total), alone)


def _difference(receipt: ReceiptRow) -> rx.Component:
    amount, difference = format.money(receipt.difference, facts.currency), var(receipt.difference, int)
    spread = button(
        t("receipts.spread"),
        look="primary",
        small=True,
        on_click=handler(ACTS, "spread", facts.id, receipt.id, difference),
    )
    assign = button(t("receipts.assign"), small=True, on_click=handler(ACTS, "open", "spread", receipt.id))
    return rx.el.div(
        kv(t("receipts.difference"), amount, data_difference=True),
        rx.el.p(
            rx.cond(difference > 0, t("receipts.difference_over"), t("receipts.difference_under")),
            class_name="text-[13px]",
        ),
        rx.cond(receipt.may, rx.el.div(spread, assign, class_name="flex flex-wrap gap-2 mt-2"), rx.fragment()),
        class_name="receipt-difference",
    )


def _actions(receipt: ReceiptRow) -> rx.Component:
    def opens(name: str):
        return handler(ACTS, "open", name, receipt.id)

    remove = button(
        t("receipts.remove"),
        look="plain",
        small=True,
        name=_named("receipts.remove_of", receipt),
        on_click=opens("remove"),
    )
    return rx.el.div(
        button(t("receipts.add_cost"), look="soft", small=True, icon="plus", on_click=opens("cost")),
        button(
            t("receipts.edit"),
            small=True,
            name=_named("receipts.edit_of", receipt),
            icon="pencil",
            on_click=opens("edit"),
        ),
        rx.cond(receipt.removable, remove, rx.fragment()),
        class_name="flex flex-wrap gap-2 mt-4",
    )


def _named(key: str, receipt: ReceiptRow) -> rx.Var[str]:
    return t(key, people=receipt.paid_by, day=format.day(receipt.day))


def correction_card(receipt: ReceiptRow) -> rx.Component:
    """What was corrected after the run, why, when and by whom."""
    return card(
        rx.el.p(receipt.reason, class_name="whitespace-pre-line break-words"),
        rx.el.div(rx.foreach(receipt.costs, _cost_on(receipt)), class_name="receipt-part"),
        rx.el.p(
            t("receipts.corrected_by", name=receipt.author),
            " · ",
            time_ago(receipt.at),
            class_name="text-muted text-[13px]",
        ),
        photos_of(receipt),
        title=rx.cond(
            var(receipt.lines, int) == 0,
            t("receipts.between"),
            rx.cond(
                var(receipt.lines, int) < 0,
                t("receipts.came_back", name=receipt.paid_by),
                t("receipts.on_top", name=receipt.paid_by),
            ),
        ),
        note=format.day(receipt.day),
        data_correction=receipt.reason,
    )
