"""All notifications, newest first."""

from __future__ import annotations

from typing import Any

import reflex as rx
from reflex.vars.base import LiteralVar, VarData

from bulq.components import format
from bulq.components.buttons import button, glyph, link
from bulq.components.facts import Looking, call, count_of, imported, listed, live_var, once_per_row
from bulq.components.operations import ask_for, operation, turn_page
from bulq.components.surfaces import card, chip, empty_state, pager, skeleton_rows
from bulq.components.texts import t
from bulq.components.times import time_ago
from bulq.domain.notices import Concern
from bulq.pages.layout import page_frame
from bulq.queries.notices import NotificationLine, NotificationsView
from bulq.services.notices import read_all, read_one

LINES = "$/public/notifications/lines.js"
LINE = "flex items-start gap-3 w-full text-left px-4 py-3 hover:bg-sunken"

view = live_var(NotificationsView, "notifications")


def notifications_page() -> rx.Component:
    unread = rx.Var.create(view.unread).to(int)
    return page_frame(
        Looking.create(view="notifications", address="notifications"),
        rx.cond(rx.Var.create(view.page).bool(), _content(), card(skeleton_rows(4), padded=False)),
        title=t("notifications.title"),
        actions=rx.cond(
            unread > 0,
            button(t("notifications.read_all"), icon="check-check", on_click=operation(read_all)),
            rx.fragment(),
        ),
        narrow=True,
    )


def _content() -> rx.Component:
    nothing = empty_state(t("notifications.empty"), t("notifications.empty_detail"), icon="bell")
    none_of_kind = empty_state(t("notifications.none_of_kind"), t("notifications.none_of_kind_detail"), icon="bell")
    no_rows = rx.cond(rx.Var.create(view.concern).bool(), none_of_kind, nothing)
    rows = rx.el.ul(rx.foreach(listed(view.lines), once_per_row(notice_row)))
    shown = card(
        rx.cond(count_of(view.lines) > 0, rows, no_rows),
        pager(view.page, view.pages, on_page=lambda step: turn_page("notifications", step)),
        padded=False,
        class_name="overflow-hidden",
    )
    return rx.el.div(_kinds(), shown, class_name="grid gap-3")


def _kinds() -> rx.Component:
    return rx.el.div(
        *(_kind(name) for name in ("all", *Concern)),
        role="group",
        aria_label=t("notifications.kinds"),
        class_name="tag-bar tag-bar-bare",
    )


def _kind(name: str) -> rx.Component:
    shown = rx.Var.create(view.concern)
    return rx.el.button(
        t(f"notifications.kind_{name}"),
        type="button",
        aria_pressed=~shown.bool() if name == "all" else shown.to(str) == name,
        on_click=ask_for("notifications", concern="" if name == "all" else name),
        class_name="tag-choice",
    )


def sentence(line: NotificationLine) -> rx.Var[str]:
    """What happened, in the language of the page."""
    filled = [LiteralVar.create(each) for each in (line.kind, line.details, line.group)]
    data = VarData.merge(
        VarData(imports=imported(LINES, "useSentence"), hooks={"const sentence = useSentence()": None}),
        *(each._get_all_var_data() for each in filled),
    )
    written = ", ".join(str(each) for each in filled)
    return rx.Var(_js_expr=f"sentence({written})", _var_type=str, _var_data=data).to(str)


def notice_row(line: NotificationLine) -> rx.Component:
    """Opening it marks it read; what leads nowhere is only marked."""
    href = call(LINES, "hrefOf", str, line.kind, line.run_id, line.group_id, line.left)
    read: Any = operation(read_one, notification_id=line.id)
    return rx.el.li(
        rx.cond(
            href != "",
            link(_words(line), href, on_click=read, class_name=LINE),
            rx.el.button(_words(line), type="button", on_click=read, class_name=LINE),
        ),
        class_name="border-b border-line last:border-0",
    )


def _words(line: NotificationLine) -> rx.Component:
    unread = rx.Var.create(line.unread).to(bool)
    more = rx.Var.create(line.count).to(int) - 1
    day, store, group = rx.Var.create(line.shopping_day), rx.Var.create(line.store), rx.Var.create(line.group)
    kind = rx.el.span(
        rx.match(
            rx.Var.create(line.concern).to(str),
            (Concern.NEEDS_ME, glyph("hand", 17)),
            (Concern.MY_GOODS, glyph("shopping-basket", 17)),
            glyph("megaphone", 17),
        ),
        class_name="flex-none mt-0.5 text-muted",
    )
    dot = rx.el.span(
        rx.cond(unread, rx.el.span(t("notifications.unread"), class_name="sr-only"), rx.fragment()),
        class_name=rx.cond(
            unread,
            "flex-none size-2.5 rounded-full bg-brand mt-1.5",
            "flex-none size-2.5 rounded-full border border-line-strong mt-1.5",
        ),
    )
    run = format.store_and_day(store, day)
    where = rx.fragment(
        rx.cond(store.bool(), rx.fragment(run, " · "), rx.fragment()),
        rx.cond(group.bool(), rx.fragment(group.to(str), " · "), rx.fragment()),
        time_ago(rx.Var.create(line.updated_at).to(str)),
    )
    return rx.fragment(
        dot,
        kind,
        rx.el.span(
            rx.el.span(sentence(line), class_name=rx.cond(unread, "block font-semibold", "block")),
            rx.el.span(where, class_name="block text-muted text-[13.5px]"),
            class_name="min-w-0 flex-1",
        ),
        rx.cond(more > 0, chip(t("notifications.more", count=more)), rx.fragment()),
    )
