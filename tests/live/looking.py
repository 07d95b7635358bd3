"""The namespace /live of a page's socket, without a browser."""

from __future__ import annotations

import asyncio
import itertools
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any
from uuid import uuid4

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

NAMESPACE = "/live"


class Refused(Exception):
    """The server doesn't let this page look; the text says why."""


async def raw_socket(url: str, cookie: str = "") -> ClientConnection:
    """An open connection on which no namespace is open yet."""
    address = f"{url.replace('http', 'ws', 1)}/_event/?token={uuid4()}&EIO=4&transport=websocket"
    headers = {"Origin": url} | ({"Cookie": cookie} if cookie else {})
    socket = await connect(address, additional_headers=headers, compression=None, max_size=None, proxy=None)
    await socket.recv()  # the handshake of Engine.IO
    return socket


class Looker:
    """`told` is what the server sent by itself: (event, body)."""

    def __init__(self, socket: ClientConnection) -> None:
        self.socket = socket
        self.told: list[tuple[str, Any]] = []
        self.closed = False
        self._answers: dict[int, asyncio.Future[Any]] = {}
        self._numbers = itertools.count(1)
        self._opened: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._news = asyncio.Event()
        self._reader = asyncio.create_task(self._read())

    async def open(self, looks: Any = ()) -> None:
        """Raises Refused."""
        await self.socket.send(f"40{NAMESPACE},{json.dumps({'looks': looks})}")
        await asyncio.wait_for(self._opened, 10)

    async def ask(self, event: str, *arguments: Any, seconds: float = 10) -> Any:
        number = next(self._numbers)
        self._answers[number] = asyncio.get_running_loop().create_future()
        await self.socket.send(f"42{NAMESPACE},{number}{json.dumps([event, *arguments])}")
        return await asyncio.wait_for(self._answers[number], seconds)

    async def look(self, address: Any, tag: Any = None) -> Any:
        return await self.ask("look", {"at": address, "tag": tag})

    async def do(self, name: Any, **arguments: Any) -> Any:
        return await self.ask("do", {"id": str(uuid4()), "name": name, "arguments": arguments})

    async def say(self, event: Any, *arguments: Any) -> None:
        """Without waiting for an answer."""
        await self.socket.send(f"42{NAMESPACE},{json.dumps([event, *arguments])}")

    def of(self, event: str) -> list[Any]:
        return [body for name, body in self.told if name == event]

    async def until(self, holds: Callable[[], Any], seconds: float = 10) -> None:
        async with asyncio.timeout(seconds):
            while not holds():
                self._news.clear()
                await self._news.wait()

    async def close(self) -> None:
        self._reader.cancel()
        await self.socket.close()

    async def _read(self) -> None:
        try:
            async for packet in self.socket:
                assert isinstance(packet, str)
                await self._take(packet)
                self._news.set()
        except ConnectionClosed:
            pass
        self.closed = True
        self._news.set()

    async def _take(self, packet: str) -> None:
        kind, _, rest = packet.partition(NAMESPACE + ",")
        if packet == "2":  # ping
            await self.socket.send("3")
        elif kind == "40":
            self._opened.set_result(None)
        elif kind == "44" and not self._opened.done():
            self._opened.set_exception(Refused(json.loads(rest)["message"]))
        elif kind == "42":
            name, *body = json.loads(rest)
            self.told.append((name, body[0] if body else None))
        elif kind == "43":
            number, bracket, answer = rest.partition("[")
            self._answers.pop(int(number)).set_result((json.loads(bracket + answer) or [None])[0])


@asynccontextmanager
async def looking(url: str, cookie: str = "", looks: Any = ()) -> AsyncIterator[Looker]:
    looker = Looker(await raw_socket(url, cookie))
    try:
        await looker.open(looks)
        yield looker
    finally:
        await looker.close()
