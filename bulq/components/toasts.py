"""Short messages at the lower edge that go by themselves."""

from __future__ import annotations

from typing import Any

import reflex as rx

from bulq.components.texts import t


class _Toast(rx.Component):
    library = "$/public/toasts.js"
    tag = "Toast"

    toast_id: rx.Var[str]
    text: rx.Var[str]
    kind: rx.Var[str]
    seconds: rx.Var[int]
    undo: rx.Var[str]
    undo_label: rx.Var[str]
    dismiss_label: rx.Var[str]
    on_dismiss: rx.EventHandler[rx.event.no_args_event_spec]
    on_undo: rx.EventHandler[rx.event.passthrough_event_spec(str)]


class _OwnToasts(rx.Component):
    """The messages that the page makes itself."""

    library = "$/public/toasts.js"
    tag = "OwnToasts"

    undo_label: rx.Var[str]
    dismiss_label: rx.Var[str]


def toasts(items: Any, *, on_dismiss: Any, on_undo: Any = None) -> rx.Component:
    """`items` have id, text, kind ("status" or "error") and undo; `on_dismiss(id)`, `on_undo(undo)`.

    Without `on_undo` no toast offers to undo, whatever it carries.
    """

    def one(item: Any) -> rx.Component:
        return _Toast.create(
            key=item["id"],
            toast_id=item["id"],
            text=item["text"],
            kind=item["kind"],
            seconds=rx.cond(item["kind"] == "error", 20, 8),
            undo=item["undo"] if on_undo is not None else "",
            undo_label=t("kit.undo"),
            dismiss_label=t("kit.dismiss"),
            on_dismiss=on_dismiss(item["id"]),
            **({"on_undo": on_undo} if on_undo is not None else {}),
        )

    own = _OwnToasts.create(undo_label=t("kit.undo"), dismiss_label=t("kit.dismiss"))
    return rx.el.div(rx.foreach(items, one), own, class_name="toasts")
