"""The list at the shop: live for all who look, at once for whoever taps, and honest about what is saved."""

from __future__ import annotations

import re

from playwright.sync_api import expect

from bulq.domain.phases import Phase
from tests.e2e.stage import PHONE, Stage


def test_what_one_buys_others_see_and_the_list_answers_at_once(stage: Stage) -> None:
    people = stage.assemble()
    run = stage.bring_to(people, Phase.SHOPPING)
    ana = stage.window(people.ana, f"/runs/{run}/shopping", width=PHONE)
    bojan = stage.window(people.bojan, f"/runs/{run}/shopping")
    rice = ana.locator('[data-product="Basmati rice 5 kg"]')
    expect(rice).to_contain_text("10")

    ana.get_by_role("button", name="Buy Basmati rice 5 kg").click()
    sheet = ana.get_by_role("dialog")
    expect(sheet.get_by_label("Quantity bought")).to_have_value("10")
    sheet.get_by_label("Total").fill("79.90")
    sheet.get_by_role("button", name="Bought").click()

    expect(sheet).to_be_hidden()
    expect(ana.locator("[data-saved=saved]")).to_contain_text("79.90")
    expect(bojan.locator('[data-product="Basmati rice 5 kg"]')).to_contain_text("Paid by Ana")
    expect(ana.locator("[data-outbox]")).to_have_text("saved")
    expect(bojan.get_by_role("heading", name=re.compile("Metro"))).to_be_visible()
