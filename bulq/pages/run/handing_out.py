"""Pick-up: per person what they got and owe, to be ticked off, and what nobody took."""

from __future__ import annotations

from typing import Any

import reflex as rx

from bulq.components import format
from bulq.components.buttons import button
from bulq.components.choices import checkbox
from bulq.components.facts import Looking, count_of, once_per_row
from bulq.components.operations import given, handler, local, operation
from bulq.components.stepper import stepper
from bulq.components.surfaces import card, chip
from bulq.components.texts import t
from bulq.pages.run.facts import (
    ACTS,
    GIVEN_OUT,
    Statement,
    helps,
    known,
    left_over_rows,
    phase_is,
    picking,
    rows_call,
    run,
    statement_rows,
    var,
)
from bulq.queries.pick_up import LeftOverFacts, PickUpLine
from bulq.services import pickup


def statements() -> rx.Component:
    """Per person: lines, sum, tick; one's own first."""
    rest = card(
        rx.el.p(t("run.left_over_hint"), class_name="text-muted text-[13px] mb-2"),
        rx.foreach(left_over_rows(), once_per_row(left_over_row)),
        title=t("run.left_over"),
    )
    shown = rx.fragment(
        Looking.create(view="pick_up", address="runs/{run_id}/pick-up"),
        rx.foreach(statement_rows(), once_per_row(statement)),
        rx.cond(count_of(picking.left_over) > 0, rest, rx.fragment()),
    )
    return rx.cond(GIVEN_OUT, shown, rx.fragment())


def left_over_row(left: LeftOverFacts) -> rx.Component:
    """What nobody took of a product, who bears it, and how to take some of it."""
    name, most = format.product(left.name, left.content), var(left.quantity, int)
    chosen = rows_call("chosenToTake", int, local("run.taking", {}, dict[str, int]), left.id, left.quantity)
    control = rx.el.div(
        stepper(
            name,
            chosen,
            on_quantity=handler(ACTS, "chooseToTake", left.id, given(0, str)),
            step=var(left.step, int),
            maximum=most,
            unit=format.unit(left.unit, chosen),
        ),
        button(
            t("run.take"),
            look="soft",
            name=t("run.take_some", product=name),
            on_click=handler(ACTS, "take", run.id, left.id),
        ),
        class_name="flex flex-wrap items-center justify-end gap-2 mt-2",
    )
    amount = format.quantity(left.quantity, left.unit)
    borne = rows_call("borneBy", str, left.borne_by, picking.currency)
    return rx.el.div(
        rx.el.div(
            rx.el.span(name, " · ", rx.el.span(amount, class_name="text-muted num whitespace-nowrap")),
            rx.el.span(format.money(left.cost, picking.currency), class_name="num"),
            class_name="kv",
        ),
        rx.el.p(t("run.borne_by", people=borne), class_name="text-muted text-[13px] num break-words"),
        rx.cond(~rows_call("isOver", bool, picking.taken_until), control, rx.fragment()),
        data_left_over=name,
        class_name="py-1.5",
    )


def statement(person: Statement) -> rx.Component:
    may_tick = phase_is("distributing") & (var(person.mine, bool) | helps())
    waiting = var(person.waiting, int)
    everything = button(
        t("run.pick_all"),
        small=True,
        icon="check-check",
        name=t("run.pick_all_by", name=person.name),
        on_click=operation(pickup.pick_up_all, run_id=run.id, user_id=person.id),
    )
    return card(
        rx.foreach(person.lines, _line_of(person, may_tick)),
        rx.el.div(
            rx.el.span(t("run.sum")),
            rx.el.span(format.money(person.total, picking.currency), data_statement=person.username, class_name="num"),
            class_name="got-sum",
        ),
        title=rx.cond(person.mine, t("run.you_get"), person.name),
        note=rx.cond(
            phase_is("distributing"),
            rx.cond(waiting > 0, t("run.waiting", count=waiting), t("run.all_picked_up")),
            "",
        ),
        action=rx.cond(may_tick & (waiting > 0), everything, rx.fragment()),
        padded=False,
    )


def _line_of(person: Statement, may_tick: Any) -> Any:
    def one(line: PickUpLine) -> rx.Component:
        name, wanted, got = format.product(line.name, line.content), var(line.wanted, int), var(line.got, int)
        some = t("run.got_of", got=format.number(got), wanted=format.quantity(wanted, line.unit))
        amount = rx.cond(
            line.not_there,
            rx.el.span(t("run.not_there"), class_name="text-bad"),
            rx.cond(
                got < wanted, rx.el.span(some, class_name="text-warn"), rx.el.span(format.quantity(got, line.unit))
            ),
        )
        what = rx.el.div(
            rx.el.span(name, class_name="font-semibold break-words"),
            rx.cond(known(line.brand), rx.el.span(" ", line.brand, class_name="text-faint"), rx.fragment()),
            rx.el.div(
                amount,
                rx.cond(may_tick | ~var(line.picked_up, bool), rx.fragment(), chip(t("run.picked_up"), "good")),
                class_name="flex flex-wrap items-center gap-x-2 text-[13px] text-muted num",
            ),
            class_name="min-w-0 flex-1",
        )
        tick = checkbox(
            "",
            name=t("run.picked_up_by", product=name, name=person.name),
            checked=var(line.picked_up, bool),
            on_change=operation(
                pickup.set_picked_up,
                run_id=run.id,
                item_id=line.id,
                user_id=person.id,
                picked_up=given(0, bool),
            ),
            field_id=rx.Var.create("tick-") + var(person.id) + "-" + var(line.id),
            big=True,
        )
        return rx.el.div(
            rx.cond(may_tick & (got > 0), tick, rx.fragment()),
            what,
            rx.el.span(format.money(line.cost, picking.currency, symbol=False), class_name="num"),
            key=line.id,
            class_name="got-line",
        )

    return one
