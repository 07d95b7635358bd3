"""A run of a hundred products on a phone: finding one's way among them, with nothing that moves under a thumb."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from uuid import UUID

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy.orm import Session

from bulq.domain.actor import Actor
from bulq.domain.catalogue import TagKind
from bulq.domain.phases import Phase
from bulq.services import bids, catalogue, runs, tags
from tests import cast as people
from tests.cast import Cast
from tests.crowd import GOODS, members, run_of_many
from tests.e2e.pages import LIVE, button, dialog, press, quantity, row, settled
from tests.e2e.stage import PHONE, Stage

COMMON = 390  # the width of most phones
PRODUCTS = 100
LONG = GOODS[0][0]


def busy(session: Session, cast: Cast) -> UUID:
    """Thirty people; every product is wanted by two to five, the tenth by Bojan alone; one of four is bread."""
    everybody = members(session, cast, 30)
    now = people.NOW
    admin = Actor(cast.ana.id, cast.ana.name, cast.ana.username, is_admin=True)
    run = runs.start_run(session, cast.ana, cast.group_id, cast.store_id, now=now)
    session.flush()
    for number in range(PRODUCTS):
        name, unit, step = GOODS[number % len(GOODS)]
        called = name if number < len(GOODS) else f"{name.partition(',')[0]} No. {number + 1}"
        made = catalogue.add_product(session, cast.ana, called, "Задругар" if number % 3 else "", unit, step, now=now)
        session.flush()
        if number % 4 == 0:
            tags.add_tag(session, admin, made.id, TagKind.CATEGORY, "Bread", now=now)
        takers = (
            [cast.bojan]
            if number == 10
            else [everybody[(3 + number * 7 + turn * 11) % 30] for turn in range(2 + number % 4)]
        )
        for turn, who in enumerate(takers):
            bids.place_bid(session, who, run.id, made.id, 1000 * (1 + (number + turn) % 3), now=now)
    session.flush()
    return run.id


@contextmanager
def unmoved(page: Page, product: str) -> Iterator[None]:
    """Nothing that is done here moves the row of this product on the screen, or changes its height."""
    before = row(page, product).bounding_box()
    yield
    page.wait_for_timeout(150)  # a frame or several
    after = row(page, product).bounding_box()
    assert before and after and before["height"] == after["height"]
    assert abs(before["y"] - after["y"]) < 1  # a page scrolls by whole pixels, rows may be half of one higher


def rows_in_sight(page: Page) -> int:
    """Whole rows between what stays in sight above and below."""
    return page.evaluate(
        "() => { const top = document.querySelector('.run-find').getBoundingClientRect().bottom;"
        " const bottom = document.querySelector('.foot').getBoundingClientRect().top || innerHeight;"
        " return [...document.querySelectorAll('.run-row')].map((row) => row.getBoundingClientRect())"
        ".filter((row) => row.top >= top - 1 && row.bottom <= bottom + 1).length; }"
    )


def test_one_finds_ones_way_among_a_hundred_products_with_one_hand(stage: Stage) -> None:
    cast = stage.assemble()
    run = stage.write(busy, cast)
    bojan = stage.window(cast.bojan, f"/runs/{run}", width=COMMON)
    expect(row(bojan, LONG)).to_be_visible()
    height = bojan.evaluate("document.documentElement.scrollHeight")

    # The head gives way to the name of the run, and five rows fit.
    bojan.mouse.move(200, 500)
    bojan.mouse.wheel(0, 2600)
    expect(bojan.locator(".bar-title[data-shown]")).to_have_text("Metro")
    assert bojan.evaluate("document.documentElement.scrollHeight") == height
    bojan.wait_for_timeout(200)
    assert rows_in_sight(bojan) >= 5
    edges = bojan.evaluate(
        "[...document.querySelectorAll('.run-row .stepper')].map((it) => Math.round(it.getBoundingClientRect().left))"
    )
    assert edges and len(set(edges)) == 1

    # From wherever one is, to a product by its letter, and to one's own part.
    press(bojan, "Jump to a product")
    press(dialog(bojan), "Jump to T")
    press(dialog(bojan), "Jump to Tomatoes No. 41")
    expect(dialog(bojan)).to_have_count(0)
    expect(row(bojan, "Tomatoes No. 41")).to_be_in_viewport()
    expect(row(bojan, "Tomatoes No. 41").get_by_role("link")).to_be_focused()
    bojan.get_by_role("link", name="Your part").click()
    expect(bojan.get_by_role("heading", name="Your part")).to_be_in_viewport()
    press(bojan, "Jump to Tomatoes No. 11")
    expect(row(bojan, "Tomatoes No. 11")).to_be_in_viewport()

    # What is chosen begins right below what stays in sight.
    for name in ("Bread 25", "Without my bid", "Mine"):
        press(bojan, name)
        gap = bojan.evaluate(
            "() => document.querySelector('.run-row').getBoundingClientRect().top"
            " - document.querySelector('.run-find').getBoundingClientRect().bottom"
        )
        assert abs(gap) < 2, (name, gap)
    press(bojan, "Bread 25")
    press(bojan, "All")
    bojan.get_by_role("searchbox", name="Find in this run").fill("omatoes no. 5")
    expect(bojan.locator(".run-row")).to_have_count(5)  # 35, 53, 59, 65, 95


def test_nothing_moves_under_a_thumb(stage: Stage) -> None:
    cast = stage.assemble()
    run = stage.write(busy, cast)
    bojan, mila = (stage.window(who, f"/runs/{run}", width=COMMON) for who in (cast.bojan, cast.mila))
    theirs = "Tomatoes No. 29"
    assert row(bojan, theirs).get_by_role("button", name="Bid on").count() == 1

    row(bojan, theirs).scroll_into_view_if_needed()
    with unmoved(bojan, theirs):
        press(bojan, f"Bid on {theirs}")
        expect(quantity(bojan, theirs)).to_have_value("1")
        settled(bojan, theirs)
    with unmoved(bojan, theirs):
        press(bojan, f"Retract {theirs}")
        expect(button(bojan, f"Bid on {theirs}")).to_be_visible()

    # Somebody's note makes a row above grow.
    button(bojan, f"Bid on {theirs}").hover()
    button(bojan, f"Bid on {theirs}").dispatch_event("pointerdown")
    above = "Tomatoes No. 11"
    press(mila, f"Bid on {above}")
    settled(mila, above)
    with unmoved(bojan, theirs):
        press(mila, f"Note for {above}")
        dialog(mila).get_by_role("textbox").fill("Ripe ones, for the soup.")
        press(dialog(mila), "Save")
        expect(row(bojan, above)).to_contain_text("Ripe ones, for the soup.", timeout=LIVE)


def test_what_has_the_focus_is_never_below_what_stays_in_sight(stage: Stage) -> None:
    cast = stage.assemble()
    run = stage.write(busy, cast)
    bojan = stage.window(cast.bojan, f"/runs/{run}", width=PHONE)
    row(bojan, "Tomatoes No. 29").get_by_role("link").focus()

    for key in ["Shift+Tab"] * 25 + ["Tab"] * 50:
        bojan.keyboard.press(key)
        hidden = bojan.evaluate(
            "() => { const it = document.activeElement, box = it.getBoundingClientRect();"
            " const at = document.elementFromPoint(box.left + box.width / 2, box.top + box.height / 2);"
            " return at && (it === at || it.contains(at) || at.contains(it)) ? '' : it.outerHTML.slice(0, 200); }"
        )
        assert not hidden


@pytest.mark.parametrize("width", [COMMON, 1280])
def test_going_back_closes_what_is_open_and_stays_on_the_page(stage: Stage, width: int) -> None:
    cast = stage.assemble()
    run = stage.bring_to(cast, Phase.ACTIVE)
    ana = stage.window(cast.ana, f"/groups/{cast.group_id}", width=width)
    ana.get_by_role("link", name="Metro").first.click()

    press(ana, "Manage run")
    ana.get_by_role("menuitem", name="Edit run").click()
    expect(dialog(ana)).to_be_visible()
    ana.evaluate("history.back()")

    expect(dialog(ana)).to_have_count(0)
    expect(ana).to_have_url(f"{stage.server.url}/runs/{run}")
    ana.evaluate("history.back()")
    expect(ana).to_have_url(f"{stage.server.url}/groups/{cast.group_id}")


def test_a_run_that_has_ended_is_summed_up_shared_and_planned_again(stage: Stage) -> None:
    cast = stage.assemble()
    run = stage.write(run_of_many, cast, 12, 20, Phase.COMPLETED)
    bojan = stage.window(cast.bojan, f"/runs/{run}", width=COMMON)
    bojan.context.grant_permissions(["clipboard-read", "clipboard-write"])
    summary = bojan.locator("[data-summary]")

    expect(summary).to_contain_text("12 of us, 18 products, at least")
    expect(summary).to_contain_text("2 products were not there.")
    press(summary, "Share")
    expect(summary.get_by_role("status")).to_have_text("Copied")
    shared = bojan.evaluate("navigator.clipboard.readText()")
    assert "12 of us, 18 products, at least" in shared and shared.endswith(f"/runs/{run}")

    press(summary, "Plan again")
    dialog(bojan).get_by_label("Note").fill("Once more")
    button(dialog(bojan), "Start run").dblclick()
    expect(dialog(bojan)).to_have_count(0)
    expect(bojan.get_by_text("Once more")).to_be_visible()
    expect(bojan.get_by_role("heading", name="Metro")).to_be_visible()
    expect(button(bojan, "Manage run")).to_be_visible()  # who plans it leads it
    bojan.goto(f"/groups/{cast.group_id}")
    expect(bojan.get_by_role("link", name="Planning")).to_have_count(1)

    # The leader finds it in the menu as well.
    ana = stage.window(cast.ana, f"/runs/{run}")
    press(ana, "Manage run")
    ana.get_by_role("menuitem", name="Plan again").click()
    expect(dialog(ana)).to_contain_text("A new run to Metro")
