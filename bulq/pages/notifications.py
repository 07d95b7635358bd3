"""All notifications, newest first."""

from __future__ import annotations

import reflex as rx

from bulq.components.buttons import button, link
from bulq.components.surfaces import card, chip, empty_state, pager, skeleton_rows
from bulq.components.texts import t
from bulq.components.times import time_ago
from bulq.pages.layout import page_frame
from bulq.state.notifications import NoticeRow, NotificationsState

S = NotificationsState
LINE = "flex items-start gap-3 w-full text-left px-4 py-3 hover:bg-sunken"


def notifications_page() -> rx.Component:
    return page_frame(
        rx.cond(S.ready, _content(), card(skeleton_rows(4), padded=False)),
        title=t("notifications.title"),
        actions=rx.cond(
            S.unread > 0, button(t("notifications.read_all"), icon="check-check", on_click=S.read_all), rx.fragment()
        ),
        narrow=True,
        on_wake=S.catch_up,
    )


def _content() -> rx.Component:
    nothing = empty_state(t("notifications.empty"), t("notifications.empty_detail"), icon="bell")
    return card(
        rx.cond(S.rows, rx.el.ul(rx.foreach(S.rows, _row)), nothing),
        pager(S.page, S.pages, on_page=S.turn),
        padded=False,
        class_name="overflow-hidden",
    )


def _row(row: NoticeRow) -> rx.Component:
    """Opening it marks it read; what leads nowhere is only marked."""
    return rx.el.li(
        rx.cond(
            row.href != "",
            link(_words(row), row.href, on_click=S.read(row.id), class_name=LINE),
            rx.el.button(_words(row), type="button", on_click=S.read(row.id), class_name=LINE),
        ),
        key=row.id,
        class_name="border-b border-line last:border-0",
    )


def _words(row: NoticeRow) -> rx.Component:
    dot = rx.el.span(
        rx.cond(row.unread, rx.el.span(t("notifications.unread"), class_name="sr-only"), rx.fragment()),
        class_name=rx.cond(
            row.unread,
            "flex-none size-2.5 rounded-full bg-brand mt-1.5",
            "flex-none size-2.5 rounded-full border border-line-strong mt-1.5",
        ),
    )
    where = rx.fragment(
        rx.cond(row.about != "", rx.fragment(row.about, " · "), rx.fragment()),
        rx.cond(row.group != "", rx.fragment(row.group, " · "), rx.fragment()),
        time_ago(row.at),
    )
    return rx.fragment(
        dot,
        rx.el.span(
            rx.el.span(row.words, class_name=rx.cond(row.unread, "block font-semibold", "block")),
            rx.el.span(where, class_name="block text-muted text-[13.5px]"),
            class_name="min-w-0 flex-1",
        ),
        rx.cond(row.more > 0, chip(t("notifications.more", count=row.more)), rx.fragment()),
    )
