"""Goods that come in cases: how full these are, up to how much one takes, and what the leader chooses for open ones."""

from __future__ import annotations

from typing import Any

import reflex as rx

from bulq.components import format
from bulq.components.buttons import button
from bulq.components.facts import Looking, listed
from bulq.components.fields import text_field
from bulq.components.lists import size
from bulq.components.operation_forms import form_field, operation_form
from bulq.components.operations import given, handler, local, set_local
from bulq.components.overlays import dialog, dialog_actions
from bulq.components.surfaces import notice, skeleton_rows
from bulq.components.texts import t
from bulq.pages.run.facts import ACTS, BIDDING, LEADING, Row, cases, dialog_is, known, me, rows_call, run, var
from bulq.queries.case_proposals import CaseEffect, CasePerson, CaseProposal
from bulq.queries.run_facts import RunProduct
from bulq.services import bids

FINDING = "$/public/run/finding.js"
CLOSE = handler(LEADING, "close")


def in_cases(row: Row) -> rx.Component:
    """How full the cases are and what is missing; during bidding also up to how much one takes."""
    begun, full, lacking = var(row.case_begun, int), var(row.case_full, int), var(row.case_missing, int)
    size_of = format.quantity(row.case_size, row.unit)
    missing = format.number(row.case_missing)
    said = rx.cond(
        begun == 0,
        t("run.cases_none", size=size_of),
        rx.cond(
            begun == full,
            t("run.cases_full", count=full, size=size_of),
            rx.cond(
                lacking > 0,
                t("run.cases_missing", count=begun, full=full, missing=missing),
                t("run.cases_filled", count=begun),
            ),
        ),
    )
    tone = rx.cond((begun > full) & (lacking > 0), "text-warn", "")
    shown = rx.el.span(rx.el.span(said, class_name=tone, data_case=True), rx.cond(BIDDING, _up_to(row), rx.fragment()))
    return rx.cond(var(row.case_size, int) > 0, shown, _up_to_anyway(row))


def _up_to_anyway(row: Row) -> rx.Component:
    """Somebody said so before the product could be had in any quantity: it can be taken back."""
    return rx.cond((var(row.up_to, int) > 0) & BIDDING, _up_to(row), rx.fragment())


def _up_to(row: Row) -> rx.Component:
    product = format.product(row.name, row.content)
    amount = format.quantity(row.up_to, row.unit)
    some = var(row.up_to, int) > 0
    control = button(
        rx.cond(some, t("run.up_to", quantity=amount), t("run.up_to_more")),
        look="plain",
        small=True,
        name=rx.cond(
            some, t("run.up_to_of", quantity=amount, product=product), t("run.up_to_more_of", product=product)
        ),
        on_click=handler(FINDING, "openUpTo", row.id),
        class_name="run-row-up-to",
    )
    return rx.cond(var(row.quantity, int) > 0, control, rx.fragment())


def cheaper(row: Row) -> rx.Component:
    """A few more with which all together costs no more: a tap takes them oneself."""
    more, less = var(row.cheaper_more, int), var(row.cheaper_less, int)
    amount = format.quantity(row.cheaper_more, row.unit)
    saved = format.money(row.cheaper_less, run.currency)
    words = rx.cond(
        more == 1000,
        rx.cond(less > 0, t("run.cheaper_single", less=saved), t("run.free_single")),
        rx.cond(less > 0, t("run.cheaper_some", quantity=amount, less=saved), t("run.free_some", quantity=amount)),
    )
    control = button(
        words,
        look="plain",
        small=True,
        on_click=handler(ACTS, "bidMore", run.id, row.id, row.cheaper_more),
        class_name="run-row-up-to",
    )
    return rx.cond(BIDDING & (more > 0), control, rx.fragment())


def up_to_dialog() -> rx.Component:
    """ "2, up to 4, for at most 5.00 more"."""
    product = var(run.products, dict[str, RunProduct])[local("run.product", "")]
    mine = (product, run.people, me.id)
    form = operation_form(
        bids.place_bid,
        rx.el.p(t("run.up_to_explained"), class_name="text-muted"),
        form_field(
            t("run.up_to_field"),
            "up_to",
            start=rows_call("upToOf", str, *mine),
            hint=t("run.up_to_hint"),
            input_mode="decimal",
            auto_complete="off",
            auto_focus=True,
        ),
        form_field(
            t("run.up_to_cap"),
            "up_to_cap",
            start=rows_call("capOf", str, *mine, run.currency),
            hint=t("run.up_to_cap_hint"),
            optional=True,
            input_mode="decimal",
            auto_complete="off",
        ),
        fields={
            "up_to": {"kind": "quantity", "step": product.step, "unit": product.unit, "optional": True, "empty": 0},
            "up_to_cap": {"kind": "money", "currency": run.currency, "optional": True},
        },
        given={
            "run_id": run.id,
            "product_id": local("run.product", ""),
            "quantity": rows_call("quantityOf", int, *mine),
        },
        send=t("lead.save"),
        back=t("lead.back"),
        on_back=CLOSE,
        on_done=CLOSE,
    )
    title = t("run.up_to_title", product=rows_call("productName", str, product))
    return dialog(title, form, open=dialog_is("up_to"), on_close=CLOSE)


def cases_dialog() -> rx.Component:
    """What the leader chooses for each open case, with what that means for everybody. It follows while bids change."""
    refused, rows = local("run.alert", ""), listed(cases.items)
    reason = text_field(
        t("lead.reason"),
        name="case-reason",
        value=local("run.case_reason", ""),
        on_change=set_local("run.case_reason", given(0, str)),
        hint=t("lead.case_reason_hint"),
        optional=True,
        max_length=500,
    )
    nothing = rx.cond(known(cases.id), rx.el.p(t("lead.cases_settled"), role="status"), skeleton_rows(2))
    return dialog(
        t("lead.fill_cases"),
        rx.el.div(rx.cond(refused != "", notice(refused, "bad"), rx.fragment()), role="alert"),
        Looking.create(view="cases", address="runs/{run_id}/cases"),
        rx.el.p(t("lead.cases_hint"), class_name="text-muted"),
        rx.cond(size(rows) == 0, nothing, rx.fragment(rx.el.div(rx.foreach(rows, _open_case)), reason)),
        dialog_actions(button(t("lead.done"), on_click=CLOSE)),
        open=dialog_is("cases"),
        on_close=CLOSE,
        wide=True,
    )


def _open_case(item: CaseProposal) -> rx.Component:
    name = format.product(item.name, item.content)
    lacking, unserved = format.quantity(item.missing, item.unit), format.quantity(item.unserved, item.unit)
    is_lacking = var(item.missing, int) > 0
    about = t(
        "lead.case_about",
        size=format.quantity(item.size, item.unit),
        wanted=format.quantity(item.wanted, item.unit),
        count=var(item.full, int),
    )
    choice = rx.cond(
        is_lacking,
        t("lead.case_or", missing=lacking, unserved=unserved),
        t("lead.case_can", unserved=unserved),
    )
    fill = rx.cond(is_lacking, t("lead.case_take", missing=lacking), t("lead.case_fill"))
    return rx.el.section(
        rx.el.h3(name, class_name="font-semibold"),
        rx.el.p(about, class_name="text-muted text-[13px] num"),
        rx.el.p(choice, class_name="num"),
        rx.el.div(
            _option(item, item.fill, True, fill),
            _option(item, item.leave, False, t("lead.case_leave", unserved=unserved)),
            class_name="case-options",
        ),
        key=item.id,
        data_case_of=name,
        class_name="case-choice",
    )


def _option(item: CaseProposal, effect: CaseEffect, fills: bool, words: Any) -> rx.Component:
    """What this choice gives and takes, above the button that does it."""
    unit = var(item.unit)

    def person(each: CasePerson) -> rx.Component:
        cost = rx.cond(
            var(each.cost, int | None) == None,  # noqa: E711
            "",
            format.money(each.cost, run.currency, symbol=False),
        )
        return rx.el.tr(
            rx.el.td(each.name),
            rx.el.td(format.number(each.before), " → ", rx.el.b(format.quantity(each.after, unit)), class_name="num"),
            rx.el.td(cost, class_name="num text-muted"),
        )

    name = format.product(item.name, item.content)
    people = var(effect.people, list[CasePerson])
    return rx.el.div(
        rx.el.table(rx.el.tbody(rx.foreach(people, person)), class_name="share-table"),
        button(
            words,
            look="soft" if fills else "ghost",
            name=t("lead.case_for", choice=words, product=name),
            on_click=handler(LEADING, "settleCase", run.id, item.id, fills, effect.effect),
        ),
        class_name="case-option",
    )
