"""The right column of the run page: your part and the people."""

from __future__ import annotations

import reflex as rx

from bulq.components.buttons import button
from bulq.components.lists import size
from bulq.components.surfaces import card, chip, kv
from bulq.components.texts import t
from bulq.pages.run_goods import SUMS
from bulq.state.run import RunState
from bulq.state.run_rows import Part
from bulq.state.run_screen import Person


def ready_button() -> rx.Component:
    """My order is final, or not after all; for those who take part while bidding is open."""
    ready = button(t("run.ready"), look="primary", icon="check", on_click=RunState.set_ready(True))
    soft = button(t("run.ready"), look="soft", icon="check", on_click=RunState.set_ready(True))
    unready = button(t("run.not_ready"), on_click=RunState.set_ready(False))
    choice = rx.cond(RunState.ready, unready, rx.cond(RunState.leads, soft, ready))
    return rx.cond((RunState.phase == "active") & RunState.takes_part, choice, rx.fragment())


def my_part() -> rx.Component:
    unpriced = rx.el.p(t("run.unpriced", count=RunState.unpriced), class_name="text-muted text-[13px] mt-2")
    left_over = kv(t("run.left_over"), RunState.left_over)
    return card(
        rx.cond(
            RunState.takes_part,
            rx.foreach(RunState.part_lines, _line),
            rx.el.p(t("run.no_part"), class_name="text-muted"),
        ),
        kv(SUMS, RunState.part, total=True),
        kv(t("run.whole_run"), RunState.total),
        rx.cond(RunState.left_over != "", left_over, rx.fragment()),
        rx.cond(RunState.unpriced > 0, unpriced, rx.fragment()),
        rx.el.div(ready_button(), class_name="ready-here"),
        title=t("run.your_part"),
    )


def _line(line: Part) -> rx.Component:
    # A name in another script must not pull the amount to its other side.
    return kv(rx.fragment(rx.el.bdi(line.product), " × ", line.amount), line.cost)


def people() -> rx.Component:
    hidden = RunState.people_count - size(RunState.people)
    return card(
        rx.foreach(RunState.people, _person),
        rx.cond(hidden > 0, rx.el.p(t("run.more_people", count=hidden), class_name="text-muted mt-2"), rx.fragment()),
        title=t("run.people"),
        note=rx.match(
            RunState.phase,
            ("active", t("run.ready_count", count=RunState.people_count, ready=RunState.ready_count)),
            ("distributing", t("run.picked_count", count=RunState.to_pick_up, done=RunState.picked_up)),
            "",
        ),
    )


def _person(person: Person) -> rx.Component:
    state = rx.cond(
        RunState.phase == "active",
        rx.cond(person.ready, chip(t("run.is_ready"), "good"), rx.el.span(t("run.choosing"), class_name="text-muted")),
        rx.el.span(RunState.parts[person.id], class_name="num"),
    )
    spent = rx.cond(
        person.spent != "", rx.el.div(t("run.paid", amount=person.spent), class_name="text-muted text-[13px] num"), ""
    )
    return rx.el.div(
        rx.el.div(
            rx.el.div(
                rx.el.span(person.name, class_name="break-words min-w-0"),
                rx.cond(person.leads, chip(t("run.leader")), rx.fragment()),
                rx.cond(person.helps, chip(t("run.helper")), rx.fragment()),
                rx.cond(person.left, chip(t("run.has_left"), "warn"), rx.fragment()),
                class_name="flex flex-wrap items-center gap-x-2 gap-y-1 min-w-0",
            ),
            spent,
            class_name="min-w-0",
        ),
        state,
        key=person.id,
        data_person=person.username,
        class_name="flex justify-between items-center gap-3 py-1.5",
    )
