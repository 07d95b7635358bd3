"""What the server did by itself (backups, jobs, incidents its admins are told of), and which changes it has made."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, BigInteger, Text
from sqlmodel import Field, SQLModel

from bulq.models.base import Row, UtcTime


class Backup(Row, table=True):
    """One try to make a backup. It is good with a `proved_at` and no error: restored once, and everything was there."""

    name: str = Field(max_length=100, unique=True)
    kind: str = Field(max_length=20)  # of the database: "postgresql" or "sqlite"
    started_at: datetime = Field(sa_type=UtcTime, index=True)
    finished_at: datetime | None = Field(default=None, sa_type=UtcTime)
    size: int | None = Field(default=None, sa_type=BigInteger)  # bytes, as stored; None: nothing was stored
    sha256: str | None = Field(default=None, max_length=64)
    facts: dict[str, Any] | None = Field(default=None, sa_type=JSON)  # rows and money at the moment it shows
    proved_at: datetime | None = Field(default=None, sa_type=UtcTime)
    error: str = Field(default="", max_length=1000)


class JobRun(SQLModel, table=True):
    """The last time a job ran in any process. While `busy_until` is in the future, one that may run only once runs."""

    __tablename__ = "job_runs"  # pyright: ignore[reportAssignmentType]

    name: str = Field(max_length=40, primary_key=True)
    started_at: datetime | None = Field(default=None, sa_type=UtcTime)
    seconds: float | None = None
    error: str = Field(default="", max_length=1000)
    busy_until: datetime | None = Field(default=None, sa_type=UtcTime)


class Incident(Row, table=True):
    """Trouble from when it was noticed until it was over. Of a kind one is open at a time: `open_kind` is unique."""

    kind: str = Field(max_length=40)
    open_kind: str | None = Field(default=None, max_length=40, unique=True)  # the kind while open, then None
    detail: str = Field(default="", max_length=1000)
    opened_at: datetime = Field(sa_type=UtcTime)
    told_at: datetime | None = Field(default=None, sa_type=UtcTime)  # by webhook and e-mail
    closed_at: datetime | None = Field(default=None, sa_type=UtcTime)
    over_told_at: datetime | None = Field(default=None, sa_type=UtcTime)


class Operation(SQLModel, table=True):
    """A change that somebody made under an id of their own. The same id is answered with `result`, and changes nothing.

    `digest` tells whether it is the same change.
    """

    __tablename__ = "operations"  # pyright: ignore[reportAssignmentType]

    user_id: UUID = Field(foreign_key="users.id", primary_key=True, ondelete="CASCADE")
    id: UUID = Field(primary_key=True)
    digest: str = Field(max_length=32)
    result: str = Field(default="null", sa_type=Text)  # JSON
    done_at: datetime = Field(sa_type=UtcTime, index=True)
