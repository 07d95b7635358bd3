"""My account: theme, language, password, where I am signed in, logging out."""

from __future__ import annotations

import reflex as rx

from bulq.components.buttons import button
from bulq.components.choices import radio_group
from bulq.components.fields import password_field, select_field
from bulq.components.forms import api_form
from bulq.components.surfaces import alert, avatar, card, chip, skeleton_rows
from bulq.components.texts import t
from bulq.components.times import time_ago
from bulq.pages.layout import page_frame
from bulq.state.profile import ProfileState, SessionRow

S = ProfileState


def profile_page() -> rx.Component:
    return page_frame(
        rx.cond(S.ready, _content(), card(skeleton_rows(3), padded=False)),
        title=t("profile.title"),
        narrow=True,
    )


def _content() -> rx.Component:
    return rx.el.div(_me(), _looks(), _password(), _sessions(), class_name="grid gap-4")


def _me() -> rx.Component:
    return card(
        rx.el.div(
            rx.el.div(
                avatar(S.name, big=True),
                rx.el.div(
                    rx.el.b(S.name, class_name="block text-[17px]"),
                    rx.el.span(f"@{S.username}", class_name="block text-muted"),
                    class_name="min-w-0",
                ),
                class_name="flex items-center gap-3 min-w-0 grow basis-60",
            ),
            api_form(
                button(t("profile.log_out"), icon="log-out", submit=True),
                action="/api/v1/session",
                method="DELETE",
                on_problem=S.on_problem,
            ),
            class_name="flex flex-wrap items-center gap-3",
        ),
    )


def _looks() -> rx.Component:
    return card(
        rx.el.div(
            radio_group(
                t("profile.theme"),
                [
                    ("light", t("profile.light"), t("profile.light_detail")),
                    ("dark", t("profile.dark"), t("profile.dark_detail")),
                    ("system", t("profile.system"), t("profile.system_detail")),
                ],
                name="theme",
                value=S.theme,
                on_change=S.set_theme,
            ),
            select_field(t("profile.language"), [("en", "English")], name="language", value=S.language),
            class_name="grid gap-4 wide:grid-cols-2 items-start",
        ),
        title=t("profile.looks"),
    )


def _password() -> rx.Component:
    return card(
        api_form(
            alert(S.password_alert),
            password_field(t("profile.current_password"), name="current", error=S.current_error),
            password_field(
                t("profile.new_password"),
                name="new",
                auto_complete="new-password",
                hint=t("profile.new_password_hint"),
                error=S.new_error,
            ),
            button(t("profile.change_password"), submit=True, class_name="justify-self-start"),
            action="/api/v1/account/password",
            on_problem=S.on_password_problem,
            on_done=S.password_changed,
            class_name="grid gap-4 max-w-[26rem]",
        ),
        title=t("profile.password"),
    )


def _sessions() -> rx.Component:
    return card(
        rx.el.ul(rx.foreach(S.sessions, _session)),
        title=t("profile.sessions"),
        note=t("profile.sessions_note"),
        padded=False,
    )


def _session(row: SessionRow) -> rx.Component:
    return rx.el.li(
        rx.el.span(
            rx.el.b(row.browser, class_name="block"),
            rx.el.span(
                t("profile.used"),
                " ",
                time_ago(row.seen),
                " · ",
                t("profile.since"),
                " ",
                time_ago(row.since),
                class_name="block text-muted text-[13.5px]",
            ),
            class_name="min-w-0 flex-1",
        ),
        rx.cond(
            row.is_this,
            chip(t("profile.this"), "good"),
            button(t("profile.end"), small=True, name=t("profile.end_name", name=row.browser), on_click=S.end(row.id)),
        ),
        key=row.id,
        class_name="flex items-center gap-3 px-4 py-3 border-b border-line last:border-0",
    )
