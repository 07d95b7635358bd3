"""Where a store is and when it is open; admins say so."""

from __future__ import annotations

import reflex as rx

from bulq.components import format
from bulq.components.buttons import button, glyph
from bulq.components.facts import call, known, var
from bulq.components.operation_forms import form_choice, form_field, operation_form
from bulq.components.operations import in_turn, local, set_local, told
from bulq.components.overlays import dialog
from bulq.components.surfaces import card, chip
from bulq.components.texts import Text, t
from bulq.domain.opening_hours import DAYS
from bulq.i18n import time_zones
from bulq.pages.store.facts import HOURS_FIELD, DayRow, hours_known, me, store, today, week
from bulq.services.stores import edit_store_details

EDITING = "store.editing"
ZONES = [("", "–"), *((zone, zone.replace("_", " ")) for zone in time_zones())]


def about() -> rx.Component:
    edit = button(t("store.edit"), look="plain", small=True, on_click=set_local(EDITING, True))
    return card(
        rx.cond(known(store.address), rx.el.p(store.address, class_name="break-words"), rx.fragment()),
        rx.cond(hours_known(), _hours(), rx.fragment()),
        rx.cond(
            known(store.address) | hours_known(),
            rx.fragment(),
            rx.el.p(t("store.unknown"), class_name="text-muted"),
        ),
        rx.cond(
            var(store.verified, bool), rx.el.div(chip(t("store.verified"), "good"), class_name="mt-2"), rx.fragment()
        ),
        title=t("store.about"),
        action=rx.cond(var(me.is_admin, bool), edit, rx.fragment()),
    )


def _hours() -> rx.Component:
    """Today's at a glance, the week's for who opens it."""
    now = rx.foreach(today(), lambda day: rx.el.b(_spans(day), class_name="num"))
    return rx.el.details(
        rx.el.summary(
            rx.el.span(t("store.today"), " ", now),
            rx.el.span(glyph("chevron-down"), class_name="text-muted"),
            class_name="min-h-11 flex items-center justify-between gap-2",
        ),
        rx.el.dl(rx.foreach(week(), _day), class_name="grid grid-cols-[auto_1fr] gap-x-4 gap-y-1 num"),
    )


def _day(day: DayRow) -> rx.Component:
    look = rx.cond(day.today, "font-semibold", "text-muted")
    name = t(rx.Var.create("store.") + var(day.id))
    return rx.fragment(rx.el.dt(name, class_name=look), rx.el.dd(_spans(day), class_name=look))


def _spans(day: DayRow) -> rx.Var[str]:
    return rx.cond(var(day.spans, list[int]).length() > 0, format.spans(day.spans), t("store.closed"))


def edit_dialog() -> rx.Component:
    closed = t("store.closed")
    form = operation_form(
        edit_store_details,
        form_field(t("store.chain"), "chain", start=store.chain, optional=True, max_length=100),
        form_field(t("store.address"), "address", start=store.address, optional=True, max_length=200),
        rx.el.fieldset(
            rx.el.legend(t("store.hours"), class_name="field-label"),
            rx.el.p(t("store.hours_hint"), class_name="field-hint mb-2"),
            rx.el.div(
                *(_typed(day, n, closed) for n, day in enumerate(DAYS)), class_name="grid gap-3 wide:grid-cols-2"
            ),
        ),
        form_choice(
            t("home.time_zone"),
            "time_zone",
            rx.Var.create(ZONES).to(list[tuple[str, str]]),
            start=store.time_zone,
            hint=t("store.zone_hint"),
        ),
        fields={
            "chain": {"kind": "text"},
            "address": {"kind": "text"},
            "hours": {"kind": "hours", "closed": closed},
            "time_zone": {"kind": "text"},
        },
        given={"store_id": store.id},
        send=t("store.save"),
        on_done=in_turn(set_local(EDITING, False), told(t("store.saved"))),
        back=t("home.not_now"),
        on_back=set_local(EDITING, False),
    )
    return dialog(
        t("store.edit_title"),
        form,
        open=local(EDITING, False, bool),
        on_close=set_local(EDITING, False),
        wide=True,
    )


def _typed(day: str, n: int, closed: Text) -> rx.Component:
    start = call(HOURS_FIELD, "typedHours", str, store.hours, n, closed)
    return form_field(t(f"store.{day}"), day, start=start, auto_complete="off")
