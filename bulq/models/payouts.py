"""Where members want to be paid."""

from datetime import datetime
from uuid import UUID

from sqlmodel import Field

from bulq.domain.payouts import Kind
from bulq.models.base import Row, UtcTime, text_of


class Payout(Row, table=True):
    """One account or handle of somebody. What it is stands in `sealed`, which queries/payouts.py reads.

    The one with the lowest `place` comes first: there they want to be paid if whoever pays can choose.
    """

    user_id: UUID = Field(foreign_key="users.id", index=True)
    kind: Kind = Field(sa_type=text_of(Kind))
    place: int
    sealed: bytes
    created_at: datetime = Field(sa_type=UtcTime)
    changed_at: datetime = Field(sa_type=UtcTime)
