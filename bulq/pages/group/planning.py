"""The dialog that starts a run."""

from __future__ import annotations

from typing import Any

import reflex as rx

from bulq.components.operation_forms import form_area, form_field, operation_form
from bulq.components.operations import given, handler
from bulq.components.overlays import dialog
from bulq.components.texts import Flag, t
from bulq.pages.group.facts import WAYS, group
from bulq.pages.store.field import store_field
from bulq.services.runs import start_run


def new_run_dialog(*, open: Flag, close: Any) -> rx.Component:
    form = operation_form(
        start_run,
        store_field(t("group.store")),
        rx.el.div(
            form_field(t("group.shopping_day"), "shopping_day", type="date", optional=True),
            form_field(
                t("group.bids_close"),
                "bids_close_at",
                type="datetime-local",
                hint=t("group.in_zone", zone=group.time_zone),
                optional=True,
            ),
            class_name="grid gap-4 wide:grid-cols-2",
        ),
        form_area(t("group.note"), "note", optional=True, placeholder=t("group.note_example")),
        fields={
            "store_id": {"kind": "needed", "missing": "store_missing"},
            "shopping_day": {"kind": "day"},
            "bids_close_at": {"kind": "moment", "zone": group.time_zone},
            "note": {"kind": "text"},
        },
        given={"group_id": group.id},
        send=t("group.start_run"),
        back=t("home.not_now"),
        on_back=close,
        on_done=handler(WAYS, "toRun", given(0, dict)),
    )
    return dialog(t("group.new_run"), form, open=open, on_close=close, sheet=True)
