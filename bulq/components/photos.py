"""Photos and PDFs that go along with something: the button that sends them, the thumbnail, the large picture."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import reflex as rx

from bulq.components.buttons import file_link, glyph
from bulq.components.texts import Text, t


@dataclass(frozen=True)
class Photo:
    """A photo or PDF with its words and addresses; empty where there is none."""

    id: str
    is_pdf: bool
    url: str
    thumbnail: str
    width: int
    height: int
    alt: str
    opens: str


class _PhotoUpload(rx.Component):
    library = "$/public/receipts/photo_upload.js"
    tag = "PhotoUpload"

    run: rx.Var[str]
    receipt: rx.Var[str]
    field: rx.Var[str]
    label: rx.Var[str]
    name: rx.Var[str]
    icon: rx.Component | None = None


def photo_upload(run: Any, name: Text, **to: Any) -> rx.Component:
    """`to` is the `receipt` that the files go on at once, or the `field` of the form that one is sent with."""
    return _PhotoUpload.create(
        run=run,
        label=t("receipts.add_photo"),
        name=name,
        icon=glyph("camera", 16),
        class_name="btn btn-ghost btn-small",
        **to,
    )


def thumbnail(src: Any, opens: Any, on_open: Any) -> rx.Component:
    return rx.el.button(
        rx.el.img(src=src, alt="", loading="lazy"),
        type="button",
        aria_label=opens,
        on_click=on_open,
        class_name="photo-thumb",
    )


def paper(said: Any, opens: Any, url: Any) -> rx.Component:
    """A PDF, which the browser opens."""
    words = glyph("file-text", 22), rx.el.span(said)
    return file_link(*words, href=url, aria_label=opens, class_name="photo-thumb photo-pdf")


def large_photo(shown: Photo) -> rx.Component:
    sides = {"width": shown.width, "height": shown.height}
    return rx.el.img(src=shown.url, alt=shown.alt, key=shown.id, custom_attrs=sides, class_name="photo-large")


def photo_link(url: Any) -> rx.Component:
    return file_link(t("receipts.photo_download"), href=url, new_tab=True, class_name="btn btn-ghost")
