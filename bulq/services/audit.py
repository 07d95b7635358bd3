"""The record of who did what: written in the transaction of the change itself, so that neither is without the other."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session
from sqlmodel import col, select

from bulq.domain.actor import Actor
from bulq.domain.auditing import topic_of
from bulq.domain.texts import name_key
from bulq.models import AuditEntry, Group, Run, Store, User


def record(
    session: Session,
    who: Actor | None,
    action: str,
    *,
    kind: str,
    subject: UUID | None,
    name: str,
    group_id: UUID | None = None,
    address: str = "",
    now: datetime,
    **details: Any,
) -> None:
    """`who` did `action` to the `subject` of a `kind`, at that time called `name`; without anybody, the server did.

    `action` names its text in the catalogue as "audit.<action>"; `who`, `name` and `details` fill it in, and details
    hold what JSON can. `address` is where nobody known acted from.
    """
    actor = who.name if who else ""
    address = who.address if who else address
    found_by = (actor, who.username if who else "", name, str(details.get("username", "")), action.replace("_", " "))
    session.add(
        AuditEntry(
            at=now,
            actor_id=who.id if who else None,
            actor_name=actor,
            address=address,
            action=action,
            subject_kind=kind,
            subject_id=subject,
            subject_name=name[:200],
            group_id=group_id,
            details=details,
            topic=topic_of(action),
            words=" ".join(filter(None, [*map(name_key, found_by), address]))[:700],
        )
    )


def record_run(session: Session, who: Actor | None, action: str, run: Run, *, now: datetime, **details: Any) -> None:
    """Something happened to a run, which goes by the name of its store."""
    place = {"kind": "run", "subject": run.id, "name": _store(session, run), "group_id": run.group_id}
    record(session, who, action, **place, now=now, **details)


def record_group(
    session: Session, who: Actor | None, action: str, group: Group, *, now: datetime, **details: Any
) -> None:
    at = group.id
    record(session, who, action, kind="group", subject=at, name=group.name, group_id=at, now=now, **details)


def record_member(
    session: Session, who: Actor | None, action: str, group: Group, user_id: UUID, *, now: datetime
) -> None:
    """Something about a group happened to a person."""
    record_person(session, who, action, user_id, group_id=group.id, now=now, group=group.name)


def record_in_run(
    session: Session, who: Actor | None, action: str, run: Run, user_id: UUID, *, now: datetime, **details: Any
) -> None:
    """Something about a run happened to a person."""
    found = {"run": str(run.id), "store": _store(session, run)}
    record_person(session, who, action, user_id, group_id=run.group_id, now=now, **found, **details)


def record_person(
    session: Session,
    who: Actor | None,
    action: str,
    user_id: UUID,
    *,
    group_id: UUID | None = None,
    now: datetime,
    **details: Any,
) -> None:
    name = who.name if who and who.id == user_id else _person(session, user_id)
    record(session, who, action, kind="user", subject=user_id, name=name, group_id=group_id, now=now, **details)


def _store(session: Session, run: Run) -> str:
    return session.scalars(select(col(Store.name)).where(Store.id == run.store_id)).one()


def _person(session: Session, user_id: UUID) -> str:
    return session.scalars(select(col(User.name)).where(User.id == user_id)).one()
