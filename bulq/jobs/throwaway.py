"""Databases that backups are restored into: one that is gone afterwards, or one somebody names."""

from __future__ import annotations

import logging
import sqlite3
from collections.abc import Generator
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from secrets import token_hex

from sqlalchemy import Connection, Engine, MetaData, create_engine, inspect, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import NullPool

from bulq import alone
from bulq.jobs.room import room

PREFIX = "bulq_proof_"
FORGOTTEN = timedelta(days=1)  # left behind by a process that was killed

log = logging.getLogger(__name__)

OTHERS = """
SELECT count(*) FROM pg_stat_activity
WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_type = 'client backend'
"""
OUR_FUNCTIONS = """
SELECT p.oid::regprocedure FROM pg_proc p WHERE p.pronamespace = current_schema()::regnamespace
  AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = p.oid AND d.deptype = 'e')
"""


@contextmanager
def throwaway(url: str) -> Generator[str]:
    """The address of an empty database beside the one at `url`, dropped afterwards."""
    if url.startswith("sqlite"):
        with room() as folder:
            yield f"sqlite:///{folder.resolve() / 'proof.db'}"
        return
    engine = create_engine(url, isolation_level="AUTOCOMMIT", poolclass=NullPool)
    name = f"{PREFIX}{datetime.now(UTC):%Y%m%d%H%M}_{token_hex(4)}"
    with engine.connect() as connection:
        _drop_forgotten(connection)
        connection.execute(text(f'CREATE DATABASE "{name}" TEMPLATE template0'))
    try:
        yield make_url(url).set(database=name).render_as_string(hide_password=False)
    finally:
        with engine.connect() as connection:
            connection.execute(text(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)'))


def _drop_forgotten(connection: Connection) -> None:
    limit = f"{PREFIX}{datetime.now(UTC) - FORGOTTEN:%Y%m%d%H%M}"
    mine = "SELECT datname FROM pg_database WHERE datname LIKE :like AND datname < :limit"
    names = connection.scalars(text(mine), {"like": PREFIX.replace("_", r"\_") + "%", "limit": limit}).all()
    for name in names:
        try:
            connection.execute(text(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)'))
        except DBAPIError as error:  # somebody else's; no reason to make no proof
            log.warning("the forgotten database %s could not be dropped: %s", name, type(error.orig).__name__)


def tables_in(url: str) -> list[str]:
    """Of a SQLite file that isn't there: none, and it isn't made."""
    if url.startswith("sqlite") and not Path(make_url(url).database or "").exists():
        return []
    return inspect(_engine(url)).get_table_names()


def users_of(url: str) -> str:
    """A sentence about who else is connected to the database now; empty when nobody is."""
    if not url.startswith("sqlite"):
        with _engine(url).connect() as connection:
            others = connection.execute(text(OTHERS)).scalar_one()
        return f"That database is in use by {others} other connections." if others else ""
    if server := alone.server_on(url):
        return server
    with closing(sqlite3.connect(make_url(url).database or "", timeout=1)) as database:
        try:
            database.execute("PRAGMA journal_mode=DELETE")  # succeeds only for whoever is alone
            database.execute("BEGIN EXCLUSIVE")
        except sqlite3.OperationalError:
            return "That database is in use by another process."
    return ""


def end_sessions(url: str) -> None:
    """End the sessions of a restored database, and its links for a new password: some were ended since the backup."""
    engine = _engine(url)
    there = set(inspect(engine).get_table_names())
    with engine.begin() as connection:
        for table in ("user_sessions", "password_resets"):
            if table in there:
                connection.execute(text(f"DELETE FROM {table}"))


def empty(url: str) -> None:
    """Drop every table, and the functions of its triggers."""
    engine = _engine(url)
    tables = MetaData()
    tables.reflect(engine)
    with engine.begin() as connection:
        tables.drop_all(connection)
        for function in connection.scalars(text(OUR_FUNCTIONS)).all() if engine.name == "postgresql" else ():
            connection.execute(text(f"DROP FUNCTION {function}"))


def _engine(url: str) -> Engine:
    return create_engine(url, poolclass=NullPool)
