"""Closes bidding when its deadline has passed."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session
from sqlmodel import col, select

from bulq import db
from bulq.domain.phases import BIDDING
from bulq.jobs.failures import Tries
from bulq.models import Participant, Run
from bulq.services.phases import close_bidding

Announce = Callable[[str], None]


def tell_nobody(topic: str) -> None:
    """For where no pages are open."""


def close_due(now: datetime, announce: Announce = tell_nobody) -> int:
    """Close every run that is due and announce it; returns how many this call closed.

    Each run has its own transaction, and is announced as soon as that is committed: a run that fails keeps no other
    run waiting. Raises SomeFailed at the end. Several processes may do this at once: the second finds the run closed.
    """
    closed = 0
    with Tries("deadlines") as tries:
        for run_id in db.read_now(_due, now):
            with tries.one(f"run {run_id}"):
                topics = db.write_now(_close, run_id, now)
                closed += bool(topics)
                for topic in topics:
                    announce(topic)
    return closed


def _due(session: Session, now: datetime) -> list[UUID]:
    query = select(Run.id).where(col(Run.phase).in_(BIDDING), col(Run.bids_close_at) <= now)
    return list(session.scalars(query.order_by(col(Run.bids_close_at))))


def _close(session: Session, run_id: UUID, now: datetime) -> list[str]:
    """The topics that have changed; none when it was not this call."""
    if not close_bidding(session, run_id, now=now):
        return []
    run = session.get_one(Run, run_id)
    people = session.scalars(select(Participant.user_id).where(Participant.run_id == run_id))
    return [f"run:{run_id}", f"group:{run.group_id}", *(f"user:{user_id}" for user_id in people)]
