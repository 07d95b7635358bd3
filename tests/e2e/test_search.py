"""Searching from the header by keys and on a phone, and the products of a run by tag."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from bulq.domain.phases import Phase
from bulq.services import tags
from tests.e2e.pages import button, row
from tests.e2e.stage import PHONE, Stage

RICE, TOMATOES = "Basmati rice 5 kg", "Tomatoes"


def options(page: Page) -> list[str]:
    return page.get_by_role("option").all_inner_texts()


def test_c3_things_are_found_and_opened_by_keys_from_any_page(stage: Stage) -> None:
    cast = stage.assemble()
    run = stage.bring_to(cast, Phase.ACTIVE)
    bojan = stage.window(cast.bojan, f"/runs/{run}")
    box = bojan.get_by_role("combobox", name="Search")

    box.press_sequentially("ли")
    expect(bojan.get_by_role("option", name="Liman")).to_be_visible()
    bojan.keyboard.press("ArrowDown")
    expect(bojan.get_by_role("option", name="Liman", exact=True)).to_have_attribute("aria-selected", "true")
    bojan.keyboard.press("Escape")
    expect(bojan.get_by_role("option")).to_have_count(0)
    expect(box).to_be_focused()
    bojan.keyboard.press("ArrowDown")
    bojan.keyboard.press("Enter")

    expect(bojan).to_have_url(re.compile(f"/groups/{cast.group_id}$"))
    expect(box).to_have_value("")
    box.press_sequentially("bsmati")
    expect(bojan.get_by_role("option", name=RICE)).to_be_visible()
    assert options(bojan)[-1] == "All results for “bsmati”"
    expect(box).to_have_attribute("aria-expanded", "true")
    box.press_sequentially("x")  # what was found is no answer to this
    assert options(bojan) == ["All results for “bsmatix”"]
    bojan.keyboard.press("Backspace")
    assert options(bojan)[-1] == "All results for “bsmati”" and len(options(bojan)) > 1
    bojan.keyboard.press("Enter")
    expect(bojan).to_have_url(re.compile("/search\\?q=bsmati$"))
    expect(bojan.get_by_role("main").get_by_role("link", name=RICE)).to_have_attribute("href", f"/products/{cast.rice}")
    expect(box).to_have_value("bsmati")
    box.fill("metro")
    bojan.keyboard.press("Enter")
    expect(bojan.get_by_role("main").get_by_role("link", name="Metro")).to_be_visible()
    bojan.go_back()
    expect(bojan.get_by_role("main").get_by_role("link", name=RICE)).to_be_visible()


@pytest.mark.parametrize("width", [390, 1280])
def test_what_is_found_lies_above_the_head_of_the_shopping_page(stage: Stage, width: int) -> None:
    cast = stage.assemble()
    run = stage.bring_to(cast, Phase.SHOPPING)
    ana = stage.window(cast.ana, f"/runs/{run}/shopping", width=width)
    expect(ana.get_by_role("heading", level=1)).to_be_visible()

    if width < 760:
        button(ana, "Search").click()
    ana.get_by_role("combobox", name="Search").click()
    ana.keyboard.type("rice")
    ana.get_by_role("option", name=RICE).click(timeout=5000)  # a click finds what covers its target

    expect(ana).to_have_url(re.compile(f"/products/{cast.rice}$"))


def test_c3_on_a_phone_a_button_opens_the_field(stage: Stage) -> None:
    cast = stage.assemble()
    mila = stage.window(cast.mila, width=PHONE)
    expect(mila.get_by_role("combobox")).to_have_count(0)

    button(mila, "Search").click()
    expect(mila.get_by_role("combobox", name="Search")).to_be_focused()
    mila.keyboard.type("zzz")
    expect(mila.get_by_text("Nothing found").first).to_be_visible()
    for _ in range(3):
        mila.keyboard.press("Escape")
    expect(mila.get_by_role("combobox")).to_have_count(0)
    expect(button(mila, "Search")).to_be_focused()
    expect(button(mila, "Search")).to_have_attribute("aria-expanded", "false")
    mila.keyboard.press("Enter")
    mila.get_by_role("heading", level=1).click()
    expect(mila.get_by_role("combobox", name="Search")).to_have_count(0)
    button(mila, "Search").click()
    mila.keyboard.type("met")
    mila.get_by_role("option", name="Metro").click()

    expect(mila).to_have_url(re.compile(f"/stores/{cast.store_id}$"))


def test_the_products_of_a_run_are_shown_by_tag(stage: Stage) -> None:
    cast = stage.assemble()
    run = stage.bring_to(cast, Phase.ACTIVE)
    stage.do(tags.add_tag, cast.ana, cast.rice, "category", "Grains")
    bojan = stage.window(cast.bojan, f"/runs/{run}")

    bojan.get_by_role("button", name="Grains 1").click()
    expect(row(bojan, TOMATOES)).to_have_count(0)
    expect(row(bojan, RICE)).to_be_visible()
    bojan.get_by_role("button", name="Grains 1").click()
    button(bojan, "By category").click()

    expect(bojan.get_by_role("heading", name="Grains")).to_be_visible()
    expect(bojan.get_by_role("heading", name="Without a category")).to_be_visible()
    expect(row(bojan, TOMATOES)).to_be_visible()
