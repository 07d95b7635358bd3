"""What all payments have in common: finding them under the group's lock, who acts for whom, parts, confirming."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session
from sqlmodel import col, select

from bulq import changes
from bulq.domain.actor import Actor
from bulq.domain.errors import Forbidden, NotFound
from bulq.domain.ledger import PostingKind
from bulq.domain.payments import PaymentState
from bulq.models import Balance, Group, Payment, Run, User
from bulq.queries.access import GroupAccess
from bulq.queries.people import is_member
from bulq.services.ledger import post
from bulq.services.notices import tell


def payment_in(session: Session, group_id: UUID, payment_id: UUID) -> Payment:
    """A payment of the group, locked. The group must be locked before.

    Its own lock is for those who hold the run's alone: whoever asks for advances, or ends the run.
    """
    payment = session.get(Payment, payment_id, populate_existing=True, with_for_update={"key_share": True})
    if payment is None or payment.group_id != group_id:
        raise NotFound()
    return payment


def line_between(
    session: Session, group_id: UUID, sender_id: UUID, receiver_id: UUID, run_id: UUID | None = None
) -> Payment | None:
    """What is still to be paid from one to the other by the group's plan, or in advance for a run."""
    query = select(Payment).where(
        Payment.group_id == group_id,
        Payment.sender_id == sender_id,
        Payment.receiver_id == receiver_id,
        Payment.state == PaymentState.PROPOSED,
        Payment.run_id == run_id,
    )
    return session.scalars(query.order_by(col(Payment.id)).execution_options(populate_existing=True)).first()


def part_of(session: Session, line: Payment, amount: int) -> Payment:
    """A payment of that part of the line, which must not be more than the line; of all of it the line itself."""
    if amount == line.amount:
        return line
    line.amount -= amount
    session.add(line)
    return Payment(**line.model_dump(exclude={"id", "amount"}), amount=amount)


def confirm(session: Session, group: Group, payment: Payment, actor: Actor | None, *, now: datetime) -> None:
    """It came: balances change. Without an actor nobody has said so for as long as the group set."""
    amounts = {str(payment.sender_id): payment.amount, str(payment.receiver_id): -payment.amount}
    run = session.get(Run, payment.run_id) if payment.run_id else None
    posting = post(session, group, PostingKind.PAYMENT, amounts, run=run, actor=actor, now=now)
    payment.posting_id = posting.id if posting else None
    payment.state, payment.reason = PaymentState.CONFIRMED, ""
    payment.answered_at, payment.answered_by = now, actor.id if actor else None
    note_changed(session, payment)


def note_changed(session: Session, payment: Payment) -> None:
    session.add(payment)
    session.flush()
    changes.note(session, changes.group(payment.group_id))


def belongs(session: Session, group: Group, user_id: UUID) -> bool:
    """Whether the person is in the group, or was, and has a balance in it."""
    was = select(Balance.id).where(Balance.group_id == group.id, Balance.user_id == user_id)
    return is_member(session, group.id, user_id) or session.scalars(was).first() is not None


def acts_for(session: Session, access: GroupAccess, user_id: UUID) -> bool:
    """Everybody for themselves. Whoever left the group sees nothing of it: any admin of the group acts for them."""
    if access.membership.user_id == user_id:
        return True
    return access.membership.is_admin and not is_member(session, access.group.id, user_id)


def need_sender(session: Session, access: GroupAccess, payment: Payment) -> None:
    if not acts_for(session, access, payment.sender_id):
        raise Forbidden("sender_only")


def need_receiver(session: Session, access: GroupAccess, payment: Payment) -> None:
    if not acts_for(session, access, payment.receiver_id):
        raise Forbidden("receiver_only")


def tell_of(
    session: Session, payment: Payment, person: UUID, kind: str, by: Actor | User | None, *, now: datetime, **more: Any
) -> None:
    """Notify one side of the payment, unless they did it themselves."""
    if by is not None and person == by.id:
        return
    about: dict[str, Any] = {"amount": payment.amount, "currency": payment.currency, **more}
    tell(session, [person], kind, now=now, group_id=payment.group_id, by=by, **about)
