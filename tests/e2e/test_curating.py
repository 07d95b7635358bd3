"""M3: an admin finds a duplicate, sees what would move, merges it, and the run goes on with everything in it."""

from __future__ import annotations

import re
from datetime import UTC, datetime

from playwright.sync_api import Page, expect

from bulq.services import bids, catalogue
from tests.cast import PACK, Cast, plan
from tests.e2e.pages import button, dialog, press, wanted_is
from tests.e2e.stage import PHONE, Stage

RICE, TWIN = "Basmati rice 5 kg", "Basmati rice 5kg"


def with_a_duplicate(stage: Stage, cast: Cast):
    """A run in which Bojan bids on both, and Mila on the duplicate."""
    now = datetime.now(UTC)
    twin = stage.do(catalogue.add_product, cast.ana, TWIN, "Daawat", "pack", PACK)
    run = stage.write(plan, cast)
    for who, product, packs in ((cast.bojan, cast.rice, 2), (cast.bojan, twin.id, 1), (cast.mila, twin.id, 3)):
        stage.write(bids.place_bid, who, run, product, packs * PACK, now=now)
    return run, twin.id


def more(page: Page, name: str, item: str) -> None:
    page.get_by_role("button", name=f"More about {name}", exact=True).click()
    page.get_by_role("menuitem", name=item, exact=True).click()


def test_duplicates_are_merged_by_choosing_and_bids_add_up(stage: Stage) -> None:
    cast = stage.assemble()
    run, _ = with_a_duplicate(stage, cast)
    bojan = stage.window(cast.bojan, f"/runs/{run}", width=PHONE)
    wanted_is(bojan, TWIN, "4 packs", timeout=5000)
    ada = stage.window(cast.ada, "/admin/products")

    ada.get_by_role("link", name="Merge duplicates").click()
    ada.get_by_role("button", name=re.compile(rf"Compare {TWIN}")).click()
    table = ada.get_by_role("table", name="Side by side")
    expect(table.get_by_role("cell", name=TWIN)).to_be_visible()
    expect(ada.get_by_text("1 of the bids is added to one on the kept")).to_be_visible()
    press(ada, "Merge")

    expect(ada.get_by_role("status").filter(has_text=f"is merged into {RICE}")).to_be_visible()
    wanted_is(bojan, RICE, "6 packs")
    expect(bojan.locator(f'[data-product="{TWIN}"]')).to_have_count(0)


def test_products_are_verified_edited_and_deleted_or_say_why_not(stage: Stage) -> None:
    cast = stage.assemble()
    with_a_duplicate(stage, cast)
    ada = stage.window(cast.ada, "/admin/products")

    ada.get_by_role("checkbox", name="Choose all on this page").click()
    press(ada, "Verify")
    expect(ada.get_by_role("status").filter(has_text="3 verified")).to_be_visible()
    expect(ada.get_by_role("cell", name=re.compile("Ada, "))).to_have_count(3)
    more(ada, RICE, "Edit")
    dialog(ada).get_by_role("textbox", name="Barcode").fill("4006381333930")
    press(ada, "Save")
    expect(dialog(ada).get_by_text("one of them is wrong")).to_be_visible()
    dialog(ada).get_by_role("textbox", name="Barcode").fill("4006381333931")
    press(ada, "Save")
    expect(dialog(ada)).to_have_count(0)
    expect(ada.get_by_role("cell", name="4006381333931")).to_be_visible()
    more(ada, RICE, "Delete")
    press(dialog(ada), "Delete")
    expect(dialog(ada).get_by_role("alert")).to_contain_text("It is still in use")
    press(dialog(ada), "Cancel")
    more(ada, "Tomatoes", "Delete")
    button(dialog(ada), "Delete").click()
    expect(ada.get_by_role("status").filter(has_text="Tomatoes deleted")).to_be_visible()


def test_for_others_there_is_no_such_page(stage: Stage) -> None:
    """M1: Only admins get in, page and action."""
    cast = stage.assemble()
    for path in ("/admin/products", "/admin/products/merge", "/admin/users/merge", "/admin/tags"):
        page = stage.window(cast.ana, path)
        expect(page.get_by_role("heading", level=1)).to_have_text("Not found")
