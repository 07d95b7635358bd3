"""A group on its way from server to server: the page that takes one in, and what a personal link to a place shows."""

from __future__ import annotations

import reflex as rx

from bulq.components import format
from bulq.components.buttons import button, link_button
from bulq.components.facts import Looking, known, live_var, state_of, var
from bulq.components.fields import select_field
from bulq.components.operation_forms import operation_form
from bulq.components.operations import given, handler
from bulq.components.surfaces import avatar, card, empty_state, kv, notice, skeleton_rows
from bulq.components.texts import t
from bulq.components.upload import file_upload
from bulq.pages.group.facts import WAYS
from bulq.pages.layout import page_frame
from bulq.queries.stand_ins import ClaimView
from bulq.services.stand_ins import claim_place
from bulq.state.group_import import GroupImportState, PersonRow

S = GroupImportState
claim = live_var(ClaimView, "claim")
# Pages are built without a browser, too.
TOKEN = rx.Var(
    _js_expr="(typeof location === 'undefined' ? '' : (location.pathname.split('/')[2] ?? ''))", _var_type=str
)


def group_import_page() -> rx.Component:
    return page_frame(
        rx.el.div(
            rx.cond(S.alert != "", notice(S.alert, "bad", alert=True), rx.fragment()),
            rx.match(
                S.step,
                ("checking", card(rx.el.p(t("moving.checking", name=S.file_name), role="status"))),
                ("importing", card(rx.el.p(t("moving.importing", name=S.name), role="status"))),
                ("checked", _looked_at()),
                _choose(),
            ),
            class_name="grid gap-4 min-w-0",
        ),
        title=t("moving.title"),
        narrow=True,
    )


def _choose() -> rx.Component:
    return card(
        rx.el.p(t("moving.lead")),
        rx.el.p(t("moving.lead_detail"), class_name="text-muted mt-2 mb-4"),
        file_upload(
            t("moving.choose"),
            sending=t("catalogue_file.sending"),
            action="/api/v1/groups/files",
            accept=".zip,application/zip",
            on_done=S.check,
            on_problem=S.not_received,
            look="primary",
        ),
    )


def _looked_at() -> rx.Component:
    left_out = card(
        rx.el.p(t("moving.left_out_detail"), class_name="text-muted mb-2"),
        rx.el.ul(rx.foreach(S.left_out, lambda run: rx.el.li(run, class_name="py-1 break-words"))),
        title=t("moving.left_out"),
    )
    return rx.fragment(
        card(
            kv(t("moving.runs"), var(S.runs, int).to_string()),
            kv(t("moving.payments"), var(S.payments, int).to_string()),
            title=S.name,
            note=S.currency,
        ),
        card(rx.el.ul(rx.foreach(S.people, _person)), title=t("moving.balances"), padded=False),
        rx.cond(S.left_out, left_out, rx.fragment()),
        card(
            select_field(
                t("moving.who"),
                var(S.choices, list[tuple[str, str]]),
                name="me",
                value=S.me,
                on_change=S.set_me,
                hint=t("moving.who_hint"),
            ),
            rx.el.div(
                button(t("moving.discard"), on_click=S.discard),
                button(t("moving.take_in"), look="primary", on_click=S.take_in),
                class_name="flex flex-wrap justify-end gap-2.5 mt-4",
            ),
        ),
    )


def _person(person: PersonRow) -> rx.Component:
    return rx.el.li(
        avatar(person.name, big=True),
        rx.el.span(
            rx.el.span(person.name, class_name="block break-words"),
            rx.el.span("@", person.username, class_name="block text-muted text-[13px] break-words"),
            class_name="min-w-0 flex-1",
        ),
        rx.el.b(format.money(person.balance, S.currency), class_name="num", data_balance=person.username),
        key=person.number,
        class_name="flex items-center gap-2.5 px-4 py-2",
    )


def claim_page() -> rx.Component:
    unknown = card(
        empty_state(
            t("moving.claim_unknown"),
            t("moving.claim_unknown_detail"),
            icon="unlink",
            action=link_button(t("missing.home"), "/"),
        )
    )
    shown = rx.cond(known(claim.person), _claim(), card(skeleton_rows(2), padded=False))
    return rx.fragment(
        Looking.create(view="claim", address="public/claims/{token}"),
        page_frame(
            rx.cond(state_of("claim") == "gone", unknown, shown),
            title=t("moving.claim_title"),
            narrow=True,
        ),
    )


def _claim() -> rx.Component:
    form = operation_form(
        claim_place,
        rx.el.div(
            avatar(claim.person, big=True),
            rx.el.h2(claim.person, class_name="max-w-full break-words"),
            rx.el.p(t("moving.claim_in", group=claim.group), class_name="text-muted"),
            rx.el.p(
                format.money(claim.balance, claim.currency),
                class_name="num text-[22px] font-semibold",
                data_my_balance=var(claim.balance, int).to_string(),
            ),
            class_name="grid justify-items-center text-center gap-1",
        ),
        rx.el.p(t("moving.claim_detail"), class_name="text-muted"),
        fields={},
        given={"token": TOKEN},
        send=t("moving.claim"),
        on_done=handler(WAYS, "toGroup", given(0, dict)),
    )
    return card(form)
