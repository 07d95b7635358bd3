"""What a browser transfers before the run page stands there, and how long that takes on a slow line."""

from __future__ import annotations

import os
import shutil
import time

from playwright.sync_api import BrowserContext, Response, sync_playwright

from bulq.headers import PAGES
from bulq.sessions import cookie_name
from scripts.service_worker import kept_files

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]
NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")

SLOW = {
    "offline": False,
    "latency": 400,
    "downloadThroughput": 50_000,
    "uploadThroughput": 50_000,
}  # ms, bytes a second
PATIENCE = 60_000  # milliseconds


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


def precache_kb() -> float:
    """What the service worker puts on a device, compressed by brotli, in thousands of bytes."""
    files = [PAGES / file.lstrip("/") for file in kept_files(PAGES)]
    packed = [file.with_name(f"{file.name}.br") for file in files]
    return (
        sum((small if small.exists() else file).stat().st_size for file, small in zip(files, packed, strict=True))
        / 1000
    )


def slow_visits(address: str, run_id: str, session_token: str) -> dict[str, float]:
    """Seconds until a bid can be placed, at 400 kbit/s and 400 ms, in a fresh browser and once more in the same."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=browser_path(), args=FLAGS)
        context = browser.new_context(viewport={"width": 390, "height": 844})
        context.add_cookies([{"name": cookie_name(), "value": session_token, "url": address}])
        visits = [_slow_visit(context, f"{address}/runs/{run_id}") for _ in range(2)]
        browser.close()
    return dict(zip(("slow_first_s", "slow_second_s"), visits, strict=True))


def _slow_visit(context: BrowserContext, address: str) -> float:
    page = context.new_page()
    line = context.new_cdp_session(page)
    line.send("Network.enable")
    line.send("Network.emulateNetworkConditions", SLOW)
    began = time.perf_counter()
    page.goto(address, wait_until="commit", timeout=PATIENCE)
    page.locator("[data-product] button:enabled").first.wait_for(timeout=PATIENCE)
    took = time.perf_counter() - began
    page.wait_for_load_state("networkidle")
    page.close()
    return took


def browser_path() -> str | None:
    """Chromium on the path; without one Playwright takes its own."""
    named = os.environ.get("CHROMIUM_PATH")
    return named or next(filter(None, map(shutil.which, NAMES)), None)
