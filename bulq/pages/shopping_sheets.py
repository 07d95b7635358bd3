"""What rises from the lower edge of the shopping page: buying at the shelf, adding to the list."""

from __future__ import annotations

from typing import Any

import reflex as rx

from bulq.components.buttons import button
from bulq.components.fields import select_field, text_field
from bulq.components.overlays import dialog, dialog_actions
from bulq.components.surfaces import alert, notice
from bulq.components.texts import t
from bulq.components.till import till
from bulq.components.times import time_ago
from bulq.pages.product_fields import UNITS
from bulq.state.buying import BuyingState as B
from bulq.state.listing import ListingState as A
from bulq.state.shopping import ShoppingState as S
from bulq.state.shopping_sheet import Seen


def buying_sheet() -> rx.Component:
    by_now: Any = rx.cond(rx.Var.create(S.bought).contains(B.item_id), S.bought[B.item_id], "")
    meanwhile = rx.cond(
        by_now == "", t("shopping.undone_meanwhile"), t("shopping.bought_meanwhile", amount=by_now, before=B.seen)
    )
    editing = rx.Var.create(B.editing)
    return dialog(
        B.title,
        alert(B.alert),
        rx.el.div(
            rx.cond((by_now != B.seen) & ~rx.Var.create(B.mending), notice(meanwhile, "warn"), rx.fragment()),
            role="status",
            class_name="empty:hidden",
        ),
        rx.cond(B.mending, notice(t("shopping.mend_hint")), rx.fragment()),
        till(
            B.sheet,
            B.form,
            question=B.question,
            record=rx.cond(B.mending, t("shopping.correct"), t("shopping.record")),
            anyway=rx.cond(B.editing, t("shopping.save_anyway"), t("shopping.buy_anyway")),
            per=B.form.per_text,
            payers=S.members,
            me=S.me,
            errors=B.errors,
            answered=B.answered,
            may_miss=(by_now == "") & ~editing,
            may_note=~editing,
            on_record=B.record,
            on_missing=B.not_there,
            on_price=B.note_price,
        ),
        rx.cond(rx.Var.create(B.prices).length() > 0, _prices(), rx.fragment()),
        open=rx.cond(B.mending, S.may_mend, S.may_buy) & (B.item_id != ""),
        on_close=B.close,
        sheet=True,
    )


def _prices() -> rx.Component:
    def one(seen: Seen) -> rx.Component:
        return rx.el.li(seen.price, " · ", time_ago(seen.at))

    return rx.el.div(
        rx.el.p(t("shopping.prices"), class_name="text-muted"),
        rx.el.ul(rx.foreach(B.prices, one)),
        class_name="text-[14px] num",
    )


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
                    rx.Var.create(S.members),
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
            dialog_actions(button(t("shopping.put_on_list"), look="primary", submit=True, data_saves=True)),
            on_submit=A.add,
            reset_on_submit=False,
            no_validate=True,
            class_name="grid gap-4",
        ),
        open=S.may_buy & A.open,
        on_close=A.close,
        sheet=True,
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
