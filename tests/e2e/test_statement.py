"""A statement that explains itself: every amount tells why, and all of it goes along as text."""

from __future__ import annotations

from playwright.sync_api import expect

from bulq.domain.costs import CostKind, CostRule
from bulq.domain.phases import Phase
from bulq.services.costs import add_cost
from bulq.services.receipts import Payer, add_receipt
from tests.e2e.pages import LIVE, press
from tests.e2e.stage import Stage


def test_every_amount_of_a_statement_says_why(stage: Stage) -> None:
    cast = stage.assemble()
    run = stage.bring_to(cast, Phase.DISTRIBUTING)
    receipt = stage.do(add_receipt, cast.ana, run, [Payer(cast.bojan.id)])
    about = cast.ana, run, receipt.id, CostKind.TRANSPORT, 700, CostRule.VALUE
    stage.do(add_cost, *about, note="fuel", revision=1)
    ana = stage.window(cast.ana, f"/runs/{run}")
    expect(ana.locator('[data-statement="ana"]')).to_have_text("€35.96")

    ana.get_by_role("link", name="Statement of Ana").first.click()
    press(ana, "Why €31.96")
    expect(ana.get_by_text("You wanted 5, the shop had 7 of 10, shared proportionally, you got 4.")).to_be_visible()
    expect(ana.get_by_text("4/7 of 55.93 is 31.96.")).to_be_visible()
    press(ana, "Why €4.00")
    expect(ana.get_by_text("Transport 7.00 by value: your goods are 31.96 of 55.93")).to_be_visible()
    press(ana, "Why €19.97")
    expect(ana.get_by_text("You paid 55.93 and bear 35.96, so you get 19.97.")).to_be_visible()

    mila = stage.window(cast.mila, f"/runs/{run}")
    mila.get_by_role("link", name="statement of Ana").first.click()
    press(mila, "Why €31.96")
    expect(mila.get_by_text("Ana wanted 5, the shop had 7 of 10")).to_be_visible()
    expect(mila.get_by_role("link", name="PDF")).to_have_count(0)


def test_a_statement_is_copied_and_taken_along(stage: Stage) -> None:
    cast = stage.assemble()
    run = stage.bring_to(cast, Phase.COMPLETED)
    ana = stage.window(cast.ana, f"/runs/{run}/statement/{cast.ana.id}")
    ana.context.grant_permissions(["clipboard-read", "clipboard-write"])

    press(ana, "Copy as text")
    expect(ana.get_by_text("Copied")).to_be_visible()
    copied = ana.evaluate("navigator.clipboard.readText()")
    assert copied.split("\n")[0].startswith("Ana: Metro")
    assert "4/7 of 55.93 is 31.96." in copied
    with ana.expect_download() as file:
        ana.get_by_role("link", name="PDF").click()

    assert file.value.suggested_filename.endswith(".pdf")


def test_an_open_statement_follows_a_further_cost(stage: Stage) -> None:
    cast = stage.assemble()
    run = stage.bring_to(cast, Phase.DISTRIBUTING)
    mila = stage.window(cast.mila, f"/runs/{run}/statement/{cast.mila.id}")
    ana = stage.window(cast.ana, f"/runs/{run}/receipts")
    expect(mila.get_by_role("button", name="Why €7.99").first).to_be_visible()

    press(ana, "Add a cost")
    ana.get_by_role("dialog").get_by_label("Amount").fill("3")
    press(ana.get_by_role("dialog"), "Add a cost")

    expect(mila.locator('[data-line="Fee"]')).to_be_visible(timeout=LIVE)
