"""Two neighbours in real browsers over Caddy: one signs in by the form, each bids, and each sees the other's bid."""

from __future__ import annotations

import re
import time
from contextlib import closing

from playwright.sync_api import ConsoleMessage, Page, expect, sync_playwright

from bench.browser import FLAGS, browser_path
from rehearsal.server import COOKIE, Stack
from rehearsal.village import PASSWORD, WANTED, Person

PRODUCT = "Product number 0"
PATIENCE = 30_000  # milliseconds


def two_browsers(stack: Stack, username: str, other: Person, people: int) -> dict[str, float]:
    """Figures: milliseconds until the one's bid stood on the other's page, and what went wrong on the pages."""
    complaints: list[str] = []
    with (
        sync_playwright() as playwright,
        closing(playwright.chromium.launch(executable_path=browser_path(), args=FLAGS)) as browser,
    ):
        address, run = stack.caddy.address, f"/runs/{other.run_id}"
        pages: list[Page] = []
        for _ in range(2):
            context = browser.new_context(ignore_https_errors=True)
            context.set_default_timeout(PATIENCE)
            pages.append(page := context.new_page())
            page.on("pageerror", lambda error: complaints.append(str(error)))
            page.on("console", lambda said: complaints.append(said.text) if _is_complaint(said) else None)
        ana, neighbour = pages
        _sign_in(ana, f"{address}/login?next={run}", username)
        neighbour.context.add_cookies([{"name": COOKIE, "value": other.token, "url": address, "secure": True}])
        neighbour.goto(address + run)
        before = (people + 1) * WANTED
        took = max(_more(neighbour, ana, before + 1), _more(ana, neighbour, before + 2))
    for complaint in complaints:
        print(complaint)
    return {"browsers_see_ms": took, "browsers_complaints": len(complaints)}


def _is_complaint(said: ConsoleMessage) -> bool:
    """Whoever isn't signed in yet is told so by status 401, which a browser writes down as an error."""
    return said.type == "error" and "status of 401" not in said.text


def _sign_in(page: Page, address: str, username: str) -> None:
    page.goto(address)
    page.get_by_role("textbox", name="Username").fill(username)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Log in", exact=True).click()
    expect(page).to_have_url(re.compile("/runs/"), timeout=PATIENCE)


def _more(who: Page, watcher: Page, wanted: int) -> float:
    """One bids a pack more; milliseconds until the other sees the new sum."""
    mine = who.get_by_role("spinbutton", name=f"Quantity of {PRODUCT}", exact=True)
    expect(mine).to_have_value(str(WANTED), timeout=PATIENCE)
    sums = watcher.locator(f'[data-product="{PRODUCT}"] [data-wanted]')
    expect(sums).to_have_text(f"{wanted - 1} packs", timeout=PATIENCE)
    mine.press("ArrowUp")
    began = time.monotonic()
    expect(sums).to_have_text(f"{wanted} packs", timeout=PATIENCE)
    return (time.monotonic() - began) * 1000
