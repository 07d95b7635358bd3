"""The camera as a reader of barcodes, where the browser can; elsewhere a word that typing is the way."""

from __future__ import annotations

from typing import Any

import reflex as rx

from bulq.components.texts import t


class _Scanner(rx.Component):
    library = "$/public/scanner.js"
    tag = "Scanner"

    words: rx.Var[dict[str, str]]
    on_code: rx.EventHandler[rx.event.passthrough_event_spec(str)]


def scanner(on_code: Any) -> rx.Component:
    """A button that turns the camera on; `on_code(digits)` comes once, with the camera off again."""
    return _Scanner.create(
        words={
            "start": t("barcode.start"),
            "stop": t("barcode.stop"),
            "hint": t("barcode.hint"),
            "picture": t("barcode.picture"),
            "unable": t("barcode.unable"),
            "denied": t("barcode.denied"),
            "none": t("barcode.no_camera"),
            "failed": t("barcode.failed"),
        },
        on_code=on_code,
    )
