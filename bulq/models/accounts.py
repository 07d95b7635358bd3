"""Users, their sessions, and how a forgotten password is replaced."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import Index, text
from sqlmodel import Field

from bulq.models.base import Row, UtcTime

LOCKED = text("locked_at IS NOT NULL")


class User(Row, table=True):
    """An account. One that was deleted stays as a former member, so that what they bought and owed still adds up."""

    __table_args__ = (
        Index("ix_users_search_key", "search_key"),
        # For words within it; with SQLite it is one like the other.
        Index(
            "ix_users_search_words",
            "search_key",
            postgresql_using="gin",
            postgresql_ops={"search_key": "gin_trgm_ops"},
        ),
        Index("ix_users_admins", "id", postgresql_where=text("is_admin"), sqlite_where=text("is_admin = 1")),
        Index("ix_users_locked", "locked_at", postgresql_where=LOCKED, sqlite_where=LOCKED),
    )

    name: str = Field(max_length=100)
    username: str = Field(max_length=50)
    username_key: str = Field(max_length=100, unique=True)  # casefolded: usernames are compared without case
    # What usernames that are drawn alike have in common. None: an older account that looks like another one.
    look: str | None = Field(default=None, max_length=200, unique=True)
    # Name and username without case and accents: what admins look through.
    search_key: str = Field(default="", max_length=200, sa_column_kwargs={"server_default": ""})
    password_hash: str = Field(max_length=200)
    is_admin: bool = False
    language: str = Field(default="en", max_length=10)
    theme: str = Field(default="system", max_length=10)
    created_at: datetime = Field(sa_type=UtcTime, index=True)
    locked_at: datetime | None = Field(default=None, sa_type=UtcTime)  # since then nobody signs in with it
    locked_by: UUID | None = Field(default=None, foreign_key="users.id")
    seen_at: datetime | None = Field(default=None, sa_type=UtcTime, index=True)  # to the hour, whatever sessions ended
    deleted_at: datetime | None = Field(default=None, sa_type=UtcTime)


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
