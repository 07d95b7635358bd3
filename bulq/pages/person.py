"""Who is looking, as every page knows it from the store."""

from __future__ import annotations

import reflex as rx

from bulq.components.facts import live_var, state_of
from bulq.queries.accounts import Me

me = live_var(Me, "me")


def is_known() -> rx.Var[bool]:
    """Whether somebody is signed in here, as far as the page knows."""
    return rx.Var.create(me.id).bool()


def is_nobody() -> rx.Var[bool]:
    """Whether the server said that nobody is signed in here."""
    return state_of("me") == "gone"
