"""Lists of a state on a page."""

from __future__ import annotations

from typing import Any

import reflex as rx


def size(items: Any) -> Any:
    """How many there are, as a var: `len` would count at build time."""
    return rx.Var.create(items).to(list).length()
