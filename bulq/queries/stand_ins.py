"""Places that are kept for people who came with an imported group, and what a link to one of these shows."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session
from sqlmodel import col

from bulq import sessions
from bulq.domain.actor import Actor
from bulq.domain.errors import NotFound
from bulq.models import Balance, Group, StandIn, User
from bulq.queries.access import may_be_token
from bulq.queries.asking import Token


@dataclass(frozen=True, slots=True)
class KeptPlace:
    """Somebody who isn't here yet. `username` is the one they had where they came from."""

    user_id: UUID
    name: str
    username: str


@dataclass(frozen=True, slots=True)
class ClaimView:
    """What a link offers: the place of `person` in a group, with its balance in minor units."""

    group: str
    currency: str
    person: str
    username: str
    balance: int


def kept_places(session: Session, group_id: UUID) -> list[KeptPlace]:
    """By name."""
    query = (
        select(col(User.id), col(User.name), col(StandIn.username))
        .join(StandIn, col(StandIn.user_id) == col(User.id))
        .where(col(StandIn.group_id) == group_id)
        .order_by(col(User.name), col(User.id))
    )
    return [KeptPlace(*row) for row in session.execute(query)]


def stand_in_of(session: Session, token: str) -> StandIn | None:
    """The place to which the link with this token leads."""
    if not may_be_token(token):
        return None
    query = select(StandIn).where(col(StandIn.token_hash) == sessions.token_hash(token))
    return session.scalars(query.execution_options(populate_existing=True)).first()


def claim_view(session: Session, _viewer: Actor | None, token: Token) -> ClaimView:
    """For whoever holds the link."""
    found = stand_in_of(session, token)
    group = session.get(Group, found.group_id) if found else None
    if found is None or group is None or group.closed_at is not None:
        raise NotFound()
    owed = select(col(Balance.amount)).where(
        col(Balance.group_id) == group.id,
        col(Balance.user_id) == found.user_id,
        col(Balance.currency) == group.currency,
    )
    return ClaimView(
        group.name,
        group.currency,
        session.get_one(User, found.user_id).name,
        found.username,
        session.scalars(owed).first() or 0,
    )
