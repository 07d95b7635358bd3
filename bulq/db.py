"""The only place a database session begins and ends: one transaction per event, request or job."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Generator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from threading import Lock
from typing import Any, Concatenate, ParamSpec, TypeVar

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from bulq.config import settings

P = ParamSpec("P")
R = TypeVar("R")

ATTEMPTS = 4  # a serialization failure or deadlock is tried again this often
AGAIN = {"40001", "40P01"}  # PostgreSQL: serialization_failure, deadlock_detected

_engine: Engine | None = None
_first = Lock()
_threads = ThreadPoolExecutor(max_workers=settings.database_pool_size, thread_name_prefix="db")


def connect(url: str) -> Engine:
    """Use the database at `url` from now on."""
    global _engine
    if _engine is not None:
        _engine.dispose()
    if url.startswith("sqlite"):
        _engine = create_engine(url, connect_args={"timeout": 30, "check_same_thread": False})
        event.listen(_engine, "connect", _sqlite_settings)
        event.listen(_engine, "begin", _sqlite_begin)
    else:
        _engine = create_engine(
            url, pool_size=settings.database_pool_size, max_overflow=0, pool_timeout=30, pool_pre_ping=True
        )
    return _engine


def engine() -> Engine:
    with _first:  # two threads at once would make two engines, and the connections of one would linger
        return _engine or connect(settings.database_url)


def _sqlite_settings(connection: Any, _record: object) -> None:
    connection.isolation_level = None  # the driver must not begin transactions on its own
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "busy_timeout=30000"):
        connection.execute(f"PRAGMA {pragma}")


def _sqlite_begin(connection: Connection) -> None:
    """A writer takes the lock at once, so that what it reads cannot change under it."""
    writes = connection.get_execution_options().get("writes", True)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


@contextmanager
def transaction() -> Generator[Session]:
    """A session that commits at the end, or changes nothing at all."""
    with Session(engine(), expire_on_commit=False) as session, session.begin():
        yield session


@contextmanager
def reading() -> Generator[Session]:
    """A session that only looks: it never waits for a writer and never commits."""
    with Session(engine(), autoflush=False) as session:
        session.connection(execution_options={"writes": False})
        yield session


def write_now(fn: Callable[Concatenate[Session, P], R], *args: P.args, **kwargs: P.kwargs) -> R:
    """Run a use case in one transaction; what the database asks to repeat is repeated."""
    for attempt in range(1, ATTEMPTS + 1):
        try:
            with transaction() as session:
                return fn(session, *args, **kwargs)
        except DBAPIError as error:
            if attempt == ATTEMPTS or getattr(error.orig, "sqlstate", None) not in AGAIN:
                raise
            time.sleep(0.01 * 2**attempt)
    raise AssertionError("unreachable")


def read_now(fn: Callable[Concatenate[Session, P], R], *args: P.args, **kwargs: P.kwargs) -> R:
    with reading() as session:
        return fn(session, *args, **kwargs)


async def run(fn: Callable[Concatenate[Session, P], R], *args: P.args, **kwargs: P.kwargs) -> R:
    """`write_now` on a worker thread, so that the event loop stays free."""
    return await asyncio.get_running_loop().run_in_executor(_threads, lambda: write_now(fn, *args, **kwargs))


async def read(fn: Callable[Concatenate[Session, P], R], *args: P.args, **kwargs: P.kwargs) -> R:
    """`read_now` on a worker thread."""
    return await asyncio.get_running_loop().run_in_executor(_threads, lambda: read_now(fn, *args, **kwargs))
