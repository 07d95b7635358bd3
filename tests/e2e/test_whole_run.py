"""The main job in one go: three people in three windows, from the first account to the last cent."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from tests.e2e.entrance import (
    create_product,
    fill_registration,
    invite_link,
    make_group,
    signed_in,
    start_run,
)
from tests.e2e.pages import (
    LIVE,
    button,
    dialog,
    my_quantity_is,
    phase_is,
    press,
    quantity,
    row,
    statements,
    wanted_is,
)
from tests.e2e.stage import PHONE, Stage

RICE, OIL, TOMATOES = "Basmati rice", "Olive oil", "Tomatoes"


def test_three_people_buy_together_from_the_first_account_to_the_last_cent(stage: Stage) -> None:
    ana, bojan, mila = stage.window(), stage.window(), stage.window(width=PHONE)
    everybody = (ana, bojan, mila)

    _form_a_group(ana, bojan, mila)
    _plan_a_run(ana, bojan, mila)
    _bid(ana, bojan, mila)
    _confirm(ana, everybody)
    _shop(ana, bojan)
    _share(ana, everybody)
    _hand_out(ana, bojan, mila)

    for page in everybody:
        assert statements(page) == {"ana": 3196, "bojan": 1598 + 2197, "mila": 799 + 1099}
        assert sum(statements(page).values()) == 5593 + 3296


def _register(page: Page, name: str) -> None:
    page.goto("/register")
    fill_registration(page, name, name.casefold())


def _form_a_group(ana: Page, bojan: Page, mila: Page) -> None:
    _register(ana, "Ana")
    signed_in(ana)
    make_group(ana, "Liman")
    link = invite_link(ana)

    # Bojan opens the link before he has an account and is in without another click.
    bojan.goto(link)
    expect(bojan.get_by_role("heading", name="Liman")).to_be_visible()
    press(bojan, "Join group")
    bojan.get_by_role("link", name="Create an account").click()
    fill_registration(bojan, "Bojan", "bojan")
    expect(bojan.get_by_role("heading", name="Liman", level=1)).to_be_visible()
    expect(ana.get_by_text("@bojan")).to_be_visible(timeout=LIVE)

    _register(mila, "Mila")
    signed_in(mila)
    mila.goto(link)
    press(mila, "Join group")
    expect(mila.get_by_role("heading", name="Liman", level=1)).to_be_visible()
    for page in (ana, bojan):
        expect(page.get_by_text("@mila")).to_have_count(1, timeout=LIVE)


def _plan_a_run(ana: Page, bojan: Page, mila: Page) -> None:
    start_run(ana, "Metro", "Parking is behind the shop")
    phase_is(ana, "planning")
    for page in (bojan, mila):
        entry = page.get_by_role("main").get_by_role("link", name="Metro")
        expect(entry).to_have_count(1, timeout=LIVE)
        entry.click()
        phase_is(page, "planning")
        expect(page.get_by_text("Parking is behind the shop")).to_be_visible()


def _bid(ana: Page, bojan: Page, mila: Page) -> None:
    create_product(ana, RICE, "pack", "7.99")
    wanted_is(bojan, RICE, "1 pack")
    quantity(ana, RICE).fill("5")
    quantity(ana, RICE).press("Enter")

    press(bojan, f"Bid on {RICE}")
    phase_is(ana, "active")
    press(bojan, f"One more {RICE}")
    press(bojan, f"One more {RICE}")
    press(bojan, f"One more {RICE}")
    press(bojan, f"One less {RICE}")
    my_quantity_is(bojan, RICE, "3")
    wanted_is(ana, RICE, "8 packs")

    create_product(bojan, OIL, "l", "9,99")
    create_product(bojan, TOMATOES, "kg", "1.29")
    press(bojan, f"One more {OIL}")
    press(bojan, f"One more {OIL}")

    press(mila, f"Interested in {RICE}")
    expect(row(ana, RICE).get_by_text("Interested")).to_be_visible(timeout=LIVE)
    press(mila, f"Bid on {RICE}")
    press(mila, f"One more {RICE}")
    wanted_is(ana, RICE, "10 packs")
    press(mila, f"Bid on {TOMATOES}")
    quantity(mila, TOMATOES).fill("1,5")
    quantity(mila, TOMATOES).press("Enter")
    press(mila, f"Bid on {OIL}")
    press(mila, f"Note for {OIL}")
    dialog(mila).get_by_role("textbox", name="Note").fill("extra virgin")
    press(mila, "Save")
    expect(row(mila, OIL)).to_contain_text("extra virgin")

    press(mila, f"Retract {TOMATOES}")
    wanted_is(bojan, TOMATOES, "1 kg")
    press(mila, "Undo")
    wanted_is(bojan, TOMATOES, "2.5 kg")
    wanted_is(ana, OIL, "3 l")


def _confirm(ana: Page, everybody: tuple[Page, ...]) -> None:
    for count, page in enumerate(everybody, 1):
        button(page, "I'm ready").locator("visible=true").click()
        expect(ana.get_by_text(f"{count} of 3 ready")).to_be_visible(timeout=LIVE)
    press(ana, "Confirm run")
    for page in everybody:
        phase_is(page, "confirmed")
        expect(button(page, f"One more {RICE}")).to_have_count(0)


def _shop(ana: Page, bojan: Page) -> None:
    press(ana, "Start shopping")
    phase_is(bojan, "shopping")
    expect(ana.get_by_text("extra virgin")).to_be_visible()

    press(ana, f"Buy {RICE}")
    dialog(ana).get_by_label("Quantity bought").fill("7")
    expect(dialog(ana).get_by_label("Total")).to_have_value("55.93")
    press(dialog(ana), "Bought")
    expect(row(bojan, RICE)).to_contain_text("7 of 10 packs", timeout=LIVE)

    press(ana, f"Buy {TOMATOES}")
    press(dialog(ana), "Not there")
    expect(row(bojan, TOMATOES)).to_contain_text("Not there", timeout=LIVE)

    press(ana, f"Buy {OIL}")
    dialog(ana).get_by_label("Total").fill("32.96")
    expect(dialog(ana).get_by_label("Price per l")).to_have_value("10.99")
    press(dialog(ana), "Bought")
    expect(row(bojan, OIL)).to_contain_text("3 of 3 l", timeout=LIVE)

    ana.get_by_role("link", name="Back to the run").first.click()
    press(ana, "Finish shopping")


def _share(ana: Page, everybody: tuple[Page, ...]) -> None:
    for page in everybody:
        phase_is(page, "adjusting")
    press(ana, "Share fairly")
    preview = dialog(ana).locator(f'[data-share="{RICE}"]')
    for name, wants, gets in (
        ("Ana", "5 packs", "4 packs"),
        ("Bojan", "3 packs", "2 packs"),
        ("Mila", "2 packs", "1 pack"),
    ):
        line = preview.get_by_role("row", name=name)
        expect(line.get_by_role("cell")).to_have_text([name, wants, gets])
    phase_is(ana, "adjusting")
    press(ana, "Give it out like this")
    for page in everybody:
        phase_is(page, "distributing")


def _hand_out(ana: Page, bojan: Page, mila: Page) -> None:
    bojan.get_by_role("checkbox", name=f"{RICE} picked up by Bojan").check()
    expect(ana.get_by_text("1 of 5 picked up")).to_be_visible(timeout=LIVE)
    expect(bojan.get_by_role("checkbox", name=f"{RICE} picked up by Mila")).to_have_count(0)
    bojan.get_by_role("checkbox", name=f"{OIL} picked up by Bojan").check()
    press(ana, "All picked up by Ana")
    press(ana, "All picked up by Mila")
    expect(mila.get_by_text("5 of 5 picked up")).to_be_visible(timeout=LIVE)

    press(ana, "Complete run")
    for page in (ana, bojan, mila):
        phase_is(page, "completed")
