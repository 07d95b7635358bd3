"""Who takes part in a run: whoever leads, helps, bids, paid or gets something. The database keeps them in it."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import not_, or_
from sqlalchemy.orm import Session
from sqlmodel import col, select

from bulq import changes
from bulq.models import (
    Allocation,
    Bid,
    CostShare,
    LeftoverTaking,
    Participant,
    Purchase,
    ReceiptPayer,
    Run,
    Spoilage,
    StatementLine,
)

# Whose rows refer to a participant, and by which column: nobody named there drops out of a run.
HOLDING = (
    (Bid, "user_id"),
    (Purchase, "payer_id"),
    (ReceiptPayer, "user_id"),
    (CostShare, "user_id"),
    (Allocation, "user_id"),
    (LeftoverTaking, "user_id"),
    (Spoilage, "user_id"),
    (StatementLine, "user_id"),
)


def participant_of(session: Session, run: Run, user_id: UUID, *, now: datetime) -> Participant:
    """The person's place in the run, made if there is none. The run must be locked."""
    query = select(Participant).where(Participant.run_id == run.id, Participant.user_id == user_id)
    found = session.scalars(query).first()
    if found is None:
        found = Participant(run_id=run.id, user_id=user_id, joined_at=now)
        session.add(found)
        session.flush()
        changes.note(session, changes.run(run.id), changes.user(user_id))
    return found


def forget_idle(session: Session, run: Run, user_id: UUID) -> None:
    """Whoever neither leads, helps, bids, paid nor gets anything is no participant any more. The run must be locked."""
    if user_id == run.leader_id:
        return
    held = [
        select(table.id).where(col(table.run_id) == run.id, getattr(table, column) == user_id).exists()
        for table, column in HOLDING
    ]
    idle = col(Participant.helper_since).is_(None) & not_(or_(*held))
    query = select(Participant).where(Participant.run_id == run.id, Participant.user_id == user_id, idle)
    for participant in session.scalars(query):
        session.delete(participant)
        changes.note(session, changes.run(run.id), changes.user(user_id))
    session.flush()
