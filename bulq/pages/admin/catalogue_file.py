"""The catalogue as a file: take it along, and bring one in after seeing what it would change."""

from __future__ import annotations

import reflex as rx

from bulq.components.buttons import button, download_button
from bulq.components.choices import switch
from bulq.components.surfaces import card, kv, notice, progress, skeleton_rows
from bulq.components.texts import t
from bulq.components.upload import file_upload
from bulq.domain.catalogue_file import COLUMNS
from bulq.pages.admin.frame import admin_frame
from bulq.state.admin.catalogue_file import CatalogueFileState, ProblemRow

S = CatalogueFileState


def admin_catalogue_page() -> rx.Component:
    return admin_frame(
        rx.cond(
            S.ready,
            rx.el.div(_bring_in(), _take_along(), class_name="catalogue-file"),
            card(skeleton_rows(3), padded=False),
        ),
        title=t("catalogue_file.title"),
        here="/admin/catalogue",
    )


def _bring_in() -> rx.Component:
    return rx.el.div(
        card(
            rx.cond(S.alert != "", rx.el.div(notice(S.alert, "bad", alert=True), class_name="mb-3"), rx.fragment()),
            rx.fragment(
                rx.match(
                    S.step,
                    ("checking", _walk(t("catalogue_file.checking", name=S.file_name))),
                    ("importing", _walk(t("catalogue_file.importing", name=S.file_name))),
                    ("checked", _verdict()),
                    ("done", _done()),
                    _choose(),
                )
            ),
            title=t("catalogue_file.import"),
            class_name="catalogue-import",
        ),
        rx.cond((S.step == "checked") & (S.bad > 0), _problems(), rx.fragment()),
        class_name="grid gap-4 min-w-0",
    )


def _choose() -> rx.Component:
    return rx.fragment(
        rx.el.p(t("catalogue_file.lead")),
        rx.el.p(t("catalogue_file.columns"), class_name="text-muted mt-3"),
        rx.el.p(*[rx.el.code(name, class_name="column-name") for name in COLUMNS], class_name="column-names"),
        _upload("primary"),
    )


def _upload(look: str) -> rx.Component:
    return file_upload(
        t("catalogue_file.choose"),
        sending=t("catalogue_file.sending"),
        action="/api/v1/admin/catalogue",
        accept=".csv,text/csv",
        on_done=S.check,
        on_problem=S.not_received,
        look=look,
    )


def _walk(label: rx.Var[str]) -> rx.Component:
    return rx.el.div(
        rx.el.p(label, role="status"),
        progress(label, S.percent, 100),
        rx.el.p(S.percent, "\N{NO-BREAK SPACE}%", class_name="text-muted num"),
        class_name="grid gap-2",
    )


def _figures() -> rx.Component:
    return rx.el.div(rx.foreach(S.figures, lambda each: kv(each.name, each.count)), class_name="my-3")


def _verdict() -> rx.Component:
    nothing = notice(t("catalogue_file.nothing_new"), "good")
    bad = notice(t("catalogue_file.bad_rows", count=S.bad), "warn")
    return rx.fragment(
        rx.el.p(rx.el.b(S.file_name), " · ", t("catalogue_file.rows", total=S.rows)),
        rx.cond(
            S.ignored != "",
            rx.el.div(notice(t("catalogue_file.ignored", names=S.ignored)), class_name="mt-3"),
            rx.fragment(),
        ),
        _figures(),
        rx.cond(S.bad > 0, bad, rx.cond(S.changes == 0, nothing, rx.fragment())),
        rx.cond(
            S.bad > 0,
            rx.el.div(
                switch(
                    t("catalogue_file.leave_out"),
                    checked=S.leave_out,
                    on_change=S.set_leave_out,
                    field_id="leave-out",
                    detail=t("catalogue_file.leave_out_detail"),
                ),
                class_name="mt-3",
            ),
            rx.fragment(),
        ),
        rx.el.div(
            button(
                t("catalogue_file.take_in", total=S.good),
                look="primary",
                on_click=S.take_in,
                disabled=S.refused,
            ),
            button(t("catalogue_file.discard"), on_click=S.discard),
            class_name="flex flex-wrap gap-2 mt-4",
        ),
    )


def _done() -> rx.Component:
    return rx.fragment(
        notice(t("catalogue_file.imported"), "good"), _figures(), rx.el.div(_upload("ghost"), class_name="mt-3")
    )


def _problems() -> rx.Component:
    return card(
        rx.el.div(
            rx.el.table(
                rx.el.caption(t("catalogue_file.problems"), class_name="sr-only"),
                rx.el.thead(
                    rx.el.tr(
                        *[rx.el.th(t(f"catalogue_file.{name}"), scope="col") for name in ("line", "column", "problem")]
                    )
                ),
                rx.el.tbody(rx.foreach(S.problems, _problem)),
                class_name="data-table",
            ),
            class_name="overflow-x-auto",
            tab_index=0,
            role="region",
            aria_label=t("catalogue_file.problems"),
        ),
        title=t("catalogue_file.problems"),
        note=rx.cond(S.bad > S.shown, t("catalogue_file.first", shown=S.shown, count=S.bad), ""),
        padded=False,
    )


def _problem(row: ProblemRow) -> rx.Component:
    return rx.el.tr(
        rx.el.td(row.line, class_name="num"),
        rx.el.td(rx.cond(row.column != "", rx.el.code(row.column, class_name="column-name"), "\N{EN DASH}")),
        rx.el.td(row.words),
    )


def _take_along() -> rx.Component:
    return card(
        rx.el.p(t("catalogue_file.export_lead", total=S.products)),
        rx.el.p(t("catalogue_file.export_detail"), class_name="text-muted mt-2"),
        rx.el.div(
            download_button(t("catalogue_file.download"), "/api/v1/admin/catalogue.csv", look="ghost"),
            class_name="mt-4 flex",
        ),
        title=t("catalogue_file.export"),
    )
