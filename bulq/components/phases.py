"""The way of a run, from planning to done, with where it stands."""

from __future__ import annotations

from typing import Any

import reflex as rx

from bulq.components.surfaces import chip
from bulq.components.texts import Text, t

_WAY = ("planning", "active", "confirmed", "shopping", "adjusting", "distributing", "completed")
_TONES = {"completed": "plain", "cancelled": "bad", "adjusting": "warn", "planning": "info"}


def phase_steps(phase: Text) -> rx.Component:
    """All phases in order; a cancelled run stands nowhere on the way."""
    now = rx.Var.create(phase).to(str)
    order = rx.Var.create(list(_WAY)).to(list[str])
    at = rx.Var(f"{order!s}.indexOf({now!s})", _var_type=int, _var_data=now._get_all_var_data()).to(int)

    def step(index: int, name: str) -> rx.Component:
        here = at == index
        return rx.el.li(
            rx.el.span(t(f"phase.{name}")),
            rx.cond(at > index, rx.el.span(", ", t("kit.passed"), class_name="sr-only"), rx.fragment()),
            data_step=rx.cond(here, "now", rx.cond(at > index, "done", "ahead")),
            aria_current=rx.cond(here, "step", "false"),
        )

    return rx.el.ol(*[step(i, name) for i, name in enumerate(_WAY)], aria_label=t("kit.steps"), class_name="steps")


def phase_chip(phase: Text) -> rx.Component:
    """The phase in a word; the element carries data-phase."""
    now = rx.Var.create(phase).to(str)
    tone: Any = rx.match(now, *_TONES.items(), "good")
    return chip(t(rx.Var.create("phase.") + now), tone, data_phase=now)
