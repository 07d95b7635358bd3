"""Removes what nobody can use any more."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import delete
from sqlalchemy.orm import Session
from sqlmodel import col

from bulq import db
from bulq.config import settings
from bulq.models import UserSession


def forget_old_sessions(now: datetime) -> int:
    """Delete sessions that are over; returns how many."""
    return db.write_now(_delete, now)


def _delete(session: Session, now: datetime) -> int:
    unused = col(UserSession.seen_at) <= now - timedelta(days=settings.session_days)
    too_old = col(UserSession.created_at) <= now - timedelta(days=settings.session_days_absolute)
    # Returning the ids counts them alike on both databases.
    return len(session.scalars(delete(UserSession).where(unused | too_old).returning(col(UserSession.id))).all())
