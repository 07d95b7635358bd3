"""How the server is doing."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import reflex as rx

from bulq.components.buttons import button, glyph
from bulq.components.lists import size
from bulq.components.phases import phase_chip
from bulq.components.surfaces import card, chip, kv, notice, progress, skeleton_rows
from bulq.components.texts import Text, t
from bulq.components.times import time_ago
from bulq.pages.admin.frame import admin_frame
from bulq.state.admin.dashboard import (
    DashboardState,
    FindingRow,
    IncidentRow,
    JobRow,
    LimitRow,
    ListRow,
    PhaseRow,
    WeekRow,
)

S = DashboardState


def admin_dashboard_page() -> rx.Component:
    return admin_frame(
        rx.cond(S.ready, _content(), card(skeleton_rows(4), padded=False)),
        title=t("admin.frame.dashboard"),
        here="/admin",
        on_wake=S.catch_up,
    )


def _content() -> rx.Component:
    return rx.el.div(
        _what_is_wrong(),
        _tiles(),
        rx.el.div(
            _plot(t("admin.dashboard.prices_weekly"), "prices", lambda week: week.prices),
            _plot(t("admin.dashboard.users_weekly"), "users", lambda week: week.users),
            class_name="grid gap-4 wide:grid-cols-2",
        ),
        rx.el.div(
            rx.el.div(
                rx.cond(size(S.lists) > 0, _lists(), rx.fragment()),
                _report(),
                _jobs(),
                _backup(),
                class_name="grid gap-4",
            ),
            rx.el.div(_runs(), _limits(), class_name="grid gap-4"),
            class_name="grid gap-4 wide:grid-cols-[minmax(0,1fr)_340px] items-start",
        ),
        class_name="grid gap-4",
    )


def _what_is_wrong() -> rx.Component:
    """The first thing to be seen, and one line when all is well."""
    incidents = rx.foreach(S.incidents, _incident)
    jobs = rx.cond(S.failed_jobs > 0, notice(t("admin.dashboard.failed", count=S.failed_jobs), "bad"), rx.fragment())
    well = rx.el.p(
        glyph("circle-check"),
        t("admin.dashboard.well"),
        class_name="flex items-center gap-2 text-brand-text font-semibold",
    )
    unsafe = rx.cond(S.backups, rx.fragment(), notice(t("admin.dashboard.backups_off"), "bad"))
    return rx.cond(
        (size(S.incidents) > 0) | (S.failed_jobs > 0) | (size(S.troubles) > 0) | ~S.backups,
        rx.el.div(
            unsafe,
            incidents,
            rx.cond(size(S.incidents) > 0, rx.fragment(), rx.foreach(S.troubles, lambda one: notice(one, "bad"))),
            jobs,
            class_name="grid gap-2",
        ),
        well,
    )


def _incident(each: IncidentRow) -> rx.Component:
    return rx.el.div(
        glyph("triangle-alert"),
        rx.el.span(each.words, " · ", time_ago(each.since), class_name="min-w-0"),
        role="note",
        class_name="notice notice-bad",
    )


def _tiles() -> rx.Component:
    locked = rx.cond(S.locked > 0, t("admin.dashboard.locked", count=S.locked), "")
    return rx.el.dl(
        _tile(t("admin.dashboard.active"), S.active, t("admin.dashboard.seven_days")),
        _tile(t("admin.dashboard.open_runs"), S.open_runs),
        _tile(t("admin.dashboard.prices"), S.prices, t("admin.dashboard.seven_days")),
        _tile(t("admin.dashboard.storage"), S.storage),
        _tile(t("admin.frame.users"), S.users, locked),
        _tile(t("admin.frame.groups"), S.groups),
        _tile(t("admin.frame.products"), S.products),
        _tile(t("admin.frame.stores"), S.stores),
        class_name="grid gap-3 grid-cols-2 wide:grid-cols-4",
    )


def _tile(label: Text, value: Text, note: Text = "") -> rx.Component:
    return rx.el.div(
        rx.el.dt(label, class_name="text-muted text-[13.5px]"),
        rx.el.dd(
            rx.el.span(value, class_name="text-[22px] wide:text-[26px] leading-tight font-bold num block"),
            rx.el.span(note, class_name="text-muted text-[13px] block min-h-[20px]"),
        ),
        class_name="card px-4 py-3",
    )


def _plot(title: Text, name: str, value: Callable[[WeekRow], int]) -> rx.Component:
    """Bars for the eye; the same figures as a table for whoever listens."""
    table = rx.el.table(
        rx.el.caption(title),
        rx.el.tbody(
            rx.foreach(
                S.weeks,
                lambda week: rx.el.tr(rx.el.th(week.until, scope="row"), rx.el.td(value(week)), key=week.until),
            )
        ),
        class_name="sr-only",
    )
    axis = {"fontSize": 12, "fill": "var(--muted)"}
    bars = rx.recharts.bar_chart(
        rx.recharts.x_axis(data_key="until", tick=axis, tick_line=False, axis_line=False),
        rx.recharts.y_axis(tick=axis, tick_line=False, axis_line=False, width=44, allow_decimals=False),
        rx.recharts.bar(data_key=name, fill="var(--brand)", radius=[4, 4, 0, 0], is_animation_active=False),
        data=rx.Var.create(S.weeks).to(list[dict[str, Any]]),
        width="100%",
        height=190,
        margin={"top": 8, "right": 4, "bottom": 0, "left": 0},
        custom_attrs={"accessibilityLayer": False},
    )
    return card(rx.el.div(bars, aria_hidden="true"), table, title=title)


def _runs() -> rx.Component:
    def one(row: PhaseRow) -> rx.Component:
        return rx.el.div(
            rx.el.span(phase_chip(row.phase), class_name="w-[104px] flex-none"),
            progress(t(rx.Var.create("phase.").to(str) + row.phase), row.runs, S.most_runs),
            rx.el.span(row.runs, class_name="num w-10 text-right flex-none"),
            key=row.phase,
            class_name="flex items-center gap-3 py-1.5",
        )

    return card(rx.foreach(S.phases, one), title=t("admin.dashboard.open_runs"))


def _backup() -> rx.Component:
    age = rx.fragment(
        kv(t("admin.dashboard.newest"), time_ago(S.backup_at)),
        kv(t("admin.dashboard.proved"), time_ago(S.proved_at)),
        kv(t("admin.dashboard.size"), S.backup_size),
    )
    none = rx.el.p(t("admin.dashboard.no_backup"), class_name="text-muted")
    off = rx.el.p(t("admin.dashboard.backups_off"), class_name="text-muted")
    state = rx.cond(
        size(S.troubles) > 0, chip(t("admin.dashboard.trouble"), "bad"), chip(t("admin.dashboard.good"), "good")
    )
    return card(
        rx.cond(S.backups, rx.cond(S.backup_at != "", age, none), off),
        title=t("admin.dashboard.backup"),
        action=rx.cond(S.backups, state, rx.fragment()),
    )


def _lists() -> rx.Component:
    def one(row: ListRow) -> rx.Component:
        return rx.el.li(
            rx.el.div(
                rx.el.b(row.name, class_name="block break-words"),
                rx.el.span(row.about, class_name="block text-muted text-[13.5px] break-words"),
                rx.el.span(row.prices, " · ", time_ago(row.at), class_name="block text-muted text-[13.5px] num"),
                class_name="flex-1 min-w-[180px]",
            ),
            button(
                t("admin.dashboard.verify_list"),
                name=t("admin.dashboard.verify_named", name=row.name),
                on_click=S.verify_list(row.id),
            ),
            key=row.id,
            class_name="px-4 py-2.5 border-b border-line last:border-0 flex flex-wrap items-center gap-3",
        )

    return card(
        rx.el.p(t("admin.dashboard.lists_note"), class_name="text-muted text-[13.5px] px-4 pt-1 pb-2"),
        rx.el.ul(rx.foreach(S.lists, one)),
        title=t("admin.dashboard.lists"),
        padded=False,
    )


def _report() -> rx.Component:
    def one(row: FindingRow) -> rx.Component:
        return rx.el.li(
            rx.el.p(row.words, class_name="break-words"),
            rx.el.p(row.remedy, class_name="text-muted text-[13.5px] break-words"),
            key=row.words,
            class_name="py-2 border-b border-line last:border-0",
        )

    well = rx.el.p(t("admin.dashboard.report_well"), class_name="text-muted")
    none = rx.el.p(t("admin.dashboard.report_none"), class_name="text-muted")
    found = rx.cond(S.findings, rx.el.ul(rx.foreach(S.findings, one)), well)
    return card(
        rx.cond(
            S.reported_at != "", rx.fragment(kv(t("admin.dashboard.reported"), time_ago(S.reported_at)), found), none
        ),
        title=t("admin.dashboard.report"),
    )


def _limits() -> rx.Component:
    def one(row: LimitRow) -> rx.Component:
        return kv(row.kind, row.refused, key=row.kind)

    none = rx.el.p(t("admin.dashboard.no_limits"), class_name="text-muted")
    return card(
        rx.cond(S.limits, rx.fragment(rx.foreach(S.limits, one)), none),
        kv(t("admin.dashboard.delay"), rx.cond(S.delay != "", S.delay, t("admin.dashboard.nothing_yet"))),
        title=t("admin.dashboard.limits"),
        note=t("admin.dashboard.since_start"),
    )


def _jobs() -> rx.Component:
    def one(job: JobRow) -> rx.Component:
        return rx.el.li(
            rx.el.div(
                rx.el.b(job.name, class_name="flex-1 min-w-0"),
                rx.cond(
                    job.error != "",
                    chip(t("admin.dashboard.job_failed"), "bad"),
                    chip(t("admin.dashboard.job_done"), "good"),
                ),
                class_name="flex items-center gap-3",
            ),
            rx.el.div(time_ago(job.at), " · ", job.took, class_name="text-muted text-[13.5px] num"),
            rx.cond(
                job.error != "", rx.el.p(job.error, class_name="text-bad text-[13.5px] break-words"), rx.fragment()
            ),
            key=job.name,
            class_name="px-4 py-2.5 border-b border-line last:border-0",
        )

    none = rx.el.p(t("admin.dashboard.no_jobs"), class_name="text-muted px-4 py-3")
    return card(rx.cond(S.jobs, rx.el.ul(rx.foreach(S.jobs, one)), none), title=t("admin.dashboard.jobs"), padded=False)
