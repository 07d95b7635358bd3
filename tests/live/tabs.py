"""Open run pages without a browser, and what they show."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from bench.tab import Tab
from bulq.domain.actor import Actor
from tests.cast import PACK
from tests.e2e.server import Server
from tests.live.conftest import Pair


class RunPage:
    """What the server has told an open run page: thousandths."""

    def __init__(self, tab: Tab) -> None:
        self.tab = tab
        self._news = asyncio.Event()
        tab.on_change = self._news.set

    async def until(self, holds: Callable[[], bool], seconds: float = 10) -> float:
        """How many seconds it took to hold."""
        began = time.monotonic()
        async with asyncio.timeout(seconds):
            while not holds():
                self._news.clear()
                await self._news.wait()
        return time.monotonic() - began

    def wanted(self, product: object) -> int:
        """The sum of all bids."""
        return self.tab.wanted.get(str(product), 0)

    def mine(self, product: object) -> int:
        return self.tab.mine.get(str(product), 0)

    async def bid(self, product: object, packs: int) -> None:
        arguments = {"run_id": self.tab.run_id, "product_id": str(product), "quantity": packs * PACK}
        answer = await self.tab.do("place_bid", **arguments)
        assert "error" not in answer, answer


async def open_run_page(url: str, cookie: str, run_id: object) -> RunPage:
    page = RunPage(await Tab.open(url, cookie, str(run_id)))
    await page.until(lambda: page.tab.phase != "")
    return page


@asynccontextmanager
async def run_page(pair: Pair, server: Server, actor: Actor) -> AsyncIterator[RunPage]:
    page = await open_run_page(server.url, pair.cookie(actor), pair.run_id)
    try:
        yield page
    finally:
        await page.tab.close()
