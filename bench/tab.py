"""One open tab without a browser: it speaks over its socket what the built pages speak."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from typing import Any, Self
from uuid import uuid4

from websockets.asyncio.client import ClientConnection, connect

NAMESPACE = "/_event"
EVENT = f"42{NAMESPACE},"  # Engine.IO "message", Socket.IO "event"
ROOT = "reflex___state____state"
HYDRATE = f"{ROOT}.hydrate_and_load"
FIELD = "_rx_state_"

Delta = dict[str, dict[str, Any]]


class Tab:
    """A signed-in tab on one page. `on_delta` is called with every change the server sends."""

    def __init__(self, socket: ClientConnection, path: str, query: dict[str, str]) -> None:
        self._socket = socket
        self._router = {"pathname": path, "asPath": path, "query": query}
        self._reader: asyncio.Task[None] | None = None
        self.on_delta: Callable[[Delta], None] = lambda delta: None

    @classmethod
    async def open(cls, address: str, cookie: str, path: str, query: dict[str, str]) -> Self:
        url = f"{address.replace('http', 'ws', 1)}{NAMESPACE}/?token={uuid4()}&EIO=4&transport=websocket"
        socket = await connect(url, additional_headers={"Cookie": cookie}, compression=None, max_size=None)
        tab = cls(socket, path, query)
        await socket.recv()  # the handshake of Engine.IO
        tab._reader = asyncio.create_task(tab._read())
        # The first event rides in the packet that opens the namespace.
        boot = {"event": {"name": HYDRATE, "payload": {}, "router_data": tab._router}}
        await socket.send(f"40{NAMESPACE},{json.dumps(boot)}")
        return tab

    async def send(self, name: str, **payload: Any) -> None:
        event = {"name": f"{ROOT}.{name}", "payload": payload, "router_data": self._router}
        await self._socket.send(EVENT + json.dumps(["event", event]))

    async def close(self) -> None:
        if self._reader is not None:
            self._reader.cancel()
        await self._socket.close()

    async def _read(self) -> None:
        async for packet in self._socket:
            assert isinstance(packet, str)
            if packet == "2":  # ping
                await self._socket.send("3")
            elif packet.startswith(EVENT):
                _, update = json.loads(packet[len(EVENT) :])
                self.on_delta(update.get("delta") or {})
