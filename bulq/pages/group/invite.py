"""An invitation, readable without an account."""

from __future__ import annotations

import reflex as rx

from bulq.components.buttons import glyph, link_button
from bulq.components.surfaces import card, empty_state, skeleton_rows
from bulq.components.texts import t
from bulq.pages.layout import page_frame
from bulq.pages.person import is_known
from bulq.state.invite import InviteState

S = InviteState


class _JoinButton(rx.Component):
    library = "$/public/group/join.js"
    tag = "JoinButton"

    token: rx.Var[str]
    group: rx.Var[str]
    name: rx.Var[str]
    signed_in: rx.Var[bool]
    is_in: rx.Var[bool]
    label: rx.Var[str]


def invite_page() -> rx.Component:
    unknown = card(
        empty_state(
            t("invite.unknown"), t("invite.unknown_detail"), icon="unlink", action=link_button(t("missing.home"), "/")
        )
    )
    return page_frame(
        rx.cond(S.ready, rx.cond(S.name != "", _invitation(), unknown), card(skeleton_rows(1), padded=False)),
        title=t("invite.title"),
        narrow=True,
        for_all=True,
    )


def _invitation() -> rx.Component:
    return card(
        rx.el.div(
            rx.el.span(
                glyph("users", 28),
                class_name="grid place-items-center size-16 rounded-full bg-brand-soft text-brand-text",
            ),
            rx.el.h2(S.name, class_name="text-[22px] leading-tight max-w-full"),
            rx.el.p(
                t("invite.made_by", name=S.made_by),
                " · ",
                t("home.members", count=S.members),
                class_name="text-muted num max-w-full",
            ),
            _JoinButton.create(
                token=S.token,
                group=S.group,
                name=S.name,
                signed_in=is_known(),
                is_in=S.is_in,
                label=t("invite.join"),
            ),
            rx.cond(
                is_known(),
                rx.fragment(),
                rx.el.p(t("invite.log_in_first"), class_name="text-muted text-[13.5px]"),
            ),
            class_name="grid justify-items-center text-center gap-2.5 py-6",
        ),
    )
