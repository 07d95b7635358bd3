"""The households of a group: who settles for whom, and what is proposed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, ColumnElement, ScalarSelect, and_, cast, func, or_, select
from sqlalchemy.orm import Session
from sqlmodel import col

from bulq.models import Balance, Group, HouseholdMember


@dataclass(frozen=True, slots=True)
class HouseholdLine:
    """`payer_id` settles for `user_id` if `agreed`; else `proposed_by` asks the other one of the two."""

    id: UUID
    user_id: UUID
    payer_id: UUID
    proposed_by: UUID
    agreed: bool
    since: datetime


def households_in(session: Session, group_id: UUID) -> dict[str, HouseholdLine]:
    query = select(HouseholdMember).where(col(HouseholdMember.group_id) == group_id).order_by(col(HouseholdMember.id))
    return {
        str(row.id): HouseholdLine(
            row.id,
            row.user_id,
            row.payer_id,
            row.proposed_by,
            row.agreed_at is not None,
            row.agreed_at or row.proposed_at,
        )
        for row in session.scalars(query)
    }


def payers_in(session: Session, group_id: UUID) -> dict[str, str]:
    """By person whoever settles for them, without those who settle for themselves."""
    query = select(col(HouseholdMember.user_id), col(HouseholdMember.payer_id)).where(*_agreed(group_id))
    return {str(user_id): str(payer_id) for user_id, payer_id in session.execute(query)}


def _agreed(group_id: object) -> tuple[ColumnElement[bool], ...]:
    return col(HouseholdMember.group_id) == group_id, col(HouseholdMember.agreed_at).is_not(None)


def settled_balances(session: Session, group_id: UUID, currency: str) -> dict[UUID, int]:
    """The balances of households and of all others, by whoever settles, in minor units."""
    settled = (col(HouseholdMember.user_id) == col(Balance.user_id)) & and_(*_agreed(group_id))
    payer = func.coalesce(col(HouseholdMember.payer_id), col(Balance.user_id))
    query = (
        select(payer, func.sum(col(Balance.amount)))
        .outerjoin(HouseholdMember, settled)
        .where(col(Balance.group_id) == group_id, col(Balance.currency) == currency)
        .group_by(payer)
    )
    return {user_id: int(amount) for user_id, amount in session.execute(query)}


def settled_by(viewer_id: UUID) -> ScalarSelect[int]:
    """For a query of groups: what the viewer settles in each, for themselves and their household.

    Zero for whoever is settled for by somebody else.
    """
    here = _agreed(col(Group.id))
    by_others = select(col(HouseholdMember.user_id)).where(*here, col(HouseholdMember.user_id) == viewer_id)
    for_others = select(col(HouseholdMember.user_id)).where(*here, col(HouseholdMember.payer_id) == viewer_id)
    mine = (col(Balance.user_id) == viewer_id) & ~by_others.correlate(Group).exists()
    query = select(cast(func.coalesce(func.sum(col(Balance.amount)), 0), BigInteger)).where(
        col(Balance.group_id) == col(Group.id),
        col(Balance.currency) == col(Group.currency),
        or_(mine, col(Balance.user_id).in_(for_others.correlate(Group))),
    )
    return query.correlate(Group).scalar_subquery()
