"""What opens above the product page: a price one has seen, its details, and withdrawing what somebody else saw."""

from __future__ import annotations

import reflex as rx

from bulq.components.combobox import combobox
from bulq.components.fields import select_field, text_field
from bulq.components.overlays import form_dialog, question
from bulq.components.surfaces import alert
from bulq.components.texts import t
from bulq.pages.product_fields import content_fields
from bulq.state.product import ProductState

S = ProductState


def product_dialogs() -> rx.Component:
    return rx.fragment(_price(), _details(), _withdraw())


def _price() -> rx.Component:
    amount = text_field(
        t("product.price"),
        name="price",
        value=S.price,
        on_change=S.set_price,
        error=S.errors["price"],
        input_mode="decimal",
    )
    per = text_field(
        t("product.per_quantity"),
        name="per",
        value=S.per,
        on_change=S.set_per,
        hint=t("product.per_quantity_hint", unit=S.unit),
        error=S.errors["per"],
        input_mode="decimal",
    )
    currency = select_field(
        t("product.currency"),
        rx.Var.create(S.paid_ins).to(list[tuple[str, str]]),
        name="paid-in",
        value=S.paid_in,
        on_change=S.set_paid_in,
        error=S.errors["currency"],
    )
    return form_dialog(
        t("product.add_price"),
        alert(S.alert),
        rx.el.div(amount, per, class_name="grid grid-cols-2 gap-3 items-start"),
        currency,
        combobox(
            t("product.store"),
            S.stores_found,
            field_id="store",
            on_change=S.find_store,
            on_select=S.choose_store,
            on_create=S.add_store,
            create=t("group.add_store", text="{text}"),
            value=S.store_name,
            keep=True,
            hint=t("group.store_hint"),
            error=S.errors["store"],
        ),
        text_field(
            t("product.minimum"),
            name="minimum",
            value=S.minimum,
            on_change=S.set_minimum,
            hint=t("product.minimum_hint"),
            error=S.errors["minimum"],
            optional=True,
            input_mode="decimal",
        ),
        text_field(
            t("product.note"),
            name="price-note",
            value=S.note,
            on_change=S.set_note,
            hint=t("product.note_hint"),
            error=S.errors["note"],
            optional=True,
            max_length=200,
        ),
        send=t("product.save_price"),
        back=t("home.not_now"),
        on_submit=S.save_price,
        open=S.dialog == "price",
        on_close=S.close,
        sheet=True,
    )


def _details() -> rx.Component:
    return form_dialog(
        t("product.edit_title"),
        alert(S.alert),
        text_field(
            t("product.barcode"),
            name="barcode",
            value=S.barcode_typed,
            on_change=S.set_barcode_typed,
            hint=t("product.barcode_hint"),
            error=S.errors["barcode"],
            optional=True,
            input_mode="numeric",
        ),
        content_fields(S.content_typed, S.set_content_typed, S.content_unit, S.set_content_unit, S.errors),
        send=t("product.save"),
        back=t("home.not_now"),
        on_submit=S.save_details,
        open=S.dialog == "details",
        on_close=S.close,
        sheet=True,
    )


def _withdraw() -> rx.Component:
    return question(
        t("product.withdraw_title"),
        rx.el.p(rx.el.b(S.asked_about)),
        rx.el.p(t("product.withdraw_detail"), class_name="text-muted"),
        yes=t("product.withdraw"),
        no=t("home.not_now"),
        open=S.dialog == "withdraw",
        on_yes=S.withdraw_theirs,
        on_close=S.close,
    )
