"""Times that keep themselves true in an open page; both take ISO 8601 with an offset."""

from __future__ import annotations

from typing import Any

import reflex as rx

from bulq.components.texts import Text


class _TimeAgo(rx.Component):
    library = "$/public/time.js"
    tag = "TimeAgo"

    at: rx.Var[str]


class _Countdown(rx.Component):
    library = "$/public/time.js"
    tag = "Countdown"

    at: rx.Var[str]
    ended: rx.Var[str]
    on_end: rx.EventHandler[rx.event.no_args_event_spec]


def time_ago(at: Text, class_name: str = "") -> rx.Component:
    """Like "2 min. ago"; the exact local time is in its title. Nothing for an empty string."""
    return _TimeAgo.create(at=at, class_name=class_name)


def countdown(at: Text, *, ended: Text, on_end: Any = None, class_name: str = "num") -> rx.Component:
    """Like "1 day, 4 hr" until then, afterwards `ended`."""
    return _Countdown.create(
        at=at, ended=ended, class_name=class_name, **({"on_end": on_end} if on_end is not None else {})
    )
