"""Ends sockets that send and send without ever finishing a message.

Granian puts a message together before anybody else sees a byte of it, up to 64 MB, and has no setting for that. How
much has arrived on a connection only the kernel knows. Linux tells (TCP_INFO); on other systems nothing is ended here.
"""

from __future__ import annotations

import asyncio
import os
import socket
import struct
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

EVERY = 0.5  # seconds
MOST = 256 * 1024  # bytes of one message, and of what follows it on the way
DESCRIPTORS = Path("/proc/self/fd")
TCP_INFO, BYTES_RECEIVED = 11, 128  # the option, and where in struct tcp_info the counter stands (linux/tcp.h)

INTERNET = (socket.AF_INET, socket.AF_INET6)

Peer = tuple[str, int]


@dataclass(slots=True, eq=False)
class Incoming:
    """A socket as it is watched: who sends on it, and whether a message has come through since the last look."""

    peer: Peer
    end: Callable[[], None]  # told when the socket is ended
    finished: bool = True
    received: int = 0


class Watcher:
    def __init__(self) -> None:
        self._watched: dict[Peer, Incoming] = {}
        self._task: asyncio.Task[None] | None = None

    @contextmanager
    def watching(self, peer: Peer, end: Callable[[], None]) -> Iterator[Incoming]:
        """While it is open: set `finished` with every message, and when nothing is waited for."""
        incoming = self._watched[peer] = Incoming(peer, end)
        if self._task is None and sys.platform == "linux":
            self._task = asyncio.create_task(self._keep_looking())
        try:
            yield incoming
        finally:
            if self._watched.get(peer) is incoming:
                del self._watched[peer]

    async def _keep_looking(self) -> None:
        while self._watched:
            await asyncio.sleep(EVERY)
            for connection, peer in _connections():
                with connection, suppress(OSError):  # it may be gone by now
                    if incoming := self._watched.get(peer):
                        _look(connection, incoming)
        self._task = None


def _look(connection: socket.socket, incoming: Incoming) -> None:
    received = _bytes_received(connection)
    if incoming.finished:
        incoming.finished, incoming.received = False, received
    elif received - incoming.received > MOST:
        incoming.end()
        connection.shutdown(socket.SHUT_RDWR)


def _bytes_received(connection: socket.socket) -> int:
    info = connection.getsockopt(socket.IPPROTO_TCP, TCP_INFO, BYTES_RECEIVED + 8)
    return struct.unpack_from("=Q", info, BYTES_RECEIVED)[0] if len(info) == BYTES_RECEIVED + 8 else 0


def _connections() -> Iterator[tuple[socket.socket, Peer]]:
    """Every TCP connection of this process by its other end; to be closed after use, which leaves the connection be."""
    for name in os.listdir(DESCRIPTORS):
        with suppress(OSError):
            if os.readlink(DESCRIPTORS / name).startswith("socket:"):
                connection = socket.socket(fileno=os.dup(int(name)))
                try:
                    peer = connection.getpeername() if connection.family in INTERNET else None
                except OSError:  # it has no other end
                    peer = None
                if peer is None:
                    connection.close()
                else:
                    yield connection, (str(peer[0]), int(peer[1]))
