"""Home: what needs me now, then my groups as cards."""

from __future__ import annotations

from typing import Any

import reflex as rx

from bulq.components.buttons import Look, button, glyph, link
from bulq.components.overlays import form_dialog
from bulq.components.phases import phase_chip
from bulq.components.surfaces import alert, card, empty_state, skeleton_rows
from bulq.components.texts import t
from bulq.pages.group_fields import currency_field, name_field, zone_field
from bulq.pages.layout import page_frame
from bulq.state.home import GroupRow, HomeState, NeedRow, RunRow

S = HomeState
# Where this browser is: the time zone the dialog begins with.
BROWSERS_ZONE = rx.Var("Intl.DateTimeFormat().resolvedOptions().timeZone", _var_type=str)
ICONS = (
    ("bid", "list-plus"),
    ("ready", "circle-check"),
    ("start", "shopping-cart"),
    ("shop", "shopping-cart"),
    ("adjust", "scale"),
    ("hand_out", "package-open"),
)


def home_page() -> rx.Component:
    return page_frame(
        rx.cond(S.ready, rx.cond(S.groups, _content(), _empty()), card(skeleton_rows(3), padded=False)),
        _new_group(),
        title=t("home.title"),
        # Without a group this is what to do next, and stands where the eye is.
        actions=rx.cond(
            S.ready & (count(S.groups) == "0"),
            rx.fragment(),
            rx.el.div(_scan(), _new_group_button("ghost"), class_name="flex gap-2"),
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
    return items.length().to_string()


def _empty() -> rx.Component:
    return card(empty_state(t("home.empty"), t("home.empty_detail"), icon="users", action=_new_group_button("primary")))


def _new_group_button(look: Look) -> rx.Component:
    icon = "plus" if look == "ghost" else None
    return button(t("home.new_group"), icon=icon, on_click=S.ask(BROWSERS_ZONE), look=look)


def _content() -> rx.Component:
    return rx.fragment(
        rx.cond(S.needs, _needs(), rx.fragment()),
        rx.el.h2(t("home.groups"), class_name="mb-3"),
        rx.el.ul(
            rx.foreach(S.groups, _group),
            class_name="grid gap-4 wide:grid-cols-2 items-start",
        ),
    )


def _needs() -> rx.Component:
    return card(
        rx.el.ul(rx.foreach(S.needs, _need)),
        title=t("home.needs"),
        note=count(S.needs),
        padded=False,
        class_name="mb-7",
    )


def _need(need: NeedRow) -> rx.Component:
    icon = rx.match(need.kind, *[(kind, glyph(name, 20)) for kind, name in ICONS], glyph("package-check", 20))
    return rx.el.li(
        link(
            rx.fragment(
                rx.el.span(
                    icon, class_name="grid place-items-center size-10 rounded-full bg-brand-soft text-brand-text"
                ),
                rx.el.span(
                    rx.el.b(t(rx.Var.create("home.need_") + need.kind), class_name="block"),
                    rx.el.span(_when(need.run), " · ", need.group, class_name="block text-muted text-[13.5px]"),
                    class_name="min-w-0 flex-1",
                ),
                rx.el.span(glyph("chevron-right", 20), class_name="text-faint flex-none"),
            ),
            need.href,
            class_name="flex items-center gap-3 px-4 py-3 hover:bg-sunken",
        ),
        key=need.run.id,
        class_name="border-b border-line last:border-0 overflow-hidden last:rounded-b-card",
    )


def _when(run: RunRow) -> rx.Component:
    """What tells runs apart: the store and the day."""
    return rx.fragment(run.store, rx.cond(run.day != "", ", " + run.day, ""))


def _group(group: GroupRow) -> rx.Component:
    figures = rx.fragment(
        t("home.members", count=group.members),
        rx.cond(group.done > 0, rx.fragment(" · ", t("home.done", count=group.done)), rx.fragment()),
    )
    return rx.el.li(
        rx.el.article(
            rx.el.header(
                rx.el.h3(link(group.name, group.href, class_name="hover:underline"), class_name="text-[17px]"),
                rx.el.p(figures, class_name="text-muted text-[13.5px] num"),
                class_name="px-4 py-3 border-b border-line",
            ),
            rx.cond(
                group.runs,
                rx.el.ul(rx.foreach(group.runs, run_item)),
                rx.el.p(t("home.no_runs"), class_name="p-4 text-muted"),
            ),
            rx.cond(
                group.more > 0,
                rx.el.p(
                    link(t("home.more_runs", count=group.more), group.href),
                    class_name="px-4 py-3 border-t border-line",
                ),
                rx.fragment(),
            ),
            class_name="card overflow-hidden",
        ),
        key=group.id,
        class_name="min-w-0",
    )


def run_item(run: RunRow, *more: rx.Component) -> rx.Component:
    """A run in a list: all of it is the link. `more` follows its day and leader."""
    return rx.el.li(
        link(
            rx.fragment(
                rx.el.span(
                    rx.el.b(run.store, class_name="block"),
                    rx.el.span(
                        rx.cond(run.day != "", run.day, t("home.no_day")),
                        " · ",
                        t("home.led_by", name=run.leader),
                        *more,
                        class_name="block text-muted text-[13.5px]",
                    ),
                    class_name="min-w-0 flex-1",
                ),
                rx.el.span(phase_chip(run.phase), class_name="flex-none"),
            ),
            run.href,
            class_name="flex items-center gap-3 px-4 py-3 hover:bg-sunken",
        ),
        key=run.id,
        class_name="border-b border-line last:border-0",
    )


def _new_group() -> rx.Component:
    return form_dialog(
        t("home.new_group"),
        alert(S.alert),
        name_field(S),
        currency_field(S, hint=t("home.currency_hint")),
        zone_field(S),
        send=t("home.create_group"),
        back=t("home.not_now"),
        open=S.asking,
        on_submit=S.create,
        on_close=S.close,
        sheet=True,
    )
