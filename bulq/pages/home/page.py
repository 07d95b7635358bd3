"""Home: what needs me now, then my groups as cards."""

from __future__ import annotations

from typing import Any

import reflex as rx

from bulq.components import format
from bulq.components.buttons import Look, button, glyph, link
from bulq.components.facts import Looking, count_of, listed, live_var, once_per_row, state_of
from bulq.components.operation_forms import operation_form
from bulq.components.operations import PageLocals, given, handler, local, set_local
from bulq.components.overlays import dialog
from bulq.components.phases import phase_chip
from bulq.components.surfaces import card, empty_state, skeleton_rows
from bulq.components.texts import t
from bulq.components.times import time_ago
from bulq.pages.group.fields import name_field, place_fields
from bulq.pages.layout import page_frame
from bulq.queries.groups import GroupCard, HomeView, Need, RunLine
from bulq.queries.money_needs import MoneyNeed
from bulq.services.groups import create_group

home = live_var(HomeView, "home")
WAYS = "$/public/group/ways.js"
ASKING = "home.asking"
ICONS = (
    ("bid", "list-plus"),
    ("ready", "circle-check"),
    ("start", "shopping-cart"),
    ("shop", "shopping-cart"),
    ("adjust", "scale"),
    ("hand_out", "package-open"),
)


def home_page() -> rx.Component:
    known = rx.Var.create(["kept", "live"]).contains(state_of("home"))  # no groups are an answer, too
    is_empty = known & (count_of(home.groups) == 0)
    return page_frame(
        Looking.create(view="home", address="home"),
        rx.cond(known, rx.cond(is_empty, _empty(), _content()), card(skeleton_rows(3), padded=False)),
        _new_group(),
        title=t("home.title"),
        # Without a group this is what to do next, and stands where the eye is.
        actions=rx.cond(
            is_empty, rx.fragment(), rx.el.div(_scan(), _new_group_button("ghost"), class_name="flex gap-2")
        ),
    )


def _scan() -> rx.Component:
    """On a phone the icon alone, so that both stay in one line."""
    return link(
        rx.fragment(glyph("scan-barcode"), rx.el.span(t("barcode.scan"), class_name="max-wide:sr-only")),
        "/scan",
        class_name="btn btn-ghost max-wide:px-3",
        title=t("barcode.scan"),
    )


def count(items: Any) -> rx.Var[str]:
    """How many there are of a list var, as a text."""
    return rx.Var.create(items).to(list).length().to_string()


def _empty() -> rx.Component:
    return card(empty_state(t("home.empty"), t("home.empty_detail"), icon="users", action=_new_group_button("primary")))


def _new_group_button(look: Look) -> rx.Component:
    icon = "plus" if look == "ghost" else None
    return button(t("home.new_group"), icon=icon, on_click=set_local(ASKING, "group"), look=look)


def _content() -> rx.Component:
    return rx.fragment(
        rx.cond(_how_many(home.needs) + _how_many(home.payments) > 0, _needs(), rx.fragment()),
        rx.el.h2(t("home.groups"), class_name="mb-3"),
        rx.el.ul(
            rx.foreach(listed(home.groups), once_per_row(_group)),
            class_name="grid gap-4 wide:grid-cols-2 items-start",
        ),
    )


def _how_many(items: Any) -> Any:
    return rx.Var.create(items).to(list).length()


def _needs() -> rx.Component:
    return card(
        rx.el.ul(
            rx.foreach(home.payments, once_per_row(_payment)),
            rx.foreach(home.needs, once_per_row(_need)),
        ),
        title=t("home.needs"),
        note=(_how_many(home.needs) + _how_many(home.payments)).to_string(),
        padded=False,
        class_name="mb-7",
    )


def _need(need: Need) -> rx.Component:
    icon = rx.match(need.kind, *[(kind, glyph(name, 20)) for kind, name in ICONS], glyph("package-check", 20))
    href = run_href(need.run)
    return _waiting(
        icon,
        t(rx.Var.create("home.need_") + need.kind),
        rx.fragment(format.store_and_day(need.run.store, need.run.shopping_day), " · ", need.group),
        rx.cond(rx.Var.create(need.kind) == "shop", href + "/shopping", href),
    )


def _payment(need: MoneyNeed) -> rx.Component:
    words = t(
        rx.Var.create("home.need_") + need.kind,
        name=need.person,
        amount=format.money(need.amount, need.currency),
    )
    return _waiting(
        glyph("hand-coins", 20),
        words,
        rx.fragment(need.group, " · ", time_ago(rx.Var.create(need.since).to(str))),
        _money_href(need.group_id),
    )


def _money_href(group_id: Any) -> Any:
    return rx.Var.create("/groups/") + rx.Var.create(group_id).to(str) + "/money"


def _waiting(icon: Any, words: Any, place: rx.Component, href: Any) -> rx.Component:
    """Something that waits for the viewer: all of it is the link."""
    return rx.el.li(
        link(
            rx.fragment(
                rx.el.span(
                    icon,
                    class_name="grid place-items-center size-10 rounded-full bg-brand-soft text-brand-text flex-none",
                ),
                rx.el.span(
                    rx.el.b(words, class_name="block"),
                    rx.el.span(place, class_name="block text-muted text-[13.5px]"),
                    class_name="min-w-0 flex-1",
                ),
                rx.el.span(glyph("chevron-right", 20), class_name="text-faint flex-none"),
            ),
            href,
            class_name="flex items-center gap-3 px-4 py-3 hover:bg-sunken",
        ),
        class_name="border-b border-line last:border-0 overflow-hidden last:rounded-b-card",
    )


def run_href(run: RunLine) -> Any:
    return rx.Var.create("/runs/") + rx.Var.create(run.id).to(str)


def _group(group: GroupCard) -> rx.Component:
    href = rx.Var.create("/groups/") + rx.Var.create(group.id).to(str)
    runs = rx.Var.create(group.runs).to(list)
    more = rx.Var.create(group.open_runs).to(int) - runs.length()
    figures = rx.fragment(
        t("home.members", count=group.members),
        rx.cond(
            rx.Var.create(group.done_runs).to(int) > 0,
            rx.fragment(" · ", t("home.done", count=group.done_runs)),
            rx.fragment(),
        ),
    )
    return rx.el.li(
        rx.el.article(
            rx.el.header(
                rx.el.h3(link(group.name, href, class_name="hover:underline"), class_name="text-[17px]"),
                rx.el.p(figures, class_name="text-muted text-[13.5px] num"),
                _owed(group),
                class_name="px-4 py-3 border-b border-line",
            ),
            rx.cond(
                runs.length() > 0,
                rx.el.ul(rx.foreach(group.runs, lambda run: run_item(run))),
                rx.el.p(t("home.no_runs"), class_name="p-4 text-muted"),
            ),
            rx.cond(
                more > 0,
                rx.el.p(
                    link(t("home.more_runs", count=more), href),
                    class_name="px-4 py-3 border-t border-line",
                ),
                rx.fragment(),
            ),
            class_name="card overflow-hidden",
        ),
        class_name="min-w-0",
    )


def _owed(group: GroupCard) -> rx.Component:
    """What the viewer owes or is owed in the group, which leads to its money."""
    balance = rx.Var.create(group.balance).to(int)
    owes = t("home.you_owe", amount=format.money(-balance, group.currency))
    is_owed = t("home.you_are_owed", amount=format.money(balance, group.currency))
    shown = link(
        rx.cond(balance < 0, owes, is_owed),
        _money_href(group.id),
        class_name="link num",
    )
    return rx.cond(balance == 0, rx.fragment(), rx.el.p(shown, class_name="text-[14px] mt-1"))


def run_item(run: RunLine, *more: rx.Component, beside: rx.Component | None = None) -> rx.Component:
    """A run in a list: all of it is the link. `more` follows its day and leader, `beside` stands over its phase."""
    day = rx.Var.create(run.shopping_day)
    return rx.el.li(
        link(
            rx.fragment(
                rx.el.span(
                    rx.el.b(run.store, class_name="block"),
                    rx.el.span(
                        rx.cond(day.bool(), format.day(day), t("home.no_day")),
                        " · ",
                        t("home.led_by", name=run.leader),
                        *more,
                        class_name="block text-muted text-[13.5px]",
                    ),
                    class_name="min-w-0 flex-1",
                ),
                rx.el.span(
                    beside if beside is not None else rx.fragment(),
                    phase_chip(rx.Var.create(run.phase).to(str)),
                    class_name="flex-none grid justify-items-end",
                ),
            ),
            run_href(run),
            class_name="flex items-center gap-3 px-4 py-3 hover:bg-sunken",
        ),
        class_name="border-b border-line last:border-0",
    )


def _from_elsewhere() -> rx.Component:
    return rx.el.p(link(t("moving.link"), "/import"), class_name="mt-4 text-[14px]")


def _new_group() -> rx.Component:
    close = set_local(ASKING, "")
    form = operation_form(
        create_group,
        name_field(),
        place_fields(currency_hint=t("home.currency_hint")),
        fields={"name": {"kind": "text"}, "currency": {"kind": "text"}, "time_zone": {"kind": "text"}},
        send=t("home.create_group"),
        back=t("home.not_now"),
        on_back=close,
        on_done=handler(WAYS, "toGroup", given(0, dict)),
    )
    return rx.fragment(
        PageLocals.create(prefix="home."),
        dialog(t("home.new_group"), form, _from_elsewhere(), open=local(ASKING, "") == "group", on_close=close),
    )
