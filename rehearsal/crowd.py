"""All open pages, in a process of their own: takes orders by lines on standard input and answers on standard output."""

from __future__ import annotations

import asyncio
import json
import ssl
import sys
import time
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from typing import Any

from rehearsal.page import Page
from rehearsal.village import PACK, WANTED

PACE = 3.2  # seconds between two bids of one person: no faster than the server allows
AT_ONCE = 20  # pages that open at the same time


@dataclass(slots=True)
class Shown:
    """A bid on its way to all pages of the run."""

    wanted: int  # thousandths of the product, all people together
    sent_at: float
    missing: set[int]


@dataclass(slots=True)
class Record:
    """What happened since it was begun."""

    bid_ms: list[float] = field(default_factory=list)
    seen: list[tuple[float, float]] = field(default_factory=list)  # when it was sent, when the last page had it
    became: Counter[str] = field(default_factory=Counter)
    first_answer: float = 0.0
    longest_wait: float = 0.0


@dataclass(slots=True)
class Crowd:
    pages: list[Page]
    lookers: dict[str, list[Page]]  # at the runs that are bid on; the first of each bid
    bidders: int  # in each of these
    products: list[str]
    everybody: int  # who bid on each product of a run at the beginning
    record: Record = field(default_factory=Record)
    watched: dict[str, dict[str, Shown]] = field(default_factory=lambda: defaultdict(dict))  # by run and product
    may: dict[tuple[int, str], list[int]] = field(default_factory=lambda: defaultdict(lambda: [WANTED * PACK]))
    unanswered: dict[tuple[int, str], set[int]] = field(default_factory=lambda: defaultdict(set))
    running: asyncio.Event = field(default_factory=asyncio.Event)
    tasks: list[asyncio.Task[None]] = field(default_factory=list)

    def changed(self, page: Page) -> None:
        watched = self.watched[page.run_id]
        for product, shown in list(watched.items()):
            if page.wanted(product) == shown.wanted and id(page) in shown.missing:
                shown.missing.discard(id(page))
                if not shown.missing:
                    del watched[product]
                    self.record.seen.append((shown.sent_at, time.monotonic()))

    async def keep_bidding(self, place: int, number: int, wait: float) -> None:
        """`place` is that of the page, `number` which bidder of the run it is."""
        page, turn = self.pages[place], number
        own = (self.products[number], self.products[number + self.bidders])
        await asyncio.sleep(wait)
        while True:
            await self.running.wait()
            began = time.monotonic()
            await self._bid(place, page, own[turn % 2])
            turn += 1
            await asyncio.sleep(max(0.0, PACE - (time.monotonic() - began)))

    async def _bid(self, place: int, page: Page, product: str) -> None:
        """Of what was not answered nobody knows whether it counts; of what was, everybody may rely on it.

        No amount comes twice, so that what a page showed before is never taken for an answer.
        """
        known = self.may[place, product]
        amount = known[-1] + PACK
        known.append(amount)
        record, began = self.record, time.monotonic()
        watched, lookers = self.watched[page.run_id], self.lookers[page.run_id]
        watched[product] = Shown((self.everybody - 1) * WANTED * PACK + amount, began, {id(one) for one in lookers})
        became = await page.bid(product, amount)
        record.became[became] += 1
        record.longest_wait = max(record.longest_wait, time.monotonic() - began)
        if became == "answered":
            self.may[place, product] = [amount]
            record.bid_ms.append((time.monotonic() - began) * 1000)
            record.first_answer = record.first_answer or time.monotonic()
        else:
            watched.pop(product, None)
            self.unanswered[place, product].add(amount)

    def report(self) -> dict[str, Any]:
        record, now = self.record, time.monotonic()
        waiting = [shown.sent_at for watched in self.watched.values() for shown in watched.values()]
        return {
            "at": now,
            "bid_ms": record.bid_ms,
            "seen": record.seen + [(sent, now) for sent in waiting],
            "became": record.became,
            "first_answer": record.first_answer,
            "longest_wait": record.longest_wait,
            "connected": sum(page.tab is not None and page.shown.is_set() for page in self.pages),
            "drops": sum(page.drops for page in self.pages),
            "failures": sum(page.failures for page in self.pages),
            "back_after": [seconds for page in self.pages for seconds in page.back_after],
        }

    def begin(self) -> None:
        self.record = Record()
        for page in self.pages:
            page.drops = page.failures = 0
            page.back_after.clear()

    async def rest(self) -> None:
        """Nobody bids any more, and what was under way is over."""
        self.running.clear()
        until = time.monotonic() + 10
        while any(self.watched.values()) and time.monotonic() < until:
            await asyncio.sleep(0.1)

    async def stale(self, sums: dict[str, dict[str, int]], patience: float) -> int:
        """Pages that do not show these sums, however long one waits."""
        until = time.monotonic() + patience
        while True:
            wrong = sum(
                any(page.wanted(product) != total for product, total in sums[run].items())
                for run, pages in self.lookers.items()
                for page in pages
            )
            if not wrong or time.monotonic() > until:
                return wrong
            await asyncio.sleep(0.1)

    async def in_phase(self, run_id: str, phase: str, patience: float) -> float | None:
        """Seconds until all pages of the run show the phase."""
        began = time.monotonic()
        while any(page.phase != phase for page in self.pages if page.run_id == run_id):
            if time.monotonic() > began + patience:
                return None
            await asyncio.sleep(0.02)
        return time.monotonic() - began


async def _open(task: dict[str, Any]) -> Crowd:
    tls = ssl.create_default_context(cafile=task["authority"])
    group, bidders, busy = task["group"], task["bidders"], task["busy"]
    crowd = Crowd([], defaultdict(list), bidders, task["products"], group)
    free = asyncio.Semaphore(AT_ONCE)

    async def one(page: Page) -> None:
        async with free:
            crowd.tasks.append(asyncio.create_task(page.stay()))
            async with asyncio.timeout(120):
                await page.shown.wait()

    for person in task["people"]:
        cookie = f"{task['cookie']}={person['token']}"
        crowd.pages.append(Page(task["address"], cookie, person["run_id"], tls, lambda page: crowd.changed(page)))
    for page in crowd.pages[: busy * group]:
        crowd.lookers[page.run_id].append(page)
    await asyncio.gather(*(one(page) for page in crowd.pages))
    places = [(run * group + number, number) for number in range(bidders) for run in range(busy)]
    for n, (place, number) in enumerate(places):
        crowd.tasks.append(asyncio.create_task(crowd.keep_bidding(place, number, PACE * n / len(places))))
    return crowd


async def _obey(crowd: Crowd, order: dict[str, Any]) -> Any:
    match order["do"]:
        case "begin":
            crowd.begin()
            crowd.running.set()
        case "report":
            return crowd.report()
        case "rest":
            await crowd.rest()
        case "ledger":
            return [[*key, values, list(crowd.unanswered[key])] for key, values in crowd.may.items()]
        case "stale":
            return await crowd.stale(order["sums"], order["patience"])
        case "in_phase":
            return await crowd.in_phase(order["run_id"], order["phase"], order["patience"])
        case unknown:
            raise ValueError(unknown)


async def main() -> None:
    began = time.monotonic()
    crowd = await _open(json.loads(await asyncio.to_thread(sys.stdin.readline)))
    print(json.dumps({"opened_in": time.monotonic() - began} | crowd.report()), flush=True)
    while line := await asyncio.to_thread(sys.stdin.readline):
        print(json.dumps(await _obey(crowd, json.loads(line))), flush=True)
    for page in crowd.pages:
        page.closing = True
    for task in crowd.tasks:
        task.cancel()
    await asyncio.gather(*(page.close() for page in crowd.pages), return_exceptions=True)


if __name__ == "__main__":
    asyncio.run(main())
