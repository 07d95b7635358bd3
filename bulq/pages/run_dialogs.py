"""What opens above the run page: creating a product, a note, and everything the leader manages."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import reflex as rx

from bulq.components.buttons import button
from bulq.components.choices import checkbox
from bulq.components.fields import text_area, text_field
from bulq.components.lists import size
from bulq.components.overlays import dialog, dialog_actions, form_dialog, menu, menu_item
from bulq.components.stepper import stepper
from bulq.components.surfaces import chip
from bulq.components.texts import Text, t, unit_for
from bulq.pages.product_fields import goods_fields
from bulq.state.exporting import ExportState
from bulq.state.leading import Choice, LeadingState, Share, Sharing, TheirBid, Waiting
from bulq.state.noting import NotingState
from bulq.state.run import RunState


def manage_menu() -> rx.Component:
    lead = LeadingState
    back = menu_item(t("lead.stop_shopping"), icon="undo-2", on_click=lead.stop_shopping)
    again = menu_item(t("lead.back_to_shopping"), icon="undo-2", on_click=lead.show("back_to_shopping"))
    return menu(
        t("lead.manage"),
        menu_item(t("lead.edit"), icon="pencil", on_click=lead.ask_edit),
        menu_item(t("lead.helpers"), icon="users", on_click=lead.ask_helpers),
        menu_item(t("lead.hand_over"), icon="forward", on_click=lead.ask_hand_over),
        menu_item(t("lead.export"), icon="download", on_click=ExportState.ask),
        rx.cond(RunState.phase == "shopping", back, rx.fragment()),
        rx.cond((RunState.phase == "adjusting") | (RunState.phase == "distributing"), again, rx.fragment()),
        menu_item(t("lead.cancel"), icon="x", danger=True, on_click=lead.show("cancel")),
        icon="settings-2",
    )


def product_dialog(adding: Any) -> rx.Component:
    """Create a product; `adding` is the state that holds its fields."""
    return form_dialog(
        t("product.new"),
        goods_fields(adding),
        rx.el.div(
            text_field(
                t("product.price"),
                name="product-price",
                value=adding.price,
                on_change=adding.set_price,
                hint=t("product.price_hint"),
                error=adding.errors["price"],
                optional=True,
                input_mode="decimal",
            ),
            text_field(
                t("product.per_quantity"),
                name="product-price-per",
                value=adding.per,
                on_change=adding.set_per,
                hint=t("product.per_quantity_new"),
                error=adding.errors["per"],
                optional=True,
                input_mode="decimal",
            ),
            class_name="grid grid-cols-2 gap-3 items-start",
        ),
        send=t("product.create"),
        back=t("lead.back"),
        on_submit=adding.save,
        open=adding.creating,
        on_close=adding.close,
    )


def noting_dialog() -> rx.Component:
    return dialog(
        t("run.note_for", product=NotingState.product),
        text_area(
            t("run.note"),
            name="bid-note",
            value=NotingState.note,
            on_change=NotingState.set_note,
            hint=t("run.note_hint"),
            error=NotingState.error,
            max_length=500,
        ),
        dialog_actions(
            button(t("lead.back"), on_click=NotingState.close),
            button(t("lead.save"), look="primary", on_click=NotingState.save),
        ),
        open=NotingState.about != "",
        on_close=NotingState.close,
        sheet=True,
    )


def leading_dialogs() -> rx.Component:
    lead = LeadingState
    return rx.fragment(
        _ask(
            "confirm",
            t("lead.confirm"),
            rx.el.p(t("lead.not_all_ready")),
            _named(lambda who: who.name),
            yes=t("lead.confirm_anyway"),
            on_yes=lead.confirm(lead.waiting_ids),
        ),
        _ask(
            "finish",
            t("lead.finish_shopping"),
            rx.cond(size(lead.waiting) > 0, rx.el.p(t("lead.not_all_bought")), rx.fragment()),
            _named(lambda item: t("lead.still_to_buy", product=item.name)),
            rx.cond(lead.nothing_bought, rx.el.p(t("lead.nothing_bought")), rx.fragment()),
            yes=rx.cond(
                size(lead.waiting) > 0,
                rx.cond(lead.nothing_bought, t("lead.none_there_end"), t("lead.none_there")),
                t("lead.end_run"),
            ),
            on_yes=lead.finish(lead.waiting_ids, lead.nothing_bought),
        ),
        _ask(
            "complete",
            t("lead.complete"),
            rx.el.p(t("lead.not_all_picked_up", count=lead.waiting_count)),
            yes=t("lead.all_picked_up"),
            on_yes=lead.complete(lead.question),
        ),
        _back_to_shopping(),
        _cancel(),
        _edit(),
        _helpers(),
        _hand_over(),
        _share(),
        _bids(),
    )


def _ask(which: str, title: Text, *content: rx.Component, yes: Text, on_yes: Any) -> rx.Component:
    actions = dialog_actions(
        button(t("lead.back"), on_click=LeadingState.close), button(yes, look="primary", on_click=on_yes)
    )
    return _dialog(which, title, *content, actions)


def _named(words: Callable[[Waiting], Text]) -> rx.Component:
    """The people or products a question is about, one a line."""
    return rx.el.ul(
        rx.foreach(LeadingState.waiting, lambda each: rx.el.li(words(each), class_name="break-words")),
        class_name="list-disc pl-5 empty:hidden",
    )


def _back_to_shopping() -> rx.Component:
    return _dialog(
        "back_to_shopping",
        t("lead.back_to_shopping"),
        rx.el.p(t("lead.back_to_shopping_hint")),
        _reason("back-to-shopping-reason"),
        dialog_actions(
            button(t("home.not_now"), on_click=LeadingState.close),
            button(t("lead.back_to_shopping"), look="primary", on_click=LeadingState.back_to_shopping),
        ),
    )


def _reason(name: str) -> rx.Component:
    return text_area(
        t("lead.reason"),
        name=name,
        value=LeadingState.reason,
        on_change=LeadingState.set_reason,
        error=LeadingState.errors["reason"],
        optional=True,
        max_length=500,
    )


def _dialog(which: str, title: Text, *content: rx.Component, wide: bool = False) -> rx.Component:
    return dialog(title, *content, open=LeadingState.dialog == which, on_close=LeadingState.close, wide=wide)


def _cancel() -> rx.Component:
    return _dialog(
        "cancel",
        t("lead.cancel"),
        rx.el.p(t("lead.cancel_hint")),
        _reason("cancel-reason"),
        dialog_actions(
            button(t("lead.back"), on_click=LeadingState.close),
            button(t("lead.cancel"), look="danger", on_click=LeadingState.cancel),
        ),
    )


def _edit() -> rx.Component:
    lead = LeadingState
    closing = text_field(
        t("lead.bids_close"),
        name="bids-close",
        type="datetime-local",
        value=lead.bids_close_at,
        on_change=lead.set_bids_close_at,
        hint=t("lead.zone", zone=lead.time_zone),
        error=lead.errors["bids_close_at"],
        optional=True,
    )
    bidding = (RunState.phase == "planning") | (RunState.phase == "active")
    return form_dialog(
        t("lead.edit"),
        text_field(
            t("lead.shopping_day"),
            name="shopping-day",
            type="date",
            value=lead.shopping_day,
            on_change=lead.set_shopping_day,
            error=lead.errors["shopping_day"],
            optional=True,
        ),
        rx.cond(bidding, closing, rx.fragment()),
        text_area(
            t("lead.note"),
            name="run-note",
            value=lead.note,
            on_change=lead.set_note,
            error=lead.errors["note"],
            optional=True,
            max_length=500,
        ),
        send=t("lead.save"),
        back=t("lead.back"),
        open=lead.dialog == "edit",
        on_submit=lead.save,
        on_close=lead.close,
    )


def _helpers() -> rx.Component:
    def one(choice: Choice) -> rx.Component:
        return checkbox(
            choice.name,
            checked=choice.chosen,
            on_change=lambda helps: LeadingState.set_helper(choice.id, helps),
            field_id=f"helper-{choice.id}",
        )

    return _dialog(
        "helpers",
        t("lead.helpers"),
        rx.el.p(t("lead.helpers_hint"), class_name="text-muted"),
        rx.cond(size(LeadingState.choices) == 0, rx.el.p(t("lead.nobody_else")), rx.fragment()),
        rx.el.div(rx.foreach(LeadingState.choices, one)),
        dialog_actions(button(t("lead.done"), look="primary", on_click=LeadingState.close)),
    )


def _hand_over() -> rx.Component:
    def one(choice: Choice) -> rx.Component:
        return rx.el.div(
            rx.el.span(choice.name, class_name="min-w-0 break-words"),
            button(
                t("lead.ask"),
                small=True,
                name=t("lead.ask_name", name=choice.name),
                on_click=LeadingState.offer(choice.id),
            ),
            class_name="flex justify-between items-center gap-3 py-1.5",
        )

    return _dialog(
        "hand_over",
        t("lead.hand_over"),
        rx.el.p(t("lead.hand_over_hint"), class_name="text-muted"),
        rx.cond(size(LeadingState.choices) == 0, rx.el.p(t("lead.nobody_else")), rx.fragment()),
        rx.el.div(rx.foreach(LeadingState.choices, one)),
        dialog_actions(button(t("lead.back"), on_click=LeadingState.close)),
    )


def _share() -> rx.Component:
    lead = LeadingState
    hidden = lead.shared_items - size(lead.sharing)
    return _dialog(
        "share",
        t("lead.share_fairly"),
        rx.el.p(t("lead.share_hint"), class_name="text-muted"),
        rx.el.div(rx.foreach(lead.sharing, _sharing), class_name="grid gap-3"),
        rx.cond(hidden > 0, rx.el.p(t("lead.more_products", count=hidden), class_name="text-muted"), rx.fragment()),
        rx.cond(
            lead.anything_left,
            checkbox(
                t("lead.take_rest"),
                checked=lead.takes_rest,
                on_change=lead.set_takes_rest,
                field_id="takes-rest",
                detail=t("lead.take_rest_hint"),
            ),
            rx.fragment(),
        ),
        dialog_actions(
            button(t("lead.back"), on_click=lead.close),
            button(t("lead.share_now"), look="primary", on_click=lead.share(lead.effect)),
        ),
        wide=True,
    )


def _sharing(item: Sharing) -> rx.Component:
    rest = rx.cond(
        item.left_over != "",
        rx.el.span(" · ", t("lead.left", amount=item.left_over), class_name="text-warn"),
        rx.fragment(),
    )
    return rx.el.section(
        rx.el.h3(item.product, class_name="font-semibold"),
        rx.el.p(t("lead.there_were", amount=item.bought), rest, class_name="text-muted text-[13px] num"),
        rx.el.table(
            rx.el.thead(
                rx.el.tr(
                    rx.el.th(t("lead.who"), scope="col"),
                    rx.el.th(t("lead.wants"), scope="col"),
                    rx.el.th(t("lead.gets"), scope="col"),
                )
            ),
            rx.el.tbody(rx.foreach(item.people, _share_line)),
            class_name="share-table",
        ),
        data_share=item.product,
    )


def _share_line(share: Share) -> rx.Component:
    return rx.el.tr(
        rx.el.td(share.name, class_name="break-words"),
        rx.el.td(share.wanted, class_name="num"),
        rx.el.td(
            rx.cond(share.short, rx.el.b(share.gets, class_name="text-warn"), rx.el.b(share.gets)), class_name="num"
        ),
    )


def _bids() -> rx.Component:
    lead = LeadingState
    may_change = RunState.leads & ((RunState.phase == "confirmed") | (RunState.phase == "adjusting"))

    def one(bid: TheirBid) -> rx.Component:
        change = stepper(
            t("lead.product_for", product=lead.product, name=bid.name),
            bid.quantity,
            on_quantity=lambda amount, seen: LeadingState.change(bid.user_id, amount, seen),
            step=lead.step,
            unit=unit_for(lead.unit, bid.quantity),
            revision=lead.revision,
        )
        return rx.el.div(
            rx.el.div(
                rx.el.span(bid.name, class_name="break-words"),
                rx.cond(bid.changed != "", rx.fragment(" ", chip(bid.changed, "info")), rx.fragment()),
                rx.cond(
                    bid.note != "",
                    rx.el.div("“", bid.note, "”", class_name="text-muted text-[13px] break-words"),
                    rx.fragment(),
                ),
                class_name="min-w-0",
            ),
            rx.cond(may_change, change, rx.el.b(bid.text, class_name="num")),
            class_name="their-bid",
        )

    return _dialog(
        "bids",
        t("run.bids_on", product=lead.product),
        rx.cond(may_change, rx.el.p(t("lead.change_hint"), class_name="text-muted"), rx.fragment()),
        rx.el.div(rx.foreach(lead.theirs, one)),
        dialog_actions(button(t("lead.done"), on_click=lead.close)),
    )
