"""Open pages without a browser, and what they show."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

from bench.drive import RUN
from bench.tab import FIELD, Delta, Tab
from bulq.domain.actor import Actor
from tests.e2e.server import Server
from tests.live.conftest import Pair

BID = "bulq___state___run____run_state.bid"


class Page:
    """What the state called `state` holds in a tab."""

    def __init__(self, tab: Tab, state: str) -> None:
        self.tab = tab
        self.shown: dict[str, Any] = {}
        self._state = state
        self._news = asyncio.Event()
        tab.on_delta = self._take

    def _take(self, delta: Delta) -> None:
        for name, value in delta.get(self._state, {}).items():
            self.shown[name.removesuffix(FIELD)] = value
        self._news.set()

    async def until(self, holds: Callable[[], bool], seconds: float = 10) -> float:
        """How many seconds it took to hold."""
        began = time.monotonic()
        async with asyncio.timeout(seconds):
            while not holds():
                self._news.clear()
                await self._news.wait()
        return time.monotonic() - began


class RunPage(Page):
    def wanted(self, product: object) -> str:
        """The sum of all bids, as the page says it; what differs from `totals` rides in `changed`."""
        return self._of(product, "changed", "totals").get("wanted", "")

    def mine(self, product: object) -> int:
        return self._of(product, "mine_changed", "mine").get("quantity", 0)

    def _of(self, product: object, *newest_first: str) -> dict[str, Any]:
        for name in newest_first:
            known = self.shown.get(name)
            if isinstance(known, dict) and str(product) in known:
                return known[str(product)]
        return {}

    async def bid(self, product: object, amount: int) -> None:
        await self.tab.send(BID, product_id=str(product), amount=str(amount))


@asynccontextmanager
async def run_page(pair: Pair, server: Server, actor: Actor) -> AsyncIterator[RunPage]:
    path = f"/runs/{pair.run_id}"
    tab = await Tab.open(server.url, pair.cookie(actor), path, {"run_id": str(pair.run_id)})
    page = RunPage(tab, RUN)
    try:
        await page.until(lambda: page.shown.get("loaded") is True)
        yield page
    finally:
        await tab.close()
