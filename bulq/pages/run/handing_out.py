"""Pick-up: people with what they got and owe, to be ticked off, and what nobody took.

Many people are folded. Whoever hands out sees the same product by product, too.
"""

from __future__ import annotations

from typing import Any

import reflex as rx

from bulq.components import format
from bulq.components.buttons import button, glyph, link
from bulq.components.choices import checkbox
from bulq.components.facts import Looking, call, count_of, once_per_row
from bulq.components.lists import size
from bulq.components.operations import given, handler, local, operation, set_local
from bulq.components.stepper import stepper
from bulq.components.surfaces import avatar, card, chip, empty_state
from bulq.components.texts import t
from bulq.pages.run.facts import (
    ACTS,
    GIVEN_OUT,
    Statement,
    helps,
    known,
    left_over_rows,
    me,
    phase_is,
    picking,
    rows_call,
    run,
    var,
)
from bulq.pages.run.packing import packing
from bulq.pages.run.serving import PRINTING, SERVING, serving
from bulq.pages.run.spoiled import spoiled_goods
from bulq.queries.pick_up import LeftOverFacts, PickUpLine
from bulq.services import pickup


class _Serving(rx.Component):
    library = SERVING
    tag = "Serving"


class _FindPerson(rx.Component):
    library = SERVING
    tag = "FindPerson"

    label: rx.Var[str]


def statements() -> rx.Component:
    """Per person: lines, sum, tick; one's own first. For whoever hands out also per product."""
    rest = card(
        rx.el.p(t("run.left_over_hint"), class_name="text-muted text-[13px] mb-2"),
        rx.foreach(left_over_rows(), once_per_row(left_over_row)),
        title=t("run.left_over"),
    )
    shown = rx.fragment(
        Looking.create(view="pick_up", address="runs/{run_id}/pick-up"),
        _Serving.create(),
        rx.cond(count_of(picking.people) > 0, _people(), rx.fragment()),
        rx.cond(count_of(picking.left_over) > 0, rest, rx.fragment()),
        spoiled_goods(),
    )
    return rx.cond(GIVEN_OUT, shown, rx.fragment())


def _people() -> rx.Component:
    is_small = call(SERVING, "isSmall", bool, picking.people)
    waiting = var(call(SERVING, "peopleWaiting", int, picking.people), int)
    by_product = helps() & (local("run.by", "person") == "product")
    people = call(SERVING, "statements", list[Statement], picking.people, me.id, serving(), PRINTING)
    found = rx.cond(size(people) == 0, _nobody(), rx.foreach(people, once_per_row(statement)))
    open_phase = phase_is("distributing")
    note = rx.cond(open_phase, rx.cond(waiting > 0, t("run.people_waiting", count=waiting), t("run.all_picked_up")), "")
    find = rx.el.div(_FindPerson.create(label=t("run.find_person")), class_name="px-4 pt-2")
    only_waiting = _choice(t("run.still_waiting"), serving()["waiting"].bool(), handler(SERVING, "onlyWaiting"))
    views = rx.fragment(_by("person"), _by("product"), rx.el.span(class_name="serve-gap"))
    tools = rx.el.div(
        rx.cond(helps(), views, rx.fragment()),
        rx.cond(open_phase, only_waiting, rx.fragment()),
        role="group",
        aria_label=t("run.pick_up"),
        class_name="tag-bar",
    )
    return card(
        rx.cond(is_small, rx.fragment(), find),
        rx.cond(helps() | (open_phase & ~is_small), tools, rx.fragment()),
        rx.cond(by_product, packing(_nobody()), found),
        title=t("run.pick_up"),
        note=note,
        padded=False,
        class_name="serving",
    )


def _by(what: str) -> rx.Component:
    return _choice(t(f"run.by_{what}"), local("run.by", "person") == what, set_local("run.by", what))


def _choice(label: rx.Var[str], chosen: rx.Var[bool], choose: Any) -> rx.Component:
    return rx.el.button(label, type="button", aria_pressed=chosen, on_click=choose, class_name="tag-choice")


def _nobody() -> rx.Component:
    return empty_state(
        t("run.nobody_found"),
        icon="search",
        action=button(t("tags.show_all"), look="soft", on_click=handler(SERVING, "showEverybody")),
    )


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
    """A person's head, which opens what they get."""
    may_tick = phase_is("distributing") & (var(person.mine, bool) | helps())
    count, picked, is_open = var(person.count, int), var(person.picked, int), var(person.open, bool)
    lines_id = rx.Var.create("lines-") + var(person.id)
    everything = rx.el.button(
        glyph("check-check"),
        rx.el.span(t("run.pick_all"), class_name="serve-all-words"),
        type="button",
        aria_label=t("run.pick_all_by", name=person.name),
        title=t("run.pick_all_by", name=person.name),
        on_click=operation(pickup.pick_up_all, run_id=run.id, user_id=person.id),
        class_name="btn btn-ghost btn-small serve-all",
    )
    done = rx.cond(
        count == 0,
        t("run.nothing_to_pick_up"),
        rx.cond(
            phase_is("distributing") & (picked < count),
            t("run.picked_count", count=count, done=picked),
            rx.el.span(t("run.lines_picked_up", count=count), class_name="text-good"),
        ),
    )
    fold = rx.el.button(
        glyph("chevron-right"),
        avatar(person.name, big=True),
        rx.el.span(
            rx.el.bdi(rx.cond(person.mine, t("run.you_get"), person.name), class_name="serve-name"),
            rx.el.span(" ", done, class_name="serve-done num"),
            class_name="serve-who",
        ),
        " ",
        rx.el.span(format.money(person.total, picking.currency), data_statement=person.username, class_name="num"),
        type="button",
        id=rx.Var.create("fold-") + var(person.id),
        aria_expanded=is_open,
        aria_controls=lines_id,
        on_click=handler(SERVING, "fold", person.id, person.open),
        class_name="serve-fold",
    )
    return rx.el.section(
        rx.el.div(
            rx.el.h3(fold, class_name="serve-head"),
            rx.cond(may_tick & (picked < count), everything, rx.fragment()),
            class_name="serve-top",
        ),
        rx.el.div(
            rx.cond(
                is_open,
                rx.fragment(rx.foreach(person.lines, _line_of(person, may_tick)), _beside(person)),
                rx.fragment(),
            ),
            id=lines_id,
        ),
        class_name="serve",
    )


def _beside(person: Statement) -> rx.Component:
    """What the person bears of costs beside the goods, and the way to their statement."""
    cost = rx.el.div(
        rx.el.span(t("run.beside"), class_name="font-semibold"),
        rx.el.span(format.money(person.beside, picking.currency, symbol=False), class_name="num"),
        class_name="got-line",
    )
    to_statement = link(
        t("run.statement_of", name=person.name),
        rx.Var.create("/runs/") + var(run.id) + "/statement/" + var(person.id),
        class_name="link break-words",
    )
    return rx.fragment(
        rx.cond(var(person.beside, int) != 0, cost, rx.fragment()),
        rx.el.div(to_statement, class_name="px-4 py-2.5"),
    )


def _came_first(line: PickUpLine) -> rx.Component:
    """Who was short before comes first: said to whoever got more by it, and to whoever got less."""
    more = var(line.more, int)
    first = t("run.came_first", amount=format.quantity(more, line.unit))
    less = t("run.gave_way", amount=format.quantity(-more, line.unit))
    said = rx.el.span(rx.cond(more > 0, first, less), class_name="block text-[13px] font-normal text-muted num")
    return rx.cond(more != 0, said, rx.fragment())


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
        what = rx.el.span(
            rx.el.span(name, class_name="font-semibold break-words"),
            rx.cond(known(line.brand), rx.el.span(" ", line.brand, class_name="text-faint"), rx.fragment()),
            rx.el.span(
                amount,
                rx.cond(
                    known(line.price),
                    rx.el.span("· ", format.price(line.price, line.unit, picking.currency)),
                    rx.fragment(),
                ),
                rx.cond(may_tick | ~var(line.picked_up, bool), rx.fragment(), chip(t("run.picked_up"), "good")),
                class_name="flex flex-wrap items-center gap-x-1 text-[13px] font-normal text-muted num",
            ),
            _came_first(line),
            class_name="block min-w-0",
        )
        tick = checkbox(
            what,
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
            rx.cond(may_tick & (got > 0), tick, what),
            rx.el.span(format.money(line.cost, picking.currency, symbol=False), class_name="num"),
            key=line.id,
            class_name="got-line",
        )

    return one
