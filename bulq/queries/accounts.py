"""What somebody sees of their own account."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session
from sqlmodel import col, func, select

from bulq.config import settings
from bulq.domain.actor import Actor
from bulq.domain.phases import Phase
from bulq.domain.statements import EntryKind
from bulq.models import (
    Group,
    Membership,
    Notification,
    Participant,
    Run,
    StatementLine,
    User,
    UserSession,
)
from bulq.queries.access import may_be_token
from bulq.queries.item_shares import given_out_to


@dataclass(frozen=True, slots=True)
class SessionLine:
    id: UUID
    user_agent: str
    created_at: datetime
    seen_at: datetime
    is_this: bool


@dataclass(frozen=True, slots=True)
class Figures:
    """What came of it all: products got and what they cost, runs taken part in, led and helped, and groups."""

    products: int
    spent: tuple[tuple[str, int], ...]  # by currency, minor units
    runs: int
    led: int
    helped: int
    groups: int


@dataclass(frozen=True, slots=True)
class ProfileView:
    name: str
    username: str
    theme: str
    language: str
    created_at: datetime
    sessions: tuple[SessionLine, ...]
    figures: Figures


@dataclass(frozen=True, slots=True)
class Me:
    """Who is looking: what every page shows of them."""

    id: str
    name: str
    username: str
    is_admin: bool
    language: str
    theme: str
    unread: int


def me(session: Session, viewer: Actor) -> Me:
    theme, unread = session.execute(
        select(User.theme, select(func.count()).where(_unread(viewer)).scalar_subquery()).where(User.id == viewer.id)
    ).one()
    return Me(str(viewer.id), viewer.name, viewer.username, viewer.is_admin, viewer.language, theme, unread)


def _unread(viewer: Actor) -> sa.ColumnElement[bool]:
    return sa.and_(col(Notification.user_id) == viewer.id, col(Notification.read_at).is_(None))


def profile(session: Session, viewer: Actor, *, now: datetime) -> ProfileView:
    user = session.get_one(User, viewer.id)
    rows = session.scalars(
        select(UserSession)
        .where(
            UserSession.user_id == viewer.id,
            col(UserSession.seen_at) > now - timedelta(days=settings.session_days),
            col(UserSession.created_at) > now - timedelta(days=settings.session_days_absolute),
        )
        .order_by(col(UserSession.seen_at).desc(), col(UserSession.id).desc())
        .limit(settings.page_size)
    )
    sessions = tuple(
        SessionLine(row.id, row.user_agent, row.created_at, row.seen_at, row.id == viewer.session_id) for row in rows
    )
    figures = _figures(session, viewer)
    return ProfileView(user.name, user.username, user.theme, user.language, user.created_at, sessions, figures)


def _figures(session: Session, viewer: Actor) -> Figures:
    groups = (
        select(func.count())
        .select_from(Membership)
        .join(Group)
        .where(Membership.user_id == viewer.id, col(Group.closed_at).is_(None))
    )
    led = select(func.count()).select_from(Run).where(Run.leader_id == viewer.id)
    runs, helped, led, in_groups = session.execute(
        select(
            func.count(),
            func.count().filter(col(Participant.helper_since).is_not(None)),
            led.scalar_subquery(),
            groups.scalar_subquery(),
        )
        .select_from(Participant)
        .where(Participant.user_id == viewer.id)
    ).one()
    products, spent = _goods_of(session, viewer)
    return Figures(products, spent, runs, led, helped, in_groups)


def _goods_of(session: Session, viewer: Actor) -> tuple[int, tuple[tuple[str, int], ...]]:
    """How many products somebody got, and what these cost by currency: from the ledger of completed runs, and from the
    statements of those whose goods are being picked up.
    """
    currency = (
        sa.select(col(Group.currency))
        .join(Run, col(Run.group_id) == col(Group.id))
        .where(col(Run.id) == col(StatementLine.run_id), col(Run.phase) == Phase.COMPLETED)
        .scalar_subquery()
    )
    goods = (
        sa.select(col(StatementLine.item_id), currency, sa.func.sum(col(StatementLine.amount)))
        .where(col(StatementLine.user_id) == viewer.id, col(StatementLine.kind) == EntryKind.GOODS)
        .group_by(col(StatementLine.item_id), col(StatementLine.run_id))
    )
    lines = {(item_id, code): int(amount) for item_id, code, amount in session.execute(goods) if code}
    lines |= given_out_to(session, viewer.id)
    spent: dict[str, int] = defaultdict(int)
    for (_, code), amount in lines.items():
        spent[code] += amount
    return len(lines), tuple(sorted(spent.items()))


def names_around(session: Session, user_id: UUID) -> tuple[str, ...]:
    """What others know of somebody: their name and username, and the names of their groups."""
    user = session.get_one(User, user_id)
    groups = select(Group.name).join(Membership).where(Membership.user_id == user_id).order_by(col(Group.id))
    return user.name, user.username, *session.scalars(groups.limit(settings.groups_per_user))


def group_of_invite(session: Session, invite: str | None) -> tuple[str, ...]:
    """The name of the group that somebody is invited to; empty without a group."""
    if invite is None or not may_be_token(invite):
        return ()
    return tuple(session.scalars(select(Group.name).where(Group.invite_token == invite)))
