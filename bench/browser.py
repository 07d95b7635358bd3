"""What a browser transfers before the run page stands there for the first time."""

from __future__ import annotations

import os
import shutil

from playwright.sync_api import Response, sync_playwright

from bulq.sessions import cookie_name

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]
NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")


def first_load_kb(address: str, run_id: str, session_token: str) -> float:
    """Scripts and styles of the run page in a fresh browser, compressed, in thousands of bytes."""
    responses: list[Response] = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=browser_path(), args=FLAGS)
        # Brotli is smaller, but not every proxy and browser speaks it.
        context = browser.new_context(extra_http_headers={"Accept-Encoding": "gzip"})
        context.add_cookies([{"name": cookie_name(), "value": session_token, "url": address}])
        page = context.new_page()
        page.on("response", lambda response: responses.append(response))
        page.goto(f"{address}/runs/{run_id}")
        page.locator("[data-product]").first.wait_for(timeout=60_000)
        page.wait_for_load_state("networkidle")
        requests = [response.request for response in responses]
        loaded = [one for one in requests if one.resource_type in ("script", "stylesheet")]
        size = sum(one.sizes()["responseBodySize"] for one in loaded)
        browser.close()
    return size / 1000


def browser_path() -> str | None:
    """Chromium on the path; without one Playwright takes its own."""
    named = os.environ.get("CHROMIUM_PATH")
    return named or next(filter(None, map(shutil.which, NAMES)), None)
