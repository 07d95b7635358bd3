"""Handing out to many: folded, found, ticked by person and by product, also without a network."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from bulq.domain.phases import Phase
from tests.crowd import run_of_many
from tests.e2e.pages import LIVE, button, press
from tests.e2e.stage import PHONE, Stage
from tests.e2e.test_accessibility import scan

pytestmark = pytest.mark.browser

FIND = "Find a person or product"


def height(page: Page) -> float:
    box = page.locator(".serving").bounding_box()
    assert box
    return box["height"]


def sideways(page: Page) -> bool:
    return page.evaluate("document.documentElement.scrollWidth > window.innerWidth")


def test_thirty_people_are_served_on_a_phone(stage: Stage) -> None:
    cast = stage.assemble()
    run = stage.write(run_of_many, cast, 30, 60, Phase.DISTRIBUTING)
    ana = stage.window(cast.ana, f"/runs/{run}", width=PHONE)
    mila = stage.window(cast.mila, f"/runs/{run}")

    heads = ana.locator(".serve-fold")
    expect(heads).to_have_count(30)
    expect(heads.first).to_contain_text("What you get")
    assert height(ana) < 3500 and not sideways(ana)
    scan(ana, "pick-up, folded")

    # Opened by the keyboard alone, without the server.
    ana.context.set_offline(True)
    bojan = ana.locator(".serve-fold", has_text="Bojan")
    bojan.focus()
    ana.keyboard.press("Enter")
    expect(bojan).to_have_attribute("aria-expanded", "true")
    boxes = ana.get_by_role("checkbox", name="picked up by Bojan")
    waiting = boxes.count()
    assert waiting > 1
    ana.keyboard.press("Tab")
    ana.keyboard.press("Tab")
    ana.keyboard.press("Space")
    expect(bojan).to_contain_text(f"1 of {waiting} picked up")
    ana.keyboard.press("Shift+Tab")
    ana.keyboard.press("Shift+Tab")
    ana.keyboard.press("Enter")
    expect(boxes).to_have_count(0)
    ana.context.set_offline(False)

    # Who is looked for is open; who is served stays where they stood.
    ana.get_by_role("searchbox", name=FIND).fill("bojan")
    expect(heads).to_have_count(1)
    press(ana, "All picked up by Bojan")
    expect(bojan).to_contain_text(f"all {waiting} picked up")
    expect(mila.locator(".serve", has_text="Bojan")).to_contain_text(f"all {waiting} picked up", timeout=2 * LIVE)
    ana.get_by_role("searchbox", name=FIND).fill("")
    press(ana, "Still waiting")
    expect(ana.locator(".serve-fold", has_text="Bojan")).to_have_count(0)
    press(ana, "All picked up by Mila")
    expect(ana.locator(".serve-fold", has_text="Mila")).to_contain_text("all")

    # From the people's card to their lines.
    ana.locator('[data-person="bojan"]').get_by_role("button").click()
    expect(ana.locator(".serve-fold", has_text="Bojan")).to_be_focused()
    expect(boxes).to_have_count(waiting)


def test_whoever_hands_out_packs_product_by_product(stage: Stage) -> None:
    cast = stage.assemble()
    run = stage.write(run_of_many, cast, 30, 60, Phase.DISTRIBUTING)
    phone = stage.window(cast.ana, f"/runs/{run}", width=PHONE)
    desk = stage.window(cast.ana, f"/runs/{run}")
    bojan = stage.window(cast.bojan, f"/runs/{run}")
    expect(bojan.locator(".serve-fold")).to_have_count(30)
    expect(button(bojan, "By product")).to_have_count(0)

    press(phone, "By product")
    phone.get_by_role("searchbox", name=FIND).fill("eggs 9")
    name = phone.get_by_role("checkbox").first.get_attribute("aria-label")
    assert name and "picked up by" in name
    box = phone.get_by_role("checkbox", name=name, exact=True)
    was = box.is_checked()
    box.click()
    assert not sideways(phone)
    scan(phone, "packing, phone")

    press(desk, "By product")
    cell = desk.get_by_role("table").get_by_role("checkbox", name=name, exact=True)
    expect(cell).to_be_checked(checked=not was, timeout=2 * LIVE)
    assert not sideways(desk)
    table = desk.get_by_role("region", name="By product")
    assert table.evaluate("box => box.scrollWidth > box.clientWidth")
    table.evaluate("box => box.scrollTo(400, 400)")
    corner = desk.get_by_role("columnheader", name="Product").bounding_box()
    place = table.bounding_box()
    assert corner and place
    assert abs(corner["x"] - place["x"]) < 2 and abs(corner["y"] - place["y"]) < 2
    desk.get_by_role("searchbox", name=FIND).fill("eggs")  # all rows are made alike, and there are 1,800 cells
    expect(table.get_by_role("rowheader").filter(has_not_text="Eggs")).to_have_count(0)
    scan(desk, "packing, table")
