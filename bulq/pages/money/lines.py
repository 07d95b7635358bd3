"""Payments as rows: who pays whom, how it stands, why, and what the viewer may do."""

from __future__ import annotations

from typing import Any

import reflex as rx

from bulq.components import format
from bulq.components.buttons import button, link
from bulq.components.facts import known, var
from bulq.components.lists import size
from bulq.components.operations import operation, operation_saying
from bulq.components.payment_code import payment_code_button
from bulq.components.surfaces import chip
from bulq.components.texts import t
from bulq.components.times import time_ago
from bulq.pages.money.facts import PaymentRow, asks, money, why
from bulq.services.payments import confirm_payment, say_paid, withdraw_payment

TONES = (("paid", "info"), ("confirmed", "good"), ("disputed", "bad"))


def payment_list(rows: list[PaymentRow]) -> rx.Component:
    return rx.el.ul(rx.foreach(rows, _payment))


def from_to(sender: Any, receiver: Any) -> rx.Component:
    """ "Bojan → Ana", read out as "Bojan to Ana"."""
    return rx.el.span(
        rx.el.b(sender, class_name="break-words"),
        rx.el.span(" → ", aria_hidden="true", class_name="text-muted"),
        rx.el.span(" ", t("money.to"), " ", class_name="sr-only"),
        rx.el.b(receiver, class_name="break-words"),
        class_name="min-w-0",
    )


def reasons(line: Any, names: Any, currency: Any) -> rx.Component:
    """Why the line is so; nothing where somebody simply owes it."""
    said = why(line, names, currency)
    return rx.cond(
        size(said) > 0,
        rx.el.ul(
            rx.foreach(said, lambda words: rx.el.li(words, key=words)),
            class_name="text-muted text-[13.5px] grid gap-1 mt-1",
            data_why="",
        ),
        rx.fragment(),
    )


def _payment(line: PaymentRow) -> rx.Component:
    return rx.el.li(
        rx.el.div(
            rx.el.div(
                from_to(
                    rx.cond(line.i_send, t("money.you"), line.sender),
                    rx.cond(line.i_receive, t("money.you"), line.receiver),
                ),
                _for_run(line),
                _standing(line),
                reasons(line, money.people, money.currency),
                _said(line),
                class_name="min-w-0 flex-1",
            ),
            rx.el.b(format.money(line.amount, money.currency), class_name="num text-[17px] whitespace-nowrap"),
            class_name="flex items-start gap-3",
        ),
        _actions(line),
        key=line.id,
        data_payment=line.state,
        data_sender=line.sender,
        data_receiver=line.receiver,
        class_name=rx.cond(
            line.asks,
            "px-4 py-3 border-b border-line last:border-0 bg-brand-soft/40",
            "px-4 py-3 border-b border-line last:border-0",
        ),
    )


def _for_run(line: PaymentRow) -> rx.Component:
    """Of an advance: for which run."""
    run = format.store_and_day(line.store, line.shopping_day)
    shown = rx.el.p(
        link(t("money.advance_for", run=run), rx.Var.create("/runs/") + var(line.run_id)), class_name="text-[13.5px]"
    )
    return rx.cond(known(line.run_id), shown, rx.fragment())


def _standing(line: PaymentRow) -> rx.Component:
    """The state, and since when."""
    tone = rx.Var.create(rx.match(line.state, *TONES, "plain"))
    again = rx.cond(
        known(line.reminded_at), rx.fragment(" · ", t("money.reminded_at"), " ", time_ago(var(line.reminded_at))), ""
    )
    return rx.el.p(
        chip(t(rx.Var.create("money.state_") + var(line.state)), tone.to(str)),
        " ",
        time_ago(var(line.since)),
        rx.cond(rx.Var.create(line.state) == "proposed", again, rx.fragment()),
        class_name="text-muted text-[13px] mt-1",
    )


def _said(line: PaymentRow) -> rx.Component:
    """The note of the sender, and why the receiver disputes the payment."""

    def quoted(words: Any, look: str) -> rx.Component:
        return rx.cond(
            known(words),
            rx.el.p("“", var(words), "”", class_name=f"text-[13.5px] break-words mt-1 {look}"),
            rx.fragment(),
        )

    return rx.fragment(quoted(line.note, "text-muted"), quoted(line.reason, "text-bad"))


def _actions(line: PaymentRow) -> rx.Component:
    at = {"group_id": money.id, "payment_id": line.id}
    pay = rx.fragment(
        button(
            rx.cond(line.i_send, t("money.i_paid"), t("money.they_paid")),
            look="primary",
            small=True,
            icon="check",
            on_click=operation(say_paid, **at, amount=line.amount),
        ),
        button(t("money.pay_part"), small=True, on_click=asks("part", line.id)),
    )
    code = payment_code_button(
        money.id, var(line.receiver_id, str), line.receiver, currency=money.currency, amount=line.amount
    )
    answer = button(
        t("money.confirm"),
        look="primary",
        small=True,
        icon="check",
        on_click=operation(confirm_payment, **at),
    )
    dispute = button(t("money.dispute"), small=True, on_click=asks("dispute", line.id))
    back = button(
        t("money.take_back"),
        small=True,
        on_click=operation_saying(t("money.taken_back"), withdraw_payment, **at),
    )
    remind = button(t("money.remind"), small=True, icon="bell", on_click=asks("remind", line.id))
    shown = [
        rx.cond(may, part, rx.fragment())
        for may, part in (
            (line.pays, pay),
            (var(line.pays, bool) & var(line.i_send, bool), code),
            (line.answers, answer),
            (line.disputes, dispute),
            (line.takes_back, back),
            (line.reminds, remind),
        )
    ]
    return rx.el.div(*shown, class_name="flex flex-wrap gap-2 mt-2 empty:hidden")
