"""The groups of this server, and one of them as its admins may see it."""

from __future__ import annotations

import reflex as rx

from bulq.components.buttons import button, link
from bulq.components.overlays import question
from bulq.components.phases import phase_chip
from bulq.components.surfaces import avatar, card, chip, empty_state, kv, notice, skeleton_rows
from bulq.components.table import Column, Filter, data_table
from bulq.components.texts import t
from bulq.pages.admin.frame import admin_frame
from bulq.pages.home.page import count
from bulq.pages.layout import missing
from bulq.state.admin.groups import AdminGroupsState, AdminGroupState, GroupRow, MemberRow, PhaseCount, RunRow

S = AdminGroupState


def admin_groups_page() -> rx.Component:
    return admin_frame(
        data_table(
            AdminGroupsState,
            t("admin.frame.groups"),
            [
                Column(t("admin.groups.name"), _name, "name"),
                Column(t("group.members"), lambda row: row.members, numeric=True),
                Column(t("group.open_runs"), lambda row: row.open_runs, numeric=True),
                Column(t("admin.groups.created"), lambda row: row.created, "created", brief=True),
            ],
            search=t("admin.groups.search"),
            filters=[
                Filter(
                    "state",
                    t("admin.groups.state"),
                    [
                        ("", t("admin.groups.all")),
                        ("open", t("admin.groups.open")),
                        ("closed", t("admin.groups.closed")),
                    ],
                )
            ],
        ),
        title=t("admin.frame.groups"),
        here="/admin/groups",
        on_wake=AdminGroupsState.catch_up,
    )


def _name(row: GroupRow) -> rx.Component:
    closed = chip(t("admin.groups.closed_on", day=row.closed), "warn")
    return rx.el.span(
        link(
            rx.el.b(row.name, class_name="min-w-0"),
            f"/admin/groups/{row.id}",
            class_name="link inline-flex min-h-[44px] min-w-0 items-center",
        ),
        rx.cond(row.closed != "", closed, rx.fragment()),
        class_name="flex flex-wrap items-center gap-x-2",
    )


def admin_group_page() -> rx.Component:
    open_still = S.ready & ~S.missing & (S.closed == "")
    return admin_frame(
        rx.cond(S.ready, rx.cond(S.missing, missing(), _inside()), card(skeleton_rows(3), padded=False)),
        question(
            t("admin.groups.close_title", name=S.name),
            rx.el.p(t("admin.groups.close_detail"), class_name="text-muted"),
            yes=t("admin.groups.close"),
            no=t("manage.keep"),
            open=S.asking,
            on_yes=S.close_group,
            on_close=S.close,
        ),
        title=rx.cond(S.name != "", S.name, t("group.title")),
        here="/admin/groups",
        actions=rx.cond(
            open_still,
            button(t("admin.groups.close"), icon="archive", on_click=S.ask),
            rx.fragment(),
        ),
    )


def _inside() -> rx.Component:
    return rx.fragment(
        rx.cond(
            S.closed != "",
            rx.el.div(notice(t("admin.groups.was_closed", day=S.closed), "warn"), class_name="mb-4"),
            rx.fragment(),
        ),
        rx.el.div(
            rx.el.div(_runs(), _members(), class_name="grid gap-4"),
            rx.el.aside(_facts(), _phases()),
            class_name="cols",
        ),
    )


def _runs() -> rx.Component:
    return card(
        rx.cond(
            S.runs,
            rx.el.ul(rx.foreach(S.runs, _run)),
            empty_state(t("group.no_runs"), icon="shopping-basket"),
        ),
        title=t("group.open_runs"),
        padded=False,
    )


def _run(run: RunRow) -> rx.Component:
    return rx.el.li(
        rx.el.span(
            rx.el.b(run.store, class_name="block"),
            rx.el.span(
                rx.cond(run.about != "", run.about, t("home.no_day")),
                " · ",
                t("home.led_by", name=run.leader),
                class_name="block text-muted text-[13.5px]",
            ),
            class_name="min-w-0 flex-1",
        ),
        phase_chip(run.phase),
        key=run.id,
        class_name="flex items-center gap-3 px-4 py-3 border-b border-line last:border-0",
    )


def _members() -> rx.Component:
    return card(
        rx.cond(
            S.members,
            rx.el.ul(rx.foreach(S.members, _member)),
            empty_state(t("admin.groups.nobody"), icon="users"),
        ),
        title=t("group.members"),
        note=count(S.members),
        padded=False,
    )


def _member(member: MemberRow) -> rx.Component:
    return rx.el.li(
        avatar(member.name, big=True),
        rx.el.span(
            rx.el.span(
                rx.el.b(member.name, class_name="min-w-0"),
                rx.cond(member.is_admin, chip(t("group.admin"), "info"), rx.fragment()),
                class_name="flex flex-wrap items-center gap-x-2",
            ),
            rx.el.span(f"@{member.username}", class_name="block text-muted text-[13px]"),
            class_name="min-w-0 flex-1",
        ),
        rx.el.span(member.joined, class_name="text-muted text-[13.5px] num flex-none"),
        key=member.id,
        class_name="flex items-center gap-2.5 px-4 py-2 border-b border-line last:border-0",
    )


def _facts() -> rx.Component:
    return card(
        kv(t("admin.groups.created"), S.created),
        kv(t("admin.groups.made_by"), S.made_by),
        kv(t("home.currency"), S.currency),
        kv(t("home.time_zone"), S.time_zone),
        kv(t("manage.joining"), rx.cond(S.joining_open, t("admin.yes"), t("admin.no"))),
        title=t("admin.groups.facts"),
    )


def _phases() -> rx.Component:
    def one(each: PhaseCount) -> rx.Component:
        return rx.el.div(
            phase_chip(each.phase),
            rx.el.span(each.runs, class_name="num"),
            key=each.phase,
            class_name="flex justify-between items-center py-1",
        )

    return card(
        rx.cond(
            S.phases,
            rx.fragment(rx.foreach(S.phases, one)),
            rx.el.p(t("admin.groups.no_runs"), class_name="text-muted"),
        ),
        title=t("admin.groups.runs"),
    )
