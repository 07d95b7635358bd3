"""After a run: what came of it, to be told to others, and the next one to the same store."""

from __future__ import annotations

import reflex as rx

from bulq.components import format
from bulq.components.buttons import button, glyph
from bulq.components.operations import handler
from bulq.components.overlays import dialog
from bulq.components.share import share_button
from bulq.components.texts import t
from bulq.pages.group.planning import plan_form
from bulq.pages.run.facts import LEADING, bought_count, call, dialog_is, rows_call, run, var

SUMMARY = "$/public/run/summary.js"


def summary() -> rx.Component:
    """Figures of what was bought and given out; nothing that nobody measured."""
    sums = run.products, run.weight, run.unweighed, run.total, run.currency
    said = call(SUMMARY, "summaryOf", str, *sums, run.saved, run.saved_known, run.saved_of)
    unknown = rx.el.p(t("run.summary.saved_unknown"), class_name="text-muted text-[13px]")
    left = t("run.summary.left_over", amount=format.money(run.left_over, run.currency))
    shared = rx.cond(var(run.left_over, int) > 0, left, t("run.summary.fair"))
    about = format.store_and_day(run.store, run.shopping_day)
    gone = rows_call("notBought", int, run.products)
    some = rx.fragment(
        rx.el.p(rx.el.b(said), class_name="run-summary-said num"),
        rx.el.p(
            shared,
            rx.cond(gone > 0, rx.fragment(" ", t("run.summary.gone", count=gone)), rx.fragment()),
            class_name="text-muted num",
        ),
        rx.cond((var(run.saved_of, int) > 0) & (var(run.saved_known, int) == 0), unknown, rx.fragment()),
    )
    again = handler(LEADING, "open", "plan_again")
    share = share_button(
        t("run.summary.share"),
        title=about,
        text=call(SUMMARY, "shared", str, about, said, shared),
        url=rx.Var.create("/runs/") + var(run.id),
    )
    return rx.el.section(
        rx.el.span(glyph("package-check", 22), class_name="run-summary-icon"),
        rx.el.div(
            rx.el.h2(t("run.summary.title")),
            rx.cond(bought_count() > 0, some, rx.el.p(t("run.summary.nothing"), class_name="text-muted")),
            class_name="min-w-0 flex-1",
        ),
        rx.el.div(
            rx.cond(bought_count() > 0, share, rx.fragment()),
            button(t("lead.plan_again"), look="primary", icon="repeat", on_click=again),
            class_name="flex flex-wrap items-center gap-2",
        ),
        class_name="card run-summary",
        data_summary=True,
    )


def plan_again_dialog() -> rx.Component:
    """A new run of the same group to the same store; whoever plans it leads it."""
    close = handler(LEADING, "close")
    form = plan_form(
        rx.el.p(t("run.summary.again_at", store=run.store), class_name="text-muted"),
        known={"group_id": run.group_id, "store_id": run.store_id},
        zone=run.time_zone,
        close=close,
        start=run.note,
    )
    return dialog(t("lead.plan_again"), form, open=dialog_is("plan_again"), on_close=close)
