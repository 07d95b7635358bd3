"""Where stores, products and tags are in use: what keeps them from being deleted."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import ColumnElement, CompoundSelect, ScalarSelect, Select, Subquery, func, select, union, union_all
from sqlalchemy.orm import Session
from sqlmodel import col

from bulq.domain.phases import OPEN
from bulq.domain.quantities import WEIGHED
from bulq.models import Allocation, Bid, CaseChoice, ListItem, OrdinaryPrice, PriceObservation, Product, ProductTag, Run


@dataclass(frozen=True, slots=True)
class Uses:
    runs: int
    sightings: int  # that were not withdrawn

    def __bool__(self) -> bool:
        return bool(self.runs or self.sightings)


def runs_with(product_id: UUID) -> CompoundSelect[UUID]:
    """The ids of the runs in which somebody bid on a product, had it on the list, or chose how to fill its cases."""
    return union(
        select(col(Bid.run_id)).where(col(Bid.product_id) == product_id),
        select(col(ListItem.run_id)).where(col(ListItem.product_id) == product_id),
        select(col(CaseChoice.run_id)).where(col(CaseChoice.product_id) == product_id),
    )


def product_uses(session: Session, product_id: UUID) -> Uses:
    runs = select(func.count()).select_from(runs_with(product_id).subquery()).scalar_subquery()
    ordinary = (
        select(func.count())
        .select_from(OrdinaryPrice)
        .where(col(OrdinaryPrice.product_id) == product_id, col(OrdinaryPrice.withdrawn_at).is_(None))
        .scalar_subquery()
    )
    seen = _sightings(col(PriceObservation.product_id) == product_id)
    return Uses(*session.execute(select(runs, seen + ordinary)).one())


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


def _quantities() -> Subquery:
    """Everything that open runs count of products in whole steps, in thousandths.

    Bids are; what was bought and given out only of goods that aren't weighed.
    """
    counted_goods = select(col(Product.id)).where(col(Product.unit).not_in(WEIGHED))
    given = (
        select(col(ListItem.product_id), col(ListItem.run_id), col(Allocation.quantity))
        .join(Allocation, col(Allocation.item_id) == col(ListItem.id))
        .where(col(ListItem.product_id).in_(counted_goods))
    )
    bought = select(col(ListItem.product_id), col(ListItem.run_id), col(ListItem.bought)).where(
        col(ListItem.product_id).in_(counted_goods)
    )
    counted = union_all(
        *(
            select(col(table.product_id), col(table.run_id), column)
            for table, column in (
                (Bid, col(Bid.quantity)),
                (Bid, col(Bid.wanted)),
                (Bid, col(Bid.up_to)),
                (ListItem, col(ListItem.wanted)),
            )
        ),
        bought,
        given,
    ).subquery()
    product, run, quantity = counted.c
    query = select(product.label("product"), run.label("run"), quantity.label("quantity"))
    return query.join(Run, col(Run.id) == run).where(col(Run.phase).in_(OPEN), quantity.is_not(None)).subquery()


def runs_off_step(session: Session, product_id: UUID, step: int) -> int:
    """In how many open runs there is a quantity of the product that isn't a whole number of `step` thousandths."""
    held = _quantities().c
    query = select(func.count(func.distinct(held.run))).where(held.product == product_id, held.quantity % step != 0)
    return session.scalars(query).one()


def any_off_step(session: Session, stepped: Select[UUID, int]) -> bool:
    """Whether an open run holds a quantity of a product that the step `stepped` gives to the product doesn't divide."""
    if session.execute(stepped.limit(1)).first() is None:
        return False  # most lists change no step, and going through all bids takes a while
    held, steps = _quantities().c, stepped.subquery().c
    product, step = steps
    query = select(product).join(held.product.table, held.product == product).where(held.quantity % step != 0)
    return session.execute(query.limit(1)).first() is not None


def held_in_open_runs(session: Session, product_ids: Collection[UUID]) -> dict[UUID, set[int]]:
    """The quantities of these products that a new step would have to divide."""
    found: dict[UUID, set[int]] = defaultdict(set)
    if product_ids:
        held = _quantities().c
        query = select(held.product, held.quantity).where(held.product.in_(product_ids)).distinct()
        for product_id, quantity in session.execute(query):
            found[product_id].add(quantity)
    return found


def tagged(session: Session, tag_id: UUID) -> int:
    """How many products have the tag."""
    query = select(func.count()).select_from(ProductTag).where(col(ProductTag.tag_id) == tag_id)
    return session.scalars(query).one()
