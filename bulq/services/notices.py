"""Telling people: one entry per person, several changes of one run within five minutes counted together."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import update
from sqlalchemy.orm import Session
from sqlmodel import col, select

from bulq import changes
from bulq.domain.actor import Actor
from bulq.domain.errors import NotFound
from bulq.models import Group, Membership, Notification, Participant, Run, User

TOGETHER = timedelta(minutes=5)
# These reach people who are in the group no more.
FAREWELLS = ("removed", "group_closed", "balance_up_since_left", "balance_down_since_left")


def tell(
    session: Session,
    people: Collection[UUID],
    kind: str,
    *,
    now: datetime,
    run: Run | None = None,
    group_id: UUID | None = None,
    by: Actor | User | None = None,
    **details: Any,
) -> None:
    """Write one notification for each of `people`: `notice.<kind>` with `details` filled in, and `by` as its `who`.

    Of a run or a group only its members hear. Whoever has left hears of nothing that happens there afterwards, but
    that their balance changed (`tell_former`).
    Notes the topic of each of them.
    """
    place = run.group_id if run else group_id
    if place is not None and kind not in FAREWELLS:
        people = members_among(session, place, people)
    if not people:
        return
    changes.note(session, *map(changes.user, people))
    if by is not None:
        details |= {"who": by.name, "by": str(by.id)}
    earlier: dict[UUID, Notification] = {}
    if run is not None:
        rows = session.scalars(
            select(Notification).where(
                col(Notification.run_id) == run.id,
                col(Notification.user_id).in_(people),
                col(Notification.read_at).is_(None),
                col(Notification.updated_at) > now - TOGETHER,
            )
        )
        earlier = {row.user_id: row for row in rows}
    for person in people:
        if (entry := earlier.get(person)) is not None:
            entry.kind, entry.details, entry.updated_at, entry.count = kind, details, now, entry.count + 1
            session.add(entry)
            continue
        session.add(
            Notification(
                user_id=person,
                group_id=run.group_id if run else group_id,
                run_id=run.id if run else None,
                kind=kind,
                details=details,
                created_at=now,
                updated_at=now,
            )
        )


def tell_former(session: Session, group: Group, changed: Mapping[str, int], currency: str, *, now: datetime) -> None:
    """Tell those who have left the group that their balance changed, by so many minor units. Nothing else is told.

    Not whose account is gone.
    """
    people = [UUID(person) for person in changed]
    here = select(Membership.user_id).where(Membership.group_id == group.id, col(Membership.user_id).in_(people))
    gone = col(User.deleted_at).is_not(None)
    former = select(User.id).where(col(User.id).in_(people), col(User.id).not_in(here), ~gone)
    for user_id in session.scalars(former):
        amount = changed[str(user_id)]
        kind = "balance_up_since_left" if amount > 0 else "balance_down_since_left"
        about: dict[str, Any] = {"group": group.name, "amount": abs(amount), "currency": currency}
        tell(session, [user_id], kind, now=now, group_id=group.id, **about)


def forget_who(session: Session, user_id: UUID, name: str) -> None:
    """Tell of what somebody did as done by `name` from now on."""
    theirs = col(Notification.details)["by"].as_string() == str(user_id)
    for entry in session.scalars(select(Notification).where(theirs)):
        entry.details = entry.details | {"who": name}
        session.add(entry)
        changes.note(session, changes.user(entry.user_id))


def participants_but(session: Session, run: Run, actor_id: UUID | None) -> list[UUID]:
    """Who takes part in the run, without the one who acts."""
    rows = session.scalars(select(Participant.user_id).where(Participant.run_id == run.id))
    return [user for user in rows if user != actor_id]


def members_among(session: Session, group_id: UUID, people: Collection[UUID]) -> list[UUID]:
    """Those of `people` who are in the group: whoever has left it hears of nothing that happens there."""
    if not people:
        return []
    query = select(Membership.user_id).where(Membership.group_id == group_id, col(Membership.user_id).in_(people))
    return list(session.scalars(query))


def read_one(session: Session, actor: Actor, notification_id: UUID, *, now: datetime) -> Notification:
    entry = session.get(Notification, notification_id)
    if entry is None or entry.user_id != actor.id:
        raise NotFound()
    entry.read_at = entry.read_at or now
    session.add(entry)
    changes.note(session, changes.user(actor.id))
    return entry


def read_about(session: Session, actor: Actor, run_id: UUID, *, now: datetime) -> None:
    """Whoever looks at a run has read what they were told of it."""
    mine = (col(Notification.user_id) == actor.id) & (col(Notification.run_id) == run_id)
    unread = update(Notification).where(mine, col(Notification.read_at).is_(None)).values(read_at=now)
    if session.execute(unread.returning(col(Notification.id))).first() is not None:
        changes.note(session, changes.user(actor.id))


def read_all(session: Session, actor: Actor, *, now: datetime) -> None:
    session.execute(
        update(Notification)
        .where(col(Notification.user_id) == actor.id, col(Notification.read_at).is_(None))
        .values(read_at=now)
    )
    changes.note(session, changes.user(actor.id))
