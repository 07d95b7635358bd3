"""What things stand on and how they are marked: cards, chips, people, figures, notices, emptiness."""

from __future__ import annotations

from typing import Any, Literal

import reflex as rx

from bulq.components.buttons import glyph, icon_button
from bulq.components.texts import Flag, Text, t

Tone = Literal["plain", "good", "warn", "bad", "info"]


def card(
    *content: rx.Component,
    title: Text | None = None,
    note: Text | rx.Component | None = None,
    action: rx.Component | None = None,
    padded: bool = True,
    class_name: str = "",
    **props: Any,
) -> rx.Component:
    """A section with a heading (h2), a quiet note beside it, an action at the end; unpadded for rows with lines."""
    head = rx.el.header(
        rx.el.h2(title if title is not None else ""),
        rx.el.span(note, class_name="card-note num") if note is not None else rx.fragment(),
        action if action is not None else rx.fragment(),
        class_name="card-head",
    )
    return rx.el.section(
        head if title is not None else rx.fragment(),
        rx.el.div(*content, class_name="card-body") if padded else rx.fragment(*content),
        class_name=f"card {class_name}".strip(),
        **props,
    )


def chip(label: Text, tone: Tone | rx.Var[str] = "plain", **props: Any) -> rx.Component:
    """A word about something. The tone may be a var holding one of the tones."""
    look = f"chip chip-{tone}" if isinstance(tone, str) else rx.Var.create("chip chip-") + tone.to(str)
    return rx.el.span(label, class_name=look, **props)


def initials(name: Text) -> rx.Var[str]:
    """The first letters of a name, whole characters also outside of Latin: "Ana Marić" is "AM", "Ana" is "AN"."""
    given = rx.Var.create(name)
    code = (
        f"((n)=>{{const w=String(n??'').trim().split(/\\s+/);const c=Array.from(w[0]??'');"
        f"return w.length>1?(c[0]??'')+(Array.from(w.at(-1))[0]??''):c.slice(0,2).join('')}})({given!s})"
    )
    return rx.Var(_js_expr=code, _var_type=str, _var_data=given._get_all_var_data()).to(str)


def avatar(name: Text, *, big: bool = False) -> rx.Component:
    """The initials of a person on their own colour; decoration, the name stands beside it or in a label."""
    look = "avatar avatar-big" if big else "avatar"
    return rx.el.span(initials(name), aria_hidden="true", class_name=_in_own_colour(look, name))


def _in_own_colour(look: str, name: Text) -> rx.Var[str]:
    """These classes and one of eight colours; the same for the same name."""
    given = rx.Var.create(name)
    number = f"Array.from(String({given!s}??'')).reduce((n,c)=>(n*31+c.codePointAt(0))%997,0)%8"
    return rx.Var(_js_expr=f"('{look} hue-'+({number}))", _var_type=str, _var_data=given._get_all_var_data()).to(str)


def pill(name: Text, value: Text, *, mine: Flag = False, brief: rx.Component | None = None) -> rx.Component:
    """A person and how much: initials for the eye, the whole name for the title and the screen reader.

    With `brief` the eye gets that instead of the value.
    """
    shown = value if brief is None else rx.fragment(rx.el.span(value, class_name="sr-only"), brief)
    return rx.el.span(
        avatar(name),
        rx.el.span(name, " ", class_name="sr-only"),
        shown,
        title=name,
        class_name=rx.cond(mine, "pill pill-mine num", "pill num"),
    )


def kv(label: Text | rx.Component, value: Text | rx.Component, *, total: bool = False, **props: Any) -> rx.Component:
    """A line of a sum; `total` is the last one. Further props go to the value (data_statement …)."""
    return rx.el.div(
        rx.el.span(label, class_name="min-w-0"),
        rx.el.span(value, class_name="num", **props),
        class_name="kv kv-total" if total else "kv",
    )


def progress(label: Text, value: int | rx.Var[int], maximum: int | rx.Var[int]) -> rx.Component:
    """How full something is; the label says it in words ("5 of 6")."""
    return rx.el.progress(value=value, max=maximum, aria_label=label, class_name="fill")


def notice(message: Text, tone: Tone | Literal["info"] = "info", *, alert: bool = False) -> rx.Component:
    """A message that stays in the page. With `alert` it is spoken when it appears; an empty message takes no room."""
    text = rx.Var.create(message).to(str)
    return rx.el.div(text, role="alert" if alert else "note", class_name=f"notice notice-{tone}")


def alert(message: Any) -> rx.Component:
    """What went wrong, said at once; nothing while the message is empty."""
    return rx.cond(message != "", notice(message, "bad", alert=True), rx.fragment())


def empty_state(
    title: Text, detail: Text | None = None, *, icon: str = "package-open", action: rx.Component | None = None
) -> rx.Component:
    """Nothing here yet: what to do next, and the button for it."""
    return rx.el.div(
        glyph(icon, 32),
        rx.el.h2(title),
        rx.el.p(detail) if detail is not None else rx.fragment(),
        action if action is not None else rx.fragment(),
        class_name="empty",
    )


def skeleton(class_name: str = "h-5 w-40") -> rx.Component:
    """A grey place for something that is coming, of the same size."""
    return rx.el.div(class_name=f"skeleton {class_name}")


def skeleton_rows(count: int = 3) -> rx.Component:
    """Rows of a list that is coming."""
    row = rx.el.div(
        rx.el.div(skeleton("h-4 w-3/5"), skeleton("h-3 w-2/5 mt-2"), class_name="flex-1"),
        skeleton("h-11 w-24"),
        class_name="flex items-center gap-4 px-4 py-4 border-b border-line last:border-0",
    )
    return rx.el.div(
        rx.el.span(t("kit.loading"), class_name="sr-only", role="status"), *[row] * count, aria_busy="true"
    )


def pager(page: rx.Var[int] | int, pages: rx.Var[int] | int, *, on_page: Any) -> rx.Component:
    """Previous and next; `on_page(step)` gets -1 or 1. Nothing is shown for a single page."""
    at, of = rx.Var.create(page).to(int), rx.Var.create(pages).to(int)
    bar = rx.el.nav(
        icon_button(t("kit.previous"), "chevron-left", on_click=on_page(-1), disabled=at <= 1),
        rx.el.span(t("kit.page_of", page=at, pages=of), class_name="num", aria_live="polite"),
        icon_button(t("kit.next"), "chevron-right", on_click=on_page(1), disabled=at >= of),
        aria_label=t("kit.pages"),
        class_name="pager",
    )
    return rx.cond(of > 1, bar, rx.fragment())
