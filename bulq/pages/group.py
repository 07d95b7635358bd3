"""A group: open runs first, then those that ended; its members."""

from __future__ import annotations

import reflex as rx

from bulq.components.buttons import button, copy_button, glyph, link
from bulq.components.combobox import combobox
from bulq.components.fields import text_area, text_field
from bulq.components.overlays import dialog, dialog_actions, form_dialog
from bulq.components.surfaces import alert, avatar, card, chip, empty_state, notice, pager, skeleton_rows
from bulq.components.texts import t
from bulq.components.times import countdown, time_ago
from bulq.pages.home import count, run_item
from bulq.pages.layout import not_found_page, page_frame
from bulq.state.group import GroupState, MemberRow
from bulq.state.home import RunRow

S = GroupState


def group_page() -> rx.Component:
    return rx.cond(
        S.missing,
        not_found_page(),
        page_frame(
            rx.cond(S.ready, _content(), card(skeleton_rows(3), padded=False)),
            _invite(),
            _new_run(),
            title=rx.cond(S.name != "", S.name, t("group.title")),
            crumb=[(t("home.title"), "/")],
            actions=rx.fragment(
                _manage(),
                button(t("group.invite"), icon="user-plus", on_click=S.show_invite),
                button(
                    t("group.new_run"),
                    icon="plus",
                    look="primary",
                    on_click=S.plan,
                    class_name="max-wide:order-first max-wide:grow",
                ),
            ),
            on_wake=S.catch_up,
        ),
    )


def _manage() -> rx.Component:
    """On a phone the icon alone, so that all three stay in one line."""
    return link(
        rx.fragment(glyph("settings-2"), rx.el.span(t("group.manage"), class_name="max-wide:sr-only")),
        f"/groups/{S.id}/manage",
        class_name="btn btn-ghost max-wide:px-3 max-wide:order-last",
        title=t("group.manage"),
    )


def _content() -> rx.Component:
    return rx.el.div(
        rx.el.div(_open_runs(), rx.cond(S.ended_count > 0, _ended_runs(), rx.fragment()), class_name="grid gap-4"),
        rx.el.aside(_members()),
        class_name="cols",
    )


def _open_runs() -> rx.Component:
    return card(
        rx.cond(
            S.open_runs,
            rx.el.ul(rx.foreach(S.open_runs, _open_run)),
            empty_state(t("group.no_runs"), t("group.no_runs_detail"), icon="shopping-basket"),
        ),
        title=t("group.open_runs"),
        note=rx.cond(S.open_runs, count(S.open_runs), ""),
        padded=False,
        class_name="overflow-hidden",
    )


def _ended_runs() -> rx.Component:
    return card(
        rx.el.ul(rx.foreach(S.ended_runs, _ended_run)),
        pager(S.page, S.pages, on_page=S.turn),
        title=t("group.ended_runs"),
        note=t("group.count", count=S.ended_count),
        padded=False,
        class_name="overflow-hidden",
    )


def _open_run(run: RunRow) -> rx.Component:
    bidding = (run.phase == "planning") | (run.phase == "active")
    closes = rx.fragment(
        " · ", t("group.bids"), " ", countdown(run.closes, ended=t("group.closed"), class_name="num whitespace-nowrap")
    )
    return run_item(run, rx.cond((run.closes != "") & bidding, closes, rx.fragment()))


def _ended_run(run: RunRow) -> rx.Component:
    return run_item(run, rx.cond(run.ended != "", rx.fragment(" · ", time_ago(run.ended)), rx.fragment()))


def _members() -> rx.Component:
    # A hundred members would push everything else away: beside the runs the list scrolls by itself.
    return card(
        rx.el.ul(
            rx.foreach(S.members, _member),
            tab_index=0,
            aria_label=t("group.members"),
            class_name="wide:max-h-[calc(100dvh-200px)] wide:overflow-auto py-1",
        ),
        title=t("group.members"),
        note=count(S.members),
        padded=False,
    )


def member_name(member: MemberRow) -> rx.Component:
    """The chips follow the name onto the next line rather than squeeze it."""
    return rx.el.span(
        rx.el.span(member.name, class_name="min-w-0 break-words"),
        rx.cond(member.is_me, chip(t("group.me")), rx.fragment()),
        rx.cond(member.is_admin, chip(t("group.admin"), "info"), rx.fragment()),
        class_name="flex flex-wrap items-center gap-x-2 gap-y-0.5",
    )


def _member(member: MemberRow) -> rx.Component:
    return rx.el.li(
        avatar(member.name, big=True),
        rx.el.span(
            member_name(member),
            rx.el.span(f"@{member.username}", class_name="block text-muted text-[13px]"),
            class_name="min-w-0 flex-1",
        ),
        key=member.id,
        class_name="flex items-center gap-2.5 px-4 py-2",
    )


def _invite() -> rx.Component:
    closed = notice(t("group.joining_closed"), "warn")
    return dialog(
        t("group.invite_title"),
        rx.cond(S.joining_open, rx.el.p(t("group.invite_detail"), class_name="text-muted"), closed),
        text_field(t("manage.link"), name="invite", value=S.invite, read_only=True),
        dialog_actions(copy_button(t("manage.copy"), S.invite, look="primary")),
        open=S.dialog == "invite",
        on_close=S.close,
        sheet=True,
    )


def _new_run() -> rx.Component:
    return form_dialog(
        t("group.new_run"),
        alert(S.alert),
        combobox(
            t("group.store"),
            S.stores,
            field_id="store",
            on_change=S.find,
            on_select=S.choose,
            on_create=S.add,
            create=t("group.add_store", text="{text}"),
            value=S.store_name,
            keep=True,
            hint=t("group.store_hint"),
            error=S.store_error,
        ),
        rx.el.div(
            text_field(
                t("group.shopping_day"),
                name="shopping_day",
                type="date",
                value=S.shopping_day,
                on_change=S.set_shopping_day,
                error=S.shopping_day_error,
                optional=True,
            ),
            text_field(
                t("group.bids_close"),
                name="bids_close_at",
                type="datetime-local",
                value=S.bids_close_at,
                on_change=S.set_bids_close_at,
                hint=t("group.in_zone", zone=S.time_zone),
                error=S.bids_close_at_error,
                optional=True,
            ),
            class_name="grid gap-4 wide:grid-cols-2",
        ),
        text_area(
            t("group.note"),
            name="note",
            value=S.note,
            on_change=S.set_note,
            error=S.note_error,
            optional=True,
            placeholder=t("group.note_example"),
        ),
        send=t("group.start_run"),
        back=t("home.not_now"),
        open=S.dialog == "run",
        on_submit=S.start,
        on_close=S.close,
        sheet=True,
    )
