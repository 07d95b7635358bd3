"""A change shows on the pages of every process, and a Redis that comes and goes loses none."""

import asyncio
import time
from uuid import UUID

from sqlmodel import col, select

from bulq import announcing, changes, db
from bulq.config import settings
from bulq.domain.actor import Actor
from bulq.models import Bid
from bulq.services import bids
from tests.cast import LATER, PACK
from tests.live.conftest import Pair
from tests.live.tabs import RunPage, run_page


def quantity_of(pair: Pair, actor: Actor, product: UUID) -> int | None:
    query = select(Bid.quantity).where(
        col(Bid.run_id) == pair.run_id, col(Bid.user_id) == actor.id, col(Bid.product_id) == product
    )
    return db.read_now(lambda session: session.scalars(query).one())


async def bid_and_see(pair: Pair, who: RunPage, others: list[RunPage], packs: int, others_want: int) -> float:
    """Bid `packs` of rice; the seconds until all see it."""
    rice = pair.cast.rice
    began = time.monotonic()
    await who.bid(rice, packs)
    await who.until(lambda: who.mine(rice) == packs * PACK)
    for page in others:
        await page.until(lambda page=page: page.wanted(rice) == (packs + others_want) * PACK)
    return time.monotonic() - began


async def test_a_bid_in_one_process_shows_in_the_other_within_a_second(pair: Pair) -> None:
    one, two = pair.servers
    async with (
        run_page(pair, one, pair.cast.ana) as ana,
        run_page(pair, two, pair.cast.bojan) as bojan,
        run_page(pair, two, pair.cast.mila) as mila,
    ):
        await bid_and_see(pair, ana, [ana, bojan, mila], 5, 5)  # the first of each process warms it up

        there = await bid_and_see(pair, ana, [bojan, mila, ana], 6, 5)
        back = await bid_and_see(pair, mila, [ana, bojan], 4, 9)

    assert there < 1
    assert back < 1


async def test_what_another_process_announces_that_shows_nothing_itself_is_shown(pair: Pair) -> None:
    settings.redis_url = pair.redis.url
    async with run_page(pair, pair.servers[0], pair.cast.ana) as ana:
        before = ana.wanted(pair.cast.tomatoes)
        db.write_now(bids.place_bid, pair.cast.mila, pair.run_id, pair.cast.tomatoes, 2500, now=LATER)
        announcing.announce(changes.run(pair.run_id))

        assert await ana.until(lambda: ana.wanted(pair.cast.tomatoes) != before) < 1


async def test_without_redis_each_process_goes_on_by_itself_and_catches_up_afterwards(pair: Pair) -> None:
    one, two = pair.servers
    rice = pair.cast.rice
    async with (
        run_page(pair, one, pair.cast.ana) as ana,
        run_page(pair, one, pair.cast.mila) as mila,
        run_page(pair, two, pair.cast.bojan) as bojan,
    ):
        pair.redis.kill()
        others = others_than_ana(pair)
        before = bojan.wanted(rice)
        await bid_and_see(pair, ana, [ana, mila], 31, others)
        assert bojan.wanted(rice) == before

        pair.redis.start()

        assert await bojan.until(lambda: bojan.wanted(rice) == (31 + others) * PACK) < 5


async def test_a_redis_killed_and_restarted_under_bidding_loses_no_bid(pair: Pair) -> None:
    one, two = pair.servers
    rice, tomatoes = pair.cast.rice, pair.cast.tomatoes
    async with run_page(pair, one, pair.cast.ana) as ana, run_page(pair, two, pair.cast.bojan) as bojan:
        over = asyncio.Event()

        async def keep_bidding(page: RunPage, product: UUID, thousandths: int) -> None:
            """Each bid has to be seen in one's own page before the next one is made."""
            while not over.is_set():
                thousandths += 1000
                await page.bid(product, thousandths // 1000)
                await page.until(lambda wanted=thousandths: page.mine(product) == wanted, 5)

        bidding = [
            asyncio.create_task(keep_bidding(ana, rice, ana.mine(rice))),
            asyncio.create_task(keep_bidding(bojan, tomatoes, 2000)),
        ]
        await asyncio.sleep(0.5)
        await asyncio.to_thread(pair.redis.kill)
        await asyncio.sleep(1)
        await asyncio.to_thread(pair.redis.start)
        back = time.monotonic()
        await asyncio.sleep(0.5)
        over.set()
        await asyncio.gather(*bidding)

        assert quantity_of(pair, pair.cast.ana, rice) == ana.mine(rice)
        assert quantity_of(pair, pair.cast.bojan, tomatoes) == bojan.mine(tomatoes)
        await bojan.until(lambda: bojan.wanted(rice) == ana.mine(rice) + others_than_ana(pair) * PACK)
        await ana.until(lambda: ana.wanted(tomatoes) == bojan.wanted(tomatoes))
        assert time.monotonic() - back < 5


def others_than_ana(pair: Pair) -> int:
    return sum(quantity_of(pair, who, pair.cast.rice) or 0 for who in (pair.cast.bojan, pair.cast.mila)) // PACK
