"""The way in for those who have an account."""

from __future__ import annotations

import reflex as rx

from bulq.components.buttons import button
from bulq.components.fields import password_field, text_field
from bulq.components.forms import api_form, keep_next
from bulq.components.surfaces import alert, notice
from bulq.components.texts import t
from bulq.pages.layout import entrance_frame
from bulq.state.login import LoginState


def login_page() -> rx.Component:
    left = rx.cond(LoginState.left, notice(t("login.left"), "good"), rx.fragment())
    form = api_form(
        alert(LoginState.alert),
        text_field(
            t("login.username"),
            name="username",
            error=LoginState.username_error,
            auto_complete="username",
            auto_capitalize="none",
            auto_focus=True,
            required=True,
        ),
        password_field(t("login.password"), error=LoginState.password_error),
        button(t("login.submit"), look="primary", submit=True, class_name="mt-1"),
        action="/api/v1/session",
        on_problem=LoginState.on_problem,
    )
    other = rx.el.p(t("login.new_here"), " ", keep_next(t("login.register"), "/register"), class_name="text-muted")
    return entrance_frame(left, form, other, title=t("login.title"))
