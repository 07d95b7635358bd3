"""What a product costs in an ordinary shop: the usual price, who saw what, and a sheet to say so."""

from __future__ import annotations

import reflex as rx

from bulq.components import format
from bulq.components.buttons import button, icon_button
from bulq.components.facts import known, var
from bulq.components.lists import size
from bulq.components.operation_forms import form_field, operation_form
from bulq.components.operations import given, handler, local, set_local
from bulq.components.overlays import dialog
from bulq.components.surfaces import card, kv
from bulq.components.texts import t
from bulq.pages.product.facts import DIALOG, PRICES, me, product
from bulq.pages.product.fields import PAIR
from bulq.pages.product.price_form import price_fields
from bulq.queries.product import OrdinaryShown, UsualShown
from bulq.services.ordinary import note_ordinary_price


def ordinary() -> rx.Component:
    usual = var(product.usual, UsualShown)
    shown = rx.fragment(
        kv(t("product.usual"), rx.el.b(format.figure(usual.price, product.unit, product.currency)), data_usual=True),
        rx.el.p(
            t("product.usual_of", count=var(usual.count, int), day=format.full_day(usual.newest)),
            class_name="text-muted text-[13px] mt-1",
        ),
    )
    unknown = rx.el.p(t("product.usual_unknown"), class_name="text-muted")
    seen = var(product.ordinary, list[OrdinaryShown])
    return card(
        rx.cond(known(product.usual), shown, unknown),
        rx.cond(size(seen) > 0, rx.el.ul(rx.foreach(seen, _seen), class_name="mt-3"), rx.fragment()),
        button(t("product.note_ordinary"), icon="plus", on_click=set_local(DIALOG, "ordinary"), class_name="mt-3"),
        title=t("product.ordinary"),
    )


def _seen(each: OrdinaryShown) -> rx.Component:
    price = format.figure(each.price, product.unit, product.currency)
    about = rx.fragment(
        format.full_day(each.day),
        rx.cond(known(each.shop), rx.fragment(" · ", rx.el.bdi(each.shop)), rx.fragment()),
        " · ",
        rx.el.bdi(each.seen_by_name),
    )
    may = (var(each.seen_by) == var(me.id)) | var(me.is_admin, bool)
    return rx.el.li(
        rx.el.span(
            rx.el.span(price, class_name="num"),
            rx.el.span(about, class_name="block text-muted text-[13px] break-words"),
            class_name="min-w-0",
        ),
        rx.cond(
            may,
            icon_button(
                t("product.withdraw_ordinary", price=price), "x", on_click=handler(PRICES, "withdrawOrdinary", each.id)
            ),
            rx.fragment(),
        ),
        key=each.id,
        class_name="flex items-center justify-between gap-2 py-1.5 border-t border-line",
    )


def ordinary_dialog() -> rx.Component:
    close = set_local(DIALOG, "")
    form = operation_form(
        note_ordinary_price,
        rx.el.p(t("product.ordinary_hint"), class_name="text-muted"),
        *price_fields(),
        rx.el.div(
            form_field(
                t("product.ordinary_day"), "day", type="date", optional=True, hint=t("product.ordinary_day_hint")
            ),
            form_field(t("product.ordinary_shop"), "shop", optional=True, max_length=100),
            class_name=PAIR,
        ),
        fields={
            "price": {"kind": "money", "currencyIn": "currency"},
            "per": {"kind": "quantity", "step": 1, "unit": product.unit, "optional": True},
            "currency": {"kind": "text"},
            "day": {"kind": "day"},
            "shop": {"kind": "text"},
        },
        given={"product_id": product.id},
        send=t("product.save_ordinary"),
        on_done=handler(PRICES, "ordinaryAdded", given(0, bool), given(1, dict)),
        back=t("home.not_now"),
        on_back=close,
    )
    return dialog(t("product.note_ordinary"), form, open=local(DIALOG, "") == "ordinary", on_close=close)
