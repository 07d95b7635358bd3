"""Clients of Redis or Valkey by REDIS_URL: one server, or whichever one the Sentinels say is the primary.

A client of Sentinels asks them whenever it connects, so that after a failover the next try reaches the new primary.
"""

from __future__ import annotations

from typing import Any

import redis
import redis.asyncio
from redis.asyncio.retry import Retry as AsyncRetry
from redis.backoff import NoBackoff
from redis.retry import Retry

from bulq.hosts import Sentinels, is_sentinel, sentinels

ASK = 1.0  # seconds a Sentinel may take, after which the next one is asked


def client(url: str, *, retries: int = 0, **options: Any) -> redis.Redis:
    """A client that tries `retries` times more after a lost connection, at once. `options` are those of connections."""
    options |= {"retry": Retry(NoBackoff(), retries)}
    if not is_sentinel(url):
        return redis.Redis.from_url(url, **options)
    told = sentinels(url)
    # Without retries of its own: a Sentinel that is away must not hold up the next one.
    asking = _asking(told) | {"retry": Retry(NoBackoff(), 0)}
    return redis.Sentinel(told.places, sentinel_kwargs=asking).master_for(told.service, **_serving(told), **options)


def async_client(url: str, **options: Any) -> Any:
    """A client for the event loop that tries nothing again by itself."""
    options |= {"retry": AsyncRetry(NoBackoff(), 0)}
    if not is_sentinel(url):
        return redis.asyncio.Redis.from_url(url, **options)
    told = sentinels(url)
    asking = _asking(told) | {"retry": AsyncRetry(NoBackoff(), 0)}
    asked = redis.asyncio.Sentinel(told.places, sentinel_kwargs=asking)
    return asked.master_for(told.service, **_serving(told), **options)


def reason(error: BaseException) -> str:
    """What the error says, without how each Sentinel was asked."""
    return str(error).partition(" : <")[0]


def _asking(told: Sentinels) -> dict[str, Any]:
    return {"socket_timeout": ASK, "socket_connect_timeout": ASK, "ssl": told.tls} | told.sentinel_login


def _serving(told: Sentinels) -> dict[str, Any]:
    return {"db": told.database, "ssl": told.tls} | told.login
