"""Reminds debtors as their creditors wished, and confirms payments that nobody answers where the group wants that."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy.orm import Session
from sqlmodel import col, select

from bulq import db
from bulq.domain.payments import PaymentState, reminder_due
from bulq.jobs.failures import Tries
from bulq.models import Group, Payment
from bulq.services.reminders import confirm_unanswered, remind_again


def see_to_payments(now: datetime) -> int:
    """Each payment has its own transaction; returns how many changed. Several processes may do this at once."""
    count = 0
    with Tries("payments") as tries:
        for find, do in _TASKS:
            for payment_id in db.read_now(find, now):
                with tries.one(f"payment {payment_id}"):
                    count += db.write_now(do, payment_id, now=now)
    return count


def _to_remind(session: Session, now: datetime) -> list[UUID]:
    query = select(Payment).where(Payment.state == PaymentState.PROPOSED, col(Payment.remind_after).is_not(None))
    return [line.id for line in session.scalars(query) if reminder_due(line.reminded_at, line.remind_after, now)]


def _unanswered(session: Session, now: datetime) -> list[UUID]:
    query = (
        select(Payment.id, Payment.paid_at, Group.confirm_after_days)
        .join(Group, col(Group.id) == col(Payment.group_id))
        .where(Payment.state == PaymentState.PAID, col(Group.confirm_after_days).is_not(None))
    )
    return [
        payment_id
        for payment_id, paid_at, days in session.execute(query)
        if paid_at is not None and days is not None and paid_at + timedelta(days=days) <= now
    ]


_TASKS: Sequence[tuple[Callable[[Session, datetime], list[UUID]], Callable[..., int]]] = (
    (_to_remind, remind_again),
    (_unanswered, confirm_unanswered),
)
