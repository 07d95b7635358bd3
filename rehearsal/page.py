"""One open run page without a browser: it shows, bids, and connects again like the built one."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from ssl import SSLContext
from typing import Any

from websockets.exceptions import WebSocketException

from bench.drive import BID, RUN, TOASTS
from bench.tab import FIELD, Delta, Tab

PATIENCE = 10.0  # seconds after which a bid that was not answered counts as hanging
FAILURES = (OSError, TimeoutError, WebSocketException)


@dataclass(slots=True)
class Page:
    address: str
    cookie: str
    run_id: str
    tls: SSLContext
    on_change: Callable[[Page], None]
    token: str = ""
    tab: Tab | None = None
    closing: bool = False
    mine: dict[str, int] = field(default_factory=dict)
    mine_changed: dict[str, int] = field(default_factory=dict)
    totals: dict[str, str] = field(default_factory=dict)
    changed: dict[str, str] = field(default_factory=dict)
    phase: str = ""
    said: str = ""  # the newest message in words, when it is a refusal
    refusals: int = 0
    drops: int = 0
    failures: int = 0  # attempts to connect that failed
    back_after: list[float] = field(default_factory=list)  # seconds from each loss until the run stood there again
    news: asyncio.Event = field(default_factory=asyncio.Event)
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
                self.token = self.tab.token
                tab, self.tab = self.tab, None
                with suppress(*FAILURES):
                    await tab.close()
            if not self.closing:
                self.drops += not lost_at
                lost_at = lost_at or time.monotonic()
                self.news.set()
                await asyncio.sleep(0.2 * failed)  # as the page does

    async def _connect(self) -> None:
        """Opening loads the page, also when its connection was lost."""
        path, query = f"/runs/{self.run_id}", {"run_id": self.run_id}
        self.tab = await Tab.open(
            self.address, self.cookie, path, query, token=self.token, tls=self.tls, on_delta=self._take
        )

    def _take(self, delta: Delta) -> None:
        run = delta.get(RUN, {})
        for name in ("mine", "mine_changed"):
            if (bids := run.get(name + FIELD)) is not None:
                setattr(self, name, {product: bid["quantity"] for product, bid in bids.items()})
        if run.get(f"mine{FIELD}"):
            self.shown.set()
        self.phase = run.get(f"phase{FIELD}") or self.phase
        for name in ("totals", "changed"):
            if (totals := run.get(name + FIELD)) is not None:
                setattr(self, name, {product: total["wanted"] for product, total in totals.items()})
        for item in delta.get(TOASTS, {}).get(f"items{FIELD}") or []:
            if item["kind"] == "error":
                self.said = item["text"]
                self.refusals += 1
        self.news.set()
        self.on_change(self)

    def wanted(self, product: str) -> str:
        return self.changed.get(product) or self.totals.get(product, "")

    async def bid(self, product: str, amount: int, pack: int) -> str:
        """What became of it: "answered", "lost" with the connection, "hanging", or the refusal in words."""
        tab, refusals = self.tab, self.refusals
        if tab is None:
            return "lost"
        try:
            async with asyncio.timeout(PATIENCE):
                await tab.send(BID, product_id=product, amount=str(amount // pack))
                await self._until(lambda: self._has(product, amount) or self.refusals > refusals or self.tab != tab)
        except TimeoutError:
            return "hanging"
        except WebSocketException:
            return "lost"
        if self._has(product, amount):
            return "answered"
        return "lost" if self.tab != tab else self.said

    def _has(self, product: str, amount: int) -> bool:
        return self.mine_changed.get(product, self.mine.get(product)) == amount

    async def _until(self, holds: Callable[[], Any]) -> None:
        while not holds():
            self.news.clear()
            await self.news.wait()

    async def close(self) -> None:
        self.closing = True
        if self.tab is not None:
            with suppress(*FAILURES):
                await self.tab.close()
