"""Making an account."""

from __future__ import annotations

import reflex as rx

from bulq.components.buttons import button
from bulq.components.fields import password_field, text_field
from bulq.components.forms import api_form, invite_field, keep_next
from bulq.components.surfaces import alert, notice
from bulq.components.texts import t
from bulq.pages.layout import entrance_frame
from bulq.state.register import RegisterState


def register_page() -> rx.Component:
    form = api_form(
        invite_field(),
        alert(RegisterState.alert),
        text_field(
            t("register.name"),
            name="name",
            hint=t("register.name_hint"),
            error=RegisterState.name_error,
            auto_complete="name",
            auto_focus=True,
            required=True,
        ),
        text_field(
            t("register.username"),
            name="username",
            hint=t("register.username_hint"),
            error=RegisterState.username_error,
            auto_complete="username",
            auto_capitalize="none",
            required=True,
        ),
        password_field(
            t("register.password"),
            auto_complete="new-password",
            hint=t("register.password_hint"),
            error=RegisterState.password_error,
        ),
        button(t("register.submit"), look="primary", submit=True, class_name="mt-1"),
        action="/api/v1/account",
        on_problem=RegisterState.on_problem,
    )
    other = rx.el.p(t("register.member"), " ", keep_next(t("register.log_in"), "/login"), class_name="text-muted")
    shut = notice(RegisterState.shut, "warn", alert=True)
    return entrance_frame(rx.cond(RegisterState.shut != "", shut, form), other, title=t("register.title"))
