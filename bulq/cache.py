"""Lists that many ask for and that rarely change: made once for all processes, and held unpacked in each.

A list belongs to a family, such as "products"; each family has a mark, and a list counts only under the mark it was
made. Whoever changes something gives its family a new mark after the commit. Without Redis marks and lists are this
process's own; with a Redis that is away nothing is held, since a change elsewhere would not be heard of.
"""

from __future__ import annotations

import json
import logging
import time
from collections.abc import Callable
from functools import lru_cache
from threading import Lock
from typing import Any
from uuid import uuid4

from prometheus_client import Counter
from redis.exceptions import RedisError
from sqlalchemy.orm import Session

from bulq import redis_clients
from bulq.config import settings

log = logging.getLogger(__name__)

HELD = 300.0  # seconds, in case a change was not heard of
LOADING = 3.0  # seconds others wait for the one who makes a list
PAUSE = 5.0  # seconds without asking a Redis that did not answer

ASKED = Counter("bulq_cache", "Lists asked for, by family and whether they were held", ["family", "result"])

Rows = list[list[Any]]  # what JSON can hold

_own: dict[str, tuple[str, float, Rows]] = {}
_marks: dict[str, str] = {}
_unsaid: set[str] = set()
_making: dict[str, Lock] = {}
_guard = Lock()
_back_at = 0.0


def read(session: Session, family: str, name: str, make: Callable[[Session], Rows]) -> Rows:
    """The list `name` as `make` read it from the database since the last change of its family.

    A transaction that reads sees what was committed when it began. `make` gets a session that begins after the mark was
    taken: rows from before a change are never held under the mark of that change.
    """

    def make_anew() -> Rows:
        with Session(session.get_bind().engine, autoflush=False) as fresh:
            fresh.connection(execution_options={"writes": False})
            return make(fresh)

    return get(family, name, make_anew)


def get(family: str, name: str, make: Callable[[], Rows]) -> Rows:
    """The list `name` as it was made since the last change of its family; `make` must not know of older things."""
    mark = _reach(lambda: _mark(family))
    if mark is None:
        ASKED.labels(family, "away").inc()
        return make()
    key = f"bulq:cache:{family}:{name}"
    with _guard:
        making = _making.setdefault(key, Lock())
    with making:
        held = _own.get(key)
        if held and held[0] == mark and held[1] > time.monotonic():
            ASKED.labels(family, "held").inc()
            return held[2]
        rows = _reach(lambda: _shared(family, f"{key}:{mark}", make)) if settings.redis_url else None
        if rows is None:
            ASKED.labels(family, "made").inc()
            rows = make()
        _own[key] = (mark, time.monotonic() + HELD, rows)
        return rows


def changed(session: Session, *families: str) -> None:
    """What these families hold is no longer true once the session commits."""
    session.info.setdefault("stale", set()).update(families)


def committed(session: Session) -> None:
    for family in session.info.pop("stale", ()):
        drop(family)


def drop(family: str) -> None:
    with _guard:
        _unsaid.add(family)
    _reach(_say)


def forget() -> None:
    """Another database is in use from now on."""
    with _guard:
        _own.clear()
        _marks.clear()


def _mark(family: str) -> str:
    _say()
    if not settings.redis_url:
        return _marks.setdefault(family, uuid4().hex)
    shared = _redis(settings.redis_url)
    name = f"bulq:mark:{family}"
    return shared.get(name) or (shared.set(name, uuid4().hex, nx=True) and None) or str(shared.get(name))


def _say() -> None:
    """Give what has changed a new mark; what can't be said now is said before anything is asked for again."""
    for family in list(_unsaid):
        if settings.redis_url:
            _redis(settings.redis_url).set(f"bulq:mark:{family}", uuid4().hex)
        else:
            _marks[family] = uuid4().hex
        with _guard:
            _unsaid.discard(family)


def _shared(family: str, key: str, make: Callable[[], Rows]) -> Rows:
    """From Redis, where one process makes it while the others wait."""
    shared = _redis(str(settings.redis_url))
    until = time.monotonic() + LOADING
    while (found := shared.get(key)) is None:
        if shared.set(f"{key}:making", "1", nx=True, px=int(LOADING * 1000)) or time.monotonic() > until:
            ASKED.labels(family, "made").inc()
            rows = make()
            shared.set(key, json.dumps(rows), ex=int(HELD))
            return rows
        time.sleep(0.02)
    ASKED.labels(family, "shared").inc()
    return json.loads(found)


def _reach(ask: Callable[[], Any]) -> Any:
    """What Redis answers; None while it is away."""
    global _back_at
    if settings.redis_url and time.monotonic() < _back_at:
        return None
    try:
        return ask()
    except (RedisError, OSError):
        log.warning("Redis holds no lists; they are read from the database for %s s", PAUSE)
        _back_at = time.monotonic() + PAUSE
        return None


@lru_cache(maxsize=4)
def _redis(url: str) -> Any:
    return redis_clients.client(url, retries=1, decode_responses=True, socket_timeout=0.5, socket_connect_timeout=0.5)
