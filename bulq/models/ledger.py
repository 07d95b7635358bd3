"""What members of a group owe each other: postings, their entries, and the balances these add up to."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, Index, UniqueConstraint
from sqlmodel import Field

from bulq.domain.ledger import PostingKind
from bulq.models.base import Row, UtcTime, text_of


class Posting(Row, table=True):
    """Something that changed balances. Its entries sum to zero. Nothing of a posting is changed later."""

    __table_args__ = (Index("ix_postings_group", "group_id", "posted_at"),)

    group_id: UUID = Field(foreign_key="groups.id")
    currency: str = Field(max_length=3)
    kind: PostingKind = Field(sa_type=text_of(PostingKind))
    run_id: UUID | None = Field(default=None, foreign_key="runs.id", index=True)
    reason: str = Field(default="", max_length=500)
    actor_id: UUID | None = Field(default=None, foreign_key="users.id")  # None: the server by itself
    posted_at: datetime = Field(sa_type=UtcTime)


class LedgerEntry(Row, table=True):
    """What a posting changed for one person. An amount above 0 means that the group owes the person so much more.

    The database lets nobody change an amount or remove an entry. A merge of accounts moves `user_id`.
    """

    __table_args__ = (Index("ix_ledger_entries_person", "group_id", "user_id", "currency"),)

    posting_id: UUID = Field(foreign_key="postings.id", index=True)
    group_id: UUID = Field(foreign_key="groups.id")
    currency: str = Field(max_length=3)
    user_id: UUID = Field(foreign_key="users.id", index=True)
    amount: int = Field(sa_type=BigInteger)  # minor units


class Balance(Row, table=True):
    """The sum of a person's entries in a group and currency: paid − consumed + sent − received, in minor units."""

    __table_args__ = (UniqueConstraint("group_id", "user_id", "currency"),)

    group_id: UUID = Field(foreign_key="groups.id")
    user_id: UUID = Field(foreign_key="users.id", index=True)
    currency: str = Field(max_length=3)
    amount: int = Field(sa_type=BigInteger)
