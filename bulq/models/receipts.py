"""What one till or supplier asked for: who paid, the total, and the lines that are no purchases."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, UniqueConstraint
from sqlmodel import Field

from bulq.domain.costs import CostKind, CostRule
from bulq.models.base import Row, UtcTime, text_of
from bulq.models.runs import participant_key


class Receipt(Row, table=True):
    """A receipt of a run. Purchases and costs are its lines. One with a `posting_id` corrects a completed run."""

    run_id: UUID = Field(foreign_key="runs.id", index=True)
    day: date
    total: int | None = Field(default=None, sa_type=BigInteger)  # minor units, as the till says; None: not typed
    revision: int = 1  # goes up with each change of the receipt, its payers and costs
    reason: str = Field(default="", max_length=500)  # of a correction
    posting_id: UUID | None = Field(default=None, foreign_key="postings.id")
    added_by: UUID = Field(foreign_key="users.id")
    added_at: datetime = Field(sa_type=UtcTime)


class ReceiptPayer(Row, table=True):
    """Somebody who paid a receipt. The only payer of a receipt needs no amount: they paid all of it."""

    __table_args__ = (
        UniqueConstraint("receipt_id", "user_id"),
        participant_key("receipt_payers", "user_id"),
    )

    run_id: UUID = Field(foreign_key="runs.id", index=True)
    receipt_id: UUID = Field(foreign_key="receipts.id", ondelete="CASCADE")
    user_id: UUID = Field(foreign_key="users.id", index=True)
    amount: int | None = Field(default=None, sa_type=BigInteger)  # minor units


class Cost(Row, table=True):
    """A line of a receipt that is no purchase, and by what it is shared. Below 0 people get money back."""

    __table_args__ = (CheckConstraint("amount <> 0", name="amount"),)

    run_id: UUID = Field(foreign_key="runs.id", index=True)
    receipt_id: UUID = Field(foreign_key="receipts.id", index=True, ondelete="CASCADE")
    kind: CostKind = Field(sa_type=text_of(CostKind))
    rule: CostRule = Field(sa_type=text_of(CostRule))
    amount: int = Field(sa_type=BigInteger)  # minor units
    item_id: UUID | None = Field(default=None, foreign_key="list_items.id", index=True)  # only its goods count
    distance: int | None = Field(default=None, sa_type=BigInteger)  # thousandths of a kilometre, of transport
    note: str = Field(default="", max_length=200)
    added_by: UUID = Field(foreign_key="users.id")
    added_at: datetime = Field(sa_type=UtcTime)


class CostShare(Row, table=True):
    """How much of a cost a chosen person bears, relative to the others chosen."""

    __table_args__ = (
        UniqueConstraint("cost_id", "user_id"),
        CheckConstraint("share > 0", name="share"),
        participant_key("cost_shares", "user_id"),
    )

    run_id: UUID = Field(foreign_key="runs.id", index=True)
    cost_id: UUID = Field(foreign_key="costs.id", ondelete="CASCADE")
    user_id: UUID = Field(foreign_key="users.id", index=True)
    share: int
