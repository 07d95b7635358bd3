"""Fifty people at one run, in a process of their own: bids one at a time, then all at once, then one at a time before
five hundred open pages. Prints the figures.
"""

from __future__ import annotations

import asyncio
import json
import sys
import time
from dataclasses import dataclass, field
from statistics import median
from typing import Any

import psutil

from bench.seed import PACK
from bench.servers import Server
from bench.tab import Tab
from bulq.sessions import cookie_name

BIDS = 200  # one at a time
VIEWERS = 500  # open pages in the end
BIDS_SEEN_BY_MANY = 100
BURST = 10.0  # seconds of all at once
PATIENCE = 30.0
MOMENT = 0.02


@dataclass(slots=True)
class Person:
    """A tab, and when what it shows changed last."""

    tab: Tab
    news: asyncio.Event = field(default_factory=asyncio.Event)
    changed_at: float = 0.0

    def take(self) -> None:
        self.changed_at = time.perf_counter()
        self.news.set()

    async def until(self, holds: Any) -> float:
        """The time of the change that made it hold."""
        while not holds():
            self.news.clear()
            await asyncio.wait_for(self.news.wait(), PATIENCE)
        return self.changed_at


@dataclass(slots=True)
class Crowd:
    run_id: str
    people: list[Person]  # an open page each
    bidders: list[Person]  # the first page of each person
    products: list[str]
    sums: dict[str, int]  # thousandths of each product, all people together
    mine: dict[tuple[int, str], int] = field(default_factory=dict)  # what each bid last

    async def bid(self, person: Person, product: str) -> float:
        """One pack more or less, until the server has answered; milliseconds."""
        before = self.mine.setdefault((id(person), product), person.tab.mine[product])
        wanted = before + (PACK if before < 8 * PACK else -4 * PACK)
        self.sums[product] += wanted - before
        self.mine[id(person), product] = wanted
        began = time.perf_counter()
        answer = await person.tab.do("place_bid", run_id=self.run_id, product_id=product, quantity=wanted)
        assert "result" in answer, answer
        return (time.perf_counter() - began) * 1000

    async def all_show(self, product: str) -> float:
        wanted = self.sums[product]
        return max([await one.until(lambda one=one: one.tab.wanted[product] == wanted) for one in self.people])

    async def floor(self, person: Person) -> float:
        """A question that needs no work, until its answer; milliseconds."""
        began = time.perf_counter()
        await person.tab.here()
        return (time.perf_counter() - began) * 1000


async def open_pages(address: str, run_id: str, tokens: list[str], products: list[str]) -> list[Person]:
    people: list[Person] = []
    for token in tokens:
        person = Person(await Tab.open(address, f"{cookie_name()}={token}", run_id))
        person.tab.on_change = person.take
        await person.until(lambda person=person: len(person.tab.mine) == len(products))
        people.append(person)
    return people


async def one_at_a_time(crowd: Crowd, server: Server, count: int) -> dict[str, float]:
    """A bid, then waiting until everybody has seen the new sum."""
    bids: list[float] = []
    seen: list[float] = []
    sent, busy = sum(person.tab.bytes for person in crowd.people), server.busy_seconds()
    for n in range(count):
        person, product = crowd.bidders[n % len(crowd.bidders)], crowd.products[n * 7 % len(crowd.products)]
        began = time.perf_counter()
        bids.append(await crowd.bid(person, product))
        seen.append((await crowd.all_show(product) - began) * 1000)
        await asyncio.sleep(MOMENT)
    sent, busy = sum(person.tab.bytes for person in crowd.people) - sent, server.busy_seconds() - busy
    return {
        "bid_ms": median(bids),
        "seen_by_all_ms": median(seen),
        "cpu_per_bid_ms": busy * 1000 / count,
        "bytes_per_bid": sent / count / len(crowd.people),
    }


async def floors(crowd: Crowd) -> dict[str, float]:
    took: list[float] = []
    for person in crowd.people:
        took.append(await crowd.floor(person))
        await asyncio.sleep(MOMENT)
    return {"floor_ms": median(took)}


async def all_at_once(crowd: Crowd) -> dict[str, float]:
    """Everybody bids again as soon as their bid is answered."""
    took: list[float] = []
    until = time.perf_counter() + BURST

    async def keep_bidding(person: Person, place: int) -> None:
        n = place
        while time.perf_counter() < until:
            took.append(await crowd.bid(person, crowd.products[n % len(crowd.products)]))
            n += 7

    began = time.perf_counter()
    await asyncio.gather(*(keep_bidding(person, place) for place, person in enumerate(crowd.bidders)))
    per_second = len(took) / (time.perf_counter() - began)
    for product in crowd.products:  # nothing was lost on the way
        await crowd.all_show(product)
    return {"bids_per_s": per_second, "bid_in_burst_ms": median(took)}


async def before_many(crowd: Crowd, server: Server, address: str, tokens: list[str]) -> dict[str, float]:
    """The same bids with so many pages open, and what each page more costs the server in memory."""
    more = [tokens[n % len(tokens)] for n in range(VIEWERS - len(crowd.people))]
    before = server.resident_mb()
    crowd.people += await open_pages(address, crowd.run_id, more, crowd.products)
    page_kb = (server.resident_mb() - before) * 1000 / len(more)
    figures = await one_at_a_time(crowd, server, BIDS_SEEN_BY_MANY)
    return {
        "seen_by_500_ms": figures["seen_by_all_ms"],
        "cpu_per_bid_500_ms": figures["cpu_per_bid_ms"],
        "page_kb": page_kb,
    }


async def measure(
    address: str, process: int, run_id: str, tokens: list[str], products: list[str], wanted: int
) -> dict[str, float]:
    server = Server(address, psutil.Process(process))
    people = await open_pages(address, run_id, tokens, products)
    crowd = Crowd(run_id, people, people[:], products, {product: len(tokens) * wanted * PACK for product in products})
    figures = await one_at_a_time(crowd, server, BIDS) | await floors(crowd) | await all_at_once(crowd)
    figures["rss_mb"] = server.resident_mb()
    figures |= await before_many(crowd, server, address, tokens)
    for person in crowd.people:
        await person.tab.close()
    return figures


if __name__ == "__main__":
    json.dump(asyncio.run(measure(**json.load(sys.stdin))), sys.stdout)
