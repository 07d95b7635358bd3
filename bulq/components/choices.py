"""Yes or no, and one of a few: switch, checkbox, radio group."""

from __future__ import annotations

from typing import Any

import reflex as rx

from bulq.components.texts import Flag, Text


class _Tick(rx.Component):
    library = "$/public/tick.js"
    tag = "Tick"

    kind: rx.Var[str]
    role: rx.Var[str]
    checked: rx.Var[bool]
    field_id: rx.Var[str]
    name: rx.Var[str]
    value: rx.Var[str]
    disabled: rx.Var[bool]
    on_tick: rx.EventHandler[rx.event.passthrough_event_spec(bool)]


class _RadioTick(_Tick):
    on_tick: rx.EventHandler[rx.event.passthrough_event_spec(str)]


def _row(label: Text | rx.Component, control: rx.Component, detail: Text | None, field_id: Text) -> rx.Component:
    described = rx.el.span(detail, id=f"{field_id}-detail", class_name="block field-hint")
    return rx.el.div(
        control,
        rx.el.span(
            rx.el.label(label, html_for=field_id, class_name="block cursor-pointer"),
            described if detail is not None else rx.fragment(),
        ),
        class_name="row-control",
    )


def _describes(detail: Text | None, field_id: Text) -> dict[str, Any]:
    return {"aria_describedby": f"{field_id}-detail"} if detail is not None else {}


def switch(
    label: Text, *, checked: Flag, on_change: Any, field_id: Text, detail: Text | None = None, disabled: Flag = False
) -> rx.Component:
    """Takes effect at once; `on_change(checked: bool)`."""
    control = _Tick.create(
        role="switch",
        field_id=field_id,
        checked=checked,
        on_tick=on_change,
        disabled=disabled,
        class_name="switch",
        **_describes(detail, field_id),
    )
    return _row(label, control, detail, field_id)


def tick(name: Text, *, checked: Flag, on_change: Any, field_id: Text, disabled: Flag = False) -> rx.Component:
    """A checkbox whose label is not seen, such as that of a row in a table; `on_change(checked: bool)`."""
    return _Tick.create(
        field_id=field_id, checked=checked, on_tick=on_change, disabled=disabled, aria_label=name, class_name="check"
    )


def checkbox(
    label: Text | rx.Component,
    *,
    checked: Flag,
    on_change: Any,
    field_id: Text,
    detail: Text | None = None,
    name: Text | None = None,
    big: bool = False,
    disabled: Flag = False,
) -> rx.Component:
    """`on_change(checked: bool)`; `name` is the accessible name where the label alone says too little."""
    named = {"aria_label": name} if name is not None else {}
    control = _Tick.create(
        field_id=field_id,
        checked=checked,
        on_tick=on_change,
        disabled=disabled,
        class_name="check check-big" if big else "check",
        **named,
        **_describes(detail, field_id),
    )
    return _row(label, control, detail, field_id)


def radio_group(
    label: Text,
    options: list[tuple[str, Text]] | list[tuple[str, Text, Text]],
    *,
    name: str,
    value: Text,
    on_change: Any,
    disabled: Flag = False,
    hide_label: bool = False,
) -> rx.Component:
    """Options are (value, label) or (value, label, detail); `on_change(value)`."""
    rows: list[rx.Component] = []
    for option in options:
        field_id = f"{name}-{option[0]}"
        detail = option[2] if len(option) > 2 else None
        control = _RadioTick.create(
            kind="radio",
            field_id=field_id,
            name=name,
            value=option[0],
            checked=rx.Var.create(value).to(str) == option[0],
            on_tick=on_change,
            disabled=disabled,
            class_name="check",
            **_describes(detail, field_id),
        )
        rows.append(_row(option[1], control, detail, field_id))
    return rx.el.fieldset(
        rx.el.legend(label, class_name="sr-only" if hide_label else ""),
        rx.el.div(*rows, role="radiogroup", aria_label=label, class_name="choices"),
        class_name="choices",
    )
