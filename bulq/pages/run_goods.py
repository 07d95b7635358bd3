"""The left column of the run page: products with everybody's bids, and statements once goods are given out."""

from __future__ import annotations

from typing import Any

import reflex as rx

from bulq.components.buttons import button, icon_button, link
from bulq.components.choices import checkbox
from bulq.components.combobox import combobox
from bulq.components.focus import keep_focus
from bulq.components.lists import size
from bulq.components.stepper import stepper
from bulq.components.surfaces import card, chip, empty_state, pager, pill
from bulq.components.texts import t, unit_for
from bulq.pages.run_tags import in_sections, nothing_tagged, tag_bar
from bulq.state.adding import AddingState
from bulq.state.handing_out import GotLine, HandingOutState, Left, Statement
from bulq.state.leading import LeadingState
from bulq.state.noting import NotingState
from bulq.state.run import RunState
from bulq.state.run_rows import Row

BIDDING = (RunState.phase == "planning") | (RunState.phase == "active")
SUMS = t(rx.Var.create("run.sums_") + RunState.sums)  # whether they are estimated, running or final


def goods() -> rx.Component:
    empty = empty_state(
        t("run.empty"),
        rx.cond(BIDDING, t("run.empty_bidding"), t("run.empty_closed")),
        icon="shopping-basket",
    )
    return card(
        rx.cond(BIDDING, rx.el.div(_add(), class_name="p-4 border-b border-line"), rx.fragment()),
        tag_bar(),
        rx.cond(size(RunState.rows) == 0, rx.cond(RunState.products == 0, empty, nothing_tagged()), rx.fragment()),
        in_sections(RunState.rows, _row),
        rx.cond(
            RunState.pages > 1, rx.el.div(pager(RunState.page, RunState.pages, on_page=RunState.turn)), rx.fragment()
        ),
        title=t("run.products"),
        note=_sum(),
        padded=False,
    )


def _sum() -> rx.Component:
    return rx.el.span(
        t("run.product_count", count=RunState.products),
        " · ",
        SUMS,
        " ",
        rx.el.span(RunState.total, data_run_total=True),
        class_name="num",
    )


def _add() -> rx.Component:
    return combobox(
        t("run.add_product"),
        AddingState.found,
        field_id="add-product",
        on_change=AddingState.find,
        on_select=AddingState.choose,
        on_create=AddingState.create,
        create=t("run.create", text="{text}"),
        placeholder=t("run.add_hint"),
        hide_label=True,
    )


def _row(row: Row) -> rx.Component:
    totals = _newest(RunState.totals, RunState.changed, row.id)
    mine = _newest(RunState.mine, RunState.mine_changed, row.id)
    title = rx.el.div(
        link(rx.el.b(row.name), f"/products/{row.id}", class_name="break-words hover:underline"),
        rx.cond(row.brand != "", rx.el.span(" ", row.brand, class_name="text-faint"), rx.fragment()),
        " ",
        rx.cond(totals.status != "", chip(totals.status, rx.Var.create(totals.tone).to(str)), rx.fragment()),
    )
    said = rx.cond(mine.note != "", rx.el.span(" · “", mine.note, "”", class_name="break-words"), rx.fragment())
    changed = rx.cond(mine.changed != "", rx.el.span(" · ", mine.changed), rx.fragment())
    allowed = rx.cond(mine.allowed != "", rx.el.span(" · ", mine.allowed, class_name="text-warn"), rx.fragment())
    about = rx.el.div(
        rx.cond(row.price != "", row.price, t("run.no_price")),
        said,
        changed,
        allowed,
        class_name="text-muted text-[13px] num",
    )
    return rx.el.article(
        rx.el.div(title, about, class_name="run-row-what"),
        rx.el.div(
            rx.el.b(totals.wanted, class_name="num block", data_wanted=True),
            rx.el.span(totals.cost, class_name="text-muted text-[13px] num"),
            class_name="run-row-cost",
        ),
        rx.cond(size(totals.pills) > 0, _bidders(row, totals), rx.fragment()),
        keep_focus(_control(row, mine, totals), class_name="run-row-control"),
        key=row.id,
        data_product=row.name,
        class_name="run-row",
    )


def _newest(sent: Any, changed: Any, row_id: str) -> Any:
    return rx.cond(changed.contains(row_id), changed[row_id], sent[row_id])


def _bidders(row: Row, totals: Any) -> rx.Component:
    return rx.el.div(
        rx.foreach(totals.pills, _pill),
        rx.cond(totals.more > 0, rx.el.span(t("run.more", count=totals.more), class_name="num"), rx.fragment()),
        button(
            t("run.all_bids"),
            look="plain",
            small=True,
            name=t("run.bids_on", product=row.name),
            on_click=LeadingState.ask_bids(row.id),
        ),
        class_name="run-row-bids",
    )


def _pill(one: tuple[str, str, int]) -> rx.Component:
    name, amount, number = one[0], one[1], rx.Var.create(one[2]).to(int)
    return pill(name, amount, mine=(number >= 0) & (number == RunState.number))


def _control(row: Row, mine: Any, totals: Any) -> rx.Component:
    """What one can do about one's own bid in this phase."""
    own = rx.cond(
        (mine.quantity > 0) & (totals.tone != "bad"),  # nobody gets what was not there
        rx.el.span(
            rx.cond(HandingOutState.shown, t("run.you_got"), t("run.yours")),
            " ",
            rx.el.b(mine.text, class_name="num"),
            class_name="text-muted",
        ),
        rx.cond(mine.interested, chip(t("run.interested")), rx.fragment()),
    )
    adjust = stepper(
        row.name,
        mine.quantity,
        on_quantity=lambda amount, seen: RunState.bid(row.id, amount, seen),
        step=row.step,
        minimum=mine.low,
        maximum=mine.high,
        unit=unit_for(row.unit, mine.quantity),
        revision=RunState.revision,
    )
    adjusting = (RunState.phase == "adjusting") & totals.adjustable & (mine.high > mine.low)
    return rx.cond(BIDDING, _bidding(row, mine), rx.cond(adjusting, adjust, own))


def _bidding(row: Row, mine: Any) -> rx.Component:
    beginning = rx.el.div(
        rx.cond(
            mine.interested,
            button(
                t("run.interested"),
                look="soft",
                icon="heart",
                small=True,
                name=t("run.retract", product=row.name),
                on_click=RunState.retract(row.id),
            ),
            icon_button(t("run.interested_in", product=row.name), "heart", on_click=RunState.interested(row.id)),
        ),
        button(t("run.bid"), look="soft", name=t("run.bid_on", product=row.name), on_click=RunState.start_bid(row.id)),
        key="none",
        class_name="flex items-center justify-end gap-2",
    )
    going = rx.el.div(
        stepper(
            row.name,
            mine.quantity,
            on_quantity=lambda amount: RunState.bid(row.id, amount),
            step=row.step,
            unit=unit_for(row.unit, mine.quantity),
            revision=RunState.revision,
        ),
        icon_button(t("run.note_for", product=row.name), "message-square-text", on_click=NotingState.ask(row.id)),
        icon_button(t("run.retract", product=row.name), "trash-2", on_click=RunState.retract(row.id)),
        # Without keys the button "Bid" would become the one for the note, and keep the focus.
        key="some",
        class_name="flex flex-wrap items-center justify-end -mr-2",
    )
    return rx.cond(mine.quantity > 0, going, beginning)


def statements() -> rx.Component:
    """Per person: lines, sum, tick; one's own first."""
    rest = card(
        rx.el.p(t("run.left_over_hint"), class_name="text-muted text-[13px] mb-2"),
        rx.foreach(HandingOutState.left_over, _left),
        title=t("run.left_over"),
    )
    shown = rx.fragment(
        rx.foreach(HandingOutState.statements, _statement),
        rx.cond(size(HandingOutState.left_over) > 0, rest, rx.fragment()),
        rx.cond(
            HandingOutState.pages > 1,
            pager(HandingOutState.page, HandingOutState.pages, on_page=HandingOutState.turn),
            rx.fragment(),
        ),
    )
    return rx.cond(HandingOutState.shown, shown, rx.fragment())


def _left(left: Left) -> rx.Component:
    """What nobody took of a product, who bears it, and how to take some of it."""
    chosen = rx.cond(HandingOutState.taking[left.item_id] > 0, HandingOutState.taking[left.item_id], left.most)
    control = rx.el.div(
        stepper(
            left.product,
            chosen,
            on_quantity=lambda amount, seen: HandingOutState.choose_to_take(left.item_id, amount, seen),
            step=left.step,
            maximum=left.most,
            unit=unit_for(left.unit, chosen),
            revision=HandingOutState.revision,
        ),
        button(
            t("run.take"),
            look="soft",
            name=t("run.take_some", product=left.product),
            on_click=HandingOutState.take(left.item_id, left.most),
        ),
        class_name="flex flex-wrap items-center justify-end gap-2 mt-2",
    )
    return rx.el.div(
        rx.el.div(
            rx.el.span(left.product, " · ", rx.el.span(left.amount, class_name="text-muted num whitespace-nowrap")),
            rx.el.span(left.cost, class_name="num"),
            class_name="kv",
        ),
        rx.el.p(t("run.borne_by", people=left.borne_by), class_name="text-muted text-[13px] num break-words"),
        rx.cond(HandingOutState.may_take, control, rx.fragment()),
        key=left.item_id,
        data_left_over=left.product,
        class_name="py-1.5",
    )


def _statement(person: Statement) -> rx.Component:
    may_tick = (RunState.phase == "distributing") & (person.mine | RunState.helps)
    everything = button(
        t("run.pick_all"),
        small=True,
        icon="check-check",
        name=t("run.pick_all_by", name=person.name),
        on_click=HandingOutState.tick_all(person.user_id),
    )
    return card(
        rx.foreach(person.lines, lambda line: _got(person, line, may_tick)),
        rx.el.div(
            rx.el.span(t("run.sum")),
            rx.el.span(person.total, data_statement=person.username, class_name="num"),
            class_name="got-sum",
        ),
        title=rx.cond(person.mine, t("run.you_get"), person.name),
        note=rx.cond(
            RunState.phase == "distributing",
            rx.cond(person.waiting > 0, t("run.waiting", count=person.waiting), t("run.all_picked_up")),
            "",
        ),
        action=rx.cond(may_tick & (person.waiting > 0), everything, rx.fragment()),
        padded=False,
        key=person.user_id,
    )


def _got(person: Statement, line: GotLine, may_tick: Any) -> rx.Component:
    amount = rx.cond(
        line.not_there,
        rx.el.span(t("run.not_there"), class_name="text-bad"),
        rx.cond(
            line.short,
            rx.el.span(t("run.got_of", got=line.got, wanted=line.wanted), class_name="text-warn"),
            rx.el.span(line.got),
        ),
    )
    what = rx.el.div(
        rx.el.span(line.product, class_name="font-semibold break-words"),
        rx.cond(line.brand != "", rx.el.span(" ", line.brand, class_name="text-faint"), rx.fragment()),
        rx.el.div(
            amount,
            rx.cond(may_tick | ~line.picked_up, rx.fragment(), chip(t("run.picked_up"), "good")),
            class_name="flex flex-wrap items-center gap-x-2 text-[13px] text-muted num",
        ),
        class_name="min-w-0 flex-1",
    )
    tick = checkbox(
        "",
        name=t("run.picked_up_by", product=line.product, name=person.name),
        checked=line.picked_up,
        on_change=lambda picked_up: HandingOutState.tick(line.item_id, person.user_id, picked_up),
        field_id=f"tick-{person.user_id}-{line.item_id}",
        big=True,
    )
    return rx.el.div(
        rx.cond(may_tick & ~line.nothing, tick, rx.fragment()),
        what,
        rx.el.span(line.cost, class_name="num"),
        key=line.item_id,
        class_name="got-line",
    )
