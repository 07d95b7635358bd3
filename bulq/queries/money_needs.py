"""Payments that wait for somebody: what they are to pay, to confirm, and what was disputed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import case, func, or_, select
from sqlalchemy.orm import Session, aliased
from sqlmodel import col

from bulq.domain.actor import Actor
from bulq.domain.payments import PaymentState
from bulq.models import Group, Membership, Payment, User

MOST = 8


@dataclass(frozen=True, slots=True)
class MoneyNeed:
    """ "pay", "confirm", or "disputed": the receiver says that the viewer's money didn't come. In minor units."""

    id: UUID  # of the payment
    kind: str
    group_id: UUID
    group: str
    currency: str
    amount: int
    person: str
    since: datetime


def money_needs(session: Session, viewer: Actor) -> tuple[MoneyNeed, ...]:
    """What waits longest first, over all groups of the viewer."""
    sends, other = col(Payment.sender_id) == viewer.id, aliased(User)
    kind = case(
        (col(Payment.state) == PaymentState.PROPOSED, "pay"),
        (col(Payment.state) == PaymentState.PAID, "confirm"),
        else_="disputed",
    )
    since = func.coalesce(col(Payment.answered_at), col(Payment.paid_at), col(Payment.created_at))
    rows = session.execute(
        select(
            *(col(Payment.id), kind, col(Group.id), col(Group.name), col(Payment.currency), col(Payment.amount)),
            *(col(other.name), since),
        )
        .join(Group, col(Group.id) == col(Payment.group_id))
        .join(Membership, (col(Membership.group_id) == col(Group.id)) & (col(Membership.user_id) == viewer.id))
        .join(other, col(other.id) == case((sends, col(Payment.receiver_id)), else_=col(Payment.sender_id)))
        .where(
            or_(
                sends & col(Payment.state).in_((PaymentState.PROPOSED, PaymentState.DISPUTED)),
                (col(Payment.receiver_id) == viewer.id) & (col(Payment.state) == PaymentState.PAID),
            ),
            col(Group.closed_at).is_(None),
        )
        .order_by(since, col(Payment.id))
        .limit(MOST)
    )
    return tuple(MoneyNeed(*row) for row in rows)
