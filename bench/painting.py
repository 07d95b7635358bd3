"""How long a browser needs for a bid of somebody else: from the message until the new sum is painted."""

from __future__ import annotations

import asyncio
from statistics import median

from playwright.async_api import Page, async_playwright

from bench.browser import FLAGS, browser_path
from bench.seed import PACK
from bench.tab import Tab
from bulq.sessions import cookie_name

BIDS = 40
FRAMES_AT_ONCE = ["--disable-frame-rate-limit", "--disable-gpu-vsync"]  # a frame doesn't wait for the screen's next
PATIENCE = 30_000  # milliseconds
# A message of the socket is noted when it arrives. After the next change of the page, the task that follows the next
# frame notes that it is painted.
WATCH = """
window.paints = [];
const Plain = window.WebSocket;
window.WebSocket = class extends Plain {
  constructor(...given) {
    super(...given);
    this.addEventListener("message", ({ data }) => {
      if (String(data).includes('"patch"')) window.arrived = performance.now();
    });
  }
};
new MutationObserver(() => {
  const arrived = window.arrived;
  if (arrived === undefined) return;
  window.arrived = undefined;
  requestAnimationFrame(() => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => window.paints.push(performance.now() - arrived);
    port2.postMessage(null);
  });
}).observe(document, { subtree: true, childList: true, characterData: true, attributes: true });
"""


def paint_ms(address: str, run_id: str, tokens: list[str], product: str) -> float:
    """The median of bids of another person, on a page with all products of the run. In the end all is as before."""
    return asyncio.run(_paint_ms(address, run_id, tokens, product))


async def _paint_ms(address: str, run_id: str, tokens: list[str], product: str) -> float:
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=browser_path(), args=[*FLAGS, *FRAMES_AT_ONCE])
        context = await browser.new_context(viewport={"width": 390, "height": 844})
        await context.add_cookies([{"name": cookie_name(), "value": tokens[0], "url": address}])
        await context.add_init_script(WATCH)
        page = await context.new_page()
        await page.goto(f"{address}/runs/{run_id}")
        await page.locator("[data-product]").first.wait_for(timeout=PATIENCE)
        await page.wait_for_load_state("networkidle")
        other = await Tab.open(address, f"{cookie_name()}={tokens[1]}", run_id)
        await asyncio.sleep(1)
        before = other.mine[product]
        paints = [await _painted(page, other, product, before + (n + 1) % 2 * PACK) for n in range(BIDS)]
        await other.close()
        await browser.close()
    return median(paints)


async def _painted(page: Page, other: Tab, product: str, quantity: int) -> float:
    """Milliseconds from the message of one bid until it is painted."""
    before = await page.evaluate("window.paints.length")
    answer = await other.do("place_bid", run_id=other.run_id, product_id=product, quantity=quantity)
    assert "result" in answer, answer
    for _ in range(500):
        await asyncio.sleep(0.02)
        if await page.evaluate("window.paints.length") > before:
            return await page.evaluate(f"window.paints[{before}]")
    raise SystemExit("A bid was never painted.")
