"""How what pages are sent becomes JSON: by orjson, in a third of the time, with the very same result."""

from __future__ import annotations

from collections.abc import Callable, Collection
from types import SimpleNamespace
from typing import Any

import orjson
from engineio import packet as engine_packet
from reflex_base.utils.format import json_dumps
from reflex_base.utils.serializers import serialize
from socketio import packet

MOST_UNREAD = 64  # packets of one socket

# Dataclasses go through what Reflex has registered for them: of a request's headers it leaves the cookie away.
REFLEX_KNOWS = orjson.OPT_PASSTHROUGH_DATACLASS | orjson.OPT_PASSTHROUGH_DATETIME


def send_by_orjson(server: Any) -> None:
    """Let this Socket.IO server write its packets so; reading what browsers send stays as it is."""
    packets = server.packet_class
    packets.json = SimpleNamespace(dumps=dumps, loads=packets.json.loads)


def dumps(thing: Any, **how: Any) -> str:
    """Reflex's own writing is asked where orjson is stricter: keys that are no strings, half a surrogate."""
    try:
        return orjson.dumps(thing, default=serialize, option=REFLEX_KNOWS).decode()
    except TypeError:
        return json_dumps(thing, **how)


def sender(server: Any, namespace: str) -> Callable[..., list[str]]:
    """Sends one event with this JSON to many sockets of a namespace, encoded once.

    Socket.IO's own `emit` makes a task for each socket. This puts the packet where such a task would, and returns the
    sockets that have left too many packets unread: these get nothing, unless it is a `must`.
    """

    def send(sockets: Collection[str], event: str, body: bytes, *, must: bool = False) -> list[str]:
        if not sockets:
            return []
        encoded = server.packet_class(packet.EVENT, namespace=namespace, data=[event, orjson.Fragment(body)]).encode()
        message = engine_packet.Packet(engine_packet.MESSAGE, encoded)
        slow: list[str] = []
        for socket in sockets:
            connection = server.eio.sockets.get(server.manager.eio_sid_from_sid(socket, namespace))
            if connection is None:
                continue
            if connection.queue.qsize() >= MOST_UNREAD and not must:
                slow.append(socket)
            else:
                connection.queue.put_nowait(message)
        return slow

    return send
