"""Advances of a run that nobody has paid: who stops being asked, and what stays of the others."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session
from sqlmodel import col

from bulq import changes
from bulq.domain.actor import Actor
from bulq.domain.advances import AdvanceShare
from bulq.domain.payments import PaymentState
from bulq.models import Group, Payment, Run
from bulq.services.notices import tell


def withdraw_unpaid(session: Session, run: Run, *sender_ids: UUID) -> Collection[UUID]:
    """Ask nobody any more, or none of these people. Returns who was asked until now. The run must be locked.

    What somebody says they paid in the meantime stays.
    """
    unpaid = (col(Payment.run_id) == run.id) & (col(Payment.state) == PaymentState.PROPOSED)
    if sender_ids:
        unpaid &= col(Payment.sender_id).in_(sender_ids)
    session.flush()
    query = update(Payment).where(unpaid).values(state=PaymentState.WITHDRAWN).returning(col(Payment.sender_id))
    asked = set(session.execute(query, execution_options={"synchronize_session": "fetch"}).scalars())
    if asked:
        changes.note(session, changes.group(run.group_id))
    return asked


def end_question(session: Session, run: Run) -> None:
    """The leader asks for no advances any more. What was paid stays as it is."""
    if run.advance is not AdvanceShare.NONE:
        withdraw_unpaid(session, run)
        run.advance = AdvanceShare.NONE
        session.add(run)


def tell_what_stays(session: Session, run: Run, actor: Actor | None, *, now: datetime) -> None:
    """Tell whoever paid in advance for a cancelled run that it counts as if they had lent it."""
    paid = (PaymentState.PAID, PaymentState.CONFIRMED)
    rows = session.execute(
        select(col(Payment.sender_id), func.sum(col(Payment.amount)))
        .where(col(Payment.run_id) == run.id, col(Payment.state).in_(paid))
        .group_by(col(Payment.sender_id))
    ).all()
    currency = session.get_one(Group, run.group_id).currency
    for sender_id, amount in rows:
        if actor is None or sender_id != actor.id:
            about: dict[str, Any] = {"amount": int(amount), "currency": currency}
            tell(session, [sender_id], "advance_stays", now=now, run=run, by=actor, **about)
