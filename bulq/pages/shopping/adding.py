"""The sheet that adds to the list: for whom, how much, and what it is when it is new."""

from __future__ import annotations

import reflex as rx

from bulq.components.buttons import button
from bulq.components.fields import select_field, text_field
from bulq.components.overlays import dialog, dialog_actions
from bulq.components.surfaces import alert
from bulq.components.texts import t
from bulq.pages.product.fields import UNITS
from bulq.pages.shopping.facts import may_buy
from bulq.state.shopping.adding import ListingState as A


def listing_sheet() -> rx.Component:
    """For whom and how much; what is new needs a name and how it is counted."""
    return dialog(
        rx.cond(A.creating, t("shopping.new_product"), A.name),
        rx.el.form(
            alert(A.alert),
            rx.cond(A.creating, _new_product(), rx.fragment()),
            rx.el.div(
                select_field(
                    t("shopping.for_whom"),
                    rx.Var.create(A.members),
                    name="person",
                    value=A.person,
                    on_change=A.set_person,
                ),
                text_field(
                    rx.cond(
                        A.creating,
                        t("shopping.how_much"),
                        t("shopping.how_much_of", unit=A.unit_name),
                    ),
                    name="quantity",
                    error=A.errors["quantity"],
                    input_mode="decimal",
                    auto_complete="off",
                    auto_focus=True,
                ),
                class_name="grid grid-cols-2 gap-3 items-start",
            ),
            dialog_actions(button(t("shopping.put_on_list"), look="primary", submit=True)),
            on_submit=A.add,
            reset_on_submit=False,
            no_validate=True,
            class_name="grid gap-4",
        ),
        open=may_buy() & A.open,
        on_close=A.close,
    )


def _new_product() -> rx.Component:
    return rx.fragment(
        text_field(t("shopping.product_name"), name="name", value=A.name, error=A.errors["name"], max_length=100),
        text_field(t("shopping.brand"), name="brand", error=A.errors["brand"], max_length=100, optional=True),
        rx.el.div(
            select_field(t("shopping.unit"), UNITS, name="unit", value=A.unit, on_change=A.set_unit),
            text_field(
                t("shopping.step"),
                name="step",
                value=A.step,
                error=A.errors["step"],
                hint=t("shopping.step_hint"),
                input_mode="decimal",
            ),
            class_name="grid grid-cols-2 gap-3 items-start",
        ),
    )
