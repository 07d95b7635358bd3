"""Prices and barcodes in the browser: added and withdrawn by hand, found by camera, which is let go afterwards."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from bulq.domain.opening_hours import DAYS
from bulq.domain.phases import Phase
from bulq.services import catalogue, products
from bulq.services.merging import merge_stores
from tests.e2e.pages import button, dialog, press, row
from tests.e2e.stage import PHONE, Stage

RICE, CODE = "Basmati rice 5 kg", "4006381333931"
# A camera that shows a grey square, and a browser that reads in it whatever the test holds up.
CAMERA = """
window.held = null; window.tracks = [];
window.BarcodeDetector = class {
    static async getSupportedFormats() { return ["ean_13", "qr_code"]; }
    async detect() { return window.held ? [{ rawValue: window.held }] : []; }
};
Object.defineProperty(navigator, "mediaDevices", { value: { async getUserMedia() {
    if (window.refuse) throw new DOMException("", "NotAllowedError");
    await window.asked?.shift(); // how long somebody thinks about it
    const canvas = document.createElement("canvas");
    canvas.getContext("2d").fillRect(0, 0, 9, 9);
    const stream = canvas.captureStream(5);
    window.tracks.push(...stream.getTracks());
    return stream;
} } });
"""


def test_a_price_is_added_from_the_phone_and_withdrawn(stage: Stage) -> None:
    """C2, C4, C1: it stands in figures, table and on the store's page, once, until it is withdrawn."""
    cast = stage.assemble()
    stage.bring_to(cast, Phase.ADJUSTING)  # bought for 7.99
    page = stage.window(cast.eva, f"/products/{cast.rice}", width=PHONE)

    for said in ("is saved", "noted today already"):
        press(page, "Add a price")
        dialog(page).get_by_label("Price", exact=True).fill("9,49")
        dialog(page).get_by_role("combobox", name="Store").fill("metro")
        page.get_by_role("option", name="Metro").click()
        dialog(page).get_by_label("Note").fill("Top shelf")
        press(dialog(page), "Save price")
        expect(page.get_by_role("status").filter(has_text=said)).to_be_visible()
    rows = page.get_by_role("table", name="Who saw it when").get_by_role("row")
    expect(rows).to_have_count(3)  # with the heading
    expect(page.locator("[data-price=current]")).to_contain_text("€9.49")
    expect(page.locator("[data-price=average]")).to_have_text("€8.74")
    expect(page.locator(".price-chart svg").first).to_be_visible()
    page.get_by_role("link", name="Metro").first.click()
    expect(row(page, RICE)).to_contain_text("€9.49 / pack")
    row(page, RICE).get_by_role("link").click()
    press(page, "Withdraw €9.49 at Metro")

    expect(rows).to_have_count(2)
    expect(page.locator("[data-price=current]")).to_contain_text("€7.99")


def test_a_barcode_is_read_by_the_camera_which_is_let_go(stage: Stage) -> None:
    cast = stage.assemble()
    stage.do(products.edit_product_details, cast.ana, cast.rice, barcode=CODE, content=None, content_unit="")
    page = stage.window(cast.eva, width=PHONE)
    page.context.add_init_script(CAMERA)
    page.goto("/scan")

    press(page, "Scan with the camera")
    expect(page.get_by_text("Hold the barcode in front")).to_be_visible()
    page.wait_for_function("window.tracks.length == 1")
    press(page, "Stop the camera")
    page.wait_for_function("window.tracks.every((track) => track.readyState == 'ended')")
    press(page, "Scan with the camera")
    page.evaluate(f"window.held = '{CODE}'")

    expect(page.get_by_role("heading", level=1)).to_have_text(RICE)
    assert page.evaluate("window.tracks.length == 2 && window.tracks.every((track) => track.readyState == 'ended')")


def test_a_camera_stopped_while_the_browser_asks_for_leave_stays_off(stage: Stage) -> None:
    cast = stage.assemble()
    page = stage.window(cast.eva, width=PHONE)
    page.context.add_init_script(
        CAMERA + "window.asked = [new Promise((allow) => { window.allow = allow; }), Promise.resolve()];"
    )
    page.goto("/scan")

    press(page, "Scan with the camera")
    press(page, "Stop the camera")
    press(page, "Scan with the camera")
    page.wait_for_function("window.tracks.length == 1")
    page.evaluate("window.allow()")
    page.wait_for_function("window.tracks.length == 2 && window.tracks[1].readyState == 'ended'")
    assert page.evaluate("window.tracks[0].readyState == 'live' && document.querySelector('video').srcObject != null")

    page.evaluate("window.dispatchEvent(new PageTransitionEvent('pagehide', { persisted: true }))")
    expect(button(page, "Scan with the camera")).to_be_visible()
    assert page.evaluate("window.tracks.every((track) => track.readyState == 'ended')")


def test_an_unknown_barcode_is_given_to_a_product_by_its_name(stage: Stage) -> None:
    cast = stage.assemble()
    page = stage.window(cast.eva, "/scan", width=PHONE)
    page.get_by_role("textbox", name="Barcode").fill(CODE)
    press(page, "Find product")

    dialog(page).get_by_role("combobox", name="Is the product here already?").fill("basmati")
    page.get_by_role("option", name=RICE).click()
    expect(button(page, "Create product")).to_have_count(0)
    press(dialog(page), "Add the barcode to this product")

    expect(page.get_by_role("heading", level=1)).to_have_text(RICE)
    expect(page.get_by_text(CODE)).to_be_visible()


def test_a_camera_that_may_not_be_used_leaves_typing(stage: Stage) -> None:
    cast = stage.assemble()
    page = stage.window(cast.eva, width=PHONE)
    page.context.add_init_script(CAMERA + "window.refuse = true")
    page.goto("/scan")
    press(page, "Scan with the camera")
    expect(page.get_by_role("alert").filter(has_text="may not be used")).to_be_visible()

    page.get_by_role("textbox", name="Barcode").fill("4006381333932")
    press(page, "Find product")
    expect(page.get_by_text("The last digit doesn't fit")).to_be_visible()
    page.get_by_role("textbox", name="Barcode").fill(CODE)
    press(page, "Find product")
    dialog(page).get_by_label("Product name").fill("Чај од нане")
    dialog(page).get_by_label("Unit", exact=True).select_option("box")
    dialog(page).get_by_role("textbox", name="Content").fill("100")
    dialog(page).get_by_label("Content in").select_option("g")
    press(dialog(page), "Create product")

    expect(page.get_by_role("heading", level=1)).to_have_text("Чај од нане")
    expect(page.get_by_text("100 g")).to_be_visible()
    expect(button(page, "Edit")).to_be_visible()  # it is mine to correct until it is checked


def test_without_a_reader_of_barcodes_it_says_so(stage: Stage) -> None:
    cast = stage.assemble()
    page = stage.window(cast.eva)
    page.context.add_init_script("delete window.BarcodeDetector")
    page.goto("/scan")

    expect(page.get_by_text("can't read barcodes by camera")).to_be_visible()
    expect(button(page, "Scan with the camera")).to_have_count(0)


def test_a_store_is_searched_and_an_admin_says_when_it_is_open(stage: Stage) -> None:
    """C1: goods, my runs; what is typed stays, and what is wrong is said at its field."""
    cast = stage.assemble()
    stage.bring_to(cast, Phase.ADJUSTING)
    bojan = stage.window(cast.bojan, f"/stores/{cast.store_id}", width=PHONE)
    search = bojan.get_by_role("searchbox", name="Search this store")
    expect(row(bojan, RICE)).to_contain_text("€7.99 / pack")
    expect(bojan.get_by_role("link", name="Liman")).to_have_attribute("href", re.compile("/runs/"))
    search.press_sequentially("basmati rice and olives", delay=120)
    expect(bojan.get_by_text("Nothing found")).to_be_visible()
    expect(search).to_have_value("basmati rice and olives")
    search.fill("RICE")
    expect(row(bojan, RICE)).to_be_visible()

    ada = stage.window(cast.ada, f"/stores/{cast.store_id}")
    press(ada, "Edit store")
    sheet = dialog(ada)
    sheet.get_by_label("Address").fill("Put 120")
    for day in DAYS[:6]:
        sheet.get_by_label(day.capitalize()).fill("8-20")
    sheet.get_by_label("Sunday").fill("22-4")
    sheet.get_by_label("Time zone").select_option("Europe/Belgrade")
    press(sheet, "Save store")
    expect(sheet.get_by_label("Sunday")).to_be_focused()
    expect(sheet.get_by_role("alert").filter(has_text=re.compile("."))).to_have_count(1)
    sheet.get_by_label("Sunday").fill("closed")
    press(sheet, "Save store")

    expect(sheet).to_be_hidden()
    expect(bojan.get_by_text("Put 120")).to_be_visible()
    bojan.locator("summary").filter(has_text="Today").click()
    expect(bojan.get_by_role("definition")).to_have_text([*["08:00–20:00"] * 6, "closed"])
    expect(button(bojan, "Edit store")).to_have_count(0)


def test_the_address_of_a_store_that_was_merged_leads_to_the_one_that_was_kept(stage: Stage) -> None:
    cast = stage.assemble()
    twin = stage.do(catalogue.add_store, cast.ana, "Metro 2").id
    page = stage.window(cast.bojan, f"/stores/{twin}")
    expect(page.get_by_role("heading", level=1)).to_have_text("Metro 2")

    stage.do(merge_stores, cast.ada, twin, cast.store_id)
    page.reload()

    expect(page.get_by_role("heading", level=1)).to_have_text("Metro")
    expect(page.get_by_role("status").filter(has_text="part of another one")).to_be_visible()
    expect(page).to_have_url(re.compile(f"/stores/{cast.store_id}"))
    page.goto(page.url.replace(str(cast.store_id), "01900000-0000-7000-8000-000000000000"))
    expect(page.get_by_text("There is nothing here")).to_be_visible()


# Each message of the socket takes half of the round trip on its way.
SLOW_SOCKET = """
const Plain = window.WebSocket;
window.WebSocket = class extends Plain {
  send(data) { setTimeout(() => this.readyState === 1 && super.send(data), ROUND_TRIP / 2); }
  set onmessage(hear) { super.onmessage = (event) => setTimeout(() => hear(event), ROUND_TRIP / 2); }
};
"""


@pytest.mark.parametrize("round_trip", [300, 600])
def test_what_a_state_holds_too_is_not_overwritten_by_its_slow_answers(stage: Stage, round_trip: int) -> None:
    cast = stage.assemble()
    page = stage.window(cast.ana)
    page.context.add_init_script(SLOW_SOCKET.replace("ROUND_TRIP", str(round_trip)))
    page.goto("/scan")
    page.get_by_role("textbox", name="Barcode", exact=True).fill(CODE)
    press(page, "Find product")
    box = dialog(page)
    name, brand = (box.get_by_role("textbox", name=field, exact=True) for field in ("Product name", "Brand"))
    unit = box.get_by_role("combobox", name="Unit", exact=True)

    brand.press_sequentially("Green Farm", delay=250)
    name.press_sequentially("oat milk and olives", delay=250)
    unit.select_option("kg")
    expect(unit).to_have_value("kg", timeout=100)
    page.wait_for_timeout(3 * round_trip)

    expect(name).to_have_value("oat milk and olives")
    expect(brand).to_have_value("Green Farm")
    expect(unit).to_have_value("kg")
    expect(box.get_by_role("textbox", name="Step", exact=True)).to_have_value("0.5")
