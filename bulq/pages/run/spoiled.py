"""Spoiled goods on the page of a run: reporting one's own, answering for others', crediting."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import reflex as rx

from bulq.components.buttons import button
from bulq.components.facts import Looking, call, known, live_var, var
from bulq.components.lists import size
from bulq.components.operation_forms import form_area, form_choice, form_field, operation_form
from bulq.components.operations import handler, local, set_local
from bulq.components.overlays import dialog, dialog_actions
from bulq.components.photos import Photo, large_photo, paper, photo_link, photo_upload, thumbnail
from bulq.components.surfaces import card
from bulq.components.texts import t
from bulq.pages.person import me
from bulq.queries.spoilage import SpoiledView
from bulq.services import spoilage

SPOILED = "$/public/run/spoiled.js"
OPEN = "run.spoiled"  # the item that the open dialog begins with, or "any"
CLOSE = set_local(OPEN, "")
PHOTO = "run.spoiled_photo"  # the id of the photo that is shown large

facts = live_var(SpoiledView, "spoiled")


@dataclass(frozen=True)
class AskedRow:
    id: str
    product: str


@dataclass(frozen=True)
class ReportRow:
    """A report with its words, as assets/run/spoiled.js makes it."""

    id: str
    quantity: int
    called: str
    note: str
    photo: Photo
    state: str
    about: str
    decidable: bool


def spoiled_goods() -> rx.Component:
    """Shown once goods are handed out, where there is anything to report or to read."""
    mine = call(SPOILED, "mine", list[list[str]], facts.items, facts.reports, me.id)
    asked = call(SPOILED, "asked", list[AskedRow], facts.items, facts.reports, me.id)
    about = facts.items, facts.reports, me.id, facts.leader_id, facts.phase, facts.currency, facts.id
    rows = call(SPOILED, "rows", list[ReportRow], *about)
    report = button(t("spoiled.report"), small=True, icon="circle-alert", on_click=set_local(OPEN, "any"))
    shown = card(
        rx.foreach(asked, _asked),
        rx.foreach(rows, _report),
        rx.cond(size(rows) == 0, rx.el.p(t("spoiled.hint"), class_name="text-muted text-[13px]"), rx.fragment()),
        rx.cond(size(mine) > 0, rx.el.div(report, class_name="mt-3"), rx.fragment()),
        title=t("spoiled.title"),
    )
    return rx.fragment(
        Looking.create(view="spoiled", address="runs/{run_id}/spoiled"),
        rx.cond((size(mine) > 0) | (size(rows) > 0), shown, rx.fragment()),
        _dialog(mine),
        _large(rows),
    )


def _asked(each: AskedRow) -> rx.Component:
    yes = button(
        t("spoiled.mine_too"),
        small=True,
        name=t("spoiled.mine_too_of", product=each.product),
        on_click=set_local(OPEN, each.id),
    )
    fine = button(
        t("spoiled.fine"),
        look="primary",
        small=True,
        name=t("spoiled.fine_of", product=each.product),
        on_click=handler(SPOILED, "fine", facts.id, each.id),
    )
    return rx.el.div(
        rx.el.p(t("spoiled.asked", product=each.product), class_name="font-semibold"),
        rx.el.div(yes, fine, class_name="flex flex-wrap gap-2 mt-2"),
        key=each.id,
        data_asked=each.product,
        class_name="receipt-part",
    )


def _report(row: ReportRow) -> rx.Component:
    def from_(credit: str, words: Any) -> rx.Component:
        return button(
            words,
            small=True,
            name=t("spoiled.choose", choice=words, about=row.about),
            on_click=handler(SPOILED, "credit", facts.id, row.id, row.quantity, credit),
        )

    choices = rx.el.div(
        from_("refund", t("spoiled.from_refund")),
        from_("everybody", t("spoiled.from_everybody")),
        from_("none", t("spoiled.from_none")),
        class_name="flex flex-wrap gap-2 mt-2",
    )
    return rx.el.div(
        rx.el.p(rx.el.bdi(row.called), class_name="font-semibold break-words"),
        rx.el.p(row.note, class_name="whitespace-pre-line break-words"),
        rx.cond(known(row.photo.id), _photo(row.photo), rx.fragment()),
        rx.el.p(row.state, class_name="text-muted text-[13px]"),
        rx.cond(row.decidable, choices, rx.fragment()),
        key=row.id,
        data_spoiled=row.called,
        class_name="receipt-part",
    )


def _photo(photo: Photo) -> rx.Component:
    picture = thumbnail(photo.thumbnail, photo.opens, set_local(PHOTO, photo.id))
    pdf = paper(t("spoiled.pdf"), photo.opens, photo.url)
    return rx.el.div(rx.cond(photo.is_pdf, pdf, picture), class_name="my-2")


def _large(rows: Any) -> rx.Component:
    shown: Any = call(SPOILED, "photo", Photo, rows, local(PHOTO, ""))
    opened = known(shown.id)
    actions = dialog_actions(photo_link(shown.url))
    return dialog(
        t("spoiled.photo_title"), large_photo(shown), actions, open=opened, on_close=set_local(PHOTO, ""), wide=True
    )


def _dialog(mine: Any) -> rx.Component:
    chosen: Any = local(OPEN, "")
    start = rx.cond(chosen == "any", "", chosen)
    form = operation_form(
        spoilage.report_spoiled,
        form_choice(t("spoiled.which"), "item_id", mine, start=start),
        form_field(t("spoiled.how_much"), "quantity", hint=t("spoiled.how_much_hint"), input_mode="decimal"),
        form_area(t("spoiled.words"), "note", max_length=500, rows=2),
        photo_upload(facts.id, t("receipts.add_photo"), field="attachment_id"),
        fields={
            "item_id": {"kind": "choice"},
            "quantity": {"kind": "quantity", "step": 1, "unit": "kg"},
            "note": {"kind": "text"},
            "attachment_id": {"kind": "photo", "optional": True},
        },
        given={"run_id": facts.id},
        send=t("spoiled.report"),
        back=t("lead.back"),
        on_back=CLOSE,
        on_done=CLOSE,
    )
    fresh = rx.el.div(form, key=chosen)
    return dialog(t("spoiled.report"), fresh, open=known(chosen) & (var(facts.phase) != ""), on_close=CLOSE)
