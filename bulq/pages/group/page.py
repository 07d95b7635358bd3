"""A group: open runs first, then those that ended; its members."""

from __future__ import annotations

from typing import Any

import reflex as rx

from bulq.components import format
from bulq.components.buttons import button, copy_button, glyph, link
from bulq.components.facts import Looking, count_of, listed, once_per_row, state_of
from bulq.components.fields import text_field
from bulq.components.operations import PageLocals, local, set_local, turn_page
from bulq.components.overlays import dialog, dialog_actions
from bulq.components.share import share_button
from bulq.components.surfaces import avatar, card, chip, empty_state, notice, pager, skeleton_rows
from bulq.components.texts import t
from bulq.components.times import countdown, time_ago
from bulq.pages.group.facts import group, invite_link, is_known, is_me, qr_address, text
from bulq.pages.group.planning import new_run_dialog
from bulq.pages.group.savings import savings_card
from bulq.pages.home.page import count, run_item
from bulq.pages.layout import not_found_page, page_frame
from bulq.queries.groups import EndedRun, RunLine
from bulq.queries.people import Member

ASKING = "group.asking"


def group_page() -> rx.Component:
    page = page_frame(
        rx.cond(is_known(group.id), _content(), card(skeleton_rows(3), padded=False)),
        _invite(),
        new_run_dialog(open=local(ASKING, "") == "run", close=set_local(ASKING, "")),
        PageLocals.create(prefix="group."),
        title=rx.cond(is_known(group.name), text(group.name), t("group.title")),
        crumb=[(t("home.title"), "/")],
        actions=rx.fragment(
            _manage(),
            _money(),
            button(
                rx.el.span(t("group.invite"), class_name="max-[380px]:sr-only"),
                icon="user-plus",
                on_click=set_local(ASKING, "invite"),
            ),
            button(
                t("group.new_run"),
                icon="plus",
                look="primary",
                on_click=set_local(ASKING, "run"),
                class_name="max-wide:order-first max-wide:grow",
            ),
        ),
    )
    return rx.fragment(
        Looking.create(view="group", address="groups/{group_id}"),
        rx.cond(state_of("group") == "gone", not_found_page(), page),
    )


def _manage() -> rx.Component:
    """On a phone the icon alone, so that all of them stay in one line."""
    return link(
        rx.fragment(glyph("settings-2"), rx.el.span(t("group.manage"), class_name="max-wide:sr-only")),
        rx.Var.create("/groups/") + text(group.id) + "/manage",
        class_name="btn btn-ghost max-wide:px-3 max-wide:order-last",
        title=t("group.manage"),
    )


def _money() -> rx.Component:
    return link(
        rx.fragment(glyph("wallet"), rx.el.span(t("money.link"), class_name="max-wide:sr-only")),
        rx.Var.create("/groups/") + text(group.id) + "/money",
        class_name="btn btn-ghost max-wide:px-3 max-wide:order-last",
        title=t("money.link"),
    )


def _content() -> rx.Component:
    return rx.el.div(
        rx.el.div(
            _open_runs(),
            rx.cond(rx.Var.create(group.ended_count).to(int) > 0, _ended_runs(), rx.fragment()),
            savings_card(),
            class_name="grid gap-4",
        ),
        rx.el.aside(_members()),
        class_name="cols",
    )


def _open_runs() -> rx.Component:
    some = count_of(group.open_runs) > 0
    return card(
        rx.cond(
            some,
            rx.el.ul(rx.foreach(listed(group.open_runs), once_per_row(_open_run))),
            empty_state(t("group.no_runs"), t("group.no_runs_detail"), icon="shopping-basket"),
        ),
        title=t("group.open_runs"),
        note=rx.cond(some, count_of(group.open_runs).to_string(), ""),
        padded=False,
        class_name="overflow-hidden",
    )


def _ended_runs() -> rx.Component:
    return card(
        rx.el.ul(rx.foreach(group.ended_runs, once_per_row(_ended_run))),
        pager(group.page, group.pages, on_page=lambda step: turn_page("group", step)),
        title=t("group.ended_runs"),
        note=t("group.count", count=group.ended_count),
        padded=False,
        class_name="overflow-hidden",
    )


def _open_run(run: RunLine) -> rx.Component:
    bidding = rx.Var.create(["planning", "active"]).contains(text(run.phase))
    closes = rx.fragment(
        " · ",
        t("group.bids"),
        " ",
        countdown(text(run.bids_close_at), ended=t("group.closed"), class_name="num whitespace-nowrap"),
    )
    return run_item(run, rx.cond(is_known(run.bids_close_at) & bidding, closes, rx.fragment()))


def _ended_run(run: EndedRun) -> rx.Component:
    ended = rx.fragment(" · ", time_ago(text(run.ended_at)))
    total = rx.Var.create(run.total).to(int)
    paid = rx.el.b(format.money(run.total, group.currency), class_name="block num text-right mb-1")
    return run_item(
        run,
        rx.cond(is_known(run.ended_at), ended, rx.fragment()),
        beside=rx.cond(total > 0, paid, rx.fragment()),
    )


def _members() -> rx.Component:
    # A hundred members would push everything else away: beside the runs the list scrolls by itself.
    return card(
        rx.el.ul(
            rx.foreach(group.members, _member),
            tab_index=0,
            aria_label=t("group.members"),
            class_name="wide:max-h-[calc(100dvh-200px)] wide:overflow-auto py-1",
        ),
        title=t("group.members"),
        note=count(group.members),
        padded=False,
    )


def member_name(member: Member) -> rx.Component:
    """The chips follow the name onto the next line rather than squeeze it."""
    return rx.el.span(
        rx.el.span(member.name, class_name="min-w-0 break-words"),
        rx.cond(is_me(member), chip(t("group.me")), rx.fragment()),
        rx.cond(member.is_admin, chip(t("group.admin"), "info"), rx.fragment()),
        class_name="flex flex-wrap items-center gap-x-2 gap-y-0.5",
    )


def who(member: Member, **props: Any) -> rx.Component:
    """Name and username of a member."""
    return rx.el.span(
        member_name(member),
        rx.el.span("@", member.username, class_name="block text-muted text-[13px]"),
        **props,
    )


def _member(member: Member) -> rx.Component:
    return rx.el.li(
        avatar(member.name, big=True),
        who(member, class_name="min-w-0 flex-1"),
        key=member.user_id,
        class_name="flex items-center gap-2.5 px-4 py-2",
    )


def qr_code(token: str) -> rx.Component:
    """The invite link for whoever stands beside one. A group that this device kept comes without its token."""
    code = rx.el.figure(
        rx.el.img(src=qr_address(token), alt=t("invite.qr"), class_name="qr"),
        rx.el.figcaption(t("invite.qr_hint"), class_name="field-hint"),
        class_name="grid justify-items-center gap-2 text-center",
    )
    return rx.cond(text(token), code, rx.fragment())


def _invite() -> rx.Component:
    closed = notice(t("group.joining_closed"), "warn")
    detail = rx.el.p(t("group.invite_detail"), class_name="text-muted")
    address = invite_link(group.invite_token)
    return dialog(
        t("group.invite_title"),
        rx.cond(group.joining_open, detail, closed),
        text_field(t("manage.link"), name="invite", value=address, read_only=True),
        rx.cond(group.joining_open, qr_code(group.invite_token), rx.fragment()),
        dialog_actions(
            share_button(
                t("invite.share"),
                title=t("invite.page_title", group=group.name),
                text=t("invite.share_text", group=group.name),
                url=address,
            ),
            copy_button(t("manage.copy"), address, look="primary"),
        ),
        open=local(ASKING, "") == "invite",
        on_close=set_local(ASKING, ""),
    )
