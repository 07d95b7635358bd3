"""Some views are tried in a world that stands already."""

from tests.world import built, world, world_session

__all__ = ["built", "world", "world_session"]
