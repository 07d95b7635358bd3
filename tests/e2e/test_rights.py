"""Who may see and do what, also on pages that are open already."""

from __future__ import annotations

import re

from playwright.sync_api import expect
from sqlalchemy import delete
from sqlmodel import col

from bulq.domain.phases import Phase
from bulq.models import UserSession
from tests.e2e.entrance import signed_in
from tests.e2e.pages import LIVE, button, press, row, wanted_is
from tests.e2e.stage import Stage

RICE = "Basmati rice 5 kg"


def test_removal_takes_effect_on_open_pages_at_once(stage: Stage) -> None:
    cast = stage.assemble()
    run = stage.bring_to(cast, Phase.ACTIVE)
    ana = stage.window(cast.ana, f"/groups/{cast.group_id}/manage")
    on_run, on_group = (stage.window(cast.mila, path) for path in (f"/runs/{run}", f"/groups/{cast.group_id}"))
    bojan = stage.window(cast.bojan, f"/runs/{run}")
    wanted_is(on_run, RICE, "10 packs")
    expect(on_group.get_by_text("@bojan")).to_be_visible()

    press(ana, "Remove Mila")
    press(ana, "Remove from the group")

    for page in (on_run, on_group):
        expect(page.get_by_text("There is nothing here")).to_be_visible(timeout=LIVE)
        expect(page.get_by_text("Liman")).to_have_count(0)
        expect(row(page, RICE)).to_have_count(0)
    wanted_is(bojan, RICE, "8 packs")


def test_a_session_ended_elsewhere_is_over_at_the_next_tap(stage: Stage) -> None:
    cast = stage.assemble()
    run = stage.bring_to(cast, Phase.ACTIVE)
    bojan = stage.window(cast.bojan, f"/runs/{run}")
    ana = stage.window(cast.ana, f"/runs/{run}")
    wanted_is(bojan, RICE, "10 packs")

    stage.write(lambda session: session.execute(delete(UserSession).where(col(UserSession.user_id) == cast.bojan.id)))
    press(bojan, f"One more {RICE}")

    expect(bojan).to_have_url(re.compile("/login"))
    expect(bojan.get_by_role("textbox", name="Username")).to_be_visible()
    wanted_is(ana, RICE, "10 packs")


def test_sessions_are_listed_and_ended_from_another_device(stage: Stage) -> None:
    cast = stage.assemble()
    run = stage.bring_to(cast, Phase.ACTIVE)
    lost = stage.window(cast.bojan, f"/runs/{run}")
    wanted_is(lost, RICE, "10 packs")
    here = stage.window(cast.bojan, "/profile")

    expect(here.get_by_text("this one")).to_have_count(1)
    here.get_by_role("button", name=re.compile("^End ")).click()
    expect(here.get_by_role("button", name=re.compile("^End "))).to_have_count(0)

    expect(row(lost, RICE)).to_have_count(0, timeout=LIVE)


def test_logging_out_leaves_nothing_behind_the_back_button(stage: Stage) -> None:
    cast = stage.assemble()
    run = stage.bring_to(cast, Phase.ACTIVE)
    bojan = stage.window(cast.bojan, f"/runs/{run}")
    wanted_is(bojan, RICE, "10 packs")

    bojan.get_by_role("link", name="Profile").click()
    press(bojan, "Log out")
    expect(bojan.get_by_role("heading", name="Log in")).to_be_visible()
    bojan.goto(f"/runs/{run}")

    expect(bojan).to_have_url(re.compile("/login"))
    expect(row(bojan, RICE)).to_have_count(0)


def test_an_outsider_sees_of_a_run_and_a_group_what_a_stranger_sees_of_nothing(stage: Stage) -> None:
    cast = stage.assemble()
    run = stage.bring_to(cast, Phase.ACTIVE)
    eva = stage.window(cast.eva)

    for path in (
        f"/runs/{run}",
        f"/runs/{run}/shopping",
        f"/groups/{cast.group_id}",
        f"/groups/{cast.group_id}/manage",
    ):
        eva.goto(path)
        expect(eva.get_by_text("There is nothing here")).to_be_visible()
        expect(eva.get_by_text("Liman")).to_have_count(0)
    assert eva.request.get(f"/api/v1/runs/{run}/export.csv").status == 404


def test_buttons_are_there_only_for_those_who_may(stage: Stage) -> None:
    cast = stage.assemble()
    run = stage.bring_to(cast, Phase.ACTIVE)
    mila = stage.window(cast.mila, f"/runs/{run}")
    wanted_is(mila, RICE, "10 packs")
    for name in ("Confirm run", "Manage run"):
        expect(button(mila, name)).to_have_count(0)

    mila.goto(f"/groups/{cast.group_id}/manage")
    expect(button(mila, "Leave group")).to_be_visible()
    for name in ("New link", "Remove Bojan", "Make Bojan admin"):
        expect(button(mila, name)).to_have_count(0)
    expect(mila.get_by_role("switch", name="Joining open")).to_have_count(0)


def test_who_leaves_a_group_lands_at_home_and_the_others_see_it(stage: Stage) -> None:
    cast = stage.assemble()
    run = stage.bring_to(cast, Phase.ACTIVE)
    ana = stage.window(cast.ana, f"/runs/{run}")
    mila = stage.window(cast.mila, f"/groups/{cast.group_id}/manage")

    press(mila, "Leave group")
    press(mila, "Leave this group")

    signed_in(mila)
    expect(mila.get_by_text("Start with a group")).to_be_visible()
    wanted_is(ana, RICE, "8 packs")
