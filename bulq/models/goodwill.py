"""Who was short of goods in a run that is done, and who came first in a split since they had been short before."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, Index
from sqlmodel import Field

from bulq.models.base import Row, UtcTime


class Shortage(Row, table=True):
    """So much less than they wanted somebody got in a completed run: thousandths, and what these cost in minor units.

    `remaining` is how much of the amount still counts as goodwill. It goes down when the person comes first for it.
    """

    __table_args__ = (
        Index("ix_shortages_remaining", "group_id", "user_id", "remaining"),
        CheckConstraint("quantity > 0 AND amount >= 0", name="positive"),
        CheckConstraint("remaining >= 0 AND remaining <= amount", name="remaining"),
    )

    group_id: UUID = Field(foreign_key="groups.id")
    run_id: UUID = Field(foreign_key="runs.id", index=True)
    item_id: UUID = Field(foreign_key="list_items.id", index=True)
    user_id: UUID = Field(foreign_key="users.id", index=True)
    quantity: int = Field(sa_type=BigInteger)
    amount: int = Field(sa_type=BigInteger)
    remaining: int = Field(sa_type=BigInteger)
    entered_at: datetime = Field(sa_type=UtcTime)


class Favour(Row, table=True):
    """What the fair split gave to somebody, where the rule `alone` would have given another quantity: thousandths.

    `goodwill` is what they had when the leader was shown the split, and `value` what more they got costs (or less,
    below 0): minor units.
    """

    run_id: UUID = Field(foreign_key="runs.id", index=True)
    item_id: UUID = Field(foreign_key="list_items.id", index=True, ondelete="CASCADE")
    user_id: UUID = Field(foreign_key="users.id", index=True)
    alone: int = Field(sa_type=BigInteger)
    got: int = Field(sa_type=BigInteger)
    goodwill: int = Field(sa_type=BigInteger)
    value: int = Field(sa_type=BigInteger)
