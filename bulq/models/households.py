"""Who settles a group's debts for whom."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, UniqueConstraint, text
from sqlmodel import Field

from bulq.models.base import Row, UtcTime

AGREED = text("agreed_at IS NOT NULL")


class HouseholdMember(Row, table=True):
    """`payer_id` settles for `user_id` in a group, once both have agreed. Balances of both stay their own.

    A household is a payer with all for whom they settle. Whoever is settled for settles for nobody.
    """

    __table_args__ = (
        CheckConstraint("user_id <> payer_id", name="two_people"),
        UniqueConstraint("group_id", "user_id", "payer_id"),
        Index(
            "uq_household_members_agreed",
            *("group_id", "user_id"),
            unique=True,
            postgresql_where=AGREED,
            sqlite_where=AGREED,
        ),
    )

    group_id: UUID = Field(foreign_key="groups.id")
    user_id: UUID = Field(foreign_key="users.id", index=True)
    payer_id: UUID = Field(foreign_key="users.id", index=True)
    proposed_by: UUID = Field(foreign_key="users.id")  # one of the two; the other one agrees
    proposed_at: datetime = Field(sa_type=UtcTime)
    agreed_at: datetime | None = Field(default=None, sa_type=UtcTime)
