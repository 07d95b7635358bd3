"""A button that gives something to others: by the sheet of the device, else by copying."""

from __future__ import annotations

import reflex as rx

from bulq.components.buttons import Look, button_classes, glyph
from bulq.components.texts import Text, t


class _ShareButton(rx.Component):
    library = "$/public/share.js"
    tag = "ShareButton"

    title: rx.Var[str]
    text: rx.Var[str]
    url: rx.Var[str]
    label: rx.Var[str]
    copied: rx.Var[str]
    icon: rx.Component | None = None


def share_button(
    label: Text, *, title: Text, text: Text = "", url: Text = "", look: Look = "ghost", small: bool = False
) -> rx.Component:
    """Shares `text` and `url` (a path of this site); where the device has no sheet they are copied, which it says."""
    return _ShareButton.create(
        label=label,
        title=title,
        text=text,
        url=url,
        copied=t("kit.copied"),
        icon=glyph("share-2"),
        class_name=button_classes(look, small),
    )
