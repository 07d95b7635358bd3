"""Goods that come in cases: who takes "up to" more fills one, and the leader says so with open eyes."""

from __future__ import annotations

from uuid import UUID

from playwright.sync_api import Page, expect

from bulq.services import bids, prices, runs
from tests.cast import PACK, Cast
from tests.e2e.pages import LIVE, button, dialog, phase_is, press, row, settled, wanted_is
from tests.e2e.stage import PHONE, Stage

RICE = "Basmati rice 5 kg"


def in_cases(stage: Stage, cast: Cast) -> UUID:
    """A run in which rice comes in cases of four packs for 30.00; Ana wants three of them and Bojan two."""
    stage.do(prices.see_price, cast.ana, cast.rice, cast.store_id, 3000, "EUR", per=4 * PACK, pack=4 * PACK)
    run = stage.do(runs.start_run, cast.ana, cast.group_id, cast.store_id).id
    for who, packs in ((cast.ana, 3), (cast.bojan, 2)):
        stage.do(bids.place_bid, who, run, cast.rice, packs * PACK)
    return run


def take_up_to(page: Page, packs: str, cap: str = "") -> None:
    press(row(page, RICE), f"Up to… of {RICE}")
    dialog(page).get_by_role("textbox", name="Up to").fill(packs)
    dialog(page).get_by_role("textbox", name="At most so much more money").fill(cap)
    press(dialog(page), "Save")


def test_two_people_fill_a_case_and_the_leader_confirms_it(stage: Stage) -> None:
    cast = stage.assemble()
    run = in_cases(stage, cast)
    ana = stage.window(cast.ana, f"/runs/{run}")
    bojan, mila = (stage.window(who, f"/runs/{run}", width=PHONE) for who in (cast.bojan, cast.mila))
    expect(row(ana, RICE).locator("[data-case]")).to_have_text("1 of 2 cases full, 3 more fill the next")

    press(mila, f"Bid on {RICE}")
    settled(mila, RICE)
    take_up_to(mila, "2")
    expect(row(ana, RICE).locator("[data-case]")).to_have_text("1 of 2 cases full, 1 more fill the next", timeout=LIVE)
    take_up_to(bojan, "4", "7.50")
    expect(button(bojan, f"Up to 4 packs of {RICE}")).to_be_visible()
    expect(row(ana, RICE).locator("[data-case]")).to_have_text("2 cases full, with those who take more", timeout=LIVE)
    wanted_is(mila, RICE, "6 packs")

    press(ana, "Confirm run")
    press(ana, "Confirm anyway")
    phase_is(bojan, "confirmed", 10_000)
    choice = dialog(ana).locator(f'[data-case-of="{RICE}"]')
    expect(choice).to_contain_text("2 packs go unserved")
    for name, change in (("Bojan", "2 → 3 packs"), ("Mila", "1 → 2 packs")):
        expect(choice.get_by_role("row", name=name).filter(has_text=change)).to_be_visible()
    dialog(ana).get_by_role("textbox", name="Reason").fill("They keep")
    press(choice, f"Fill the case: {RICE}")

    wanted_is(bojan, RICE, "8 packs", 10_000)
    expect(row(bojan, RICE)).to_contain_text("changed by the leader from 2 packs")
    expect(dialog(ana)).to_have_count(0)
    press(ana, "Start shopping")
    expect(row(ana, RICE).locator("[data-packs]")).to_have_text("2 × 4")
    bojan.goto("/notifications")
    expect(bojan.get_by_text("you get 3 packs instead of 2 packs (They keep)")).to_be_visible()


def test_what_cannot_be_is_said_at_its_field(stage: Stage) -> None:
    cast = stage.assemble()
    run = in_cases(stage, cast)
    bojan = stage.window(cast.bojan, f"/runs/{run}", width=PHONE)

    for packs, cap, field, words in (
        ("2", "", "Up to", "more than you want anyway"),
        ("2.5", "", "Up to", "steps of 1"),
        ("", "5", "At most so much more money", "up to how much"),
        ("4", "abc", "At most so much more money", "Enter the amount"),
    ):
        take_up_to(bojan, packs, cap)
        wrong = dialog(bojan).get_by_role("textbox", name=field)
        expect(wrong).to_have_attribute("aria-invalid", "true")
        expect(dialog(bojan).get_by_role("alert").filter(has_text=words)).to_be_visible()
        press(dialog(bojan), "Back")


def test_a_few_more_make_it_cheaper_for_everybody(stage: Stage) -> None:
    cast = stage.assemble()
    for price, least in ((1000, None), (800, 6 * PACK)):
        stage.do(prices.see_price, cast.ana, cast.rice, cast.store_id, price, "EUR", minimum_quantity=least)
    run = stage.do(runs.start_run, cast.ana, cast.group_id, cast.store_id).id
    for who, packs in ((cast.ana, 3), (cast.bojan, 2)):
        stage.do(bids.place_bid, who, run, cast.rice, packs * PACK)
    ana, bojan = (stage.window(who, f"/runs/{run}", width=PHONE) for who in (cast.ana, cast.bojan))

    press(row(bojan, RICE), "One more and it gets cheaper: €2.00 less for everybody")

    wanted_is(ana, RICE, "6 packs")
    expect(row(ana, RICE).get_by_text("gets cheaper")).to_have_count(0, timeout=LIVE)


def test_the_size_of_a_case_is_noted_with_the_price(stage: Stage) -> None:
    cast = stage.assemble()
    bojan = stage.window(cast.bojan, f"/products/{cast.rice}", width=PHONE)

    press(bojan, "Add a price")
    form = dialog(bojan)
    form.get_by_role("textbox", name="Price", exact=True).fill("30")
    form.get_by_role("textbox", name="For how much").fill("4")
    form.get_by_role("combobox", name="Store").fill("Metro")
    bojan.get_by_role("option", name="Metro").click()
    form.get_by_role("textbox", name="Only in cases of").fill("2.5")
    press(form, "Save price")
    expect(form.get_by_role("textbox", name="Only in cases of")).to_have_attribute("aria-invalid", "true")
    form.get_by_role("textbox", name="Only in cases of").fill("4")
    press(form, "Save price")

    expect(bojan.get_by_text("€7.50 in cases of 4 packs").first).to_be_visible()
