"""The sheet for a price that somebody sees right now."""

from __future__ import annotations

from typing import Any

import reflex as rx

from bulq.components import format
from bulq.components.facts import call
from bulq.components.operation_forms import form_choice, form_field, operation_form
from bulq.components.operations import given, handler, local, set_local
from bulq.components.overlays import dialog
from bulq.components.texts import t
from bulq.pages.product.facts import DIALOG, PRICES, product
from bulq.pages.product.fields import PAIR
from bulq.pages.store.field import store_field
from bulq.services.prices import see_price


def price_fields() -> tuple[rx.Component, rx.Component]:
    """What a price is: the amount and for how much, and its currency."""
    currencies = format.currency_choices(call(PRICES, "payable", list[str], product.mine, product.currency))
    amount = rx.el.div(
        form_field(t("product.price"), "price", input_mode="decimal", auto_complete="off", auto_focus=True),
        form_field(
            t("product.per_quantity"),
            "per",
            start=call(PRICES, "firstPer", str, product.unit),
            hint=t("product.per_quantity_hint", unit=format.unit(product.unit, 1000)),
            input_mode="decimal",
            auto_complete="off",
        ),
        class_name=PAIR,
    )
    return amount, form_choice(t("product.currency"), "currency", currencies, start=product.currency)


def price_dialog() -> rx.Component:
    close = set_local(DIALOG, "")
    form = operation_form(
        see_price,
        *price_fields(),
        store_field(t("product.store")),
        form_field(
            t("product.minimum"),
            "minimum",
            hint=t("product.minimum_hint"),
            optional=True,
            input_mode="decimal",
            auto_complete="off",
        ),
        form_field(
            t("product.pack"),
            "pack",
            hint=t("product.pack_hint", unit=format.unit(product.unit, 2000)),
            optional=True,
            input_mode="decimal",
            auto_complete="off",
        ),
        form_field(t("product.note"), "note", hint=t("product.note_hint"), optional=True, max_length=200),
        fields=_fields(),
        given={"product_id": product.id},
        send=t("product.save_price"),
        on_done=handler(PRICES, "priceAdded", given(0, bool), given(1, dict)),
        back=t("home.not_now"),
        on_back=close,
    )
    return dialog(t("product.add_price"), form, open=local(DIALOG, "") == "price", on_close=close)


def _fields() -> dict[str, dict[str, Any]]:
    counted = {"kind": "quantity", "step": 1, "unit": product.unit, "optional": True}
    return {
        "price": {"kind": "money", "currencyIn": "currency"},
        "per": counted,
        "currency": {"kind": "text"},
        "store_id": {"kind": "needed", "missing": "store_missing"},
        "minimum": counted | {"as": "minimum_quantity"},
        "pack": counted,
        "note": {"kind": "text"},
    }
