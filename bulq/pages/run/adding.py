"""The dialog in which a product is created and bid on at once."""

from __future__ import annotations

import reflex as rx

from bulq.components.fields import text_field
from bulq.components.overlays import form_dialog
from bulq.components.texts import t
from bulq.pages.product.fields import goods_fields
from bulq.pages.run.facts import BIDDING
from bulq.state.run.adding import AddingState


def product_dialog() -> rx.Component:
    adding = AddingState
    return form_dialog(
        t("product.new"),
        goods_fields(adding),
        rx.el.div(
            text_field(
                t("product.price"),
                name="product-price",
                value=adding.price,
                on_change=adding.set_price,
                hint=t("product.price_hint"),
                error=adding.errors["price"],
                optional=True,
                input_mode="decimal",
            ),
            text_field(
                t("product.per_quantity"),
                name="product-price-per",
                value=adding.per,
                on_change=adding.set_per,
                hint=t("product.per_quantity_new"),
                error=adding.errors["per"],
                optional=True,
                input_mode="decimal",
            ),
            class_name="grid grid-cols-2 gap-3 items-start",
        ),
        send=t("product.create"),
        back=t("lead.back"),
        on_submit=adding.save,
        open=BIDDING & adding.creating,
        on_close=adding.close,
    )
