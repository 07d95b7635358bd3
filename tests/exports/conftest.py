"""Files are written of a world that stands already."""

from tests.world import built, world, world_session, worlds

__all__ = ["built", "world", "world_session", "worlds"]
