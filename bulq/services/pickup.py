"""Handing out: ticking what somebody picked up."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import update
from sqlalchemy.orm import Session
from sqlmodel import col, select

from bulq import changes
from bulq.domain.actor import Actor
from bulq.domain.errors import NotFound
from bulq.domain.phases import Phase
from bulq.models import Allocation
from bulq.queries.access import run_for


def _need_right(session: Session, actor: Actor, run_id: UUID, user_id: UUID) -> None:
    """Everybody ticks their own lines, helpers and the leader those of all."""
    access = run_for(session, actor, run_id, lock=True)
    access.need_phase(Phase.DISTRIBUTING)
    if user_id != actor.id:
        access.need_helper()


def set_picked_up(
    session: Session, actor: Actor, run_id: UUID, item_id: UUID, user_id: UUID, picked_up: bool, *, now: datetime
) -> None:
    _need_right(session, actor, run_id, user_id)
    line = session.scalars(
        select(Allocation).where(
            Allocation.run_id == run_id, Allocation.item_id == item_id, Allocation.user_id == user_id
        )
    ).first()
    if line is None:
        raise NotFound()
    if picked_up == (line.picked_up_at is not None):
        return
    line.picked_up_at, line.picked_up_by = (now, actor.id) if picked_up else (None, None)
    session.add(line)
    changes.note(session, changes.run(run_id))


def pick_up_all(session: Session, actor: Actor, run_id: UUID, user_id: UUID, *, now: datetime) -> None:
    """Everything that waits for this person is picked up."""
    _need_right(session, actor, run_id, user_id)
    session.execute(
        update(Allocation)
        .where(
            col(Allocation.run_id) == run_id,
            col(Allocation.user_id) == user_id,
            col(Allocation.picked_up_at).is_(None),
        )
        .values(picked_up_at=now, picked_up_by=actor.id)
    )
    changes.note(session, changes.run(run_id))
