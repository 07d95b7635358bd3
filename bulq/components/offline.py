"""What pages show of working without a network; see assets/offline/."""

from __future__ import annotations

from typing import Any

import reflex as rx

KEEP = "$/public/offline/keep.js"
STATUS = "$/public/offline/status.js"


class _OfRun(rx.Component):
    run: rx.Var[str]


class _Kept(_OfRun):
    library = KEEP
    tag = "Kept"

    phase: rx.Var[str]


class _WithoutNetwork(_OfRun):
    library = STATUS
    tag = "WithoutNetwork"


class _NotTakenIn(rx.Component):
    library = STATUS
    tag = "NotTakenIn"


class _AsOf(rx.Component):
    library = STATUS
    tag = "AsOf"

    view: rx.Var[str]


def kept(run_id: Any, phase: Any) -> rx.Component:
    """Shows nothing. While goods are bought or handed out the run is kept on the device."""
    return _Kept.create(run=run_id, phase=phase)


def without_network(run_id: Any) -> rx.Component:
    """Whether the run is on this device, *Keep for offline*, and *Work offline*."""
    return _WithoutNetwork.create(run=run_id)


def not_taken_in() -> rx.Component:
    """Changes made without a network in the run of the page's address, which the server has refused since."""
    return _NotTakenIn.create()


def as_of(view: str, *, class_name: str) -> rx.Component:
    """When the server last said what is shown, while nothing keeps that up to date."""
    return _AsOf.create(view=view, class_name=class_name)
