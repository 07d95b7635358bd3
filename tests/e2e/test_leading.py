"""What the leader of a run does beside bidding, and what the others see of it."""

from __future__ import annotations

import re
from datetime import date, timedelta

from playwright.sync_api import expect

from bulq.domain.phases import Phase
from tests.e2e.pages import LIVE, button, choose, dialog, phase_is, press, row, settled, wanted_is
from tests.e2e.stage import Stage

RICE, TOMATOES = "Basmati rice 5 kg", "Tomatoes"


def test_note_and_dates_are_edited_and_seen_by_all(stage: Stage) -> None:
    cast = stage.assemble()
    run = stage.bring_to(cast, Phase.ACTIVE)
    ana, bojan = (stage.window(who, f"/runs/{run}") for who in (cast.ana, cast.bojan))
    day = date.today() + timedelta(days=5)

    choose(ana, "Edit run")
    dialog(ana).get_by_label("Shopping day").fill(day.isoformat())
    dialog(ana).get_by_role("textbox", name="Note").fill("Meet at nine")
    press(ana, "Save")

    expect(bojan.get_by_text("Meet at nine")).to_have_count(1, timeout=LIVE)
    expect(bojan.get_by_text(f"{day.day} {day:%b}")).to_have_count(1, timeout=LIVE)


def test_a_mistake_in_the_dates_stays_at_its_field(stage: Stage) -> None:
    cast = stage.assemble()
    run = stage.bring_to(cast, Phase.ACTIVE)
    ana = stage.window(cast.ana, f"/runs/{run}")

    choose(ana, "Edit run")
    dialog(ana).get_by_label("Shopping day").fill("2020-01-01")
    dialog(ana).get_by_role("textbox", name="Note").fill("kept")
    press(ana, "Save")

    field = dialog(ana).get_by_label("Shopping day")
    expect(field).to_have_attribute("aria-invalid", "true")
    expect(field).to_have_accessible_description("This day is over.")
    expect(dialog(ana).get_by_role("textbox", name="Note")).to_have_value("kept")


def test_a_helper_may_shop_until_they_are_none(stage: Stage) -> None:
    cast = stage.assemble()
    run = stage.bring_to(cast, Phase.SHOPPING)
    ana = stage.window(cast.ana, f"/runs/{run}")
    mila = stage.window(cast.mila, f"/runs/{run}/shopping")
    expect(row(mila, RICE)).to_be_visible()
    expect(button(mila, f"Buy {RICE}")).to_have_count(0)

    choose(ana, "Helpers")
    dialog(ana).get_by_role("checkbox", name="Mila").check()
    expect(button(mila, f"Buy {RICE}")).to_be_visible(timeout=LIVE)
    dialog(ana).get_by_role("checkbox", name="Mila").uncheck()

    expect(button(mila, f"Buy {RICE}")).to_have_count(0, timeout=LIVE)


def test_leadership_is_handed_over_only_to_whoever_accepts(stage: Stage) -> None:
    cast = stage.assemble()
    run = stage.bring_to(cast, Phase.ACTIVE)
    ana, bojan = (stage.window(who, f"/runs/{run}") for who in (cast.ana, cast.bojan))

    choose(ana, "Hand over")
    press(ana, "Ask Bojan")
    press(bojan, "Decline")
    expect(button(ana, "Withdraw")).to_have_count(0, timeout=LIVE)
    expect(button(bojan, "Manage run")).to_have_count(0)
    choose(ana, "Hand over")
    press(ana, "Ask Bojan")
    press(bojan, "Lead the run")

    expect(button(bojan, "Manage run")).to_be_visible(timeout=LIVE)
    expect(button(ana, "Manage run")).to_have_count(0, timeout=LIVE)
    expect(ana.get_by_text("helper", exact=True)).to_be_visible()


def test_bidding_is_reopened_with_nobody_ready(stage: Stage) -> None:
    cast = stage.assemble()
    run = stage.bring_to(cast, Phase.ACTIVE)
    ana, bojan = (stage.window(who, f"/runs/{run}") for who in (cast.ana, cast.bojan))
    press(bojan, "I'm ready")
    expect(ana.get_by_text("1 of 3 ready")).to_be_visible(timeout=LIVE)

    press(ana, "Confirm run")
    phase_is(bojan, "active")
    press(ana, "Confirm anyway")
    phase_is(bojan, "confirmed")
    expect(button(bojan, f"One more {RICE}")).to_have_count(0)
    press(ana, "Reopen bidding")

    phase_is(bojan, "active")
    expect(button(bojan, "I'm ready")).to_be_visible()
    expect(ana.get_by_text("0 of 3 ready")).to_be_visible()


def test_there_is_a_way_back_from_shopping_while_nothing_is_bought(stage: Stage) -> None:
    cast = stage.assemble()
    run = stage.bring_to(cast, Phase.SHOPPING)
    ana, bojan = (stage.window(who, f"/runs/{run}") for who in (cast.ana, cast.bojan))

    choose(ana, "Back to confirmed")

    phase_is(bojan, "confirmed")
    phase_is(ana, "confirmed")


def test_confirming_names_who_is_not_ready_once_and_is_refused_at_once_where_it_cannot_work(stage: Stage) -> None:
    cast = stage.assemble()
    empty, run = stage.bring_to(cast, Phase.PLANNING), stage.bring_to(cast, Phase.ACTIVE)
    ana, bojan = stage.window(cast.ana, f"/runs/{empty}"), stage.window(cast.bojan, f"/runs/{run}")

    press(ana, "Confirm run")
    expect(ana.get_by_role("alert").filter(has_text=re.compile("."))).to_be_visible()
    expect(dialog(ana)).to_have_count(0)

    ana.goto(f"/runs/{run}")
    said = ana.locator("[data-next]")
    expect(said).to_have_text("Waiting for Bojan and Mila to be ready. Then confirm the run.")
    press(bojan, "I'm ready")
    expect(said).to_have_text("Waiting for Mila to be ready. Then confirm the run.", timeout=LIVE)
    press(ana, "Confirm run")
    expect(dialog(ana).get_by_role("listitem")).to_have_text(["Ana", "Mila"])
    ana.wait_for_timeout(600)  # a double click on the button that asks is no answer
    button(dialog(ana), "Confirm anyway").dblclick()

    for page, sentence in ((ana, "Start shopping"), (bojan, "Ana goes shopping")):
        phase_is(page, "confirmed")
        expect(page.locator("[data-next]")).to_contain_text(sentence)
    expect(dialog(ana)).to_have_count(0)
    expect(ana.get_by_role("alert").filter(has_text=re.compile("."))).to_have_count(0)


def test_finishing_with_nothing_bought_is_asked_first(stage: Stage) -> None:
    cast = stage.assemble()
    run = stage.bring_to(cast, Phase.SHOPPING)
    ana, bojan = (stage.window(who, f"/runs/{run}") for who in (cast.ana, cast.bojan))

    press(ana, "Finish shopping")
    expect(dialog(ana)).to_contain_text("Nothing was bought")
    phase_is(bojan, "shopping")
    expect(dialog(ana)).to_contain_text("Tomatoes: still to buy")
    press(ana, "Not there: end the run")

    phase_is(bojan, "completed")


def test_a_cancelled_run_tells_why_and_is_final(stage: Stage) -> None:
    cast = stage.assemble()
    run = stage.bring_to(cast, Phase.ACTIVE)
    ana, bojan = (stage.window(who, f"/runs/{run}") for who in (cast.ana, cast.bojan))

    choose(ana, "Cancel run")
    dialog(ana).get_by_role("textbox", name="Reason").fill("Closed for stocktaking")
    press(dialog(ana), "Cancel run")

    for page in (ana, bojan):
        phase_is(page, "cancelled")
        expect(page.get_by_text("Closed for stocktaking")).to_have_count(1, timeout=LIVE)
        expect(button(page, "Manage run")).to_have_count(0)
        expect(page.get_by_role("spinbutton")).to_have_count(0)


def test_the_leader_changes_anothers_bid_and_they_are_told(stage: Stage) -> None:
    cast = stage.assemble()
    run = stage.bring_to(cast, Phase.CONFIRMED)
    ana, bojan = (stage.window(who, f"/runs/{run}") for who in (cast.ana, cast.bojan))

    press(ana, f"Bids on {RICE}")
    press(ana, f"One less {RICE} for Bojan")

    wanted_is(bojan, RICE, "9 packs")
    expect(row(bojan, RICE)).to_contain_text("changed by the leader from 3 packs")
    bojan.get_by_role("link", name="Notifications").click()
    expect(bojan.get_by_text(f"Ana changed your bid on {RICE} from 3 packs to 2 packs")).to_be_visible()


def test_everybody_adjusts_within_the_shortage_and_nobody_beyond(stage: Stage) -> None:
    cast = stage.assemble()
    run = stage.bring_to(cast, Phase.ADJUSTING)
    ana, bojan, mila = (stage.window(who, f"/runs/{run}") for who in (cast.ana, cast.bojan, cast.mila))
    expect(button(ana, "Finish adjusting")).to_be_disabled()

    press(bojan, f"One less {RICE}")
    press(bojan, f"One less {RICE}")
    settled(bojan, RICE)
    press(ana, f"One less {RICE}")

    wanted_is(mila, RICE, "7 packs")
    expect(button(mila, f"One less {RICE}")).to_have_count(0, timeout=LIVE)
    press(ana, "Finish adjusting")
    for page in (ana, bojan, mila):
        phase_is(page, "distributing")
