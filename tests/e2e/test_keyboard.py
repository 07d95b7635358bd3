"""Everything without a mouse: focus is where one expects it, and nothing is out of reach."""

from __future__ import annotations

from typing import Literal

from playwright.sync_api import Page, expect

from bulq.domain.phases import Phase
from tests.e2e.pages import button, dialog, my_quantity_is, phase_is, quantity, row, wanted_is
from tests.e2e.stage import Stage

RICE, TOMATOES = "Basmati rice 5 kg", "Tomatoes"


def tab_to(page: Page, name: str, role: Literal["button", "combobox", "spinbutton"] = "button") -> None:
    """Walk on by Tab until this control has the focus."""
    target = page.get_by_role(role, name=name, exact=True)
    expect(target).to_be_visible()
    for _ in range(80):
        if target.evaluate("element => element === document.activeElement"):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"Tab never reached {name}")


def test_a_bid_is_placed_changed_and_typed_by_keys(stage: Stage) -> None:
    cast = stage.assemble()
    run = stage.bring_to(cast, Phase.ACTIVE)
    ana, mila = (stage.window(who, f"/runs/{run}") for who in (cast.ana, cast.mila))

    tab_to(mila, f"Bid on {TOMATOES}")
    mila.keyboard.press("Enter")
    my_quantity_is(mila, TOMATOES, "1")
    tab_to(mila, f"One more {TOMATOES}")
    mila.keyboard.press("Space")
    my_quantity_is(mila, TOMATOES, "1.5")
    tab_to(mila, f"Quantity of {RICE}", "spinbutton")
    mila.keyboard.press("ArrowUp")
    my_quantity_is(mila, RICE, "3")
    mila.keyboard.press("ControlOrMeta+a")
    mila.keyboard.type("6")
    mila.keyboard.press("Enter")

    my_quantity_is(mila, RICE, "6")
    wanted_is(ana, RICE, "14 packs")
    wanted_is(ana, TOMATOES, "3 kg")


def test_a_dialog_keeps_the_focus_and_gives_it_back_after_escape(stage: Stage) -> None:
    cast = stage.assemble()
    run = stage.bring_to(cast, Phase.ACTIVE)
    bojan = stage.window(cast.bojan, f"/runs/{run}")

    tab_to(bojan, f"Note for {RICE}")
    bojan.keyboard.press("Enter")
    expect(dialog(bojan).get_by_role("textbox", name="Note")).to_be_focused()
    for _ in range(8):
        bojan.keyboard.press("Tab")
        outside = "document.activeElement !== document.body && !document.activeElement.closest('dialog')"
        assert not bojan.evaluate(outside), "the focus left the dialog for the page behind it"
    bojan.keyboard.press("Escape")

    expect(dialog(bojan)).to_have_count(0)
    expect(button(bojan, f"Note for {RICE}")).to_be_focused()


def test_the_menu_is_walked_by_arrows_and_a_dialog_from_it_returns_to_it(stage: Stage) -> None:
    cast = stage.assemble()
    run = stage.bring_to(cast, Phase.ACTIVE)
    ana = stage.window(cast.ana, f"/runs/{run}")

    tab_to(ana, "Manage run")
    ana.keyboard.press("Enter")
    expect(ana.get_by_role("menuitem", name="Edit run")).to_be_focused()
    ana.keyboard.press("ArrowUp")
    expect(ana.get_by_role("menuitem", name="Cancel run")).to_be_focused()
    ana.keyboard.press("Escape")
    expect(ana.get_by_role("menu")).to_have_count(0)
    expect(button(ana, "Manage run")).to_be_focused()
    ana.keyboard.press("ArrowDown")
    ana.keyboard.press("ArrowDown")
    ana.keyboard.press("Enter")
    expect(ana.get_by_role("dialog", name="Helpers")).to_be_visible()
    ana.keyboard.press("Escape")

    expect(dialog(ana)).to_have_count(0)
    expect(button(ana, "Manage run")).to_be_focused()


def test_a_product_is_found_and_chosen_by_keys(stage: Stage) -> None:
    cast = stage.assemble()
    run = stage.bring_to(cast, Phase.PLANNING)
    bojan = stage.window(cast.bojan, f"/runs/{run}")

    tab_to(bojan, "Add a product", "combobox")
    bojan.keyboard.type("tom")
    expect(bojan.get_by_role("option", name=TOMATOES)).to_be_visible()
    bojan.keyboard.press("ArrowDown")
    expect(bojan.get_by_role("option", name=TOMATOES)).to_have_attribute("aria-selected", "true")
    bojan.keyboard.press("Enter")

    my_quantity_is(bojan, TOMATOES, "1")
    phase_is(bojan, "active")
    expect(bojan.get_by_role("combobox", name="Add a product")).to_be_focused()
    bojan.keyboard.type("Plums")
    expect(bojan.get_by_role("option", name="Create “Plums”")).to_be_visible()
    bojan.keyboard.press("Escape")
    expect(bojan.get_by_role("option")).to_have_count(0)


def test_a_page_begins_with_a_way_past_the_header(stage: Stage) -> None:
    cast = stage.assemble()
    run = stage.bring_to(cast, Phase.ACTIVE)
    bojan = stage.window(cast.bojan, f"/runs/{run}")
    expect(row(bojan, RICE)).to_be_visible()

    bojan.keyboard.press("Tab")
    expect(bojan.get_by_role("link", name="Skip to content")).to_be_focused()
    bojan.keyboard.press("Enter")

    expect(bojan.get_by_role("main")).to_be_focused()


def test_the_sheet_at_the_shelf_works_by_keys_alone(stage: Stage) -> None:
    cast = stage.assemble()
    run = stage.bring_to(cast, Phase.SHOPPING)
    ana = stage.window(cast.ana, f"/runs/{run}/shopping")

    tab_to(ana, f"Buy {RICE}")
    ana.keyboard.press("Enter")
    expect(dialog(ana).get_by_label("Quantity bought")).to_be_focused()
    ana.keyboard.type("7")
    ana.keyboard.press("Tab")
    ana.keyboard.type("7.99")
    ana.keyboard.press("Enter")

    expect(dialog(ana)).to_have_count(0)
    expect(row(ana, RICE)).to_contain_text("55.93")
    expect(quantity(ana, RICE)).to_have_count(0)
