"""Does the jobs again and again for as long as a process lives."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable
from datetime import UTC, datetime

from bulq.config import settings
from bulq.jobs.cleanup import forget_old_sessions
from bulq.jobs.deadlines import Announce, close_due, tell_nobody

CLEAN_EVERY = 3600  # seconds

log = logging.getLogger(__name__)


async def periodic(announce: Announce = tell_nobody) -> None:
    """Every process of a server runs this; `announce` is told the topics of what has changed."""
    clean_at = 0.0
    while True:
        await _do("closing due runs", lambda now: close_due(now, announce))
        if time.monotonic() >= clean_at:
            await _do("forgetting old sessions", forget_old_sessions)
            clean_at = time.monotonic() + CLEAN_EVERY
        await asyncio.sleep(settings.deadline_check_seconds)


async def _do(what: str, job: Callable[[datetime], int]) -> None:
    """A job that fails is logged and comes round again."""
    try:
        if count := await asyncio.to_thread(job, datetime.now(UTC)):
            log.info("%s: %s", what, count)
    except Exception:
        log.exception("%s failed", what)
