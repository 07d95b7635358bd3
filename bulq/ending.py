"""A process behind a proxy ends without a crowd: pages move to the others a few at a time, not all at once.

A page that comes to another process costs that one some milliseconds, and bids wait behind them.
"""

from __future__ import annotations

import asyncio
import logging
import os
import signal
from collections.abc import Awaitable, Callable
from typing import Any

from engineio.exceptions import SocketIsClosedError
from engineio.packet import PING, Packet

from bulq.config import settings

NOTICED = 2.5  # seconds until the proxy has asked /api/v1/health/live again; see the Caddyfile
PER_SECOND = 40.0  # sockets
LONGEST = 15.0  # seconds, however many they are

Receive = Callable[[Packet], Awaitable[None]]

log = logging.getLogger(__name__)
_ending: asyncio.Task[None] | None = None


def is_ending() -> bool:
    """Whether this process wants no more pages."""
    return _ending is not None


def end_gently(engine: Any) -> None:
    """From now on SIGTERM says at once that this process ends, closes the sockets of Engine.IO one by one, then ends.

    SIGINT still ends it at once, as does SIGTERM where no proxy stands in front who could send pages elsewhere.
    """
    if settings.trusted_proxy_hops:
        asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, _begin, engine)


def _begin(engine: Any) -> None:
    global _ending
    _ending = _ending or asyncio.create_task(_end(engine))


async def _end(engine: Any) -> None:
    try:
        log.info("ending: %s pages go to other processes", len(engine.sockets))
        if engine.sockets:
            await asyncio.sleep(NOTICED)
            await _close(engine)
            log.info("ending: they have gone")
    finally:
        os.kill(os.getpid(), signal.SIGINT)


async def _close(engine: Any) -> None:
    """A page whose socket is closed comes back at once, and by now to another process."""
    sockets = list(engine.sockets.values())
    pause = min(1 / PER_SECOND, LONGEST / max(1, len(sockets)))
    for socket in sockets:
        # Granian can't hang up while it waits for the page to send something. A page always answers a ping.
        socket.receive = _for_the_last_time(socket.receive)
        await socket.send(Packet(PING))
        await asyncio.sleep(pause)


def _for_the_last_time(receive: Receive) -> Receive:
    async def receive_and_end(packet: Packet) -> None:
        await receive(packet)
        raise SocketIsClosedError

    return receive_and_end
