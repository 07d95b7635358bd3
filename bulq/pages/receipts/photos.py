"""Photos and PDFs of a receipt: thumbnails on its card, and the large picture above the page."""

from __future__ import annotations

import reflex as rx

from bulq.components.buttons import button, glyph
from bulq.components.facts import known, var
from bulq.components.lists import size
from bulq.components.operations import handler
from bulq.components.overlays import dialog, dialog_actions, question
from bulq.components.photos import large_photo, paper, photo_link, photo_upload, thumbnail
from bulq.components.texts import t
from bulq.pages.receipts.facts import ACTS, PhotoRow, ReceiptRow, dialog_is, facts, photo

CLOSE = handler(ACTS, "close")


def photos_of(receipt: ReceiptRow) -> rx.Component:
    """What is attached, for those who take part in the run, and the button that adds to it."""
    add = photo_upload(facts.id, receipt.attach_to, receipt=receipt.id)
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
    picture = thumbnail(each.thumbnail, each.opens, handler(ACTS, "open", "photo", each.receipt, each.id))
    pdf = rx.el.div(
        paper(each.said, each.opens, each.url),
        rx.cond(each.removable, _remove_pdf(each), rx.fragment()),
        class_name="photo-paper",
    )
    return rx.el.li(rx.cond(each.is_pdf, pdf, picture), key=each.id)


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
    about = rx.el.p(t("receipts.photo_by", name=shown.author), class_name="text-muted text-[13px]")
    is_there = known(shown.id)
    return rx.fragment(
        dialog(
            t("receipts.photo_title"),
            large_photo(shown),
            about,
            dialog_actions(
                rx.cond(var(shown.removable, bool), remove, rx.fragment()),
                photo_link(shown.url),
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
