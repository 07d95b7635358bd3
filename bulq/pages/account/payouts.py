"""Where I want to be paid: a part of my profile."""

from __future__ import annotations

from typing import Any

import reflex as rx

from bulq.components.buttons import button, icon_button
from bulq.components.facts import Looking, call, count_of, known, listed, live_var, once_per_row, state_of, var
from bulq.components.fields import select_field
from bulq.components.operation_forms import form_field, operation_form
from bulq.components.operations import PageLocals, given, handler, local, operation_saying, set_local
from bulq.components.overlays import dialog
from bulq.components.surfaces import card, chip, notice, skeleton_rows
from bulq.components.texts import Text, t
from bulq.domain.payouts import LONGEST_APP, LONGEST_NAME, LONGEST_TYPED, Kind
from bulq.operations import UseCase
from bulq.pages.person import me
from bulq.queries.payouts import PayoutLine, PayoutsView
from bulq.services import payouts

PAYOUTS = "$/public/account/payouts.js"
DIALOG, KIND = "payouts.dialog", "payouts.kind"
CLOSE = set_local(DIALOG, "")
NAMED = (Kind.SERBIAN, Kind.IBAN, Kind.UPI, Kind.TEXT)  # these have a name beside

mine = live_var(PayoutsView, "payouts")


def payouts_card() -> rx.Component:
    return rx.fragment(
        Looking.create(view="payouts", address="private/payouts"),
        PageLocals.create(prefix="payouts."),
        card(
            rx.cond(state_of("payouts") == "loading", skeleton_rows(1), _content()),
            title=t("payouts.title"),
            padded=False,
        ),
        _add_dialog(),
        _edit_dialog(),
    )


def _content() -> rx.Component:
    full = rx.el.p(t("payouts.full"), class_name="text-muted text-[13.5px]")
    add = button(t("payouts.add"), icon="plus", on_click=set_local(DIALOG, "add"))
    return rx.fragment(
        rx.cond(
            count_of(mine.payouts) > 0,
            rx.el.ul(rx.foreach(listed(mine.payouts), once_per_row(payout_row))),
            rx.fragment(),
        ),
        rx.el.div(
            rx.el.p(t("payouts.detail"), class_name="text-muted"),
            rx.cond(var(mine.may_add, bool), add, full),
            class_name="card-body grid gap-3 justify-items-start",
        ),
    )


def kind_name(kind: Any) -> rx.Var[str]:
    return t(rx.Var.create("payouts.kind_") + var(kind))


def payout_row(row: PayoutLine) -> rx.Component:
    is_first = var(call(PAYOUTS, "isFirst", bool, mine.payouts, row.id), bool)
    called = rx.cond(var(row.kind) == Kind.TEXT, row.name, kind_name(row.kind))
    shown = rx.el.span(
        rx.el.span(row.shown, class_name="num wrap-anywhere"),
        rx.cond(
            known(row.name) & (var(row.kind) != Kind.TEXT), rx.el.span(" · ", row.name, class_name="wrap-anywhere")
        ),
        class_name="block text-muted text-[13.5px]",
    )
    words = rx.el.div(
        rx.el.div(
            rx.el.b(called, class_name="wrap-anywhere"),
            rx.cond(is_first & (count_of(mine.payouts) > 1), chip(t("payouts.first"), "good"), rx.fragment()),
            class_name="flex flex-wrap items-center gap-x-2 gap-y-1",
        ),
        rx.cond(var(row.is_readable, bool), shown, notice(t("payouts.unreadable"), "warn")),
        class_name="min-w-0 grow basis-56",
    )
    return rx.el.li(
        words,
        rx.el.div(_acts(row, is_first), class_name="flex flex-wrap items-center gap-1.5 ml-auto"),
        class_name="flex flex-wrap items-center gap-x-3 gap-y-2 px-4 py-3 border-b border-line",
    )


def _acts(row: PayoutLine, is_first: Any) -> rx.Component:
    what = rx.cond(var(row.is_readable, bool), row.shown, kind_name(row.kind))
    prefer = button(
        t("payouts.prefer"),
        small=True,
        name=t("payouts.prefer_name", what=what),
        on_click=operation_saying(t("payouts.preferred"), payouts.prefer_payout, payout_id=row.id),
    )
    return rx.fragment(
        rx.cond(is_first, rx.fragment(), prefer),
        icon_button(t("payouts.edit_name", what=what), "pencil", on_click=set_local(DIALOG, row.id)),
        icon_button(t("payouts.remove_name", what=what), "trash-2", on_click=handler(PAYOUTS, "remove", row, is_first)),
    )


def _add_dialog() -> rx.Component:
    kind = local(KIND, str(Kind.SERBIAN))
    choice = select_field(
        t("payouts.kind"),
        [(str(each), t(f"payouts.kind_{each}")) for each in Kind],
        name="kind",
        field_id="payout-kind",
        value=kind,
        on_change=set_local(KIND, given(0, str)),
    )
    starts = {"name": rx.cond(kind == Kind.TEXT, "", me.name)}
    form = _form(payouts.add_payout, kind, {"kind": kind}, t("payouts.add"), starts=starts)
    content = rx.el.div(choice, form, class_name="grid gap-4")
    return dialog(t("payouts.add_title"), content, open=local(DIALOG, "") == "add", on_close=CLOSE)


def _edit_dialog() -> rx.Component:
    chosen = local(DIALOG, "")
    row: Any = call(PAYOUTS, "payoutOf", PayoutLine, mine.payouts, chosen)
    kind = var(row.kind)
    form = _form(
        payouts.edit_payout,
        kind,
        {"payout_id": chosen},
        t("payouts.save"),
        starts={"to": var(row.shown), "name": var(row.name), "bic": var(row.bic)},
    )
    is_open = (chosen != "") & (chosen != "add") & known(row.kind)
    return dialog(rx.cond(is_open, kind_name(kind), ""), form, open=is_open, on_close=CLOSE)


def _form(
    use_case: UseCase, kind: Any, arguments: dict[str, Any], send: Text, *, starts: dict[str, Any]
) -> rx.Component:
    """The fields that a kind has; those it has not are not there."""
    has_name = kind == NAMED[0]
    for each in NAMED[1:]:
        has_name |= kind == each
    is_text = kind == Kind.TEXT
    plain: dict[str, Any] = {"auto_complete": "off", "auto_capitalize": "none"}
    return operation_form(
        use_case,
        form_field(
            t(rx.Var.create("payouts.to_") + kind),
            "to",
            field_id="payout-to",
            start=starts.get("to", ""),
            hint=t(rx.Var.create("payouts.hint_") + kind),
            max_length=LONGEST_TYPED,
            **plain,
        ),
        rx.cond(
            has_name,
            form_field(
                rx.cond(is_text, t("payouts.app"), t("payouts.name")),
                "name",
                field_id="payout-name",
                start=starts["name"],
                hint=rx.cond(is_text, t("payouts.app_hint"), t("payouts.name_hint")),
                max_length=max(LONGEST_APP, LONGEST_NAME),
                auto_complete="off",
            ),
        ),
        rx.cond(
            kind == Kind.IBAN,
            form_field(
                t("payouts.bic"),
                "bic",
                optional=True,
                field_id="payout-bic",
                start=starts.get("bic", ""),
                hint=t("payouts.bic_hint"),
                max_length=20,
                **plain,
            ),
        ),
        fields={
            "to": {"kind": "text"},
            "name": {"kind": "text", "optional": True},
            "bic": {"kind": "text", "optional": True},
        },
        given=arguments,
        send=send,
        on_done=handler(PAYOUTS, "saved"),
        back=t("payouts.back"),
        on_back=CLOSE,
    )
