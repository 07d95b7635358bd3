"""The dialog in which a run is taken away as a file."""

from __future__ import annotations

import reflex as rx

from bulq.components.buttons import button, download_button
from bulq.components.choices import radio_group
from bulq.components.operations import given, handler, local, set_local
from bulq.components.overlays import dialog, dialog_actions
from bulq.components.texts import t
from bulq.pages.run.facts import LEADING, dialog_is, rows_call, run, var

CLOSE = handler(LEADING, "close")


def export_button() -> rx.Component:
    """On a phone the icon alone, beside the name of the run."""
    return button(
        rx.el.span(t("lead.export"), class_name="max-wide:sr-only"),
        icon="download",
        on_click=handler(LEADING, "open", "export"),
        class_name="max-wide:px-3",
        title=t("lead.export"),
    )


def export_dialog() -> rx.Component:
    what, kind = local("run.export_what", "everything"), local("run.export_as", "pdf")
    file = rx.Var.create("/api/v1/runs/") + var(run.id) + "/" + rows_call("exportFile", str, what, kind)
    return dialog(
        t("export.title"),
        rx.el.div(
            radio_group(
                t("export.what"),
                [
                    ("everything", t("export.everything"), t("export.everything_detail")),
                    ("list", t("export.list"), t("export.list_detail")),
                    ("packing", t("export.packing"), t("export.packing_detail")),
                    ("mine", t("export.my_statement"), t("export.my_statement_detail")),
                    ("statements", t("export.all_statements"), t("export.all_statements_detail")),
                ],
                name="export-what",
                value=what,
                on_change=set_local("run.export_what", given(0, str)),
            ),
            radio_group(
                t("export.as"),
                [
                    ("pdf", t("export.as_pdf"), t("export.as_pdf_detail")),
                    ("xlsx", t("export.as_xlsx"), t("export.as_xlsx_detail")),
                    ("csv", t("export.as_csv"), t("export.as_csv_detail")),
                    ("semicolon", t("export.as_semicolon"), t("export.as_semicolon_detail")),
                    ("json", t("export.as_json"), t("export.as_json_detail")),
                ],
                name="export-as",
                value=kind,
                on_change=set_local("run.export_as", given(0, str)),
            ),
            class_name="grid gap-5 wide:grid-cols-2 items-start",
        ),
        dialog_actions(
            button(t("lead.back"), on_click=CLOSE), download_button(t("export.download"), file, on_click=CLOSE)
        ),
        open=dialog_is("export"),
        on_close=CLOSE,
        wide=True,
    )
