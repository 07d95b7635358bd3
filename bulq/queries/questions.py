"""What the leader is shown before a phase change that needs their agreement."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session
from sqlmodel import col

from bulq.domain.actor import Actor
from bulq.domain.phases import Phase
from bulq.models import Allocation, ListItem, Participant, Product, User
from bulq.queries.access import run_for
from bulq.queries.naming import shown_name
from bulq.queries.shares import ItemShare, fair_shares


@dataclass(frozen=True, slots=True)
class Named:
    """A person or a list item with what it is called."""

    id: UUID
    name: str


@dataclass(frozen=True, slots=True)
class OpenList:
    """The items that are neither bought nor marked as not there, and whether nothing at all is bought."""

    items: tuple[Named, ...]
    nothing_bought: bool


def not_ready(session: Session, viewer: Actor, run_id: UUID) -> tuple[Named, ...]:
    """The participants without a ready tick, by name."""
    run_for(session, viewer, run_id)
    rows = session.execute(
        select(col(User.id), col(User.name))
        .join(Participant, col(Participant.user_id) == col(User.id))
        .where(col(Participant.run_id) == run_id, col(Participant.ready_at).is_(None))
        .order_by(col(User.name), col(User.id))
    )
    return tuple(Named(user_id, name) for user_id, name in rows)


def open_list(session: Session, viewer: Actor, run_id: UUID) -> OpenList:
    """What is still to buy, in the order of the shopping list."""
    run_for(session, viewer, run_id)
    rows = session.execute(
        select(col(ListItem.id), shown_name(), col(ListItem.bought), col(ListItem.missing))
        .join(Product, col(Product.id) == col(ListItem.product_id))
        .where(col(ListItem.run_id) == run_id)
        .order_by(col(Product.name_key), col(Product.id))
    ).all()
    return OpenList(
        tuple(Named(item_id, name) for item_id, name, bought, missing in rows if not bought and not missing),
        not any(bought for _, _, bought, _ in rows),
    )


def waiting_lines(session: Session, viewer: Actor, run_id: UUID) -> tuple[UUID, ...]:
    """The ids of the allocations of the run that are not picked up yet."""
    run_for(session, viewer, run_id)
    where = col(Allocation.run_id) == run_id, col(Allocation.picked_up_at).is_(None)
    return tuple(session.scalars(select(col(Allocation.id)).where(*where).order_by(col(Allocation.id))))


def shares_of(session: Session, viewer: Actor, run_id: UUID) -> list[ItemShare]:
    """What the fair split would give to each person, for the leader in adjusting."""
    access = run_for(session, viewer, run_id)
    access.need_leader()
    access.need_phase(Phase.ADJUSTING)
    return fair_shares(session, access)
