"""Shopping in a cellar: no network, no server, the browser closed and opened again, and nothing lost or done twice."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

import pytest
from playwright.sync_api import BrowserContext, Page, expect
from sqlmodel import col, select

from bulq import sessions
from bulq.domain.actor import Actor
from bulq.models import ListItem, Purchase
from bulq.services import accounts, bids, catalogue, groups, phases, runs
from tests import seeing
from tests.cast import PACK, Cast, item_of
from tests.e2e.conftest import FLAGS
from tests.e2e.pages import button, dialog, press, row, until
from tests.e2e.stage import Stage

RICE, TOMATOES = "Basmati rice 5 kg", "Tomatoes"
GOODS = 22

Open = Callable[..., Page]


@pytest.fixture
def phone(frail_stage: Stage, tmp_path: Path) -> Iterator[Open]:
    """Opens the browser of a phone, with what it kept the last time: `phone(who)` for the first time."""
    stage = frail_stage
    opened: list[BrowserContext] = []

    def start(who: Actor | None = None, path: str = "/", *, owner: str = "phone") -> Page:
        path_of_browser = (
            os.environ.get("CHROMIUM_PATH") or shutil.which("chromium-headless-shell") or shutil.which("chromium")
        )
        context = stage.browser.browser_type.launch_persistent_context(
            tmp_path / owner,
            executable_path=path_of_browser,
            args=FLAGS.split(),
            base_url=stage.server.url,
            viewport={"width": 390, "height": 844},
            locale="en-GB",
            timezone_id="Europe/Belgrade",
            has_touch=True,
            reduced_motion="reduce",
        )
        opened.append(context)
        if who is not None:
            token = stage.do(accounts.start_session, who.id, "A phone")
            context.add_cookies(
                [{"name": sessions.cookie_name(), "value": token, "url": stage.server.url, "expires": 2**31}]
            )
        page = context.pages[0]
        page.goto(path)
        return page

    yield start
    for context in opened:
        context.close()


def shopping(stage: Stage, cast: Cast) -> UUID:
    """A run at the shop with two dozen products on its list; Bojan helps."""

    def make(session) -> UUID:
        now = stage.now()
        run = runs.start_run(session, cast.ana, cast.group_id, cast.store_id, now=now)
        session.flush()
        for number in range(GOODS):
            product = catalogue.add_product(session, cast.ana, f"Jam {number:02}", "", "jar", 1000, now=now)
            session.flush()
            bids.place_bid(session, cast.ana, run.id, product.id, 2 * PACK, now=now)
        bids.place_bid(session, cast.bojan, run.id, cast.rice, 10 * PACK, now=now)
        seeing.confirm_run(session, cast.ana, run.id, now=now)
        phases.start_shopping(session, cast.ana, run.id, now=now)
        runs.set_helper(session, cast.ana, run.id, cast.bojan.id, True, now=now)
        return run.id

    return stage.write(make)


@dataclass
class Trip:
    """A run at the shop, of which somebody has the list on their phone."""

    stage: Stage
    cast: Cast
    run: UUID
    phone: Open

    @property
    def address(self) -> str:
        return f"/runs/{self.run}/shopping"

    def opened_by(self, who: Actor) -> Page:
        page = self.phone(who, self.address)
        expect(page.get_by_text("Ready for offline")).to_be_visible(timeout=20_000)
        return page

    def opened_again(self) -> Page:
        return self.phone(path=self.address)


@pytest.fixture
def trip(frail_stage: Stage, phone: Open) -> Trip:
    cast = frail_stage.assemble()
    return Trip(frail_stage, cast, shopping(frail_stage, cast), phone)


def buy(page: Page, product: str, total: str, quantity: str = "") -> None:
    press(page, f"Buy {product}")
    if quantity:
        dialog(page).get_by_label("Quantity bought").fill(quantity)
    dialog(page).get_by_label("Total").fill(total)
    press(dialog(page), "Bought")
    expect(dialog(page)).to_be_hidden()


def receipt(stage: Stage, run: UUID) -> list[tuple[int, int]]:
    rows = select(Purchase.quantity, Purchase.total).where(col(Purchase.run_id) == run).order_by(col(Purchase.total))
    return [tuple(each) for each in stage.write(lambda session: session.execute(rows).all())]


def missing(stage: Stage, run: UUID) -> int:
    rows = select(ListItem.id).where(col(ListItem.run_id) == run, col(ListItem.missing).is_(True))
    return len(stage.write(lambda session: session.scalars(rows).all()))


def waiting_is(page: Page, count: int) -> None:
    expect(page.locator("[data-outbox]")).to_have_attribute("data-outbox", str(count), timeout=20_000)


def test_a_whole_trip_with_the_server_away_and_the_browser_closed(trip: Trip) -> None:
    stage, cast, run = trip.stage, trip.cast, trip.run
    page = trip.opened_by(cast.ana)
    expect(page.get_by_text("as of")).to_have_count(0)
    stage.server.stop()
    page.context.close()

    page = trip.opened_again()
    expect(row(page, "Jam 00")).to_be_visible(timeout=15_000)
    expect(page.get_by_text("as of")).to_be_visible()
    for number in range(10):
        buy(page, f"Jam {number:02}", f"{number + 1}.00")
    expect(page.locator('[data-saved="phone"]')).to_have_count(10)
    waiting_is(page, 10)
    page.context.close()

    page = trip.opened_again()
    waiting_is(page, 10)
    expect(page.locator('[data-saved="phone"]')).to_have_count(10)
    for number in range(10, 20):
        buy(page, f"Jam {number:02}", f"{number + 1}.00")
    for number in (20, 21):
        press(page, f"Buy Jam {number}")
        press(dialog(page), "Not there")
    press(page, "Edit Jam 03")
    dialog(page).get_by_label("Total").fill("44.00")
    press(dialog(page), "Bought")
    press(page, "Undo Jam 19")
    waiting_is(page, 24)
    assert receipt(stage, run) == []

    stage.server.start()
    waiting_is(page, 0)
    expect(page.locator('[data-saved="saved"]')).to_have_count(19)
    expect(page.get_by_text("as of")).to_have_count(0)
    sums = sorted([(number + 1) * 100 for number in range(19) if number != 3] + [4400])
    assert receipt(stage, run) == [(2 * PACK, total) for total in sums]
    assert missing(stage, run) == 2
    bojan = stage.window(cast.bojan, f"/runs/{run}/shopping")
    expect(bojan.locator('[data-saved="saved"]')).to_have_count(19)


def test_two_who_could_not_hear_each_other_both_bought(trip: Trip) -> None:
    stage, cast, run = trip.stage, trip.cast, trip.run
    page = trip.opened_by(cast.ana)
    stage.server.stop()
    buy(page, RICE, "55.93", "7")
    item = stage.write(item_of, run, cast.rice)
    stage.do(seeing.buy, cast.bojan, run, item, 4 * PACK, 3196)
    page.wait_for_timeout(11_000)  # for so long somebody waits for the answer, and would be asked

    stage.server.start()

    waiting_is(page, 0)
    expect(row(page, RICE).first).to_be_visible()
    until(lambda: receipt(stage, run) == [(4 * PACK, 3196), (7 * PACK, 5593)])


def test_what_a_run_does_not_take_in_any_more_stays_to_be_seen(trip: Trip) -> None:
    stage, cast, run = trip.stage, trip.cast, trip.run
    page = trip.opened_by(cast.bojan)
    stage.server.stop()
    buy(page, RICE, "55.93", "7")
    page.context.close()
    stage.write(lambda session: groups.remove_member(session, cast.ana, cast.group_id, cast.bojan.id, now=stage.now()))
    stage.server.start()

    page = trip.opened_again()

    expect(page.locator("[data-refused=buy]")).to_contain_text("Bought", timeout=20_000)
    assert receipt(stage, run) == []
    button(page.locator("[data-refused=buy]"), "Leave it").click()
    expect(page.locator("[data-refused]")).to_have_count(0)


def test_a_page_that_is_not_on_the_phone_says_so(trip: Trip) -> None:
    stage, cast = trip.stage, trip.cast
    page = trip.opened_by(cast.ana)
    stage.server.stop()

    page.goto(f"/groups/{cast.group_id}/money")

    expect(page.get_by_text("This page isn't on this phone")).to_be_visible(timeout=15_000)
    page.goto("/")
    expect(page.get_by_role("link", name="Metro").first).to_be_visible(timeout=15_000)


def test_working_offline_lasts_until_it_is_switched_off(trip: Trip) -> None:
    stage, cast, run = trip.stage, trip.cast, trip.run
    page = trip.opened_by(cast.ana)
    page.get_by_role("switch", name="Work offline").check()
    expect(page.get_by_text("as of")).to_be_visible()
    buy(page, RICE, "55.93", "7")
    page.context.close()

    page = trip.opened_again()
    waiting_is(page, 1)
    page.wait_for_timeout(4000)  # by now it would have been sent
    waiting_is(page, 1)
    assert receipt(stage, run) == []
    page.get_by_role("switch", name="Work offline").uncheck()

    waiting_is(page, 0)
    assert receipt(stage, run) == [(7 * PACK, 5593)]


def test_signing_out_asks_while_something_waits_and_nobody_else_sends_it(trip: Trip) -> None:
    stage, cast, run = trip.stage, trip.cast, trip.run
    page = trip.opened_by(cast.bojan)
    page.get_by_role("switch", name="Work offline").check()
    buy(page, RICE, "55.93", "7")
    page.goto("/profile")
    press(page, "Log out")
    expect(dialog(page)).to_contain_text("1 change is on this phone alone.")
    press(dialog(page), "Stay")
    expect(dialog(page)).to_have_count(0)
    press(page, "Log out")
    press(dialog(page), "Log out")
    expect(page).to_have_url(f"{stage.server.url}/login")

    page.context.close()
    page = trip.phone(cast.ana, trip.address)
    expect(row(page, RICE)).to_be_visible()
    expect(page.locator("[data-saved]")).to_have_count(0)
    page.wait_for_timeout(4000)
    assert receipt(stage, run) == []

    page.context.close()
    page = trip.phone(cast.bojan, trip.address)
    expect(row(page, RICE)).to_contain_text("7 × 7.99", timeout=20_000)
    expect(row(page, RICE)).to_have_attribute("data-saved", "saved")
    waiting_is(page, 0)
    assert receipt(stage, run) == [(7 * PACK, 5593)]
