"""A group remembers: who was short last time comes first, and what buying together saved is seen by everybody."""

from __future__ import annotations

from uuid import UUID

from playwright.sync_api import expect
from sqlalchemy import update
from sqlalchemy.orm import Session
from sqlmodel import col

from bulq.domain.phases import Phase
from bulq.models import Shortage
from bulq.services.ordinary import note_ordinary_price
from tests.e2e.pages import LIVE, dialog, phase_is, press
from tests.e2e.stage import Stage


def _only_was_short(session: Session, user_id: UUID) -> None:
    session.execute(update(Shortage).where(col(Shortage.user_id) != user_id).values(remaining=0))


def test_who_was_short_last_time_comes_first_and_all_see_why(stage: Stage) -> None:
    cast = stage.assemble()
    stage.bring_to(cast, Phase.COMPLETED)
    stage.write(_only_was_short, cast.mila.id)
    run = stage.bring_to(cast, Phase.ADJUSTING)
    ana = stage.window(cast.ana, f"/groups/{cast.group_id}/manage")
    ana.get_by_role("radio", name="By one step at most").check()
    press(ana, "Save who comes first")

    ana.goto(f"/runs/{run}")
    press(ana, "Share fairly")
    expect(dialog(ana).get_by_text("Was short before (€7.99), so comes first: 1 pack more")).to_be_visible()
    expect(dialog(ana).get_by_text("1 pack less, since others were short before and come first")).to_be_visible()
    press(dialog(ana), "Give it out like this")
    phase_is(ana, "distributing")

    mila = stage.window(cast.mila, f"/runs/{run}")
    expect(mila.get_by_text("Short before, so first: 1 pack more")).to_be_visible(timeout=LIVE)
    mila.goto(f"/runs/{run}/statement/{cast.mila.id}")
    mila.locator('[data-line^="Basmati"]').get_by_role("button", name="Why €15.98").click()
    expect(mila.get_by_text("You were short before (7.99), so you came first: 1 more than by the rule")).to_be_visible()


def test_what_was_saved_is_known_as_soon_as_somebody_notes_what_it_costs_elsewhere(stage: Stage) -> None:
    cast = stage.assemble()
    run = stage.bring_to(cast, Phase.COMPLETED)
    ana = stage.window(cast.ana, f"/groups/{cast.group_id}")
    mila = stage.window(cast.mila, f"/runs/{run}")
    expect(ana.get_by_text("What you saved is unknown")).to_be_visible()
    expect(mila.get_by_text("What it saved is unknown")).to_be_visible()

    bojan = stage.window(cast.bojan, f"/products/{cast.rice}")
    press(bojan, "Note ordinary shop price")
    dialog(bojan).get_by_label("Price", exact=True).fill("9.99")
    dialog(bojan).get_by_label("Shop").fill("Idea")
    press(dialog(bojan), "Save ordinary price")
    expect(bojan.locator("[data-usual]")).to_have_text("€9.99")

    expect(ana.get_by_text("€14.00 saved, €8.00 of it by you")).to_be_visible(timeout=LIVE)
    expect(ana.get_by_role("img", name="What was saved so far, run after run")).to_be_visible()
    expect(mila.locator("[data-summary]").get_by_text("€14.00 saved")).to_be_visible(timeout=LIVE)
    mila.goto(f"/runs/{run}/statement/{cast.mila.id}")
    expect(mila.locator('[data-saved="mila"]')).to_contain_text("€2.00 saved on the goods")
    stage.do(note_ordinary_price, cast.eva, cast.rice, 700, "EUR")
    mila.reload()
    expect(mila.locator('[data-saved="mila"]')).to_contain_text("€0.99 more than in an ordinary shop")
