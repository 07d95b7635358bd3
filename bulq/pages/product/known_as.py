"""The tags and other names of a product. Anybody adds them; whoever did or an admin takes them away."""

from __future__ import annotations

from typing import Any

import reflex as rx

from bulq.components import format
from bulq.components.buttons import button, glyph
from bulq.components.facts import known, once_per_row, var
from bulq.components.found_field import found_field
from bulq.components.lists import size
from bulq.components.operation_forms import form_choice, form_field, operation_form
from bulq.components.operations import local, operation, set_local
from bulq.components.overlays import dialog
from bulq.components.surfaces import card
from bulq.components.texts import Text, t
from bulq.domain.catalogue import LANGUAGES
from bulq.i18n import language_name
from bulq.pages.product.facts import DIALOG, product
from bulq.pages.product.fields import TAG_KINDS
from bulq.queries.product import OtherName, TagShown
from bulq.services import aliases, tags
from bulq.state.finding import TagsFound


def known_as() -> rx.Component:
    return card(
        rx.el.div(_tags(), _names(), class_name="grid gap-4"), _tag_dialog(), _name_dialog(), title=t("tags.title")
    )


def _tags() -> rx.Component:
    none = rx.el.p(t("tags.none"), class_name="text-muted text-[14px]")
    chips = rx.el.ul(rx.foreach(product.tags, once_per_row(tag_chip)), class_name="flex flex-wrap gap-2")
    return rx.el.div(
        rx.cond(size(product.tags) > 0, chips, none),
        button(t("tags.add_tag"), icon="tag", small=True, on_click=set_local(DIALOG, "tag")),
        class_name="grid gap-2.5 justify-items-start",
    )


def tag_chip(tag: TagShown) -> rx.Component:
    verified = var(tag.verified, bool)
    take_off = operation(tags.remove_tag, product_id=product.id, tag_id=tag.id)
    return rx.el.li(
        rx.cond(verified, rx.el.span(glyph("badge-check", 15), title=t("tags.verified")), rx.fragment()),
        rx.el.span(tag.name, class_name="min-w-0"),
        rx.el.span(" ", t(rx.Var.create("tags.kinds.") + var(tag.kind)), class_name="tag-kind"),
        rx.cond(verified, rx.el.span(t("tags.verified"), class_name="sr-only"), rx.fragment()),
        rx.cond(var(tag.removable, bool), _cross(t("tags.remove_tag", tag=tag.name), take_off), rx.fragment()),
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
    names = rx.el.ul(rx.foreach(product.names, once_per_row(other_name)), class_name="grid")
    return rx.el.div(
        rx.el.h3(t("tags.also")),
        rx.cond(size(product.names) > 0, names, rx.el.p(t("tags.no_names"), class_name="text-muted text-[14px]")),
        button(t("tags.add_name"), icon="languages", small=True, on_click=set_local(DIALOG, "name")),
        class_name="grid gap-2 justify-items-start",
    )


def other_name(name: OtherName) -> rx.Component:
    language = rx.el.span(" ", format.language_name(name.language), class_name="text-muted")
    cross = _cross(t("tags.remove_name", name=name.name), operation(aliases.remove_alias, alias_id=name.id))
    return rx.el.li(
        rx.el.span(
            name.name,
            rx.cond(known(name.language), language, rx.fragment()),
            class_name="min-w-0 wrap-anywhere",
        ),
        rx.cond(var(name.removable, bool), cross, rx.fragment()),
        class_name="flex items-center gap-1 min-h-9",
    )


def _tag_dialog() -> rx.Component:
    """Choosing a tag puts it on the product."""
    close = set_local(DIALOG, "")
    form = operation_form(
        tags.add_tag,
        form_choice(t("tags.kind"), "kind", TAG_KINDS, start="category"),
        found_field(
            t("tags.tag"),
            "tag",
            TagsFound.found,
            on_text=TagsFound.find,
            besides="kind",
            by_label=True,
            sends=True,
            create_text=t("tags.new", text="{text}"),
            hint=t("tags.tag_hint"),
        ),
        fields={"kind": {"kind": "text"}, "tag": {"kind": "text", "as": "name"}},
        given={"product_id": product.id},
        send=t("tags.add_tag"),
        on_done=close,
        back=t("tags.back"),
        on_back=close,
    )
    return dialog(t("tags.add_tag"), form, open=local(DIALOG, "") == "tag", on_close=close)


def _name_dialog() -> rx.Component:
    close = set_local(DIALOG, "")
    languages = sorted(((code, language_name(code)) for code in LANGUAGES if code), key=lambda each: each[1])
    form = operation_form(
        aliases.add_alias,
        form_field(t("tags.name"), "alias", max_length=100, auto_complete="off"),
        form_choice(t("tags.language"), "language", [("", t("tags.any_language")), *languages]),
        fields={"alias": {"kind": "text", "as": "name"}, "language": {"kind": "text"}},
        given={"product_id": product.id},
        send=t("tags.add_name"),
        on_done=close,
        back=t("tags.back"),
        on_back=close,
    )
    return dialog(t("tags.add_name"), form, open=local(DIALOG, "") == "name", on_close=close)
