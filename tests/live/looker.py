"""A page that looks at one view without a browser: editions by HTTP, patches by the live socket."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import httpx
from websockets.asyncio.client import ClientConnection

from bulq.domain.actor import Actor
from bulq.editions import merge, reorder
from tests.e2e.server import Server
from tests.live.conftest import Pair
from tests.live.looking import NAMESPACE, raw_socket

EVENT = f"42{NAMESPACE},"


class Looker:
    """`facts` are what stands at the address now; None while nothing does."""

    def __init__(self, address: str, server: Server, cookie: str) -> None:
        self.facts: dict[str, Any] | None = None
        self._address, self._server, self._cookie = address, server, cookie
        self._tag = ""
        self._news = asyncio.Event()

    async def until(self, holds: Callable[[], bool], seconds: float = 10) -> float:
        """How many seconds it took to hold."""
        began = time.monotonic()
        async with asyncio.timeout(seconds):
            while not holds():
                self._news.clear()
                await self._news.wait()
        return time.monotonic() - began

    async def follow(self, socket: ClientConnection) -> None:
        async for packet in socket:
            assert isinstance(packet, str)
            if packet == "2":  # ping
                await socket.send("3")
            elif packet.startswith(EVENT):
                name, message = json.loads(packet[len(EVENT) :])
                if name == "patch" and message["from"] == self._tag:
                    merged = merge(self.facts, message["patch"])
                    self.facts, self._tag = reorder(merged, message.get("order") or {}), message["to"]
                elif message and message.get("gone"):
                    self.facts = None
                elif name == "patch" or message.get("tag") != self._tag:
                    await self.fetch()
                self._news.set()

    async def fetch(self) -> None:
        async with httpx.AsyncClient(headers={"Cookie": self._cookie}) as client:
            answer = await client.get(f"{self._server.url}/api/v1/{self._address}")
        self.facts = answer.raise_for_status().json()
        self._tag = answer.headers["etag"].removeprefix("W/").strip('"')


@asynccontextmanager
async def looking(pair: Pair, server: Server, actor: Actor, address: str) -> AsyncIterator[Looker]:
    """Somebody looks at an address, such as "stores/018f…", and has seen what stands there."""
    looker = Looker(address, server, pair.cookie(actor))
    async with await raw_socket(server.url, looker._cookie) as socket:
        await socket.send(f"40{NAMESPACE},{json.dumps({'looks': [{'at': address, 'tag': None}]})}")
        reader = asyncio.create_task(looker.follow(socket))
        try:
            await looker.until(lambda: looker.facts is not None)
            yield looker
        finally:
            reader.cancel()
