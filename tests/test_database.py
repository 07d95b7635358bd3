"""What the door to the database does when the database is slow, restarts, or stands behind PgBouncer."""

import os
import shutil
import socket
import subprocess
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from sqlalchemy import event, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from bulq import db
from bulq.config import settings
from bulq.domain.errors import OutOfReach
from bulq.domain.phases import Phase
from bulq.queries.runs import run_view
from bulq.services import bids
from bulq.services.catalogue import add_store
from tests import cast
from tests.e2e.server import free_port

pytestmark = pytest.mark.only("postgresql")


def backend(session: Session) -> int:
    return session.execute(text("SELECT pg_backend_pid()")).scalar_one()


def end(pid: int) -> None:
    with db.engine().connect() as other:
        other.execute(text("SELECT pg_terminate_backend(:pid)"), {"pid": pid})


def wait_for(port: int) -> None:
    until = time.monotonic() + 10
    while True:
        try:
            return socket.create_connection(("127.0.0.1", port), 1).close()
        except OSError:
            if time.monotonic() > until:
                raise
            time.sleep(0.05)


def store_names(session: Session) -> list[str]:
    return list(session.execute(text("SELECT name FROM stores ORDER BY name")).scalars())


def test_a_write_whose_connection_is_lost_is_done_again_and_once(database: str) -> None:
    people = db.write_now(cast.assemble)
    calls: list[int] = []

    def write(session: Session) -> None:
        calls.append(1)
        add_store(session, people.ana, "Aldi", now=cast.NOW)
        if len(calls) == 1:
            end(backend(session))
            session.execute(text("SELECT 1"))

    db.write_now(write)

    assert len(calls) == 2
    assert db.read_now(store_names) == ["Aldi", "Metro"]


def test_a_write_whose_connection_is_lost_while_it_commits_is_not_done_twice(database: str) -> None:
    calls: list[int] = []

    def write(session: Session) -> None:
        calls.append(1)
        pid = backend(session)
        event.listen(session, "before_commit", lambda _session: end(pid))

    with pytest.raises(DBAPIError):
        db.write_now(write)

    assert len(calls) == 1


def prepared(session: Session) -> list[str]:
    return list(session.execute(text("SELECT statement FROM pg_prepared_statements")).scalars())


def test_what_is_asked_often_is_prepared(database: str) -> None:
    settings.database_pool_size = 1
    db.connect(database)

    for _ in range(2 * db.PREPARED_AFTER):
        db.read_now(store_names)

    assert "SELECT name FROM stores ORDER BY name" in db.read_now(prepared)
    assert "SELECT name FROM stores ORDER BY name" in db.write_now(prepared)


def test_a_table_may_change_under_what_is_prepared(database: str) -> None:
    def add_column(session: Session, column: str) -> None:
        session.execute(text(f"ALTER TABLE changing ADD COLUMN {column} integer"))

    def read_all(session: Session) -> int:
        return len(session.execute(text("SELECT * FROM changing")).keys())

    settings.database_pool_size = 1
    db.connect(database)
    db.write_now(lambda session: session.execute(text("CREATE TABLE changing (one integer)")))
    try:
        for _ in range(2 * db.PREPARED_AFTER):
            db.read_now(read_all)
        other = db.engine_for(database)
        with Session(other) as session, session.begin():
            add_column(session, "two")
        other.dispose()

        assert db.read_now(read_all) == 2
    finally:
        db.write_now(lambda session: session.execute(text("DROP TABLE changing")))


async def test_a_database_that_stays_away_is_said_so(database: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(db, "BACK_AFTER", (0.01, 0.01))
    db.connect(f"postgresql+psycopg://nobody@127.0.0.1:{free_port()}/nothing")

    with pytest.raises(OutOfReach):
        await db.read(store_names)
    with pytest.raises(OutOfReach):
        await db.run(store_names)


async def test_nobody_waits_for_ever_for_a_lock_or_an_answer(database: str) -> None:
    db.write_now(cast.assemble)
    settings.lock_timeout, settings.statement_timeout = 1, 2

    def lock(session: Session) -> None:
        session.execute(text("SELECT * FROM stores FOR UPDATE"))

    with db.transaction() as holder:
        lock(holder)
        began = time.monotonic()
        with pytest.raises(OutOfReach):
            await db.run(lock)
        assert 0.9 < time.monotonic() - began < 1.9
    with pytest.raises(OutOfReach):
        await db.read(lambda session: session.execute(text("SELECT pg_sleep(10)")))


async def test_no_more_connections_than_the_pool_has(database: str) -> None:
    settings.database_pool_size, settings.database_pool_timeout = 1, 1
    db.connect(database)

    with db.reading(), pytest.raises(OutOfReach):
        await db.read(store_names)

    assert await db.read(store_names) == []


@pytest.fixture
def pgbouncer(database: str, tmp_path: Path) -> Iterator[str]:
    """The same database through Debian's PgBouncer in transaction mode, with two connections for everybody."""
    program = shutil.which("pgbouncer") or shutil.which("pgbouncer", path="/usr/sbin")
    if program is None:
        pytest.skip("needs pgbouncer ('apt install pgbouncer' on Debian)")
    server, port = make_url(database), free_port()
    host = server.host or str(server.query.get("host") or "127.0.0.1")
    config = tmp_path / "pgbouncer.ini"
    config.write_text(
        f"[databases]\n* = host={host} port={server.port or 5432} user={server.username}"
        f"{f' password={server.password}' if server.password else ''}\n"
        f"[pgbouncer]\nlisten_addr = 127.0.0.1\nlisten_port = {port}\nunix_socket_dir =\nauth_type = any\n"
        f"pool_mode = transaction\ndefault_pool_size = 2\nmax_client_conn = 100\n"
    )
    if os.geteuid() == 0:  # which PgBouncer refuses to be: it becomes whoever may reach the server's socket
        with config.open("a") as more:
            more.write(f"user = {Path(host).owner() if host.startswith('/') else 'nobody'}\n")
    process = subprocess.Popen([program, "-q", str(config)], stderr=subprocess.PIPE)
    db.connect(f"postgresql+psycopg://{server.username}@127.0.0.1:{port}/{server.database}")
    try:
        wait_for(port)
        yield f"{port}"
    finally:
        db.engine().dispose()
        process.terminate()
        process.wait(10)


def test_it_works_behind_pgbouncer_in_transaction_mode(database: str, pgbouncer: str) -> None:
    people = db.write_now(cast.assemble)
    run_id = db.write_now(cast.bring_to, people, Phase.ACTIVE)
    timeouts: set[str] = set()
    guard = threading.Lock()

    def bid(number: int) -> None:
        who = (people.ana, people.bojan, people.mila)[number % 3]
        db.write_now(bids.place_bid, who, run_id, people.rice, (number + 1) * cast.PACK, now=cast.LATER)
        view = db.read_now(run_view, who, run_id)
        assert view.products
        assert not db.read_now(prepared)
        with guard:
            timeouts.add(db.read_now(lambda session: session.execute(text("SHOW lock_timeout")).scalar_one()))

    with ThreadPoolExecutor(10) as threads:
        list(threads.map(bid, range(90)))

    rice = next(line for line in db.read_now(run_view, people.ana, run_id).products if line.name.startswith("Basmati"))
    assert {bid.quantity for bid in rice.bids} <= {n * cast.PACK for n in range(1, 91)}
    assert timeouts == {f"{settings.lock_timeout}s"}
