"""Groups in which people owe each other, as if runs had been done."""

from __future__ import annotations

from typing import TypeVar
from uuid import UUID

from sqlalchemy.orm import Session
from sqlmodel import col, select

from bulq.domain.actor import Actor
from bulq.domain.ledger import PostingKind
from bulq.domain.payments import PaymentState
from bulq.models import Balance, Group, Payment
from bulq.services import groups
from bulq.services.ledger import post
from tests.cast import NOW, Cast

A = TypeVar("A")


def new_group(session: Session, cast: Cast, currency: str = "EUR") -> UUID:
    """Another group of Ana, who looks after it, with Bojan and Mila, in which nobody owes anything."""
    group = groups.create_group(session, cast.ana, "Even", currency, "UTC", now=NOW)
    for friend in (cast.bojan, cast.mila):
        groups.join_group(session, friend, group.invite_token, now=NOW)
    session.flush()
    return group.id


def owe(session: Session, group_id: UUID, amounts: dict[Actor, int]) -> None:
    """Something that changed balances by these amounts: above 0 for who is owed."""
    by_id = {str(person.id): amount for person, amount in amounts.items()}
    post(session, session.get_one(Group, group_id), PostingKind.IMPORT, by_id, actor=None, now=NOW)


def owed(session: Session, group_id: UUID) -> dict[UUID, int]:
    """By person, without those who are even."""
    session.flush()
    query = select(Balance.user_id, Balance.amount).where(Balance.group_id == group_id)
    return {user_id: amount for user_id, amount in session.execute(query) if amount}


def payments_in(session: Session, group_id: UUID, *states: PaymentState) -> list[Payment]:
    """In these states, or in any; the oldest first."""
    session.flush()
    query = select(Payment).where(Payment.group_id == group_id).order_by(col(Payment.id))
    found = session.scalars(query.execution_options(populate_existing=True))
    return [payment for payment in found if not states or payment.state in states]


def line_of(session: Session, group_id: UUID, sender: Actor) -> Payment:
    """What somebody has to pay by the plan."""
    lines = payments_in(session, group_id, PaymentState.PROPOSED)
    (line,) = [line for line in lines if line.sender_id == sender.id]
    return line
