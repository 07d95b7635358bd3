"""A button that shows how to pay somebody: QR code, amount, link, and everything to copy."""

from __future__ import annotations

from typing import Any

import reflex as rx

from bulq.components.buttons import Look, button_classes, glyph
from bulq.components.texts import t


class _PaymentCode(rx.Component):
    library = "$/public/payments/code.js"
    tag = "PaymentCode"

    group: rx.Var[str]
    payee: rx.Var[str]
    name: rx.Var[str]
    currency: rx.Var[str]
    amount: rx.Var[int]
    label: rx.Var[str]
    icon: rx.Component | None = None


def payment_code_button(
    group_id: Any,
    payee_id: Any,
    name: Any,
    *,
    currency: Any = None,
    amount: Any = None,
    look: Look = "ghost",
    small: bool = True,
) -> rx.Component:
    """*Show payment code*, for whoever owes the payee in this group; the server answers nobody else.

    `amount` is in minor units of `currency`. Without both it is what the viewer owes, in the group's currency.
    """
    about = {"currency": currency, "amount": amount}
    return _PaymentCode.create(
        group=group_id,
        payee=payee_id,
        name=name,
        label=t("pay.show"),
        icon=glyph("qr-code"),
        class_name=button_classes(look, small),
        **{name: value for name, value in about.items() if value is not None},
    )
