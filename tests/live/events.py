"""A tab that sends Reflex's events without a browser, and hears what they change."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from ssl import SSLContext
from typing import Any, Self
from uuid import uuid4

from websockets.asyncio.client import ClientConnection, connect

NAMESPACE = "/_event"
EVENT = f"42{NAMESPACE},"  # Engine.IO "message", Socket.IO "event"
ROOT = "reflex___state____state"
HYDRATE = f"{ROOT}.hydrate_and_load"
FIELD = "_rx_state_"

Delta = dict[str, dict[str, Any]]


class EventTab:
    """A signed-in tab on one page. `on_delta` is called with every change the server sends."""

    def __init__(self, socket: ClientConnection, token: str, path: str, query: dict[str, str]) -> None:
        self._socket = socket
        self._router = {"pathname": path, "asPath": path, "query": query}
        self._reader: asyncio.Task[None] | None = None
        self.token = token  # by which the server knows the tab, also after a lost connection
        self.on_delta: Callable[[Delta], None] = lambda delta: None

    @classmethod
    async def open(
        cls,
        address: str,
        cookie: str,
        path: str,
        query: dict[str, str],
        *,
        token: str = "",
        tls: SSLContext | None = None,
        on_delta: Callable[[Delta], None] | None = None,
    ) -> Self:
        token = token or str(uuid4())
        url = f"{address.replace('http', 'ws', 1)}{NAMESPACE}/?token={token}&EIO=4&transport=websocket"
        headers = {"Cookie": cookie, "Origin": address}
        socket = await connect(url, additional_headers=headers, compression=None, max_size=None, ssl=tls, proxy=None)
        tab = cls(socket, token, path, query)
        tab.on_delta = on_delta or tab.on_delta
        await socket.recv()  # the handshake of Engine.IO
        tab._reader = asyncio.create_task(tab._read())
        # The first event rides in the packet that opens the namespace.
        boot = {"event": {"name": HYDRATE, "payload": {}, "router_data": tab._router}}
        await socket.send(f"40{NAMESPACE},{json.dumps(boot)}")
        return tab

    async def send(self, name: str, **payload: Any) -> None:
        event = {"name": f"{ROOT}.{name}", "payload": payload, "router_data": self._router}
        await self._socket.send(EVENT + json.dumps(["event", event]))

    async def gone(self) -> None:
        """Returns when the connection is lost."""
        assert self._reader is not None
        await asyncio.wait([self._reader])

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
                name, update = json.loads(packet[len(EVENT) :])
                if name == "new_token":  # the server believes that another tab has ours
                    self.token = update
                elif name == "event":
                    self.on_delta(update.get("delta") or {})
