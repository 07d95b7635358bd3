"""No single machine matters: the first PostgreSQL and then the first Valkey are killed while people bid.

People are clients of the API. Each sends an operation again under its id until it is answered, as pages and phones do.
"""

from __future__ import annotations

import asyncio
import ssl
import time
from collections import Counter
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import httpx
import orjson
from sqlalchemy import func
from sqlalchemy.orm import Session
from sqlmodel import col, select

from bulq import db, hosts, migrations, redis_clients, relay
from bulq.domain.phases import Phase
from bulq.models import Bid, BidRaise, Operation, Run
from rehearsal.pairs import PostgreSQLPair, ValkeyPair
from rehearsal.server import COOKIE, Bulq, keep_logs, new_folder, start_bulq
from rehearsal.village import PACK, WANTED, Person, Size, Village, close_bids_at, settle

Figures = dict[str, Any]

FULL = Size(groups=2, people=50, busy=1, bidders=50, calm=8, before=0, after=15)
QUICK = Size(groups=2, people=10, busy=1, bidders=10, calm=3, before=0, after=7)
PACE = 3.2  # seconds between two bids of one person
PACE_OF_RUNS = 0.8  # seconds between two runs that somebody starts
MOST_RUNS = 90  # of one group at the same time, fewer than the limit
AGAIN = 0.25  # seconds until an operation that was not answered is sent again
PATIENCE = 10.0  # seconds an answer may take
LONGEST = 60.0  # seconds after which an operation counts as lost


@dataclass(slots=True)
class Sent:
    """An operation: when it was sent first, when it was answered, and how often in vain."""

    id: UUID
    who: Person
    product: str
    amount: int
    began: float
    answered: float = 0.0
    in_vain: Counter[str] = field(default_factory=Counter)


@dataclass(slots=True)
class People:
    bulq: Bulq
    client: httpx.AsyncClient
    sent: list[Sent] = field(default_factory=list)
    going_on: bool = True

    async def keep_bidding(self, place: int, who: Person, products: list[str]) -> None:
        amounts = dict.fromkeys(products, WANTED * PACK)
        await asyncio.sleep(PACE * place / FULL.bidders)
        while self.going_on:
            product = products[len(self.sent) % 2]
            amounts[product] += PACK
            bid = Sent(uuid4(), who, product, amounts[product], time.monotonic())
            arguments = {"run_id": who.run_id, "product_id": product, "quantity": bid.amount}
            await self._until_answered(bid, "place_bid", arguments)
            await asyncio.sleep(max(0.0, PACE - (time.monotonic() - bid.began)))

    async def keep_starting_runs(self, who: Person, group_id: str, store_id: str) -> None:
        """What is done twice leaves two runs. A bid that is sent twice would only say the same again."""
        for _ in range(MOST_RUNS):
            if not self.going_on:
                return
            run = Sent(uuid4(), who, "", 0, time.monotonic())
            await self._until_answered(
                run, "start_run", {"group_id": group_id, "store_id": store_id, "note": str(run.id)}
            )
            await asyncio.sleep(PACE_OF_RUNS)

    async def _until_answered(self, sent: Sent, name: str, arguments: dict[str, Any]) -> None:
        self.sent.append(sent)
        body = orjson.dumps({"id": sent.id, "name": name, "arguments": arguments, "user": sent.who.user_id})
        headers = {
            "Content-Type": "application/json",
            "Origin": self.bulq.caddy.address,
            "Cookie": f"{COOKIE}={sent.who.token}",
        }
        while time.monotonic() - sent.began < LONGEST:
            try:
                answer = await self.client.post("/api/v1/operations", content=body, headers=headers)
            except httpx.HTTPError as error:
                sent.in_vain[type(error).__name__] += 1
            else:
                if answer.status_code == 200:
                    sent.answered = time.monotonic()
                    return
                sent.in_vain[str(answer.status_code)] += 1
            await asyncio.sleep(AGAIN)


class Line:
    """Hears on the line between the processes which of them speaks, and when."""

    def __init__(self, url: str) -> None:
        self.heard: dict[str, float] = {}
        self._url = url

    async def listen(self) -> None:
        client = redis_clients.async_client(self._url, socket_connect_timeout=2)
        while True:
            with suppress(*relay.GONE):
                async with client.pubsub() as line:
                    await line.subscribe(relay.CHANNEL)
                    while True:
                        message = await line.get_message(ignore_subscribe_messages=True, timeout=relay.SILENCE)
                        if message and (sender := orjson.loads(message["data"])[0]):
                            self.heard[sender] = time.monotonic()
            await asyncio.sleep(AGAIN)

    async def all_since(self, moment: float, senders: set[str]) -> float:
        """The moment by which all of them have spoken again."""
        while not all(self.heard[sender] > moment for sender in senders):
            if time.monotonic() > moment + LONGEST:
                return float("inf")
            await asyncio.sleep(0.02)
        return time.monotonic()


def failover(quick: bool) -> Figures:
    size = QUICK if quick else FULL
    with ExitStack() as ending:
        folder = new_folder(ending)
        postgresql, valkey = PostgreSQLPair(), ValkeyPair(folder / "pair")
        ending.callback(postgresql.stop)
        ending.callback(valkey.stop)
        postgresql.start()
        valkey.start()
        url = hosts.postgresql_url(postgresql.url.replace("postgresql://", "postgresql+psycopg://"))
        migrations.upgrade(url)
        ending.callback(db.connect(url).dispose)
        # All people sit at one address, which has one budget for calls of the API.
        bulq = start_bulq(ending, folder, postgresql.url, valkey.url, BULQ_API_PER_MINUTE="9999")
        village = db.write_now(settle, size)
        group_id, store_id = db.read_now(_where, village.people[-1].run_id)
        figures = asyncio.run(_both_killed(size, village, bulq, postgresql, valkey, group_id, store_id))
        figures["failover_deadline_s"] = _deadline(village.people[-1].run_id)
        figures["failover_ended"] = sum(not one.runs for one in (*bulq.apps, bulq.jobs, bulq.caddy))
        keep_logs(folder)
        return figures


def _where(session: Session, run_id: str) -> tuple[str, str]:
    run = session.get_one(Run, UUID(run_id))
    return str(run.group_id), str(run.store_id)


async def _both_killed(
    size: Size,
    village: Village,
    bulq: Bulq,
    postgresql: PostgreSQLPair,
    valkey: ValkeyPair,
    group_id: str,
    store_id: str,
) -> Figures:
    tls = ssl.create_default_context(cafile=str(bulq.caddy.authority))
    limits = httpx.Limits(max_connections=None)
    async with httpx.AsyncClient(base_url=bulq.caddy.address, verify=tls, timeout=PATIENCE, limits=limits) as client:
        people, line = People(bulq, client), Line(valkey.url)
        listening = asyncio.create_task(line.listen())
        tasks = [
            asyncio.create_task(
                people.keep_bidding(n, village.people[n], [village.products[n], village.products[n + size.bidders]])
            )
            for n in range(size.bidders)
        ]
        tasks.append(asyncio.create_task(people.keep_starting_runs(village.people[-1], group_id, store_id)))
        await asyncio.sleep(size.calm)

        postgresql.watch()
        killed = time.monotonic()
        await asyncio.to_thread(postgresql.first.kill)
        await asyncio.sleep(size.after)

        senders = {sender for sender, heard in line.heard.items() if heard > time.monotonic() - relay.SILENCE}
        silenced = time.monotonic()
        await asyncio.to_thread(valkey.first.kill)
        spoken = await line.all_since(silenced + 0.1, senders)
        await asyncio.sleep(size.after)

        people.going_on = False
        await asyncio.gather(*tasks)
        listening.cancel()
    return _of_postgresql(people, killed, silenced, postgresql) | _of_valkey(people, silenced, spoken, senders)


def _of_postgresql(people: People, killed: float, until: float, postgresql: PostgreSQLPair) -> Figures:
    after = sorted(one.answered for one in people.sent if one.answered > killed)
    promoted = postgresql.promoted_at or float("inf")
    under_way = [one for one in people.sent if one.began < promoted and not 0 < one.answered < killed]
    refused = [one for one in people.sent if one.in_vain and one.began < until]
    met = {id(one): one for one in under_way + refused}.values()
    lost, twice = db.read_now(_missing_and_doubled, people.sent)
    return {
        "failover_operations": len(people.sent),
        "failover_met": len(met),
        "failover_in_vain": sum(sum(one.in_vain.values()) for one in met),
        "failover_why": dict(sum((one.in_vain for one in met), Counter[str]())),
        "failover_promoted_s": promoted - killed,
        "failover_first_s": next((moment for moment in after if moment > promoted), float("inf")) - killed,
        "failover_back_s": max((one.answered or float("inf") for one in met), default=promoted) - killed,
        "failover_lost_bids": lost,
        "failover_twice": twice,
    }


def _of_valkey(people: People, silenced: float, spoken: float, senders: set[str]) -> Figures:
    return {
        "failover_redis_processes": len(senders),
        "failover_redis_back_s": spoken - silenced,
        "failover_redis_answered": sum(one.answered > silenced for one in people.sent),
        "failover_redis_in_vain": sum(
            sum(one.in_vain.values()) for one in people.sent if one.began > silenced or one.answered > silenced
        ),
    }


def _missing_and_doubled(session: Session, sent: list[Sent]) -> tuple[int, int]:
    """How many operations the database doesn't have, among them all without an answer; and how many it has twice."""
    known = set(session.scalars(select(Operation.id)))
    notes = Counter(session.scalars(select(Run.note).where(col(Run.note) != "")))
    raises = _raises(session)
    lost = twice = 0
    newest: dict[tuple[str, str], list[Sent]] = {}
    for one in sent:
        lost += not one.answered or one.id not in known or (not one.product and not notes[str(one.id)])
        twice += not one.product and notes[str(one.id)] > 1
        if one.product:
            newest.setdefault((one.who.user_id, one.product), []).append(one)
    for (user_id, product), bids in newest.items():
        quantity, times = raises[user_id, product]
        lost += quantity != bids[-1].amount
        twice += max(0, times - 1 - len(bids))  # one raise is the bid of the beginning
    return lost, twice


def _raises(session: Session) -> dict[tuple[str, str], tuple[int, int]]:
    """What each person wants of each product, and by how many raises."""
    query = (
        select(Bid.user_id, Bid.product_id, Bid.quantity, func.count(col(BidRaise.id)))
        .join(BidRaise, col(BidRaise.bid_id) == Bid.id)
        .group_by(col(Bid.user_id), col(Bid.product_id), col(Bid.quantity))
    )
    return {
        (str(user), str(product)): (quantity or 0, times) for user, product, quantity, times in session.execute(query)
    }


def _deadline(run_id: str) -> float:
    """The process for jobs works on, too: seconds after its deadline a run is closed."""
    due = time.monotonic() + 1
    db.write_now(close_bids_at, run_id, datetime.now(UTC) + timedelta(seconds=1))
    while db.read_now(lambda session: session.get_one(Run, UUID(run_id)).phase) != Phase.CONFIRMED:
        if time.monotonic() > due + LONGEST:
            return float("inf")
        time.sleep(0.1)
    return time.monotonic() - due
