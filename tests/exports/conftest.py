"""Files are written of a world that stands already."""

from tests.world import built, world, world_session

__all__ = ["built", "world", "world_session"]
