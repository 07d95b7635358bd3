"""Links by which somebody who forgot their password sets a new one."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import delete
from sqlalchemy.orm import Session
from sqlmodel import col, select

from bulq import changes, sessions
from bulq.domain.actor import Actor
from bulq.domain.errors import Conflict, Forbidden, NotFound
from bulq.models import PasswordReset, User, UserSession
from bulq.queries.resets import usable_reset
from bulq.services.audit import record
from bulq.services.users import accounts_to_change

VALID = timedelta(hours=24)


def offer_reset(session: Session, actor: Actor, user_id: UUID, *, now: datetime) -> str:
    """The token of a new link for this user; it is stored nowhere else, and any earlier link ends.

    Whoever holds the link can become them, so that for another admin there is none here (see `renew_access`).
    """
    (user,) = accounts_to_change(session, [user_id], actor)
    if user.id == actor.id:
        raise Conflict("not_to_yourself")
    if user.is_admin:
        raise Forbidden("admin_protected")
    record(session, actor, "reset_offered", kind="user", subject=user.id, name=_named(user), now=now)
    return _make_link(session, user, actor.id, now)


def renew_access(session: Session, username_key: str, *, now: datetime) -> str:
    """The same for anybody, admins too, from the terminal of the server."""
    known = select(User).where(User.username_key == username_key, col(User.deleted_at).is_(None))
    user = session.scalars(known).first()
    if user is None:
        raise NotFound("no_such_user")
    record(session, None, "reset_offered", kind="user", subject=user.id, name=_named(user), now=now)
    return _make_link(session, user, user.id, now)


def use_reset(session: Session, token: str, new_hash: str, *, address: str = "", now: datetime) -> UUID:
    """Set the password and end all sessions of the account. The link is used up."""
    reset, user = usable_reset(session, token, now=now, lock=True)
    user.password_hash = new_hash
    reset.used_at = now
    session.add_all([user, reset])
    session.execute(delete(UserSession).where(col(UserSession.user_id) == user.id))
    changes.note(session, changes.user(user.id))
    who = Actor(user.id, user.name, user.username, user.is_admin, address=address)
    record(session, who, "password_reset", kind="user", subject=user.id, name=_named(user), now=now)
    return user.id


def _make_link(session: Session, user: User, by: UUID, now: datetime) -> str:
    unused = (col(PasswordReset.user_id) == user.id) & col(PasswordReset.used_at).is_(None)
    session.execute(delete(PasswordReset).where(unused))
    token = sessions.new_token()
    session.add(
        PasswordReset(
            user_id=user.id,
            token_hash=sessions.token_hash(token),
            created_by=by,
            created_at=now,
            expires_at=now + VALID,
        )
    )
    return token


def _named(user: User) -> str:
    return f"{user.name} (@{user.username})"
