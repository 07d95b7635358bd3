"""Settings of the server: who may register, and what it was started with."""

from __future__ import annotations

import reflex as rx

from bulq.components.choices import radio_group
from bulq.components.surfaces import card, chip, kv, skeleton_rows
from bulq.components.texts import Flag, Text, t
from bulq.pages.admin.frame import admin_frame
from bulq.state.admin.settings import AdminSettingsState

S = AdminSettingsState


def admin_settings_page() -> rx.Component:
    return admin_frame(
        rx.cond(S.ready, rx.el.div(_registration(), _facts(), class_name="grid gap-4 wide:grid-cols-2 items-start"),
                card(skeleton_rows(3), padded=False)),
        title=t("admin.frame.settings"),
        here="/admin/settings",
    )  # fmt: skip


def _registration() -> rx.Component:
    return card(
        radio_group(
            t("admin.settings.registration"),
            [
                ("open", t("admin.settings.open"), t("admin.settings.open_detail")),
                ("invite", t("admin.settings.invite"), t("admin.settings.invite_detail")),
                ("closed", t("admin.settings.closed"), t("admin.settings.closed_detail")),
            ],
            name="registration",
            value=S.registration,
            on_change=S.set_registration,
            hide_label=True,
        ),
        title=t("admin.settings.registration"),
    )


def _facts() -> rx.Component:
    return card(
        kv(t("admin.settings.version"), S.version),
        kv(t("admin.settings.database"), S.database),
        kv(t("admin.settings.processes"), rx.Var.create(S.processes).to(str)),
        _is_there(t("admin.settings.production"), S.production),
        _is_there(t("admin.settings.redis"), S.redis),
        _is_there(t("admin.settings.email"), S.email),
        _is_there(t("admin.settings.webhook"), S.webhook),
        _is_there(t("admin.settings.backups"), S.backups),
        _is_there(t("admin.settings.encrypted"), S.encrypted),
        rx.el.p(t("admin.settings.by_environment"), class_name="field-hint mt-3"),
        title=t("admin.settings.facts"),
    )


def _is_there(label: Text, value: Flag) -> rx.Component:
    return kv(label, rx.cond(value, chip(t("admin.yes"), "good"), chip(t("admin.no"))))
