"""Past expenses from Splitwise or Spliit: choose the file, say who is who, see what it comes to, and take it in."""

from __future__ import annotations

import reflex as rx

from bulq.components import format
from bulq.components.buttons import button
from bulq.components.facts import var
from bulq.components.fields import select_field
from bulq.components.surfaces import card, kv, notice, skeleton_rows
from bulq.components.texts import Text, t
from bulq.components.upload import file_upload
from bulq.pages.layout import missing, page_frame
from bulq.state.expenses import ExpensesState, NameRow

S = ExpensesState


def expenses_page() -> rx.Component:
    return rx.cond(
        S.missing,
        page_frame(missing(), title=t("missing.page_title")),
        page_frame(
            rx.cond(S.ready, _content(), card(skeleton_rows(3), padded=False)),
            title=t("expenses.title"),
            crumb=[(S.group, S.group_href)],
            narrow=True,
        ),
    )


def _content() -> rx.Component:
    return rx.el.div(
        rx.cond(S.alert != "", notice(S.alert, "bad", alert=True), rx.fragment()),
        rx.cond(S.step == "checked", _looked_at(), _choose()),
        class_name="grid gap-4 min-w-0",
    )


def _choose() -> rx.Component:
    return card(
        rx.el.p(t("expenses.lead")),
        rx.el.p(t("expenses.lead_detail"), class_name="text-muted mt-2 mb-4"),
        file_upload(
            t("expenses.choose"),
            sending=t("catalogue_file.sending"),
            action="/api/v1/lists",
            accept=".csv,.json,text/csv,application/json",
            on_done=S.check,
            on_problem=S.not_received,
            look="primary",
        ),
    )


def _looked_at() -> rx.Component:
    return rx.fragment(
        card(kv(t("expenses.count"), var(S.count, int).to_string()), title=S.file_name),
        rx.cond(S.left_out, _lines(t("expenses.left_out"), t("expenses.left_out_detail"), S.left_out), rx.fragment()),
        rx.cond(S.off, _lines(t("expenses.off"), t("expenses.off_detail"), S.off), rx.fragment()),
        card(
            rx.el.p(t("expenses.who_detail"), class_name="text-muted mb-3"),
            rx.el.div(rx.foreach(S.names, _name), class_name="grid gap-4"),
            rx.el.div(
                button(t("expenses.take_in"), look="primary", on_click=S.take_in),
                class_name="flex justify-end mt-4",
            ),
            title=t("expenses.who"),
        ),
    )


def _lines(title: Text, detail: Text, lines: rx.Var[list[str]] | list[str]) -> rx.Component:
    rows = rx.el.ul(rx.foreach(lines, lambda line: rx.el.li(line, class_name="py-1 break-words num")))
    return card(rx.el.p(detail, class_name="text-muted mb-2"), rows, title=title)


def _name(row: NameRow) -> rx.Component:
    return rx.el.div(
        rx.el.p(
            rx.el.b(row.name, class_name="break-words"),
            rx.el.b(format.money(row.balance, S.currency), class_name="num", data_balance=row.name),
            class_name="flex justify-between gap-3 mb-1",
        ),
        select_field(
            t("expenses.name_is", name=row.name),
            var(S.people, list[tuple[str, str]]),
            name=rx.Var.create("who-") + row.place,  # pyright: ignore[reportArgumentType]
            field_id=rx.Var.create("who-") + row.place,
            value=row.who,
            on_change=S.set_who(row.place),  # pyright: ignore[reportCallIssue]
            hide_label=True,
        ),
        key=row.place,
    )
