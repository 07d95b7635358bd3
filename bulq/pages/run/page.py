"""The run page: products on the left, your part and the people on the right, the same in every phase."""

from __future__ import annotations

import reflex as rx

from bulq.components import format
from bulq.components.buttons import button, glyph, link, link_button
from bulq.components.facts import Looking, count_of, state_of
from bulq.components.operations import handler, operation
from bulq.components.phases import phase_chip, phase_steps
from bulq.components.surfaces import card, notice, progress, skeleton_rows
from bulq.components.texts import t
from bulq.components.times import countdown
from bulq.pages.layout import missing, page_frame
from bulq.pages.run.adding import product_dialog
from bulq.pages.run.dialogs import lead, manage_menu, opens, run_dialogs
from bulq.pages.run.export import export_button, export_dialog
from bulq.pages.run.facts import (
    BIDDING,
    LEADING,
    bought_count,
    is_open,
    known,
    leads,
    me,
    my_part,
    my_spending,
    name_of,
    next_step,
    open_cases,
    phase_is,
    rows_call,
    run,
    sums,
    takes_part,
    var,
)
from bulq.pages.run.goods import goods, is_long, jump_button
from bulq.pages.run.handing_out import statements
from bulq.pages.run.side import people, ready_button, your_part
from bulq.pages.run.summary import plan_again_dialog, summary
from bulq.services import leading
from bulq.state.run.adding import AddingState


class _Leading(rx.Component):
    library = LEADING
    tag = "Leading"


def run_page() -> rx.Component:
    is_gone, is_known = state_of("run") == "gone", known(run.id)
    page = rx.cond(is_gone, missing(), rx.cond(is_known, _run(), card(skeleton_rows(4), padded=False)))
    return page_frame(
        Looking.create(view="run", address="runs/{run_id}"),
        _Leading.create(),
        # A dialog that was left open is closed with the page, but not by a lost connection.
        rx.el.div(page, on_unmount=[AddingState.close]),
        title=rx.cond(is_gone, t("missing.page_title"), rx.cond(is_known, var(run.store), t("run.title"))),
        tab=rx.cond(is_gone, t("missing.page_title"), rx.cond(is_known, _name(), "")),
        crumb=[(rx.cond(known(run.group), var(run.group), t("run.group")), _group_href())],
        beside=rx.cond(is_known, _when(), rx.fragment()),
        actions=rx.cond(is_known, _actions(), rx.fragment()),
        foot=rx.cond(is_known, _foot(), rx.fragment()),
    )


def _group_href() -> rx.Var[str]:
    return rx.cond(known(run.group_id), rx.Var.create("/groups/") + var(run.group_id), "/")


def _name() -> rx.Var[str]:
    return format.store_and_day(run.store, run.shopping_day)


def _when() -> rx.Component:
    """The one line about the run that stands below its name."""
    shopping = rx.el.span(t("run.shopping_on", day=format.day(run.shopping_day)), class_name="num")
    at = t("run.closes", at=format.moment(run.bids_close_at, run.time_zone))
    closing = rx.el.span(
        rx.el.span(at, " · ", class_name="max-wide:hidden"),
        rx.el.span(t("run.closes_in"), " ", class_name="wide:hidden"),
        countdown(var(run.bids_close_at), ended=t("run.closed"), class_name="num whitespace-nowrap"),
        class_name="num",
    )
    return rx.el.div(
        phase_chip(var(run.phase)),
        rx.cond(known(run.shopping_day), shopping, rx.fragment()),
        rx.cond(known(run.bids_close_at) & BIDDING, closing, rx.fragment()),
        link(t("run.about_store"), rx.Var.create("/stores/") + var(run.store_id)),
        class_name="run-when",
    )


def _actions() -> rx.Component:
    """The next step of the run for those who may take it; everything rarer is in the menu."""
    unmatched = rows_call("unmatched", int, run.products)
    why = rx.el.span(
        t("run.unmatched", count=unmatched),
        id="unmatched",
        class_name="text-muted text-[13px] self-center max-wide:sr-only",
    )
    steps = rx.match(
        var(run.phase),
        ("planning", button(t("lead.confirm"), on_click=lead("askConfirm"))),
        ("active", button(t("lead.confirm"), look="primary", on_click=lead("askConfirm"))),
        (
            "confirmed",
            rx.fragment(
                button(t("lead.reopen"), on_click=lead("reopen")),
                rx.cond(
                    open_cases() > 0,
                    rx.fragment(
                        button(t("lead.start_shopping"), on_click=lead("startShopping")),
                        button(t("lead.fill_cases"), look="primary", icon="package", on_click=opens("cases")),
                    ),
                    button(
                        t("lead.start_shopping"), look="primary", icon="shopping-cart", on_click=lead("startShopping")
                    ),
                ),
            ),
        ),
        ("shopping", button(t("lead.finish_shopping"), on_click=lead("askFinish"))),
        (
            "adjusting",
            rx.fragment(
                rx.cond(unmatched > 0, why, rx.fragment()),
                button(
                    t("lead.finish_adjusting"),
                    disabled=unmatched > 0,
                    on_click=lead("finishAdjusting"),
                    aria_describedby="unmatched",
                ),
                button(t("lead.share_fairly"), look="primary", icon="scale", on_click=opens("share")),
            ),
        ),
        ("distributing", button(t("lead.complete"), look="primary", icon="check", on_click=lead("askComplete"))),
        rx.fragment(),
    )
    shopping = rx.Var.create("/runs/") + var(run.id) + "/shopping"
    listed = link_button(t("run.shopping_list"), shopping, look="primary", icon="list-checks")
    bought = link_button(t("run.bought"), shopping, icon="list-checks")
    receipts = link_button(t("run.receipts"), rx.Var.create("/runs/") + var(run.id) + "/receipts", icon="receipt-text")
    written = phase_is("shopping", "adjusting", "distributing", "completed")
    again = handler(LEADING, "open", "plan_again")
    may_mend = phase_is("adjusting", "distributing") & (leads() | (my_spending() > 0))
    return rx.fragment(
        rx.cond(leads(), steps, rx.fragment()),
        rx.cond(phase_is("shopping"), listed, rx.fragment()),
        rx.cond(may_mend, bought, rx.fragment()),
        rx.cond(written, receipts, rx.fragment()),
        rx.cond(phase_is("cancelled"), button(t("lead.plan_again"), icon="repeat", on_click=again), rx.fragment()),
        rx.cond(leads() & ~phase_is("cancelled"), manage_menu(), rx.cond(takes_part(), export_button(), rx.fragment())),
    )


def _run() -> rx.Component:
    return rx.fragment(
        rx.cond(phase_is("cancelled"), rx.fragment(), phase_steps(var(run.phase))),
        _messages(),
        rx.el.div(
            rx.el.div(statements(), goods(), class_name="run-goods grid gap-4 min-w-0"),
            rx.el.aside(your_part(), people()),
            class_name="cols",
        ),
        product_dialog(),
        run_dialogs(),
        export_dialog(),
        plan_again_dialog(),
    )


def _messages() -> rx.Component:
    """What one should know before looking at the numbers: first what is to be done."""
    leader = name_of(run.leader_id)
    asked_me = rx.el.div(
        rx.el.span(t("run.asked_you", name=leader), class_name="flex-1"),
        button(t("run.decline"), small=True, on_click=operation(leading.decline_lead, run_id=run.id)),
        button(t("run.accept"), look="soft", small=True, on_click=operation(leading.accept_lead, run_id=run.id)),
        role="status",
        class_name="notice notice-info flex flex-wrap items-center gap-3",
    )
    asked = rx.el.div(
        rx.el.span(t("run.asked", name=name_of(run.hand_over_to)), class_name="flex-1"),
        button(t("lead.withdraw"), small=True, on_click=operation(leading.withdraw_lead, run_id=run.id)),
        class_name="notice notice-info flex flex-wrap items-center gap-3",
    )
    because = t("run.cancelled_because", reason=run.cancel_reason)
    why = rx.cond(known(run.cancel_reason), because, t("run.cancelled"))
    is_asked = var(run.hand_over_to) == var(me.id)
    return rx.el.div(
        _next(),
        rx.cond(phase_is("cancelled"), notice(why, "bad"), rx.fragment()),
        rx.cond(phase_is("completed"), summary(), rx.fragment()),
        rx.cond(phase_is("shopping"), _bought(), rx.fragment()),
        rx.cond(phase_is("distributing") & (var(run.unexplained, int) > 0), _unexplained(), rx.fragment()),
        rx.cond(
            known(run.hand_over_to),
            rx.cond(is_asked, asked_me, rx.cond(leads(), asked, rx.fragment())),
            rx.fragment(),
        ),
        rx.cond(known(run.note), rx.el.p(run.note, class_name="run-note"), rx.fragment()),
        class_name="run-messages",
    )


def _unexplained() -> rx.Component:
    """What has to be settled before the run can be completed."""
    said = t("lead.unexplained", amount=format.money(run.unexplained, run.currency))
    return rx.el.div(
        rx.el.span(said, class_name="flex-1 basis-56"),
        link(t("lead.to_receipts"), rx.Var.create("/runs/") + var(run.id) + "/receipts"),
        class_name="notice notice-warn flex flex-wrap",
    )


def _next() -> rx.Component:
    """Who has to do what next, whoever looks. It keeps its place and is spoken when it changes."""
    said = rx.el.p(next_step(), role="status", data_next=True)
    return rx.cond(is_open(), rx.el.div(glyph("arrow-right"), said, class_name="run-next"), rx.fragment())


def _bought() -> rx.Component:
    """How far the shopping is, and what is spent by now."""
    bought, listed = bought_count(), rows_call("listedCount", int, run.products)
    gone = rows_call("goneCount", int, run.products)
    counted = t("list.counted", bought=bought, count=listed)
    return rx.el.div(
        rx.el.div(
            rx.el.span(
                rx.el.b(counted),
                rx.cond(
                    gone > 0, rx.el.span(" · ", t("list.gone", count=gone), class_name="text-muted"), rx.fragment()
                ),
            ),
            rx.el.b(
                format.money(rows_call("paidFor", int, run.products), run.currency), class_name="whitespace-nowrap"
            ),
            class_name="flex justify-between gap-3 num",
        ),
        progress(counted, bought + gone, rx.cond(listed > 0, listed, 1)),
        role="group",
        aria_label=t("phase.shopping"),
        class_name="card px-4 py-3 grid gap-2",
    )


def _foot() -> rx.Component:
    """Your part, the way to a product and what is to be said: one tap away on a phone.

    Without a part there is none of it: a phone has no room for a nought.
    """
    part = rx.el.a(
        rx.el.div(t("run.your_part"), ", ", sums(), class_name="text-muted text-[13px]"),
        rx.el.b(format.money(my_part(), run.currency), class_name="num text-lg"),
        href="#your-part",
        class_name="min-w-0",
    )
    shown = rx.fragment(
        rx.cond(takes_part(), part, rx.el.span(t("run.no_part"), class_name="text-muted text-[13px]")),
        rx.el.div(
            rx.cond(is_long(), jump_button(), rx.fragment()), ready_button(), class_name="flex items-center gap-1.5"
        ),
    )
    return rx.cond((takes_part() | is_long()) & (count_of(run.products) > 0), shown, rx.fragment())
