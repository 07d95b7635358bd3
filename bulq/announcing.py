"""How a change reaches whoever shows it: its topics are announced after the commit, here and in the other processes."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection
from dataclasses import dataclass

from bulq import changes, relay
from bulq.config import settings

# Gets topics; None stands for any of them, since some may have been missed.
Heard = Callable[[Collection[str] | None], None]


@dataclass(slots=True)
class _Line:
    """Of this process: its event loop, who shows pages here, and the line to the other processes."""

    loop: asyncio.AbstractEventLoop | None = None
    heard: Heard | None = None
    relay: relay.Relay | None = None


_line = _Line()


def announce(*topics: str) -> None:
    """Something under these topics ("run:…", "group:…", "user:…") has changed and is committed. From any thread."""
    loop = _line.loop
    if loop is not None and not loop.is_closed():
        loop.call_soon_threadsafe(_announce, topics)
    elif settings.redis_url:
        relay.tell(settings.redis_url, topics)  # nobody looks at this process


changes.tell_by(announce)


def _announce(topics: Collection[str]) -> None:
    if _line.heard is not None:
        _line.heard(topics)
    if _line.relay is not None:
        _line.relay.say(topics)


async def keep_up(heard: Heard) -> None:
    """Let `heard` have what is announced in any process, for as long as this one runs."""
    _line.loop, _line.heard = asyncio.get_running_loop(), heard
    if settings.redis_url:
        _line.relay = relay.Relay(settings.redis_url, heard, lambda: heard(None))
        await _line.relay.run()
