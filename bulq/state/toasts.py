"""The messages one person has on screen; any handler returns toast(…) to add one."""

from dataclasses import dataclass
from secrets import token_hex
from typing import Literal

import reflex as rx
from reflex.event import EventSpec

MOST = 4
LONGEST = 400


@dataclass(frozen=True)
class Toast:
    id: str
    text: str
    kind: str
    undo: str


class ToastState(rx.State):
    """A bounded list; older messages make room for new ones."""

    items: list[Toast] = []

    @rx.event
    async def show(self, text: str, kind: str = "status", undo: str = ""):
        kind = "error" if kind == "error" else "status"
        message = Toast(token_hex(8), str(text)[:LONGEST], kind, str(undo)[:LONGEST])
        # The same words twice are one message: a second one would only push others away.
        kept = [item for item in self.items if item.text != message.text]
        self.items = [*kept, message][-MOST:]

    @rx.event
    async def dismiss(self, toast_id: str):
        self.items = [item for item in self.items if item.id != toast_id]


def toast(text: str, kind: Literal["status", "error"] = "status", undo: str = "") -> EventSpec:
    """An event that shows `text`. A non-empty `undo` adds an Undo button that hands it to the page's `on_undo`."""
    show: EventSpec = ToastState.show(text, kind, undo)  # pyright: ignore[reportCallIssue, reportAssignmentType]
    return show
