"""A world made once per database: a group with one run in each phase. Every test changes it and leaves no trace."""

from collections.abc import Iterator
from uuid import uuid4

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
        url = request.getfixturevalue("sqlite").copy_to(tmp_path_factory.mktemp("world"))
    else:
        url = request.getfixturevalue("postgresql").new_database(f"world_{uuid4().hex[:8]}")
        databases.migrate(url)
    engine = db.connect(url)
    with Session(engine, expire_on_commit=False) as session, session.begin():
        world = cast.build(session)
    yield engine, world
    engine.dispose()


@pytest.fixture
def world(built: tuple[Engine, cast.World]) -> cast.World:
    return built[1]


@pytest.fixture
def world_session(built: tuple[Engine, cast.World]) -> Iterator[Session]:
    """A session in the world, whose changes go when the test ends."""
    with Session(built[0], expire_on_commit=False) as session:
        yield session
        session.rollback()
