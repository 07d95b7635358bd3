"""Closing a group for good, by an admin of the server."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session
from sqlmodel import select

from bulq.domain.actor import Actor
from bulq.domain.errors import Conflict, NotFound
from bulq.domain.phases import Phase
from bulq.i18n import text
from bulq.models import Group, Membership
from bulq.queries.access import need_server_admin_still
from bulq.services.departures import open_runs_of, shut
from bulq.services.notices import tell
from bulq.services.phases import enter


def close_group(session: Session, actor: Actor, group_id: UUID, *, now: datetime) -> None:
    """Cancel its open runs and let nobody in any more, members included."""
    need_server_admin_still(session, actor)
    query = select(Group).where(Group.id == group_id).with_for_update(key_share=True)
    group = session.scalars(query.execution_options(populate_existing=True)).first()
    if group is None:
        raise NotFound()
    if group.closed_at is not None:
        raise Conflict("group_closed")
    runs = open_runs_of(session, group_id)
    for run in runs:
        run.cancel_reason = text("admin.groups.cancel_reason")
        enter(session, run, Phase.CANCELLED, actor, now=now)
    shut(session, group, actor, now=now, runs=len(runs))
    members = list(session.scalars(select(Membership.user_id).where(Membership.group_id == group_id)))
    tell(session, members, "group_closed", now=now, group_id=group_id, group=group.name)
