"""One open run page without a browser: it speaks what the built pages speak, and keeps what they show."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from ssl import SSLContext
from typing import Any, Self
from uuid import uuid4

import httpx
from websockets.asyncio.client import ClientConnection, connect

# Engine.IO "message"; Socket.IO "connect", "event" and "answer". Pages hold two namespaces on one connection.
REFLEX, LIVE = "/_event", "/live"
EVENT, ANSWER = f"42{LIVE},", f"43{LIVE},"
HYDRATE = "reflex___state____state.hydrate_and_load"
PATIENCE = 30.0


class Tab:
    """A signed-in tab on the page of a run. `on_change` is called whenever what it shows has changed.

    `wanted` has what all want of each product, `mine` what this person wants: thousandths. Both are what the server
    said; a browser shows a bid of its own before that.
    """

    def __init__(self, socket: ClientConnection, client: httpx.AsyncClient, run_id: str, user_id: str) -> None:
        self._socket, self._client, self._user_id = socket, client, user_id
        self._at, self._tag, self._number = f"runs/{run_id}", "", ""
        self._reader: asyncio.Task[None] | None = None
        self._answers: dict[int, asyncio.Future[Any]] = {}
        self._asked = 0
        self.run_id, self.phase = run_id, ""
        self.wanted: dict[str, int] = {}
        self.mine: dict[str, int] = {}
        self.bytes = 0  # of patches
        self.is_live = False  # whether the server has said since the tab connected that what it shows is the newest
        self.on_change: Callable[[], None] = lambda: None

    @classmethod
    async def open(
        cls,
        address: str,
        cookie: str,
        run_id: str,
        *,
        token: str = "",
        tls: SSLContext | None = None,
        on_change: Callable[[], None] | None = None,
        before: Tab | None = None,
    ) -> Self:
        """`before` is the same tab with the connection that it lost: like a page it still has its facts."""
        headers = {"Cookie": cookie, "Origin": address}
        client = httpx.AsyncClient(base_url=f"{address}/api/v1/", headers=headers, verify=tls or True, timeout=PATIENCE)
        try:
            who = before._user_id if before else (await client.get("me")).raise_for_status().json()["id"]
            url = f"{address.replace('http', 'ws', 1)}/_event/?token={token or uuid4()}&EIO=4&transport=websocket"
            socket = await connect(
                url, additional_headers=headers, compression=None, max_size=None, ssl=tls, proxy=None
            )
        except BaseException:
            await client.aclose()
            raise
        tab = cls(socket, client, run_id, who)
        tab.on_change = on_change or tab.on_change
        if before is not None:
            tab._tag, tab._number, tab.phase = before._tag, before._number, before.phase
            tab.wanted, tab.mine = before.wanted, before.mine
        await socket.recv()  # the handshake of Engine.IO
        tab._reader = asyncio.create_task(tab._read())
        path = f"/runs/{run_id}"
        router = {"pathname": path, "asPath": path, "query": {"run_id": run_id}}
        # The first event rides in the packet that opens the namespace.
        await socket.send(
            f"40{REFLEX},{json.dumps({'event': {'name': HYDRATE, 'payload': {}, 'router_data': router}})}"
        )
        await socket.send(f"40{LIVE},{json.dumps({'looks': [{'at': tab._at, 'tag': tab._tag or None}]})}")
        return tab

    async def do(self, name: str, **arguments: Any) -> dict[str, Any]:
        """{"result": …} or {"error": key, …}, as the server answers."""
        return await self._ask("do", {"id": str(uuid4()), "name": name, "arguments": arguments, "user": self._user_id})

    async def here(self) -> None:
        """Ask the server whether it is there."""
        await self._ask("here")

    async def _ask(self, *message: Any) -> Any:
        self._asked += 1
        answer = self._answers[self._asked] = asyncio.get_running_loop().create_future()
        await self._socket.send(f"{EVENT}{self._asked}{json.dumps(message)}")
        return await answer

    async def gone(self) -> None:
        """Returns when the connection is lost."""
        assert self._reader is not None
        await asyncio.wait([self._reader])

    async def close(self) -> None:
        if self._reader is not None:
            self._reader.cancel()
        await self._client.aclose()
        await self._socket.close()

    async def _read(self) -> None:
        try:
            async for packet in self._socket:
                assert isinstance(packet, str)
                if packet == "2":  # ping
                    await self._socket.send("3")
                elif packet.startswith(EVENT):
                    await self._hear(*json.loads(packet[len(EVENT) :]), size=len(packet))
                elif packet.startswith(ANSWER):
                    number, _, answer = packet[len(ANSWER) :].partition("[")
                    if (asked := self._answers.pop(int(number), None)) is not None and not asked.done():
                        asked.set_result(json.loads(f"[{answer}")[0])
        finally:
            for asked in self._answers.values():
                if not asked.done():
                    asked.set_exception(OSError("the connection is lost"))
                    asked.exception()  # somebody may wait for it no more

    async def _hear(self, name: str, message: Any, *, size: int) -> None:
        if name == "patch":
            self.bytes += size
            await self._apply([message])
        elif name == "state" and "patches" in message:
            await self._apply(message["patches"])
        elif name == "state" and message.get("same", message.get("tag")) == self._tag:
            self.is_live = True
            self.on_change()
        elif name == "state" and not message.get("gone"):
            await self._fetch()

    async def _apply(self, patches: list[dict[str, Any]]) -> None:
        for patch in patches:
            if patch["to"] == self._tag:
                continue  # known already
            if patch["from"] != self._tag:
                return await self._fetch()
            self._tag = patch["to"]
            self._take(patch["patch"])
        self.is_live = True
        self.on_change()

    async def _fetch(self) -> None:
        answer = (await self._client.get(self._at)).raise_for_status()
        facts = answer.json()
        self._tag = answer.headers["etag"].removeprefix("W/").strip('"')
        self._number = str(facts["people"].get(self._user_id, {}).get("number", ""))
        self.wanted.clear()
        self.mine.clear()
        self.is_live = True
        self._take(facts)

    def _take(self, change: dict[str, Any]) -> None:
        self.phase = change.get("phase", self.phase)
        for product, news in (change.get("products") or {}).items():
            if news is None:
                self.wanted.pop(product, None)
                self.mine.pop(product, None)
                continue
            if "wanted" in news:
                self.wanted[product] = news["wanted"]
            bids = news.get("bids") or {}
            if self._number in bids:
                bid = bids[self._number]
                self.mine[product] = (bid[0] or 0) if bid else 0
        self.on_change()
