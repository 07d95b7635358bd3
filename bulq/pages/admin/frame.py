"""The frame of the admin pages: where one can go, and nothing at all for everybody who is no admin."""

from __future__ import annotations

from typing import Any

import reflex as rx

from bulq.components.buttons import link
from bulq.components.surfaces import card, skeleton_rows
from bulq.components.texts import Text, t
from bulq.pages.layout import not_found_page, page_frame
from bulq.pages.person import is_known, me

PAGES = (
    ("admin.frame.dashboard", "/admin"),
    ("admin.frame.users", "/admin/users"),
    ("admin.frame.products", "/admin/products"),
    ("admin.frame.stores", "/admin/stores"),
    ("admin.frame.tags", "/admin/tags"),
    ("admin.frame.groups", "/admin/groups"),
    ("catalogue_file.nav", "/admin/catalogue"),
    ("admin.frame.settings", "/admin/settings"),
    ("admin.frame.audit", "/admin/audit"),
)


def admin_frame(
    *content: rx.Component,
    title: Text,
    here: str,
    actions: rx.Component | None = None,
    on_undo: Any = None,
    on_wake: Any = None,
) -> rx.Component:
    """`here` is the address in PAGES the page belongs to. What it shows is guarded by its views, not by this."""
    nothing = not_found_page()
    waiting = page_frame(card(skeleton_rows(3), padded=False), title=title)
    page = page_frame(
        *content,
        title=title,
        above=_navigation(here),
        actions=actions,
        on_undo=on_undo,
        on_wake=on_wake,
    )
    return rx.cond(me.is_admin, page, rx.cond(is_known(), nothing, waiting))


def _navigation(here: str) -> rx.Component:
    return rx.el.nav(
        rx.el.ul(
            *[
                rx.el.li(link(t(key), href, class_name="", **({"aria_current": "page"} if href == here else {})))
                for key, href in PAGES
            ],
        ),
        aria_label=t("frame.administration"),
        class_name="admin-nav",
    )
