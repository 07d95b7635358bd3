"""A deadline closes bidding by itself, on pages that are open, too."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from playwright.sync_api import expect

from bulq.domain.phases import Phase
from bulq.models import Run
from tests.e2e.pages import button, phase_is
from tests.e2e.stage import Stage


def close_in(session, run_id, seconds: float) -> None:
    session.get_one(Run, run_id).bids_close_at = datetime.now(UTC) + timedelta(seconds=seconds)


def test_bidding_closes_by_itself_while_pages_are_open(stage: Stage) -> None:
    cast = stage.assemble()
    run = stage.bring_to(cast, Phase.ACTIVE)
    ana, bojan = (stage.window(who, f"/runs/{run}") for who in (cast.ana, cast.bojan))

    stage.write(close_in, run, 1)

    for page in (ana, bojan):
        phase_is(page, "confirmed", timeout=8000)
        expect(button(page, "One more Basmati rice 5 kg")).to_have_count(0)
    bojan.get_by_role("link", name="Notifications").click()
    expect(bojan.get_by_text("Bidding has closed, the run is confirmed")).to_be_visible()


def test_a_deadline_without_a_firm_bid_clears_itself_and_tells_the_leader(stage: Stage) -> None:
    cast = stage.assemble()
    run = stage.bring_to(cast, Phase.PLANNING)
    ana = stage.window(cast.ana)

    stage.write(close_in, run, 1)
    expect(ana.get_by_text("1 unread")).to_be_attached()
    ana.get_by_role("link", name="Notifications").click()

    expect(ana.get_by_text("Nobody had bid at the deadline")).to_be_visible()
    ana.goto(f"/runs/{run}")
    phase_is(ana, "planning")
