"""Payments between members: the sender says that they paid, the receiver that it came, or that it didn't."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from bulq.domain.actor import Actor
from bulq.domain.advances import AdvanceShare
from bulq.domain.errors import Forbidden, Invalid
from bulq.domain.payments import PaymentState, check_amount, need_state
from bulq.domain.phases import FINAL
from bulq.domain.texts import clean_text
from bulq.i18n import exponent
from bulq.models import Group, Payment, Plan, Run
from bulq.queries.access import group_for
from bulq.services.payment_lines import (
    acts_for,
    belongs,
    confirm,
    line_between,
    need_receiver,
    need_sender,
    note_changed,
    part_of,
    payment_in,
    tell_of,
)

LONGEST = 500  # characters of a note, and of why a payment is disputed


def say_paid(
    session: Session, actor: Actor, group_id: UUID, payment_id: UUID, amount: int, *, now: datetime
) -> Payment:
    """The sender says that they paid a line of a plan, or a part of it: the rest stays proposed."""
    access = group_for(session, actor, group_id, lock=True)
    line = payment_in(session, group_id, payment_id)
    need_sender(session, access, line)
    need_state(line.state, PaymentState.PROPOSED)
    check_amount(amount, exponent(line.currency))
    if amount > line.amount:
        raise Invalid("more_than_line", field="amount", amount=line.amount, currency=line.currency)
    paid = part_of(session, line, amount)
    paid.state, paid.paid_at = PaymentState.PAID, now
    note_changed(session, paid)
    tell_of(session, paid, paid.receiver_id, "payment_said", actor, now=now)
    return paid


def confirm_payment(session: Session, actor: Actor, group_id: UUID, payment_id: UUID, *, now: datetime) -> None:
    """The receiver says that it came, perhaps after they had said that it didn't. Balances change now."""
    access = group_for(session, actor, group_id, lock=True)
    payment = payment_in(session, group_id, payment_id)
    need_receiver(session, access, payment)
    need_state(payment.state, PaymentState.PAID, PaymentState.DISPUTED)
    confirm(session, access.group, payment, actor, now=now)
    tell_of(session, payment, payment.sender_id, "payment_confirmed", actor, now=now)


def dispute_payment(
    session: Session, actor: Actor, group_id: UUID, payment_id: UUID, reason: str, *, now: datetime
) -> None:
    """The receiver says that it didn't come, or not so much, and what they know of it."""
    access = group_for(session, actor, group_id, lock=True)
    payment = payment_in(session, group_id, payment_id)
    need_receiver(session, access, payment)
    need_state(payment.state, PaymentState.PAID)
    payment.reason = clean_text(reason, field="reason", minimum=1, maximum=LONGEST, multiline=True)
    payment.state, payment.answered_at, payment.answered_by = PaymentState.DISPUTED, now, actor.id
    note_changed(session, payment)
    tell_of(session, payment, payment.sender_id, "payment_disputed", actor, now=now, reason=payment.reason)


def withdraw_payment(session: Session, actor: Actor, group_id: UUID, payment_id: UUID, *, now: datetime) -> None:
    """The sender takes back that they paid, until it is confirmed. A line that is asked for is to be paid again."""
    access = group_for(session, actor, group_id, lock=True)
    payment = payment_in(session, group_id, payment_id)
    need_sender(session, access, payment)
    need_state(payment.state, PaymentState.PAID, PaymentState.DISPUTED)
    payment.state = PaymentState.WITHDRAWN
    if _is_asked_for(session, payment):
        _propose_again(session, payment)
    note_changed(session, payment)
    tell_of(session, payment, payment.receiver_id, "payment_withdrawn", actor, now=now)


def _is_asked_for(session: Session, payment: Payment) -> bool:
    """By a plan that stands, or in advance for a run that goes on."""
    if payment.run_id:
        run = session.get(Run, payment.run_id, populate_existing=True)
        return run is not None and run.phase not in FINAL and run.advance is not AdvanceShare.NONE
    plan = session.get(Plan, payment.plan_id) if payment.plan_id else None
    return plan is not None and plan.replaced_at is None


def _propose_again(session: Session, payment: Payment) -> None:
    """What was said to be paid is a line again, together with what is left of the line."""
    line = line_between(session, payment.group_id, payment.sender_id, payment.receiver_id, payment.run_id)
    if line is not None:
        line.amount += payment.amount
        session.add(line)
        return
    payment.state = PaymentState.PROPOSED
    payment.paid_at = payment.answered_at = payment.answered_by = None
    payment.note = payment.reason = ""


def record_payment(
    session: Session,
    actor: Actor,
    group_id: UUID,
    sender_id: UUID,
    receiver_id: UUID,
    amount: int,
    currency: str,
    note: str = "",
    *,
    now: datetime,
) -> Payment:
    """Money went from one to another, at any time and in any way. Recorded by the receiver it is confirmed at once.

    `currency` is the one in which the amount was typed. A payment along a line of the plan is taken from the line,
    unless it is more than the line.
    """
    access = group_for(session, actor, group_id, lock=True)
    group = access.group
    if sender_id == receiver_id:
        raise Invalid("payment_to_oneself", field="receiver_id")
    for field, person in (("sender_id", sender_id), ("receiver_id", receiver_id)):
        if not belongs(session, group, person):
            raise Invalid("payment_stranger", field=field)
    if currency != group.currency:
        raise Invalid("payment_currency", field="amount", wanted=group.currency)
    check_amount(amount, exponent(currency))
    receives = acts_for(session, access, receiver_id)
    if not receives and not acts_for(session, access, sender_id):
        raise Forbidden("payment_of_others")
    payment = _recorded(session, group, sender_id, receiver_id, amount, actor, now)
    payment.note = clean_text(note, field="note", maximum=LONGEST, multiline=True)
    payment.state, payment.paid_at = PaymentState.PAID, now
    note_changed(session, payment)
    if receives:
        confirm(session, group, payment, actor, now=now)
        tell_of(session, payment, sender_id, "payment_recorded", actor, now=now)
    else:
        tell_of(session, payment, receiver_id, "payment_said", actor, now=now)
    return payment


def _recorded(
    session: Session, group: Group, sender_id: UUID, receiver_id: UUID, amount: int, actor: Actor, now: datetime
) -> Payment:
    line = line_between(session, group.id, sender_id, receiver_id)
    if line is not None and amount <= line.amount:
        return part_of(session, line, amount)
    return Payment(
        group_id=group.id,
        currency=group.currency,
        sender_id=sender_id,
        receiver_id=receiver_id,
        amount=amount,
        state=PaymentState.PAID,
        created_by=actor.id,
        created_at=now,
    )
