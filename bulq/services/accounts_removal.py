"""Deleting an account: what it was part of stays with a former member, so that every sum still holds."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import delete
from sqlalchemy.orm import Session
from sqlmodel import col, select

from bulq import changes
from bulq.domain.actor import Actor
from bulq.domain.errors import Conflict
from bulq.domain.phases import OPEN
from bulq.domain.texts import name_key
from bulq.i18n import text
from bulq.models import Group, Membership, Notification, PasswordReset, Payout, Run, Store, User, UserSession
from bulq.queries.shown import topics_naming
from bulq.services.accounts import known_by_password
from bulq.services.audit import record, record_member
from bulq.services.departures import depart, shut
from bulq.services.notices import forget_who, tell


def remove_own_account(session: Session, actor: Actor, proven: str, *, now: datetime) -> None:
    """Delete one's own account; only with the current password, and not as the last admin of the server."""
    known_by_password(session, actor.id, proven)
    rows = session.scalars(
        select(User)
        .where((col(User.id) == actor.id) | col(User.is_admin))
        .order_by(col(User.id))
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    ).all()
    user = next(row for row in rows if row.id == actor.id)
    if user.is_admin and not any(row.is_admin and row.locked_at is None for row in rows if row is not user):
        raise Conflict("last_server_admin")
    name = f"{user.name} (@{user.username})"
    record(session, actor, "account_given_up", kind="user", subject=user.id, name=name, now=now)
    remove_account(session, user, actor, now=now)


def remove_account(session: Session, user: User, actor: Actor, *, now: datetime) -> None:
    """Take the person out of everything and forget who they were. The user must be locked.

    Refused while they lead an open run. A group they alone looked after goes to its longest-serving member; one they
    were alone in is closed.
    """
    theirs = select(Membership.group_id).where(Membership.user_id == user.id)
    groups = session.scalars(
        select(Group)
        .where(col(Group.id).in_(theirs), col(Group.closed_at).is_(None))
        .order_by(col(Group.id))
        .with_for_update(key_share=True)
    ).all()
    # After the groups are locked: nobody starts a run in them any more.
    leads = select(Store.name).join(Run).where(Run.leader_id == user.id, col(Run.phase).in_(OPEN)).order_by(col(Run.id))
    if store := session.scalars(leads.limit(1)).first():
        raise Conflict("you_lead_open_run" if user.id == actor.id else "leads_open_run", name=user.name, store=store)
    changes.note(session, changes.user(user.id), *topics_naming(session, user.id))
    for group in groups:
        _leave(session, group, user, actor, now)
    # Memberships that are left are those of closed groups.
    for table in (Membership, UserSession, Notification, PasswordReset, Payout):
        session.execute(delete(table).where(col(table.user_id) == user.id))
    _forget(session, user, now)


def _leave(session: Session, group: Group, user: User, actor: Actor, now: datetime) -> None:
    memberships = session.scalars(select(Membership).where(Membership.group_id == group.id)).all()
    others = sorted((each for each in memberships if each.user_id != user.id), key=lambda each: each.joined_at)
    if not others:
        shut(session, group, actor, now=now)
    elif not any(each.is_admin for each in others):
        others[0].is_admin = True
        session.add(others[0])
        changes.note(session, changes.group(group.id))
        successor = others[0].user_id
        record_member(session, actor, "member_promoted", group, successor, now=now)
        tell(session, [successor], "made_admin", now=now, group_id=group.id, by=user, group=group.name)
    for mine in memberships:
        if mine.user_id == user.id:
            how = "member_left" if user.id == actor.id else "member_removed"
            record_member(session, actor, how, group, user.id, now=now)
            depart(session, mine, actor, user.name, now=now)


def _forget(session: Session, user: User, now: datetime) -> None:
    user.name = text("admin.users.former_member")
    # Never a username, so that it is nobody's and takes nobody's; the old one is free.
    user.username = user.username_key = f"former.{user.id.hex[-12:]}"
    user.look = None
    user.search_key = name_key(user.name)
    forget_who(session, user.id, user.name)
    user.password_hash, user.is_admin, user.deleted_at = "", False, now
    session.add(user)
    session.flush()
