"""Type to find: a field whose options the server looks up, with an offer to create what isn't there."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol

import reflex as rx

from bulq.components.fields import field
from bulq.components.texts import Flag, Text, t


class Option(Protocol):
    """One line of the list; `detail` is quieter (brand, price)."""

    @property
    def id(self) -> str: ...
    @property
    def label(self) -> str: ...
    @property
    def detail(self) -> str: ...


def _picked(key: rx.Var[str], label: rx.Var[str]) -> tuple[rx.Var[str], rx.Var[str]]:
    return key, label


class _Combobox(rx.Component):
    library = "$/public/combobox.js"
    tag = "Combobox"

    field_id: rx.Var[str]
    name: rx.Var[str]
    label: rx.Var[str]
    list_label: rx.Var[str]
    options: rx.Var[list[Any]]
    value: rx.Var[str]
    placeholder: rx.Var[str]
    create_text: rx.Var[str]
    none: rx.Var[str]
    keep: rx.Var[bool]
    busy: rx.Var[bool]
    invalid: rx.Var[bool]
    disabled: rx.Var[bool]
    described_by: rx.Var[str]
    on_text: rx.EventHandler[rx.event.passthrough_event_spec(str)]
    on_pick: rx.EventHandler[_picked]
    on_create: rx.EventHandler[rx.event.passthrough_event_spec(str)]


def combobox(
    label: Text,
    options: Sequence[Option] | rx.Var[Any],
    *,
    field_id: str,
    on_change: Any,
    on_select: Any,
    on_create: Any = None,
    create: Text | None = None,
    value: Text = "",
    keep: bool = False,
    placeholder: Text = "",
    none: Text | None = None,
    hint: Text | None = None,
    error: Text | None = None,
    busy: Flag = False,
    disabled: Flag = False,
    hide_label: bool = False,
    class_name: str = "",
) -> rx.Component:
    """`on_change(text)` 0.2 s after the last key, `on_select(id, label)`, `on_create(text)` for the list's last line.

    What is chosen comes with its label, since what was found then may have been replaced by what is found now.

    `create` is its text with a literal `{text}` for what was typed: t("run.create", text="{text}").
    After a choice the field empties, or with `keep` shows the chosen label; `value` sets what it shows from the server.
    """
    described = " ".join(
        ([f"{field_id}-hint"] if hint is not None else []) + ([f"{field_id}-error"] if error is not None else [])
    )
    control = _Combobox.create(
        field_id=field_id,
        list_label=label,
        options=options if isinstance(options, rx.Var) else list(options),
        value=value,
        placeholder=placeholder,
        none=none if none is not None else t("kit.no_matches"),
        keep=keep,
        busy=busy,
        disabled=disabled,
        described_by=described,
        invalid=rx.cond(error if error is not None else "", True, False),  # an error that was never set is none
        on_text=on_change,
        on_pick=on_select,
        **({"on_create": on_create, "create_text": create} if on_create is not None else {}),
    )
    return field(
        label, control, field_id=field_id, hint=hint, error=error, hide_label=hide_label, class_name=class_name
    )
