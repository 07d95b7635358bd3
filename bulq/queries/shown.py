"""Where something is shown: the topics of the views that name a person, or show goods or their prices.

For use cases that change what stands in many places. Runs that can't change any more are left out.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, exists, or_, select, union
from sqlalchemy.orm import Session
from sqlmodel import col

from bulq import changes
from bulq.domain.phases import OPEN
from bulq.domain.statements import TAKING
from bulq.models import Balance, Bid, Membership, OrdinaryPrice, Participant, Payment, PriceObservation, Run

Products = Collection[UUID] | Select[Any]  # ids, or a query of ids


def changeable(now: datetime) -> ColumnElement[bool]:
    """Runs that are open, or so lately ended that left-over goods may be taken."""
    return or_(col(Run.phase).in_(OPEN), col(Run.ended_at) >= now - TAKING)


def topics_naming(session: Session, user_id: UUID) -> set[str]:
    """Of the groups somebody is or was in, with all their runs; and of products' pages, where they saw prices."""
    in_runs = select(col(Run.group_id)).join(Participant).where(col(Participant.user_id) == user_id)
    member = select(col(Membership.group_id)).where(col(Membership.user_id) == user_id)
    owed = select(col(Balance.group_id)).where(col(Balance.user_id) == user_id)
    paid = select(col(Payment.group_id)).where(
        or_(col(Payment.sender_id) == user_id, col(Payment.receiver_id) == user_id)
    )
    groups = session.scalars(union(member, in_runs, owed, paid))
    topics = {changes.group(group_id) for group_id in groups}
    seen = or_(*(exists().where(col(table.seen_by) == user_id) for table in (PriceObservation, OrdinaryPrice)))
    if session.scalar(select(seen)):
        topics.add(changes.CATALOGUE)
    return topics


def topics_of_goods(session: Session, product_ids: Products, *, now: datetime) -> set[str]:
    """Of whatever names these products: their pages, those of the stores they were seen at, and runs with them."""
    seen = select(col(PriceObservation.product_id), col(PriceObservation.store_id)).where(
        col(PriceObservation.product_id).in_(product_ids), col(PriceObservation.withdrawn_at).is_(None)
    )
    topics = run_topics_with(session, product_ids, now=now)
    for product_id, store_id in session.execute(seen.distinct()):
        topics |= {changes.product(product_id), changes.store(store_id)}
    return topics if isinstance(product_ids, Select) else topics | {changes.product(each) for each in product_ids}


def run_topics_with(
    session: Session, product_ids: Products, *, store_id: UUID | None = None, now: datetime
) -> set[str]:
    """Of the runs in which somebody bids on one of these products; with `store_id` those to that store."""
    with_goods = select(col(Bid.run_id)).where(col(Bid.product_id).in_(product_ids))
    query = select(col(Run.id)).where(col(Run.id).in_(with_goods), changeable(now))
    if store_id is not None:
        query = query.where(col(Run.store_id) == store_id)
    return {changes.run(run_id) for run_id in session.scalars(query)}
