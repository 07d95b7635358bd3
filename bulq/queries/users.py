"""The accounts of this server, for its admins."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, select, true
from sqlalchemy.orm import Session
from sqlmodel import col

from bulq.domain.actor import Actor
from bulq.models import User
from bulq.queries.access import need_server_admin
from bulq.queries.listing import Listed, Wish, list_page, with_words

ACTIVE = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class UserLine:
    id: UUID
    name: str
    username: str
    is_admin: bool
    locked_at: datetime | None
    created_at: datetime
    seen_at: datetime | None


def users_list(session: Session, viewer: Actor, wish: Wish, *, now: datetime) -> Listed[UserLine]:
    """Filter "who": admins, locked, active (seen in 30 days). Sorts: name, username, joined, seen."""
    need_server_admin(viewer)
    query = select(
        col(User.id),
        col(User.name),
        col(User.username),
        col(User.is_admin),
        col(User.locked_at),
        col(User.created_at),
        col(User.seen_at),
    ).where(col(User.deleted_at).is_(None), *with_words(col(User.search_key), wish.typed))
    kinds: dict[str, ColumnElement[bool]] = {
        "admins": col(User.is_admin) == true(),
        "locked": col(User.locked_at).is_not(None),
        "active": col(User.seen_at) > now - ACTIVE,
    }
    if (kind := wish.chosen("who")) in kinds:
        query = query.where(kinds[kind])
    return list_page(
        session,
        query,
        wish,
        key=col(User.id),
        sorts={
            "name": col(User.search_key),
            "username": col(User.username_key),
            "joined": col(User.created_at),
            "seen": col(User.seen_at),
        },
        sort="name",
        row=UserLine,
    )
