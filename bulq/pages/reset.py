"""Setting a new password by a link."""

from __future__ import annotations

import reflex as rx

from bulq.components.buttons import button, link_button
from bulq.components.fields import password_field
from bulq.components.forms import api_form
from bulq.components.surfaces import alert, notice, skeleton
from bulq.components.texts import t
from bulq.pages.layout import entrance_frame
from bulq.state.reset import ResetState

S = ResetState


def reset_page() -> rx.Component:
    unknown = rx.fragment(notice(t("errors.reset_unknown"), "warn"), link_button(t("login.submit"), "/login"))
    done = rx.fragment(
        notice(t("reset.done"), "good", alert=True), link_button(t("login.submit"), "/login", look="primary")
    )
    return entrance_frame(
        rx.cond(S.ready, rx.cond(S.done, done, rx.cond(S.secret != "", _form(), unknown)), skeleton("h-28 w-full")),
        title=t("reset.title"),
    )


def _form() -> rx.Component:
    return api_form(
        rx.el.p(t("reset.whose", name=S.name, username=S.username), class_name="text-muted"),
        alert(S.alert),
        rx.el.input(type="hidden", name="token", value=S.secret),
        # For password managers, which remember whose it is.
        rx.el.input(type="hidden", name="username", value=S.username, auto_complete="username"),
        password_field(
            t("reset.password"), auto_complete="new-password", hint=t("register.password_hint"), error=S.password_error
        ),
        button(t("reset.submit"), look="primary", submit=True, class_name="mt-1"),
        action="/api/v1/password-reset",
        on_problem=S.on_problem,
        on_done=S.changed,
    )
