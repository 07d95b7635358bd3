"""Messages at the lower edge: each is said once, goes when it is dismissed, and gives the focus back."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from bulq.domain.phases import Phase
from tests.e2e.pages import button, my_quantity_is, press, quantity, row
from tests.e2e.stage import Stage
from tests.e2e.test_connection import BACK, LOST, lose_signal
from tests.e2e.test_keyboard import RICE, tab_to


@pytest.fixture
def bojan(stage: Stage) -> Page:
    """He has taken back his bid on rice, and is told so."""
    cast = stage.assemble()
    bojan = stage.window(cast.bojan, f"/runs/{stage.bring_to(cast, Phase.ACTIVE)}")
    tab_to(bojan, f"Retract {RICE}")
    bojan.keyboard.press("Enter")
    expect(bojan.get_by_role("status").filter(has_text=f"Bid on {RICE} taken back")).to_be_visible()
    expect(button(bojan, f"Bid on {RICE}")).to_be_focused()
    return bojan


def test_undo_gives_the_focus_back_to_the_row(bojan: Page) -> None:
    tab_to(bojan, "Undo")
    bojan.keyboard.press("Enter")

    my_quantity_is(bojan, RICE, "3")
    expect(row(bojan, RICE).locator(":focus")).to_have_count(1)
    expect(bojan.locator(".toast")).to_have_count(0)


def test_dismissing_gives_the_focus_back_to_what_was_used(bojan: Page) -> None:
    press(bojan, "Dismiss")

    expect(button(bojan, f"Bid on {RICE}")).to_be_focused()


def test_the_focus_goes_to_the_page_when_what_was_used_is_gone(bojan: Page) -> None:
    bojan.evaluate("document.activeElement.closest('.run-row').hidden = true")
    press(bojan, "Dismiss")

    expect(bojan.locator("#main")).to_be_focused()


def test_what_is_dismissed_without_a_connection_stays_away(bojan: Page) -> None:
    lose_signal(bojan)
    expect(bojan.get_by_text(LOST)).to_be_visible()
    press(bojan, "Dismiss")
    expect(bojan.locator(".toast")).to_have_count(0)

    bojan.context.set_offline(False)
    expect(bojan.get_by_text(BACK)).to_be_visible(timeout=30_000)
    bojan.get_by_role("link", name="Profile").click()

    expect(bojan.get_by_role("heading", name="Signed in")).to_be_visible()
    expect(bojan.locator(".toast")).to_have_count(0)


def test_another_page_shows_a_message_on_without_saying_it_again(bojan: Page) -> None:
    bojan.get_by_role("link", name="Profile").click()

    expect(bojan.get_by_role("heading", name="Signed in")).to_be_visible()
    expect(bojan.locator(".toast")).to_contain_text("taken back")
    expect(bojan.locator(".toast [role]")).to_have_count(0)


def test_a_reload_begins_anew(bojan: Page) -> None:
    press(bojan, f"Bid on {RICE}")
    press(bojan, f"Note for {RICE}")
    bojan.get_by_role("dialog").get_by_role("textbox", name="Note").fill("Later")
    bojan.wait_for_timeout(500)  # the server knows it by now
    bojan.reload()

    expect(quantity(bojan, RICE)).to_be_visible()
    expect(bojan.get_by_role("dialog")).to_have_count(0)
    expect(bojan.locator(".toast")).to_have_count(0)
