"""A store's price list: choose the file, see how it is read and what it changes, and take it in."""

from __future__ import annotations

from typing import Any

import reflex as rx

from bulq.components.buttons import button, link_button
from bulq.components.choices import switch
from bulq.components.fields import select_field, text_field
from bulq.components.surfaces import card, empty_state, kv, notice, progress, skeleton_rows
from bulq.components.texts import t
from bulq.components.times import time_ago
from bulq.components.upload import file_upload
from bulq.domain.lists.headings import Field
from bulq.pages.layout import missing, page_frame
from bulq.state.store.list import ColumnRow, QuestionRow, StoreListState, UndoRow

S = StoreListState
ACCEPTED = ".csv,.tsv,.txt,.xlsx,.ods,.xls,text/csv"


def store_list_page() -> rx.Component:
    return rx.cond(
        S.missing,
        page_frame(missing(), title=t("missing.page_title")),
        page_frame(
            rx.cond(S.ready, _content(), card(skeleton_rows(3), padded=False)),
            title=t("price_list.title"),
            crumb=[(S.store, S.store_href)],
            narrow=True,
        ),
    )


def _content() -> rx.Component:
    nobody = card(
        empty_state(t("price_list.no_group"), t("price_list.no_group_detail"), icon="users"),
        link_button(t("home.title"), "/"),
    )
    return rx.cond(
        S.groups,
        rx.el.div(
            rx.cond(S.alert != "", notice(S.alert, "bad", alert=True), rx.fragment()),
            rx.fragment(
                rx.match(
                    S.step,
                    ("checking", _walk(t("catalogue_file.checking", name=S.file_name))),
                    ("importing", _walk(t("catalogue_file.importing", name=S.file_name))),
                    ("checked", _looked_at()),
                    ("done", card(notice(t("price_list.imported"), "good"), _figures(), _upload("ghost"))),
                    _choose(),
                )
            ),
            rx.cond(S.undoable, _undo(), rx.fragment()),
            class_name="grid gap-4 min-w-0",
        ),
        nobody,
    )


def _choose() -> rx.Component:
    return card(
        rx.el.p(t("price_list.lead")),
        rx.el.p(t("price_list.lead_detail"), class_name="text-muted mt-2"),
        rx.el.div(
            select_field(
                t("price_list.group"),
                _options(S.groups),
                name="list-group",
                value=S.group,
                on_change=S.set_group,
                hint=t("price_list.group_hint"),
            ),
            class_name="my-4",
        ),
        _upload("primary"),
    )


def _upload(look: str) -> rx.Component:
    return file_upload(
        t("catalogue_file.choose"),
        sending=t("catalogue_file.sending"),
        action="/api/v1/lists",
        accept=ACCEPTED,
        on_done=S.check,
        on_problem=S.not_received,
        look=look,
    )


def _walk(label: rx.Var[str]) -> rx.Component:
    return card(
        rx.el.div(
            rx.el.p(label, role="status"),
            progress(label, S.percent, 100),
            class_name="grid gap-2",
        )
    )


def _figures() -> rx.Component:
    return rx.el.div(rx.foreach(S.figures, lambda each: kv(each.name, each.count)), class_name="my-3")


def _looked_at() -> rx.Component:
    return rx.fragment(
        rx.cond(S.questions, card(_questions(), title=t("price_list.questions")), rx.fragment()),
        rx.cond(S.columns, card(_reading(), title=t("price_list.reading")), rx.fragment()),
        card(
            rx.el.p(rx.el.b(S.file_name, class_name="break-words"), " · ", t("price_list.rows", count=S.rows)),
            _figures(),
            rx.cond(S.open_questions > 0, notice(t("price_list.answer_first"), "warn"), rx.fragment()),
            rx.cond(
                S.bad > 0,
                rx.el.div(
                    notice(t("catalogue_file.bad_rows", count=S.bad), "warn"),
                    switch(
                        t("catalogue_file.leave_out"),
                        checked=S.leave_out,
                        on_change=S.set_leave_out,
                        field_id="leave-out",
                    ),
                    class_name="grid gap-3 mt-3",
                ),
                rx.fragment(),
            ),
            rx.el.div(
                button(t("price_list.take_in"), look="primary", on_click=S.take_in, disabled=S.stopped),
                button(t("catalogue_file.discard"), on_click=S.discard),
                class_name="flex flex-wrap gap-2 mt-4",
            ),
            title=t("price_list.result"),
        ),
        rx.cond(S.bad > 0, _problems(t("catalogue_file.problems"), S.problems), rx.fragment()),
        rx.cond(S.left_out > 0, _problems(t("price_list.left_out", count=S.left_out), S.notes), rx.fragment()),
    )


def _questions() -> rx.Component:
    return rx.el.div(rx.foreach(S.questions, _question), class_name="grid gap-4")


def _question(row: QuestionRow) -> rx.Component:
    return rx.cond(
        row.free,
        rx.el.form(
            text_field(row.words, name="answer", field_id=row.id, hint=row.where, value=row.answer, max_length=200),
            button(t("price_list.use"), submit=True, small=True, class_name="mt-2"),
            on_submit=S.answer_typed(row.id),
            reset_on_submit=False,
        ),
        select_field(
            row.words,
            _options(row.choices),
            name="answer",
            field_id=row.id,
            hint=row.where,
            value=row.answer,
            on_change=lambda to: S.answer(row.id, to),
        ),
    )


def _options(choices: Any) -> rx.Var[list[tuple[str, str]]]:
    return rx.Var.create(choices).to(list[tuple[str, str]])


def _reading() -> rx.Component:
    return rx.el.div(
        select_field(t("price_list.header"), _options(S.heads), name="header", value=S.header, on_change=S.set_header),
        rx.el.ul(rx.foreach(S.columns, _column), class_name="grid gap-3"),
        class_name="grid gap-4 min-w-0",
    )


def _column(row: ColumnRow) -> rx.Component:
    return rx.el.li(
        rx.el.div(
            rx.el.b(row.label, class_name="block break-words"),
            rx.el.span(row.sample, class_name="block text-muted text-[13.5px] break-words"),
            class_name="min-w-0",
        ),
        select_field(
            t("price_list.holds", name=row.label),
            [(str(each), t(f"price_list.choice_field_{each}")) for each in Field],
            name="holds",
            field_id="column-" + row.place,
            value=row.holds,
            on_change=lambda holds: S.set_column(row.place, holds),
            hide_label=True,
        ),
        key=row.place,
        class_name="grid gap-2 wide:grid-cols-[1fr_14rem] items-center min-w-0",
    )


def _problems(title: rx.Var[str], rows: Any) -> rx.Component:
    return card(
        rx.el.ul(
            rx.foreach(
                rows,
                lambda row: rx.el.li(
                    rx.el.b(t("price_list.line", line=row.line)),
                    " ",
                    row.words,
                    class_name="px-4 py-2 border-b border-line last:border-0 break-words",
                ),
            )
        ),
        title=title,
        padded=False,
    )


def _undo() -> rx.Component:
    return card(
        rx.el.ul(rx.foreach(S.undoable, _undo_row), class_name="grid gap-2"),
        title=t("price_list.undo_title"),
    )


def _undo_row(row: UndoRow) -> rx.Component:
    return rx.el.li(
        rx.el.span(row.name, " ", time_ago(row.taken_at, class_name="text-muted"), class_name="min-w-0 break-words"),
        button(t("price_list.undo"), small=True, on_click=S.undo(row.id)),
        key=row.id,
        class_name="flex flex-wrap items-center justify-between gap-2",
    )
