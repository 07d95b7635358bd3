"""The receipts of a run: what each till took, what stands on it beside the goods, and what is corrected afterwards."""

from __future__ import annotations

from typing import Any

import reflex as rx

from bulq.components import format
from bulq.components.buttons import button, link_button
from bulq.components.facts import Looking, known, once_per_row, state_of, var
from bulq.components.lists import size
from bulq.components.operations import PageLocals, handler
from bulq.components.phases import phase_chip
from bulq.components.surfaces import card, empty_state, kv, skeleton_rows
from bulq.components.texts import t
from bulq.pages.layout import missing, page_frame
from bulq.pages.receipts.cards import correction_card, receipt_card
from bulq.pages.receipts.dialogs import receipt_dialogs
from bulq.pages.receipts.facts import ACTS, corrections, facts, may_add, may_correct, written


def receipts_page() -> rx.Component:
    is_gone, is_known = state_of("receipts") == "gone", known(facts.id)
    page = rx.cond(is_gone, missing(), rx.cond(is_known, _receipts(), card(skeleton_rows(3), padded=False)))
    run = format.store_and_day(facts.store, facts.shopping_day)
    return page_frame(
        Looking.create(view="receipts", address="runs/{run_id}/receipts"),
        PageLocals.create(prefix="receipts."),
        page,
        title=rx.cond(is_gone, t("missing.page_title"), t("receipts.title")),
        tab=rx.cond(is_gone, t("missing.page_title"), rx.cond(is_known, t("receipts.tab", run=run), "")),
        crumb=[
            (rx.cond(known(facts.group), var(facts.group), t("run.group")), _href("/groups/", facts.group_id)),
            (rx.cond(is_known, run, t("run.title")), _href("/runs/", facts.id)),
        ],
        beside=rx.cond(is_known, phase_chip(var(facts.phase)), rx.fragment()),
        actions=rx.cond(is_known, _actions(), rx.fragment()),
        narrow=True,
    )


def _href(before: str, page_id: str) -> Any:
    return rx.cond(known(page_id), rx.Var.create(before) + var(page_id), "/")


def _actions() -> rx.Component:
    add = button(t("receipts.add"), look="primary", icon="plus", on_click=handler(ACTS, "open", "add"))
    correct = button(t("receipts.correct"), icon="pencil-line", on_click=handler(ACTS, "open", "correct"))
    bought = link_button(t("receipts.bought"), _href("/runs/", facts.id) + "/shopping", icon="list-checks")
    return rx.fragment(
        bought,
        rx.cond(may_add(), add, rx.fragment()),
        rx.cond(may_correct(), correct, rx.fragment()),
    )


def _receipts() -> rx.Component:
    none = empty_state(t("receipts.none"), t("receipts.none_detail"), icon="receipt-text")
    mended = rx.fragment(
        rx.el.h2(t("receipts.corrections"), class_name="text-muted mt-2 px-1"),
        rx.foreach(corrections(), once_per_row(correction_card)),
    )
    in_all = card(kv(t("receipts.in_all"), format.money(facts.total, facts.currency), total=True))
    return rx.el.div(
        rx.cond(size(written()) > 0, rx.foreach(written(), once_per_row(receipt_card)), none),
        rx.cond(size(corrections()) > 0, mended, rx.fragment()),
        rx.cond((size(written()) + size(corrections())) > 1, in_all, rx.fragment()),
        receipt_dialogs(),
        class_name="grid gap-4",
    )
