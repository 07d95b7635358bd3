"""A store: goods with their newest prices, my open runs, where it is and when it is open."""

from __future__ import annotations

import reflex as rx

from bulq.components.buttons import button, glyph, link, link_button
from bulq.components.fields import select_field, text_field
from bulq.components.overlays import form_dialog
from bulq.components.phases import phase_chip
from bulq.components.surfaces import alert, card, chip, empty_state, pager, skeleton_rows
from bulq.components.texts import Text, t
from bulq.components.times import time_ago
from bulq.domain.opening_hours import DAYS
from bulq.pages.layout import missing_or_moved, page_frame
from bulq.state.store import ZONES, DayRow, SoldRow, StoreRunRow, StoreState

S = StoreState


def store_page() -> rx.Component:
    return rx.cond(
        S.missing,
        page_frame(
            missing_or_moved(S.moved_to, S.name),
            title=rx.cond(S.moved_to != "", t("missing.merged"), t("missing.page_title")),
        ),
        page_frame(
            rx.cond(S.ready, _content(), card(skeleton_rows(4), padded=False)),
            _edit(),
            title=rx.cond(S.name != "", S.name, t("store.title")),
            crumb=[(t("home.title"), "/")],
            beside=rx.cond(S.chain != "", rx.el.span(S.chain, class_name="text-muted"), rx.fragment()),
            actions=rx.el.div(
                link_button(t("price_list.link"), S.list_href, icon="upload"),
                link_button(t("barcode.scan"), "/scan", icon="scan-barcode"),
                class_name="flex flex-wrap gap-2",
            ),
            on_wake=S.catch_up,
        ),
    )


def _content() -> rx.Component:
    return rx.el.div(
        _goods(),
        rx.el.aside(rx.cond(S.runs, _runs(), rx.fragment()), _about()),
        class_name="cols",
    )


def _goods() -> rx.Component:
    search = text_field(
        t("store.search"),
        name="search-goods",
        type="search",
        value=S.typed,
        on_change=S.find,
        placeholder=t("store.search_hint"),
        hide_label=True,
        auto_complete="off",
    )
    nothing = rx.cond(
        S.typed != "",
        empty_state(t("store.not_found"), t("store.not_found_detail"), icon="search-x"),
        empty_state(t("store.empty"), t("store.empty_detail"), icon="tag"),
    )
    return card(
        rx.cond(
            (S.count > 0) | (S.typed != ""), rx.el.div(search, class_name="p-4 border-b border-line"), rx.fragment()
        ),
        rx.cond(S.products, rx.el.ul(rx.foreach(S.products, _sold)), nothing),
        pager(S.page, S.pages, on_page=S.turn),
        title=t("store.goods"),
        note=rx.cond(S.count > 0, t("store.count", count=S.count), ""),
        padded=False,
        class_name="min-w-0",
    )


def _sold(row: SoldRow) -> rx.Component:
    return rx.el.li(
        link(
            rx.fragment(
                rx.el.span(
                    rx.el.b(row.name, class_name="break-words"),
                    rx.cond(row.brand != "", rx.el.span(" ", row.brand, class_name="text-muted"), rx.fragment()),
                    class_name="min-w-0 flex-1",
                ),
                rx.el.span(
                    rx.foreach(row.prices, lambda price: rx.el.b(price, class_name="block whitespace-nowrap")),
                    time_ago(row.seen_at, class_name="text-muted text-[13px]"),
                    class_name="flex-none text-right num",
                ),
            ),
            row.href,
            class_name="flex items-center gap-3 px-4 py-2.5 min-h-14 hover:bg-sunken",
        ),
        key=row.id,
        data_product=row.name,
        class_name="border-b border-line last:border-0",
    )


def _runs() -> rx.Component:
    return card(rx.el.ul(rx.foreach(S.runs, _run)), title=t("store.runs"), padded=False, class_name="overflow-hidden")


def _run(row: StoreRunRow) -> rx.Component:
    return rx.el.li(
        link(
            rx.fragment(
                rx.el.span(
                    rx.el.b(row.group, class_name="block break-words"),
                    rx.el.span(
                        rx.cond(row.run.day != "", row.run.day, t("home.no_day")),
                        " · ",
                        t("home.led_by", name=row.run.leader),
                        class_name="block text-muted text-[13.5px]",
                    ),
                    class_name="min-w-0 flex-1",
                ),
                phase_chip(row.run.phase),
            ),
            row.run.href,
            class_name="flex items-center gap-3 px-4 py-3 hover:bg-sunken",
        ),
        key=row.run.id,
        class_name="border-b border-line last:border-0",
    )


def _about() -> rx.Component:
    unknown = rx.el.p(t("store.unknown"), class_name="text-muted")
    return card(
        rx.cond(S.address != "", rx.el.p(S.address, class_name="break-words"), rx.fragment()),
        rx.cond(S.today != "", _hours(), rx.fragment()),
        rx.cond((S.address == "") & (S.today == ""), unknown, rx.fragment()),
        rx.cond(S.verified, rx.el.div(chip(t("store.verified"), "good"), class_name="mt-2"), rx.fragment()),
        title=t("store.about"),
        action=rx.cond(S.is_admin, button(t("store.edit"), look="plain", small=True, on_click=S.edit), rx.fragment()),
    )


def _hours() -> rx.Component:
    """Today's at a glance, the week's for who opens it."""
    return rx.el.details(
        rx.el.summary(
            rx.el.span(t("store.today"), " ", rx.el.b(S.today, class_name="num")),
            rx.el.span(glyph("chevron-down"), class_name="text-muted"),
            class_name="min-h-11 flex items-center justify-between gap-2",
        ),
        rx.el.dl(rx.foreach(S.week, _day), class_name="grid grid-cols-[auto_1fr] gap-x-4 gap-y-1 num"),
    )


def _day(day: DayRow) -> rx.Component:
    look = rx.cond(day.is_today, "font-semibold", "text-muted")
    return rx.fragment(rx.el.dt(day.name, class_name=look), rx.el.dd(day.hours, class_name=look))


def _edit() -> rx.Component:
    return form_dialog(
        t("store.edit_title"),
        alert(S.alert),
        text_field(
            t("store.chain"),
            name="chain",
            value=S.chain_typed,
            on_change=S.set_chain,
            error=S.errors["chain"],
            optional=True,
            max_length=100,
        ),
        text_field(
            t("store.address"),
            name="address",
            value=S.address_typed,
            on_change=S.set_address,
            error=S.errors["address"],
            optional=True,
            max_length=200,
        ),
        rx.el.fieldset(
            rx.el.legend(t("store.hours"), class_name="field-label"),
            rx.el.p(t("store.hours_hint"), class_name="field-hint mb-2"),
            rx.el.div(*(_hours_of(day) for day in DAYS), class_name="grid gap-3 wide:grid-cols-2"),
        ),
        select_field(
            t("home.time_zone"),
            rx.Var.create(ZONES).to(list[tuple[str, str]]),
            name="store-zone",
            value=S.zone,
            on_change=S.set_zone,
            hint=t("store.zone_hint"),
            error=S.errors["time_zone"],
        ),
        send=t("store.save"),
        back=t("home.not_now"),
        on_submit=S.save,
        open=S.editing,
        on_close=S.close,
        wide=True,
        sheet=True,
    )


def _hours_of(day: str) -> rx.Component:
    name: Text = t(f"store.{day}")
    return text_field(
        name,
        name=f"hours-{day}",
        value=rx.Var.create(S.hours_typed[day]).to(str),
        on_change=lambda typed: S.set_hours(day, typed),
        error=S.errors[day],
        auto_complete="off",
    )
