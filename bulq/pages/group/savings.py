"""What buying together saved the group and whoever looks, run after run: as a chart, and the same as a table."""

from __future__ import annotations

import reflex as rx

from bulq.components import format
from bulq.components.buttons import link
from bulq.components.facts import Looking, call, known, live_var, var
from bulq.components.lists import size
from bulq.components.price_chart import price_chart
from bulq.components.surfaces import card
from bulq.components.texts import t
from bulq.queries.savings import RunSaved, SavingsView

SAVINGS = "$/public/group/savings.js"

savings = live_var(SavingsView, "savings")


def savings_card() -> rx.Component:
    """Nothing before the first completed run."""
    runs = var(savings.runs, list[RunSaved])
    return rx.fragment(
        Looking.create(view="savings", address="groups/{group_id}/savings"),
        rx.cond(known(savings.id), rx.cond(size(runs) > 0, _card(), rx.fragment()), rx.fragment()),
    )


def _card() -> rx.Component:
    is_any = call(SAVINGS, "isAnyKnown", bool, savings.runs)
    said = t(
        "group.saved_in_all",
        saved=format.money(savings.saved, savings.currency),
        mine=format.money(savings.mine, savings.currency),
    )
    chart = price_chart(
        t("group.savings_chart"),
        call(SAVINGS, "chartRows", list[dict[str, float]], savings.runs, savings.currency),
        rx.Var.create([t("group.saved_all"), t("group.saved_mine"), "", "", "", ""]),
        decimals=call(format.FORMAT, "exponent", int, savings.currency),
        dots=rx.Var.create(True),
    )
    head = rx.el.div(
        rx.el.p(said, class_name="font-semibold num break-words"),
        rx.el.p(t("group.savings_detail"), class_name="text-muted text-[13px] mt-1"),
        class_name="px-4 pt-3",
    )
    unknown = rx.el.p(t("group.savings_unknown"), class_name="text-muted p-4")
    return card(
        rx.cond(is_any, rx.fragment(head, rx.el.div(chart, class_name="px-2 pt-3")), unknown),
        rx.cond(is_any, _table(), rx.fragment()),
        title=t("group.savings"),
        padded=False,
        class_name="price-box",
    )


def _table() -> rx.Component:
    heads = ("group.saved_run", "group.saved_all", "group.saved_mine")
    rows = call(SAVINGS, "newestFirst", list[RunSaved], savings.runs)
    return rx.el.div(
        rx.el.table(
            rx.el.thead(rx.el.tr(*(rx.el.th(t(head), scope="col") for head in heads))),
            rx.el.tbody(rx.foreach(rows, _row)),
            aria_label=t("group.savings"),
            class_name="share-table",
        ),
        class_name="px-4 pb-4 pt-2",
    )


def _row(run: RunSaved) -> rx.Component:
    of = t("group.saved_for", count=var(run.products, int), known=var(run.known, int))
    return rx.el.tr(
        rx.el.th(
            link(
                format.store_and_day(run.store, run.day),
                rx.Var.create("/runs/") + var(run.id),
                class_name="link break-words font-normal",
            ),
            rx.el.span(of, class_name="block text-muted text-[13px] font-normal num"),
            scope="row",
        ),
        rx.el.td(_amount(run.saved), class_name="num"),
        rx.el.td(_amount(run.mine), class_name="num"),
        key=run.id,
    )


def _amount(amount: object) -> rx.Component:
    is_known = var(amount, int | None) != None  # noqa: E711
    shown = format.money(amount, savings.currency, symbol=False)
    return rx.cond(is_known, rx.el.span(shown), rx.el.span(t("group.saved_unknown"), class_name="text-muted"))
