"""Spoiled goods: reported on one phone, asked on the others, credited by the leader, explained in the statement."""

from __future__ import annotations

from pathlib import Path

from PIL import Image
from playwright.sync_api import Locator, Page, expect

from bulq.domain.phases import Phase
from tests.e2e.pages import LIVE, button, dialog, press
from tests.e2e.stage import PHONE, Stage


def report_of(page: Page, name: str) -> Locator:
    return page.locator(f'[data-spoiled^="{name}"]')


def test_what_is_spoiled_is_reported_asked_and_credited(stage: Stage, tmp_path: Path) -> None:
    cast = stage.assemble()
    run = stage.bring_to(cast, Phase.COMPLETED)
    ana = stage.window(cast.ana, f"/runs/{run}")
    bojan = stage.window(cast.bojan, f"/runs/{run}", width=PHONE)
    mila = stage.window(cast.mila, f"/runs/{run}")

    press(bojan, "Report spoiled goods")
    dialog(bojan).get_by_label("What is spoiled").select_option(label="Basmati rice 5 kg, 2 packs")
    dialog(bojan).get_by_label("How much is spoiled").fill("3")
    dialog(bojan).get_by_label("What is wrong with it").fill("Mouldy at the bottom")
    Image.new("RGB", (640, 480), "olive").save(tmp_path / "mould.jpg")
    dialog(bojan).locator("[data-photo]").set_input_files(tmp_path / "mould.jpg")
    expect(dialog(bojan)).to_contain_text("mould.jpg goes along.")
    press(dialog(bojan), "Report spoiled goods")
    expect(dialog(bojan)).to_contain_text("You got less of it than that.")
    dialog(bojan).get_by_label("How much is spoiled").fill("1")
    press(dialog(bojan), "Report spoiled goods")
    expect(dialog(bojan)).to_have_count(0)

    expect(report_of(mila, "Bojan")).to_contain_text("Mouldy at the bottom", timeout=LIVE)
    press(report_of(mila, "Bojan"), "Open the photo of 1 pack of Basmati rice 5 kg of Bojan")
    expect(dialog(mila).get_by_role("img")).to_have_js_property("naturalWidth", 640)
    mila.keyboard.press("Escape")
    expect(button(mila, "From the store’s refund")).to_have_count(0)
    mila.get_by_role("button", name="Mine is fine: Basmati rice").click()
    expect(mila.locator("[data-asked]")).to_have_count(0, timeout=LIVE)
    expect(ana.locator("[data-asked]")).to_have_count(1)

    ana.get_by_role("button", name="From the store’s refund").click()
    expect(report_of(bojan, "Bojan")).to_contain_text("Credited €7.99 from the store’s refund.", timeout=LIVE)
    bojan.goto(f"/runs/{run}/statement/{cast.bojan.id}")
    bojan.get_by_role("button", name="Why -€7.99").first.click()
    expect(bojan.get_by_text("Spoiled: 1 pack of Basmati rice 5 kg credited 7.99.")).to_be_visible()
