"""Use cases are tried in a world that stands already."""

import pytest
from sqlalchemy.orm import Session

from tests.cast import Cast, World
from tests.world import built, world, world_session, worlds

__all__ = ["built", "world", "world_session", "worlds"]


@pytest.fixture
def cast(world: World) -> Cast:
    return world.cast


@pytest.fixture
def session(world_session: Session) -> Session:
    return world_session
