"""What opens above the page of receipts. A receipt that somebody else changed meanwhile says so before it is sent."""

from __future__ import annotations

from typing import Any

import reflex as rx

from bulq.components import format
from bulq.components.buttons import button
from bulq.components.facts import call, known, var
from bulq.components.operation_forms import form_field, operation_form
from bulq.components.operations import handler
from bulq.components.overlays import dialog, dialog_actions, question
from bulq.components.surfaces import notice
from bulq.components.texts import t
from bulq.pages.person import me
from bulq.pages.receipts.facts import ACTS, CARDS, FIELDS, ReceiptRow, about, dialog_is, facts, leads, may_add, others
from bulq.pages.receipts.photos import photo_dialogs
from bulq.queries.receipts import ReceiptFacts
from bulq.services import corrections, costs, receipts

CLOSE = handler(ACTS, "close")


class _Fields(rx.Component):
    library = FIELDS

    people: rx.Var[dict[str, str]]


class _PayersField(_Fields):
    tag = "PayersField"

    payers: rx.Var[dict[str, int]]
    me: rx.Var[str]
    currency: rx.Var[str]


class _SharedFields(_Fields):
    tag = "SharedFields"

    items: rx.Var[dict[str, str]]
    only: rx.Var[list[str]]


class _CostFields(_Fields):
    tag = "CostFields"

    items: rx.Var[dict[str, str]]
    per_km: rx.Var[int]
    per_km_said: rx.Var[str]


class _CorrectionFields(_Fields):
    tag = "CorrectionFields"

    items: rx.Var[dict[str, str]]
    me: rx.Var[str]
    leads: rx.Var[bool]


def receipt_dialogs() -> rx.Component:
    return rx.fragment(_add(), _edit(), _cost(), _assign(), _move(), _remove(), _correct(), photo_dialogs())


def _chosen() -> Any:
    return var(facts.receipts, dict[str, ReceiptFacts])[about("id")]


def _now() -> Any:
    """The revision that the receipt has by now."""
    return _chosen().revision.to(int)


def _form(use_case: Any, *content: rx.Component, send: Any, **about_it: Any) -> rx.Component:
    return operation_form(use_case, *content, send=send, back=t("lead.back"), on_back=CLOSE, on_done=CLOSE, **about_it)


def _receipt_fields(start: Any) -> list[rx.Component]:
    total = format.money(start.total, facts.currency, symbol=False) if start is not None else ""
    today = call(CARDS, "today", str, facts.time_zone)
    day = form_field(t("receipts.day"), "day", type="date", start=start.day if start is not None else today)
    payers = {"payers": var(start.payers, dict[str, int])} if start is not None else {}
    return [
        _PayersField.create(people=facts.people, me=me.id, currency=facts.currency, **payers),
        form_field(
            t("receipts.total"),
            "total",
            optional=True,
            hint=t("receipts.total_hint"),
            start=total,
            input_mode="decimal",
            auto_complete="off",
        ),
        day,
    ]


def _receipt_kinds() -> dict[str, dict[str, Any]]:
    return {
        "payers": {"kind": "payers", "currency": facts.currency},
        "total": {"kind": "money", "currency": facts.currency, "optional": True, "nullable": True},
        "day": {"kind": "day"},
    }


def _add() -> rx.Component:
    form = _form(
        receipts.add_receipt,
        *_receipt_fields(None),
        fields=_receipt_kinds(),
        given={"run_id": facts.id},
        send=t("receipts.add"),
    )
    return dialog(t("receipts.add"), form, open=dialog_is("add") & may_add(), on_close=CLOSE)


def _edit() -> rx.Component:
    receipt = _chosen()
    again = button(t("receipts.look_again"), small=True, on_click=handler(ACTS, "lookAgain"))
    meanwhile = rx.el.div(
        rx.cond(
            _now() != about("revision", int),
            rx.el.div(rx.el.span(t("receipts.meanwhile"), class_name="flex-1"), again, class_name="notice notice-warn"),
            rx.fragment(),
        ),
        role="status",
        class_name="empty:hidden",
    )
    form = _form(
        receipts.edit_receipt,
        *_receipt_fields(receipt),
        fields=_receipt_kinds(),
        given={"run_id": facts.id, "receipt_id": about("id"), "revision": about("revision", int)},
        send=t("lead.save"),
    )
    # What somebody else changed is in the fields once one looks at it.
    fresh = rx.el.div(form, key=about("revision", int).to_string())
    return dialog(t("receipts.edit_title"), meanwhile, fresh, open=_about_one("edit"), on_close=CLOSE)


def _about_one(name: str) -> rx.Var[bool]:
    """Whether this dialog is open, and the receipt it is about is still there."""
    return dialog_is(name) & known(_chosen())


def _cost() -> rx.Component:
    form = _form(
        costs.add_cost,
        _CostFields.create(
            people=facts.people,
            items=facts.items,
            per_km=facts.price_per_km,
            per_km_said=format.money(facts.price_per_km, facts.currency),
        ),
        fields={
            "kind": {"kind": "choice"},
            "amount": {"kind": "cost_amount", "currency": facts.currency},
            "distance": {"kind": "kilometres"},
            "rule": {"kind": "choice"},
            "shares": {"kind": "shares"},
            "item_id": {"kind": "choice", "optional": True, "nullable": True},
            "note": {"kind": "text"},
        },
        given={"run_id": facts.id, "receipt_id": about("id"), "revision": _now()},
        send=t("receipts.add_cost"),
    )
    return dialog(t("receipts.add_cost"), form, open=_about_one("cost"), on_close=CLOSE)


def _assign() -> rx.Component:
    """Who bears the difference, where that is not everybody by value."""
    difference = _chosen().total.to(int) - _chosen().lines.to(int)
    form = _form(
        costs.spread_difference,
        rx.el.p(t("receipts.assign_hint", amount=format.money(difference, facts.currency))),
        _SharedFields.create(people=facts.people, items=facts.items, only=["people", "value"]),
        fields={"shares": {"kind": "shares"}},
        given={
            "run_id": facts.id,
            "receipt_id": about("id"),
            "difference": difference,
            "revision": _now(),
        },
        send=t("receipts.assign"),
    )
    return dialog(t("receipts.difference"), form, open=_about_one("spread"), on_close=CLOSE)


def _move() -> rx.Component:
    def one(receipt: ReceiptRow) -> rx.Component:
        called = t("receipts.called", people=receipt.paid_by, day=format.day(receipt.day))
        return rx.el.div(
            rx.el.span(called, class_name="min-w-0 break-words"),
            button(
                t("receipts.move_here"),
                small=True,
                name=t("receipts.move_to", receipt=called),
                on_click=handler(ACTS, "move", facts.id, about("more"), receipt.id),
            ),
            key=receipt.id,
            class_name="flex justify-between items-center gap-3 py-1.5",
        )

    return dialog(
        t("receipts.move"),
        rx.el.div(rx.foreach(others(), one)),
        dialog_actions(button(t("lead.back"), on_click=CLOSE)),
        open=_about_one("move"),
        on_close=CLOSE,
    )


def _remove() -> rx.Component:
    return question(
        t("receipts.remove_title"),
        rx.el.p(t("receipts.remove_hint")),
        yes=t("receipts.remove"),
        no=t("lead.back"),
        open=_about_one("remove"),
        on_yes=handler(ACTS, "remove", facts.id),
        on_close=CLOSE,
    )


def _correct() -> rx.Component:
    form = operation_form(
        corrections.correct_run,
        notice(t("receipts.correct_hint")),
        _CorrectionFields.create(people=facts.people, items=facts.items, me=me.id, leads=leads()),
        fields={
            "changed": {"kind": "correction", "currency": facts.currency},
            "payer_id": {"kind": "text"},
            "reason": {"kind": "text"},
        },
        given={"run_id": facts.id},
        send=t("receipts.correct"),
        back=t("lead.back"),
        on_back=CLOSE,
        on_done=handler(ACTS, "corrected"),
    )
    return dialog(t("receipts.correct_title"), form, open=dialog_is("correct"), on_close=CLOSE)
