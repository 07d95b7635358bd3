"""What people look for on pages, by the names that are there to stay."""

from __future__ import annotations

import re
import time

from playwright.sync_api import Locator, Page, expect

LIVE = 2000  # milliseconds until others must see a change; a busy machine gets twice what is promised


def row(page: Page, product: str) -> Locator:
    return page.locator(f'[data-product="{product}"]')


def quantity(page: Page, product: str) -> Locator:
    return page.get_by_role("spinbutton", name=f"Quantity of {product}", exact=True)


def button(page: Page | Locator, name: str) -> Locator:
    return page.get_by_role("button", name=name, exact=True)


def press(page: Page | Locator, name: str) -> None:
    button(page, name).click()


def choose(page: Page, item: str) -> None:
    """From the menu *Manage run*."""
    press(page, "Manage run")
    page.get_by_role("menuitem", name=item, exact=True).click()


def dialog(page: Page) -> Locator:
    return page.get_by_role("dialog")


def phase_is(page: Page, phase: str, timeout: float = LIVE) -> None:
    expect(page.locator(".title [data-phase]")).to_have_attribute("data-phase", phase, timeout=timeout)


def wanted_is(page: Page, product: str, amount: str, timeout: float = LIVE) -> None:
    """The sum of all bids on a product, on a row that is there once."""
    expect(row(page, product)).to_have_count(1, timeout=timeout)
    expect(row(page, product).locator("[data-wanted]")).to_have_text(amount, timeout=timeout)


def my_quantity_is(page: Page, product: str, amount: str) -> None:
    """What I want, as the server has it and not only as I typed it."""
    expect(quantity(page, product)).to_have_value(amount)
    settled(page, product)


def settled(page: Page, product: str) -> None:
    expect(row(page, product).locator(".stepper[data-ahead]")).to_have_count(0)


def cents(money: str) -> int:
    """ "€1,234.50" → 123450."""
    return int(re.sub(r"[^\d-]", "", money))


def statements(page: Page) -> dict[str, int]:
    """Per username what they owe, in cents."""
    sums = page.locator("[data-statement]")
    return {element.get_attribute("data-statement") or "": cents(element.inner_text()) for element in sums.all()}


def until(true_now, seconds: float = 10) -> None:
    """For what no page shows, such as rows in the database."""
    deadline = time.monotonic() + seconds
    while not true_now():
        assert time.monotonic() < deadline, "it did not come about"
        time.sleep(0.05)
