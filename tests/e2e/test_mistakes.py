"""What isn't seen isn't agreed to, and what was typed wrongly is mended: at the shelf and after shopping."""

from __future__ import annotations

from uuid import UUID

from playwright.sync_api import expect

from bulq.domain.phases import Phase
from bulq.services import runs
from tests import seeing
from tests.cast import PACK, item_of
from tests.e2e.pages import LIVE, button, choose, dialog, phase_is, press, row
from tests.e2e.stage import PHONE, Stage

RICE = "Basmati rice 5 kg"


def _buy(stage: Stage, who, run: UUID, product: UUID, packs: int) -> None:
    item = stage.write(item_of, run, product)
    stage.do(seeing.buy, who, run, item, packs * PACK, packs * 799)


def test_finishing_names_what_is_open_and_marks_it_only_when_that_is_said(stage: Stage) -> None:
    cast = stage.assemble()
    run = stage.bring_to(cast, Phase.SHOPPING)
    _buy(stage, cast.ana, run, cast.rice, 10)
    ana = stage.window(cast.ana, f"/runs/{run}", width=PHONE)

    press(ana, "Finish shopping")
    expect(dialog(ana)).to_contain_text("Tomatoes: still to buy")
    press(dialog(ana), "Back")
    phase_is(ana, "shopping")
    press(ana, "Finish shopping")
    press(dialog(ana), "Not there: finish")

    phase_is(ana, "distributing")


def test_a_double_tap_does_not_buy_over_what_another_bought(stage: Stage) -> None:
    cast = stage.assemble()
    run = stage.bring_to(cast, Phase.SHOPPING)
    stage.do(runs.set_helper, cast.ana, run, cast.bojan.id, True)
    ana, bojan = (stage.window(who, f"/runs/{run}/shopping", width=PHONE) for who in (cast.ana, cast.bojan))
    press(ana, f"Buy {RICE}")
    dialog(ana).get_by_label("Quantity bought").fill("10")
    press(bojan, f"Buy {RICE}")
    dialog(bojan).get_by_label("Quantity bought").fill("4")
    dialog(bojan).get_by_label("Total").fill("31.96")
    press(dialog(bojan), "Bought")
    expect(row(bojan, RICE)).to_contain_text("4 of 10", timeout=LIVE)

    dialog(ana).get_by_label("Total").fill("79.90")
    button(dialog(ana), "Bought").dblclick()
    expect(dialog(ana)).to_contain_text("4 packs bought by now, where you saw 0 packs")
    button(dialog(ana), "Bought").scroll_into_view_if_needed()  # waits until the grown dialog stands still
    button(dialog(ana), "Bought").dblclick(force=True)
    expect(row(bojan, RICE)).to_contain_text("4 of 10")
    press(dialog(ana), "Buy mine on top")

    expect(dialog(ana)).to_have_count(0)
    expect(row(bojan, RICE).last).to_contain_text("10 × 7.99", timeout=LIVE)


def test_a_double_tap_on_a_button_does_not_answer_the_question_it_opens(stage: Stage) -> None:
    """The second tap comes when the question is there already, and hits its answer."""
    cast = stage.assemble()
    run = stage.bring_to(cast, Phase.SHOPPING)
    ana = stage.window(cast.ana, f"/runs/{run}")
    press(ana, "Finish shopping")
    answer = button(dialog(ana), "Not there: end the run").bounding_box()
    press(dialog(ana), "Back")
    expect(dialog(ana)).to_have_count(0)
    assert answer
    at = answer["x"] + answer["width"] / 2, answer["y"] + answer["height"] / 2
    put = "(it, [x, y]) => Object.assign(it.style, { position: 'fixed', left: `${x - 40}px`, top: `${y - 20}px` })"
    button(ana, "Finish shopping").evaluate(put, at)

    ana.mouse.click(*at)
    expect(dialog(ana)).to_be_visible()
    ana.mouse.down(click_count=2)
    ana.mouse.up(click_count=2)

    expect(dialog(ana)).to_be_visible()
    phase_is(ana, "shopping")


def test_a_receipt_is_corrected_after_shopping(stage: Stage) -> None:
    cast = stage.assemble()
    run = stage.bring_to(cast, Phase.DISTRIBUTING)
    ana, mila = (stage.window(who, f"/runs/{run}", width=PHONE) for who in (cast.ana, cast.mila))

    ana.get_by_role("link", name="What was bought").click()
    press(ana, f"Correct {RICE}")
    expect(dialog(ana).get_by_label("Quantity bought")).to_have_attribute("readonly", "")
    dialog(ana).get_by_label("Total").fill("63.00")
    dialog(ana).get_by_label("Paid by").select_option(label="Mila")
    press(dialog(ana), "Correct")

    expect(row(ana, RICE)).to_contain_text("Paid by Mila")
    expect(mila.get_by_role("link", name="What was bought")).to_be_visible(timeout=LIVE)
    mila.get_by_role("link", name="Notifications").click()
    expect(mila.get_by_text("63.00 paid by Mila, before €55.93 paid by Ana")).to_be_visible()


def test_shopping_is_taken_up_again_with_the_receipt_as_it_was(stage: Stage) -> None:
    cast = stage.assemble()
    run = stage.bring_to(cast, Phase.ADJUSTING)
    ana, bojan = (stage.window(who, f"/runs/{run}") for who in (cast.ana, cast.bojan))

    choose(ana, "Back to shopping")
    dialog(ana).get_by_role("textbox", name="Reason").fill("Three packs were in the other bag")
    press(dialog(ana), "Back to shopping")
    for page in (ana, bojan):
        phase_is(page, "shopping")
    ana.get_by_role("link", name="Shopping list").click()
    press(ana, f"Edit {RICE}")
    dialog(ana).get_by_label("Quantity bought").fill("10")
    press(dialog(ana), "Bought")
    ana.get_by_role("link", name="Back to the run").first.click()
    press(ana, "Finish shopping")

    phase_is(bojan, "distributing")
