"""A field of an operation_form for something that is found while typing, or made new."""

from __future__ import annotations

from typing import Any

import reflex as rx

from bulq.components.operations import OPERATE, given, handler
from bulq.components.texts import Text, t
from bulq.operations import DOORS, UseCase


def _typed(text: rx.Var[str], besides: rx.Var[str]) -> tuple[rx.Var[str], rx.Var[str]]:
    return text, besides


class _FoundField(rx.Component):
    library = "$/public/found_field.js"
    tag = "FoundField"

    name: rx.Var[str]
    label: rx.Var[str]
    hint: rx.Var[str]
    options: rx.Var[list[Any]]
    create_text: rx.Var[str]
    none: rx.Var[str]
    by_label: rx.Var[bool]
    sends: rx.Var[bool]
    besides: rx.Var[str]
    make: rx.Var[Any]
    on_text: rx.EventHandler[_typed]


def found_field(
    label: Text,
    name: str,
    options: rx.Var[list[Any]] | Any,
    *,
    on_text: Any,
    make: UseCase | None = None,
    **props: Any,
) -> rx.Component:
    """`on_text(text, besides)` finds the `options` (id, label, perhaps exact), at first for an empty text.

    The form gets the id of what was chosen, or with `by_label` its label. `make` is the use case, with a `name` as its
    only argument, that makes what isn't there yet. More props: hint, create_text, sends, besides.
    """
    if make is not None:
        makes = handler(OPERATE, "operate", DOORS[make.__name__].name, {"name": given(0, str)}, {"quiet": True})
        props["make"] = rx.Var(_js_expr=str(makes), _var_type=Any, _var_data=makes._get_all_var_data())
    return _FoundField.create(
        label=label, name=name, options=options, none=t("kit.no_matches"), on_text=on_text, **props
    )
