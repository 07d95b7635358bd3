"""What pages are sent is the JSON that Reflex would have written, whatever is in it."""

import json
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from enum import Enum
from typing import Any
from uuid import UUID

import pytest
from engineio.async_socket import AsyncSocket
from engineio.packet import MESSAGE, Packet
from reflex.istate.data import HeaderData
from reflex_base.utils.format import json_dumps
from socketio import AsyncServer

from bulq import wire
from bulq.bulq import app
from bulq.domain.phases import Phase
from bulq.state.run.adding import AddingState


@dataclass(frozen=True)
class Mine:
    quantity: int = 0
    note: str = ""


@dataclass(frozen=True)
class Totals:
    wanted: str
    cost: str
    pills: tuple[tuple[str, str, int], ...]
    more: int


@dataclass(frozen=True)
class Nested:
    name: str
    inside: tuple[Mine, ...]


class Colour(Enum):
    RED = 1


@pytest.mark.parametrize(
    "thing",
    [
        {"a": None, "b": [1, 2.5, True, 'Ђорђе \u2028 " \\ \x00 </script>', -(2**53)]},
        Totals("3 packs", "€4.50", (("Ana", "2 packs", 0), ("Mila", "1 pack", 1)), 0),
        Nested("Ana", (Mine(quantity=1500), Mine(note="½"))),
        [datetime(2026, 11, 28, 12, tzinfo=UTC), date(2026, 11, 28), UUID(int=7), Decimal("1.5")],
        {Phase.ACTIVE: Phase.SHOPPING, "colour": Colour.RED},
        {"set": {1}, "frozen": frozenset("a"), "type": int},
        {1: "keys that are no texts", None: 2},
        "half a surrogate \ud800",
        2**70,
        object(),
    ],
)
def test_it_is_what_reflex_would_have_written(thing: object) -> None:
    assert json.loads(wire.dumps(thing, separators=(",", ":"))) == json.loads(json_dumps(thing))


def test_all_of_a_new_tab_is_the_same() -> None:
    state = AddingState.get_root_state()(_reflex_internal_init=True).dict()  # pyright: ignore[reportCallIssue]

    assert wire.dumps(state) == json_dumps(state, separators=(",", ":"))


def test_a_page_never_learns_the_session_cookie() -> None:
    headers = HeaderData(cookie="bulq=secret", host="bulq.test")

    assert "secret" not in wire.dumps({"headers": headers})
    assert "bulq.test" in wire.dumps({"headers": headers})


def test_the_app_sends_by_it() -> None:
    assert app.sio is not None

    assert app.sio.packet_class.json.dumps is wire.dumps  # pyright: ignore[reportAttributeAccessIssue]


# What rooms send


@pytest.fixture
async def sockets() -> AsyncIterator[tuple[AsyncServer, dict[str, AsyncSocket]]]:
    """A server with three pages on /live, by their sockets; one of them has left its connection."""
    server = AsyncServer(async_mode="asgi", namespaces="*")
    wire.send_by_orjson(server)
    pages: dict[str, AsyncSocket] = {}
    for name in ("one", "two", "left"):
        server.eio.sockets[name] = AsyncSocket(server.eio, name)
        pages[await connected(server, name)] = server.eio.sockets[name]
    del server.eio.sockets["left"]
    yield server, pages


async def connected(server: Any, name: str) -> str:
    """The name under which the namespace knows this connection."""
    return await server.manager.connect(name, "/live")


async def test_rooms_put_into_each_queue_what_socket_io_itself_would(sockets) -> None:
    server, pages = sockets
    one, two, left = pages
    send = wire.sender(server, "/live")
    body = {"at": "me", "patch": {"name": "Ђорђе \u2028"}}

    assert send([one, two, left, "unknown"], "patch", json.dumps(body).encode()) == []
    await server.emit("patch", body, to=one, namespace="/live")

    (ours, theirs), (other,) = taken(pages[one]), taken(pages[two])
    assert ours.encode() == other.encode()
    assert ours.packet_type == theirs.packet_type == MESSAGE
    (our_head, _, our_body), (head, _, their_body) = (str(each.data).partition(",") for each in (ours, theirs))
    assert (our_head, json.loads(our_body)) == (head, json.loads(their_body)) == ("2/live", ["patch", body])


async def test_whoever_leaves_too_much_unread_gets_only_what_must_be_sent(sockets) -> None:
    server, pages = sockets
    one, two, _left = pages
    send = wire.sender(server, "/live")
    for _ in range(wire.MOST_UNREAD):
        assert send([one], "patch", b"{}") == []

    assert send([one, two], "patch", b"{}") == [one]
    assert send([one], "state", b"{}", must=True) == []

    assert (len(taken(pages[one])), len(taken(pages[two]))) == (wire.MOST_UNREAD + 1, 1)
    assert send([one], "patch", b"{}") == []
    assert send([], "patch", b"no json") == []


def taken(socket: AsyncSocket) -> list[Packet]:
    """All that waits to be written, as what writes to the connection takes it."""
    return [socket.queue.get_nowait() for _ in range(socket.queue.qsize())]
