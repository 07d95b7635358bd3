"""Tells when the page doesn't hear the server, and lets it catch up afterwards."""

from __future__ import annotations

from typing import Any

import reflex as rx

from bulq.components.texts import t


class _ConnectionBanner(rx.Component):
    library = "$/public/connection.js"
    tag = "ConnectionBanner"

    offline: rx.Var[str]
    online: rx.Var[str]


class _Woken(rx.Component):
    library = "$/public/connection.js"
    tag = "Woken"

    on_wake: rx.EventHandler[rx.event.no_args_event_spec]


def connection_banner() -> rx.Component:
    """Part of the frame: "Connection lost, trying again…" and, briefly, "Back online"."""
    return _ConnectionBanner.create(offline=t("kit.offline"), online=t("kit.online"))


def woken(on_wake: Any) -> rx.Component:
    """Shows nothing; calls the handler when a tab wakes after a minute of sleep. Reconnecting loads the page anew."""
    return _Woken.create(on_wake=on_wake)
