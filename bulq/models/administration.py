"""What admins decide for the whole server, and the record of who did what."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, Index
from sqlmodel import Field, SQLModel

from bulq.domain.auditing import Topic
from bulq.models.base import Row, UtcTime, text_of


class ServerSetting(SQLModel, table=True):
    """A choice made on the admin pages; without a row its default holds."""

    __tablename__ = "server_settings"  # pyright: ignore[reportAssignmentType]

    name: str = Field(max_length=40, primary_key=True)
    value: str = Field(max_length=200)
    changed_by: UUID = Field(foreign_key="users.id")
    changed_at: datetime = Field(sa_type=UtcTime)


class AuditEntry(Row, table=True):
    """Who did what, when and from where. Append-only: written with the change, never changed.

    The actor is named as of then, and no foreign key binds the entry to what it is about: it outlives both.
    """

    __table_args__ = (
        Index("ix_audit_entries_actor", "actor_id", "at"),
        Index("ix_audit_entries_subject", "subject_kind", "subject_id", "at"),
        Index("ix_audit_entries_topic", "topic", "at"),
        Index("ix_audit_entries_kind", "subject_kind", "at"),
        Index("ix_audit_entries_words", "words", postgresql_using="gin", postgresql_ops={"words": "gin_trgm_ops"}),
    )

    at: datetime = Field(sa_type=UtcTime, index=True)
    actor_id: UUID | None = None  # None: the server by itself
    actor_name: str = Field(default="", max_length=100)
    address: str = Field(default="", max_length=45)  # of the actor's machine; empty: this server
    action: str = Field(max_length=40, index=True)  # such as "user_locked": names its text in the catalogue
    subject_kind: str = Field(default="", max_length=20)  # "user", "product", "store", "group", "run", "tag" …
    subject_id: UUID | None = None
    subject_name: str = Field(default="", max_length=200)
    group_id: UUID | None = None
    details: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)
    topic: Topic = Field(default=Topic.SERVER, sa_type=text_of(Topic))
    words: str = Field(default="", max_length=700)  # by which it is found: keys of actor, subject, action and address
