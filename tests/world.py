"""A world made once per database: a group with one run in each phase. Every test changes it and leaves no trace."""

from collections.abc import Iterator
from uuid import uuid4

import pytest
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from bulq import db
from tests import cast, databases
from tests.conftest import BOTH


@pytest.fixture(scope="session")
def worlds() -> Iterator[dict[str, tuple[Engine, cast.World]]]:
    made: dict[str, tuple[Engine, cast.World]] = {}
    yield made
    for engine, _ in made.values():
        engine.dispose()


@pytest.fixture(scope="session", params=BOTH)
def built(
    request: pytest.FixtureRequest,
    tmp_path_factory: pytest.TempPathFactory,
    worlds: dict[str, tuple[Engine, cast.World]],
) -> tuple[Engine, cast.World]:
    """Comes and goes as the tests change from one database to the other, while its world stays."""
    kind: str = request.param
    server: databases.SQLite | databases.PostgreSQL = request.getfixturevalue(kind)
    if kind not in worlds:
        if isinstance(server, databases.SQLite):
            url = server.copy_to(tmp_path_factory.mktemp("world"))
        else:
            url = server.new_database(f"world_{uuid4().hex[:8]}")
            databases.migrate(url)
        engine = db.connect(url)
        with Session(engine, expire_on_commit=False) as session, session.begin():
            worlds[kind] = engine, cast.build(session)
    return worlds[kind]


@pytest.fixture
def world(built: tuple[Engine, cast.World]) -> cast.World:
    """`built` may be older than the last test, which may have used a database of its own."""
    engine, made = built
    if db.engine() is not engine:
        db.use(engine)
    return made


@pytest.fixture
def world_session(world: cast.World) -> Iterator[Session]:
    """A session in the world, whose changes go when the test ends."""
    with Session(db.engine(), expire_on_commit=False) as session:
        yield session
        session.rollback()
