"""Removes what nobody can use any more."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import delete
from sqlalchemy.orm import Session
from sqlmodel import col, select

from bulq import db
from bulq.config import settings
from bulq.jobs.failures import Tries
from bulq.models import AuditEntry, Notification, Operation, PasswordReset, UserSession
from bulq.services.catalogue_import import close_import, finish_import, unfinished

READ_KEPT, UNREAD_KEPT = timedelta(days=90), timedelta(days=365)  # notifications
OPERATIONS_KEPT = timedelta(days=90)  # longer than a phone with changes lies in a drawer
AT_ONCE = 10_000  # entries of the record: what is left goes the next time


def forget_old_sessions(now: datetime) -> int:
    """Delete sessions that are over, and links for a password that are; returns how many sessions."""
    count = 0
    with Tries("sessions") as tries:
        with tries.one("sessions"):
            count = db.write_now(_delete_sessions, now)
        with tries.one("links for a password"):
            db.write_now(_delete_links, now)
    return count


def _delete_links(session: Session, now: datetime) -> None:
    session.execute(delete(PasswordReset).where(col(PasswordReset.expires_at) <= now))


def _delete_sessions(session: Session, now: datetime) -> int:
    unused = col(UserSession.seen_at) <= now - timedelta(days=settings.session_days)
    too_old = col(UserSession.created_at) <= now - timedelta(days=settings.session_days_absolute)
    # Returning the ids counts them alike on both databases.
    return len(session.scalars(delete(UserSession).where(unused | too_old).returning(col(UserSession.id))).all())


def forget_old_notifications(now: datetime) -> int:
    """Delete those read and old, and those nobody read for a year; returns how many."""
    return db.write_now(_delete_notifications, now)


def _delete_notifications(session: Session, now: datetime) -> int:
    changed = col(Notification.updated_at)
    old = (changed <= now - UNREAD_KEPT) | (changed <= now - READ_KEPT) & col(Notification.read_at).is_not(None)
    return len(session.scalars(delete(Notification).where(old).returning(col(Notification.id))).all())


def forget_old_operations(now: datetime) -> int:
    """Delete the results of changes that no device sends again; returns how many."""
    return db.write_now(_delete_operations, now - OPERATIONS_KEPT)


def _delete_operations(session: Session, before: datetime) -> int:
    old = delete(Operation).where(col(Operation.done_at) <= before).returning(col(Operation.id))
    return len(session.scalars(old).all())


def finish_imports(now: datetime) -> int:
    """Do what imports left undone, and after a day forget what undoes them; returns how many."""
    found = db.read_now(unfinished, now=now)
    with Tries("imports") as tries:
        for import_id in found:
            with tries.one(str(import_id)):
                while db.write_now(finish_import, import_id) or db.write_now(close_import, import_id, now=now):
                    pass
    return len(found)


def forget_old_audit_entries(now: datetime) -> int:
    """Delete what was recorded longer ago than it is kept, some at a time; returns how many."""
    return db.write_now(_delete_audit_entries, now - timedelta(days=settings.audit_days))


def _delete_audit_entries(session: Session, before: datetime) -> int:
    old = select(AuditEntry.id).where(AuditEntry.at <= before).order_by(col(AuditEntry.at)).limit(AT_ONCE)
    some = delete(AuditEntry).where(col(AuditEntry.id).in_(old)).returning(col(AuditEntry.id))
    return len(session.scalars(some).all())
