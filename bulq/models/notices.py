"""Notifications: what somebody should hear of."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, Index
from sqlmodel import Field

from bulq.models.base import Row, UtcTime


class Notification(Row, table=True):
    """`kind` names its text in the catalogue, `details` fill it in; `count` changes of one run are one entry."""

    __table_args__ = (Index("ix_notifications_user", "user_id", "updated_at"),)

    user_id: UUID = Field(foreign_key="users.id")
    group_id: UUID | None = Field(default=None, foreign_key="groups.id")
    run_id: UUID | None = Field(default=None, foreign_key="runs.id", index=True)
    kind: str = Field(max_length=40)
    details: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)
    count: int = 1
    created_at: datetime = Field(sa_type=UtcTime)
    updated_at: datetime = Field(sa_type=UtcTime)
    read_at: datetime | None = Field(default=None, sa_type=UtcTime)
