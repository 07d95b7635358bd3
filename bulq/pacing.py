"""Who waits so that others need not: paces of what sockets send, and budgets of what people's pages read.

Nothing is refused or lost here. Whoever sends or reads too much waits in their own connection.
"""

from __future__ import annotations

import asyncio
import time
from collections import OrderedDict
from collections.abc import AsyncGenerator, Callable, Collection
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Concatenate, ParamSpec, TypeVar

from prometheus_client import Counter
from sqlalchemy.orm import Session

from bulq.config import settings

MOST = 10_000  # people, addresses and sessions that are remembered
OWN_BURST = 2.0  # seconds' worth that one person may send at once
ADDRESS_BURST = 5.0  # and all of one address, where forty people may sit behind one router
READING_BURST = 10.0  # seconds' worth that one person may read at once
LONGEST_DEBT = 5.0  # seconds that somebody waits for having read too much, however much that was
READS_AT_ONCE = 2  # of one person, in each process

SLOWED = Counter(
    "bulq_events_slowed", "What sockets sent that waited because there was too much of it, by whose", ["of"]
)
READS_SLOWED = Counter("bulq_views_slowed", "Reads that waited because one person's pages read too much")

P = ParamSpec("P")
R = TypeVar("R")
T = TypeVar("T")


class Pace:
    """Lets so many through a second, after a burst of `burst` seconds' worth."""

    def __init__(self, per_second: float, burst: float = OWN_BURST) -> None:
        self._each = 1 / per_second
        self._burst = burst
        self._free_at = 0.0

    def wait(self, now: float) -> float:
        """Take a turn at `now`; the seconds to wait for it."""
        self._free_at = max(self._free_at, now - self._burst) + self._each
        return max(0.0, self._free_at - now)


class Recent(OrderedDict[str, T]):
    """What belongs to a key, made when first asked for. Of more than MOST, those not asked for longest are dropped."""

    def __init__(self, make: Callable[[], T]) -> None:
        super().__init__()
        self._make = make

    def of(self, key: str) -> T:
        if key not in self:
            self[key] = self._make()
            if len(self) > MOST:
                self.popitem(last=False)
        self.move_to_end(key)
        return self[key]


@dataclass(slots=True)
class Reading:
    """What one person's pages have read, as the moment by which all of it is paid for."""

    at_once: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(READS_AT_ONCE))
    paid_at: float = 0.0

    def debt(self, now: float) -> float:
        """Seconds to wait before the next read."""
        return max(0.0, self.paid_at - now)

    def spent(self, now: float) -> float:
        """How much of the budget is used, in seconds; never less than 0."""
        return max(0.0, self.paid_at - (now - READING_BURST))

    def charge(self, seconds: float, now: float) -> None:
        cost = seconds * 1000 / settings.view_ms_per_second
        self.paid_at = min(max(self.paid_at, now - READING_BURST) + cost, now + LONGEST_DEBT)


_people: OrderedDict[str, str] = OrderedDict()  # hash of a session's token → whose it is
_own: Recent[Pace] = Recent(lambda: Pace(settings.events_per_second))
_addresses: Recent[Pace] = Recent(lambda: Pace(settings.address_events_per_second, ADDRESS_BURST))
_strangers: Recent[Pace] = Recent(lambda: Pace(settings.address_events_per_second, ADDRESS_BURST))
_readings: Recent[Reading] = Recent(Reading)


def recognise(token_hash: str, user_id: str) -> None:
    """The session was found to be this person's: from now on its pages have their own pace."""
    _people[token_hash] = user_id
    _people.move_to_end(token_hash)
    if len(_people) > MOST:
        _people.popitem(last=False)


def disown(token_hash: str) -> None:
    """The session was found to be nobody's."""
    _people.pop(token_hash, None)


def person_of(token_hash: str) -> str:
    """Whose session it is; the session itself as long as that isn't known."""
    return _people.get(token_hash, token_hash)


def forget() -> None:
    """Begin anew, as if nobody had sent or read anything."""
    for known in (_people, _own, _addresses, _strangers, _readings):
        known.clear()


async def turn(address: str, token_hash: str) -> None:
    """Wait for one's turn to send something.

    A person's pages together have their own pace and share that of their address. Whoever isn't signed in shares
    another pace of the address, so that strangers behind the same router keep no member waiting.
    """
    if person := _people.get(token_hash):
        await _wait(_own.of(person), "person")
        await _wait(_addresses.of(address), "address")
    else:
        await _wait(_strangers.of(address), "strangers")


async def _wait(pace: Pace, of: str) -> None:
    if seconds := pace.wait(time.monotonic()):
        SLOWED.labels(of).inc()
        await asyncio.sleep(seconds)


@asynccontextmanager
async def reading(person: str) -> AsyncGenerator[None]:
    """Around a read that a page of this person's asked for: waits until there is room for it in their budget."""
    mine = _readings.of(person)
    async with mine.at_once:
        if seconds := mine.debt(time.monotonic()):
            READS_SLOWED.inc()
            await asyncio.sleep(seconds)
        yield


def charge(people: Collection[str], seconds: float) -> None:
    """A read for all of these has taken so long: each pays a part."""
    now = time.monotonic()
    for person in people:
        _readings.of(person).charge(seconds / len(people), now)


def debt(people: Collection[str]) -> float:
    """Seconds until one of them may read again; 0: somebody may at once."""
    now = time.monotonic()
    return min((_readings.of(person).debt(now) for person in people), default=0.0)


def spent(people: Collection[str]) -> float:
    """How much the one of them who has read least has read lately."""
    now = time.monotonic()
    return min((_readings.of(person).spent(now) for person in people), default=0.0)


def timed(
    session: Session, fn: Callable[Concatenate[Session, P], R], *args: P.args, **kwargs: P.kwargs
) -> tuple[R, float]:
    """The result, and the seconds it took on this thread, without those of waiting for the thread."""
    began = time.perf_counter()
    result = fn(session, *args, **kwargs)
    return result, time.perf_counter() - began
