"""A world made once per database: a group with one run in each phase. Every test changes it and leaves no trace."""

from collections.abc import Iterator

import pytest
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from bulq import db
from tests import cast, databases
from tests.conftest import BOTH


@pytest.fixture(scope="session", params=BOTH)
def built(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Engine, cast.World]]:
    if request.param == "sqlite":
        url = request.getfixturevalue("sqlite").clean(tmp_path_factory.mktemp("world"))
    else:
        url = request.getfixturevalue("postgresql").new_database("world")
        databases.migrate(url)
    engine = db.connect(url)
    with Session(engine, expire_on_commit=False) as session, session.begin():
        world = cast.build(session)
    yield engine, world
    engine.dispose()


@pytest.fixture
def world(built: tuple[Engine, cast.World]) -> cast.World:
    return built[1]


@pytest.fixture(name="cast")
def _cast(world: cast.World) -> cast.Cast:
    return world.cast


@pytest.fixture
def session(built: tuple[Engine, cast.World]) -> Iterator[Session]:
    """A session in the world, whose changes go when the test ends."""
    with Session(built[0], expire_on_commit=False) as session:
        yield session
        session.rollback()
