"""Fixtures of all tests: a clean database of each kind, and settings that don't leak from test to test."""

import gc
import os
from collections.abc import Callable, Hashable, Iterator
from pathlib import Path
from typing import Any, Protocol, TypeVar

import pytest
from argon2 import PasswordHasher
from hypothesis import HealthCheck
from hypothesis import settings as hypothesis_settings
from pydantic import SecretStr
from sqlalchemy import Engine, make_url
from sqlmodel import Session

from bulq import db, limits, passwords
from bulq.config import settings
from bulq.services.quotas import Quota
from tests import databases

# No deadline: a shared machine pauses when it likes. Ordinary runs draw the same examples every time, so that none
# fails by luck; HYPOTHESIS_PROFILE=search looks further.
hypothesis_settings.register_profile("steady", deadline=None, derandomize=True)
hypothesis_settings.register_profile(
    "search", deadline=None, max_examples=1000, print_blob=True, suppress_health_check=[HealthCheck.too_slow]
)
hypothesis_settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "steady"))

T = TypeVar("T")
BOTH = ("sqlite", "postgresql")
SECRET = "tests-Yk0q_TzR8wLmA5sXnEoJ7bGdHuPi2fQ9"


def pytest_make_parametrize_id(val: object) -> str | None:
    """What is long on purpose has a short name all the same."""
    shown = val if isinstance(val, str) else str(val) if isinstance(val, int) else ""
    return f"{ascii(shown[:8])[1:-1]}...{len(shown)}" if len(ascii(shown)) > 150 else None


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out, rather than skip, what `only("postgresql")` says isn't for the other database."""
    wanted = [item for item in items if _is_meant_for_its_database(item)]
    if unwanted := [item for item in items if item not in set(wanted)]:
        config.hook.pytest_deselected(items=unwanted)
        items[:] = wanted


def pytest_collection_finish() -> None:
    """What is loaded by now stays to the end: looking through it for garbage again and again finds none."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 100)


def _is_meant_for_its_database(item: pytest.Item) -> bool:
    only = item.get_closest_marker("only")
    callspec = getattr(item, "callspec", None)
    kind = callspec.params.get("database", callspec.params.get("built")) if callspec else None
    if only is None or kind is None:
        return True
    if only.args[0] not in BOTH:
        raise pytest.UsageError(f"{item.nodeid}: only() takes one of {BOTH}, not {only.args[0]!r}")
    return kind == only.args[0]


@pytest.fixture(scope="session")
def sqlite(tmp_path_factory: pytest.TempPathFactory) -> databases.SQLite:
    return databases.SQLite(tmp_path_factory.mktemp("sqlite"))


@pytest.fixture(scope="session")
def postgresql() -> Iterator[databases.PostgreSQL]:
    """Starts with the first test that asks for it. A server that can't start fails each of them."""
    with databases.postgresql_server() as server:
        database = databases.PostgreSQL(server)
        yield database
        database.drop()


@pytest.fixture(params=BOTH)
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The address of a clean, migrated database that `bulq.db` works on; the test runs once with each kind."""
    engine: Engine = request.getfixturevalue(request.param).clean()
    url = engine.url.render_as_string(hide_password=False)
    settings.database_url, settings.data = url, tmp_path
    db.use(engine)
    yield url
    db.engine().dispose()


class Scene(Protocol):
    def __call__(self, make: Callable[..., T], *args: Hashable) -> T: ...


@pytest.fixture(scope="session")
def scenes() -> dict[tuple[object, ...], tuple[Any, Any]]:
    return {}


@pytest.fixture
def scene(database: str, request: pytest.FixtureRequest, scenes: dict[tuple[object, ...], tuple[Any, Any]]) -> Scene:
    """Begins with what a function of a session writes: `scene(assemble)` instead of `db.write_now(assemble)`.

    The first test that asks for it has it written; for the others the same rows are laid down, with the same ids. What
    the function returns has to be as good the next time: no rows, but ids and actors.
    """
    kind = make_url(database).get_backend_name()
    server: databases.SQLite | databases.PostgreSQL = request.getfixturevalue(kind)

    def begin(make: Callable[..., T], *args: Hashable) -> T:
        known = scenes.get((kind, make, *args))
        if known is None:
            db.use(server.clean())
            made = db.write_now(make, *args)
            scenes[kind, make, *args] = made, server.everything()
            return made
        made, content = known
        db.use(server.clean(content))
        limits.forget()  # these people have tried nothing yet
        return made

    return begin


@pytest.fixture
def session(database: str) -> Iterator[Session]:
    """A session that sees what it wrote and leaves nothing; a test that needs others to see it commits."""
    with Session(db.engine(), expire_on_commit=False) as session:
        yield session
        session.rollback()


@pytest.fixture(autouse=True, scope="session")
def passwords_at_no_cost() -> None:
    """What makes guessing slow makes tests slow. That the real cost is high has a test of its own."""
    passwords._hasher = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    passwords._nobody = passwords.hash_password("nobody's")


@pytest.fixture(autouse=True, scope="session")
def days_without_end() -> None:
    """The same people add things in thousands of tests a day. What a day holds has tests of its own."""
    for quota in Quota:
        setattr(settings, f"{quota}_per_day", 1_000_000)


@pytest.fixture(autouse=True, scope="session")
def a_key_of_the_tests() -> None:
    """Without one, a key would be made in the folder of the data."""
    settings.secret_key = SecretStr(SECRET)


@pytest.fixture(autouse=True)
def settings_as_they_were() -> Iterator[None]:
    before = dict(vars(settings))
    yield
    # Past the validation: while the values go back one by one, some wouldn't fit each other.
    for name, value in before.items():
        object.__setattr__(settings, name, value)
