"""Above the products of a run: tags to show some of them by, and whether they stand by category."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import reflex as rx

from bulq.components.buttons import button
from bulq.components.lists import size
from bulq.components.surfaces import empty_state
from bulq.components.texts import t
from bulq.state.run_tags import Choice, RunTagsState, Section

S = RunTagsState


def tag_bar() -> rx.Component:
    """Nothing while no product of the run has a tag."""
    group = rx.el.button(
        t("tags.group"),
        type="button",
        aria_pressed=S.grouped,
        on_click=S.group,
        class_name="tag-choice tag-choice-group",
    )
    bar = rx.el.div(
        rx.cond(S.categories > 0, group, rx.fragment()),
        rx.foreach(S.choices, _choice),
        role="group",
        aria_label=t("tags.filter"),
        class_name="tag-bar",
    )
    return rx.cond(size(S.choices) > 0, bar, rx.fragment())


def _choice(choice: Choice) -> rx.Component:
    return rx.el.button(
        choice.label,
        " ",
        rx.el.span(choice.count, class_name="text-muted num"),
        type="button",
        aria_pressed=S.chosen == choice.id,
        on_click=S.choose(choice.id),
        key=choice.id,
        class_name="tag-choice",
    )


def nothing_tagged() -> rx.Component:
    """What was tagged so is no part of the run any more."""
    return empty_state(
        t("tags.nothing"), icon="tag", action=button(t("tags.show_all"), look="soft", on_click=S.show_all)
    )


def in_sections(rows: Any, row: Callable[[Any], rx.Component]) -> rx.Component:
    """The rows, each in its section; as long as nothing is chosen there is one for all."""

    def section(some: Section) -> rx.Component:
        def shown(one: Any) -> rx.Component:
            listed = rx.Var.create(some.ids).to(list).contains(one.id)
            return rx.cond(listed != some.others, row(one), rx.fragment())

        return rx.fragment(
            rx.cond(some.title != "", rx.el.h3(some.title, class_name="goods-head"), rx.fragment()),
            rx.foreach(rows, shown),
            key=some.title,
        )

    return rx.foreach(S.sections, section)
