"""The right column of the run page: your part and the people."""

from __future__ import annotations

from typing import Any

import reflex as rx

from bulq.components import format
from bulq.components.buttons import button, link
from bulq.components.facts import call, count_of, once_per_row
from bulq.components.operations import handler, operation
from bulq.components.surfaces import card, chip, kv
from bulq.components.texts import t
from bulq.pages.run.advances import advance_of_person, my_advance
from bulq.pages.run.facts import (
    GIVEN_OUT,
    PartLine,
    PersonRow,
    leads,
    me,
    my_lines,
    my_part,
    people_rows,
    phase_is,
    picking,
    rows_call,
    run,
    sums,
    takes_part,
    var,
)
from bulq.pages.run.serving import SERVING
from bulq.services import bids

JUMP = "$/public/run/jump.js"


def ready_button() -> rx.Component:
    """My order is final, or not after all; for those who take part while bidding is open."""
    is_ready = rows_call("isReady", bool, run.people, me.id)
    say = operation(bids.set_ready, run_id=run.id, ready=True)
    ready = button(t("run.ready"), look="primary", icon="check", on_click=say)
    soft = button(t("run.ready"), look="soft", icon="check", on_click=say)
    unready = button(t("run.not_ready"), on_click=operation(bids.set_ready, run_id=run.id, ready=False))
    choice = rx.cond(is_ready, unready, rx.cond(leads(), soft, ready))
    return rx.cond(phase_is("active") & takes_part(), choice, rx.fragment())


def your_part() -> rx.Component:
    unpriced = rx.el.p(t("run.unpriced", count=var(run.unpriced, int)), class_name="text-muted text-[13px] mt-2")
    left_over = kv(t("run.left_over"), format.money(run.left_over, run.currency))
    to_statement = link(t("run.my_statement"), _statement_of(me.id), class_name="link inline-block mt-2")
    lines = rx.cond(phase_is("planning", "active", "confirmed"), rx.foreach(my_lines(), _line), rx.fragment())
    return card(
        rx.cond(takes_part(), lines, rx.el.p(t("run.no_part"), class_name="text-muted")),
        kv(sums(), format.money(my_part(), run.currency), total=True),
        my_advance(),
        kv(t("run.whole_run"), format.money(run.total, run.currency)),
        rx.cond(var(run.left_over, int) > 0, left_over, rx.fragment()),
        rx.cond(var(run.unpriced, int) > 0, unpriced, rx.fragment()),
        rx.cond(GIVEN_OUT & takes_part(), to_statement, rx.fragment()),
        rx.el.div(ready_button(), class_name="ready-here"),
        title=t("run.your_part"),
        id="your-part",
    )


def _statement_of(user_id: Any) -> Any:
    return rx.Var.create("/runs/") + var(run.id) + "/statement/" + var(user_id)


def _line(line: PartLine) -> rx.Component:
    """What I want of a product, which leads to its row."""
    name = format.product(line.name, line.content)
    to_row = rx.el.button(
        # A name in another script must not pull the amount to its other side.
        rx.el.bdi(name),
        type="button",
        aria_label=t("run.jump_to", product=name),
        on_click=handler(JUMP, "jumpTo", line.id),
        class_name="part-line",
    )
    what = rx.fragment(to_row, " × ", format.quantity(line.quantity, line.unit))
    return kv(what, format.money(line.cost, run.currency, symbol=False))


def people() -> rx.Component:
    count = count_of(run.people)
    return card(
        rx.foreach(people_rows(), once_per_row(person_row)),
        title=t("run.people"),
        note=rx.match(
            var(run.phase),
            ("active", t("run.ready_count", count=count, ready=rows_call("readyCount", int, run.people))),
            ("distributing", t("run.picked_count", count=var(run.to_pick_up, int), done=var(run.picked_up, int))),
            "",
        ),
    )


def _has_lines(person: PersonRow) -> rx.Var[bool]:
    return call(SERVING, "hasLines", bool, picking.people, person.id)


def _to_their_lines(person: PersonRow) -> rx.Component:
    return rx.el.button(
        person.name,
        type="button",
        on_click=handler(SERVING, "goTo", person.id),
        class_name="link person-link",
    )


def person_row(person: PersonRow) -> rx.Component:
    amount = rx.el.span(format.money(person.part, run.currency), class_name="num")
    to_statement = link(
        format.money(person.part, run.currency),
        _statement_of(person.id),
        class_name="link num flex-none whitespace-nowrap",
        aria_label=t("run.statement_sum", name=person.name, amount=format.money(person.part, run.currency)),
    )
    state = rx.cond(
        phase_is("active"),
        rx.cond(person.ready, chip(t("run.is_ready"), "good"), rx.el.span(t("run.choosing"), class_name="text-muted")),
        rx.cond(GIVEN_OUT, to_statement, amount),
    )
    paid = t("run.paid", amount=format.money(person.spent, run.currency))
    spent = rx.cond(var(person.spent, int) > 0, rx.el.div(paid, class_name="text-muted text-[13px] num"), rx.fragment())
    return rx.el.div(
        rx.el.div(
            rx.el.div(
                rx.cond(
                    GIVEN_OUT & _has_lines(person),
                    _to_their_lines(person),
                    rx.el.span(person.name, class_name="break-words min-w-0"),
                ),
                rx.cond(person.leads, chip(t("run.leader")), rx.fragment()),
                rx.cond(person.helps, chip(t("run.helper")), rx.fragment()),
                rx.cond(person.left, chip(t("run.has_left"), "warn"), rx.fragment()),
                class_name="flex flex-wrap items-center gap-x-2 gap-y-1 min-w-0",
            ),
            spent,
            advance_of_person(person),
            class_name="min-w-0",
        ),
        state,
        data_person=person.username,
        class_name="flex justify-between items-center gap-3 py-1.5",
    )
