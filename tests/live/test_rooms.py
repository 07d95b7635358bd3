"""What is looked at is kept up to date by whichever process a page has come to."""

from __future__ import annotations

import asyncio
import time
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import httpx
import pytest

from bulq import announcing, changes, db
from bulq.config import settings
from bulq.domain.phases import Phase
from bulq.models import Group
from bulq.services import accounts, groups
from tests.cast import LATER, NOW, PACK, bring_to, item_of, person
from tests.live.conftest import Pair
from tests.live.looking import Looker, Refused, looking


@pytest.fixture
def run(pair: Pair) -> UUID:
    with db.transaction() as session:
        return bring_to(session, pair.cast, Phase.SHOPPING)


async def buy(pair: Pair, page: Looker, run: UUID, packs: int, seen: int) -> None:
    item = await db.read(item_of, run, pair.cast.rice)
    line: dict[str, Any] = {"quantity": packs * PACK, "total": packs * 799, "seen": seen * PACK}
    assert "result" in await page.do("buy", run_id=str(run), item_id=str(item), **line)


def announce_from_here(pair: Pair) -> None:
    """As a process of its own, which shows nothing to anybody."""
    settings.redis_url = pair.redis.url
    changes.tell_by(announcing.announce)


def list_of(run: UUID) -> str:
    return f"runs/{run}/shopping"


async def test_a_change_in_one_process_reaches_who_looks_in_the_other(pair: Pair, run: UUID) -> None:
    one, two = pair.servers
    async with (
        looking(one.url, pair.cookie(pair.cast.ana)) as ana,
        looking(two.url, pair.cookie(pair.cast.bojan), [{"at": list_of(run)}, {"at": "me"}]) as bojan,
    ):
        await bojan.until(lambda: len(bojan.of("state")) == 2)
        first = await ana.look(list_of(run))
        assert {each["at"]: each["tag"] for each in bojan.of("state")}[list_of(run)] == first["tag"]
        await buy(pair, ana, run, 1, 0)
        await bojan.until(lambda: bojan.of("patch"))
        began = time.monotonic()

        await buy(pair, ana, run, 2, 1)
        await bojan.until(lambda: len(bojan.of("patch")) == 2)

        assert time.monotonic() - began < 1
        await ana.until(lambda: len(ana.of("patch")) == 2)
        assert ana.of("patch") == bojan.of("patch")
        assert ana.of("patch")[0]["from"] == first["tag"]
        assert ana.of("patch")[1]["patch"]["paid"] == 3 * 799


async def test_a_page_that_comes_to_another_process_is_told_what_it_lacks(pair: Pair, run: UUID) -> None:
    one, two = pair.servers
    cookie = pair.cookie(pair.cast.ana)
    async with looking(one.url, cookie) as before, looking(two.url, pair.cookie(pair.cast.mila)) as mila:
        old = (await before.look(list_of(run)))["tag"]
        assert await mila.look(list_of(run), old) == {"same": old}
        await buy(pair, before, run, 1, 0)
        await mila.until(lambda: mila.of("patch"))

        async with looking(two.url, cookie, [{"at": list_of(run), "tag": old}]) as after:
            await after.until(lambda: after.of("state"))

        assert after.of("state")[0]["patches"] == mila.of("patch")
        newest = mila.of("patch")[0]["to"]
        async with looking(one.url, cookie, [{"at": list_of(run), "tag": newest}]) as again:
            await again.until(lambda: again.of("state"))
        assert again.of("state") == [{"at": list_of(run), "same": newest}]
        async with httpx.AsyncClient(headers={"Cookie": cookie}) as client:
            answers = [await client.get(f"{server.url}/api/v1/{list_of(run)}") for server in (one, two)]
        assert [answer.headers["etag"] for answer in answers] == [f'W/"{newest}"'] * 2


async def test_without_redis_each_process_shows_its_own_changes_and_all_of_them_afterwards(
    pair: Pair, run: UUID
) -> None:
    one, two = pair.servers
    async with (
        looking(one.url, pair.cookie(pair.cast.ana)) as ana,
        looking(two.url, pair.cookie(pair.cast.bojan)) as bojan,
    ):
        old = (await ana.look(list_of(run)))["tag"]
        await bojan.look(list_of(run))
        await asyncio.to_thread(pair.redis.kill)
        await buy(pair, ana, run, 1, 0)
        await ana.until(lambda: ana.of("patch"))
        await asyncio.sleep(0.3)
        assert bojan.told == []

        await asyncio.to_thread(pair.redis.start)

        await bojan.until(lambda: bojan.of("patch"))
        assert bojan.of("patch") == ana.of("patch") and bojan.of("patch")[0]["from"] == old


async def test_who_is_removed_by_another_process_is_put_out(pair: Pair, run: UUID) -> None:
    announce_from_here(pair)
    with db.transaction() as session:
        nina = person(session, "Nina")
        groups.join_group(session, nina, session.get_one(Group, pair.cast.group_id).invite_token, now=NOW)
    async with looking(pair.servers[0].url, pair.cookie(nina)) as page:
        assert (await page.look(list_of(run))).keys() == {"tag"}

        await db.run(groups.remove_member, pair.cast.ana, pair.cast.group_id, nina.id, now=LATER)

        await page.until(lambda: page.of("state"), 2)
        assert page.of("state") == [{"at": list_of(run), "gone": True}]
        assert page.of("patch") == []


async def test_whose_session_ends_in_another_process_is_signed_out(pair: Pair, run: UUID) -> None:
    announce_from_here(pair)
    cookie = pair.cookie(pair.cast.mila)
    async with looking(pair.servers[0].url, cookie, [{"at": "me"}, {"at": list_of(run)}]) as page:
        await page.until(lambda: len(page.of("state")) == 2)

        mila = await db.read(accounts.actor_for, cookie.partition("=")[2], now=datetime.now(UTC))
        assert mila.session_id is not None
        await db.run(accounts.end_session, mila, mila.session_id, now=datetime.now(UTC))

        await page.until(lambda: page.of("signed_out"), 2)
        assert {"at": "me", "gone": True} in page.of("state")
    with pytest.raises(Refused, match="signed_out"):
        async with looking(pair.servers[1].url, cookie):
            pass
