"""Bringing a database to the newest revision, safely when several processes start at once.

Alembic itself is loaded by who migrates. A server that only compares revisions saves 6 MB of memory.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from sqlalchemy import Connection, create_engine, event, inspect, text
from sqlalchemy.engine import make_url
from sqlalchemy.pool import NullPool

from bulq import witness

INI = Path(__file__).parent.parent / "alembic.ini"
REVISION = re.compile(r'^revision = "(\w+)"$', re.MULTILINE)
FOLLOWS = re.compile(r'^down_revision = "(\w+)"$', re.MULTILINE)
LOCK = 0x62756C71  # "bulq": any number will do, as long as it stays


class MoneyChanged(Exception):
    """A migration would have changed what somebody owes or paid; the message says whose. The database is as before."""


def upgrade(url: str) -> tuple[str | None, str | None]:
    """Migrate the database at `url`, made first if it is a file. Returns its revision before and after.

    All of it is one transaction; a second process waits for the first and finds nothing left to do. What everybody owes
    and paid is written down before and compared afterwards: a difference raises MoneyChanged and undoes everything.
    """
    with _alone_in(url) as connection:
        before = revision_of(connection)
        if before == newest():
            return before, before
        with _unchanged_money(connection):
            _upgrade(connection)
        return before, revision_of(connection)


def _upgrade(connection: Connection) -> None:
    from alembic.config import Config

    from alembic import command

    config = Config(INI)
    config.attributes["connection"] = connection
    command.upgrade(config, "head")


@contextmanager
def _unchanged_money(connection: Connection) -> Iterator[None]:
    with TemporaryDirectory() as folder:
        witness.keep_others_out(connection)
        before, after = Path(folder) / "before", Path(folder) / "after"
        cancelled = witness.has_ledger(connection)
        with before.open("w") as file:
            witness.write(connection, file, cancelled=cancelled)
        yield
        with after.open("w") as file:
            witness.write(connection, file, cancelled=cancelled)
        if found := witness.differences(before, after):
            raise MoneyChanged("\n  ".join(["The migration would change money:", *found]))


@contextmanager
def _alone_in(url: str) -> Iterator[Connection]:
    # Not the engine of bulq.db: rebuilding a table under SQLite's foreign keys would delete what refers to it.
    if url.startswith("sqlite") and (file := make_url(url).database):
        Path(file).parent.mkdir(parents=True, exist_ok=True)
    engine = create_engine(url, poolclass=NullPool)
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _no_implicit_transactions)
        event.listen(engine, "begin", _begin_writing)
    try:
        with engine.begin() as connection:
            if engine.dialect.name == "postgresql":
                connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({LOCK})")
            yield connection
    finally:
        engine.dispose()


def _no_implicit_transactions(connection: Any, _record: object) -> None:
    connection.isolation_level = None
    connection.execute("PRAGMA busy_timeout=30000")


def _begin_writing(connection: Connection) -> None:
    connection.exec_driver_sql("BEGIN IMMEDIATE")


def is_outdated(url: str) -> bool:
    """Whether there is something to migrate."""
    engine = create_engine(url, poolclass=NullPool)
    with engine.connect() as connection:
        return revision_of(connection) != newest()


def revision_of(connection: Connection) -> str | None:
    """None in an empty database."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    return connection.execute(text("SELECT version_num FROM alembic_version")).scalar()


@lru_cache
def newest() -> str | None:
    """The revision this code was written for: the one that no other follows."""
    files = [file.read_text("utf-8") for file in (INI.parent / "alembic" / "versions").glob("*.py")]
    revisions, followed = ({found[1] for file in files if (found := line.search(file))} for line in (REVISION, FOLLOWS))
    return next(iter(revisions - followed), None)
