"""Looking after a group: settings, the invite link, members, leaving."""

from __future__ import annotations

import reflex as rx

from bulq.components.buttons import button, copy_button
from bulq.components.choices import radio_group, switch
from bulq.components.fields import text_field
from bulq.components.overlays import question
from bulq.components.surfaces import alert, avatar, card, notice, skeleton_rows
from bulq.components.texts import Text, t
from bulq.pages.group import member_name
from bulq.pages.group_fields import currency_field, name_field, zone_field
from bulq.pages.home import count
from bulq.pages.layout import not_found_page, page_frame
from bulq.state.group import MemberRow
from bulq.state.manage import ManageState

S = ManageState


def manage_page() -> rx.Component:
    return rx.cond(
        S.missing,
        not_found_page(),
        page_frame(
            rx.cond(S.ready, _content(), card(skeleton_rows(4), padded=False)),
            _asks(),
            title=t("manage.title"),
            crumb=[(rx.cond(S.title != "", S.title, t("group.title")), f"/groups/{S.id}")],
            narrow=True,
            on_wake=S.catch_up,
        ),
    )


def _content() -> rx.Component:
    return rx.el.div(
        rx.cond(S.is_admin, _settings(), rx.fragment()),
        _invite(),
        _members(),
        card(
            rx.el.p(t("manage.leave_detail"), class_name="text-muted mb-3"),
            button(t("manage.leave"), icon="log-out", on_click=S.ask("leave", "")),
            title=t("manage.leave_title"),
        ),
        class_name="grid gap-4",
    )


def _settings() -> rx.Component:
    return card(
        rx.el.form(
            alert(S.alert),
            name_field(S),
            rx.el.div(
                currency_field(
                    S,
                    hint=rx.cond(S.currency_fixed, t("manage.currency_fixed"), t("manage.currency_free")),
                    disabled=S.currency_fixed,
                ),
                zone_field(S),
                class_name="grid gap-4 wide:grid-cols-2",
            ),
            radio_group(
                t("manage.fair_rule"),
                [
                    ("proportional", t("manage.proportional"), t("manage.proportional_detail")),
                    ("equal_first", t("manage.equal_first"), t("manage.equal_first_detail")),
                    ("first_come", t("manage.first_come"), t("manage.first_come_detail")),
                ],
                name="fair_rule",
                value=S.fair_rule,
                on_change=S.set_fair_rule,
            ),
            rx.el.div(button(t("manage.save"), look="primary", submit=True)),
            on_submit=S.save,
            reset_on_submit=False,
            class_name="grid gap-4",
        ),
        title=t("manage.settings"),
    )


def _invite() -> rx.Component:
    for_admins = rx.fragment(
        button(t("manage.new_link"), icon="refresh-cw", on_click=S.ask("renew", "")),
        rx.el.div(
            switch(
                t("manage.joining"),
                checked=S.joining_open,
                on_change=S.set_joining,
                field_id="joining",
                detail=t("manage.joining_detail"),
            ),
            class_name="w-full",
        ),
    )
    closed = notice(t("group.joining_closed"), "warn")
    return card(
        text_field(t("manage.link"), name="invite", value=S.invite, read_only=True, hint=t("manage.link_hint")),
        rx.el.div(
            copy_button(t("manage.copy"), S.invite),
            rx.cond(S.is_admin, for_admins, rx.cond(S.joining_open, rx.fragment(), closed)),
            class_name="flex flex-wrap items-center gap-2.5 mt-3",
        ),
        title=t("manage.invite"),
    )


def _members() -> rx.Component:
    return card(
        rx.el.ul(rx.foreach(S.members, _member)),
        title=t("group.members"),
        note=count(S.members),
        padded=False,
    )


def _member(member: MemberRow) -> rx.Component:
    demote = button(
        t("manage.demote"), small=True, name=t("manage.demote_name", name=member.name), on_click=S.demote(member.id)
    )
    others = rx.fragment(
        button(
            t("manage.promote"),
            small=True,
            name=t("manage.promote_name", name=member.name),
            on_click=S.promote(member.id),
        ),
        button(
            t("manage.remove"),
            small=True,
            name=t("manage.remove_name", name=member.name),
            on_click=S.ask("remove", member.id),
        ),
    )
    actions = rx.el.div(rx.cond(member.is_admin, demote, others), class_name="flex flex-wrap gap-2 ml-auto")
    return rx.el.li(
        rx.el.div(
            avatar(member.name, big=True),
            rx.el.span(
                member_name(member),
                rx.el.span(f"@{member.username}", class_name="block text-muted text-[13px]"),
                class_name="min-w-0",
            ),
            class_name="flex items-center gap-2.5 min-w-0 grow basis-60",
        ),
        rx.cond(S.is_admin & ~member.is_me, actions, rx.fragment()),
        key=member.id,
        class_name="flex flex-wrap items-center gap-x-3 gap-y-2 px-4 py-2.5 border-b border-line last:border-0",
    )


def _asks() -> rx.Component:
    return rx.fragment(
        _ask("renew", t("manage.renew_title"), t("manage.renew_detail"), t("manage.renew"), S.renew),
        _ask(
            "remove",
            t("manage.remove_title", name=S.asked_name),
            t("manage.remove_detail"),
            t("manage.remove_confirm"),
            S.remove,
        ),
        _ask(
            "leave",
            t("manage.leave_ask", group=S.title),
            rx.cond(count(S.members) == "1", t("manage.leave_last"), t("manage.leave_consequences")),
            t("manage.leave_confirm"),
            S.leave,
        ),
    )


def _ask(what: str, title: Text, detail: Text, label: Text, on_click: rx.event.EventType[()]) -> rx.Component:
    return question(
        title,
        rx.el.p(detail, class_name="text-muted"),
        alert(S.alert),
        yes=label,
        no=t("manage.keep"),
        open=S.asking == what,
        on_yes=on_click,
        on_close=S.close,
    )
