"""Users, their sessions, and how a forgotten password is replaced."""

from datetime import datetime
from uuid import UUID

from sqlmodel import Field

from bulq.models.base import Row, UtcTime


class User(Row, table=True):
    name: str = Field(max_length=100)
    username: str = Field(max_length=50)
    username_key: str = Field(max_length=100, unique=True)  # casefolded: usernames are compared without case
    password_hash: str = Field(max_length=200)
    is_admin: bool = False
    language: str = Field(default="en", max_length=10)
    theme: str = Field(default="system", max_length=10)
    created_at: datetime = Field(sa_type=UtcTime, index=True)
    locked_at: datetime | None = Field(default=None, sa_type=UtcTime)  # since then nobody signs in with it
    locked_by: UUID | None = Field(default=None, foreign_key="users.id")


class UserSession(Row, table=True):
    """A signed-in browser. Only the SHA-256 of its token is kept."""

    user_id: UUID = Field(foreign_key="users.id", index=True)
    token_hash: str = Field(max_length=64, unique=True)
    created_at: datetime = Field(sa_type=UtcTime)
    seen_at: datetime = Field(sa_type=UtcTime, index=True)
    user_agent: str = Field(default="", max_length=200)


class PasswordReset(Row, table=True):
    """A link by which a user sets a new password, once; admins hand it out. Only the SHA-256 of its token is kept."""

    user_id: UUID = Field(foreign_key="users.id", index=True)
    token_hash: str = Field(max_length=64, unique=True)
    created_by: UUID = Field(foreign_key="users.id")
    created_at: datetime = Field(sa_type=UtcTime)
    expires_at: datetime = Field(sa_type=UtcTime)
    used_at: datetime | None = Field(default=None, sa_type=UtcTime)
