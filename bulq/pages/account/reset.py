"""Setting a new password by a link."""

from __future__ import annotations

import reflex as rx

from bulq.components.buttons import button, link_button
from bulq.components.facts import Looking, known, live_var, state_of
from bulq.components.forms import api_form, param_field
from bulq.components.operation_forms import form_password
from bulq.components.operations import PageLocals, local, set_local
from bulq.components.surfaces import notice, skeleton
from bulq.components.texts import t
from bulq.pages.layout import entrance_frame
from bulq.queries.resets import ResetView

reset = live_var(ResetView, "reset")
DONE = "reset.done"


def reset_page() -> rx.Component:
    unknown = rx.fragment(notice(t("errors.reset_unknown"), "warn"), link_button(t("login.submit"), "/login"))
    done = rx.fragment(
        notice(t("reset.done"), "good", alert=True), link_button(t("login.submit"), "/login", look="primary")
    )
    shown = rx.cond(known(reset.username), _form(), skeleton("h-28 w-full"))
    return rx.fragment(
        Looking.create(view="reset", address="public/resets/{token}"),
        PageLocals.create(prefix="reset."),
        entrance_frame(
            rx.cond(local(DONE, False, bool), done, rx.cond(state_of("reset") == "gone", unknown, shown)),
            title=t("reset.title"),
        ),
    )


def _form() -> rx.Component:
    return api_form(
        rx.el.p(t("reset.whose", name=reset.name, username=reset.username), class_name="text-muted"),
        param_field("token"),
        # For password managers, which remember whose it is.
        rx.el.input(type="hidden", name="username", value=reset.username, auto_complete="username"),
        form_password(t("reset.password"), "password", auto_complete="new-password", hint=t("register.password_hint")),
        button(t("reset.submit"), look="primary", submit=True, class_name="mt-1"),
        action="/api/v1/password-reset",
        on_done=set_local(DONE, True),
    )
