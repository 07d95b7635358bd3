"""Who is to pay whom in a group, and what became of it."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, BigInteger, CheckConstraint, Index, text
from sqlmodel import Field

from bulq.domain.payments import PaymentState
from bulq.domain.settling import PlanKind
from bulq.models.base import Row, UtcTime, text_of

STANDS = text("replaced_at IS NULL")


class Plan(Row, table=True):
    """A plan that somebody saved. Its lines are payments. It stays as it is until another one takes its place."""

    __table_args__ = (
        Index(
            "uq_plans_standing",
            *("group_id", "currency"),
            unique=True,
            postgresql_where=STANDS,
            sqlite_where=STANDS,
        ),
    )

    group_id: UUID = Field(foreign_key="groups.id")
    currency: str = Field(max_length=3)
    kind: PlanKind = Field(sa_type=text_of(PlanKind))
    made_by: UUID = Field(foreign_key="users.id")
    made_at: datetime = Field(sa_type=UtcTime)
    replaced_at: datetime | None = Field(default=None, sa_type=UtcTime)


class Payment(Row, table=True):
    """Money from one person to another. Only a confirmed payment changes balances, by its posting.

    Of a line that is paid in parts each part is a payment; what is left stays proposed. A line is one of a plan, or
    with `run_id` an advance: what somebody pays the leader of the run before the goods are paid for.
    """

    __table_args__ = (
        CheckConstraint("amount > 0", name="amount"),
        Index("ix_payments_group", "group_id", "state"),
        Index("ix_payments_sender", "sender_id", "state"),
        Index("ix_payments_receiver", "receiver_id", "state"),
        Index("ix_payments_state", "state"),
    )

    group_id: UUID = Field(foreign_key="groups.id")
    currency: str = Field(max_length=3)
    sender_id: UUID = Field(foreign_key="users.id")
    receiver_id: UUID = Field(foreign_key="users.id")
    amount: int = Field(sa_type=BigInteger)  # minor units
    state: PaymentState = Field(sa_type=text_of(PaymentState))
    plan_id: UUID | None = Field(default=None, foreign_key="plans.id", index=True)
    run_id: UUID | None = Field(default=None, foreign_key="runs.id", index=True)
    # Of a line: why it is so, as [amount, [[debtor, creditor, planned], …]] each. See domain/netting.py.
    reasons: list[Any] = Field(default_factory=list, sa_type=JSON)
    note: str = Field(default="", max_length=500)
    reason: str = Field(default="", max_length=500)  # why the receiver disputes it
    created_by: UUID = Field(foreign_key="users.id")
    created_at: datetime = Field(sa_type=UtcTime)  # of a line of a plan: since when it is to be paid
    paid_at: datetime | None = Field(default=None, sa_type=UtcTime)
    answered_at: datetime | None = Field(default=None, sa_type=UtcTime)
    answered_by: UUID | None = Field(default=None, foreign_key="users.id")  # None: nobody for as long as the group set
    reminded_at: datetime | None = Field(default=None, sa_type=UtcTime)
    remind_after: int | None = None  # days after which the sender is reminded again
    posting_id: UUID | None = Field(default=None, foreign_key="postings.id", index=True)
