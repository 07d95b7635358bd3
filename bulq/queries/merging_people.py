"""Two accounts of one person side by side, and what would move from one to the other."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Column, func, or_, select
from sqlalchemy.orm import Session
from sqlmodel import SQLModel, col

from bulq.domain.actor import Actor
from bulq.domain.errors import BulqError, Conflict, NotFound
from bulq.models import (
    Allocation,
    Bid,
    Membership,
    Notification,
    Participant,
    PriceObservation,
    Purchase,
    Run,
    User,
    UserSession,
)
from bulq.queries.access import need_server_admin
from bulq.queries.merging import Merge, counted
from bulq.queries.pairs import AnyRows, pairs


@dataclass(frozen=True, slots=True)
class UserSide:
    """One of two accounts to choose between; nothing of anybody's money."""

    id: UUID
    name: str
    username: str
    is_admin: bool
    locked: bool
    created_at: datetime
    seen_at: datetime | None
    groups: int
    runs: int


def user_merge(session: Session, viewer: Actor, duplicate_id: UUID, kept_id: UUID) -> Merge[UserSide]:
    need_server_admin(viewer)
    groups = select(func.count()).where(col(Membership.user_id) == col(User.id)).scalar_subquery()
    runs = select(func.count()).where(col(Participant.user_id) == col(User.id)).scalar_subquery()
    query = select(User, groups, runs).where(col(User.id).in_([duplicate_id, kept_id]), col(User.deleted_at).is_(None))
    found = {row[0].id: row for row in session.execute(query)}
    if duplicate_id not in found or kept_id not in found:
        raise NotFound()
    duplicate, kept = _side(*found[duplicate_id]), _side(*found[kept_id])
    moves = user_moves(session, duplicate_id, kept_id)
    return Merge(duplicate, kept, moves, against_users(viewer, found[duplicate_id][0], found[kept_id][0]))


def _side(user: User, groups: int, runs: int) -> UserSide:
    return UserSide(
        id=user.id,
        name=user.name,
        username=user.username,
        is_admin=user.is_admin,
        locked=user.locked_at is not None,
        created_at=user.created_at,
        seen_at=user.seen_at,
        groups=groups,
        runs=runs,
    )


def against_users(viewer: Actor, duplicate: User, kept: User) -> BulqError | None:
    """Why the two can't become one, if so: nobody takes their own account away, or another admin's."""
    if duplicate.id == kept.id:
        return Conflict("merge_same")
    if duplicate.id == viewer.id:
        return Conflict("merge_oneself")
    if duplicate.is_admin:
        return Conflict("merge_admin")
    return None


def user_moves(session: Session, duplicate_id: UUID, kept_id: UUID) -> dict[str, int]:
    def mine(table: Any, by: str = "user_id") -> AnyRows:
        return select(table).where(getattr(table, by) == duplicate_id)

    def double(table: Any, *same: str) -> AnyRows:
        return pairs(table, "user_id", kept_id, duplicate_id, *same)

    return counted(
        session,
        groups=mine(Membership),
        double_groups=double(Membership, "group_id"),
        runs=mine(Participant),
        led_runs=mine(Run, "leader_id"),
        bids=mine(Bid),
        double_bids=double(Bid, "run_id", "product_id"),
        purchases=select(Purchase).where(
            or_(col(Purchase.payer_id) == duplicate_id, col(Purchase.bought_by) == duplicate_id)
        ),
        allocations=mine(Allocation),
        sightings=mine(PriceObservation, "seen_by"),
        notifications=mine(Notification),
        sessions=mine(UserSession),
    )


def columns_about_users() -> list[Column[Any]]:
    """Every column of every table that names a user, whichever tables there are."""
    return [
        column
        for table in SQLModel.metadata.sorted_tables
        for column in table.columns
        if any(key.column is SQLModel.metadata.tables["users"].c.id for key in column.foreign_keys)
    ]
