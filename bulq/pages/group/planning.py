"""The dialog that starts a run."""

from __future__ import annotations

from typing import Any

import reflex as rx

from bulq.components.operation_forms import form_area, form_field, operation_form
from bulq.components.operations import given, handler
from bulq.components.overlays import dialog
from bulq.components.texts import Flag, Text, t
from bulq.pages.group.facts import WAYS, group
from bulq.pages.store.field import store_field
from bulq.services.runs import start_run


def new_run_dialog(*, open: Flag, close: Any) -> rx.Component:
    store = {"store_id": {"kind": "needed", "missing": "store_missing"}}
    form = plan_form(
        store_field(t("group.store")), fields=store, known={"group_id": group.id}, zone=group.time_zone, close=close
    )
    return dialog(t("group.new_run"), form, open=open, on_close=close)


def plan_form(
    *above: rx.Component,
    known: dict[str, Any],
    zone: Text,
    close: Any,
    fields: dict[str, Any] | None = None,
    **note: Any,
) -> rx.Component:
    """When a run is shopped and until when it takes bids; leads to it once it is started.

    `above` are more fields, as `fields` says; `known` is what is not asked, `note` what is said of its field.
    """
    dates: dict[str, Any] = {
        "shopping_day": {"kind": "day"},
        "bids_close_at": {"kind": "moment", "zone": zone},
        "note": {"kind": "text"},
    }
    return operation_form(
        start_run,
        *above,
        rx.el.div(
            form_field(t("group.shopping_day"), "shopping_day", type="date", optional=True),
            form_field(
                t("group.bids_close"),
                "bids_close_at",
                type="datetime-local",
                hint=t("group.in_zone", zone=zone),
                optional=True,
            ),
            class_name="grid gap-4 wide:grid-cols-2",
        ),
        form_area(t("group.note"), "note", optional=True, placeholder=t("group.note_example"), **note),
        fields=(fields or {}) | dates,
        given=known,
        send=t("group.start_run"),
        back=t("home.not_now"),
        on_back=close,
        on_done=handler(WAYS, "toRun", given(0, dict)),
    )
