"""My account: what came of it, name, looks, password, where I am signed in, what is kept of me, and an end to it."""

from __future__ import annotations

import reflex as rx

from bulq.components.buttons import button, download_button
from bulq.components.choices import radio_group
from bulq.components.fields import select_field
from bulq.components.forms import api_form
from bulq.components.operation_forms import form_field, form_password
from bulq.components.operations import given, handler, local, operation, set_local
from bulq.components.overlays import dialog, dialog_actions
from bulq.components.surfaces import avatar, card, chip, skeleton_rows
from bulq.components.texts import t
from bulq.components.times import time_ago
from bulq.pages.account.payouts import payouts_card
from bulq.pages.layout import page_frame
from bulq.pages.person import me
from bulq.services.accounts import set_theme
from bulq.state.account.profile import Figure, ProfileState, SessionRow

S = ProfileState
LEAVING = "$/public/live/leaving.js"


def profile_page() -> rx.Component:
    return page_frame(
        rx.cond(S.ready, _content(), card(skeleton_rows(3), padded=False)),
        title=t("profile.title"),
        narrow=True,
    )


def _content() -> rx.Component:
    cards = _me(), payouts_card(), _looks(), _name(), _password(), _sessions(), _data()
    return rx.fragment(rx.el.div(*cards, class_name="grid gap-4"), _leaving())


def _leaving() -> rx.Component:
    """Asked when changes are on this device alone. They stay there, and go when the same person is back."""
    waiting, stay = local("leaving.waiting", 0, int).to(int), set_local("leaving.waiting", 0)
    return dialog(
        t("offline.leave_title"),
        rx.el.p(t("offline.leave_detail", count=waiting)),
        dialog_actions(
            button(t("offline.stay"), on_click=stay),
            button(t("offline.leave"), look="primary", on_click=handler(LEAVING, "leave")),
        ),
        open=waiting > 0,
        on_close=stay,
    )


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
            button(t("profile.log_out"), icon="log-out", on_click=handler(LEAVING, "signOut")),
            class_name="flex flex-wrap items-center gap-3",
        ),
        rx.el.dl(
            rx.foreach(S.figures, _figure),
            class_name="grid grid-cols-2 wide:grid-cols-3 gap-x-4 gap-y-3 mt-4 pt-4 border-t border-line",
        ),
    )


def _figure(figure: Figure) -> rx.Component:
    return rx.el.div(
        rx.el.dt(t(rx.Var.create("profile.") + figure.kind), class_name="text-muted text-[13.5px]"),
        rx.el.dd(figure.shown, class_name="num font-semibold break-words"),
        key=figure.kind,
        class_name="min-w-0",
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
                value=rx.Var.create(me.theme).to(str),
                on_change=operation(set_theme, theme=given(0, str)),
            ),
            select_field(t("profile.language"), [("en", "English")], name="language", value=S.language),
            class_name="grid gap-4 wide:grid-cols-2 items-start",
        ),
        title=t("profile.looks"),
    )


def _name() -> rx.Component:
    return card(
        api_form(
            form_field(t("profile.name"), "name", start=S.name, hint=t("register.name_hint"), auto_complete="name"),
            form_field(
                t("register.username"),
                "username",
                start=S.username,
                hint=t("register.username_hint"),
                auto_complete="username",
                auto_capitalize="none",
            ),
            form_password(t("login.password"), "current", field_id="name-current", auto_complete="current-password"),
            button(t("profile.change_name"), submit=True, class_name="justify-self-start"),
            action="/api/v1/account",
            method="PATCH",
            on_done=S.name_changed,
            class_name="grid gap-4 max-w-[26rem]",
        ),
        title=t("profile.name"),
    )


def _password() -> rx.Component:
    return card(
        api_form(
            form_password(t("profile.current_password"), "current", auto_complete="current-password"),
            form_password(
                t("profile.new_password"), "new", auto_complete="new-password", hint=t("profile.new_password_hint")
            ),
            button(t("profile.change_password"), submit=True, class_name="justify-self-start"),
            action="/api/v1/account/password",
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


def _data() -> rx.Component:
    return card(
        rx.el.p(t("profile.data_detail"), class_name="text-muted"),
        rx.el.div(
            download_button(t("profile.download"), "/api/v1/account/export.json", look="ghost"),
            button(t("profile.delete"), icon="trash-2", on_click=S.ask_leave),
            class_name="flex flex-wrap gap-3 mt-4",
        ),
        dialog(
            t("profile.delete_title"),
            api_form(
                rx.el.p(t("profile.delete_detail"), class_name="text-muted"),
                form_password(
                    t("login.password"), "current", field_id="leaving-current", auto_complete="current-password"
                ),
                dialog_actions(
                    button(t("manage.keep"), on_click=S.stay),
                    button(t("profile.delete"), look="danger", submit=True),
                ),
                action="/api/v1/account/deletion",
                then="/login?left=1",
            ),
            open=S.leaving,
            on_close=S.stay,
        ),
        title=t("profile.data"),
    )
