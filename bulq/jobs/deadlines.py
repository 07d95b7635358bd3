"""Closes bidding when its deadline has passed."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session
from sqlmodel import col, select

from bulq import db
from bulq.domain.phases import BIDDING
from bulq.jobs.failures import Tries
from bulq.models import Run
from bulq.services.phases import close_bidding


def close_due(now: datetime) -> int:
    """Close every run that is due; returns how many this call closed.

    Each run has its own transaction: a run that fails keeps no other run waiting. Raises SomeFailed at the end. Several
    processes may do this at once: the second finds the run closed.
    """
    closed = 0
    with Tries("deadlines") as tries:
        for run_id in db.read_now(_due, now):
            with tries.one(f"run {run_id}"):
                closed += db.write_now(close_bidding, run_id, now=now)
    return closed


def _due(session: Session, now: datetime) -> list[UUID]:
    query = select(Run.id).where(col(Run.phase).in_(BIDDING), col(Run.bids_close_at) <= now)
    return list(session.scalars(query.order_by(col(Run.bids_close_at))))
