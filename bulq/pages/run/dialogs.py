"""What opens above the run page: a note, everybody's bids on a product, and everything the leader manages.

Dialogs open and close without the server. What a question names is what the facts say at that moment.
"""

from __future__ import annotations

from typing import Any

import reflex as rx

from bulq.components import format
from bulq.components.buttons import button, link_button
from bulq.components.choices import checkbox
from bulq.components.facts import Looking
from bulq.components.lists import size
from bulq.components.operation_forms import form_area, form_field, operation_form
from bulq.components.operations import given, handler, local, operation, set_local
from bulq.components.overlays import dialog, dialog_actions, menu, menu_item
from bulq.components.stepper import stepper
from bulq.components.surfaces import chip, notice
from bulq.components.texts import Text, t
from bulq.pages.run.advances import advances_dialog, kept_when_cancelled
from bulq.pages.run.cases import cases_dialog, up_to_dialog
from bulq.pages.run.facts import (
    ACTS,
    BIDDING,
    LEADING,
    BidOn,
    Helper,
    Named,
    bought_count,
    dialog_is,
    is_open,
    known,
    leads,
    me,
    not_ready,
    phase_is,
    picking,
    rows_call,
    run,
    split,
    still_to_buy,
    var,
)
from bulq.queries.run_facts import RunPerson, RunProduct
from bulq.queries.shares import SplitItem, SplitPerson
from bulq.services import bids, mistakes, phases, runs

CLOSE = handler(LEADING, "close")


def lead(function: str, *arguments: Any) -> Any:
    """An event handler: one of the leader's steps, in this run."""
    return handler(LEADING, function, run.id, *arguments)


def opens(name: str) -> Any:
    return handler(LEADING, "open", name)


def manage_menu() -> rx.Component:
    """What the leader rarely needs. Of a run that has ended it can be taken along, and planned again."""
    back = menu_item(t("lead.stop_shopping"), icon="undo-2", on_click=lead("stopShopping"))
    again = menu_item(t("lead.back_to_shopping"), icon="undo-2", on_click=opens("back_to_shopping"))
    export = menu_item(t("lead.export"), icon="download", on_click=opens("export"))
    advances = menu_item(t("lead.advances"), icon="hand-coins", on_click=opens("advances"))
    changes = rx.fragment(
        menu_item(t("lead.edit"), icon="pencil", on_click=opens("edit")),
        menu_item(t("lead.helpers"), icon="users", on_click=opens("helpers")),
        menu_item(t("lead.hand_over"), icon="forward", on_click=opens("hand_over")),
        export,
        rx.cond(phase_is("confirmed", "shopping"), advances, rx.fragment()),
        rx.cond(phase_is("shopping"), back, rx.fragment()),
        rx.cond(phase_is("adjusting", "distributing"), again, rx.fragment()),
        menu_item(t("lead.cancel"), icon="x", danger=True, on_click=opens("cancel")),
    )
    ended = rx.fragment(menu_item(t("lead.plan_again"), icon="repeat", on_click=opens("plan_again")), export)
    return menu(t("lead.manage"), rx.cond(is_open(), changes, ended), icon="settings-2")


def run_dialogs() -> rx.Component:
    return rx.fragment(
        _note(),
        up_to_dialog(),
        _bids(),
        rx.cond(leads(), _leading(), rx.fragment()),
    )


def _leading() -> rx.Component:
    return rx.fragment(
        _confirm(),
        _finish(),
        _complete(),
        _unexplained(),
        _back_to_shopping(),
        _cancel(),
        _edit(),
        _helpers(),
        _hand_over(),
        _share(),
        cases_dialog(),
        advances_dialog(),
    )


def _dialog(name: str, title: Text, *content: rx.Component, wide: bool = False) -> rx.Component:
    """What is refused while it is open is said in it: beneath an open dialog nobody would see it."""
    refused = local("run.alert", "")
    said = rx.el.div(rx.cond(refused != "", notice(refused, "bad"), rx.fragment()), role="alert")
    return dialog(title, said, *content, open=dialog_is(name), on_close=CLOSE, wide=wide)


def _ask(name: str, title: Text, *content: rx.Component, yes: Text, on_yes: Any) -> rx.Component:
    actions = dialog_actions(button(t("lead.back"), on_click=CLOSE), button(yes, look="primary", on_click=on_yes))
    return _dialog(name, title, *content, actions)


def _listed(rows: Any, words: Any) -> rx.Component:
    """The people or products a question is about, one a line."""
    items = rx.foreach(rows, lambda each: rx.el.li(words(each), class_name="break-words"))
    return rx.el.ul(items, class_name="list-disc pl-5 empty:hidden")


def _confirm() -> rx.Component:
    def name(person: RunPerson) -> Any:
        return person.name

    return _ask(
        "confirm",
        t("lead.confirm"),
        rx.el.p(t("lead.not_all_ready")),
        _listed(not_ready(), name),
        yes=t("lead.confirm_anyway"),
        on_yes=lead("confirm"),
    )


def _finish() -> rx.Component:
    def to_buy(item: Named) -> Any:
        return t("lead.still_to_buy", product=format.product(item.name, item.content))

    waits, nothing = size(still_to_buy()) > 0, bought_count() == 0
    return _ask(
        "finish",
        t("lead.finish_shopping"),
        rx.cond(waits, rx.el.p(t("lead.not_all_bought")), rx.fragment()),
        _listed(still_to_buy(), to_buy),
        rx.cond(nothing, rx.el.p(t("lead.nothing_bought")), rx.fragment()),
        yes=rx.cond(waits, rx.cond(nothing, t("lead.none_there_end"), t("lead.none_there")), t("lead.end_run")),
        on_yes=lead("finish"),
    )


def _complete() -> rx.Component:
    waiting = rows_call("waitingLines", list[str], picking.people)
    return _ask(
        "complete",
        t("lead.complete"),
        rx.el.p(t("lead.not_all_picked_up", count=size(waiting))),
        yes=t("lead.all_picked_up"),
        on_yes=lead("complete"),
    )


def _unexplained() -> rx.Component:
    """Before a run is completed, somebody has to bear what the lines of its receipts don't explain."""
    amount = format.money(run.unexplained, run.currency)
    to_receipts = link_button(
        t("lead.to_receipts"), rx.Var.create("/runs/") + var(run.id) + "/receipts", look="primary"
    )
    return dialog(
        t("lead.complete"),
        rx.el.p(t("lead.unexplained", amount=amount)),
        dialog_actions(button(t("lead.back"), on_click=CLOSE), to_receipts),
        open=dialog_is("unexplained"),
        on_close=CLOSE,
    )


def _back_to_shopping() -> rx.Component:
    form = operation_form(
        mistakes.back_to_shopping,
        rx.el.p(t("lead.back_to_shopping_hint")),
        form_area(t("lead.reason"), "reason", optional=True, max_length=500),
        fields={"reason": {"kind": "text"}},
        given={"run_id": run.id},
        send=t("lead.back_to_shopping"),
        back=t("home.not_now"),
        on_back=CLOSE,
        on_done=CLOSE,
    )
    return _dialog("back_to_shopping", t("lead.back_to_shopping"), form)


def _cancel() -> rx.Component:
    form = operation_form(
        phases.cancel_run,
        rx.el.p(t("lead.cancel_hint")),
        kept_when_cancelled(),
        form_area(t("lead.reason"), "reason", optional=True, max_length=500),
        fields={"reason": {"kind": "text"}},
        given={"run_id": run.id},
        send=t("lead.cancel"),
        back=t("lead.back"),
        on_back=CLOSE,
        on_done=CLOSE,
        danger=True,
    )
    return _dialog("cancel", t("lead.cancel"), form)


def _edit() -> rx.Component:
    day = form_field(t("lead.shopping_day"), "shopping_day", optional=True, type="date", start=run.shopping_day)
    closing = form_field(
        t("lead.bids_close"),
        "bids_close_at",
        optional=True,
        type="datetime-local",
        start=format.local_time(run.bids_close_at, run.time_zone),
        hint=t("lead.zone", zone=run.time_zone),
    )
    note = form_area(t("lead.note"), "note", optional=True, max_length=500, start=run.note)
    about: dict[str, Any] = {
        "send": t("lead.save"),
        "back": t("lead.back"),
        "on_back": CLOSE,
        "on_done": CLOSE,
    }
    fields: dict[str, dict[str, Any]] = {"shopping_day": {"kind": "day"}, "note": {"kind": "text"}}
    with_deadline = operation_form(
        runs.edit_run,
        day,
        closing,
        note,
        fields=fields | {"bids_close_at": {"kind": "moment", "zone": run.time_zone}},
        given={"run_id": run.id},
        **about,
    )
    without = operation_form(
        runs.edit_run,
        day,
        note,
        fields=fields,
        given={"run_id": run.id, "bids_close_at": run.bids_close_at},
        **about,
    )
    return _dialog("edit", t("lead.edit"), rx.cond(BIDDING, with_deadline, without))


def _helpers() -> rx.Component:
    others = rows_call("helpersOf", list[Helper], run.people, run.members, run.leader_id)

    def one(person: Helper) -> rx.Component:
        return checkbox(
            person.name,
            checked=var(person.helps, bool),
            on_change=operation(runs.set_helper, run_id=run.id, user_id=person.id, helps=given(0, bool)),
            field_id=rx.Var.create("helper-") + var(person.id),
        )

    return _dialog(
        "helpers",
        t("lead.helpers"),
        rx.el.p(t("lead.helpers_hint"), class_name="text-muted"),
        rx.cond(size(others) == 0, rx.el.p(t("lead.nobody_else")), rx.fragment()),
        rx.el.div(rx.foreach(others, one)),
        dialog_actions(button(t("lead.done"), look="primary", on_click=CLOSE)),
    )


def _hand_over() -> rx.Component:
    heirs = rows_call("heirs", list[RunPerson], run.people, run.members, run.leader_id)

    def one(person: RunPerson) -> rx.Component:
        return rx.el.div(
            rx.el.span(person.name, class_name="min-w-0 break-words"),
            button(
                t("lead.ask"),
                small=True,
                name=t("lead.ask_name", name=person.name),
                on_click=lead("handOver", person.id),
            ),
            class_name="flex justify-between items-center gap-3 py-1.5",
        )

    return _dialog(
        "hand_over",
        t("lead.hand_over"),
        rx.el.p(t("lead.hand_over_hint"), class_name="text-muted"),
        rx.cond(size(heirs) == 0, rx.el.p(t("lead.nobody_else")), rx.fragment()),
        rx.el.div(rx.foreach(heirs, one)),
        dialog_actions(button(t("lead.back"), on_click=CLOSE)),
    )


def _share() -> rx.Component:
    """What the fair split would give to each person; it follows while others adjust."""
    items, takes_rest = var(split.items, list[SplitItem]), local("run.takes_rest", False, bool)
    anything_left = rows_call("anythingLeft", bool, split.items)
    return _dialog(
        "share",
        t("lead.share_fairly"),
        Looking.create(view="split", address="runs/{run_id}/split"),
        rx.el.p(t("lead.share_hint"), class_name="text-muted"),
        rx.el.div(rx.foreach(items, _sharing), class_name="grid gap-3"),
        rx.cond(
            anything_left,
            checkbox(
                t("lead.take_rest"),
                checked=takes_rest,
                on_change=set_local("run.takes_rest", given(0, bool)),
                field_id="takes-rest",
                detail=t("lead.take_rest_hint"),
            ),
            rx.fragment(),
        ),
        dialog_actions(
            button(t("lead.back"), on_click=CLOSE),
            button(
                t("lead.share_now"),
                look="primary",
                disabled=~known(split.effect),
                on_click=lead("share", split.effect, takes_rest),
            ),
        ),
        wide=True,
    )


def _sharing(item: SplitItem) -> rx.Component:
    name = format.product(item.name, item.content)
    left = t("lead.left", amount=format.quantity(item.left_over, item.unit))
    rest = rx.cond(var(item.left_over, int) > 0, rx.el.span(" · ", left, class_name="text-warn"), rx.fragment())

    def person(share: SplitPerson) -> rx.Component:
        gets = format.quantity(share.gets, item.unit)
        is_short = var(share.gets, int) < var(share.wants, int)
        more = var(share.more, int)
        first = t(
            "lead.comes_first",
            amount=format.quantity(more, item.unit),
            worth=format.money(share.goodwill, split.currency),
        )
        less = t("lead.gives_way", amount=format.quantity(-more, item.unit))
        why = rx.el.span(rx.cond(more > 0, first, less), class_name="block text-muted text-[13px] num")
        return rx.el.tr(
            rx.el.td(share.name, rx.cond(more != 0, why, rx.fragment()), class_name="break-words"),
            rx.el.td(format.quantity(share.wants, item.unit), class_name="num"),
            rx.el.td(rx.el.b(gets, class_name=rx.cond(is_short, "text-warn", "")), class_name="num"),
        )

    return rx.el.section(
        rx.el.h3(name, class_name="font-semibold"),
        rx.el.p(
            t("lead.there_were", amount=format.quantity(item.bought, item.unit)),
            rest,
            class_name="text-muted text-[13px] num",
        ),
        rx.el.table(
            rx.el.thead(
                rx.el.tr(
                    rx.el.th(t("lead.who"), scope="col"),
                    rx.el.th(t("lead.wants"), scope="col"),
                    rx.el.th(t("lead.gets"), scope="col"),
                )
            ),
            rx.el.tbody(rx.foreach(item.people, person)),
            class_name="share-table",
        ),
        data_share=name,
    )


def _chosen() -> Any:
    """The product whose bids or note are open."""
    return var(run.products, dict[str, RunProduct])[local("run.product", "")]


def _note() -> rx.Component:
    """A word to the shopper about one's own bid."""
    product = _chosen()
    form = operation_form(
        bids.write_note,
        form_area(
            t("run.note"),
            "note",
            hint=t("run.note_hint"),
            max_length=500,
            start=rows_call("noteOf", str, product, run.people, me.id),
        ),
        fields={"note": {"kind": "text"}},
        given={"run_id": run.id, "product_id": local("run.product", "")},
        send=t("lead.save"),
        back=t("lead.back"),
        on_back=CLOSE,
        on_done=CLOSE,
    )
    title = t("run.note_for", product=rows_call("productName", str, product))
    return dialog(title, form, open=dialog_is("note"), on_close=CLOSE)


def _bids() -> rx.Component:
    """Everybody's bids on a product: to look at, and for the leader to change once they are frozen."""
    product = _chosen()
    rows = rows_call("bidsOn", list[BidOn], product, run.people)
    may_change = leads() & phase_is("confirmed", "adjusting")

    def one(bid: BidOn) -> rx.Component:
        name = format.product(bid.product_name, bid.content)
        change = stepper(
            t("lead.product_for", product=name, name=bid.name),
            var(bid.quantity, int),
            on_quantity=handler(ACTS, "change", run.id, bid.id, bid.product, given(0, str), given(1)),
            step=var(bid.step, int),
            unit=format.unit(bid.unit, bid.quantity),
            waits=var(bid.waits, bool),
        )
        wanted = format.quantity(bid.quantity, bid.unit)
        more = t("run.bid_up_to", wanted=wanted, up_to=format.number(bid.up_to))
        firm = rx.cond(var(bid.up_to, int) > 0, more, wanted)
        amount = rx.cond(bid.interested, t("run.interested"), firm)
        edited = chip(t("run.changed_from", before=format.quantity(bid.edited_from, bid.unit)), "info")
        has_edit = var(bid.edited_from, int | None) != None  # noqa: E711
        return rx.el.div(
            rx.el.div(
                rx.el.span(bid.name, class_name="break-words"),
                rx.cond(has_edit, rx.fragment(" ", edited), rx.fragment()),
                rx.cond(
                    known(bid.note),
                    rx.el.div("“", bid.note, "”", class_name="text-muted text-[13px] break-words"),
                    rx.fragment(),
                ),
                class_name="min-w-0",
            ),
            rx.cond(may_change, change, rx.el.b(amount, class_name="num")),
            key=bid.id,
            class_name="their-bid",
        )

    return _dialog(
        "bids",
        t("run.bids_on", product=rows_call("productName", str, product)),
        rx.cond(may_change, rx.el.p(t("lead.change_hint"), class_name="text-muted"), rx.fragment()),
        rx.el.div(rx.foreach(rows, one)),
        dialog_actions(button(t("lead.done"), on_click=CLOSE)),
    )
