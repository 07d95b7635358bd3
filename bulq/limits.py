"""How often somebody may try: counted per address and per key, in memory or in Redis for all processes together."""

from __future__ import annotations

import ipaddress
import logging
import math
import time
from collections.abc import Callable, Generator, Iterable
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, TypeVar

from limits import RateLimitItem, RateLimitItemPerDay, RateLimitItemPerMinute
from limits.storage import MemoryStorage
from limits.strategies import FixedWindowRateLimiter, MovingWindowRateLimiter
from prometheus_client import Counter
from slowapi import Limiter
from starlette.requests import HTTPConnection

from bulq import redis_clients
from bulq.config import settings
from bulq.domain.errors import TooMany

R = TypeVar("R")

REDIS_PAUSE = 10  # seconds without asking a Redis that did not answer
ANSWER = 0.5  # seconds Redis may take

log = logging.getLogger(__name__)

REFUSED = Counter("bulq_refused_too_many", "Tries refused because there were too many, by kind", ["kind"])
WITHOUT_REDIS = Counter("bulq_limits_without_redis", "Times Redis failed to count, so that each process counts its own")


def address_of(connection: HTTPConnection) -> str:
    """Where a request comes from. `X-Forwarded-For` counts only as far as our own proxies wrote it."""
    peer = connection.client.host if connection.client else "unknown"
    return address(peer, connection.headers.getlist("x-forwarded-for"))


def address(peer: str, forwarded: Iterable[str]) -> str:
    """The address to count by: what the outermost trusted proxy saw, else the peer.

    Whoever has an IPv6 address has 2**64 of them, so these count as one.
    """
    hops = settings.trusted_proxy_hops
    chain = [part.strip() for line in forwarded for part in line.split(",")]
    seen = chain[-hops] if hops and len(chain) >= hops else peer
    try:
        ip = ipaddress.ip_address(seen.strip("[]"))
    except ValueError:
        return peer
    if isinstance(ip, ipaddress.IPv6Address):
        return str(ip.ipv4_mapped or ipaddress.ip_network((int(ip), 64), strict=False).network_address)
    return str(ip)


def _limiter() -> Limiter:
    uri, options = _storage(settings.redis_url) if settings.redis_url else ("memory://", {})
    return Limiter(
        key_func=address_of,
        strategy="moving-window",  # a fixed one lets twice as many through around its end
        storage_uri=uri,
        storage_options=options,
    )


def _storage(url: str) -> tuple[str, dict[str, Any]]:
    """Where tries are counted: through connections of ours, which know Sentinels, sockets and time-outs."""
    shared = redis_clients.client(url, retries=1, socket_connect_timeout=ANSWER, socket_timeout=ANSWER)
    return "redis://", {"connection_pool": shared.connection_pool, "wrap_exceptions": True}


limiter = _limiter()
_own = MovingWindowRateLimiter(MemoryStorage())
_redis_back_at = 0.0
_spent: ContextVar[set[tuple[str, str]] | None] = ContextVar("spent", default=None)  # in the transaction at hand


def spend(most: int, kind: str, key: str, *, a_day: bool = False) -> None:
    """Take one of `most` tries a minute, or a day, of `kind` from whoever `key` names.

    Raises TooMany with the seconds to wait.
    """
    spent = _spent.get()
    if spent is not None and (kind, key) in spent:
        return
    item = (RateLimitItemPerDay if a_day else RateLimitItemPerMinute)(most, namespace=kind)
    allowed, again_at = _counted(lambda counter: _hit(counter, item, key))
    if not allowed:
        REFUSED.labels(kind).inc()
        raise TooMany(max(1, math.ceil(again_at - time.time())))
    if spent is not None:
        spent.add((kind, key))


def left(per_minute: int, kind: str, key: str) -> int:
    """How many of `per_minute` tries `key` has left at the moment; takes none."""
    item = RateLimitItemPerMinute(per_minute, namespace=kind)
    return _counted(lambda counter: counter.get_window_stats(item, key).remaining)


@contextmanager
def once() -> Generator[None]:
    """Within it each try is taken once, so that a transaction that is tried again spends nothing anew."""
    before = _spent.set(set())
    try:
        yield
    finally:
        _spent.reset(before)


def _counted(ask: Callable[[MovingWindowRateLimiter | FixedWindowRateLimiter], R]) -> R:
    """The answer of Redis, if there is one, else of this process."""
    counter = _counter()
    try:
        return ask(counter)
    except Exception:
        if counter is _own:
            raise
        _pause_redis()
        return ask(_own)


def forget() -> None:
    """Start counting anew, in Redis if there is one."""
    global _redis_back_at
    _redis_back_at = 0.0
    for counter in (limiter.limiter, _own):
        counter.storage.reset()


def _counter() -> MovingWindowRateLimiter | FixedWindowRateLimiter:
    return _own if time.monotonic() < _redis_back_at else limiter.limiter  # pyright: ignore[reportReturnType]


def _pause_redis() -> None:
    global _redis_back_at
    WITHOUT_REDIS.inc()
    log.exception("Redis does not count tries; this process counts its own for %s s", REDIS_PAUSE)
    _redis_back_at = time.monotonic() + REDIS_PAUSE


def _hit(
    counter: MovingWindowRateLimiter | FixedWindowRateLimiter, item: RateLimitItem, key: str
) -> tuple[bool, float]:
    allowed = counter.hit(item, key)
    return allowed, 0.0 if allowed else counter.get_window_stats(item, key).reset_time
