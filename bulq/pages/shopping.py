"""The list at the shop: one hand, bad light, bad signal."""

from __future__ import annotations

from typing import Any

import reflex as rx

from bulq.components.buttons import glyph, link, link_button
from bulq.components.combobox import combobox
from bulq.components.frame import page_title
from bulq.components.phases import phase_chip
from bulq.components.surfaces import card, empty_state, notice, progress, skeleton_rows
from bulq.components.texts import t
from bulq.components.till import saved_chip
from bulq.pages.layout import missing, page_frame
from bulq.pages.shopping_rows import absent_row, bought_row, row_to_buy
from bulq.pages.shopping_sheets import buying_sheet, listing_sheet
from bulq.state.buying import BuyingState
from bulq.state.listing import ListingState
from bulq.state.shopping import ShoppingState as S


def shopping_page() -> rx.Component:
    page = rx.cond(S.missing, missing(), rx.fragment(_bar(), rx.cond(S.loaded, _list(), card(skeleton_rows(4)))))
    return page_frame(
        # A sheet that was left open is closed with the page, but not by a lost connection.
        rx.el.div(page, on_unmount=[BuyingState.close, ListingState.close]),
        title=None,
        narrow=True,
        on_undo=BuyingState.redo,
        on_wake=S.open,
    )


def _bar() -> rx.Component:
    """Stays in sight in place of the header, which scrolls away: a phone has no room for both."""
    counted = t("list.counted", bought=S.bought_count, count=S.count)
    gone = S.absent_count
    return rx.el.div(
        page_title(t("shopping.title", run=S.title)),
        rx.el.div(
            link(
                glyph("arrow-left", 22),
                S.href,
                class_name="icon-btn",
                aria_label=t("shopping.back"),
                title=t("shopping.back"),
            ),
            rx.el.div(
                rx.el.h1(rx.cond(S.loaded, S.title, t("kit.loading")), class_name="text-[17px] line-clamp-2"),
                rx.el.p(
                    counted,
                    rx.cond(gone > 0, rx.fragment(" · ", t("list.gone", count=gone)), rx.fragment()),
                    " · ",
                    rx.el.span(S.spent, class_name="whitespace-nowrap"),
                    hidden=S.count == 0,
                    class_name="num text-[14px] text-muted",
                ),
                class_name="flex-1 min-w-0",
            ),
            _where_it_stands(),
            class_name="flex items-center gap-1 pl-1 pr-3 py-2",
        ),
        progress(counted, S.count - S.left, rx.cond(S.count > 0, S.count, 1)),
        class_name=(
            "[body:has(&)_.bar]:static sticky top-0 z-30 bg-surface border-b border-line -mx-[14px] -mt-[14px] mb-4 "
            "wide:mx-0 wide:mt-0 wide:border wide:rounded-card overflow-hidden"
        ),
    )


def _where_it_stands() -> rx.Component:
    """Saved or not while buying; otherwise the phase, so that its change is seen far down the list as well."""
    saved = saved_chip(S.answered + BuyingState.answered + ListingState.answered)
    other = rx.cond(S.loaded & (S.when != "now"), phase_chip(S.phase), rx.fragment())
    return rx.el.div(rx.cond(S.may_buy, saved, other), class_name="flex-none")


def _list() -> rx.Component:
    return rx.fragment(
        rx.el.div(_word(), role="status"),
        rx.cond(S.left > 0, _section("to_buy", rx.foreach(S.goods, row_to_buy), hidden=True), _all_done()),
        _more(S.further, "shopping.further"),
        rx.cond(
            S.absent_count > 0,
            _section("not_there", rx.foreach(S.goods, absent_row)),
            rx.fragment(),
        ),
        rx.cond(
            S.bought_count > 0,
            _section("bought", rx.foreach(S.receipt, bought_row)),
            rx.fragment(),
        ),
        _more(S.earlier, "shopping.earlier"),
        rx.cond(S.may_buy, _add(), rx.fragment()),
        buying_sheet(),
        listing_sheet(),
    )


def _more(hidden: int, key: str) -> rx.Component:
    """What a very long list leaves out until there is room."""
    count = rx.Var.create(hidden).to(int)
    return rx.cond(count > 0, rx.el.p(t(key, count=count), class_name="text-muted px-4 py-3"), rx.fragment())


def _word() -> rx.Component | rx.Var[Any]:
    """Why nothing can be bought here, when that is so."""
    in_phase = t(rx.Var.create("phase.") + S.phase)
    mend = rx.cond(S.leads, t("shopping.mend_lead"), t("shopping.mend"))
    return rx.match(
        S.when,
        ("before", _told(t("shopping.before"))),
        ("after", _told(rx.cond(S.may_mend, mend, t("shopping.after", phase=in_phase)))),
        rx.cond(S.may_buy, rx.fragment(), _told(t("shopping.look_along", leader=S.leader))),
    )


def _told(words: rx.Var[str]) -> rx.Component:
    back = link_button(t("shopping.back"), S.href, small=True, class_name="mt-2 mb-4")
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
            rx.cond(S.leads, t("shopping.you_finish"), t("shopping.leader_finishes", leader=S.leader)),
            icon="circle-check-big",
            action=link_button(rx.cond(S.leads, t("shopping.to_finish"), t("shopping.back")), S.href, look="primary"),
        ),
        padded=False,
    )
    return rx.cond(S.count == 0, none, rx.cond(S.when == "now", done, rx.fragment()))


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
