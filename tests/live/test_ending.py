"""A process that is told to end says so, lets its pages work until each is sent elsewhere, and then is gone."""

import asyncio
import urllib.error
import urllib.request
from contextlib import AsyncExitStack
from datetime import datetime
from pathlib import Path

import pytest

from bulq import ending
from tests.cast import PACK
from tests.live.conftest import UNLIMITED, Backend, Pair
from tests.live.tabs import run_page

PAGES = 40


def lives(server: Backend) -> int:
    """What a proxy is answered that asks whether to send more."""
    try:
        with urllib.request.urlopen(f"{server.url}/api/v1/health/live", timeout=5) as answer:
            return answer.status
    except urllib.error.HTTPError as error:
        return error.code


def said_at(server: Backend, words: str) -> datetime:
    """When the server wrote this line of its log."""
    line = next(line for line in server.log().splitlines() if words in line)
    return datetime.fromisoformat(line.split()[0])


async def test_behind_a_proxy_pages_are_sent_elsewhere_one_after_the_other(pair: Pair, tmp_path: Path) -> None:
    behind = {"BULQ_TRUSTED_PROXY_HOPS": "1", "REDIS_URL": pair.redis.url}
    server = Backend(tmp_path, pair.database_url, **UNLIMITED, **behind)
    await asyncio.to_thread(server.start)
    try:
        async with AsyncExitStack() as closing:
            pages = [await closing.enter_async_context(run_page(pair, server, pair.cast.ana)) for _ in range(PAGES)]
            assert lives(server) == 200

            stopping = asyncio.create_task(asyncio.to_thread(server.stop))
            async with asyncio.timeout(2):
                while lives(server) == 200:
                    await asyncio.sleep(0.05)
            await pages[-1].bid(pair.cast.rice, 12)
            await pages[-1].until(lambda: pages[-1].mine(pair.cast.rice) == 12 * PACK)

            gone = [asyncio.create_task(page.tab.gone()) for page in pages]
            _, rest = await asyncio.wait(gone, timeout=8, return_when=asyncio.FIRST_COMPLETED)
            assert len(rest) > PAGES / 2, "many at once"
            await asyncio.wait_for(asyncio.gather(*gone), 8)
            await asyncio.wait_for(asyncio.shield(stopping), 3)  # by itself, before it is killed
        began, ended = (said_at(server, words) for words in (f"ending: {PAGES} pages", "ending: they have gone"))
        assert (ended - began).total_seconds() >= ending.NOTICED + PAGES / ending.PER_SECOND, "all at once"
        with pytest.raises(OSError):
            lives(server)
    finally:
        server.stop()


async def test_without_a_proxy_it_ends_at_once(pair: Pair, tmp_path: Path) -> None:
    server = Backend(tmp_path, pair.database_url, **UNLIMITED)
    await asyncio.to_thread(server.start)
    try:
        async with run_page(pair, server, pair.cast.ana) as page:
            began = asyncio.get_running_loop().time()
            await asyncio.to_thread(server.stop)
            await page.tab.gone()

        assert asyncio.get_running_loop().time() - began < 2.5
    finally:
        server.stop()
