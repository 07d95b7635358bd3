"""A process behind a proxy ends without a crowd: pages move to the others a few at a time, not all at once.

A page that comes to another process costs that one some milliseconds, and bids wait behind them.
"""

from __future__ import annotations

import asyncio
import logging
import os
import signal
from contextlib import suppress
from typing import Any

from bulq.config import settings

NOTICED = 2.5  # seconds until the proxy has asked /api/v1/health/live again; see the Caddyfile
PER_SECOND = 40.0  # sockets
LONGEST = 15.0  # seconds, however many they are
PATIENCE = 2.0  # seconds for the last of them

log = logging.getLogger(__name__)
_ending = False


def is_ending() -> bool:
    """Whether this process wants no more pages."""
    return _ending


def end_gently(engine: Any) -> None:
    """From now on SIGTERM says at once that this process ends, closes the sockets of Engine.IO one by one, then ends.

    SIGINT still ends it at once, as does SIGTERM where no proxy stands in front who could send pages elsewhere.
    """
    if settings.trusted_proxy_hops:
        loop, tasks = asyncio.get_running_loop(), set[asyncio.Task[None]]()
        loop.add_signal_handler(signal.SIGTERM, lambda: _begin(engine, tasks))


def _begin(engine: Any, tasks: set[asyncio.Task[None]]) -> None:
    global _ending
    if not _ending:
        _ending = True
        tasks.add(asyncio.create_task(_end(engine)))


async def _end(engine: Any) -> None:
    try:
        log.info("ending: %s pages go to other processes", len(engine.sockets))
        if engine.sockets:
            await asyncio.sleep(NOTICED)
            await _close(engine)
    finally:
        os.kill(os.getpid(), signal.SIGINT)


async def _close(engine: Any) -> None:
    """A page whose socket is closed comes back at once, and by now to another process."""
    sockets = list(engine.sockets)
    pause = min(1 / PER_SECOND, LONGEST / max(1, len(sockets)))
    with suppress(TimeoutError):  # some may not be there any more, and hear nothing
        async with asyncio.timeout(pause * len(sockets) + PATIENCE), asyncio.TaskGroup() as closing:
            for socket_id in sockets:
                closing.create_task(engine.disconnect(socket_id))
                await asyncio.sleep(pause)
