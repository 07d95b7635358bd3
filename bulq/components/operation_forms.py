"""Forms that do one operation: uncontrolled fields, read once when they are sent."""

from __future__ import annotations

import inspect
from typing import Any

import reflex as rx

from bulq.components.buttons import button
from bulq.components.overlays import dialog_actions
from bulq.components.texts import Text, t
from bulq.operations import DOORS, UseCase

FORM = "$/public/form.js"


def _done_spec(result: rx.Var[Any], sent: rx.Var[Any]) -> tuple[rx.Var[Any], rx.Var[Any]]:
    return (result, sent)


class _OperationForm(rx.Component):
    library = FORM
    tag = "OperationForm"

    name: rx.Var[str]
    fields: rx.Var[dict[str, Any]]
    given: rx.Var[dict[str, Any]]
    on_done: rx.EventHandler[_done_spec]


class _FormField(rx.Component):
    library = FORM
    tag = "FormField"

    control: rx.Var[str]
    name: rx.Var[str]
    field_id: rx.Var[str]
    label: rx.Var[str]
    hint: rx.Var[str]
    show: rx.Var[str]
    hide: rx.Var[str]
    optional: rx.Var[str]
    start: rx.Var[Any]
    type: rx.Var[str]
    input_mode: rx.Var[str]
    auto_complete: rx.Var[str]
    auto_capitalize: rx.Var[str]
    auto_focus: rx.Var[bool]
    max_length: rx.Var[int]
    placeholder: rx.Var[str]
    read_only: rx.Var[bool]
    required: rx.Var[bool]
    rows: rx.Var[int]
    min: rx.Var[str]
    max: rx.Var[str]


class _FormRadios(rx.Component):
    library = FORM
    tag = "FormRadios"

    name: rx.Var[str]
    label: rx.Var[str]
    options: rx.Var[list[list[str]]]
    start: rx.Var[str]


def operation_form(
    use_case: UseCase,
    *content: rx.Component,
    fields: dict[str, dict[str, Any]],
    send: Text,
    on_done: Any,
    given: dict[str, Any] | None = None,
    back: Text | None = None,
    on_back: Any = None,
    danger: bool = False,
) -> rx.Component:
    """Sends its fields as arguments of the use case, once, and says what is refused at the field at fault.

    `fields` names the kind of each: {"kind": "text" | "day" | "choice" | "flag" | "count"},
    {"kind": "moment", "zone": …}, {"kind": "quantity", "step": …, "unit": …}, {"kind": "money", "currency": …} or with
    "currencyIn" the field that says it, {"kind": "needed", "missing": key of the refusal without it}. With "optional"
    an empty one is left out, with "nullable" as well it is None, with "empty" what that says; with "as" it is another
    argument than its name. `given` are the other arguments. `on_done` gets the result and the arguments that were sent.
    """
    door = DOORS[use_case.__name__]
    arguments = {how.get("as", name): None for name, how in fields.items()} | (given or {})
    inspect.signature(use_case).bind(None, None, **arguments, now=None)  # a wrong name fails when pages are built
    buttons = [button(back, on_click=on_back)] if back is not None else []
    buttons.append(button(send, look="danger" if danger else "primary", submit=True))
    return _OperationForm.create(
        *content,
        dialog_actions(*buttons),
        name=door.name,
        fields=fields,
        given=given or {},
        on_done=on_done,
        class_name="grid gap-4",
    )


def form_field(label: Text, name: str, *, optional: bool = False, **props: Any) -> rx.Component:
    """A line of text of an operation_form or api_form; `start` is what it begins with."""
    shown = {"optional": t("kit.optional")} if optional else {}
    return _FormField.create(label=label, name=name, **shown, **props)


def form_password(label: Text, name: str, *, auto_complete: str, **props: Any) -> rx.Component:
    """A password of an api_form, with a button that shows it."""
    words = {"show": t("kit.show"), "hide": t("kit.hide")}
    return form_field(label, name, control="password", auto_complete=auto_complete, required=True, **words, **props)


def form_area(label: Text, name: str, *, optional: bool = False, **props: Any) -> rx.Component:
    """Several lines of text."""
    return form_field(label, name, optional=optional, control="textarea", **props)


def form_choice(
    label: Text, name: str, options: list[tuple[str, Text]] | rx.Var[list[Any]], **props: Any
) -> rx.Component:
    """One of few: options are (value, label)."""
    rows: list[Any] = (
        [rx.foreach(options, lambda option: rx.el.option(option[1], value=option[0]))]
        if isinstance(options, rx.Var)
        else [rx.el.option(shown, value=option) for option, shown in options]
    )
    return _FormField.create(*rows, label=label, name=name, control="select", **props)


def form_radios(label: Text, name: str, options: list[tuple[str, Text, Text]], *, start: Text) -> rx.Component:
    """One of a few, all in sight: options are (value, label, detail)."""
    return _FormRadios.create(label=label, name=name, options=[list(each) for each in options], start=start)
