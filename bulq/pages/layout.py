"""The frame around every page: header, main part, messages; and what to show where nothing is."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import reflex as rx

from bulq.components.buttons import glyph, link, link_button
from bulq.components.connection import connection_banner, woken
from bulq.components.facts import Looking
from bulq.components.frame import bar_title, log_in_link, page_title, seen, skip_link, theme, ways
from bulq.components.search_box import search_box
from bulq.components.surfaces import avatar, empty_state
from bulq.components.texts import Text, t
from bulq.components.toasts import toasts
from bulq.pages.person import is_known, is_nobody, me
from bulq.state.search import SearchState
from bulq.state.toasts import ToastState


def page_frame(
    *content: rx.Component,
    title: Text | None,
    crumb: Sequence[tuple[Text, Text]] = (),
    leads_back: bool = False,
    above: rx.Component | None = None,
    beside: rx.Component | None = None,
    actions: rx.Component | None = None,
    foot: rx.Component | None = None,
    narrow: bool = False,
    for_all: bool = False,
    tab: Text | None = None,
    on_undo: Any = None,
    on_wake: Any = None,
) -> rx.Component:
    """A page with its heading (h1); `crumb` are (label, href) of the pages above it.

    The heading is also the page's name in the browser's tab, unless that is `tab`.
    With `leads_back` the last of these is the page from which somebody came.

    `above` stands over the heading, `beside` follows it, `actions` stand at its end; `foot` is a bar at the lower edge
    of phones. To whoever is signed out it shows nothing, unless it is `for_all`.
    """
    classes = ["page", *(["page-narrow"] if narrow else []), *(["page-with-foot"] if foot is not None else [])]
    page = rx.fragment(
        _crumbs(crumb, leads_back) if crumb else rx.fragment(),
        above if above is not None else rx.fragment(),
        _heading(title, tab, beside, actions) if title is not None else rx.fragment(),
        *content,
    )
    return rx.fragment(
        skip_link(t("frame.skip")),
        _header(title),
        rx.el.main(
            page if for_all else rx.cond(is_nobody(), _signed_out(), page),
            id="main",
            tab_index=-1,
            class_name=" ".join(classes),
        ),
        rx.cond(is_nobody(), rx.fragment(), rx.el.footer(foot, class_name="foot")) if foot else rx.fragment(),
        woken(on_wake) if on_wake is not None else rx.fragment(),
        _messages(on_undo),
    )


def entrance_frame(*content: rx.Component, title: Text) -> rx.Component:
    """A page for someone who is not signed in: what Bulq is, beside or above what is asked; no header."""
    return rx.fragment(
        rx.el.div(
            rx.el.main(
                rx.el.div(link("bulq", "/", class_name="logo"), about(), class_name="entrance-about"),
                rx.el.div(rx.el.h1(title), *content, class_name="card card-body grid gap-5"),
                id="main",
            ),
            class_name="entrance",
        ),
        page_title(title),
        _messages(None),
    )


def about() -> rx.Component:
    """What Bulq is, in two sentences and a picture that says nothing more."""
    return rx.el.div(
        _Picture.create(class_name="about-picture"),
        rx.el.div(
            rx.el.p(t("login.welcome"), class_name="about-title"),
            rx.el.p(t("login.about"), class_name="text-muted"),
        ),
        class_name="about",
    )


def _signed_out() -> rx.Component:
    """Instead of a page whose session has ended: nothing of it stays in sight."""
    return rx.fragment(
        page_title(t("frame.signed_out")),
        empty_state(
            t("frame.signed_out"),
            t("frame.signed_out_detail"),
            icon="lock",
            action=log_in_link(t("frame.log_in"), class_name="btn btn-primary"),
        ),
    )


def _messages(on_undo: Any) -> rx.Component:
    return rx.fragment(
        Looking.create(view="me", address="me"),
        ways(),
        seen(),
        toasts(ToastState.items, on_dismiss=ToastState.dismiss, on_undo=on_undo),
        connection_banner(),
    )


def _header(title: Text | None) -> rx.Component:
    signed_in = rx.fragment(
        search_box(SearchState.hits, SearchState.text, SearchState.respelt, on_change=SearchState.find),
        rx.cond(me.is_admin, _administration(), rx.fragment()),
        _notifications(),
        _profile(),
        theme(rx.Var.create(me.theme).to(str)),
    )
    signed_out = log_in_link(t("frame.log_in"), class_name="btn btn-ghost btn-small")
    return rx.el.header(
        rx.el.div(
            link("bulq", "/", class_name="logo", aria_label=t("frame.home")),
            bar_title(title) if title is not None else rx.fragment(),
            rx.cond(is_known(), signed_in, rx.cond(is_nobody(), signed_out, rx.fragment())),
            class_name="bar-inner",
        ),
        class_name="bar",
    )


def _notifications() -> rx.Component:
    # The count is outside of the link, whose name would otherwise change with every message.
    unread = rx.Var.create(me.unread).to(int)
    count = rx.el.span(
        rx.el.span(rx.cond(unread > 99, "99+", unread), aria_hidden="true"),
        rx.el.span(t("frame.unread", count=unread), class_name="sr-only"),
        class_name="count num",
    )
    return rx.el.div(
        link(
            glyph("bell", 20),
            "/notifications",
            class_name="icon-btn",
            aria_label=t("frame.notifications"),
            title=t("frame.notifications"),
        ),
        rx.cond(unread > 0, count, rx.fragment()),
        class_name="relative flex-none",
    )


def _administration() -> rx.Component:
    return link(
        glyph("shield-check", 20),
        "/admin",
        class_name="icon-btn",
        aria_label=t("frame.administration"),
        title=t("frame.administration"),
    )


def _profile() -> rx.Component:
    return link(
        avatar(me.name, big=True),
        "/profile",
        class_name="icon-btn",
        aria_label=t("frame.profile"),
        title=rx.Var.create(me.name).to(str),
    )


class _BackLink(rx.Component):
    library = "$/public/trail.js"
    tag = "BackLink"

    otherwise: rx.Var[str]


def _crumbs(crumb: Sequence[tuple[Text, Text]], leads_back: bool) -> rx.Component:
    items = [rx.el.li(link(label, href, class_name="")) for label, href in crumb]
    if leads_back:
        items[-1] = rx.el.li(_BackLink.create(crumb[-1][0], otherwise=crumb[-1][1]))
    return rx.el.nav(rx.el.ol(*items, class_name="crumbs"), aria_label=t("frame.crumbs"))


def _heading(title: Text, tab: Text | None, beside: rx.Component | None, actions: rx.Component | None) -> rx.Component:
    return rx.el.div(
        rx.el.h1(title),
        beside if beside is not None else rx.fragment(),
        rx.el.div(actions, class_name="title-actions") if actions is not None else rx.fragment(),
        page_title(title if tab is None else tab),
        class_name="title",
    )


def missing() -> rx.Component:
    """What a page shows for an id that doesn't exist, or none the viewer may know of."""
    return empty_state(
        t("missing.title"),
        t("missing.detail"),
        icon="map-pin-off",
        action=link_button(t("missing.home"), "/", look="primary"),
    )


def away_page() -> rx.Component:
    """Without a network, instead of a page whose code is not on the device."""
    return page_frame(
        empty_state(t("offline.away_title"), t("offline.away_detail"), icon="wifi-off"),
        title=None,
        tab=t("offline.away_title"),
    )


class _Picture(rx.Component):
    """Drawn in the colours of the page, light or dark."""

    library = "$/public/frame.js"
    tag = "Picture"


class Moved(rx.Component):
    """Shows nothing. Leads from what was merged to what is shown of `view` instead, and says so in these words."""

    library = "$/public/catalogue/moved.js"
    tag = "Moved"

    view: rx.Var[str]
    param: rx.Var[str]
    words: rx.Var[str]


def not_found_page() -> rx.Component:
    return page_frame(missing(), title=t("missing.page_title"), for_all=True)
