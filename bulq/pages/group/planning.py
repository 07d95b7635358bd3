"""The dialog that starts a run."""

from __future__ import annotations

from typing import Any

import reflex as rx

from bulq.components.operation_forms import form_area, form_field, operation_form
from bulq.components.operations import given, handler
from bulq.components.overlays import dialog
from bulq.components.texts import Flag, t
from bulq.pages.group.facts import WAYS, group
from bulq.services.runs import start_run
from bulq.state.planning import PlanningState


class _StoreField(rx.Component):
    library = "$/public/group/store_field.js"
    tag = "StoreField"

    name: rx.Var[str]
    label: rx.Var[str]
    hint: rx.Var[str]
    options: rx.Var[list[Any]]
    create_text: rx.Var[str]
    none: rx.Var[str]
    on_text: rx.EventHandler[rx.event.passthrough_event_spec(str)]


def new_run_dialog(*, open: Flag, close: Any) -> rx.Component:
    form = operation_form(
        start_run,
        _StoreField.create(
            name="store_id",
            label=t("group.store"),
            hint=t("group.store_hint"),
            options=PlanningState.stores,
            create_text=t("group.add_store", text="{text}"),
            none=t("kit.no_matches"),
            on_text=PlanningState.find,
        ),
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
