"""The way in for those who have an account."""

from __future__ import annotations

import reflex as rx

from bulq.components.buttons import button
from bulq.components.forms import api_form, if_asked, joining, keep_next
from bulq.components.operation_forms import form_field, form_password
from bulq.components.surfaces import notice
from bulq.components.texts import t
from bulq.pages.layout import entrance_frame


def login_page() -> rx.Component:
    form = api_form(
        form_field(
            t("login.username"),
            "username",
            auto_complete="username",
            auto_capitalize="none",
            auto_focus=True,
            required=True,
        ),
        form_password(t("login.password"), "password", auto_complete="current-password"),
        button(t("login.submit"), look="primary", submit=True, class_name="mt-1"),
        action="/api/v1/session",
    )
    left = if_asked("left", notice(t("login.left"), "good"))
    other = rx.el.p(t("login.new_here"), " ", keep_next(t("login.register"), "/register"), class_name="text-muted")
    return entrance_frame(left, joining(), form, other, title=t("login.title"))
