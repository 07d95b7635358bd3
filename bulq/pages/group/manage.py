"""Looking after a group: settings, the invite link, members, leaving."""

from __future__ import annotations

from typing import Any

import reflex as rx

from bulq.components import format
from bulq.components.buttons import button, copy_button, download_button, link_button
from bulq.components.choices import switch
from bulq.components.facts import Looking, state_of
from bulq.components.fields import text_field
from bulq.components.operation_forms import form_field, form_radios, operation_form
from bulq.components.operations import (
    PageLocals,
    given,
    handler,
    local,
    operation,
    operation_saying,
    operation_then,
    set_local,
)
from bulq.components.overlays import dialog, dialog_actions
from bulq.components.share import share_button
from bulq.components.surfaces import avatar, card, notice, skeleton_rows
from bulq.components.texts import Text, t
from bulq.operations import UseCase
from bulq.pages.group.facts import WAYS, invite_link, is_admin, is_known, is_me, manage, text
from bulq.pages.group.fields import name_field, place_fields
from bulq.pages.group.page import qr_code, who
from bulq.pages.home.page import count
from bulq.pages.layout import not_found_page, page_frame
from bulq.queries.people import Member
from bulq.queries.stand_ins import KeptPlace
from bulq.services import groups
from bulq.services.goodwill import set_goodwill
from bulq.services.settling import set_confirm_after
from bulq.services.stand_ins import make_claim_link

ASKING = "manage.asking"  # which question is open: "renew", "remove", "leave"
ABOUT = "manage.about"  # the member it is about
CLAIM = "manage.claim"  # a link that was made, and for whom

CLOSE = set_local(ASKING, "")


def manage_page() -> rx.Component:
    page = page_frame(
        rx.cond(is_known(manage.id), _content(), card(skeleton_rows(4), padded=False)),
        _questions(),
        _claim_link(),
        PageLocals.create(prefix="manage."),
        title=t("manage.title"),
        tab=rx.cond(is_known(manage.name), t("manage.tab", group=manage.name), ""),
        crumb=[
            (
                rx.cond(is_known(manage.name), text(manage.name), t("group.title")),
                rx.Var.create("/groups/") + text(manage.id),
            )
        ],
        narrow=True,
    )
    return rx.fragment(
        Looking.create(view="manage", address="groups/{group_id}/manage"),
        rx.cond(state_of("manage") == "gone", not_found_page(), page),
    )


def _content() -> rx.Component:
    return rx.el.div(
        rx.cond(is_admin(manage.members), rx.fragment(_settings(), _transport()), rx.fragment()),
        _invite(),
        _members(),
        rx.cond(is_admin(manage.members), rx.fragment(_awaited(), _expenses(), _download()), rx.fragment()),
        card(
            rx.el.p(t("manage.leave_detail"), class_name="text-muted mb-3"),
            button(t("manage.leave"), icon="log-out", on_click=set_local(ASKING, "leave")),
            title=t("manage.leave_title"),
        ),
        class_name="grid gap-4",
    )


def _settings() -> rx.Component:
    fixed = rx.Var.create(manage.currency_fixed).to(bool)
    form = operation_form(
        groups.edit_group,
        name_field(text(manage.name), focus=False),
        rx.el.div(
            place_fields(
                currency_hint=rx.cond(fixed, t("manage.currency_fixed"), t("manage.currency_free")),
                fixed=fixed,
                currency=manage.currency,
                zone=manage.time_zone,
            ),
            class_name="grid gap-4 wide:grid-cols-2",
        ),
        form_radios(
            t("manage.fair_rule"),
            "fair_rule",
            [
                ("proportional", t("manage.proportional"), t("manage.proportional_detail")),
                ("equal_first", t("manage.equal_first"), t("manage.equal_first_detail")),
                ("first_come", t("manage.first_come"), t("manage.first_come_detail")),
            ],
            start=text(manage.fair_rule),
        ),
        fields={name: {"kind": "text"} for name in ("name", "currency", "time_zone", "fair_rule")},
        given={"group_id": manage.id},
        send=t("manage.save"),
        on_done=handler(WAYS, "saved"),
    )
    first = operation_form(
        set_goodwill,
        form_radios(
            t("manage.goodwill"),
            "bound",
            [
                ("off", t("manage.goodwill_off"), t("manage.goodwill_off_detail")),
                ("step", t("manage.goodwill_step"), t("manage.goodwill_step_detail")),
                ("half", t("manage.goodwill_half"), t("manage.goodwill_half_detail")),
            ],
            start=text(manage.goodwill_bound),
        ),
        fields={"bound": {"kind": "text"}},
        given={"group_id": manage.id},
        send=t("manage.save_goodwill"),
        on_done=handler(WAYS, "saved"),
    )
    answers = operation_form(
        set_confirm_after,
        form_field(
            t("manage.confirm_after"),
            "days",
            start=rx.cond(is_known(manage.confirm_after_days), text(manage.confirm_after_days), ""),
            hint=t("manage.confirm_after_hint"),
            optional=True,
            input_mode="numeric",
            auto_complete="off",
        ),
        fields={"days": {"kind": "count", "optional": True, "nullable": True}},
        given={"group_id": manage.id},
        send=t("manage.save"),
        on_done=handler(WAYS, "saved"),
    )
    limit = operation_form(
        groups.set_debt_limit,
        form_field(
            t("manage.debt_limit"),
            "limit",
            optional=True,
            hint=t("manage.debt_limit_hint"),
            start=format.money(manage.debt_limit, manage.currency, symbol=False),
            input_mode="decimal",
            auto_complete="off",
        ),
        fields={"limit": {"kind": "money", "currency": manage.currency, "optional": True, "nullable": True}},
        given={"group_id": manage.id},
        send=t("manage.save_limit"),
        on_done=handler(WAYS, "saved"),
    )
    payments = rx.el.div(answers, limit, class_name="grid gap-6")
    return rx.fragment(
        card(form, title=t("manage.settings")),
        card(first, title=t("manage.goodwill_title")),
        card(payments, title=t("manage.payments")),
    )


def _transport() -> rx.Component:
    """What a kilometre costs, so that transport can be typed as a distance."""
    price = form_field(
        t("manage.price_per_km"),
        "price",
        optional=True,
        hint=t("manage.price_per_km_hint"),
        start=format.money(manage.price_per_km, manage.currency, symbol=False),
        input_mode="decimal",
        auto_complete="off",
    )
    form = operation_form(
        groups.set_price_per_km,
        price,
        fields={"price": {"kind": "money", "currency": manage.currency, "optional": True, "nullable": True}},
        given={"group_id": manage.id},
        send=t("manage.save_price"),
        on_done=handler(WAYS, "saved"),
    )
    return card(form, title=t("manage.transport"))


def _invite() -> rx.Component:
    for_admins = rx.fragment(
        button(t("manage.new_link"), icon="refresh-cw", on_click=set_local(ASKING, "renew")),
        rx.el.div(
            switch(
                t("manage.joining"),
                checked=rx.Var.create(manage.joining_open).to(bool),
                on_change=operation(groups.set_joining, group_id=manage.id, is_open=given(0, bool)),
                field_id="joining",
                detail=t("manage.joining_detail"),
            ),
            class_name="w-full",
        ),
    )
    closed = notice(t("group.joining_closed"), "warn")
    address = invite_link(manage.invite_token)
    return card(
        text_field(t("manage.link"), name="invite", value=address, read_only=True, hint=t("manage.link_hint")),
        rx.el.div(
            copy_button(t("manage.copy"), address),
            share_button(
                t("invite.share"),
                title=t("invite.page_title", group=manage.name),
                text=t("invite.share_text", group=manage.name),
                url=address,
            ),
            rx.cond(is_admin(manage.members), for_admins, rx.cond(manage.joining_open, rx.fragment(), closed)),
            class_name="flex flex-wrap items-center gap-2.5 mt-3",
        ),
        rx.cond(
            manage.joining_open,
            rx.el.div(qr_code(manage.invite_token), class_name="mt-4"),
            rx.fragment(),
        ),
        title=t("manage.invite"),
    )


def _members() -> rx.Component:
    return card(
        rx.el.ul(rx.foreach(manage.members, _member)),
        title=t("group.members"),
        note=count(manage.members),
        padded=False,
    )


def _member(member: Member) -> rx.Component:
    about = {"group_id": manage.id, "user_id": member.user_id}
    demote = button(
        t("manage.demote"),
        small=True,
        name=t("manage.demote_name", name=member.name),
        on_click=operation_saying(t("manage.demoted", name=member.name), groups.demote, **about),
    )
    others = rx.fragment(
        button(
            t("manage.promote"),
            small=True,
            name=t("manage.promote_name", name=member.name),
            on_click=operation_saying(t("manage.promoted", name=member.name), groups.promote, **about),
        ),
        button(
            t("manage.remove"),
            small=True,
            name=t("manage.remove_name", name=member.name),
            on_click=handler(WAYS, "askToRemove", member.user_id, member.name),
        ),
    )
    actions = rx.el.div(rx.cond(member.is_admin, demote, others), class_name="flex flex-wrap gap-2 ml-auto")
    return rx.el.li(
        rx.el.div(
            avatar(member.name, big=True),
            who(member, class_name="min-w-0"),
            class_name="flex items-center gap-2.5 min-w-0 grow basis-60",
        ),
        rx.cond(is_admin(manage.members) & ~is_me(member), actions, rx.fragment()),
        key=member.user_id,
        class_name="flex flex-wrap items-center gap-x-3 gap-y-2 px-4 py-2.5 border-b border-line last:border-0",
    )


def _awaited() -> rx.Component:
    """People who came with the group from elsewhere, each with a link by which they take their place."""
    shown = card(
        rx.el.p(t("manage.awaited_detail"), class_name="text-muted px-4 py-3"),
        rx.el.ul(rx.foreach(manage.awaited, _kept_place)),
        title=t("manage.awaited"),
        note=count(manage.awaited),
        padded=False,
    )
    return rx.cond(rx.Var.create(manage.awaited).to(list).length() > 0, shown, rx.fragment())


def _kept_place(place: KeptPlace) -> rx.Component:
    ask = operation_then(
        handler(WAYS, "claimLink", given(0, dict)), make_claim_link, group_id=manage.id, user_id=place.user_id
    )
    return rx.el.li(
        avatar(place.name, big=True),
        rx.el.span(
            rx.el.span(place.name, class_name="block break-words"),
            rx.cond(
                is_known(place.username),
                rx.el.span("@", text(place.username), class_name="block text-muted text-[13px] break-words"),
                rx.fragment(),
            ),
            class_name="min-w-0 flex-1",
        ),
        button(
            t("manage.awaited_link"),
            icon="link",
            small=True,
            name=t("manage.awaited_link_name", name=place.name),
            on_click=ask,
        ),
        key=place.user_id,
        class_name="flex items-center gap-2.5 px-4 py-2.5 border-t border-line",
    )


def _claim_link() -> rx.Component:
    link: Any = local(CLAIM, {"name": "", "address": ""}, dict[str, str])
    return dialog(
        t("manage.awaited_ready", name=link["name"]),
        text_field(
            t("manage.link"), name="claim", value=link["address"], read_only=True, hint=t("manage.awaited_hint")
        ),
        dialog_actions(copy_button(t("manage.copy"), link["address"], look="primary")),
        open=local(ASKING, "") == "claim",
        on_close=CLOSE,
    )


def _expenses() -> rx.Component:
    page = rx.Var.create("/groups/") + text(manage.id) + "/expenses"
    return card(
        rx.el.p(t("manage.expenses_detail"), class_name="text-muted mb-3"),
        link_button(t("expenses.link"), page, icon="import"),
        title=t("manage.expenses_title"),
    )


def _download() -> rx.Component:
    file = rx.Var.create("/api/v1/groups/") + text(manage.id) + "/export.zip"
    return card(
        rx.el.p(t("manage.download_detail"), class_name="text-muted mb-3"),
        download_button(t("manage.download"), file, look="ghost"),
        title=t("manage.download_title"),
    )


def _questions() -> rx.Component:
    about: Any = local(ABOUT, {"id": "", "name": ""}, dict[str, str])
    alone = rx.Var.create(manage.members).to(list).length() == 1
    return rx.fragment(
        _question(
            "renew",
            groups.renew_invite,
            t("manage.renew_title"),
            t("manage.renew_detail"),
            t("manage.renew"),
            handler(WAYS, "renewed"),
        ),
        _question(
            "remove",
            groups.remove_member,
            t("manage.remove_title", name=about["name"]),
            t("manage.remove_detail"),
            t("manage.remove_confirm"),
            handler(WAYS, "removed", about["name"]),
            user_id=about["id"],
        ),
        _question(
            "leave",
            groups.leave_group,
            t("manage.leave_ask", group=manage.name),
            rx.cond(alone, t("manage.leave_last"), t("manage.leave_consequences")),
            t("manage.leave_confirm"),
            handler(WAYS, "left", manage.name),
        ),
    )


def _question(
    what: str, use_case: UseCase, title: Text, detail: Text, yes: Text, on_done: Any, **more: Any
) -> rx.Component:
    """Asks before what touches others and can't be undone. What is refused is said in it."""
    form = operation_form(
        use_case,
        rx.el.p(detail, class_name="text-muted"),
        fields={},
        given={"group_id": manage.id, **more},
        send=yes,
        back=t("manage.keep"),
        on_back=CLOSE,
        on_done=on_done,
        danger=True,
    )
    return dialog(title, form, open=local(ASKING, "") == what, on_close=CLOSE)
