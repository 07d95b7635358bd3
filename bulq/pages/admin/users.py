"""The accounts of this server."""

from __future__ import annotations

import reflex as rx

from bulq.components.buttons import button, copy_button, link_button
from bulq.components.fields import text_field
from bulq.components.overlays import dialog, dialog_actions, form_dialog, menu, menu_item, question
from bulq.components.surfaces import alert, chip
from bulq.components.table import Column, Filter, data_table
from bulq.components.texts import t
from bulq.components.times import time_ago
from bulq.pages.admin.frame import admin_frame
from bulq.state.admin.users import UserRow, UsersState

S = UsersState


def admin_users_page() -> rx.Component:
    return admin_frame(
        data_table(
            S,
            t("admin.frame.users"),
            [
                Column(t("admin.users.name"), _name, "name"),
                Column(t("admin.users.username"), lambda row: rx.Var.create("@").to(str) + row.username, "username"),
                Column(t("admin.users.joined"), lambda row: row.joined, "joined", brief=True),
                Column(t("admin.users.seen"), _seen, "seen", brief=True),
            ],
            search=t("admin.users.search"),
            filters=[
                Filter(
                    "who",
                    t("admin.users.who"),
                    [
                        ("", t("admin.users.everybody")),
                        ("admins", t("admin.users.admins")),
                        ("locked", t("admin.users.locked")),
                        ("active", t("admin.users.active")),
                    ],
                )
            ],
            row_actions=_actions,
            many=[
                button(t("admin.users.lock"), icon="lock", small=True, on_click=S.do_all("lock")),
                button(t("admin.users.unlock"), icon="lock-open", small=True, on_click=S.do_all("unlock")),
                button(t("admin.users.promote"), icon="shield-plus", small=True, on_click=S.do_all("promote")),
                button(t("admin.users.demote"), icon="shield-minus", small=True, on_click=S.do_all("demote")),
            ],
        ),
        _edit(),
        _reset(),
        _delete(),
        title=t("admin.frame.users"),
        here="/admin/users",
        actions=link_button(t("curate.duplicates"), "/admin/users/merge", icon="merge"),
        on_undo=S.undo,
        on_wake=S.catch_up,
    )


def _name(row: UserRow) -> rx.Component:
    return rx.el.span(
        rx.el.b(row.name),
        rx.cond(row.is_me, chip(t("group.me")), rx.fragment()),
        rx.cond(row.is_admin, chip(t("group.admin"), "info"), rx.fragment()),
        rx.cond(row.is_locked, chip(t("admin.users.is_locked"), "bad"), rx.fragment()),
        class_name="flex flex-wrap items-center gap-x-2 gap-y-0.5",
    )


def _seen(row: UserRow) -> rx.Component:
    return rx.cond(row.seen != "", time_ago(row.seen), t("admin.users.never"))


def _actions(row: UserRow) -> rx.Component:
    """What can't be done to an admin is not offered."""
    lock = rx.cond(
        row.is_locked,
        menu_item(t("admin.users.unlock"), icon="lock-open", on_click=S.do("unlock", row.id)),
        menu_item(t("admin.users.lock"), icon="lock", on_click=S.do("lock", row.id)),
    )
    sign_out = menu_item(t("admin.users.sign_out"), icon="log-out", on_click=S.do("sign_out", row.id))
    plain = rx.fragment(
        menu_item(t("admin.users.edit"), icon="pencil", on_click=S.ask("edit", row.id)),
        menu_item(t("admin.users.reset"), icon="key-round", on_click=S.ask("reset", row.id)),
        sign_out,
        lock,
        menu_item(
            t("admin.users.promote"), icon="shield-plus", on_click=S.do("promote", row.id), disabled=row.is_locked
        ),
        menu_item(t("admin.users.delete"), icon="trash-2", danger=True, on_click=S.ask("delete", row.id)),
    )
    admin = rx.cond(
        row.is_me,
        menu_item(t("admin.users.edit"), icon="pencil", on_click=S.ask("edit", row.id)),
        rx.fragment(sign_out, menu_item(t("admin.users.demote"), icon="shield-minus", on_click=S.do("demote", row.id))),
    )
    return menu(
        t("admin.table.more", name=row.name), rx.cond(row.is_admin, admin, plain), icon="ellipsis", icon_only=True
    )


def _edit() -> rx.Component:
    name = text_field(
        t("register.name"), name="name", value=S.name, on_change=S.set_name, error=S.name_error, auto_complete="off"
    )
    username = text_field(
        t("register.username"), name="username", value=S.username, on_change=S.set_username,
        error=S.username_error, hint=t("register.username_hint"), auto_complete="off",
    )  # fmt: skip
    return form_dialog(
        t("admin.users.edit_title", name=S.about),
        alert(S.alert),
        name,
        username,
        send=t("manage.save"),
        back=t("manage.keep"),
        open=S.dialog == "edit",
        on_submit=S.save,
        on_close=S.close,
    )


def _reset() -> rx.Component:
    link = rx.fragment(
        text_field(t("admin.users.link"), name="link", value=S.link, read_only=True, hint=t("admin.users.link_hint")),
        dialog_actions(copy_button(t("manage.copy"), S.link, look="primary")),
    )
    ask = rx.fragment(
        rx.el.p(t("admin.users.reset_detail", name=S.about), class_name="text-muted"),
        dialog_actions(
            button(t("manage.keep"), on_click=S.close),
            button(t("admin.users.make_link"), look="primary", on_click=S.make_link),
        ),
    )
    return dialog(
        t("admin.users.reset_title", name=S.about),
        alert(S.alert),
        rx.cond(S.link != "", link, ask),
        open=S.dialog == "reset",
        on_close=S.close,
    )


def _delete() -> rx.Component:
    return question(
        t("admin.users.delete_title", name=S.about),
        alert(S.alert),
        rx.el.p(t("admin.users.delete_detail"), class_name="text-muted"),
        yes=t("admin.users.delete"),
        no=t("manage.keep"),
        open=S.dialog == "delete",
        on_yes=S.delete,
        on_close=S.close,
    )
