"""A database as a stream of bytes, and back: pg_dump and pg_restore, or SQLite's online backup."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
import tempfile
import zlib
from collections.abc import Generator, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from threading import Event
from typing import IO, Any

from sqlalchemy import URL, Connection, create_engine
from sqlalchemy.engine import make_url
from sqlalchemy.pool import NullPool

from bulq.config import settings
from bulq.domain.backups import Facts
from bulq.jobs.facts import facts
from bulq.jobs.room import room

PIECE = 1 << 18
GZIP = 31  # the window size by which zlib means gzip

stopping = Event()  # set when this process has to end: what runs here then ends with an error
_running: set[subprocess.Popen[bytes]] = set()


class DumpError(Exception):
    """The database couldn't be written out or read back; the message says why."""


def stop() -> None:
    """End what is under way; the backup of it counts as failed."""
    stopping.set()
    for process in list(_running):
        process.kill()


def kind_of_database(url: str) -> str:
    return "sqlite" if url.startswith("sqlite") else "postgresql"


@contextmanager
def snapshot(url: str) -> Generator[tuple[Facts, Iterator[bytes]]]:
    """What the database holds and its dump, both as of one moment, while others go on writing."""
    engine = create_engine(url, poolclass=NullPool)
    with engine.connect() as connection:
        if engine.dialect.name == "sqlite":
            _driver(connection).isolation_level = None
            connection.exec_driver_sql("BEGIN")
            yield facts(connection), _sqlite_dump(connection)
        else:
            connection.exec_driver_sql("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            connection.exec_driver_sql("SET LOCAL statement_timeout = 0")
            connection.exec_driver_sql("SET LOCAL idle_in_transaction_session_timeout = 0")
            moment = connection.exec_driver_sql("SELECT pg_export_snapshot()").scalar_one()
            yield facts(connection), _postgresql_dump(_server_of(connection), moment)


def _server_of(connection: Connection) -> URL:
    """Its address alone, if the URL names several: another server doesn't know this connection's snapshot."""
    url = connection.engine.url
    if "," not in str(url.query.get("host", "")):
        return url
    info = _driver(connection).info
    return url.update_query_dict({"host": info.host, "port": str(info.port)})


def restore(kind: str, dump: Path, url: str) -> None:
    """Read a dump into the database at `url`: an empty one of PostgreSQL, or any SQLite file, which it replaces."""
    if kind != kind_of_database(url):
        raise DumpError(f"a backup of {kind} can't be restored into {kind_of_database(url)}")
    if kind == "sqlite":
        return _sqlite_restore(dump, Path(make_url(url).database or ""))
    target = make_url(url)
    options = ["--no-owner", "--no-privileges", "--exit-on-error", "--single-transaction", "--no-password"]
    with _program("pg_restore", [*options, f"--dbname={_without_password(target)}", str(dump)], target) as output:
        while output.read(PIECE):
            pass


def _postgresql_dump(url: URL, moment: str) -> Iterator[bytes]:
    options = ["--format=custom", "--compress=6", "--no-password", f"--snapshot={moment}"]
    with _program("pg_dump", [*options, f"--dbname={_without_password(url)}"], url) as output:
        while piece := output.read(PIECE):
            yield piece


@contextmanager
def _program(name: str, options: Sequence[str], url: URL) -> Generator[IO[bytes]]:
    """Runs a program of PostgreSQL; yields what it writes. It is ended with whatever happens here."""
    program = shutil.which(name, path=str(settings.pg_bin) if settings.pg_bin else None)
    if program is None:
        raise DumpError(f"{name} was not found; install PostgreSQL's client or set BULQ_PG_BIN to its folder")
    password = {"PGPASSWORD": url.password} if url.password else {}
    with tempfile.TemporaryFile() as complaints:
        process = subprocess.Popen(
            [program, *options], stdout=subprocess.PIPE, stderr=complaints, env=os.environ | password
        )
        assert process.stdout is not None
        _running.add(process)
        try:
            yield process.stdout
            code = process.wait()
        finally:
            process.kill()
            process.wait()
            process.stdout.close()
            _running.discard(process)
        if code:
            complaints.seek(0)
            raise DumpError(f"{name}: {complaints.read(2000).decode(errors='replace').strip() or f'ended with {code}'}")


def _without_password(url: URL) -> str:
    """For the command line, which every user of the machine can see."""
    plain = URL.create("postgresql", url.username, None, url.host, url.port, url.database, url.query)
    return plain.render_as_string(hide_password=False)


def _sqlite_dump(connection: Connection) -> Iterator[bytes]:
    with room() as folder:
        file = folder / "copy.db"
        with _opened(file) as copy:
            _driver(connection).backup(copy)  # within the transaction of the connection, so of that moment
        packer = zlib.compressobj(6, wbits=GZIP)
        with file.open("rb") as source:
            while piece := source.read(PIECE):
                if packed := packer.compress(piece):
                    yield packed
        yield packer.flush()


def _sqlite_restore(dump: Path, target: Path) -> None:
    with room() as folder:
        file = folder / "copy.db"
        _unpack(dump, file)
        target.parent.mkdir(parents=True, exist_ok=True)
        try:
            with _opened(file) as copy, _opened(target) as database:
                if (verdict := copy.execute("PRAGMA integrity_check").fetchone()[0]) != "ok":
                    raise DumpError(f"the database in the backup is damaged: {verdict}")
                copy.backup(database)
        except sqlite3.Error as error:
            raise DumpError(f"SQLite: {error}") from error


def _unpack(dump: Path, file: Path) -> None:
    unpacker = zlib.decompressobj(GZIP)
    try:
        with dump.open("rb") as source, file.open("wb") as to:
            while piece := source.read(PIECE):
                while piece:
                    to.write(unpacker.decompress(piece, PIECE))
                    piece = unpacker.unconsumed_tail
    except zlib.error as error:
        raise DumpError(f"the backup can't be unpacked: {error}") from error
    if not unpacker.eof:
        raise DumpError("the backup is cut off")


@contextmanager
def _opened(file: Path) -> Generator[sqlite3.Connection]:
    connection = sqlite3.connect(file, timeout=30)
    try:
        yield connection
    finally:
        connection.close()


def _driver(connection: Connection) -> Any:
    return connection.connection.driver_connection
