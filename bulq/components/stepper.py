"""A quantity that changes in place: − and + around a number one can type over."""

from __future__ import annotations

from typing import Any

import reflex as rx

from bulq.components.texts import Flag, Text, t

MOST = 9_999_000


def _quantity_spec(text: rx.Var[str], seen: rx.Var[int]) -> tuple[rx.Var[str], rx.Var[int]]:
    return text, seen


class _Stepper(rx.Component):
    library = "$/public/stepper.js"
    tag = "Stepper"

    quantity: rx.Var[int]
    step: rx.Var[int]
    minimum: rx.Var[int]
    maximum: rx.Var[int]
    unit: rx.Var[str]
    disabled: rx.Var[bool]
    less: rx.Var[str]
    more: rx.Var[str]
    label: rx.Var[str]
    revision: rx.Var[int]
    waits: rx.Var[bool]
    on_quantity: rx.EventHandler[_quantity_spec]


def stepper(
    name: Text,
    quantity: int | rx.Var[int],
    *,
    on_quantity: Any,
    step: int | rx.Var[int] = 1000,
    minimum: int | rx.Var[int] = 0,
    maximum: int | rx.Var[int] = MOST,
    unit: Text = "",
    disabled: Flag = False,
    revision: int | rx.Var[int] = 0,
    waits: Flag = False,
) -> rx.Component:
    """Quantities are thousandths.

    `on_quantity(text, seen)` gets the absolute quantity ("2.5"), or what was typed, untouched; and in thousandths the
    quantity it was changed from.

    The new quantity shows at once. The server's value is taken when it changes; raise `revision` when a quantity was
    refused and the old one must come back. `waits` says that the server has not confirmed the quantity yet.
    """
    return _Stepper.create(
        quantity=quantity,
        step=step,
        minimum=minimum,
        maximum=maximum,
        unit=unit,
        disabled=disabled,
        revision=revision,
        waits=waits,
        less=t("kit.one_less", name=name),
        more=t("kit.one_more", name=name),
        label=t("kit.quantity_of", name=name),
        on_quantity=on_quantity,
    )
