"""An invitation, readable without an account."""

from __future__ import annotations

import reflex as rx

from bulq.components.buttons import glyph, join_button, link_button
from bulq.components.surfaces import alert, card, empty_state, skeleton_rows
from bulq.components.texts import t
from bulq.pages.layout import page_frame
from bulq.pages.person import is_known
from bulq.state.invite import InviteState

S = InviteState


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
            alert(S.alert),
            join_button(t("invite.join"), S.token, signed_in=is_known(), login=S.login, on_join=S.join),
            rx.cond(
                is_known(),
                rx.fragment(),
                rx.el.p(t("invite.log_in_first"), class_name="text-muted text-[13.5px]"),
            ),
            class_name="grid justify-items-center text-center gap-2.5 py-6",
        ),
    )
