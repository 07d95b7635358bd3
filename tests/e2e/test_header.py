"""The header says whose page it is, and no page shows anything of whoever was there before."""

from __future__ import annotations

import re
from datetime import UTC, datetime

from playwright.sync_api import Page, expect

from bulq import sessions
from bulq.domain.phases import Phase
from bulq.models import Group
from bulq.services import accounts, runs
from tests.e2e.pages import LIVE, dialog, press, until
from tests.e2e.stage import PHONE, Stage

# What this browser keeps of pages, by the address of each.
KEPT = """() => new Promise((done) => {
  const request = indexedDB.open("bulq");
  request.onsuccess = () => {
    const editions = request.result.transaction("editions").objectStore("editions");
    const [keys, all] = [editions.getAllKeys(), editions.getAll()];
    all.onsuccess = () => {
      request.result.close();
      done(Object.fromEntries(keys.result.map((key, place) => [key, JSON.stringify(all.result[place])])));
    };
  };
})"""


def kept(page: Page) -> dict[str, str]:
    return page.evaluate(KEPT)


def test_a_device_keeps_the_pages_of_a_group_without_the_token_of_its_invite_link(stage: Stage) -> None:
    people = stage.assemble()
    token = stage.write(lambda session: session.get_one(Group, people.group_id).invite_token)
    at = f"groups/{people.group_id}"
    page = stage.window(people.ana, f"/{at}")
    for _ in range(2):  # the second time from what was kept
        press(page, "Invite")
        expect(dialog(page).get_by_role("textbox", name="Invite link")).to_have_value(re.compile(f"/invite/{token}$"))
        until(lambda: at in kept(page))
        assert "Liman" in kept(page)[at] and token not in kept(page)[at]
        page.reload()


def test_it_names_who_is_here_and_counts_what_is_unread(stage: Stage) -> None:
    people = stage.assemble()
    ada = stage.window(people.ada)
    bojan = stage.window(people.bojan, width=PHONE)
    header = bojan.get_by_role("banner")
    expect(header.get_by_role("link", name="Profile")).to_have_attribute("title", "Bojan")
    expect(header.get_by_role("link", name="Administration")).to_have_count(0)
    expect(ada.get_by_role("banner").get_by_role("link", name="Administration")).to_be_visible()

    ana = stage.window(people.ana, f"/groups/{people.group_id}")
    stage.do(runs.start_run, people.ana, people.group_id, people.store_id)
    bojan.goto("/profile")
    expect(header.locator(".count")).to_contain_text("1 unread", timeout=LIVE)

    bojan.get_by_role("radio", name=re.compile("^Dark")).check()
    other = stage.window(people.bojan, "/scan")
    expect(other.locator("html")).to_have_class(re.compile("dark"))
    expect(ana.get_by_role("banner").locator(".count")).to_have_count(0)


def test_without_a_session_a_page_offers_to_log_in(stage: Stage) -> None:
    stage.assemble()
    guest = stage.window(path="/invite/nothing")

    expect(guest.get_by_role("banner").get_by_role("link", name="Log in")).to_be_visible()
    expect(guest.get_by_role("link", name="Profile")).to_have_count(0)


def test_signing_out_without_a_network_leaves_nothing_here_and_is_done_later(stage: Stage) -> None:
    people = stage.assemble()
    run = stage.bring_to(people, Phase.SHOPPING)
    bojan = stage.window(people.bojan, f"/runs/{run}/shopping")
    expect(bojan.locator('[data-product="Basmati rice 5 kg"]')).to_be_visible()
    until(lambda: f"runs/{run}/shopping" in kept(bojan))
    bojan.get_by_role("link", name="Profile").click()
    expect(bojan.get_by_role("heading", name="Signed in")).to_be_visible()

    bojan.context.set_offline(True)
    press(bojan, "Log out")

    expect(bojan.get_by_role("heading", name="You are signed out")).to_be_visible()
    expect(bojan.get_by_text("Bojan")).to_have_count(0)
    until(lambda: not kept(bojan))
    bojan.context.set_offline(False)
    expect(bojan).to_have_url(re.compile("/login"), timeout=20_000)
    bojan.goto(f"/runs/{run}/shopping")
    expect(bojan).to_have_url(re.compile("/login"))
    expect(bojan.get_by_text("Basmati")).to_have_count(0)


def test_somebody_else_in_the_same_browser_sees_nothing_of_the_last_person(stage: Stage) -> None:
    people = stage.assemble()
    run = stage.bring_to(people, Phase.SHOPPING)
    page = stage.window(people.bojan, f"/runs/{run}/shopping")
    expect(page.locator('[data-product="Basmati rice 5 kg"]')).to_be_visible()
    until(lambda: f"runs/{run}/shopping" in kept(page))

    token = stage.write(accounts.start_session, people.eva.id, "Another tab", now=datetime.now(UTC))
    page.context.add_cookies([{"name": sessions.cookie_name(), "value": token, "url": stage.server.url}])
    page.goto("/scan")

    expect(page.get_by_role("link", name="Profile")).to_have_attribute("title", "Eva")
    until(lambda: not any("shopping" in address for address in kept(page)))
    page.goto(f"/runs/{run}/shopping")
    expect(page.get_by_text("There is nothing here")).to_be_visible()
    expect(page.get_by_text("Basmati")).to_have_count(0)


def test_a_session_ended_elsewhere_empties_every_open_page(stage: Stage) -> None:
    people = stage.assemble()
    lost = stage.window(people.bojan, "/profile")
    expect(lost.get_by_text("@bojan")).to_be_visible()
    here = stage.window(people.bojan, "/profile")

    here.get_by_role("button", name=re.compile("^End ")).click()

    expect(lost.get_by_role("heading", name="You are signed out")).to_be_visible(timeout=LIVE)
    expect(lost.get_by_text("@bojan")).to_have_count(0)
    lost.get_by_role("main").get_by_role("link", name="Log in").click()
    expect(lost).to_have_url(re.compile("/login/?\\?next=%2Fprofile"))
