"""Photos and PDFs of a receipt: thumbnails on its card, and the large picture above the page."""

from __future__ import annotations

import reflex as rx

from bulq.components.buttons import button, file_link, glyph
from bulq.components.facts import known, var
from bulq.components.lists import size
from bulq.components.operations import handler
from bulq.components.overlays import dialog, dialog_actions, question
from bulq.components.texts import t
from bulq.pages.receipts.facts import ACTS, PhotoRow, ReceiptRow, dialog_is, facts, photo

CLOSE = handler(ACTS, "close")


class _PhotoUpload(rx.Component):
    library = "$/public/receipts/photo_upload.js"
    tag = "PhotoUpload"

    run: rx.Var[str]
    receipt: rx.Var[str]
    label: rx.Var[str]
    name: rx.Var[str]
    icon: rx.Component | None = None


def photos_of(receipt: ReceiptRow) -> rx.Component:
    """What is attached, for those who take part in the run, and the button that adds to it."""
    add = _PhotoUpload.create(
        run=facts.id,
        receipt=receipt.id,
        label=t("receipts.add_photo"),
        name=receipt.attach_to,
        icon=glyph("camera", 16),
        class_name="btn btn-ghost btn-small",
    )
    full = rx.el.p(t("receipts.photo_full"), class_name="text-muted text-[13px]")
    shown = rx.el.ul(
        rx.foreach(receipt.photos, _one), aria_label=t("receipts.photos"), role="list", class_name="photo-row"
    )
    return rx.el.div(
        rx.cond(size(receipt.photos) > 0, shown, rx.fragment()),
        rx.cond(receipt.attaches, rx.cond(receipt.full, full, add), rx.fragment()),
        class_name="photo-part empty:hidden",
    )


def _one(each: PhotoRow) -> rx.Component:
    picture = rx.el.button(
        rx.el.img(src=each.thumbnail, alt="", loading="lazy"),
        type="button",
        aria_label=each.opens,
        on_click=handler(ACTS, "open", "photo", each.receipt, each.id),
        class_name="photo-thumb",
    )
    paper = rx.el.div(
        file_link(
            glyph("file-text", 22),
            rx.el.span(each.said),
            href=each.url,
            aria_label=each.opens,
            class_name="photo-thumb photo-pdf",
        ),
        rx.cond(each.removable, _remove_pdf(each), rx.fragment()),
        class_name="photo-paper",
    )
    return rx.el.li(rx.cond(each.is_pdf, paper, picture), key=each.id)


def _remove_pdf(each: PhotoRow) -> rx.Component:
    return rx.el.button(
        glyph("trash-2", 16),
        type="button",
        aria_label=each.removes,
        title=each.removes,
        on_click=handler(ACTS, "open", "photo_remove", each.receipt, each.id),
        class_name="icon-btn",
    )


def photo_dialogs() -> rx.Component:
    shown = photo()
    remove = button(
        t("receipts.photo_remove"),
        look="plain",
        name=shown.removes,
        on_click=handler(ACTS, "open", "photo_remove", shown.receipt, shown.id),
    )
    sides = {"width": shown.width, "height": shown.height}
    large = rx.el.img(src=shown.url, alt=shown.alt, key=shown.id, custom_attrs=sides, class_name="photo-large")
    about = rx.el.p(t("receipts.photo_by", name=shown.author), class_name="text-muted text-[13px]")
    is_there = known(shown.id)
    return rx.fragment(
        dialog(
            t("receipts.photo_title"),
            large,
            about,
            dialog_actions(
                rx.cond(var(shown.removable, bool), remove, rx.fragment()),
                file_link(t("receipts.photo_download"), href=shown.url, new_tab=True, class_name="btn btn-ghost"),
            ),
            open=dialog_is("photo") & is_there,
            on_close=CLOSE,
            wide=True,
        ),
        question(
            t("receipts.photo_remove_title"),
            rx.el.p(t("receipts.photo_remove_hint")),
            yes=t("receipts.photo_remove"),
            no=t("lead.back"),
            open=dialog_is("photo_remove") & is_there,
            on_yes=handler(ACTS, "removePhoto", facts.id),
            on_close=CLOSE,
        ),
    )
