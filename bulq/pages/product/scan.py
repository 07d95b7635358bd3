"""Finding a product by its barcode, through the camera or by typing; a new barcode finds its product in place."""

from __future__ import annotations

import reflex as rx

from bulq.components.buttons import button, link
from bulq.components.combobox import combobox
from bulq.components.fields import text_field
from bulq.components.overlays import dialog, dialog_actions
from bulq.components.scanner import scanner
from bulq.components.surfaces import alert, card, notice
from bulq.components.texts import t
from bulq.pages.layout import page_frame
from bulq.pages.product.fields import content_fields, goods_fields
from bulq.state.product.scan import ScanState

S = ScanState


def scan_page() -> rx.Component:
    typing = rx.el.form(
        text_field(
            t("product.barcode"),
            name="barcode",
            value=S.typed,
            on_change=S.set_typed,
            hint=t("barcode.where"),
            error=S.error,
            input_mode="numeric",
            auto_complete="off",
        ),
        button(t("barcode.find"), look="primary", icon="search", submit=True, class_name="justify-self-start"),
        on_submit=S.find,
        reset_on_submit=False,
        class_name="grid gap-4",
    )
    return page_frame(
        card(rx.el.div(scanner(S.scanned), typing, class_name="grid gap-5")),
        _unknown(),
        title=t("barcode.scan"),
        crumb=[(t("home.title"), "/")],
        narrow=True,
    )


def _unknown() -> rx.Component:
    """It may belong to a product that is here already; else one is created."""
    known = combobox(
        t("barcode.known"),
        S.found,
        field_id="known-product",
        on_change=S.seek,
        on_select=S.choose,
        value=S.chosen_name,
        keep=True,
        hint=t("barcode.known_hint"),
        error=S.errors["chosen"],
    )
    give = dialog_actions(
        button(t("home.not_now"), on_click=S.close),
        button(t("barcode.add"), look="primary", on_click=S.add_barcode),
    )
    return dialog(
        t("barcode.new"),
        rx.el.div(
            notice(t("barcode.unknown", code=S.code)),
            known,
            rx.cond(S.chosen != "", give, _create()),
            class_name="grid gap-4",
        ),
        open=S.creating,
        on_close=S.close,
    )


def _create() -> rx.Component:
    twin = rx.el.p(link(t("barcode.twin"), S.twin))
    return rx.el.form(
        rx.el.h3(t("barcode.or_create"), class_name="pt-4 border-t border-line"),
        alert(S.alert),
        goods_fields(S, after_name=rx.cond(S.twin != "", twin, rx.fragment())),
        rx.cond(
            S.has_content,
            content_fields(S.content, S.set_content, S.content_unit, S.set_content_unit, S.errors),
            rx.fragment(),
        ),
        dialog_actions(
            button(t("home.not_now"), on_click=S.close),
            button(t("product.create"), look="primary", submit=True),
        ),
        on_submit=S.save,
        reset_on_submit=False,
        class_name="grid gap-4",
    )
