"""Some views are tried in a world that stands already."""

from tests.world import built, world, world_session, worlds

__all__ = ["built", "world", "world_session", "worlds"]
