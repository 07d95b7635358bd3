"""Where people type: a label, perhaps a hint, and the error at the field it belongs to."""

from __future__ import annotations

from typing import Any

import reflex as rx

from bulq.components.texts import Flag, Text, t


class _TextInput(rx.Component):
    library = "$/public/field.js"
    tag = "TextInput"

    value: rx.Var[str]
    field_id: rx.Var[str]
    multiline: rx.Var[bool]
    delay: rx.Var[int]
    name: rx.Var[str]
    type: rx.Var[str]
    placeholder: rx.Var[str]
    input_mode: rx.Var[str]
    auto_complete: rx.Var[str]
    auto_capitalize: rx.Var[str]
    auto_focus: rx.Var[bool]
    max_length: rx.Var[int]
    read_only: rx.Var[bool]
    required: rx.Var[bool]
    disabled: rx.Var[bool]
    on_text: rx.EventHandler[rx.event.passthrough_event_spec(str)]


class _SelectInput(rx.Component):
    library = "$/public/field.js"
    tag = "SelectInput"

    value: rx.Var[str]
    field_id: rx.Var[str]
    name: rx.Var[str]
    disabled: rx.Var[bool]
    on_choice: rx.EventHandler[rx.event.passthrough_event_spec(str)]


def _described(field_id: Text, hint: Text | None, error: Text | None) -> Text | None:
    ids = [f"{field_id}-hint"] if hint is not None else []
    return " ".join(ids + ([f"{field_id}-error"] if error is not None else [])) or None


def _aria(field_id: Text, hint: Text | None, error: Text | None) -> dict[str, Any]:
    found: dict[str, Any] = {}
    if described := _described(field_id, hint, error):
        found["aria_describedby"] = described
    if error is not None:
        found["aria_invalid"] = rx.cond(error, "true", "false")  # an error that was never set is none
    return found


def field(
    label: Text,
    control: rx.Component,
    *,
    field_id: Text,
    hint: Text | None = None,
    error: Text | None = None,
    optional: bool = False,
    hide_label: bool = False,
    class_name: str = "",
) -> rx.Component:
    """The frame of every field. The label names the control by `field_id`; hint and error describe it."""
    return rx.el.div(
        rx.el.div(
            rx.el.label(label, html_for=field_id, class_name="sr-only" if hide_label else "field-label"),
            rx.el.span(" ", t("kit.optional"), class_name="field-label field-optional") if optional else rx.fragment(),
        ),
        control,
        rx.el.p(hint, id=f"{field_id}-hint", class_name="field-hint") if hint is not None else rx.fragment(),
        _said(error, f"{field_id}-error") if error is not None else rx.fragment(),
        class_name=f"field {class_name}".strip(),
    )


def _said(error: Text, error_id: Text) -> rx.Component:
    """It is there before it says anything, so that what is wrong is read out when it does."""
    return rx.el.p(error, id=error_id, role="alert", class_name="field-error")


def text_field(
    label: Text,
    *,
    name: str,
    value: Text = "",
    on_change: Any = None,
    hint: Text | None = None,
    error: Text | None = None,
    field_id: Text | None = None,
    optional: bool = False,
    hide_label: bool = False,
    multiline: bool = False,
    class_name: str = "",
    **props: Any,
) -> rx.Component:
    """A line of text. `on_change(text)` comes 0.2 s after the last key, and at once on Enter or leaving the field.

    More props: type, placeholder, input_mode ("decimal"), auto_complete, auto_focus, max_length, read_only, required,
    disabled.
    """
    field_id = name if field_id is None else field_id
    control = _TextInput.create(
        name=name,
        value=value,
        field_id=field_id,
        multiline=multiline,
        class_name="input",
        **({"on_text": on_change} if on_change is not None else {}),
        **_aria(field_id, hint, error),
        **props,
    )
    return field(
        label,
        control,
        field_id=field_id,
        hint=hint,
        error=error,
        optional=optional,
        hide_label=hide_label,
        class_name=class_name,
    )


def text_area(label: Text, **props: Any) -> rx.Component:
    """Several lines of text; the rest is as for text_field."""
    return text_field(label, multiline=True, **props)


def select_field(
    label: Text,
    options: list[tuple[str, Text]] | rx.Var[list[tuple[str, str]]],
    *,
    name: str,
    value: Text = "",
    on_change: Any = None,
    hint: Text | None = None,
    error: Text | None = None,
    field_id: Text | None = None,
    hide_label: bool = False,
    disabled: Flag = False,
    class_name: str = "",
) -> rx.Component:
    """One of few: the browser's own select (role combobox). Options are (value, label)."""
    field_id = name if field_id is None else field_id
    rows: Any = (
        rx.foreach(options, lambda option: rx.el.option(option[1], value=option[0]))
        if isinstance(options, rx.Var)
        else [rx.el.option(shown, value=option) for option, shown in options]
    )
    control = _SelectInput.create(
        *(rows if isinstance(rows, list) else [rows]),
        field_id=field_id,
        name=name,
        value=value,
        disabled=disabled,
        class_name="input",
        **({"on_choice": on_change} if on_change is not None else {}),
        **_aria(field_id, hint, error),
    )
    return field(
        label, control, field_id=field_id, hint=hint, error=error, hide_label=hide_label, class_name=class_name
    )
