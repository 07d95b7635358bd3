"""Home, groups, invitations and notifications: what is typed stays, what is done is done once, and everybody hears."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import Page, expect
from sqlmodel import col, func, select

from bulq.domain.phases import Phase
from bulq.models import Group, Run
from bulq.services import groups, runs
from tests.cast import PACK
from tests.e2e.pages import LIVE, button, dialog, press, until
from tests.e2e.stage import PHONE, Stage

DOUBLE = "button => { button.click(); button.click(); }"


def slow(page: Page, milliseconds: int) -> None:
    """Each packet from and to the server takes half of this."""
    network = page.context.new_cdp_session(page)
    network.send("Network.enable")
    conditions = {"offline": False, "latency": milliseconds, "downloadThroughput": -1, "uploadThroughput": -1}
    network.send("Network.emulateNetworkConditions", conditions)


def count(stage: Stage, table: type[Group] | type[Run]) -> int:
    return stage.write(lambda session: session.scalars(select(func.count()).select_from(table)).one())


@pytest.mark.parametrize("round_trip", [300, 600])
def test_no_key_is_lost_and_no_choice_jumps_back_while_the_network_is_slow(stage: Stage, round_trip: int) -> None:
    people = stage.assemble()
    eva = stage.window(people.eva)
    slow(eva, round_trip)
    press(eva, "New group")
    box = dialog(eva)
    box.get_by_role("combobox", name="Currency").select_option("SEK")
    box.get_by_role("textbox", name="Group name").press_sequentially("oat milk and olives", delay=90)

    expect(box.get_by_role("textbox", name="Group name")).to_have_value("oat milk and olives")
    expect(box.get_by_role("combobox", name="Currency")).to_have_value("SEK")
    expect(box.get_by_role("combobox", name="Time zone")).to_have_value("Europe/Belgrade")
    button(box, "Create group").evaluate(DOUBLE)

    expect(eva.get_by_role("heading", name="oat milk and olives", level=1)).to_be_visible()
    made = select(Group.currency).where(Group.name != "Liman")
    assert stage.write(lambda session: session.scalars(made).all()) == ["SEK"]


def test_what_is_wrong_with_a_group_is_said_at_its_field(stage: Stage) -> None:
    people = stage.assemble()
    eva = stage.window(people.eva, "/notifications", width=PHONE)
    expect(eva.get_by_text("Nothing yet")).to_be_visible()
    eva.goto("/")
    expect(eva.get_by_text("Start with a group")).to_be_visible()
    press(eva, "New group")
    press(dialog(eva), "Create group")

    name = dialog(eva).get_by_role("textbox", name="Group name")
    expect(name).to_have_attribute("aria-invalid", "true")
    expect(name).to_be_focused()
    expect(dialog(eva).get_by_role("alert").filter(has_text=re.compile("."))).to_have_count(1)
    assert count(stage, Group) == 1


def test_a_run_is_planned_once_at_the_chosen_store_at_the_time_of_the_group(stage: Stage) -> None:
    people = stage.assemble()
    bojan = stage.window(people.bojan, f"/groups/{people.group_id}")
    slow(bojan, 300)
    press(bojan, "New run")
    box = dialog(bojan)
    press(box, "Start run")
    store = box.get_by_role("combobox", name="Store")
    expect(store).to_have_attribute("aria-invalid", "true")

    store.press_sequentially("metro", delay=90)
    soon = datetime.now(UTC) + timedelta(days=3)
    box.get_by_label("Shopping day").fill(f"{soon:%Y-%m-%d}")
    box.get_by_label("Bids close").fill(f"{soon - timedelta(days=1):%Y-%m-%d}T18:30")
    box.get_by_role("textbox", name="Note").press_sequentially("Parking behind", delay=60)
    expect(store).to_have_attribute("aria-expanded", "false")
    button(box, "Start run").evaluate(DOUBLE)

    expect(bojan).to_have_url(re.compile("/runs/[0-9a-f-]{36}$"))
    (run,) = stage.write(lambda session: session.scalars(select(Run)).all())
    assert (run.store_id, run.note, run.shopping_day) == (people.store_id, "Parking behind", soon.date())
    assert run.bids_close_at is not None and run.bids_close_at.astimezone(UTC).hour in (16, 17)


def test_opening_bidding_is_seen_at_home_and_in_the_group(stage: Stage) -> None:
    people = stage.assemble()
    run = stage.do(runs.start_run, people.ana, people.group_id, people.store_id).id
    mila = stage.window(people.mila)
    in_group = stage.window(people.mila, f"/groups/{people.group_id}")
    for page in (mila, in_group):
        expect(page.locator("[data-phase=planning]")).to_have_count(1)
    bojan = stage.window(people.bojan, f"/runs/{run}")
    bid = {"run_id": str(run), "product_id": str(people.rice), "quantity": PACK}
    answer = bojan.request.post(
        "/api/v1/operations",
        data={"id": "01900000-0000-7000-8000-00000000000a", "name": "place_bid", "arguments": bid},
        headers={"Origin": stage.server.url},
    )
    assert answer.ok, answer.text()

    for page in (mila, in_group):
        expect(page.locator("[data-phase=active]")).to_have_count(1, timeout=LIVE)


def test_notifications_are_worded_read_and_gone_once_the_run_was_seen(stage: Stage) -> None:
    people = stage.assemble()
    for _ in range(2):
        run = stage.do(runs.start_run, people.ana, people.group_id, people.store_id).id
    stage.do(groups.promote, people.ana, people.group_id, people.mila.id)
    bojan, mila = (stage.window(each, "/notifications", width=PHONE) for each in (people.bojan, people.mila))
    unread = bojan.get_by_role("banner").locator(".count")
    expect(unread).to_contain_text("2 unread")
    expect(bojan.get_by_role("main").get_by_text("Ana plans a run")).to_have_count(2)
    expect(mila.get_by_text("Ana made you an admin of Liman")).to_be_visible()

    bojan.goto(f"/runs/{run}")
    expect(unread).to_contain_text("1 unread", timeout=LIVE)
    bojan.goto("/notifications")
    press(bojan, "Read all")
    expect(unread).to_have_count(0)
    expect(button(bojan, "Read all")).to_have_count(0)

    mila.get_by_role("main").get_by_role("link", name=re.compile("admin of Liman")).click()
    expect(mila.get_by_role("heading", name="Liman", level=1)).to_be_visible()


def test_looking_after_a_group_says_what_was_done_and_keeps_what_is_typed(stage: Stage) -> None:
    people = stage.assemble()
    ana = stage.window(people.ana, f"/groups/{people.group_id}/manage")
    bojan = stage.window(people.bojan, f"/groups/{people.group_id}/manage")
    name = ana.get_by_role("textbox", name="Group name")
    expect(name).to_have_value("Liman")
    name.fill("Half a na")
    press(ana, "Make Bojan admin")
    expect(ana.get_by_text("Bojan is an admin now")).to_be_visible()

    theirs = bojan.get_by_role("textbox", name="Group name")
    expect(theirs).to_have_value("Liman", timeout=LIVE)
    theirs.fill("Renamed")
    bojan.get_by_role("radio", name="Equal first").check()
    press(bojan.locator("form").filter(has=theirs), "Save")
    expect(bojan.get_by_text("Saved", exact=True)).to_be_visible()
    expect(ana.get_by_role("radio", name="Equal first")).to_be_checked(timeout=LIVE)
    expect(name).to_have_value("Half a na")

    press(ana, "Demote Bojan")
    expect(bojan.get_by_role("switch", name="Joining open")).to_have_count(0, timeout=LIVE)
    press(ana, "Leave group")
    press(ana, "Leave this group")
    expect(dialog(ana).get_by_role("alert").filter(has_text="admin")).to_be_visible()
    ana.keyboard.press("Escape")
    expect(dialog(ana)).to_have_count(0)
    press(ana, "Remove Mila")
    ana.context.set_offline(True)
    ana.keyboard.press("Escape")  # a question goes without the server
    expect(dialog(ana)).to_have_count(0)
    ana.context.set_offline(False)
    until(lambda: stage.write(lambda s: s.scalars(select(Group.fair_rule)).one()) == "equal_first")
    assert stage.write(lambda s: s.scalars(select(col(Group.name))).one()) == "Renamed"


def test_ended_runs_come_in_pages(stage: Stage) -> None:
    people = stage.assemble()
    for _ in range(21):
        stage.bring_to(people, Phase.CANCELLED)
    ana = stage.window(people.ana, f"/groups/{people.group_id}", width=390)

    press(ana, "Next page")
    expect(ana.locator("[data-phase=cancelled]")).to_have_count(1)
    press(ana, "Previous page")
    expect(ana.locator("[data-phase=cancelled]")).to_have_count(20)


def test_notifications_are_shown_by_kind(stage: Stage) -> None:
    people = stage.assemble()
    stage.do(groups.promote, people.ana, people.group_id, people.bojan.id)
    run = stage.do(runs.start_run, people.ana, people.group_id, people.store_id)
    stage.do(runs.set_helper, people.ana, run.id, people.bojan.id, True)
    bojan = stage.window(people.bojan, "/notifications", width=PHONE)
    helper, admin = bojan.get_by_text("Ana made you a helper"), bojan.get_by_text("Ana made you an admin of Liman")
    kinds = bojan.get_by_role("group", name="Which notifications")
    for kind, shown in (
        ("All", (helper, admin)),
        ("Needs me", (helper,)),
        ("News", (admin,)),
        ("My goods and money", ()),
    ):
        press(kinds, kind)
        expect(button(kinds, kind)).to_have_attribute("aria-pressed", "true")
        for line in (helper, admin):
            expect(line).to_have_count(1 if line in shown else 0)
    expect(bojan.get_by_text("Nothing of this kind")).to_be_visible()
