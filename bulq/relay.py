"""Topics between processes: what one announces all others hear, by Redis publish/subscribe."""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Callable, Collection
from contextlib import suppress
from typing import Any
from uuid import uuid4

from prometheus_client import Counter
from redis.exceptions import RedisError

from bulq import redis_clients

log = logging.getLogger(__name__)

CHANNEL = "bulq:changed"
BEAT = 3.0  # seconds after which a process lets hear that the line is alive
SILENCE = 7.0  # seconds without a word, not even one's own, after which the line counts as dead
AGAIN = 0.25  # seconds until it is tried anew

LOST = Counter("bulq_live_redis_lost", "Times the line to the other processes broke")

# What tells a lost connection, in whichever layer it is noticed.
GONE = (RedisError, OSError, TimeoutError)


def tell(url: str, topics: Collection[str]) -> None:
    """Announce from a process that shows nothing itself. Without Redis nobody hears it until they are back."""
    try:
        with redis_clients.client(url, socket_timeout=1, socket_connect_timeout=1) as client:
            client.publish(CHANNEL, _written("", topics))
    except GONE:
        log.warning("Redis is away; other processes do not hear of %s", ", ".join(sorted(topics)))


def _written(sender: str, topics: Collection[str]) -> str:
    return json.dumps([sender, sorted(topics)])


class Relay:
    """The line of one process. `heard` gets the topics of the others, `missed` is called when some may be missing.

    What could not be said is kept, and said once the line is back.
    """

    def __init__(self, url: str, heard: Callable[[Collection[str]], None], missed: Callable[[], None]) -> None:
        # No retries inside: a broken line is noticed at once, and made anew here.
        self._redis = redis_clients.async_client(url, socket_connect_timeout=2, socket_keepalive=True)
        self._heard, self._missed = heard, missed
        self._me = uuid4().hex
        self._unsaid: set[str] = set()
        self._wake = asyncio.Event()
        self._broken = False

    def say(self, topics: Collection[str]) -> None:
        """Tell the other processes, as soon as the line is free. From the event loop's thread."""
        self._unsaid.update(topics)
        self._wake.set()

    async def run(self) -> None:
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._keep(self._listen))
            tasks.create_task(self._keep(self._speak))

    async def _keep(self, line: Callable[[], Any]) -> None:
        while True:
            try:
                await line()
            except GONE as error:
                if not self._broken:
                    self._broken = True
                    LOST.inc()
                    log.warning("lost the line to the other processes (%s); trying again", type(error).__name__)
            except Exception:
                log.exception("the line to the other processes failed; trying again")
            await asyncio.sleep(AGAIN)

    async def _listen(self) -> None:
        async with self._redis.pubsub() as line:
            await line.subscribe(CHANNEL)
            async with asyncio.timeout(SILENCE):  # until it is so: what is said later is heard
                await line.get_message(timeout=SILENCE)
            if self._broken:
                self._broken = False
                log.warning("back in line with the other processes")
            self._missed()
            while True:
                async with asyncio.timeout(SILENCE):
                    message = await line.get_message(ignore_subscribe_messages=True, timeout=SILENCE)
                if message is not None:
                    self._hear(message["data"])

    def _hear(self, data: bytes) -> None:
        try:
            sender, topics = json.loads(data)
            topics = {str(topic) for topic in topics}
        except (ValueError, TypeError):
            return log.warning("something else speaks on %s", CHANNEL)
        if topics and sender != self._me:
            self._heard(topics)

    async def _speak(self) -> None:
        while True:
            with suppress(TimeoutError):  # then an empty word is said
                await asyncio.wait_for(self._wake.wait(), BEAT)
            self._wake.clear()
            topics, self._unsaid = self._unsaid, set()
            try:
                async with asyncio.timeout(SILENCE):  # a machine without power never answers
                    await self._redis.publish(CHANNEL, _written(self._me, topics))
            except BaseException:
                self._unsaid |= topics
                self._wake.set()
                raise
