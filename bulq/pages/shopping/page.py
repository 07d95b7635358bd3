"""The list at the shop: one hand, bad light, bad signal."""

from __future__ import annotations

from typing import Any

import reflex as rx

from bulq.components import format
from bulq.components.buttons import glyph, link, link_button
from bulq.components.combobox import combobox
from bulq.components.facts import Looking, call, count_of, known, once_per_row, state_of, var
from bulq.components.frame import page_title
from bulq.components.offline import as_of, kept, not_taken_in, without_network
from bulq.components.phases import phase_chip
from bulq.components.surfaces import card, empty_state, notice, progress, skeleton_rows
from bulq.components.texts import t
from bulq.pages.layout import missing, page_frame
from bulq.pages.shopping.adding import listing_sheet
from bulq.pages.shopping.facts import BEFORE, LIST, absent, leads, may_buy, may_mend, receipt, shop, to_buy
from bulq.pages.shopping.rows import absent_row, bought_row, row_to_buy
from bulq.state.shopping.adding import ListingState

SAVED = "$/public/shopping/saved.js"


class _ShelfSheet(rx.Component):
    library = "$/public/shopping/sheet.js"
    tag = "ShelfSheet"

    may_buy: rx.Var[bool]
    may_correct: rx.Var[bool]


class _Saved(rx.Component):
    library = SAVED
    tag = "Saved"

    saved: rx.Var[str]
    saving: rx.Var[str]


def shopping_page() -> rx.Component:
    state = state_of("shopping")
    list_or_skeleton = rx.cond(known(shop.id), _list(), card(skeleton_rows(4)))
    page = rx.cond(
        state == "gone",
        rx.fragment(not_taken_in(), missing()),
        rx.fragment(_bar(), not_taken_in(), list_or_skeleton),
    )
    return page_frame(
        Looking.create(view="shopping", address="runs/{run_id}/shopping"),
        kept(shop.id, shop.phase),
        # A sheet that was left open is closed with the page, but not by a lost connection.
        rx.el.div(page, on_unmount=[ListingState.close]),
        title=None,
        narrow=True,
    )


def _title() -> rx.Var[str]:
    return format.store_and_day(shop.store, shop.shopping_day)


def _bar() -> rx.Component:
    """Stays in sight in place of the header, which scrolls away: a phone has no room for both."""
    count, bought, gone = count_of(shop.items), _bought(), _absent()
    counted = t("list.counted", bought=bought, count=count)
    return rx.el.div(
        page_title(t("shopping.title", run=_title())),
        rx.el.div(
            link(
                glyph("arrow-left", 22),
                _href(),
                class_name="icon-btn",
                aria_label=t("shopping.back"),
                title=t("shopping.back"),
            ),
            rx.el.div(
                rx.el.h1(rx.cond(known(shop.id), _title(), t("kit.loading")), class_name="text-[17px] line-clamp-2"),
                rx.el.p(
                    counted,
                    rx.cond(gone > 0, rx.fragment(" · ", t("list.gone", count=gone)), rx.fragment()),
                    " · ",
                    rx.el.span(format.money(shop.paid, shop.currency), class_name="whitespace-nowrap"),
                    hidden=count == 0,
                    class_name="num text-[14px] text-muted",
                ),
                as_of("shopping", class_name="block text-[13px] text-muted"),
                class_name="flex-1 min-w-0",
            ),
            rx.cond(_when() == "before", rx.fragment(), _to_receipts()),
            _where_it_stands(),
            class_name="flex items-center gap-1 pl-1 pr-3 py-2",
        ),
        progress(counted, bought + gone, rx.cond(count > 0, count, 1)),
        class_name=(
            "[body:has(&)_.bar]:relative sticky top-0 z-20 bg-surface border-b border-line -mx-[14px] -mt-[14px] mb-4 "
            "wide:mx-0 wide:mt-0 wide:border wide:rounded-card overflow-hidden"
        ),
    )


def _to_receipts() -> rx.Component:
    return link(
        glyph("receipt-text", 22),
        rx.Var.create("/runs/") + var(shop.id) + "/receipts",
        class_name="icon-btn",
        aria_label=t("run.receipts"),
        title=t("run.receipts"),
    )


def _href() -> rx.Var[str]:
    return rx.Var.create("/runs/") + var(shop.id)


def _bought() -> Any:
    return call(LIST, "boughtCount", int, shop.items)


def _absent() -> Any:
    return rx.Var.create(absent()).to(list).length()


def _left() -> Any:
    return rx.Var.create(to_buy()).to(list).length()


def _when() -> rx.Var[str]:
    """Whether shopping is to come, goes on, or is over."""
    phase = var(shop.phase)
    return rx.cond(phase == "shopping", "now", rx.cond(rx.Var.create(BEFORE).contains(phase), "before", "after"))


def _leader() -> rx.Var[str]:
    return var(shop.names, dict[str, str])[var(shop.leader_id)].to(str)


def _where_it_stands() -> rx.Component:
    """Saved or not while buying; otherwise the phase, so that its change is seen far down the list as well."""
    saved = _Saved.create(
        saved=t("shopping.saved"),
        saving=t("shopping.saving"),
        class_name="flex-none",
    )
    other = rx.cond(known(shop.id) & (_when() != "now"), phase_chip(var(shop.phase)), rx.fragment())
    return rx.el.div(rx.cond(may_buy(), saved, other), class_name="flex-none")


def _list() -> rx.Component:
    return rx.fragment(
        rx.el.div(_word(), role="status"),
        rx.cond(
            _left() > 0,
            _section("to_buy", rx.foreach(to_buy(), once_per_row(row_to_buy)), hidden=True),
            _all_done(),
        ),
        rx.cond(_absent() > 0, _section("not_there", rx.foreach(absent(), once_per_row(absent_row))), rx.fragment()),
        rx.cond(
            count_of(shop.lines) > 0,
            _section("bought", rx.foreach(receipt(), once_per_row(bought_row))),
            rx.fragment(),
        ),
        rx.cond(may_buy(), _add(), rx.fragment()),
        card(without_network(shop.id), title=t("offline.title"), class_name="mt-6"),
        _ShelfSheet.create(may_buy=may_buy(), may_correct=may_mend()),
        listing_sheet(),
    )


def _word() -> rx.Component | rx.Var[Any]:
    """Why nothing can be bought here, when that is so."""
    in_phase = t(rx.Var.create("phase.") + var(shop.phase))
    mend = rx.cond(leads(), t("shopping.mend_lead"), t("shopping.mend"))
    return rx.match(
        _when(),
        ("before", _told(t("shopping.before"))),
        ("after", _told(rx.cond(may_mend(), mend, t("shopping.after", phase=in_phase)))),
        rx.cond(may_buy(), rx.fragment(), _told(t("shopping.look_along", leader=_leader()))),
    )


def _told(words: rx.Var[str]) -> rx.Component:
    back = link_button(t("shopping.back"), _href(), small=True, class_name="mt-2 mb-4")
    return rx.fragment(notice(words), back)


def _section(name: str, rows: rx.Component, *, hidden: bool = False) -> rx.Component:
    heading = "sr-only" if hidden else "text-muted mt-5 mb-2 px-1"
    return rx.fragment(
        rx.el.h2(t(f"shopping.{name}"), class_name=heading),
        card(rx.el.ul(rows), padded=False, class_name="overflow-hidden"),
    )


def _all_done() -> rx.Component:
    none = empty_state(t("shopping.no_list"), t("shopping.no_list_detail"), icon="shopping-basket")
    done = card(
        empty_state(
            t("shopping.all_done"),
            rx.cond(leads(), t("shopping.you_finish"), t("shopping.leader_finishes", leader=_leader())),
            icon="circle-check-big",
            action=link_button(rx.cond(leads(), t("shopping.to_finish"), t("shopping.back")), _href(), look="primary"),
        ),
        padded=False,
    )
    return rx.cond(count_of(shop.items) == 0, none, rx.cond(_when() == "now", done, rx.fragment()))


def _add() -> rx.Component:
    return rx.el.div(
        combobox(
            t("shopping.add"),
            ListingState.found,
            field_id="add-product",
            placeholder=t("shopping.add_hint"),
            on_change=ListingState.find,
            on_select=ListingState.choose,
            on_create=ListingState.create,
            create=t("shopping.create", text="{text}"),
        ),
        class_name="mt-6 pb-40",
    )
