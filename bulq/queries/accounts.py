"""What somebody sees of their own account."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy.orm import Session
from sqlmodel import col, func, select

from bulq.config import settings
from bulq.domain.actor import Actor
from bulq.models import Notification, User, UserSession


@dataclass(frozen=True, slots=True)
class SessionLine:
    id: UUID
    user_agent: str
    created_at: datetime
    seen_at: datetime
    is_this: bool


@dataclass(frozen=True, slots=True)
class ProfileView:
    name: str
    username: str
    theme: str
    language: str
    created_at: datetime
    sessions: tuple[SessionLine, ...]


def unread_count(session: Session, viewer: Actor) -> int:
    query = select(func.count()).select_from(Notification)
    return session.scalars(query.where(Notification.user_id == viewer.id, col(Notification.read_at).is_(None))).one()


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
    return ProfileView(user.name, user.username, user.theme, user.language, user.created_at, sessions)
