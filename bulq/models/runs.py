"""A run and the people and wishes in it."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, ForeignKeyConstraint, Index, UniqueConstraint
from sqlmodel import Field

from bulq.domain.advances import AdvanceShare
from bulq.domain.phases import Phase
from bulq.models.base import Row, UtcTime, text_of


class Run(Row, table=True):
    __table_args__ = (Index("ix_runs_group_phase", "group_id", "phase"),)

    group_id: UUID = Field(foreign_key="groups.id")
    store_id: UUID = Field(foreign_key="stores.id", index=True)
    leader_id: UUID = Field(foreign_key="users.id", index=True)
    phase: Phase = Field(default=Phase.PLANNING, sa_type=text_of(Phase))
    note: str = Field(default="", max_length=500)
    shopping_day: date | None = None
    bids_close_at: datetime | None = Field(default=None, sa_type=UtcTime, index=True)
    hand_over_to: UUID | None = Field(default=None, foreign_key="users.id")  # one open request, by being one column
    cancel_reason: str = Field(default="", max_length=500)
    created_at: datetime = Field(sa_type=UtcTime)
    ended_at: datetime | None = Field(default=None, sa_type=UtcTime)
    # How much of the estimate the leader asks everybody to pay in advance.
    advance: AdvanceShare = Field(
        default=AdvanceShare.NONE, sa_type=text_of(AdvanceShare), sa_column_kwargs={"server_default": "none"}
    )


class PhaseEntry(Row, table=True):
    """A run came into a phase. Without an actor it happened by itself (the deadline)."""

    run_id: UUID = Field(foreign_key="runs.id", index=True)
    phase: Phase = Field(sa_type=text_of(Phase))
    actor_id: UUID | None = Field(default=None, foreign_key="users.id")
    entered_at: datetime = Field(sa_type=UtcTime)


def participant_key(table: str, column: str) -> ForeignKeyConstraint:
    """The foreign key by which the database keeps whoever is named in `column` among the participants of the run."""
    theirs = ["participants.run_id", "participants.user_id"]
    return ForeignKeyConstraint(["run_id", column], theirs, name=f"fk_{table}_participant", onupdate="CASCADE")


class Participant(Row, table=True):
    """Somebody who leads, helps, bids, paid or gets something in the run."""

    __table_args__ = (UniqueConstraint("run_id", "user_id"),)

    run_id: UUID = Field(foreign_key="runs.id")
    user_id: UUID = Field(foreign_key="users.id", index=True)
    helper_since: datetime | None = Field(default=None, sa_type=UtcTime)
    ready_at: datetime | None = Field(default=None, sa_type=UtcTime)
    joined_at: datetime = Field(sa_type=UtcTime)


class Bid(Row, table=True):
    """How much one person wants of a product; without a quantity, only interested."""

    __table_args__ = (
        UniqueConstraint("run_id", "user_id", "product_id"),
        CheckConstraint("quantity > 0", name="quantity"),
        CheckConstraint("up_to > 0 AND (up_to_cap IS NULL OR up_to_cap >= 0)", name="up_to"),
        participant_key("bids", "user_id"),
    )

    run_id: UUID = Field(foreign_key="runs.id")
    user_id: UUID = Field(foreign_key="users.id", index=True)
    product_id: UUID = Field(foreign_key="products.id", index=True)
    quantity: int | None = Field(default=None, sa_type=BigInteger)  # thousandths
    wanted: int | None = Field(default=None, sa_type=BigInteger)  # when shopping ended, before any adjusting
    # "2, up to 4": so much (thousandths) the bidder takes where that fills a case, while what comes beside the quantity
    # costs at most the cap (minor units; None: whatever it costs).
    up_to: int | None = Field(default=None, sa_type=BigInteger)
    up_to_cap: int | None = Field(default=None, sa_type=BigInteger)
    note: str = Field(default="", max_length=500)
    edited_by: UUID | None = Field(default=None, foreign_key="users.id")  # the leader, when it was not the bidder
    edited_from: int | None = Field(default=None, sa_type=BigInteger)
    wanted_by: UUID | None = Field(default=None, foreign_key="users.id")  # edited_by when shopping ended
    wanted_from: int | None = Field(default=None, sa_type=BigInteger)
    created_at: datetime = Field(sa_type=UtcTime)
    updated_at: datetime = Field(sa_type=UtcTime)


class BidRaise(Row, table=True):
    """One raise of a bid. The raises of a bid add up to it; their order decides under "first come"."""

    __table_args__ = (CheckConstraint("quantity >= 0", name="quantity"),)

    bid_id: UUID = Field(foreign_key="bids.id", index=True, ondelete="CASCADE")
    quantity: int = Field(sa_type=BigInteger)  # thousandths; 0 for one that adjusting has used up
    wanted: int | None = Field(default=None, sa_type=BigInteger)  # when shopping ended, before any adjusting
    made_at: datetime = Field(sa_type=UtcTime)


class CaseChoice(Row, table=True):
    """What the leader chose for a case that the bids on a product left open, and why: to fill it, or not to open it."""

    run_id: UUID = Field(foreign_key="runs.id", index=True)
    product_id: UUID = Field(foreign_key="products.id", index=True)
    size: int = Field(sa_type=BigInteger)  # thousandths
    wanted: int = Field(sa_type=BigInteger)  # thousandths: the sum of the bids before
    filled: bool
    reason: str = Field(default="", max_length=500)
    decided_by: UUID = Field(foreign_key="users.id")
    decided_at: datetime = Field(sa_type=UtcTime)


class CaseShare(Row, table=True):
    """What such a choice changed for one person: thousandths. `value` is what they pay more for it, in minor units."""

    choice_id: UUID = Field(foreign_key="case_choices.id", index=True, ondelete="CASCADE")
    user_id: UUID = Field(foreign_key="users.id", index=True)
    before: int = Field(sa_type=BigInteger)
    after: int = Field(sa_type=BigInteger)
    value: int = Field(default=0, sa_type=BigInteger)
