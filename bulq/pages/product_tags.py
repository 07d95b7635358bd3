"""A card with the tags and other names of the product in the address, for the page of a product."""

from __future__ import annotations

from typing import Any

import reflex as rx

from bulq.components.buttons import button, glyph
from bulq.components.combobox import combobox
from bulq.components.fields import select_field, text_field
from bulq.components.lists import size
from bulq.components.overlays import dialog, form_dialog
from bulq.components.surfaces import card
from bulq.components.texts import Text, t
from bulq.domain.catalogue import LANGUAGES
from bulq.i18n import language_name
from bulq.pages.product_fields import TAG_KINDS
from bulq.state.product_tags import OtherName, ProductTagsState, TagChip

S = ProductTagsState


def tags_and_names() -> rx.Component:
    shown = card(
        rx.el.div(_tags(), _names(), class_name="grid gap-4"),
        _tag_dialog(),
        _name_dialog(),
        title=t("tags.title"),
    )
    return rx.cond(S.shown, shown, rx.fragment())


def _tags() -> rx.Component:
    none = rx.el.p(t("tags.none"), class_name="text-muted text-[14px]")
    chips = rx.el.ul(rx.foreach(S.tags, _chip), class_name="flex flex-wrap gap-2")
    return rx.el.div(
        rx.cond(size(S.tags) > 0, chips, none),
        button(t("tags.add_tag"), icon="tag", small=True, on_click=S.ask_tag),
        class_name="grid gap-2.5 justify-items-start",
    )


def _chip(tag: TagChip) -> rx.Component:
    return rx.el.li(
        rx.cond(tag.verified, rx.el.span(glyph("badge-check", 15), title=t("tags.verified")), rx.fragment()),
        rx.el.span(tag.label, class_name="min-w-0"),
        rx.el.span(" ", t(rx.Var.create("tags.kinds.") + tag.kind), class_name="tag-kind"),
        rx.cond(tag.verified, rx.el.span(t("tags.verified"), class_name="sr-only"), rx.fragment()),
        rx.cond(tag.removable, _cross(t("tags.remove_tag", tag=tag.label), S.remove_tag(tag.id)), rx.fragment()),
        key=tag.id,
        class_name="tag",
    )


def _cross(name: Text, on_click: Any) -> rx.Component:
    return rx.el.button(
        rx.el.span(class_name="cross", aria_hidden="true"),
        type="button",
        aria_label=name,
        title=name,
        on_click=on_click,
        class_name="tag-cross",
    )


def _names() -> rx.Component:
    names = rx.el.ul(rx.foreach(S.names, _name), class_name="grid")
    return rx.el.div(
        rx.el.h3(t("tags.also")),
        rx.cond(size(S.names) > 0, names, rx.el.p(t("tags.no_names"), class_name="text-muted text-[14px]")),
        button(t("tags.add_name"), icon="languages", small=True, on_click=S.ask_alias),
        class_name="grid gap-2 justify-items-start",
    )


def _name(name: OtherName) -> rx.Component:
    return rx.el.li(
        rx.el.span(
            name.label,
            rx.cond(name.language != "", rx.el.span(" ", name.language, class_name="text-muted"), rx.fragment()),
            class_name="min-w-0 wrap-anywhere",
        ),
        rx.cond(name.removable, _cross(t("tags.remove_name", name=name.label), S.remove_alias(name.id)), rx.fragment()),
        key=name.id,
        class_name="flex items-center gap-1 min-h-9",
    )


def _tag_dialog() -> rx.Component:
    """Choosing a tag puts it on the product."""
    return dialog(
        t("tags.add_tag"),
        select_field(
            t("tags.kind"),
            TAG_KINDS,
            name="tag-kind",
            value=S.kind,
            on_change=S.set_kind,
            error=_error("kind"),
        ),
        combobox(
            t("tags.tag"),
            S.found,
            field_id="tag",
            on_change=S.find,
            on_select=S.choose,
            on_create=S.add_tag,
            create=t("tags.new", text="{text}"),
            hint=t("tags.tag_hint"),
            error=_error("tag"),
        ),
        open=S.dialog == "tag",
        on_close=S.close,
        sheet=True,
    )


def _error(field: str) -> rx.Var[str]:
    return rx.cond(S.error_at == field, S.error, "")


def _name_dialog() -> rx.Component:
    languages = [(code, language_name(code)) for code in LANGUAGES if code]
    languages.sort(key=lambda each: each[1])
    return form_dialog(
        t("tags.add_name"),
        text_field(
            t("tags.name"),
            name="alias",
            value=S.alias,
            on_change=S.set_alias,
            error=_error("alias"),
            max_length=100,
        ),
        select_field(
            t("tags.language"),
            [("", t("tags.any_language")), *languages],
            name="alias-language",
            value=S.language,
            on_change=S.set_language,
            error=_error("language"),
        ),
        send=t("tags.add_name"),
        back=t("tags.back"),
        open=S.dialog == "alias",
        on_submit=S.add_alias,
        on_close=S.close,
        sheet=True,
    )
