"""Money before the goods, and settling as one: three people, each in their own browser."""

from __future__ import annotations

from uuid import UUID

from playwright.sync_api import Page, expect
from sqlalchemy.orm import Session

from bulq.domain.phases import Phase
from bulq.services import groups, prices
from tests.cast import NOW, Cast
from tests.e2e.pages import LIVE, dialog, press
from tests.e2e.stage import PHONE, Stage
from tests.owing import new_group, owe


def ask(page: Page, share: str) -> None:
    press(page, "Manage run")
    page.get_by_role("menuitem", name="Ask for advances").click()
    dialog(page).get_by_role("radio", name=share, exact=True).check()
    press(dialog(page), "Save")
    expect(dialog(page)).to_have_count(0, timeout=LIVE)


def test_everybody_pays_a_share_before_the_goods(stage: Stage) -> None:
    cast = stage.assemble()
    stage.write(prices.see_price, cast.ana, cast.rice, cast.store_id, 799, "EUR", now=NOW)
    run_id = stage.bring_to(cast, Phase.CONFIRMED)
    ana, bojan = stage.window(cast.ana, f"/runs/{run_id}"), stage.window(cast.bojan, f"/runs/{run_id}", width=PHONE)

    ask(ana, "Half")
    expect(bojan.locator("[data-advance-asked]")).to_have_text("€11.99", timeout=LIVE)
    ask(ana, "All")
    expect(bojan.locator("[data-advance-asked]")).to_have_text("€23.97", timeout=LIVE)

    press(bojan.locator("#your-part"), "I paid")
    expect(bojan.locator("[data-advance-paid]")).to_have_text("€23.97", timeout=LIVE)
    expect(bojan.locator("[data-advance-rest]")).to_have_text("€0.00")
    theirs = ana.locator('[data-advance="bojan"]')
    expect(theirs).to_contain_text("says €23.97 are paid", timeout=LIVE)
    theirs.get_by_role("button", name="Confirm €23.97 from Bojan").click()
    expect(theirs).to_contain_text("paid €23.97 in advance", timeout=LIVE)

    bojan.goto(f"{stage.server.url}/groups/{cast.group_id}/money")
    expect(bojan.locator('[data-advanced="bojan"]')).to_have_text("€23.97 of it in advance", timeout=LIVE)
    ask(ana, "None")
    expect(ana.locator('[data-advance="mila"]')).to_be_hidden(timeout=LIVE)


def limited(session: Session, cast: Cast) -> None:
    groups.set_debt_limit(session, cast.ana, cast.group_id, 2000, now=NOW)


def test_a_bid_beyond_the_limit_says_by_how_much(stage: Stage) -> None:
    cast = stage.assemble()
    stage.write(prices.see_price, cast.ana, cast.rice, cast.store_id, 799, "EUR", now=NOW)
    run_id = stage.bring_to(cast, Phase.ACTIVE)
    ana = stage.window(cast.ana, f"/groups/{cast.group_id}/manage")
    ana.get_by_role("textbox", name="How far below zero somebody may go").fill("20")
    press(ana, "Save limit")
    expect(ana.get_by_text("Saved").first).to_be_visible(timeout=LIVE)
    mila = stage.window(cast.mila, f"/runs/{run_id}", width=PHONE)

    mila.get_by_role("button", name="More Basmati rice").first.click()

    expect(mila.get_by_text("This would be €3.97 below what Liman allows.").first).to_be_visible(timeout=LIVE * 2)


def owing(session: Session, cast: Cast) -> UUID:
    group_id = new_group(session, cast)
    owe(session, group_id, {cast.mila: 620, cast.bojan: -620})
    owe(session, group_id, {cast.bojan: 300, cast.ana: -300})
    return group_id


def test_two_settle_as_one(stage: Stage) -> None:
    cast = stage.assemble()
    address = f"/groups/{stage.write(owing, cast)}/money"
    ana, bojan = stage.window(cast.ana, address, width=PHONE), stage.window(cast.bojan, address)

    press(ana, "Propose household")
    dialog(ana).get_by_role("radio", name="The other one pays").check()
    dialog(ana).get_by_role("combobox", name="Who pays for you").select_option(label="Bojan")
    press(dialog(ana), "Propose")
    expect(bojan.locator("[data-proposal]")).to_contain_text("Bojan would settle for Ana.", timeout=LIVE)
    press(bojan.locator("[data-proposal]"), "Agree")
    for page in (ana, bojan):
        expect(page.locator("[data-household]")).to_contain_text("together -€6.20", timeout=LIVE)
        expect(page.locator("[data-household-balance]")).to_contain_text("Bojan and Ana settle as one")

    press(bojan, "Settle up")
    expect(dialog(bojan).locator("[data-proposed]")).to_have_count(1)
    expect(dialog(bojan).locator("[data-proposed]")).to_contain_text("€6.20")
    press(dialog(bojan), "Not now")

    ana.get_by_role("button", name="End household with Bojan").click()
    for page in (ana, bojan):
        expect(page.locator("[data-household]")).to_have_count(0, timeout=LIVE)
