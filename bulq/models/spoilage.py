"""What people say of goods that may be spoiled, and how that was credited."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, UniqueConstraint
from sqlmodel import Field

from bulq.domain.spoilage import Credit
from bulq.models.base import Row, UtcTime, text_of
from bulq.models.runs import participant_key


class Spoilage(Row, table=True):
    """So much of what somebody got of an item is spoiled; 0 says that theirs is fine.

    Once it is credited it stays as it is. The correction it was credited by is a receipt.
    """

    __table_args__ = (
        UniqueConstraint("item_id", "user_id"),
        CheckConstraint("quantity >= 0", name="quantity"),
        participant_key("spoilages", "user_id"),
    )

    run_id: UUID = Field(foreign_key="runs.id", index=True)
    item_id: UUID = Field(foreign_key="list_items.id", ondelete="CASCADE")
    user_id: UUID = Field(foreign_key="users.id", index=True)
    quantity: int = Field(sa_type=BigInteger)  # thousandths
    note: str = Field(default="", max_length=500)
    attachment_id: UUID | None = Field(default=None, foreign_key="attachments.id", ondelete="SET NULL")
    said_at: datetime = Field(sa_type=UtcTime)
    credit: Credit | None = Field(default=None, sa_type=text_of(Credit))
    amount: int = Field(default=0, sa_type=BigInteger)  # minor units that were credited
    receipt_id: UUID | None = Field(default=None, foreign_key="receipts.id", index=True)
    decided_by: UUID | None = Field(default=None, foreign_key="users.id")
    decided_at: datetime | None = Field(default=None, sa_type=UtcTime)
