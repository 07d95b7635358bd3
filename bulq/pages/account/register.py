"""Making an account."""

from __future__ import annotations

import reflex as rx

from bulq.components.buttons import button
from bulq.components.facts import Looking
from bulq.components.forms import api_form, if_open, invite_field, joining, keep_next
from bulq.components.operation_forms import form_field, form_password
from bulq.components.texts import t
from bulq.pages.layout import entrance_frame


def register_page() -> rx.Component:
    form = api_form(
        invite_field(),
        form_field(
            t("register.name"),
            "name",
            hint=t("register.name_hint"),
            auto_complete="name",
            auto_focus=True,
            required=True,
        ),
        form_field(
            t("register.username"),
            "username",
            hint=t("register.username_hint"),
            auto_complete="username",
            auto_capitalize="none",
            required=True,
        ),
        form_password(
            t("register.password"), "password", auto_complete="new-password", hint=t("register.password_hint")
        ),
        button(t("register.submit"), look="primary", submit=True, class_name="mt-1"),
        action="/api/v1/account",
    )
    shut = {"closed": t("errors.registration_closed"), "by_invite": t("errors.registration_by_invite")}
    other = rx.el.p(t("register.member"), " ", keep_next(t("register.log_in"), "/login"), class_name="text-muted")
    return rx.fragment(
        Looking.create(view="registration", address="public/registration"),
        entrance_frame(joining(), if_open(form, **shut), other, title=t("register.title")),
    )
