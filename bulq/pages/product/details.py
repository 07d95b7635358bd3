"""How a product is counted, what is in one, and its barcode."""

from __future__ import annotations

import reflex as rx

from bulq.components import format
from bulq.components.buttons import button
from bulq.components.facts import call, known, var
from bulq.components.operation_forms import form_choice, form_field, operation_form
from bulq.components.operations import in_turn, local, set_local, told
from bulq.components.overlays import dialog
from bulq.components.surfaces import card, chip, kv
from bulq.components.texts import t
from bulq.pages.product.facts import DIALOG, PRICES, product
from bulq.pages.product.fields import CONTENTS, PAIR
from bulq.services.products import edit_product_details


def details() -> rx.Component:
    content = kv(t("product.content"), format.quantity(product.content, product.content_unit))
    verified = rx.el.div(chip(t("product.verified"), "good"), class_name="mt-2")
    edit = button(t("product.edit"), look="plain", small=True, on_click=set_local(DIALOG, "details"))
    return card(
        kv(t("product.unit"), format.unit(product.unit, 1000)),
        kv(t("product.step"), format.quantity(product.step, product.unit)),
        rx.cond(known(product.content), content, rx.fragment()),
        kv(t("product.barcode"), rx.cond(known(product.barcode), var(product.barcode), t("product.unknown"))),
        rx.cond(var(product.verified, bool), verified, rx.fragment()),
        title=t("product.details"),
        action=rx.cond(var(product.may_edit, bool), edit, rx.fragment()),
    )


def details_dialog() -> rx.Component:
    close = set_local(DIALOG, "")
    unit = rx.cond(known(product.content_unit), var(product.content_unit), "kg")
    form = operation_form(
        edit_product_details,
        form_field(
            t("product.barcode"),
            "barcode",
            start=product.barcode,
            hint=t("product.barcode_hint"),
            optional=True,
            input_mode="numeric",
            auto_complete="off",
        ),
        rx.el.div(
            form_field(
                t("product.content"),
                "content",
                start=call(PRICES, "typedContent", str, product.content),
                hint=t("product.content_hint"),
                optional=True,
                input_mode="decimal",
                auto_complete="off",
            ),
            form_choice(t("product.content_unit"), "content_unit", CONTENTS, start=unit),
            class_name=PAIR,
        ),
        fields={
            "barcode": {"kind": "text"},
            "content": {"kind": "content", "unitIn": "content_unit", "optional": True, "nullable": True},
            "content_unit": {"kind": "text"},
        },
        given={"product_id": product.id},
        send=t("product.save"),
        on_done=in_turn(close, told(t("product.saved"))),
        back=t("home.not_now"),
        on_back=close,
    )
    return dialog(t("product.edit_title"), form, open=local(DIALOG, "") == "details", on_close=close)
