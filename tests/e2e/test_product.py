"""A product's page in the browser: prices, details, tags and names by whoever may, refused where they are wrong."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

from playwright.sync_api import expect

from bulq.services import aliases, catalogue, prices, tags
from bulq.services.merging import merge_products
from tests.e2e.pages import button, dialog, press, row
from tests.e2e.stage import PHONE, Stage

RICE = "Basmati rice 5 kg"


def test_prices_are_said_refused_and_withdrawn(stage: Stage) -> None:
    cast = stage.assemble()
    stage.do(prices.see_price, cast.bojan, cast.rice, cast.store_id, 799, "EUR", note="Shelf")
    page = stage.window(cast.eva, f"/stores/{cast.store_id}", width=PHONE)
    row(page, RICE).get_by_role("link").click()
    expect(page.get_by_role("navigation", name="You are here").get_by_role("link")).to_have_text("Metro")

    press(page, "Add a price")
    sheet = dialog(page)
    press(sheet, "Save price")
    expect(sheet.get_by_label("Price", exact=True)).to_be_focused()
    expect(sheet.get_by_text("Choose a store.")).to_be_visible()
    sheet.get_by_label("Price", exact=True).fill("1.234")
    sheet.get_by_label("Minimum quantity").fill("lots")
    sheet.get_by_role("combobox", name="Store").fill("Идеа")
    page.get_by_role("option", name="Идеа").click()
    press(sheet, "Save price")
    expect(sheet.get_by_role("alert").filter(has_text=re.compile("."))).to_have_count(2)
    sheet.get_by_label("Price", exact=True).fill("6,49")
    sheet.get_by_label("Minimum quantity").fill("3")
    sheet.get_by_label("Note").fill("On offer")
    button(sheet, "Save price").dblclick()

    expect(page.get_by_role("status").filter(has_text="€6.49 at Идеа is saved")).to_be_visible()
    table = page.get_by_role("table", name="Who saw it when")
    expect(table.get_by_role("row")).to_have_count(3)
    expect(table).to_contain_text("€6.49 from 3 packs")
    expect(table).to_contain_text("On offer")
    expect(page.get_by_role("table", name="Prices by store")).to_contain_text("Идеа")
    expect(page.locator("[data-price=lowest]")).to_have_text("€6.49")

    ada = stage.window(cast.ada, page.url.replace(stage.server.url, ""))
    press(ada, "Withdraw €7.99 at Metro")
    expect(dialog(ada)).to_contain_text("€7.99 at Metro")
    press(dialog(ada), "Not now")
    press(ada, "Withdraw €7.99 at Metro")
    press(dialog(ada), "Withdraw")
    expect(table.get_by_role("row")).to_have_count(2)
    expect(button(page, re.compile("Withdraw €6.49"))).to_be_visible()  # type: ignore[arg-type]


def test_details_tags_and_names_are_set_by_whoever_may(stage: Stage) -> None:
    cast = stage.assemble()
    stage.do(tags.add_tag, cast.bojan, cast.tomatoes, "diet", "Vegan")
    stage.do(aliases.add_alias, cast.bojan, cast.rice, "Пиринач", "sr")
    page = stage.window(cast.ana, f"/products/{cast.rice}", width=PHONE)
    expect(page.get_by_text("No price known yet")).to_be_visible()

    press(page, "Edit")
    sheet = dialog(page)
    sheet.get_by_role("textbox", name="Barcode").fill("123")
    press(sheet, "Save")
    expect(sheet.get_by_role("textbox", name="Barcode")).to_be_focused()
    sheet.get_by_role("textbox", name="Barcode").fill("4006381333931")
    sheet.get_by_role("textbox", name="Content").fill("lots")
    press(sheet, "Save")
    expect(sheet.get_by_role("textbox", name="Content")).to_be_focused()
    sheet.get_by_role("textbox", name="Content").fill("500")
    sheet.get_by_label("Content in").select_option("g")
    press(sheet, "Save")
    expect(page.get_by_role("status").filter(has_text="Details saved")).to_be_visible()
    expect(page.get_by_text("500 g", exact=True)).to_be_visible()

    press(page, "Add a tag")
    dialog(page).get_by_label("Kind").select_option("diet")
    dialog(page).get_by_role("combobox", name="Tag").fill("ве")
    page.get_by_role("option", name="Vegan", exact=True).click()
    expect(dialog(page)).to_have_count(0)
    expect(button(page, "Remove tag Vegan")).to_be_visible()
    press(page, "Add a tag")
    dialog(page).get_by_role("combobox", name="Tag").fill("Grains")
    page.get_by_role("option", name="New tag").click()
    expect(button(page, "Remove tag Grains")).to_be_visible()
    press(page, "Remove tag Vegan")
    expect(button(page, "Remove tag Vegan")).to_have_count(0)

    press(page, "Add a name")
    dialog(page).get_by_label("Name", exact=True).fill(RICE)
    press(dialog(page), "Add a name")
    expect(dialog(page).get_by_label("Name", exact=True)).to_be_focused()
    dialog(page).get_by_label("Name", exact=True).fill("Reis")
    dialog(page).get_by_label("Language").select_option("de")
    press(dialog(page), "Add a name")
    expect(page.get_by_role("listitem").filter(has_text="Reis German")).to_be_visible()
    expect(button(page, "Remove name Пиринач")).to_have_count(0)

    press(page, "Edit")
    expect(dialog(page)).to_be_visible()
    page.go_back()
    page.go_forward()
    expect(page.get_by_role("heading", level=1)).to_have_text(RICE)
    expect(dialog(page)).to_have_count(0)


def test_a_long_history_in_two_currencies_is_drawn_and_turned(stage: Stage) -> None:
    cast = stage.assemble()
    now = datetime.now(UTC)
    for day in range(30):
        stage.write(prices.see_price, cast.bojan, cast.rice, cast.store_id, 700 + day, "EUR", now=now - timedelta(day))
    stage.write(prices.see_price, cast.bojan, cast.rice, cast.store_id, 93_600, "RSD", now=now)
    page = stage.window(cast.ana, f"/products/{cast.rice}")
    table = page.get_by_role("table", name="Who saw it when")
    expect(table.get_by_role("row")).to_have_count(26)
    expect(page.locator(".price-chart path.recharts-curve").first).to_be_visible()

    press(page, "Next page")
    expect(table.get_by_role("row")).to_have_count(6)
    page.get_by_label("Currency").select_option("RSD")
    expect(table.get_by_role("row")).to_have_count(2)
    expect(page.get_by_label("Currency")).to_have_value("RSD")
    expect(page.locator("[data-price=current]")).to_contain_text("936.00")


def test_the_address_of_a_product_that_was_merged_leads_to_the_one_that_was_kept(stage: Stage) -> None:
    cast = stage.assemble()
    twin = stage.do(catalogue.add_product, cast.ana, "Rice, basmati", "", "pack", 1000).id
    stage.do(merge_products, cast.ada, twin, cast.rice)

    page = stage.window(cast.eva, f"/products/{twin}")

    expect(page.get_by_role("heading", level=1)).to_have_text(RICE)
    expect(page).to_have_url(re.compile(f"/products/{cast.rice}"))
    page.goto(page.url.replace(str(cast.rice), "01900000-0000-7000-8000-000000000000"))
    expect(page.get_by_text("There is nothing here")).to_be_visible()
