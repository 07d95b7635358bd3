"""The only place a database session begins and ends: one transaction per event, request or job."""

from __future__ import annotations

import asyncio
import itertools
import logging
import sqlite3
import time
from collections.abc import Callable, Generator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from contextvars import copy_context
from threading import BoundedSemaphore, Lock
from typing import Any, Concatenate, ParamSpec, TypeVar

import psycopg
from sqlalchemy import Connection, Engine, ExceptionContext, create_engine, event
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as NoConnection
from sqlalchemy.orm import Session

from bulq import cache, changes, limits
from bulq.config import settings
from bulq.domain.errors import Busy, OutOfReach

P = ParamSpec("P")
R = TypeVar("R")

log = logging.getLogger(__name__)

# PostgreSQL: serialization_failure, deadlock_detected, foreign_key_violation. The last is what somebody meets who
# refers to what is merged or deleted at that moment; looking again, the use case finds it gone and says so.
# A table was changed under a prepared statement: with the ROLLBACK it is forgotten.
AGAIN = {"40001", "40P01", "23503", "0A000"}
AGAIN_AFTER = (0.02, 0.04, 0.08)  # seconds, after each of these failures
LOCKED = "55P03"  # lock_not_available
TIMED_OUT = "57014"  # query_canceled
NO_ROOM = "53"  # the class insufficient_resources: a full disk, too many connections
SQLITE_BUSY = {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}
SQLITE_AWAY = {sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN}
RESTARTING = {"57P01", "57P02", "57P03"}  # admin_shutdown, crash_shutdown, cannot_connect_now
BACK_AFTER = (0.1, 0.2, 0.4, 0.8, 1.5)  # a database that restarts is waited for
READ_ONLY = "25006"  # read_only_sql_transaction: this server is a standby, another one takes writes
CONNECT = 5  # seconds
PREPARED_AFTER = 5  # times a statement was executed on a connection
# A machine that lost its power says no word: after about ten seconds its connections count as lost.
NOTICED = {"keepalives_idle": 5, "keepalives_interval": 2, "keepalives_count": 3, "tcp_user_timeout": 10_000}

_engine: Engine | None = None
_first = Lock()
_slots = BoundedSemaphore(1)  # one for each transaction that may write at the same time, set with the engine


def _writers() -> int:
    """How many connections writers may have at once: the others are there for readers, however long writers wait."""
    return max(1, settings.database_pool_size // 2)


_writing = ThreadPoolExecutor(_writers(), thread_name_prefix="db-write")
_reading = ThreadPoolExecutor(max(1, settings.database_pool_size - _writers()), thread_name_prefix="db-read")


def connect(url: str) -> Engine:
    """Use the database at `url` from now on."""
    return use(engine_for(url))


def use(engine: Engine) -> Engine:
    """Use the database of `engine`, which `engine_for` made, from now on."""
    global _engine, _slots
    if _engine is not None:
        _engine.dispose()
    cache.forget()
    _engine, _slots = engine, BoundedSemaphore(_writers())
    return engine


def engine_for(url: str) -> Engine:
    """An engine with the settings that transactions here rely on."""
    if url.startswith("sqlite"):
        # Beyond the pool's size for commands and jobs: a connection of SQLite costs next to nothing.
        connections = {"pool_size": settings.database_pool_size, "max_overflow": 20}
        engine = create_engine(url, connect_args={"check_same_thread": False}, **connections)
        event.listen(engine, "connect", _sqlite_settings)
        event.listen(engine, "begin", _sqlite_begin)
    else:
        patience = {} if "connect_timeout" in make_url(url).query else {"connect_timeout": CONNECT}
        engine = create_engine(
            url,
            pool_size=settings.database_pool_size,
            max_overflow=0,
            pool_timeout=settings.database_pool_timeout,
            # Transactions begin as _postgresql_begin says, in one message with their time-outs.
            isolation_level="AUTOCOMMIT",
            # Nothing is left for the next transaction to find; _prepare_if_direct says where it may.
            connect_args={"prepare_threshold": None, **patience, **NOTICED},
        )
        event.listen(engine, "connect", _prepare_if_direct)
        event.listen(engine, "begin", _postgresql_begin)
        event.listen(engine, "handle_error", _leave_a_standby)
    return engine


def engine() -> Engine:
    with _first:  # two threads at once would make two engines, and the connections of one would linger
        return _engine or connect(settings.database_url)


def _sqlite_settings(connection: Any, _record: object) -> None:
    connection.isolation_level = None  # the driver must not begin transactions on its own
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
        connection.execute(f"PRAGMA {pragma}")
    connection.execute(f"PRAGMA busy_timeout={settings.lock_timeout * 1000}")


def _sqlite_begin(connection: Connection) -> None:
    """A writer takes the lock at once, so that what it reads cannot change under it."""
    writes = connection.get_execution_options().get("writes", True)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def _prepare_if_direct(connection: psycopg.Connection[Any], _record: object) -> None:
    """Let PostgreSQL keep the plans of statements that are asked often: planning a bid takes as long as placing it.

    Behind PgBouncer each transaction may get another connection, which doesn't know what was prepared. PgBouncer gives
    itself away: the number of the server's process that it tells is none.
    """
    found = connection.execute("SELECT pg_backend_pid()").fetchone()
    if found == (connection.info.backend_pid,):
        connection.prepare_threshold = PREPARED_AFTER


def _postgresql_begin(connection: Connection) -> None:
    """Nobody waits for ever. Said for each transaction, since a connection of PgBouncer's is another's next time.

    Who only reads sees one moment: what others commit between two statements of a view would not fit together.
    """
    options = connection.get_execution_options()
    if options.get("isolation_level") == "AUTOCOMMIT":
        return  # somebody asked for no transaction
    one_moment = " ISOLATION LEVEL REPEATABLE READ" if options.get("writes") is False else ""
    connection.exec_driver_sql(
        f"BEGIN{one_moment}; SET LOCAL statement_timeout = '{settings.statement_timeout}s';"
        f" SET LOCAL lock_timeout = '{settings.lock_timeout}s'"
    )


def _leave_a_standby(failed: ExceptionContext) -> None:
    """A server that refuses to write counts as lost: the pool makes its connections anew, to the one that writes."""
    if getattr(failed.original_exception, "sqlstate", None) == READ_ONLY:
        failed.is_disconnect = True


@contextmanager
def transaction() -> Generator[Session]:
    """A session that commits at the end, or changes nothing at all. Raises Busy when too many wait to write."""
    with _slot(), Session(engine(), expire_on_commit=False) as session:
        with session.begin():
            yield session
        cache.committed(session)
        changes.committed(session)


@contextmanager
def _slot() -> Generator[None]:
    engine()
    slots = _slots
    if not slots.acquire(timeout=settings.lock_timeout):
        raise Busy()
    try:
        yield
    finally:
        slots.release()


@contextmanager
def reading() -> Generator[Session]:
    """A session that only looks: it never waits for a writer and never commits."""
    with Session(engine(), autoflush=False) as session:
        connection = session.connection(execution_options={"writes": False})
        yield session
        # There is nothing to commit. But the driver forgets what is prepared with each ROLLBACK.
        connection.exec_driver_sql("COMMIT")


def write_now(fn: Callable[Concatenate[Session, P], R], *args: P.args, **kwargs: P.kwargs) -> R:
    """Run a use case in one transaction; what the database asks to repeat is repeated, and what it never heard of."""
    with limits.once():
        for attempt in itertools.count():
            committing = False
            try:
                with transaction() as session:
                    result = fn(session, *args, **kwargs)
                    committing = True
                return result
            except DBAPIError as error:
                # A connection lost while committing doesn't tell whether it is done: that is not done twice.
                _wait_or_raise(error, attempt, lost_is_safe=not committing)
    raise AssertionError("unreachable")


def read_now(fn: Callable[Concatenate[Session, P], R], *args: P.args, **kwargs: P.kwargs) -> R:
    with limits.once():
        for attempt in itertools.count():
            try:
                with reading() as session:
                    return fn(session, *args, **kwargs)
            except DBAPIError as error:
                _wait_or_raise(error, attempt, lost_is_safe=True)
    raise AssertionError("unreachable")


def _wait_or_raise(error: DBAPIError, attempt: int, *, lost_is_safe: bool) -> None:
    """Return when it makes sense to try again. Raises Busy instead of what a database says of locks."""
    if _is_busy(error):
        raise Busy() from error
    if _code(error) in AGAIN:
        pauses = AGAIN_AFTER
    elif lost_is_safe and _is_lost(error):
        pauses = BACK_AFTER
    else:
        pauses = ()
    if attempt >= len(pauses):
        raise error
    time.sleep(pauses[attempt])


def _code(error: DBAPIError) -> str | None:
    return getattr(error.orig, "sqlstate", None)


def _is_lost(error: DBAPIError) -> bool:
    """PostgreSQL went away, or another server takes writes now: whatever was not committed is undone."""
    code = _code(error)
    if code == READ_ONLY:
        return True
    if not isinstance(error.orig, psycopg.OperationalError):
        return False
    return code is None or code in RESTARTING or code.startswith("08")


def _is_busy(error: DBAPIError) -> bool:
    """Somebody else held a lock for longer than the time-out."""
    return _code(error) == LOCKED or _sqlite_code(error) in SQLITE_BUSY


def _is_away(error: DBAPIError) -> bool:
    """The database is away, too slow, or has no room left."""
    code = _code(error) or ""
    return _is_lost(error) or code == TIMED_OUT or code.startswith(NO_ROOM) or _sqlite_code(error) in SQLITE_AWAY


def _sqlite_code(error: DBAPIError) -> int:
    """The primary result code; 0 if it isn't an error of SQLite's."""
    return getattr(error.orig, "sqlite_errorcode", 0) & 0xFF


async def run(fn: Callable[Concatenate[Session, P], R], *args: P.args, **kwargs: P.kwargs) -> R:
    """`write_now` on a worker thread, so that the event loop stays free. A database out of reach is a refusal."""
    return await _on_a_thread(_writing, lambda: _in_reach(write_now, fn, *args, **kwargs))


async def read(fn: Callable[Concatenate[Session, P], R], *args: P.args, **kwargs: P.kwargs) -> R:
    """`read_now` on a worker thread of its own kind, so that no reader waits behind writers."""
    return await _on_a_thread(_reading, lambda: _in_reach(read_now, fn, *args, **kwargs))


def _in_reach(do: Callable[..., R], fn: Callable[..., R], *args: Any, **kwargs: Any) -> R:
    try:
        return do(fn, *args, **kwargs)
    except (DBAPIError, NoConnection) as error:
        if isinstance(error, DBAPIError) and not _is_away(error):
            raise
        log.error("the database is out of reach, or took too long: %s", str(getattr(error, "orig", error)).strip())
        raise OutOfReach() from error


async def _on_a_thread(threads: ThreadPoolExecutor, work: Callable[[], R]) -> R:
    """What the log knows of the request goes along."""
    return await asyncio.get_running_loop().run_in_executor(threads, copy_context().run, work)
