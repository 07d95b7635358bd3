"""Keeps the keyboard's place where controls replace each other."""

from __future__ import annotations

import reflex as rx


class _KeepFocus(rx.Component):
    library = "$/public/focus.js"
    tag = "KeepFocus"

    beside: rx.Var[str]


def keep_focus(*content: rx.Component, class_name: str = "", beside: str = "") -> rx.Component:
    """A `div`; when the control that has the focus goes, the one in its place gets it.

    `beside` is the selector of another part of the same row, where the control comes that takes its place.
    """
    return _KeepFocus.create(*content, class_name=class_name, beside=beside)
