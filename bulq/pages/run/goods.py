"""The left column of the run page: the products with everybody's bids, and what finds one's way among them."""

from __future__ import annotations

from typing import Any

import reflex as rx

from bulq.components import format
from bulq.components.buttons import button, glyph, icon_button, link
from bulq.components.combobox import combobox
from bulq.components.facts import count_of, once_per_row
from bulq.components.focus import keep_focus
from bulq.components.lists import size
from bulq.components.operations import given, handler, local, operation, set_local
from bulq.components.overlays import dialog
from bulq.components.stepper import stepper
from bulq.components.surfaces import card, chip, empty_state, pill
from bulq.components.texts import t
from bulq.pages.run.cases import cheaper, in_cases
from bulq.pages.run.facts import (
    ACTS,
    BIDDING,
    GIVEN_OUT,
    LEADING,
    Pill,
    Row,
    Section,
    TagChoice,
    all_rows,
    dialog_is,
    known,
    rows_call,
    run,
    sections,
    sums,
    tag_choices,
    var,
)
from bulq.queries.shopping import BidderNote
from bulq.services import bids
from bulq.state.run.adding import AddingState

FINDING = "$/public/run/finding.js"
SEARCHED = 8  # products from which on a search is worth its room


class _Find(rx.Component):
    library = FINDING
    tag = "Find"

    label: rx.Var[str]


class _Jump(rx.Component):
    library = "$/public/run/jump.js"
    tag = "Jump"

    rows: rx.Var[list[Row]]
    label: rx.Var[str]


class _Steady(rx.Component):
    """Shows nothing. Keeps the row that is used or read in its place, whatever appears elsewhere."""

    library = "$/public/run/steady.js"
    tag = "Steady"


def goods() -> rx.Component:
    empty = empty_state(
        t("run.empty"), rx.cond(BIDDING, t("run.empty_bidding"), t("run.empty_closed")), icon="shopping-basket"
    )
    rows = sections()
    return card(
        rx.cond(BIDDING, rx.el.div(_add(), class_name="px-4 py-3 border-b border-line"), rx.fragment()),
        rx.cond(count_of(run.products) > 0, _finding(), rx.fragment()),
        rx.cond(
            count_of(run.products) == 0,
            empty,
            rx.cond(size(rows) == 0, _nothing_found(), rx.foreach(rows, _section)),
        ),
        _Steady.create(),
        jump_dialog(),
        title=t("run.products"),
        note=_sum(),
        padded=False,
        class_name="run-products",
    )


def _sum() -> rx.Component:
    return rx.el.span(
        t("run.product_count", count=count_of(run.products)),
        " · ",
        sums(),
        " ",
        rx.el.span(format.money(run.total, run.currency), data_run_total=True),
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


def _finding() -> rx.Component:
    """A search, whose bids, and tags: what is chosen needs no server. It stays in sight while the rows scroll."""
    find = _Find.create(label=t("run.find"))
    shown = [_shown(name) for name in ("all", "mine", "without")]
    group = rx.el.button(
        t("tags.group"),
        type="button",
        aria_pressed=local("run.grouped", False, bool),
        on_click=set_local("run.grouped", ~local("run.grouped", False, bool)),
        class_name="tag-choice tag-choice-group",
    )
    has_categories = rows_call("categories", int, run.tags) > 0
    choices = rx.el.div(
        *shown,
        rx.cond(has_categories, group, rx.fragment()),
        rx.foreach(tag_choices(), _tag),
        role="group",
        aria_label=t("tags.filter"),
        class_name="tag-bar",
    )
    searched = rx.el.div(find, rx.el.div(jump_button(), class_name="max-wide:hidden"), class_name="run-search")
    return rx.el.div(rx.cond(is_long(), searched, rx.fragment()), choices, class_name="run-find")


def is_long() -> rx.Var[bool]:
    """Whether there are so many products that one has to find one's way among them."""
    return (count_of(run.products) >= SEARCHED) | (local("run.find", "") != "")


def jump_button() -> rx.Component:
    return icon_button(t("run.jump"), "list-tree", on_click=handler(LEADING, "open", "jump"))


def jump_dialog() -> rx.Component:
    """All products from A to Z, to go to one of them; on a phone within the reach of the thumb."""
    rows = _Jump.create(rows=all_rows(), label=t("run.jump"))
    return dialog(t("run.jump"), rows, open=dialog_is("jump"), on_close=handler(LEADING, "close"))


def _shown(name: str) -> rx.Component:
    return rx.el.button(
        t(f"run.show_{name}"),
        type="button",
        aria_pressed=local("run.shown", "all") == name,
        on_click=set_local("run.shown", name),
        class_name="tag-choice",
    )


def _tag(choice: TagChoice) -> rx.Component:
    chosen = local("run.tag", "") == var(choice.id)
    return rx.el.button(
        choice.name,
        " ",
        rx.el.span(choice.count, class_name="text-muted num"),
        type="button",
        aria_pressed=chosen,
        on_click=set_local("run.tag", rx.cond(chosen, "", choice.id)),
        key=choice.id,
        class_name="tag-choice",
    )


def _nothing_found() -> rx.Component:
    return empty_state(
        t("run.nothing_found"),
        icon="search",
        action=button(t("tags.show_all"), look="soft", on_click=handler(FINDING, "showAll")),
    )


def _section(section: Section) -> rx.Component:
    return rx.fragment(
        rx.cond(var(section.title) != "", rx.el.h3(section.title, class_name="goods-head"), rx.fragment()),
        rx.foreach(section.rows, once_per_row(product_row)),
        key=section.id,
    )


def product_row(row: Row) -> rx.Component:
    """Name, price and bids to the left; to the right what one wants, what all want, and what else one can do."""
    name = format.product(row.name, row.content)
    total = rx.el.div(
        rx.el.b(
            rx.cond(var(row.wanted, int) > 0, format.quantity(row.wanted, row.unit), t("run.no_bids")),
            class_name="num block",
            data_wanted=True,
        ),
        rx.el.span(_cost(row), class_name="text-muted num"),
        class_name="run-row-cost",
    )
    more = keep_focus(_more(row, name), class_name="run-row-more", beside=".run-row-control")
    return rx.el.article(
        rx.el.div(_title(row, name), _price(row), _bidders(row, name), class_name="run-row-what"),
        keep_focus(_control(row, name), class_name="run-row-control"),
        total,
        rx.cond(BIDDING, more, rx.fragment()),
        _said(row),
        data_product=name,
        data_row=row.id,
        class_name="run-row",
    )


def _title(row: Row, name: Any) -> rx.Component:
    return rx.el.div(
        link(rx.el.b(name), rx.Var.create("/products/") + var(row.id), class_name="break-words hover:underline"),
        " ",
        rx.cond(known(row.status), chip(_status(row), var(row.tone)), rx.fragment()),
    )


def _price(row: Row) -> rx.Component:
    return rx.el.div(
        rx.cond(known(row.price), format.price(row.price, row.unit, run.currency), t("run.no_price")),
        rx.cond(known(row.brand), rx.el.span(" · ", row.brand), rx.fragment()),
        class_name="run-row-price text-muted text-[13px] num",
    )


def _said(row: Row) -> rx.Component:
    """What was written and changed; below the row, where it takes no room from what is always there."""
    changed = t("run.changed_from", before=format.quantity(row.edited_from, row.unit))
    allowed = t("run.range", low=format.number(row.low), high=format.quantity(row.high, row.unit))
    return rx.el.div(
        rx.cond(var(row.edited_from, int | None) != None, rx.el.span(changed), rx.fragment()),  # noqa: E711
        rx.cond(var(row.low, int) < var(row.high, int), rx.el.span(allowed, class_name="text-warn"), rx.fragment()),
        rx.cond(known(row.note), rx.el.span("“", row.note, "”"), rx.fragment()),
        rx.foreach(row.notes, _note),
        in_cases(row),
        cheaper(row),
        class_name="run-row-said num",
    )


def _cost(row: Row) -> rx.Var[str]:
    """What the amount that was bought cost, or what all that is wanted is expected to."""
    cost = format.money(row.cost, run.currency, symbol=False)
    bought = t("run.cost_of", quantity=format.quantity(row.bought, row.unit), cost=cost)
    return rx.cond(var(row.bought, int) > 0, bought, rx.cond(row.estimate, t("run.about", cost=cost), cost))


def _status(row: Row) -> Any:
    bought = t("run.bought_of", bought=format.number(row.bought), wanted=format.quantity(row.wanted, row.unit))
    return rx.match(
        var(row.status),
        ("bought", bought),
        ("not_there", t("run.not_there")),
        t("run.to_buy"),
    )


def _note(note: BidderNote) -> rx.Component:
    """What others say about theirs, for whoever shops and for whoever bids."""
    return rx.el.span(t("run.note_of", name=note.name, note=note.note))


def _bidders(row: Row, name: Any) -> rx.Component:
    """In one line, which keeps its place while nobody bids: the first bid moves nothing."""
    more = rx.el.span(t("run.more", count=row.more), class_name="num")
    shown = rx.fragment(
        rx.el.div(
            rx.foreach(row.pills, _pill(row)),
            rx.cond(var(row.more, int) > 0, more, rx.fragment()),
            class_name="run-pills",
        ),
        icon_button(
            t("run.bids_on", product=name),
            "chevron-right",
            on_click=handler(FINDING, "openBids", row.id),
            class_name="run-bids-open",
        ),
    )
    return rx.el.div(rx.cond(size(row.pills) > 0, shown, rx.fragment()), class_name="run-row-bids")


def _pill(row: Row) -> Any:
    def one(each: Pill) -> rx.Component:
        full = rx.cond(each.interested, t("run.interested"), format.quantity(each.quantity, row.unit))
        # The unit stands at the sum; beside each name it would push out half of the names.
        brief = rx.cond(each.interested, glyph("heart", 13), rx.el.span(format.number(each.quantity)))
        return pill(each.name, full, mine=var(each.mine, bool), brief=brief)

    return one


def _control(row: Row, name: Any) -> rx.Component:
    """What one can do about one's own bid in this phase."""
    got = rx.el.span(
        rx.cond(GIVEN_OUT, t("run.you_got"), t("run.yours")),
        " ",
        rx.el.b(format.quantity(row.quantity, row.unit), class_name="num"),
        class_name="text-muted",
    )
    # Nobody gets what was not there.
    has_some = (var(row.quantity, int) > 0) & (var(row.tone) != "bad")
    own = rx.cond(has_some, got, rx.cond(row.interested, chip(t("run.interested")), rx.fragment()))
    adjust = _stepper(row, name, minimum=var(row.low, int), maximum=var(row.high, int))
    return rx.cond(BIDDING, _bidding(row, name), rx.cond(row.adjustable, adjust, own))


def _stepper(row: Row, name: Any, **bounds: Any) -> rx.Component:
    return stepper(
        name,
        var(row.quantity, int),
        on_quantity=handler(ACTS, "bid", run.id, row.id, given(0, str), given(1)),
        step=var(row.step, int),
        unit=format.unit(row.unit, row.quantity),
        waits=var(row.waits, bool),
        **bounds,
    )


def _bidding(row: Row, name: Any) -> rx.Component:
    # Without a key the button would become the one of the stepper, and keep the focus.
    first = rx.el.div(
        button(
            t("run.bid"),
            look="soft",
            name=t("run.bid_on", product=name),
            on_click=handler(ACTS, "firstBid", run.id, row.id, row.step),
            class_name="run-bid",
        ),
        key="none",
    )
    return rx.cond(var(row.quantity, int) > 0, rx.el.div(_stepper(row, name), key="some"), first)


def _more(row: Row, name: Any) -> rx.Component:
    """Beside the quantity: to be interested only, a note, and to take the bid back."""
    retract = handler(ACTS, "retract", run.id, row.id)
    interested = icon_button(
        t("run.retract", product=name), "heart", on_click=retract, class_name="run-interested", aria_pressed="true"
    )
    interest = icon_button(
        t("run.interested_in", product=name),
        "heart",
        on_click=operation(bids.mark_interested, run_id=run.id, product_id=row.id),
    )
    going = rx.fragment(
        icon_button(
            t("run.note_for", product=name),
            "message-square-text",
            on_click=handler(FINDING, "openNote", row.id),
        ),
        icon_button(t("run.retract", product=name), "trash-2", on_click=retract),
    )
    beginning = rx.cond(row.interested, rx.el.div(interested, key="in"), rx.el.div(interest, key="out"))
    return rx.cond(var(row.quantity, int) > 0, rx.el.div(going, key="going", class_name="flex"), beginning)
