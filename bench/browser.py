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
    sizes: list[int] = []

    def note(response: Response) -> None:
        if response.request.resource_type in ("script", "stylesheet"):
            sizes.append(response.request.sizes()["responseBodySize"])

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=_browser(), args=FLAGS)
        # Brotli is smaller, but not every proxy and browser speaks it.
        context = browser.new_context(extra_http_headers={"Accept-Encoding": "gzip"})
        context.add_cookies([{"name": cookie_name(), "value": session_token, "url": address}])
        page = context.new_page()
        responses: list[Response] = []
        page.on("response", responses.append)
        page.goto(f"{address}/runs/{run_id}")
        page.locator("[data-product]").first.wait_for(timeout=60_000)
        page.wait_for_load_state("networkidle")
        for response in responses:
            note(response)
        browser.close()
    return sum(sizes) / 1000


def _browser() -> str | None:
    """Chromium on the path; without one Playwright takes its own."""
    named = os.environ.get("CHROMIUM_PATH")
    return named or next(filter(None, map(shutil.which, NAMES)), None)
