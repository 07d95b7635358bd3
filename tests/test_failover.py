"""The database moves to another server: nothing that was answered is lost, and nobody has to do anything."""

import os
import socket
import threading
import time
from collections.abc import Iterator

import psycopg
import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from bulq import checks, db, migrations
from bulq.config import settings
from bulq.jobs import dumps
from bulq.services.catalogue import add_store
from rehearsal.pairs import OnePostgreSQL, PostgreSQLPair
from tests import cast


@pytest.fixture(scope="module")
def pair() -> Iterator[PostgreSQLPair]:
    servers = PostgreSQLPair()
    try:
        servers.start()
        yield servers
    finally:
        servers.stop()


@pytest.fixture(autouse=True)
def on_the_pair(pair: PostgreSQLPair) -> Iterator[None]:
    """The standby is named first: whoever takes the first server that answers writes nowhere."""
    one, two = pair.url.split("@")[1].split("/")[0].split(",")
    settings.database_url = pair.url.replace(f"{one},{two}", f"{two},{one}")
    settings.pg_bin = pair.programs
    db.connect(settings.database_url)
    yield
    db.engine().dispose()


def server_of(session: Session) -> int:
    return session.execute(text("SELECT inet_server_port()")).scalar_one()


def store_names(session: Session) -> list[str]:
    return list(session.execute(text("SELECT name FROM stores ORDER BY name")).scalars())


def set_read_only(server: OnePostgreSQL, value: str) -> None:
    with server.connect() as connection:
        connection.execute("SET default_transaction_read_only = off")
        connection.execute(f"ALTER SYSTEM SET default_transaction_read_only = {value}")  # pyright: ignore
        connection.execute("SELECT pg_reload_conf()")
    time.sleep(0.3)  # until all its processes have read that


def test_everything_finds_the_server_that_takes_writes(pair: PostgreSQLPair) -> None:
    migrations.upgrade(settings.database_url)

    assert not migrations.is_outdated(settings.database_url)
    assert checks.database().startswith("fine")
    db.write_now(cast.assemble)
    assert db.read_now(server_of) == pair.first.port


def test_a_dump_comes_from_the_server_whose_moment_it_is(pair: PostgreSQLPair) -> None:
    with dumps.snapshot(settings.database_url) as (held, dump):
        assert held.rows["stores"] == 1
        assert b"".join(dump).startswith(b"PGDMP")


def test_a_machine_that_falls_silent_is_noticed(pair: PostgreSQLPair) -> None:
    with db.reading() as session:
        driver = session.connection().connection.driver_connection
        assert isinstance(driver, psycopg.Connection)
        with socket.socket(fileno=os.dup(driver.fileno())) as line:
            assert line.getsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT) == 10_000
            assert line.getsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPIDLE) == 5


def test_after_a_failover_the_next_write_reaches_the_new_server(pair: PostgreSQLPair) -> None:
    person = db.write_now(cast.person, "Vesna")
    taken: list[str] = []
    go_on = threading.Event()

    def write(session: Session, name: str) -> None:
        add_store(session, person, name, now=cast.NOW)

    for number in range(5):
        db.write_now(write, f"before {number}")
        taken.append(f"before {number}")
    pair.first.kill()
    threading.Thread(target=lambda: (time.sleep(0.5), pair.promote(), go_on.set())).start()
    began = time.monotonic()
    db.write_now(write, "afterwards")

    assert go_on.wait(10) and time.monotonic() - began < 10
    assert db.read_now(server_of) == pair.second.port
    assert db.read_now(store_names) == [*sorted(["Metro", *taken, "afterwards"])]


def test_a_server_that_only_reads_counts_as_lost(pair: PostgreSQLPair) -> None:
    """As one that was demoted, or that somebody's balancer led to."""
    person = db.write_now(cast.person, "Goran")
    before = db.read_now(lambda session: session.execute(text("SELECT pg_backend_pid()")).scalar_one())
    set_read_only(pair.second, "on")
    threading.Thread(target=lambda: (time.sleep(0.5), set_read_only(pair.second, "off"))).start()

    db.write_now(lambda session: add_store(session, person, "when it writes again", now=cast.NOW))

    assert "when it writes again" in db.read_now(store_names)
    assert db.read_now(lambda session: session.execute(text("SELECT pg_backend_pid()")).scalar_one()) != before
