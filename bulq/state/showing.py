"""Sending a page only what differs."""

from typing import Any

import reflex as rx


def put(state: rx.State, **values: Any) -> None:
    """Set what differs; what is the same is not sent again."""
    for name, value in values.items():
        if state.get_value(name) != value:
            setattr(state, name, value)
