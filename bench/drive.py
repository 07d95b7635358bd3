"""Fifty people at one run, in a process of their own: bids one at a time, then all at once. Prints the figures."""

from __future__ import annotations

import asyncio
import json
import sys
import time
from dataclasses import dataclass, field
from statistics import median
from typing import Any

from bench.seed import PACK
from bench.tab import FIELD, ROOT, Delta, Tab
from bulq.i18n import quantity
from bulq.sessions import cookie_name

RUN = f"{ROOT}.bulq___state___run____run_state"
TOASTS = f"{ROOT}.bulq___state___toasts____toast_state"
FLOOR = "bulq___state___toasts____toast_state.dismiss"
BID = "bulq___state___run____run_state.bid"

BIDS = 200  # one at a time
BURST = 10.0  # seconds of all at once
PATIENCE = 30.0
MOMENT = 0.02


@dataclass(slots=True)
class Person:
    """A tab, what it shows, and when that changed last."""

    tab: Tab
    mine: dict[str, int] = field(default_factory=dict)
    mine_changed: dict[str, int] = field(default_factory=dict)
    totals: dict[str, str] = field(default_factory=dict)
    changed: dict[str, str] = field(default_factory=dict)
    toasts: int = 0
    news: asyncio.Event = field(default_factory=asyncio.Event)
    changed_at: float = 0.0

    def take(self, delta: Delta) -> None:
        run = delta.get(RUN, {})
        for name in ("mine", "mine_changed"):
            if (bids := run.get(name + FIELD)) is not None:
                setattr(self, name, {product: bid["quantity"] for product, bid in bids.items()})
        for name in ("totals", "changed"):
            if (totals := run.get(name + FIELD)) is not None:
                setattr(self, name, {product: total["wanted"] for product, total in totals.items()})
        self.toasts += TOASTS in delta
        self.changed_at = time.perf_counter()
        self.news.set()

    def bid_on(self, product: str) -> int:
        return self.mine_changed.get(product, self.mine[product])

    def wanted(self, product: str) -> str:
        return self.changed.get(product) or self.totals[product]

    async def until(self, holds: Any) -> float:
        """The time of the change that made it hold."""
        while not holds():
            self.news.clear()
            await asyncio.wait_for(self.news.wait(), PATIENCE)
        return self.changed_at


@dataclass(slots=True)
class Crowd:
    people: list[Person]
    products: list[str]
    sums: dict[str, int]  # thousandths of each product, all people together

    async def bid(self, person: Person, product: str) -> float:
        """One pack more or less, until the bidder's own tab shows it; milliseconds."""
        before = person.bid_on(product)
        wanted = before + (PACK if before < 8 * PACK else -4 * PACK)
        self.sums[product] += wanted - before
        began = time.perf_counter()
        await person.tab.send(BID, product_id=product, amount=str(wanted // PACK))
        shown = await person.until(lambda: person.bid_on(product) == wanted)
        return (shown - began) * 1000

    async def all_show(self, product: str) -> float:
        wanted = quantity(self.sums[product], "pack")
        return max([await one.until(lambda one=one: one.wanted(product) == wanted) for one in self.people])

    async def floor(self, person: Person) -> float:
        """An event whose handler does nothing, until its answer; milliseconds."""
        before, began = person.toasts, time.perf_counter()
        await person.tab.send(FLOOR, toast_id=-1)
        return (await person.until(lambda: person.toasts > before) - began) * 1000


async def gather(address: str, run_id: str, tokens: list[str], products: list[str], wanted: int) -> Crowd:
    people: list[Person] = []
    for token in tokens:
        cookie = f"{cookie_name()}={token}"
        person = Person(await Tab.open(address, cookie, f"/runs/{run_id}", {"run_id": run_id}))
        person.tab.on_delta = person.take
        await person.until(lambda person=person: len(person.mine) == len(products))
        people.append(person)
    return Crowd(people, products, {product: len(tokens) * wanted * PACK for product in products})


async def one_at_a_time(crowd: Crowd) -> dict[str, float]:
    """A bid, then waiting until everybody has seen it; and an empty event each time, to compare with."""
    bids: list[float] = []
    seen: list[float] = []
    floors: list[float] = []
    for n in range(BIDS):
        person, product = crowd.people[n % len(crowd.people)], crowd.products[n * 7 % len(crowd.products)]
        began = time.perf_counter()
        bids.append(await crowd.bid(person, product))
        seen.append((await crowd.all_show(product) - began) * 1000)
        await asyncio.sleep(MOMENT)
        floors.append(await crowd.floor(person))
    return {"bid_ms": median(bids), "seen_by_all_ms": median(seen), "floor_ms": median(floors)}


async def all_at_once(crowd: Crowd) -> dict[str, float]:
    """Everybody bids again as soon as they see their own bid."""
    took: list[float] = []
    until = time.perf_counter() + BURST

    async def keep_bidding(person: Person, place: int) -> None:
        n = place
        while time.perf_counter() < until:
            took.append(await crowd.bid(person, crowd.products[n % len(crowd.products)]))
            n += 7

    began = time.perf_counter()
    await asyncio.gather(*(keep_bidding(person, place) for place, person in enumerate(crowd.people)))
    per_second = len(took) / (time.perf_counter() - began)
    for product in crowd.products:  # nothing was lost on the way
        await crowd.all_show(product)
    return {"bids_per_s": per_second, "bid_in_burst_ms": median(took)}


async def main() -> None:
    crowd = await gather(**json.load(sys.stdin))
    figures = await one_at_a_time(crowd) | await all_at_once(crowd)
    for person in crowd.people:
        await person.tab.close()
    json.dump(figures, sys.stdout)


if __name__ == "__main__":
    asyncio.run(main())
