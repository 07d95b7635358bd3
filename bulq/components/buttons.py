"""Things to press: buttons, links that look like them, and a button that copies."""

from __future__ import annotations

from typing import Any, Literal

import reflex as rx

from bulq.components.texts import Flag, Text, t

Look = Literal["primary", "ghost", "soft", "plain", "danger"]


def button_classes(look: Look, small: bool = False, extra: str = "") -> str:
    return f"btn btn-{look}{' btn-small' if small else ''} {extra}".strip()


def glyph(icon: str, size: int = 18) -> rx.Component:
    """A lucide icon; it says nothing by itself, so words stand beside it."""
    return rx.icon(icon, size=size, aria_hidden="true")


def button(
    label: Text | rx.Component,
    *,
    on_click: Any = None,
    look: Look = "ghost",
    icon: str | None = None,
    small: bool = False,
    busy: Flag = False,
    disabled: Flag = False,
    submit: bool = False,
    name: Text | None = None,
    class_name: str = "",
    **props: Any,
) -> rx.Component:
    """`look="primary"` is for the one next useful action of a page.

    `name` is the accessible name where it tells more than the label shows ("Buy Rice").
    A busy button keeps its place and its focus.
    """
    act = rx.cond(busy, rx.noop(), on_click) if isinstance(busy, rx.Var) and on_click is not None else on_click
    return rx.el.button(
        glyph(icon) if icon else rx.fragment(),
        label,
        type="submit" if submit else "button",
        on_click=act,
        disabled=disabled,
        aria_busy=busy,
        aria_label=name,
        class_name=button_classes(look, small, class_name),
        **props,
    )


def icon_button(
    name: Text, icon: str, *, on_click: Any = None, disabled: Flag = False, class_name: str = "", **props: Any
) -> rx.Component:
    """A round button with an icon alone; `name` is what assistive technology says."""
    return rx.el.button(
        glyph(icon, 20),
        type="button",
        aria_label=name,
        title=name,
        on_click=on_click,
        disabled=disabled,
        class_name=f"icon-btn {class_name}".strip(),
        **props,
    )


def link(label: Text | rx.Component, href: Text, *, class_name: str = "link", **props: Any) -> rx.Component:
    """A link inside the site, followed without loading the page anew."""
    return _link(label, to=href, class_name=class_name, **props)


def link_button(
    label: Text,
    href: Text,
    *,
    look: Look = "ghost",
    icon: str | None = None,
    small: bool = False,
    class_name: str = "",
    **props: Any,
) -> rx.Component:
    """Goes somewhere, looks like a button."""
    return _link(
        glyph(icon) if icon else rx.fragment(),
        label,
        to=href,
        class_name=button_classes(look, small, class_name),
        **props,
    )


def download_button(label: Text, href: Text, *, look: Look = "primary", on_click: Any = None) -> rx.Component:
    """Fetches a file; the page stays. `on_click` happens besides."""
    return _link(
        glyph("download"),
        label,
        to=href,
        reload_document=True,  # the server's, not a page of ours
        custom_attrs={"download": ""},
        on_click=on_click,
        class_name=button_classes(look),
    )


def file_link(*content: Any, href: Text, class_name: str, new_tab: bool = False, **props: Any) -> rx.Component:
    """Fetches a file of the server's; with `new_tab` the browser shows it in a tab of its own."""
    how = {"target": "_blank", "rel": "noopener"} if new_tab else {"download": ""}
    return _link(*content, to=href, reload_document=True, custom_attrs=how, class_name=class_name, **props)


class _Link(rx.Component):
    """React Router's own link."""

    library = "react-router"
    tag = "Link"

    to: rx.Var[str]
    title: rx.Var[str]
    reload_document: rx.Var[bool]


_link = _Link.create


class _CopyButton(rx.Component):
    library = "$/public/copy.js"
    tag = "CopyButton"

    text: rx.Var[str]
    label: rx.Var[str]
    copied: rx.Var[str]


def copy_button(label: Text, copies: Text, *, look: Look = "ghost", small: bool = False) -> rx.Component:
    """Puts `copies` on the clipboard and says "Copied" next to itself."""
    return _CopyButton.create(text=copies, label=label, copied=t("kit.copied"), class_name=button_classes(look, small))
