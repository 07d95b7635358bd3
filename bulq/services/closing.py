"""Closing a group for good, by an admin of the server."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session
from sqlmodel import col, select

from bulq.domain.actor import Actor
from bulq.domain.errors import Conflict, NotFound
from bulq.domain.phases import OPEN, Phase
from bulq.i18n import text
from bulq.models import Group, Membership, Run
from bulq.queries.access import need_server_admin
from bulq.services.audit import record
from bulq.services.notices import tell
from bulq.services.phases import enter


def close_group(session: Session, actor: Actor, group_id: UUID, *, now: datetime) -> list[UUID]:
    """Cancel its open runs and let nobody in any more, members included. Returns who is told: all of them."""
    need_server_admin(actor)
    query = select(Group).where(Group.id == group_id).with_for_update(key_share=True)
    group = session.scalars(query.execution_options(populate_existing=True)).first()
    if group is None:
        raise NotFound()
    if group.closed_at is not None:
        raise Conflict("group_closed")
    runs = session.scalars(
        select(Run)
        .where(Run.group_id == group_id, col(Run.phase).in_(OPEN))
        .order_by(col(Run.id))
        .with_for_update(key_share=True)
    ).all()
    for run in runs:
        run.cancel_reason = text("admin.groups.cancel_reason")
        enter(session, run, Phase.CANCELLED, actor, now=now)
    group.closed_at, group.joining_open = now, False
    session.add(group)
    members = list(session.scalars(select(Membership.user_id).where(Membership.group_id == group_id)))
    tell(session, members, "group_closed", now=now, group_id=group_id, group=group.name)
    record(
        session, actor, "group_closed", kind="group", subject=group.id, name=group.name, group_id=group.id, now=now,
        runs=len(runs),
    )  # fmt: skip
    return members
