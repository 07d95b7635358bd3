"""One open run page without a browser: it shows, bids, and connects again like the built one."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from ssl import SSLContext
from uuid import uuid4

import httpx
from websockets.exceptions import WebSocketException

from bench.tab import Tab

PATIENCE = 10.0  # seconds after which a bid that was not answered counts as hanging
FAILURES = (OSError, TimeoutError, WebSocketException, httpx.HTTPError)


@dataclass(slots=True)
class Page:
    address: str
    cookie: str
    run_id: str
    tls: SSLContext
    on_change: Callable[[Page], None]
    token: str = field(default_factory=lambda: str(uuid4()))  # by which the server knows the tab
    tab: Tab | None = None
    lost: Tab | None = None  # with the connection that was lost last
    closing: bool = False
    phase: str = ""
    known: dict[str, int] = field(default_factory=dict)  # what all want of each product, shown on also while away
    drops: int = 0
    failures: int = 0  # attempts to connect that failed
    back_after: list[float] = field(default_factory=list)  # seconds from each loss until the run stood there again
    shown: asyncio.Event = field(default_factory=asyncio.Event)

    async def stay(self) -> None:
        """Keep a connection, until closed."""
        lost_at = failed = 0
        while not self.closing:
            try:
                self.shown.clear()
                async with asyncio.timeout(20):  # Socket.IO's
                    await self._connect()
                    await self.shown.wait()
                if lost_at:
                    self.back_after.append(time.monotonic() - lost_at)
                failed = lost_at = 0
                assert self.tab is not None
                await self.tab.gone()
            except FAILURES:
                self.failures += 1
                failed = min(failed + 1, 10)
            if self.tab is not None:
                tab, self.tab = self.tab, None
                self.lost = tab if tab.mine else self.lost
                with suppress(*FAILURES):
                    await tab.close()
            if not self.closing:
                self.drops += not lost_at
                lost_at = lost_at or time.monotonic()
                await asyncio.sleep(0.2 * failed)  # as the page does

    async def _connect(self) -> None:
        self.tab = await Tab.open(
            self.address,
            self.cookie,
            self.run_id,
            token=self.token,
            tls=self.tls,
            on_change=self._take,
            before=self.lost,
        )
        self._take()  # what came before the tab was known here

    def _take(self) -> None:
        if self.tab is not None and self.tab.is_live and self.tab.mine:
            self.phase = self.tab.phase
            self.known = self.tab.wanted
            self.shown.set()
        self.on_change(self)

    def wanted(self, product: str) -> int:
        """Thousandths of what all want, as the page shows it."""
        return self.known.get(product, 0)

    async def bid(self, product: str, amount: int) -> str:
        """What became of it: "answered", "lost" with the connection, "hanging", or the key of the refusal."""
        tab = self.tab
        if tab is None:
            return "lost"
        try:
            async with asyncio.timeout(PATIENCE):
                answer = await tab.do("place_bid", run_id=self.run_id, product_id=product, quantity=amount)
        except TimeoutError:
            return "hanging"
        except FAILURES:
            return "lost"
        return answer.get("error") or "answered"

    async def close(self) -> None:
        self.closing = True
        if self.tab is not None:
            with suppress(*FAILURES):
                await self.tab.close()
