"""Receipts of a run: several payers, costs beside the goods, what no line explains, and corrections afterwards."""

from __future__ import annotations

from pathlib import Path

from PIL import Image
from playwright.sync_api import Locator, Page, expect

from bulq.domain.phases import Phase
from tests.e2e.pages import LIVE, button, dialog, phase_is, press, statements
from tests.e2e.stage import PHONE, Stage


def receipt(page: Page, people: str) -> Locator:
    return page.locator(f'[data-receipt="{people}"]')


def test_two_pay_and_transport_and_a_difference_are_shared_before_the_run_is_completed(stage: Stage) -> None:
    cast = stage.assemble()
    run = stage.bring_to(cast, Phase.DISTRIBUTING)
    ana = stage.window(cast.ana, f"/runs/{run}")
    bojan = stage.window(cast.bojan, f"/runs/{run}/receipts", width=PHONE)
    ana.get_by_role("link", name="Receipts").click()
    expect(receipt(ana, "Ana")).to_contain_text("55.93")

    press(ana, "Add receipt")
    dialog(ana).get_by_label("Total").fill("20.00")
    press(dialog(ana), "Add payer")
    dialog(ana).get_by_label("Amount").first.fill("12.00")
    dialog(ana).get_by_label("Amount").last.fill("8.01")
    press(dialog(ana), "Add receipt")
    expect(dialog(ana)).to_contain_text("The payers together are €0.01 above the total.")
    dialog(ana).get_by_label("Amount").last.fill("8")
    press(dialog(ana), "Add receipt")
    both = receipt(bojan, "Ana and Bojan")
    expect(both.locator("[data-difference]")).to_have_text("€20.00", timeout=LIVE)

    press(both, "Add a cost")
    dialog(bojan).get_by_role("combobox", name="Kind").select_option(label="Transport")
    dialog(bojan).get_by_label("Amount").fill("14")
    dialog(bojan).get_by_role("combobox", name="Shared").select_option(label="Chosen people")
    press(dialog(bojan), "Add a cost")
    expect(dialog(bojan)).to_contain_text("Choose who bears it.")
    dialog(bojan).get_by_role("checkbox", name="Ana").check()
    dialog(bojan).get_by_role("checkbox", name="Mila").check()
    dialog(bojan).get_by_label("Share of Ana").fill("2")
    press(dialog(bojan), "Add a cost")

    both = receipt(ana, "Ana and Bojan")
    expect(both.locator('[data-cost="Transport"]')).to_contain_text("Ana and Mila, 2 : 1", timeout=LIVE)
    expect(both.locator("[data-difference]")).to_have_text("€6.00")

    ana.goto(f"/runs/{run}")
    press(ana, "Complete run")
    expect(dialog(ana)).to_contain_text("€6.00")
    dialog(ana).get_by_role("link", name="Go to the receipts").click()
    press(receipt(ana, "Ana and Bojan"), "Spread the difference")
    expect(ana.locator("[data-difference]")).to_have_count(0, timeout=LIVE)

    ana.goto(f"/runs/{run}")
    press(ana, "Complete run")
    press(dialog(ana), "Yes, complete the run")
    phase_is(ana, "completed")
    assert sum(statements(ana).values()) == 7593


def test_a_receipt_that_somebody_else_changed_meanwhile_says_so(stage: Stage) -> None:
    cast = stage.assemble()
    run = stage.bring_to(cast, Phase.SHOPPING)
    ana = stage.window(cast.ana, f"/runs/{run}/receipts")
    press(ana, "Add receipt")
    press(dialog(ana), "Add receipt")
    expect(receipt(ana, "Ana")).to_contain_text("Nothing stands on this receipt yet.")
    other = stage.window(cast.ana, f"/runs/{run}/receipts")

    receipt(ana, "Ana").get_by_role("button", name="Edit").click()
    receipt(other, "Ana").get_by_role("button", name="Edit").click()
    dialog(other).get_by_label("Total").fill("9.50")
    press(dialog(other), "Save")
    expect(dialog(ana)).to_contain_text("Somebody changed this meanwhile.", timeout=LIVE)
    press(dialog(ana), "Show what changed")
    expect(dialog(ana).get_by_label("Total")).to_have_value("9.50")
    dialog(ana).get_by_label("Total").fill("9.80")
    press(dialog(ana), "Save")

    expect(receipt(other, "Ana")).to_contain_text("9.80", timeout=LIVE)
    receipt(other, "Ana").get_by_role("button", name="Remove receipt").click()
    press(dialog(other), "Remove receipt")
    expect(receipt(ana, "Ana")).to_have_count(0, timeout=LIVE)


def test_only_who_may_is_offered_to_change_receipts(stage: Stage) -> None:
    cast = stage.assemble()
    run = stage.bring_to(cast, Phase.DISTRIBUTING)
    mila = stage.window(cast.mila, f"/runs/{run}/receipts")

    expect(receipt(mila, "Ana")).to_be_visible()
    expect(button(mila, "Add receipt")).to_have_count(0)
    expect(button(mila, "Add a cost")).to_have_count(0)


def test_a_completed_run_is_corrected_with_a_reason(stage: Stage) -> None:
    cast = stage.assemble()
    run = stage.bring_to(cast, Phase.COMPLETED)
    ana, mila = (stage.window(who, f"/runs/{run}/receipts") for who in (cast.ana, cast.mila))
    expect(receipt(mila, "Ana")).to_be_visible()
    expect(button(mila, "Correct")).to_have_count(0)

    press(ana, "Correct")
    dialog(ana).get_by_label("Amount").fill("7")
    press(dialog(ana), "Correct")
    expect(dialog(ana).get_by_label("Reason")).to_have_attribute("aria-invalid", "true")
    dialog(ana).get_by_label("Reason").fill("One bag was torn")
    press(dialog(ana), "Correct")

    corrected = mila.locator('[data-correction="One bag was torn"]')
    expect(corrected).to_contain_text("Ana got money back", timeout=LIVE)
    expect(corrected).to_contain_text("-7.00")


def test_the_price_of_a_kilometre_makes_transport_a_distance(stage: Stage) -> None:
    cast = stage.assemble()
    run = stage.bring_to(cast, Phase.ADJUSTING)
    ana = stage.window(cast.ana, f"/groups/{cast.group_id}/manage")
    ana.get_by_label("Price per kilometre").fill("0.40")
    press(ana, "Save price")
    expect(ana.get_by_text("Saved").first).to_be_visible()

    ana.goto(f"/runs/{run}/receipts")
    press(receipt(ana, "Ana"), "Add a cost")
    dialog(ana).get_by_role("combobox", name="Kind").select_option(label="Transport")
    dialog(ana).get_by_label("Distance in km").fill("12.5")
    press(dialog(ana), "Add a cost")

    expect(receipt(ana, "Ana").locator('[data-cost="Transport"]')).to_contain_text("12.5 km")
    expect(receipt(ana, "Ana").locator('[data-cost="Transport"]')).to_contain_text("5.00")


def photos(page: Page) -> Locator:
    return page.get_by_role("list", name="Photos").get_by_role("listitem")


def test_a_photo_goes_on_a_receipt_and_off_again_for_all_who_take_part(stage: Stage, tmp_path: Path) -> None:
    cast = stage.assemble()
    run = stage.bring_to(cast, Phase.DISTRIBUTING)
    ana = stage.window(cast.ana, f"/runs/{run}/receipts")
    mila = stage.window(cast.mila, f"/runs/{run}/receipts", width=PHONE)
    ana_s = receipt(ana, "Ana")
    chosen = ana_s.locator('input[type="file"]')
    picture, paper = tmp_path / "till.jpg", tmp_path / "invoice.pdf"
    Image.new("RGB", (900, 1600), (250, 250, 245)).save(picture)
    paper.write_bytes(b"%PDF-1.7\ntrailer\n%%EOF\n")
    (tmp_path / "note.jpg").write_bytes(b"no picture")
    expect(receipt(mila, "Ana")).to_be_visible()
    expect(mila.get_by_role("button", name="Add a photo")).to_have_count(0)

    chosen.set_input_files(tmp_path / "note.jpg")
    expect(ana_s.get_by_role("alert")).to_contain_text("This is no photo and no PDF.")
    chosen.set_input_files([picture, paper])
    expect(photos(ana)).to_have_count(2)
    expect(ana_s.get_by_role("alert").filter(has_text="no photo")).to_have_count(0)
    expect(photos(mila)).to_have_count(2, timeout=LIVE)
    expect(photos(mila).first.locator("img")).to_have_js_property("naturalWidth", 180)

    photos(mila).first.get_by_role("button", name="Open photo 1").click()
    large = dialog(mila).get_by_role("img", name="Photo 1 of the receipt of Ana")
    expect(large).to_have_js_property("naturalWidth", 900)
    expect(button(dialog(mila), "Remove photo")).to_have_count(0)
    mila.keyboard.press("Escape")
    with mila.expect_download() as downloading:
        photos(mila).last.get_by_role("link", name="Download the PDF").click()
    assert downloading.value.suggested_filename == "receipt.pdf"

    photos(ana).first.get_by_role("button", name="Open photo 1").click()
    dialog(ana).get_by_role("button", name="Remove photo").click()
    expect(dialog(ana)).to_contain_text("It is gone for everybody")
    press(dialog(ana), "Remove photo")
    expect(photos(ana)).to_have_count(1)
    expect(photos(mila)).to_have_count(1, timeout=LIVE)
