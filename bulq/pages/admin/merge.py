"""Merging by choosing: likely duplicates, two of them side by side, and what would move."""

from __future__ import annotations

from typing import Any

import reflex as rx

from bulq.components.buttons import button, glyph
from bulq.components.combobox import combobox
from bulq.components.surfaces import card, empty_state, notice, skeleton_rows
from bulq.components.texts import t
from bulq.pages.admin.frame import admin_frame
from bulq.state.admin.merging import (
    Fact,
    MergeProductsState,
    MergeStoresState,
    MergeTagsState,
    MergeUsersState,
    Suggestion,
)


def merge_products_page() -> rx.Component:
    return _page(MergeProductsState, "products")


def merge_stores_page() -> rx.Component:
    return _page(MergeStoresState, "stores")


def merge_tags_page() -> rx.Component:
    return _page(MergeTagsState, "tags")


def merge_users_page() -> rx.Component:
    return _page(MergeUsersState, "users")


def _page(of: Any, what: str) -> rx.Component:
    return admin_frame(
        rx.cond(
            of.ready,
            rx.el.div(
                _choose(of, what),
                rx.cond(of.compared, _comparison(of, what), rx.fragment()),
                _suggestions(of, what),
                class_name="grid gap-4",
            ),
            card(skeleton_rows(3), padded=False),
        ),
        title=t(f"merge.title_{what}"),
        here=f"/admin/{what}",
    )


def _choose(of: Any, what: str) -> rx.Component:
    return card(
        rx.el.p(t(f"merge.detail_{what}"), class_name="text-muted"),
        rx.el.div(
            _pick(of, "duplicate", of.duplicate_name, of.choose_duplicate),
            button(t("merge.swap"), icon="arrow-left-right", on_click=of.swap, class_name="wide:mt-[28px]"),
            _pick(of, "kept", of.kept_name, of.choose_kept),
            class_name="merge-choose",
        ),
    )


def _pick(of: Any, side: str, value: Any, on_select: Any) -> rx.Component:
    return combobox(
        t(f"merge.{side}"),
        of.found,
        field_id=side,
        on_change=of.find,
        on_select=on_select,
        value=value,
        keep=True,
        placeholder=t("merge.find"),
        none=t("merge.none_found"),
    )


def _comparison(of: Any, what: str) -> rx.Component:
    # Roles are named, since on a phone rows are laid out as no table is.
    sides = [rx.el.th(t(f"merge.{side}"), role="columnheader", scope="col") for side in ("duplicate", "kept")]
    return card(
        rx.el.table(
            rx.el.caption(t("merge.compared"), class_name="sr-only"),
            rx.el.thead(rx.el.tr(rx.el.td(role="cell"), *sides, role="row"), role="rowgroup"),
            rx.el.tbody(rx.foreach(of.facts, _fact), role="rowgroup"),
            role="table",
            class_name="merge-facts",
        ),
        rx.el.h3(t("merge.what_moves"), class_name="mt-4 mb-1"),
        rx.cond(
            of.moves,
            rx.el.ul(rx.foreach(of.moves, lambda move: rx.el.li(move)), class_name="merge-moves num"),
            rx.el.p(t("merge.nothing_moves"), class_name="text-muted"),
        ),
        rx.el.p(t(f"merge.after_{what}"), class_name="text-muted mt-3"),
        rx.cond(of.refusal != "", rx.el.div(notice(of.refusal, "bad", alert=True), class_name="mt-4"), rx.fragment()),
        rx.el.div(
            button(t("merge.choose_others"), on_click=of.clear),
            button(t("merge.do"), look="primary", icon="merge", on_click=of.merge, disabled=of.refusal != ""),
            class_name="flex flex-wrap justify-end gap-2 mt-4",
        ),
        title=t("merge.compared"),
    )


def _fact(fact: Fact) -> rx.Component:
    def side(value: str) -> rx.Component:
        return rx.el.td(
            rx.cond(value != "", value, "–"), role="cell", class_name=rx.cond(fact.differs, "font-semibold", "")
        )

    return rx.el.tr(
        rx.el.th(t(rx.Var.create("merge.fact_").to(str) + fact.key), role="rowheader", scope="row"),
        side(fact.duplicate),
        side(fact.kept),
        role="row",
        key=fact.key,
    )


def _suggestions(of: Any, what: str) -> rx.Component:
    return card(
        rx.cond(
            of.suggestions,
            rx.el.ul(rx.foreach(of.suggestions, lambda pair: _suggestion(of, pair))),
            empty_state(t("merge.no_suggestions"), t("merge.no_suggestions_detail"), icon="copy-check"),
        ),
        title=t("merge.likely"),
        padded=False,
    )


def _suggestion(of: Any, pair: Suggestion) -> rx.Component:
    return rx.el.li(
        rx.el.span(
            rx.el.span(pair.duplicate_name, class_name="min-w-0"),
            glyph("arrow-right"),
            rx.el.b(pair.kept_name, class_name="min-w-0"),
            class_name="flex flex-wrap items-center gap-x-2 gap-y-0.5 min-w-0 flex-1",
        ),
        button(
            t("merge.compare"),
            small=True,
            name=t("merge.compare_two", duplicate=pair.duplicate_name, kept=pair.kept_name),
            on_click=of.take(pair.duplicate, pair.kept),
        ),
        key=f"{pair.duplicate}-{pair.kept}",
        class_name="flex items-center gap-3 px-4 py-2.5 border-b border-line last:border-0",
    )
