"""What processes share moves to another Valkey, and everybody follows without being told."""

import asyncio
import time
from collections.abc import Callable, Collection, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from bulq import cache, checks, limits, redis_clients
from bulq.config import settings
from bulq.domain.errors import TooMany
from bulq.relay import Relay, tell
from rehearsal.machines import free_port
from rehearsal.pairs import SERVICE, OneValkey, ValkeyPair

LONGEST = 10.0  # seconds until everything works again


@pytest.fixture(scope="module")
def pair() -> Iterator[ValkeyPair]:
    with TemporaryDirectory(prefix="bulq-valkey-") as folder:
        servers = ValkeyPair(Path(folder))
        try:
            servers.start()
            yield servers
        finally:
            servers.stop()


@pytest.fixture(autouse=True)
def through_sentinels(pair: ValkeyPair, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    settings.redis_url = pair.url
    count_in(pair.url, monkeypatch)
    cache.forget()
    cache._back_at = 0.0
    yield
    cache._back_at = 0.0


def count_in(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.redis_url = url
    monkeypatch.setattr(limits, "limiter", limits._limiter())
    monkeypatch.setattr(limits, "_redis_back_at", 0.0)


def until(holds: Callable[[], bool], seconds: float = LONGEST) -> float:
    """The seconds until it holds."""
    began = time.monotonic()
    while not holds():
        assert time.monotonic() - began < seconds
        time.sleep(0.05)
    return time.monotonic() - began


def counted(server: OneValkey) -> int:
    with redis_clients.client(f"redis://127.0.0.1:{server.port}") as client:
        return len(client.keys("LIMITS*"))  # pyright: ignore[reportArgumentType]


class Ear:
    """A process that shows pages: it says and hears topics."""

    def __init__(self, url: str) -> None:
        self.heard: set[str] = set()
        self.missed = 0
        self.relay = Relay(url, self._hear, self._miss)

    def _hear(self, topics: Collection[str]) -> None:
        self.heard |= set(topics)

    def _miss(self) -> None:
        self.missed += 1


@asynccontextmanager
async def two_ears(url: str):
    ears = Ear(url), Ear(url)
    tasks = [asyncio.create_task(ear.relay.run()) for ear in ears]
    try:
        async with asyncio.timeout(LONGEST):
            while not all(ear.missed for ear in ears):
                await asyncio.sleep(0.02)
        yield ears
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def back(*ears: Ear) -> float:
    """The seconds until each listens anew."""
    began, before = time.monotonic(), [ear.missed for ear in ears]
    async with asyncio.timeout(2 * LONGEST):
        while any(ear.missed == missed for ear, missed in zip(ears, before, strict=True)):
            await asyncio.sleep(0.02)
    return time.monotonic() - began


async def said_and_heard(one: Ear, other: Ear, topic: str) -> float:
    began = time.monotonic()
    one.relay.say([topic])
    async with asyncio.timeout(2 * LONGEST):
        while topic not in other.heard:
            await asyncio.sleep(0.02)
    return time.monotonic() - began


def test_lists_limits_and_checks_go_to_the_primary(pair: ValkeyPair) -> None:
    assert checks.cache().startswith("fine")
    assert cache.get("family", "list", lambda: [[1]]) == [[1]]
    cache.forget()
    assert cache.get("family", "list", lambda: [[2]]) == [[1]]  # from Valkey, as another process finds it

    limits.spend(1, "bids", "ana")
    with pytest.raises(TooMany):
        limits.spend(1, "bids", "ana")
    assert counted(pair.first) > 0


def test_sentinels_that_are_away_are_said_so_in_a_few_words() -> None:
    settings.redis_url = f"redis+sentinel://:hush-hush@127.0.0.1:{free_port()}/{SERVICE}/0"

    with pytest.raises(checks.Failed) as failed:
        checks.cache()

    assert str(failed.value) == f"No master found for '{SERVICE}'"


async def test_processes_hear_each_other_through_sentinels(pair: ValkeyPair) -> None:
    async with two_ears(pair.url) as (one, two):
        assert await said_and_heard(one, two, "run:1") < 1
        await asyncio.to_thread(tell, pair.url, ["run:2"])
        assert await said_and_heard(two, one, "run:3") < 1
        assert "run:2" in one.heard


async def test_after_the_primary_is_killed_all_go_on_with_the_other(
    pair: ValkeyPair, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with two_ears(pair.url) as (one, two):
        pair.first.kill()
        one.relay.say(["run:said while nobody hears"])
        assert await back(one, two) < LONGEST  # whatever was said meanwhile: all is read anew
        assert await said_and_heard(one, two, "run:after") < 1
        assert await said_and_heard(two, one, "run:back") < 1

    cache._back_at = 0.0
    assert cache.get("family", "after", lambda: [[3]]) == [[3]]
    count_in(pair.url, monkeypatch)
    before = counted(pair.second)
    limits.spend(1, "bids", "bojan")
    assert counted(pair.second) == before + 1
    assert pair.primary() is pair.second


async def test_a_primary_that_falls_silent_is_left(pair: ValkeyPair) -> None:
    """It hangs nothing up, so that whoever waits for its answer without an end waits for ever."""
    pair.first.start()
    replicas = redis_clients.client(f"redis://127.0.0.1:{pair.second.port}")
    until(lambda: replicas.info("replication")["connected_slaves"] == 1, 30)  # pyright: ignore[reportIndexIssue]
    replicas.close()

    async with two_ears(pair.url) as (one, two):
        pair.second.freeze()
        one.relay.say(["run:said to nobody"])
        assert await back(one, two) < LONGEST
        assert await said_and_heard(one, two, "run:after") < LONGEST
        assert await said_and_heard(two, one, "run:back") < LONGEST


def test_a_server_behind_a_socket_of_the_machine_counts_too(monkeypatch: pytest.MonkeyPatch) -> None:
    with TemporaryDirectory(prefix="bulq-valkey-") as folder:
        server = OneValkey("valkey", Path(folder), "--unixsocket", f"{folder}/socket")
        server.start()
        try:
            count_in(f"unix://{folder}/socket", monkeypatch)
            limits.spend(1, "bids", "mila")
            assert counted(server) == 1
        finally:
            server.kill()
