"""A button that sends a file to the API."""

from __future__ import annotations

from typing import Any

import reflex as rx

from bulq.components.buttons import glyph
from bulq.components.texts import Text


class _FileUpload(rx.Component):
    library = "$/public/upload.js"
    tag = "FileUpload"

    action: rx.Var[str]
    label: rx.Var[str]
    sending: rx.Var[str]
    accept: rx.Var[str]
    icon: rx.Component | None = None
    on_done: rx.EventHandler[rx.event.passthrough_event_spec(str, str)]  # pyright: ignore[reportCallIssue]
    on_problem: rx.EventHandler[rx.event.passthrough_event_spec(dict[str, Any])]


def file_upload(
    label: Text,
    *,
    sending: Text,
    action: str,
    accept: str,
    on_done: Any,
    on_problem: Any,
    look: str = "ghost",
) -> rx.Component:
    """`on_done(token, file_name)` when it was received; a refusal (RFC 9457) goes to `on_problem(problem: dict)`."""
    return _FileUpload.create(
        action=action,
        label=label,
        sending=sending,
        accept=accept,
        icon=glyph("upload"),
        on_done=on_done,
        on_problem=on_problem,
        class_name=f"btn btn-{look}",
    )
