"""The list at the shop: live for all who look, at once for whoever taps, and honest about what is saved."""

from __future__ import annotations

import re
from uuid import UUID

from playwright.sync_api import Locator, Page, expect
from sqlmodel import col, select

from bulq.domain.phases import Phase
from bulq.models import Purchase
from bulq.services import catalogue, groups, runs
from tests import seeing
from tests.cast import PACK, Cast, item_of
from tests.e2e.pages import button, dialog, press, row, until
from tests.e2e.stage import PHONE, Stage

RICE, TOMATOES = "Basmati rice 5 kg", "Tomatoes"
SAVED, WAITS, ON_PHONE = "saved", re.compile(r"^\d waiting$"), "on this phone"


def shopping(stage: Stage, people: Cast) -> UUID:
    """A run at the shop, where prices of what is on its list have been seen."""
    run = stage.bring_to(people, Phase.SHOPPING)
    for product, price in ((people.rice, 799), (people.tomatoes, 129)):
        stage.do(catalogue.note_price, people.ana, run, product, price)
    return run


def chip(page: Page) -> Locator:
    """Whether everything is saved."""
    return page.locator("[data-outbox]")


def receipt(stage: Stage, run: UUID) -> list[tuple[int, int]]:
    rows = select(Purchase.quantity, Purchase.total).where(col(Purchase.run_id) == run).order_by(col(Purchase.total))
    return [tuple(each) for each in stage.write(lambda session: session.execute(rows).all())]


def till(page: Page, **typed: str) -> None:
    """Type into the sheet, in this order."""
    names = {"quantity": "Quantity bought", "price": re.compile("Price per"), "total": "Total"}
    for name, text in typed.items():
        dialog(page).get_by_label(names[name], exact=True).fill(text)


def shows(page: Page, **fields: str) -> None:
    for name, text in fields.items():
        expect(dialog(page).locator(f"input[name={name}]")).to_have_value(text)


def test_what_one_buys_others_see_and_the_list_answers_at_once(stage: Stage) -> None:
    people = stage.assemble()
    run = shopping(stage, people)
    ana = stage.window(people.ana, f"/runs/{run}/shopping", width=PHONE)
    bojan = stage.window(people.bojan, f"/runs/{run}/shopping")
    expect(row(ana, RICE)).to_contain_text("10")

    press(ana, f"Buy {RICE}")
    shows(ana, quantity="10", price="7.99", total="79.90")
    till(ana, total="79.90")
    press(dialog(ana), "Bought")

    expect(dialog(ana)).to_be_hidden()
    expect(ana.locator("[data-saved=saved]")).to_contain_text("79.90")
    expect(row(bojan, RICE)).to_contain_text("Paid by Ana")
    expect(chip(ana)).to_have_text(SAVED)
    expect(bojan.get_by_role("heading", name=re.compile("Metro"))).to_be_visible()
    expect(bojan.get_by_text("You are looking along. Ana and the helpers of this run buy.")).to_be_visible()


def test_what_was_typed_is_kept_mended_undone_and_put_back(stage: Stage) -> None:
    people = stage.assemble()
    run = shopping(stage, people)
    ana = stage.window(people.ana, f"/runs/{run}/shopping", width=PHONE)

    press(ana, f"Buy {TOMATOES}")
    shows(ana, quantity="1.5", price="1.29", total="1.94")
    till(ana, total="4.37", quantity="1")
    shows(ana, price="4.37", total="4.37")
    till(ana, quantity="1.25")
    shows(ana, price="3.50", total="4.37")
    till(ana, price="3")
    shows(ana, quantity="1.25", total="4.37")

    # What can't be is said at its field, and whoever can't see it hears it.
    for typed, said in (("", "Enter a quantity."), ("a lot", "Enter the quantity as a number")):
        till(ana, quantity=typed)
        press(dialog(ana), "Bought")
        expect(dialog(ana).get_by_role("alert").filter(has_text=said)).to_be_visible()
        field = dialog(ana).get_by_label("Quantity bought")
        expect(field).to_be_focused()
        expect(field).to_have_accessible_description(re.compile(re.escape(said)))
    till(ana, quantity="1.25", price="3")
    press(dialog(ana), "Bought")
    said = "The total €4.37 is not quantity × price, which is €3.75."
    expect(dialog(ana).get_by_role("alert").filter(has_text=said)).to_be_visible()
    expect(dialog(ana).get_by_label("Total")).to_be_focused()
    shows(ana, quantity="1.25", price="3.00", total="4.37")
    assert receipt(stage, run) == []
    till(ana, price="3.50")
    press(dialog(ana), "Bought")
    expect(row(ana, TOMATOES)).to_contain_text("1.25 kg × about 3.50 = 4.37")
    expect(row(ana, TOMATOES)).to_have_attribute("data-saved", "saved")

    press(ana, f"Undo {TOMATOES}")
    expect(ana.get_by_text("Tomatoes is off the receipt.")).to_be_visible()
    expect(button(ana, f"Buy {TOMATOES}")).to_be_visible()
    assert receipt(stage, run) == []
    press(ana.locator(".toasts").filter(has_text="off the receipt"), "Undo")
    expect(row(ana, TOMATOES)).to_contain_text("about 3.50 = 4.37")
    until(lambda: receipt(stage, run) == [(1250, 437)])

    press(ana, f"Buy {RICE}")
    press(dialog(ana), "Not there")
    expect(row(ana, RICE)).to_contain_text("10 packs wanted")
    expect(ana.get_by_text("Everything on the list is dealt with")).to_be_visible()
    press(ana, f"Undo {RICE}")
    expect(button(ana, f"Buy {RICE}")).to_be_visible()
    expect(chip(ana)).to_have_text(SAVED)


def test_what_somebody_else_did_meanwhile_is_asked_about(stage: Stage) -> None:
    """Ana's page doesn't hear of what happens here, as if it happened at the same moment."""
    people = stage.assemble()
    run = shopping(stage, people)
    item = stage.write(item_of, run, people.rice)
    line = stage.do(seeing.buy, people.ana, run, item, 7 * PACK, 5593, price=799).id
    ana = stage.window(people.ana, f"/runs/{run}/shopping", width=PHONE)
    press(ana, f"Edit {RICE}")
    shows(ana, quantity="7", price="7.99", total="55.93")

    stage.do(seeing.edit_purchase, people.ana, run, line, 8 * PACK, 6392)
    till(ana, quantity="6", total="47.94")
    button(dialog(ana), "Bought").dblclick()
    told = "it says 8 packs for €63.92 now, paid by Ana. You saw 7 packs for €55.93."
    expect(dialog(ana).get_by_role("alert").filter(has_text=told)).to_be_visible()
    assert receipt(stage, run) == [(8000, 6392)]  # the second of two quick taps agrees to nothing
    press(dialog(ana), "Save mine all the same")
    expect(row(ana, RICE)).to_contain_text("6 × 7.99 = 47.94")
    until(lambda: receipt(stage, run) == [(6000, 4794)])

    stage.do(seeing.edit_purchase, people.ana, run, line, 5 * PACK, 3995)
    press(ana, f"Undo {RICE}")
    expect(ana.get_by_role("alert").filter(has_text="it says 5 packs for €39.95 now")).to_be_visible()
    assert receipt(stage, run) == [(5000, 3995)]


def test_taps_without_a_network_are_sent_once_and_nothing_is_called_saved_before(frail_stage: Stage) -> None:
    stage = frail_stage
    people = stage.assemble()
    run = shopping(stage, people)
    ana = stage.window(people.ana, f"/runs/{run}/shopping", width=PHONE)
    mila = stage.window(people.mila, f"/runs/{run}/shopping")
    expect(chip(ana)).to_have_text(SAVED)
    said = ana.evaluate_handle(REMEMBER)

    stage.server.stop()
    press(ana, f"Buy {RICE}")
    till(ana, quantity="")
    press(dialog(ana), "Bought")
    expect(dialog(ana).get_by_role("alert").filter(has_text="Enter a quantity.")).to_be_visible()
    till(ana, quantity="10")
    press(dialog(ana), "Bought")
    expect(row(ana, RICE)).to_have_attribute("data-saved", "phone")
    expect(chip(ana)).to_have_text(WAITS)
    said.evaluate("said => said.splice(0)")
    press(ana, f"Buy {TOMATOES}")
    press(dialog(ana), "Bought")
    expect(row(ana, TOMATOES)).to_contain_text(ON_PHONE)
    expect(ana.get_by_text("€81.84")).to_be_visible()
    ana.wait_for_timeout(2500)  # it has been tried again
    assert SAVED not in said.evaluate("said => said.splice(0)")
    assert receipt(stage, run) == []

    stage.server.start()

    expect(chip(ana)).to_have_text(SAVED, timeout=30_000)
    expect(ana.locator("[data-saved=saved]")).to_have_count(2)
    expect(mila.locator("[data-saved=saved]")).to_have_count(2, timeout=30_000)
    assert receipt(stage, run) == [(1500, 194), (10_000, 7990)]
    ana.reload()
    expect(ana.locator("[data-saved=saved]")).to_have_count(2)


# What the chip says from now on.
REMEMBER = """() => {
    const said = [];
    const look = () => said.push(document.querySelector("[data-outbox]")?.textContent);
    new MutationObserver(look).observe(document.body, { subtree: true, childList: true, characterData: true });
    return said;
}"""


def test_who_may_not_buy_any_more_can_not(stage: Stage) -> None:
    people = stage.assemble()
    run = shopping(stage, people)
    for helper in (people.bojan, people.mila):
        stage.do(runs.set_helper, people.ana, run, helper.id, True)
    windows = [stage.window(who, f"/runs/{run}/shopping") for who in (people.ana, people.bojan, people.mila)]
    ana, bojan, mila = windows
    press(bojan, f"Buy {RICE}")
    expect(dialog(bojan)).to_be_visible()

    stage.do(groups.remove_member, people.ana, people.group_id, people.mila.id)
    press(ana, f"Buy {RICE}")
    press(dialog(ana), "Bought")
    expect(mila.get_by_text("There is nothing here")).to_be_visible()
    expect(mila.get_by_text(RICE)).to_have_count(0)

    expect(dialog(bojan).get_by_text("Somebody else is buying this, too: 10 packs are bought by now.")).to_be_visible()
    ana.goto(f"/runs/{run}")
    press(ana, "Finish shopping")
    press(dialog(ana), "Not there: finish")
    expect(dialog(bojan)).to_have_count(0)
    expect(bojan.get_by_text("Shopping is over.")).to_be_visible()
    expect(button(bojan, f"Buy {TOMATOES}")).to_have_count(0)


def test_what_is_not_on_the_list_is_added_known_or_new(stage: Stage) -> None:
    people = stage.assemble()
    run = shopping(stage, people)
    ana, bojan = (stage.window(who, f"/runs/{run}/shopping") for who in (people.ana, people.bojan))
    names = bojan.locator("[data-product]")
    expect(names).to_have_count(2)

    ana.get_by_role("combobox", name="Add a product").fill("basm")
    ana.get_by_role("option", name=re.compile(RICE)).click()
    dialog(ana).get_by_label("For whom").select_option(label="Mila")
    dialog(ana).get_by_label("Quantity").fill("3")
    press(dialog(ana), "Add to the list")
    expect(row(bojan, RICE)).to_contain_text("13")

    ana.get_by_role("combobox", name="Add a product").fill("Lentils")
    ana.get_by_role("option", name="Create “Lentils”").click()
    press(dialog(ana), "Add to the list")
    expect(dialog(ana).get_by_role("alert").filter(has_text="Enter a quantity.")).to_be_visible()
    dialog(ana).get_by_label("Quantity").fill("2")
    press(dialog(ana), "Add to the list")

    expect(names).to_have_count(3)
    shown = [each.get_attribute("data-product") for each in names.all()]
    assert shown == [RICE, "Lentils", TOMATOES]  # by their names, as on a page that is opened now
