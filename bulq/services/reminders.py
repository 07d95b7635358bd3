"""Payments that wait: reminding who hasn't paid, and counting as confirmed what nobody answers."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy.orm import Session
from sqlmodel import col, select

from bulq.domain.actor import Actor
from bulq.domain.errors import Conflict
from bulq.domain.payments import PaymentState, check_days, may_remind, need_state, reminder_due
from bulq.models import Group, Payment, User
from bulq.queries.access import group_for
from bulq.services.payment_lines import confirm, need_receiver, note_changed, payment_in, tell_of


def remind_debtor(
    session: Session,
    actor: Actor,
    group_id: UUID,
    payment_id: UUID,
    again_after: int | None = None,
    *,
    now: datetime,
) -> None:
    """The receiver reminds the sender of a line, and has the server do so every so many days until it is paid.

    Nobody is reminded of a line twice within 24 hours.
    """
    access = group_for(session, actor, group_id, lock=True)
    line = payment_in(session, group_id, payment_id)
    need_receiver(session, access, line)
    need_state(line.state, PaymentState.PROPOSED)
    check_days(again_after, "again_after")
    if not may_remind(line.reminded_at, now):
        raise Conflict("reminded_already")
    line.remind_after = again_after
    _remind(session, line, actor, now)


def remind_again(session: Session, payment_id: UUID, *, now: datetime) -> int:
    """Remind as the receiver wished, if it is due: 1, else 0."""
    group, line = _locked(session, payment_id)
    if group is None or line.state is not PaymentState.PROPOSED:
        return 0
    if not (reminder_due(line.reminded_at, line.remind_after, now) and may_remind(line.reminded_at, now)):
        return 0
    _remind(session, line, session.get_one(User, line.receiver_id), now)
    return 1


def _remind(session: Session, line: Payment, by: Actor | User, now: datetime) -> None:
    line.reminded_at = now
    note_changed(session, line)
    name = session.get_one(User, line.receiver_id).name
    tell_of(session, line, line.sender_id, "payment_reminder", by, now=now, name=name)


def confirm_unanswered(session: Session, payment_id: UUID, *, now: datetime) -> int:
    """Confirm what its receiver hasn't answered for as long as the group set: 1, else 0. Both are told."""
    group, payment = _locked(session, payment_id)
    days = group.confirm_after_days if group else None
    if group is None or days is None or payment.state is not PaymentState.PAID or payment.paid_at is None:
        return 0
    if now < payment.paid_at + timedelta(days=days):
        return 0
    confirm(session, group, payment, None, now=now)
    names = {each: session.get_one(User, each).name for each in (payment.sender_id, payment.receiver_id)}
    for person, other in ((payment.sender_id, payment.receiver_id), (payment.receiver_id, payment.sender_id)):
        kind = "payment_counted" if person == payment.sender_id else "payment_counted_for_you"
        tell_of(session, payment, person, kind, None, now=now, name=names[other])
    return 1


def _locked(session: Session, payment_id: UUID) -> tuple[Group | None, Payment]:
    """The payment, and its group if that is open. Nobody else changes either until the transaction ends."""
    group_id = session.scalars(select(Payment.group_id).where(Payment.id == payment_id)).one()
    open_group = select(Group).where(Group.id == group_id, col(Group.closed_at).is_(None))
    group = session.scalars(open_group.with_for_update(key_share=True)).first()
    return group, payment_in(session, group_id, payment_id)
