"""Fixtures of the journeys: one server and one browser for all, a clean database and fresh windows for each."""

import os
import shutil
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect, sync_playwright
from sqlalchemy import Engine, create_engine

from tests import cast
from tests.conftest import SECRET
from tests.databases import ROOT, PostgreSQL, SQLite, migrate
from tests.e2e.server import Server, build
from tests.e2e.stage import Stage, empty

FLAGS = (
    "--no-sandbox --disable-gpu --disable-background-networking --disable-component-update --disable-sync "
    "--no-first-run --disable-dev-shm-usage"
)
RESULTS = ROOT / "test-results"
# A journey taps faster than any person. The limits have tests of their own.
UNLIMITED = dict.fromkeys(
    (
        "BULQ_LOGIN_PER_MINUTE",
        "BULQ_API_PER_MINUTE",
        "BULQ_BIDS_PER_MINUTE",
        "BULQ_WRITES_PER_MINUTE",
        "BULQ_EVENTS_PER_SECOND",
        "BULQ_ADDRESS_EVENTS_PER_SECOND",
        "BULQ_SOCKETS_PER_ADDRESS",
        "BULQ_SOCKETS_PER_SESSION",
        "BULQ_VIEW_MS_PER_SECOND",
    ),
    "9999",
)
outcome = pytest.StashKey[pytest.TestReport]()

expect.set_options(timeout=10_000)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark the journeys, and put them last: the browser keeps an event loop, beside which no async test runs."""
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker("browser")
    items.sort(key=lambda item: here in item.path.parents)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Iterator[None]:
    report = yield
    if report.when == "call":
        item.stash[outcome] = report
    return report


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    names = [named] if (named := os.environ.get("CHROMIUM_PATH")) else ["chromium-headless-shell", "chromium"]
    path = next(filter(None, map(shutil.which, names)), None)
    with sync_playwright() as playwright:
        # Without a path it is the browser Playwright itself installed.
        browser = playwright.chromium.launch(executable_path=path, args=FLAGS.split())
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def built() -> None:
    build()


@pytest.fixture(scope="session")
def journeys_database(postgresql: PostgreSQL) -> str:
    url = postgresql.new_database("journeys")
    migrate(url)
    return url


@pytest.fixture(scope="session")
def engine(journeys_database: str) -> Iterator[Engine]:
    engine = create_engine(journeys_database, pool_size=2, pool_pre_ping=True)
    yield engine
    engine.dispose()


@pytest.fixture(scope="session")
def server(built: None, journeys_database: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("server")
    more = {"BULQ_DEADLINE_CHECK_SECONDS": "0.5", "SECRET_KEY": SECRET}  # what tests encrypt it can read
    server = Server(folder, journeys_database, **more, **UNLIMITED)
    server.start()
    yield server
    server.stop()


@pytest.fixture
def frail_server(built: None, journeys_database: str, tmp_path: Path) -> Iterator[Server]:
    """A second server on the same database, for tests that stop or kill it."""
    server = Server(tmp_path, journeys_database, **UNLIMITED)
    server.start()
    yield server
    server.stop()


@pytest.fixture
def plain_server(built: None, sqlite: SQLite, tmp_path: Path) -> Iterator[Server]:
    """A server as `scripts/run` starts it: on SQLite, with the limits as they come."""
    server = Server(tmp_path, sqlite.copy_to(tmp_path))
    server.start()
    yield server
    server.stop()


@pytest.fixture
def stage(
    server: Server, browser: Browser, engine: Engine, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Stage]:
    """Nobody and nothing there yet. Afterwards no page may have complained, and the server not have failed."""
    empty(engine)
    # The server lives now; what the cast did was yesterday.
    monkeypatch.setattr(cast, "NOW", datetime.now(UTC) - timedelta(days=1))
    monkeypatch.setattr(cast, "LATER", datetime.now(UTC) - timedelta(hours=23))
    yield from _set(Stage(server, browser, engine), request)


@pytest.fixture
def frail_stage(stage: Stage, frail_server: Server, request: pytest.FixtureRequest) -> Iterator[Stage]:
    """The same cast, with windows on the server that may be killed."""
    yield from _set(Stage(frail_server, stage.browser, stage.engine), request)


@pytest.fixture
def plain_stage(plain_server: Server, browser: Browser, engine: Engine, request: pytest.FixtureRequest):
    """Windows on the server with SQLite; everything there is done through pages."""
    yield from _set(Stage(plain_server, browser, engine), request)


def _set(stage: Stage, request: pytest.FixtureRequest) -> Iterator[Stage]:
    mark = stage.server.mark()
    yield stage
    report = request.node.stash.get(outcome, None)
    said = stage.server.log(mark)
    if report is None or report.failed:
        taken = stage.photograph(RESULTS, request.node.name)
        if report is not None:
            report.sections.append(("Pages", "\n".join(map(str, [*taken, *stage.complaints]))))
            report.sections.append(("Server", said[-8000:]))
    stage.tidy()
    if report is not None and report.passed:
        assert not stage.complaints, "\n".join(stage.complaints)
        assert stage.may_fail or "Traceback" not in said, said[-8000:]
        assert stage.may_fail or "client mistake: " not in said, said[-8000:]  # no page of ours may be taken for one
