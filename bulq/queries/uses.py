"""Where stores, products and tags are in use: what keeps them from being deleted."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import ColumnElement, CompoundSelect, ScalarSelect, func, or_, select, union
from sqlalchemy.orm import Session
from sqlmodel import col

from bulq.domain.phases import OPEN
from bulq.models import Allocation, Bid, ListItem, PriceObservation, ProductTag, Run


@dataclass(frozen=True, slots=True)
class Uses:
    runs: int
    sightings: int  # that were not withdrawn

    def __bool__(self) -> bool:
        return bool(self.runs or self.sightings)


def runs_with(product_id: UUID) -> CompoundSelect[UUID]:
    """The ids of the runs in which somebody bid on a product, or had it on the list."""
    return union(
        select(col(Bid.run_id)).where(col(Bid.product_id) == product_id),
        select(col(ListItem.run_id)).where(col(ListItem.product_id) == product_id),
    )


def product_uses(session: Session, product_id: UUID) -> Uses:
    runs = select(func.count()).select_from(runs_with(product_id).subquery()).scalar_subquery()
    return Uses(*session.execute(select(runs, _sightings(col(PriceObservation.product_id) == product_id))).one())


def store_uses(session: Session, store_id: UUID) -> Uses:
    runs = select(func.count()).select_from(Run).where(col(Run.store_id) == store_id).scalar_subquery()
    return Uses(*session.execute(select(runs, _sightings(col(PriceObservation.store_id) == store_id))).one())


def _sightings(condition: ColumnElement[bool]) -> ScalarSelect[int]:
    return (
        select(func.count())
        .select_from(PriceObservation)
        .where(condition, col(PriceObservation.withdrawn_at).is_(None))
        .scalar_subquery()
    )


def runs_off_step(session: Session, product_id: UUID, step: int) -> int:
    """In how many open runs there is a quantity of the product that isn't a whole number of `step` thousandths."""
    bids = select(col(Bid.run_id)).where(
        col(Bid.product_id) == product_id, or_(col(Bid.quantity) % step != 0, col(Bid.wanted) % step != 0)
    )
    items = select(col(ListItem.run_id)).where(
        col(ListItem.product_id) == product_id, or_(col(ListItem.wanted) % step != 0, col(ListItem.bought) % step != 0)
    )
    allocations = (
        select(col(Allocation.run_id))
        .join(ListItem, col(ListItem.id) == col(Allocation.item_id))
        .where(col(ListItem.product_id) == product_id, col(Allocation.quantity) % step != 0)
    )
    off = union(bids, items, allocations).subquery()
    query = select(func.count()).select_from(Run).where(col(Run.id).in_(select(off)), col(Run.phase).in_(OPEN))
    return session.scalars(query).one()


def tagged(session: Session, tag_id: UUID) -> int:
    """How many products have the tag."""
    query = select(func.count()).select_from(ProductTag).where(col(ProductTag.tag_id) == tag_id)
    return session.scalars(query).one()
