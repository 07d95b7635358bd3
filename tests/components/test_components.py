"""What components render, seen from Python; how they behave is tested in a browser."""

from __future__ import annotations

import pytest
import reflex as rx

from bulq.components.combobox import combobox
from bulq.components.fields import text_field
from bulq.components.overlays import dialog
from bulq.components.phases import phase_steps
from bulq.components.stepper import stepper
from bulq.components.texts import t
from bulq.state.options import Option


def shown(component: rx.Component) -> str:
    return str(component.render())


def test_a_text_knows_its_values_and_its_hook() -> None:
    words = t("frame.unread", count=rx.Var("row.unread"))

    data = words._get_all_var_data()
    assert str(words) == 't("frame.unread", ({ ["count"] : row.unread }))'
    assert data is not None and "const t = useT()" in data.hooks


def test_a_text_brings_its_section_along() -> None:
    phase = rx.Var.create("phase.") + rx.Var("row.phase").to(str)

    data = t("run.title", phase=t(phase))._get_all_var_data()

    assert data is not None
    brought = {each.tag for library, fields in data.imports if not library for each in fields}
    assert brought == {"$/texts/run.js", "$/texts/phase.js"}


def test_a_text_whose_section_nobody_can_tell_is_refused() -> None:
    with pytest.raises(ValueError, match="no section"):
        t(rx.Var("state.key").to(str))


def test_a_field_points_to_its_hint_and_its_error() -> None:
    field = shown(text_field("Store", name="store", hint="Any", error="Too short"))

    assert "store-hint store-error" in field
    assert "aria-invalid" in field
    assert "htmlFor" in field


def test_a_field_without_an_error_claims_none() -> None:
    assert "aria-invalid" not in shown(text_field("Store", name="store"))


def test_the_stepper_names_its_product() -> None:
    shown_stepper = shown(stepper(rx.Var("row.name").to(str), 2000, on_quantity=rx.console_log))

    assert all(key in shown_stepper for key in ("kit.one_less", "kit.one_more", "kit.quantity_of"))


def test_a_combobox_takes_options_of_the_page_or_of_the_server() -> None:
    offered = combobox(
        "Store", [Option("1", "Metro")], field_id="store", on_change=rx.console_log, on_select=rx.console_log
    )

    assert "Metro" in shown(offered)


def test_all_phases_but_cancelled_are_steps() -> None:
    steps = shown(phase_steps("active"))

    assert steps.count("data-step") == 7
    assert "phase.cancelled" not in steps


def test_a_dialog_is_named_by_its_title() -> None:
    assert "New group" in shown(dialog("New group", open=True, on_close=rx.noop()))
