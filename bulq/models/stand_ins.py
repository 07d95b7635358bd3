"""People who came with an imported group and aren't here yet."""

from datetime import datetime
from uuid import UUID

from sqlmodel import Field

from bulq.models.base import Row, UtcTime


class StandIn(Row, table=True):
    """An account without a password that keeps somebody's place in one group, until they say that it is theirs.

    They say so by a personal link of the group's admins, of whose token only the SHA-256 is kept.
    """

    user_id: UUID = Field(foreign_key="users.id", unique=True)
    group_id: UUID = Field(foreign_key="groups.id", index=True)
    username: str = Field(default="", max_length=50)  # where they came from; another one's here, perhaps
    token_hash: str | None = Field(default=None, max_length=64, unique=True)
    made_by: UUID = Field(foreign_key="users.id")
    made_at: datetime = Field(sa_type=UtcTime)
