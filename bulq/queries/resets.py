"""Whose password a reset link is for."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session
from sqlmodel import col, select

from bulq import sessions
from bulq.domain.errors import NotFound
from bulq.models import PasswordReset, User
from bulq.queries.access import may_be_token


@dataclass(frozen=True, slots=True)
class ResetView:
    name: str
    username: str


def usable_reset(session: Session, token: str, *, now: datetime, lock: bool = False) -> tuple[PasswordReset, User]:
    """The link and whose it is, while it can be used. A used, old, replaced or invented one is not there."""
    if not token or not may_be_token(token):
        raise NotFound("reset_unknown")
    query = (
        select(PasswordReset, User)
        .join(User, col(User.id) == col(PasswordReset.user_id))
        .where(
            PasswordReset.token_hash == sessions.token_hash(token),
            col(PasswordReset.used_at).is_(None),
            col(PasswordReset.expires_at) > now,
            col(User.deleted_at).is_(None),
        )
    )
    found = session.execute(query.with_for_update(key_share=True) if lock else query).first()
    if found is None:
        raise NotFound("reset_unknown")
    return found[0], found[1]


def reset_view(session: Session, token: str, *, now: datetime) -> ResetView:
    _reset, user = usable_reset(session, token, now=now)
    return ResetView(user.name, user.username)
