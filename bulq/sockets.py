"""Guards every socket before anything decodes what it sends: how many there are, how much they send, in what shape.

Stands in front of Engine.IO, so that it covers every namespace. What no page of ours sends is counted as a client's
mistake and goes no further.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Callable
from http import HTTPStatus
from typing import Any
from urllib.parse import parse_qs

from starlette.requests import HTTPConnection
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from bulq import client_mistakes, limits, pacing, sessions, unfinished
from bulq.config import settings

PATH = "/_event"
LARGEST = 64 * 1024  # bytes of one message; files are sent by HTTP
MOST_MISTAKES = 20  # of one socket, which is then closed
MOST_NAMESPACES = 4
TOO_LARGE, UNFINISHED, MALFORMED = "too large a message", "an unfinished message", "a malformed message"
TAB = re.compile(r"[\w-]{1,64}")
# Socket.IO: type (connect, disconnect, event, answer), namespace, number, then JSON. Binary packets are not used here.
PACKET = re.compile(r"([0-3])(?:(/[\w/-]{1,64})(?:,|\Z))?(\d{0,9})")
CONNECT, DISCONNECT, EVENT, ANSWER = "0123"
# Of a namespace's methods these belong to the server: it calls them when a socket comes or goes.
RESERVED = ("connect", "disconnect", "connect_error")
POLICY_VIOLATION, TOO_BIG = 1008, 1009  # RFC 6455, codes of closing


class Sockets:
    """ASGI middleware."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app
        self._of_address: Counter[str] = Counter()
        self._of_session: Counter[str] = Counter()
        self._watcher = unfinished.Watcher()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "websocket":
            await self._guarded(scope, receive, send)
        elif scope["type"] == "http" and (scope["path"] == PATH or scope["path"].startswith(f"{PATH}/")):
            await _not_a_socket(send)
        else:
            await self.app(scope, receive, send)

    async def _guarded(self, scope: Scope, receive: Receive, send: Send) -> None:
        connection = HTTPConnection(scope)
        address = limits.address_of(connection)
        token = sessions.token_in(connection.headers.get("cookie", "")) or ""
        session = sessions.token_hash(token) if token else ""
        await pacing.turn(address, session)
        if kind := _wrong_address(scope) or self._too_many(address, session):
            client_mistakes.note(kind, address)
            return await send({"type": "websocket.close", "code": POLICY_VIOLATION})
        self._of_address[address] += 1
        self._of_session[session] += 1
        peer = connection.client or (address, 0)
        try:
            with self._watcher.watching(
                (peer[0], int(peer[1])), lambda: client_mistakes.note(UNFINISHED, address)
            ) as incoming:
                await self.app(scope, _Guard(address, session, receive, send, incoming).receive, send)
        finally:
            _one_less(self._of_address, address)
            _one_less(self._of_session, session)

    def _too_many(self, address: str, session: str) -> str:
        if self._of_address[address] >= settings.sockets_per_address:
            return "too many sockets of an address"
        if session and self._of_session[session] >= settings.sockets_per_session:
            return "too many sockets of a session"
        return ""


class Wrong(Exception):
    """No page of ours sends this; the text says what kind of mistake it is."""


class _Guard:
    """What one socket sends, as the app receives it."""

    def __init__(self, address: str, session: str, receive: Receive, send: Send, incoming: unfinished.Incoming) -> None:
        self._address = address
        self._session = session
        self._receive = receive
        self._send = send
        self._incoming = incoming
        self._mistakes = 0
        self._open: set[str] = set()  # namespaces

    async def receive(self) -> Message:
        while True:
            self._incoming.finished = True  # what came while nothing was waited for isn't part of the next message
            message = await self._receive()
            self._incoming.finished = True
            if message["type"] != "websocket.receive":
                return message
            await pacing.turn(self._address, self._session)
            try:
                self._check(message.get("text"))
                return message
            except Wrong as wrong:
                client_mistakes.note(str(wrong), self._address)
                self._mistakes += 1
                too_large = str(wrong) == TOO_LARGE
            if too_large or self._mistakes >= MOST_MISTAKES:
                code = TOO_BIG if too_large else POLICY_VIOLATION
                await self._send({"type": "websocket.close", "code": code})
                return {"type": "websocket.disconnect", "code": code}

    def _check(self, text: str | None) -> None:
        kind, namespace = kind_of(text)
        if kind == CONNECT:
            self._open.add(namespace)
            if len(self._open) > MOST_NAMESPACES:
                raise Wrong(MALFORMED)
        elif kind and namespace not in self._open:
            raise Wrong(MALFORMED)


def kind_of(text: str | None) -> tuple[str, str]:
    """Of a message in the right shape: the type of its Socket.IO packet, empty without one, and the namespace.

    Raises Wrong.
    """
    if text is None:
        raise Wrong("a binary message")
    if len(text) > LARGEST or (4 * len(text) > LARGEST and len(text.encode("utf-8", "surrogatepass")) > LARGEST):
        raise Wrong(TOO_LARGE)
    if text in ("3", "1"):  # Engine.IO: still here; going
        return "", ""
    if text[:1] != "4" or (packet := PACKET.match(text, 1)) is None:
        raise Wrong(MALFORMED)
    try:
        data = _decode(text[packet.end() :])
    except (ValueError, RecursionError):
        raise Wrong(MALFORMED) from None
    if not SHAPES[packet[1]](data):
        raise Wrong(MALFORMED)
    return packet[1], packet[2] or "/"


def _refuse_constant(name: str) -> None:
    raise ValueError(name)


_decoder = json.JSONDecoder(parse_constant=_refuse_constant)  # NaN and Infinity are no JSON


def _decode(data: str) -> Any:
    return _decoder.decode(data) if data else None


def _is_event(data: Any) -> bool:
    return isinstance(data, list) and bool(data) and isinstance(data[0], str) and data[0] not in RESERVED


SHAPES: dict[str, Callable[[Any], bool]] = {
    CONNECT: lambda data: data is None or isinstance(data, dict),
    DISCONNECT: lambda data: data is None,
    EVENT: _is_event,
    ANSWER: lambda data: isinstance(data, list),
}


def _wrong_address(scope: Scope) -> str:
    """A page says which tab it is, and speaks one version of Engine.IO over one transport."""
    query = parse_qs(scope.get("query_string", b"").decode("ascii", "replace"))
    if not TAB.fullmatch(query.get("token", [""])[0]):
        return "a socket without a tab"
    fits = query.get("EIO") == ["4"] and query.get("transport") == ["websocket"] and "sid" not in query
    return "" if fits else "another protocol"


def _one_less(counts: Counter[str], key: str) -> None:
    counts[key] -= 1
    if counts[key] <= 0:
        del counts[key]


async def _not_a_socket(send: Send) -> None:
    headers = [(b"content-type", b"text/plain"), (b"upgrade", b"websocket")]
    await send({"type": "http.response.start", "status": HTTPStatus.UPGRADE_REQUIRED, "headers": headers})
    await send({"type": "http.response.body", "body": b"Only sockets are served here."})
