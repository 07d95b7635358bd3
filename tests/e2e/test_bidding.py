"""Bidding on the run page: in place, at once, and seen by everybody."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from bulq.domain.phases import Phase
from tests.e2e.pages import LIVE, button, dialog, my_quantity_is, phase_is, press, quantity, row, wanted_is
from tests.e2e.stage import PHONE, Stage

RICE, TOMATOES = "Basmati rice 5 kg", "Tomatoes"


def test_a_bid_grows_and_shrinks_by_taps_and_others_see_it(stage: Stage) -> None:
    cast = stage.assemble()
    run = stage.bring_to(cast, Phase.ACTIVE)
    ana, bojan = (stage.window(who, f"/runs/{run}") for who in (cast.ana, cast.bojan))

    press(bojan, f"One more {RICE}")
    press(bojan, f"One more {RICE}")
    press(bojan, f"One more {RICE}")
    wanted_is(ana, RICE, "13 packs")
    press(bojan, f"One less {RICE}")

    wanted_is(ana, RICE, "12 packs")
    my_quantity_is(bojan, RICE, "5")
    wanted_is(bojan, RICE, "12 packs")


@pytest.mark.parametrize("typed", ["2,5", "2.5"])
def test_a_quantity_may_be_typed_with_comma_or_point(stage: Stage, typed: str) -> None:
    cast = stage.assemble()
    run = stage.bring_to(cast, Phase.ACTIVE)
    ana, bojan = (stage.window(who, f"/runs/{run}") for who in (cast.ana, cast.bojan))

    quantity(bojan, TOMATOES).fill(typed)
    quantity(bojan, TOMATOES).press("Enter")

    my_quantity_is(bojan, TOMATOES, "2.5")
    wanted_is(ana, TOMATOES, "2.5 kg")


def test_a_quantity_that_cannot_be_is_refused_in_words_and_the_old_one_stays(stage: Stage) -> None:
    cast = stage.assemble()
    run = stage.bring_to(cast, Phase.ACTIVE)
    bojan = stage.window(cast.bojan, f"/runs/{run}")

    for typed, word in (
        ("1.3", "steps of 0.5"),
        ("abc", "as a number"),
        ("-2", "above 0"),
        ("99999", "at most"),
        ("1e9", "as a number"),
        ("<b>2</b>", "as a number"),
    ):
        quantity(bojan, TOMATOES).fill(typed)
        quantity(bojan, TOMATOES).press("Enter")
        expect(bojan.get_by_role("alert").filter(has_text=word).last).to_be_visible()
        my_quantity_is(bojan, TOMATOES, "1.5")


def test_interest_counts_nowhere_and_may_become_a_bid(stage: Stage) -> None:
    cast = stage.assemble()
    run = stage.bring_to(cast, Phase.ACTIVE)
    bojan, mila = (stage.window(who, f"/runs/{run}") for who in (cast.bojan, cast.mila))

    press(mila, f"Interested in {TOMATOES}")
    expect(row(bojan, TOMATOES).get_by_text("Interested")).to_be_visible(timeout=LIVE)
    wanted_is(bojan, TOMATOES, "1.5 kg")
    press(mila, f"Bid on {TOMATOES}")

    wanted_is(bojan, TOMATOES, "2.5 kg")
    expect(row(bojan, TOMATOES).get_by_text("Interested")).to_have_count(0)


def test_a_note_stands_beside_the_bid_for_whoever_shops(stage: Stage) -> None:
    cast = stage.assemble()
    run = stage.bring_to(cast, Phase.ACTIVE)
    ana, bojan = (stage.window(who, f"/runs/{run}") for who in (cast.ana, cast.bojan))

    press(bojan, f"Note for {TOMATOES}")
    dialog(bojan).get_by_role("textbox", name="Note").fill("ripe ones")
    press(bojan, "Save")
    expect(row(bojan, TOMATOES)).to_contain_text("ripe ones")
    press(ana, f"Bids on {TOMATOES}")

    expect(dialog(ana)).to_contain_text("ripe ones")


def test_a_retracted_bid_comes_back_by_undo_with_its_note(stage: Stage) -> None:
    cast = stage.assemble()
    run = stage.bring_to(cast, Phase.ACTIVE)
    ana, bojan = (stage.window(who, f"/runs/{run}") for who in (cast.ana, cast.bojan))

    press(bojan, f"Retract {RICE}")
    wanted_is(ana, RICE, "7 packs")
    expect(button(bojan, f"Bid on {RICE}")).to_be_visible()
    press(bojan, "Undo")

    wanted_is(ana, RICE, "10 packs")
    my_quantity_is(bojan, RICE, "3")


def test_the_first_bid_of_another_opens_bidding(stage: Stage) -> None:
    cast = stage.assemble()
    run = stage.bring_to(cast, Phase.PLANNING)
    ana, bojan = (stage.window(who, f"/runs/{run}") for who in (cast.ana, cast.bojan))
    phase_is(ana, "planning")

    bojan.get_by_role("combobox", name="Add a product").fill("basm")
    bojan.get_by_role("option", name=RICE).click()

    wanted_is(ana, RICE, "1 pack")
    phase_is(ana, "active")
    phase_is(bojan, "active")


def test_ready_is_taken_back_by_changing_a_bid(stage: Stage) -> None:
    cast = stage.assemble()
    run = stage.bring_to(cast, Phase.ACTIVE)
    ana, bojan = (stage.window(who, f"/runs/{run}") for who in (cast.ana, cast.bojan))

    press(bojan, "I'm ready")
    expect(ana.get_by_text("1 of 3 ready")).to_be_visible(timeout=LIVE)
    press(bojan, f"One more {RICE}")

    expect(ana.get_by_text("0 of 3 ready")).to_be_visible(timeout=LIVE)
    expect(button(bojan, "I'm ready")).to_be_visible()


def test_a_product_can_be_created_in_place_on_a_phone(stage: Stage) -> None:
    cast = stage.assemble()
    run = stage.bring_to(cast, Phase.ACTIVE)
    ana = stage.window(cast.ana, f"/runs/{run}")
    mila = stage.window(cast.mila, f"/runs/{run}", width=PHONE)

    mila.get_by_role("combobox", name="Add a product").fill("Olive oil")
    mila.get_by_role("option", name="Create “Olive oil”").click()
    box = dialog(mila)
    expect(box.get_by_role("textbox", name="Product name")).to_have_value("Olive oil")
    box.get_by_role("combobox", name="Unit").select_option("l")
    expect(box.get_by_role("textbox", name="Step")).to_have_value("0.5")
    box.get_by_role("textbox", name="Price").fill("abc")
    press(box, "Create product")
    expect(box.get_by_role("textbox", name="Price")).to_have_attribute("aria-invalid", "true")
    box.get_by_role("textbox", name="Price").fill("9,90")
    press(box, "Create product")

    wanted_is(ana, "Olive oil", "1 l", timeout=5000)
    expect(row(ana, "Olive oil")).to_contain_text("9.90")


def test_no_tap_is_lost_while_others_bid_on_the_same_product(stage: Stage) -> None:
    cast = stage.assemble()
    run = stage.bring_to(cast, Phase.ACTIVE)
    ana, bojan, mila = (stage.window(who, f"/runs/{run}") for who in (cast.ana, cast.bojan, cast.mila))

    for _ in range(8):
        press(ana, f"One more {RICE}")
        press(bojan, f"One more {RICE}")
        press(bojan, f"One more {RICE}")
        press(bojan, f"One less {RICE}")
        press(mila, f"One more {RICE}")

    for page, amount in ((ana, "13"), (bojan, "11"), (mila, "10")):
        my_quantity_is(page, RICE, amount)
    for page in (ana, bojan, mila):
        wanted_is(page, RICE, "34 packs")


def test_taps_right_after_the_first_bid_count(stage: Stage) -> None:
    cast = stage.assemble()
    run = stage.bring_to(cast, Phase.ACTIVE)
    bojan, mila = (stage.window(who, f"/runs/{run}") for who in (cast.bojan, cast.mila))

    for _ in range(5):
        press(bojan, f"One more {TOMATOES}")
        press(mila, f"Bid on {TOMATOES}")
        for _ in range(3):
            press(mila, f"One more {TOMATOES}")
        press(mila, f"One less {TOMATOES}")
        my_quantity_is(mila, TOMATOES, "2")
        press(mila, f"Retract {TOMATOES}")
        expect(button(mila, f"Bid on {TOMATOES}")).to_be_visible()
