"""Sessions live on by being used. What this process saw of that is written down now and then, in one transaction."""

from __future__ import annotations

import asyncio
import logging

from bulq import db, sessions
from bulq.services.accounts import slide_sessions

EVERY = 15  # seconds

log = logging.getLogger(__name__)


async def keep_sliding() -> None:
    """Runs until it is cancelled, and writes down the rest then."""
    try:
        while True:
            await asyncio.sleep(EVERY)
            await write_down()
    finally:
        await write_down()


async def write_down() -> None:
    """What the database doesn't take now it is asked to take again."""
    used = sessions.take_used()
    if not used:
        return
    try:
        await db.run(slide_sessions, used)
    except Exception:
        log.exception("can't write down which sessions were used")
        for session_id, now in used.items():
            sessions.note_use(session_id, now)
