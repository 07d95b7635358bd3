"""The run page: products on the left, your part and the people on the right, the same in every phase."""

from __future__ import annotations

import reflex as rx

from bulq.components.buttons import button, link, link_button
from bulq.components.phases import phase_chip, phase_steps
from bulq.components.surfaces import card, notice, progress, skeleton_rows
from bulq.components.texts import t
from bulq.components.times import countdown
from bulq.pages.layout import missing, page_frame
from bulq.pages.run_dialogs import leading_dialogs, manage_menu, noting_dialog, product_dialog
from bulq.pages.run_export import export_button, export_dialog
from bulq.pages.run_goods import SUMS, goods, statements
from bulq.pages.run_side import my_part, people, ready_button
from bulq.state.adding import AddingState
from bulq.state.auth import AuthState
from bulq.state.exporting import ExportState
from bulq.state.handing_out import HandingOutState
from bulq.state.leading import LeadingState
from bulq.state.noting import NotingState
from bulq.state.run import RunState
from bulq.state.run_tags import RunTagsState

ON_LOAD = [AuthState.load, RunState.open, HandingOutState.open, RunTagsState.open]


def run_page() -> rx.Component:
    page = rx.cond(RunState.missing, missing(), rx.cond(RunState.loaded, _run(), card(skeleton_rows(4), padded=False)))
    return page_frame(
        # What was left open is closed with the page, but not by a lost connection.
        rx.el.div(page, on_unmount=[each.close for each in (LeadingState, AddingState, NotingState, ExportState)]),
        title=rx.cond(
            RunState.missing, t("missing.page_title"), rx.cond(RunState.loaded, RunState.store, t("run.title"))
        ),
        crumb=[(rx.cond(RunState.group_name != "", RunState.group_name, t("run.group")), RunState.group_href)],
        beside=rx.cond(RunState.loaded & ~RunState.missing, _when(), rx.fragment()),
        actions=rx.cond(RunState.loaded & ~RunState.missing, _actions(), rx.fragment()),
        foot=rx.cond(RunState.loaded & ~RunState.missing, _foot(), rx.fragment()),
        on_undo=RunState.undo,
        on_wake=ON_LOAD,
    )


def _when() -> rx.Component:
    closing = rx.el.span(
        t("run.closes", at=RunState.closes),
        " · ",
        countdown(RunState.closes_iso, ended=t("run.closed")),
        class_name="num",
    )
    return rx.el.div(
        phase_chip(RunState.phase),
        rx.cond(RunState.shopping != "", rx.el.span(RunState.shopping, class_name="num"), rx.fragment()),
        rx.cond(RunState.closes != "", closing, rx.fragment()),
        link(t("run.about_store"), RunState.store_href),
        class_name="flex flex-wrap items-center gap-x-3 gap-y-1 text-muted",
    )


def _actions() -> rx.Component:
    """The next step of the run for those who may take it; everything rarer is in the menu."""
    lead = LeadingState
    steps = rx.match(
        RunState.phase,
        ("planning", button(t("lead.confirm"), on_click=lead.ask_confirm)),
        ("active", button(t("lead.confirm"), look="primary", on_click=lead.ask_confirm)),
        (
            "confirmed",
            rx.fragment(
                button(t("lead.reopen"), on_click=lead.reopen),
                button(t("lead.start_shopping"), look="primary", icon="shopping-cart", on_click=lead.start_shopping),
            ),
        ),
        ("shopping", button(t("lead.finish_shopping"), on_click=lead.ask_finish)),
        (
            "adjusting",
            rx.fragment(
                rx.cond(RunState.unmatched > 0, _unmatched(), rx.fragment()),
                button(
                    t("lead.finish_adjusting"),
                    disabled=rx.Var.create(RunState.unmatched).to(int) > 0,
                    on_click=lead.finish_adjusting,
                    aria_describedby="unmatched",
                ),
                button(t("lead.share_fairly"), look="primary", icon="scale", on_click=lead.ask_share),
            ),
        ),
        ("distributing", button(t("lead.complete"), look="primary", icon="check", on_click=lead.ask_complete)),
        rx.fragment(),
    )
    listed = link_button(t("run.shopping_list"), f"{RunState.href}/shopping", look="primary", icon="list-checks")
    receipt = link_button(t("run.receipt"), f"{RunState.href}/shopping", icon="receipt-text")
    mendable = (RunState.phase == "adjusting") | (RunState.phase == "distributing")
    is_open = ~((RunState.phase == "completed") | (RunState.phase == "cancelled"))
    return rx.fragment(
        rx.cond(RunState.leads, steps, rx.fragment()),
        rx.cond(RunState.phase == "shopping", listed, rx.fragment()),
        rx.cond(mendable & (RunState.leads | RunState.paid), receipt, rx.fragment()),
        rx.cond(RunState.leads & is_open, manage_menu(), rx.cond(RunState.takes_part, export_button(), rx.fragment())),
    )


def _unmatched() -> rx.Component:
    """Why adjusting can't be finished yet."""
    return rx.el.span(
        t("run.unmatched", count=RunState.unmatched), id="unmatched", class_name="text-muted text-[13px] self-center"
    )


def _run() -> rx.Component:
    return rx.fragment(
        rx.cond(RunState.phase == "cancelled", rx.fragment(), phase_steps(RunState.phase)),
        _messages(),
        rx.el.div(
            rx.el.div(statements(), goods(), class_name="run-goods grid gap-4 min-w-0"),
            rx.el.aside(my_part(), people()),
            class_name="cols",
        ),
        product_dialog(AddingState),
        noting_dialog(),
        leading_dialogs(),
        export_dialog(),
    )


def _messages() -> rx.Component:
    """What one should know before looking at the numbers."""
    asked_me = rx.el.div(
        rx.el.span(t("run.asked_you", name=RunState.leader), class_name="flex-1"),
        button(t("run.decline"), small=True, on_click=RunState.answer(False)),
        button(t("run.accept"), look="soft", small=True, on_click=RunState.answer(True)),
        role="status",
        class_name="notice notice-info flex flex-wrap items-center gap-3",
    )
    asked = rx.el.div(
        rx.el.span(t("run.asked", name=RunState.asked), class_name="flex-1"),
        button(t("lead.withdraw"), small=True, on_click=LeadingState.withdraw),
        class_name="notice notice-info flex flex-wrap items-center gap-3",
    )
    why = rx.cond(
        RunState.cancel_reason != "", t("run.cancelled_because", reason=RunState.cancel_reason), t("run.cancelled")
    )
    frozen = rx.cond(RunState.leads, t("run.frozen_by_you"), t("run.frozen", name=RunState.leader))
    adjusting = rx.cond(RunState.leads, t("run.adjust_lead"), t("run.adjust_hint"))
    return rx.el.div(
        rx.cond(RunState.note != "", rx.el.p(RunState.note, class_name="run-note"), rx.fragment()),
        rx.cond(RunState.phase == "cancelled", notice(why, "bad"), rx.fragment()),
        rx.cond(RunState.phase == "confirmed", notice(frozen), rx.fragment()),
        rx.cond(RunState.phase == "shopping", _bought(), rx.fragment()),
        rx.cond(RunState.phase == "adjusting", notice(adjusting, "warn"), rx.fragment()),
        rx.cond(RunState.asked_me, asked_me, rx.cond(RunState.leads & (RunState.asked != ""), asked, rx.fragment())),
        class_name="run-messages",
    )


def _bought() -> rx.Component:
    """How far the shopping is, and what is spent by now."""
    counted = t("list.counted", bought=RunState.bought, count=RunState.listed)
    return rx.el.div(
        rx.el.div(
            rx.el.span(
                rx.el.b(counted),
                rx.cond(
                    RunState.gone > 0,
                    rx.el.span(" · ", t("list.gone", count=RunState.gone), class_name="text-muted"),
                    rx.fragment(),
                ),
            ),
            rx.el.b(RunState.spent, class_name="whitespace-nowrap"),
            class_name="flex justify-between gap-3 num",
        ),
        progress(counted, RunState.bought + RunState.gone, rx.cond(RunState.listed > 0, RunState.listed, 1)),
        role="group",
        aria_label=t("phase.shopping"),
        class_name="card px-4 py-3 grid gap-2",
    )


def _foot() -> rx.Component:
    """Nothing while one has no part in the run: a phone has no room for a nought."""
    shown = rx.fragment(
        rx.el.div(
            rx.el.div(t("run.your_part"), ", ", SUMS, class_name="text-muted text-[13px]"),
            rx.el.b(RunState.part, class_name="num text-lg"),
        ),
        ready_button(),
    )
    return rx.cond(RunState.takes_part & (RunState.products > 0), shown, rx.fragment())
