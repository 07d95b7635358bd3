"""An invitation, readable without an account."""

from __future__ import annotations

import reflex as rx

from bulq.components import format
from bulq.components.buttons import link_button
from bulq.components.facts import STORE, Looking, call, known, live_var, state_of, var
from bulq.components.frame import page_title
from bulq.components.phases import phase_chip
from bulq.components.surfaces import avatar, card, empty_state, skeleton_rows
from bulq.components.texts import t
from bulq.pages.layout import about, page_frame
from bulq.pages.person import is_known, is_nobody
from bulq.queries.invitations import Invitation, InvitedRun

invitation = live_var(Invitation, "invitation")


class _JoinButton(rx.Component):
    library = "$/public/group/join.js"
    tag = "JoinButton"

    group: rx.Var[str]
    name: rx.Var[str]
    signed_in: rx.Var[bool]
    label: rx.Var[str]


def invite_page() -> rx.Component:
    unknown = rx.fragment(
        page_title(t("invite.title")),
        rx.el.h1(t("invite.title"), class_name="sr-only"),
        card(
            empty_state(
                t("invite.unknown"),
                t("invite.unknown_detail"),
                icon="unlink",
                action=link_button(t("missing.home"), "/"),
            )
        ),
    )
    shown = rx.cond(known(invitation.name), _invitation(), card(skeleton_rows(3), padded=False))
    return rx.fragment(
        Looking.create(view="invitation", address="public/invitations/{token}"),
        page_frame(
            rx.cond(state_of("invitation") == "gone", unknown, shown),
            title=None,
            narrow=True,
            for_all=True,
        ),
    )


def _invitation() -> rx.Component:
    return rx.el.div(
        page_title(t("invite.page_title", group=invitation.name)),
        _welcome(),
        _runs(),
        rx.cond(is_nobody(), card(about()), rx.fragment()),
        class_name="grid gap-4",
    )


def _welcome() -> rx.Component:
    return card(
        rx.el.div(
            rx.el.p(t("invite.invited"), class_name="text-muted"),
            rx.el.h1(invitation.name, class_name="max-w-full"),
            rx.el.p(
                t("invite.made_by", name=invitation.made_by),
                " · ",
                t("home.members", count=invitation.members),
                class_name="text-muted num max-w-full",
            ),
            _people(),
            _JoinButton.create(
                group=invitation.group_id,
                name=invitation.name,
                signed_in=is_known(),
                label=t("invite.join"),
            ),
            rx.cond(
                is_nobody(),
                rx.el.p(t("invite.log_in_first"), class_name="text-muted text-[13.5px]"),
                rx.fragment(),
            ),
            class_name="grid justify-items-center text-center gap-2 py-3",
        ),
    )


def _people() -> rx.Component:
    more = var(invitation.members, int) - call(STORE, "countOf", int, invitation.people)
    return rx.el.ul(
        rx.foreach(invitation.people, _person),
        rx.cond(
            more > 0,
            rx.el.li(t("invite.others", count=more), class_name="text-muted num self-center"),
            rx.fragment(),
        ),
        aria_label=t("invite.people"),
        class_name="flex flex-wrap justify-center gap-x-3 gap-y-2 mt-2 max-w-full",
    )


def _person(name: str) -> rx.Component:
    return rx.el.li(
        avatar(name),
        rx.el.span(name, class_name="min-w-0 break-words"),
        class_name="flex items-center gap-1.5 min-w-0 max-w-full",
    )


def _runs() -> rx.Component:
    rows = rx.el.ul(rx.foreach(invitation.runs, _run))
    none = rx.el.p(t("invite.no_runs"), class_name="card-body text-muted")
    some = var(call(STORE, "countOf", int, invitation.runs), int) > 0
    return card(rx.cond(some, rows, none), title=t("invite.now"), padded=False, class_name="overflow-hidden")


def _run(run: InvitedRun) -> rx.Component:
    day, products = var(run.shopping_day), var(run.products, int)
    return rx.el.li(
        rx.el.span(
            rx.el.b(run.store, class_name="block break-words"),
            rx.el.span(
                rx.cond(day.bool(), format.day(day), t("invite.no_day")),
                " · ",
                rx.cond(products > 0, t("invite.products", count=products), t("invite.no_products")),
                class_name="block text-muted text-[13.5px] num",
            ),
            class_name="min-w-0 flex-1",
        ),
        rx.el.span(phase_chip(var(run.phase)), class_name="flex-none"),
        class_name="flex items-center gap-3 px-4 py-3 border-b border-line last:border-0",
    )
