"""From "Settle up" to even: three people, each in their own browser."""

from __future__ import annotations

from uuid import UUID

import pytest
from playwright.sync_api import Locator, Page, expect
from sqlalchemy.orm import Session

from tests.cast import Cast
from tests.e2e.pages import LIVE, button, dialog, press
from tests.e2e.stage import PHONE, Stage
from tests.owing import new_group, owe, owed


def owing_group(session: Session, cast: Cast) -> UUID:
    """Bojan owes Mila 30, and Mila owes Ana 30 and a bit more."""
    group_id = new_group(session, cast)
    owe(session, group_id, {cast.mila: 3000, cast.bojan: -3000})
    owe(session, group_id, {cast.ana: 3450, cast.mila: -3450})
    return group_id


@pytest.fixture
def cast(stage: Stage) -> Cast:
    return stage.assemble()


@pytest.fixture
def group_id(stage: Stage, cast: Cast) -> UUID:
    return stage.write(owing_group, cast)


def balance_is(page: Page, username: str, amount: str) -> None:
    expect(page.locator(f'[data-balance="{username}"]')).to_have_text(amount, timeout=LIVE)


def line(page: Page, state: str, sender: str) -> Locator:
    return page.locator(f'[data-payment="{state}"][data-sender="{sender}"]')


def test_b1_three_people_settle_up_until_all_are_even(stage: Stage, cast: Cast, group_id: UUID) -> None:
    """B1: From receipts to "even". Nobody reloads: each sees at once what the others do."""
    address = f"/groups/{group_id}/money"
    ana = stage.window(cast.ana, address)
    bojan, mila = stage.window(cast.bojan, address, width=PHONE), stage.window(cast.mila, address)
    balance_is(mila, "ana", "€34.50")
    balance_is(mila, "mila", "-€4.50")

    press(mila, "Settle up")
    expect(dialog(mila).locator("[data-proposed]")).to_have_count(2)
    expect(dialog(mila).locator("[data-why]").first).to_contain_text("Mila owes Ana")
    dialog(mila).get_by_role("radio", name="Pay the payer").check()
    expect(dialog(mila).locator("[data-proposed]").first).to_contain_text("€30.00")
    dialog(mila).get_by_role("radio", name="Fewest payments").check()
    press(dialog(mila), "Use this plan")

    # Bojan pays a part, then takes it back and pays all of it.
    why = "Instead of paying Mila €30.00 you pay Ana, because Mila owes Ana."
    expect(line(bojan, "proposed", "Bojan")).to_contain_text(why, timeout=LIVE)
    press(line(bojan, "proposed", "Bojan"), "Pay a part")
    dialog(bojan).get_by_role("textbox", name="Amount").fill("30.01")
    press(dialog(bojan), "I paid this")
    expect(dialog(bojan)).to_contain_text("Only €30.00 of this is to be paid.")
    dialog(bojan).get_by_role("textbox", name="Amount").fill("10")
    press(dialog(bojan), "I paid this")
    expect(line(ana, "paid", "Bojan")).to_contain_text("€10.00", timeout=LIVE)
    expect(line(ana, "proposed", "Bojan")).to_contain_text("€20.00")
    press(line(bojan, "paid", "Bojan"), "Not paid after all")
    for page in (ana, bojan):
        expect(line(page, "paid", "Bojan")).to_have_count(0, timeout=LIVE)
        expect(line(page, "proposed", "Bojan")).to_contain_text("€30.00", timeout=LIVE)
    press(line(bojan, "proposed", "Bojan"), "I paid")

    # Ana misses it first, then it comes.
    press(line(ana, "paid", "Bojan"), "Dispute payment")
    dialog(ana).get_by_role("textbox", name="What do you know of it?").fill("Nothing on my account")
    press(dialog(ana), "It didn't come")
    expect(line(bojan, "disputed", "Bojan")).to_contain_text("Nothing on my account", timeout=LIVE)
    press(line(ana, "disputed", "Bojan"), "Confirm payment")
    balance_is(bojan, "bojan", "€0.00")
    balance_is(bojan, "ana", "€4.50")

    # Mila pays in cash, which Ana writes down.
    press(ana, "Record a payment")
    dialog(ana).get_by_role("radio", name="I got money").check()
    dialog(ana).get_by_role("combobox", name="From whom").select_option(label="Mila")
    dialog(ana).get_by_role("textbox", name="Amount").fill("4.50")
    press(dialog(ana), "Record")
    for page in (ana, bojan, mila):
        expect(page.get_by_text("Everybody is even").first).to_be_visible(timeout=LIVE)
        expect(page.locator("[data-balance-sum]")).to_have_text("€0.00")
    expect(mila.locator('[data-entry="payment"]')).to_have_count(2)
    expect(button(mila, "Settle up")).to_have_count(0)
    assert not stage.write(owed, group_id)


def test_home_says_what_i_owe_and_leads_to_it(stage: Stage, cast: Cast, group_id: UUID) -> None:
    bojan = stage.window(cast.bojan, "/", width=PHONE)
    expect(bojan.get_by_role("link", name="You owe €30.00")).to_be_visible()
    mila = stage.window(cast.mila, f"/groups/{group_id}/money")
    press(mila, "Settle up")
    press(dialog(mila), "Use this plan")

    bojan.get_by_role("link", name="Pay Ana €30.00").click(timeout=LIVE * 2)
    press(line(bojan, "proposed", "Bojan"), "I paid")

    ana = stage.window(cast.ana, "/")
    ana.get_by_role("link", name="Confirm €30.00 from Bojan").click()
    press(line(ana, "paid", "Bojan"), "Confirm payment")
    balance_is(bojan, "bojan", "€0.00")


def test_a_debtor_is_reminded(stage: Stage, cast: Cast, group_id: UUID) -> None:
    ana = stage.window(cast.ana, f"/groups/{group_id}")
    ana.get_by_role("link", name="Money").click()
    press(ana, "Settle up")
    press(dialog(ana), "Use this plan")

    press(line(ana, "proposed", "Bojan"), "Remind")
    dialog(ana).get_by_role("textbox", name="Again after so many days").fill("a week")
    press(dialog(ana), "Remind")
    expect(dialog(ana)).to_contain_text("Enter a whole number.")
    dialog(ana).get_by_role("textbox", name="Again after so many days").fill("7")
    press(dialog(ana), "Remind")

    expect(line(ana, "proposed", "Bojan")).to_contain_text("reminded")
    bojan = stage.window(cast.bojan, "/notifications")
    bojan.get_by_role("link", name="Ana reminds you: €30.00 for Ana").click()
    expect(bojan).to_have_url(f"{stage.server.url}/groups/{group_id}/money")
