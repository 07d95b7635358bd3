"""Left-over goods: who bears them, and taking some, seen by all at once."""

from __future__ import annotations

from playwright.sync_api import expect

from bulq.domain.phases import Phase
from tests.cast import PACK, item_of, leave_over
from tests.e2e.pages import LIVE, press
from tests.e2e.stage import Stage


def test_some_of_what_is_left_over_is_taken_and_whoever_paid_sees_it(stage: Stage) -> None:
    cast = stage.assemble()
    run = stage.bring_to(cast, Phase.DISTRIBUTING)
    rice = stage.write(item_of, run, cast.rice)
    stage.write(leave_over, run, rice, cast.bojan.id, 2 * PACK)
    ana = stage.window(cast.ana, f"/runs/{run}")
    mila = stage.window(cast.mila, f"/runs/{run}")
    left = '[data-left-over="Basmati rice 5 kg"]'
    expect(ana.locator(left)).to_contain_text("for now borne by Ana €15.98")

    mila.locator(left).get_by_role("button", name="One less Basmati").click()
    expect(mila.locator(f"{left} input")).to_have_value("1")
    expect(mila.locator(f"{left} .stepper[data-ahead]")).to_have_count(0)
    press(mila, "Take Basmati rice 5 kg")

    expect(ana.locator(left)).to_contain_text("for now borne by Ana €7.99", timeout=LIVE)
    expect(mila.locator('[data-statement="mila"]')).to_have_text("€15.98")
