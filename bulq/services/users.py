"""What admins of the server do with accounts. No admin locks out, or takes the rights of, themselves."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import delete
from sqlalchemy.orm import Session
from sqlmodel import col, select

from bulq import changes
from bulq.domain.actor import Actor
from bulq.domain.errors import Conflict, Forbidden, NotFound
from bulq.models import PasswordReset, User, UserSession
from bulq.queries.access import need_server_admin, need_server_admin_still
from bulq.services.accounts import rename
from bulq.services.accounts_removal import remove_account
from bulq.services.audit import record

MOST = 100  # accounts at once


def accounts_to_change(session: Session, user_ids: Collection[UUID], actor: Actor) -> list[User]:
    """These accounts, and those of all admins, locked in one order: two admins at once can't take both their rights."""
    need_server_admin(actor)
    wanted = set(user_ids)
    if len(wanted) > MOST:
        raise Conflict("too_many_at_once", maximum=MOST)
    rows = session.scalars(
        select(User)
        .where(col(User.id).in_(wanted) | col(User.is_admin))
        .order_by(col(User.id))
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    ).all()
    need_server_admin_still(session, actor)
    found = [row for row in rows if row.id in wanted and row.deleted_at is None]
    if len(found) < len(wanted):
        raise NotFound()
    return found


def _but_admins(actor: Actor, users: Collection[User]) -> None:
    """Refuse what would lock an admin out, oneself included."""
    for user in users:
        if user.id == actor.id:
            raise Conflict("not_to_yourself")
        if user.is_admin:
            raise Forbidden("admin_protected")


def _audit(session: Session, actor: Actor, action: str, user: User, now: datetime, **details: Any) -> None:
    name = f"{user.name} (@{user.username})"
    record(session, actor, action, kind="user", subject=user.id, name=name, now=now, **details)


def edit_user(session: Session, actor: Actor, user_id: UUID, name: str, username: str, *, now: datetime) -> None:
    """Another name and username; of another admin only once they are none any more, since they sign in by it."""
    (user,) = accounts_to_change(session, [user_id], actor)
    if user.is_admin and user.id != actor.id:
        raise Forbidden("admin_protected")
    before = {"name_before": user.name, "username_before": user.username}
    rename(session, user, name, username)
    _audit(session, actor, "user_edited", user, now, **before)


def lock_users(session: Session, actor: Actor, user_ids: Collection[UUID], *, now: datetime) -> None:
    """Nobody signs in with these accounts any more, and who is signed in with one no longer is."""
    users = accounts_to_change(session, user_ids, actor)
    _but_admins(actor, users)
    for user in users:
        if user.locked_at is None:
            user.locked_at, user.locked_by = now, actor.id
            session.add(user)
            _audit(session, actor, "user_locked", user, now)
        changes.note(session, changes.user(user.id))
    session.execute(delete(UserSession).where(col(UserSession.user_id).in_([user.id for user in users])))


def unlock_users(session: Session, actor: Actor, user_ids: Collection[UUID], *, now: datetime) -> None:
    for user in accounts_to_change(session, user_ids, actor):
        if user.locked_at is not None:
            user.locked_at = user.locked_by = None
            session.add(user)
            _audit(session, actor, "user_unlocked", user, now)


def end_sessions(session: Session, actor: Actor, user_ids: Collection[UUID], *, now: datetime) -> None:
    """Sign these people out everywhere, other admins too; their accounts stay as they are. Not oneself."""
    users = accounts_to_change(session, user_ids, actor)
    for user in users:
        if user.id == actor.id:
            raise Conflict("not_to_yourself")
        _audit(session, actor, "user_sessions_ended", user, now)
        changes.note(session, changes.user(user.id))
    session.execute(delete(UserSession).where(col(UserSession.user_id).in_([user.id for user in users])))


def make_admins(session: Session, actor: Actor, user_ids: Collection[UUID], *, now: datetime) -> None:
    """They look after this server, too. A locked account has to be unlocked first."""
    for user in accounts_to_change(session, user_ids, actor):
        if user.locked_at is not None:
            raise Conflict("unlock_first", name=user.name)
        if not user.is_admin:
            user.is_admin = True
            session.add(user)
            changes.note(session, changes.user(user.id))
            # Whoever made a link for them before could become them.
            session.execute(delete(PasswordReset).where(col(PasswordReset.user_id) == user.id))
            _audit(session, actor, "admin_made", user, now)


def unmake_admins(session: Session, actor: Actor, user_ids: Collection[UUID], *, now: datetime) -> None:
    """Take admin rights back, never one's own: so there always is an admin left."""
    for user in accounts_to_change(session, user_ids, actor):
        if user.id == actor.id:
            raise Conflict("not_to_yourself")
        if user.is_admin:
            user.is_admin = False
            session.add(user)
            changes.note(session, changes.user(user.id))
            _audit(session, actor, "admin_unmade", user, now)


def delete_account(session: Session, actor: Actor, user_id: UUID, *, now: datetime) -> None:
    """Delete somebody's account; refused while they lead an open run."""
    (user,) = accounts_to_change(session, [user_id], actor)
    _but_admins(actor, [user])
    _audit(session, actor, "account_deleted", user, now)
    remove_account(session, user, actor, now=now)
