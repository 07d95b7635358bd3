"""The people of a group."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session
from sqlmodel import col

from bulq.models import Membership, User


@dataclass(frozen=True, slots=True)
class Member:
    user_id: UUID
    name: str
    username: str
    is_admin: bool
    joined_at: datetime


def members_of(session: Session, group_id: UUID) -> list[Member]:
    """Everybody in the group, by name."""
    rows = session.execute(
        select(col(User.id), col(User.name), col(User.username), col(Membership.is_admin), col(Membership.joined_at))
        .join(Membership, col(Membership.user_id) == col(User.id))
        .where(col(Membership.group_id) == group_id)
        .order_by(col(User.name), col(User.id))
    )
    return [Member(*row) for row in rows]


def is_member(session: Session, group_id: UUID, user_id: UUID) -> bool:
    query = select(col(Membership.id)).where(col(Membership.group_id) == group_id, col(Membership.user_id) == user_id)
    return session.scalars(query).first() is not None


def names_in(session: Session, ids: Iterable[UUID]) -> dict[str, str]:
    """What these people are called, by id."""
    rows = session.execute(select(col(User.id), col(User.name)).where(col(User.id).in_(list(ids))))
    return {str(user_id): name for user_id, name in rows}
