"""What opens above the page: dialog, bottom sheet, menu."""

from __future__ import annotations

from typing import Any

import reflex as rx

from bulq.components.buttons import Look, button, glyph
from bulq.components.texts import Flag, Text, t


class _Dialog(rx.Component):
    library = "$/public/dialog.js"
    tag = "Dialog"

    open: rx.Var[bool]
    title: rx.Var[str]
    close_label: rx.Var[str]
    wide: rx.Var[bool]
    on_close: rx.EventHandler[rx.event.no_args_event_spec]


def dialog(title: Text, *content: rx.Component, open: Flag, on_close: Any, wide: bool = False) -> rx.Component:
    """Modal, named by its title. Esc, the cross and a click outside call `on_close`, which must set `open` to False.

    On a phone it rises from the lower edge. Focus goes to the first field, and back afterwards.
    """
    return _Dialog.create(*content, open=open, title=title, close_label=t("kit.close"), on_close=on_close, wide=wide)


def dialog_actions(*buttons: rx.Component) -> rx.Component:
    """The buttons at the end of a dialog; the primary one comes last."""
    return rx.el.div(*buttons, class_name="dialog-actions")


def form_dialog(
    title: Text,
    *fields: rx.Component,
    send: Text,
    back: Text,
    open: Flag,
    on_submit: Any,
    on_close: Any,
    wide: bool = False,
) -> rx.Component:
    """Fields that are sent together, by Enter as well; `send` and `back` are the labels of its buttons."""
    form = rx.el.form(
        *fields,
        dialog_actions(button(back, on_click=on_close), button(send, look="primary", submit=True)),
        on_submit=on_submit,
        reset_on_submit=False,
        class_name="grid gap-4",
    )
    return dialog(title, form, open=open, on_close=on_close, wide=wide)


def question(
    title: Text, *content: rx.Component, yes: Text, no: Text, open: Flag, on_yes: Any, on_close: Any
) -> rx.Component:
    """Asks before something that can't be undone; `yes` and `no` are the labels of its buttons."""
    actions = dialog_actions(button(no, on_click=on_close), button(yes, look="danger", on_click=on_yes))
    return dialog(title, *content, actions, open=open, on_close=on_close)


class _Menu(rx.Component):
    library = "$/public/menu.js"
    tag = "Menu"

    label: rx.Var[str]
    icon: rx.Component | None = None
    icon_only: rx.Var[bool]
    look: rx.Var[str]


def menu(
    label: Text, *items: rx.Component, icon: str | None = None, look: Look = "ghost", icon_only: bool = False
) -> rx.Component:
    """A button that opens a list of actions; `label` is its whole accessible name, also where the icon alone shows."""
    shown = {"icon": glyph(icon)} if icon else {}
    return _Menu.create(*items, label=label, look=look, icon_only=icon_only, **shown)


def menu_item(
    label: Text, *, on_click: Any, icon: str | None = None, danger: bool = False, disabled: Flag = False
) -> rx.Component:
    """One action of a menu. A disabled one can be reached and read, but not chosen."""
    off = rx.Var.create(disabled).to(bool)
    act = rx.cond(off, rx.noop(), on_click) if isinstance(disabled, rx.Var) else None if disabled else on_click
    return rx.el.button(
        glyph(icon) if icon else rx.fragment(),
        label,
        type="button",
        role="menuitem",
        tab_index=-1,
        aria_disabled=off,
        on_click=act,
        class_name="menu-item menu-item-bad" if danger else "menu-item",
    )
