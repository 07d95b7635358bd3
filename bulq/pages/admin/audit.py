"""The record of who did what: newest first, in sentences, with more about each on demand."""

from __future__ import annotations

import reflex as rx

from bulq.components.buttons import download_button
from bulq.components.fields import text_field
from bulq.components.surfaces import chip, empty_state
from bulq.components.table import Column, Filter, data_table
from bulq.components.texts import Text, t
from bulq.components.times import time_ago
from bulq.domain.auditing import Topic
from bulq.pages.admin.frame import admin_frame
from bulq.queries.audit import KINDS
from bulq.state.admin.audit import AuditRow, AuditState

S = AuditState


def admin_audit_page() -> rx.Component:
    topics: list[tuple[str, Text]] = [(str(each), t(f"audit_page.topic.{each}")) for each in Topic]
    kinds: list[tuple[str, Text]] = [(each, t(f"audit_page.kind.{each}")) for each in KINDS]
    return admin_frame(
        rx.el.p(t("audit_page.lead"), class_name="text-muted mb-4"),
        _days(),
        data_table(
            S,
            t("audit_page.title"),
            [
                Column(t("audit_page.what"), _what),
                Column(t("audit_page.about"), lambda row: chip(row.topic)),
                Column(t("audit_page.when"), _when),
                Column(t("audit_page.from"), lambda row: rx.cond(row.address != "", row.address, "\N{EN DASH}")),
            ],
            search=t("audit_page.search"),
            filters=[
                Filter("topic", t("audit_page.about"), [("", t("audit_page.all_topics")), *topics]),
                Filter("kind", t("audit_page.subject"), [("", t("audit_page.all_kinds")), *kinds]),
            ],
            empty=empty_state(t("audit_page.none"), t("audit_page.none_detail"), icon="search-x"),
        ),
        title=t("audit_page.title"),
        here="/admin/audit",
        actions=download_button(t("audit_page.export"), S.export, look="ghost"),
        on_wake=S.catch_up,
    )


def _days() -> rx.Component:
    return rx.el.div(
        _day("from", t("audit_page.from_day")), _day("to", t("audit_page.to_day")), class_name="audit-days"
    )


def _day(name: str, label: Text) -> rx.Component:
    return text_field(
        label,
        name=f"audit-{name}",
        type="date",
        value=S.filters[name],
        on_change=lambda value: S.narrow(name, value),
    )


def _what(row: AuditRow) -> rx.Component:
    lines = rx.foreach(row.details, lambda pair: rx.fragment(rx.el.dt(pair[0]), rx.el.dd(pair[1])))
    more = rx.el.details(
        rx.el.summary(rx.el.span(t("audit_page.details")), rx.el.span(": ", row.name, class_name="sr-only")),
        rx.el.dl(lines, class_name="audit-details num"),
        class_name="audit-more",
    )
    return rx.el.div(row.name, more)


def _when(row: AuditRow) -> rx.Component:
    return rx.el.span(
        rx.el.span(row.moment, class_name="block whitespace-nowrap num"),
        time_ago(row.at, class_name="text-muted text-[13px]"),
    )
