"""Two products, stores or tags side by side, what would move from one to the other, and what stands against it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, TypeVar
from uuid import UUID

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session
from sqlmodel import col

from bulq.domain.actor import Actor
from bulq.domain.catalogue import TagKind
from bulq.domain.errors import BulqError, Conflict, NotFound
from bulq.domain.phases import Unit
from bulq.models import (
    Allocation,
    Bid,
    ListItem,
    PriceObservation,
    Product,
    ProductAlias,
    ProductTag,
    Purchase,
    Run,
    Store,
    Tag,
    User,
)
from bulq.queries.access import need_server_admin
from bulq.queries.pairs import AnyRows, double_sightings, number, pairs, runs_with_other_sums
from bulq.queries.uses import product_uses, runs_off_step, runs_with, store_uses, tagged

Side = TypeVar("Side")
T = TypeVar("T", Product, Store, Tag)

MOST_SIGHTINGS = 50_000  # that go over: others wait for it


@dataclass(frozen=True, slots=True)
class ProductSide:
    """One of two products to choose between; quantities in thousandths."""

    id: UUID
    name: str
    brand: str
    unit: Unit
    step: int
    barcode: str | None
    content: int | None
    content_unit: Unit | None
    verified_at: datetime | None
    created_at: datetime
    created_by: str
    runs: int
    sightings: int


@dataclass(frozen=True, slots=True)
class StoreSide:
    id: UUID
    name: str
    chain: str
    address: str
    verified_at: datetime | None
    created_at: datetime
    created_by: str
    runs: int
    sightings: int


@dataclass(frozen=True, slots=True)
class TagSide:
    id: UUID
    name: str
    kind: TagKind
    verified_at: datetime | None
    created_at: datetime
    created_by: str
    products: int


@dataclass(frozen=True, slots=True)
class Merge(Generic[Side]):
    """`moves` counts what goes over to the kept one, and as "double_…" what becomes one with something there.

    With a `refusal` they can't become one.
    """

    duplicate: Side
    kept: Side
    moves: Mapping[str, int]
    refusal: BulqError | None


def product_merge(session: Session, viewer: Actor, duplicate_id: UUID, kept_id: UUID) -> Merge[ProductSide]:
    need_server_admin(viewer)
    (duplicate, ours), (kept, theirs) = (_product(session, each) for each in (duplicate_id, kept_id))
    moves = product_moves(session, duplicate_id, kept_id)
    return Merge(ours, theirs, moves, against_products(session, duplicate, kept))


def _product(session: Session, product_id: UUID) -> tuple[Product, ProductSide]:
    row, by = _made_by(session, Product, product_id)
    uses = product_uses(session, product_id)
    side = ProductSide(
        id=row.id,
        name=row.name,
        brand=row.brand,
        unit=row.unit,
        step=row.step,
        barcode=row.barcode,
        content=row.content,
        content_unit=row.content_unit,
        verified_at=row.verified_at,
        created_at=row.created_at,
        created_by=by,
        runs=uses.runs,
        sightings=uses.sightings,
    )
    return row, side


def _made_by(session: Session, table: type[T], row_id: UUID) -> tuple[T, str]:
    """The row, and the name of whoever added it."""
    query = select(table, col(User.name)).join(User, col(User.id) == col(table.created_by))
    found = session.execute(query.where(col(table.id) == row_id)).first()
    if found is None:
        raise NotFound()
    return found[0], found[1]


def against_products(session: Session, duplicate: Product, kept: Product) -> BulqError | None:
    """Why the two can't become one, if so."""
    if duplicate.id == kept.id:
        return Conflict("merge_same")
    if refusal := _too_many(session, col(PriceObservation.product_id) == duplicate.id):
        return refusal
    if duplicate.unit is not kept.unit:
        return Conflict("merge_units", duplicate=str(duplicate.unit), kept=str(kept.unit))
    if duplicate.content_key and kept.content_key and duplicate.content_key != kept.content_key:
        return Conflict("merge_contents")
    if runs := runs_off_step(session, duplicate.id, kept.step):
        return Conflict("merge_steps", count=runs)
    if runs := runs_with_other_sums(session, kept.id, duplicate.id):
        return Conflict("merge_sums", count=runs)
    return None


def product_moves(session: Session, duplicate_id: UUID, kept_id: UUID) -> dict[str, int]:
    items = select(col(ListItem.id)).where(col(ListItem.product_id) == duplicate_id)

    def double(table: Any, *same: str) -> AnyRows:
        return pairs(table, "product_id", kept_id, duplicate_id, *same)

    return counted(
        session,
        runs=select(runs_with(duplicate_id).subquery()),
        bids=select(Bid).where(col(Bid.product_id) == duplicate_id),
        double_bids=double(Bid, "run_id", "user_id"),
        items=items,
        double_items=double(ListItem, "run_id"),
        purchases=select(Purchase).where(col(Purchase.item_id).in_(items)),
        allocations=select(Allocation).where(col(Allocation.item_id).in_(items)),
        sightings=select(PriceObservation).where(col(PriceObservation.product_id) == duplicate_id),
        double_sightings=double_sightings("product_id", "store_id", kept_id, duplicate_id),
        tags=select(ProductTag).where(col(ProductTag.product_id) == duplicate_id),
        double_tags=double(ProductTag, "tag_id"),
        names=select(ProductAlias).where(col(ProductAlias.product_id) == duplicate_id),
    )


def store_merge(session: Session, viewer: Actor, duplicate_id: UUID, kept_id: UUID) -> Merge[StoreSide]:
    need_server_admin(viewer)
    duplicate, kept = (_store(session, each) for each in (duplicate_id, kept_id))
    moves = store_moves(session, duplicate_id, kept_id)
    return Merge(duplicate, kept, moves, against_stores(session, duplicate_id, kept_id))


def _store(session: Session, store_id: UUID) -> StoreSide:
    row, by = _made_by(session, Store, store_id)
    uses = store_uses(session, store_id)
    return StoreSide(
        id=row.id,
        name=row.name,
        chain=row.chain,
        address=row.address,
        verified_at=row.verified_at,
        created_at=row.created_at,
        created_by=by,
        runs=uses.runs,
        sightings=uses.sightings,
    )


def against_stores(session: Session, duplicate_id: UUID, kept_id: UUID) -> BulqError | None:
    if duplicate_id == kept_id:
        return Conflict("merge_same")
    return _too_many(session, col(PriceObservation.store_id) == duplicate_id)


def _too_many(session: Session, mine: ColumnElement[bool]) -> BulqError | None:
    beyond = select(col(PriceObservation.id)).where(mine).offset(MOST_SIGHTINGS).limit(1)
    return Conflict("merge_too_many", maximum=MOST_SIGHTINGS) if session.scalars(beyond).first() else None


def store_moves(session: Session, duplicate_id: UUID, kept_id: UUID) -> dict[str, int]:
    return counted(
        session,
        runs=select(Run).where(col(Run.store_id) == duplicate_id),
        sightings=select(PriceObservation).where(col(PriceObservation.store_id) == duplicate_id),
        double_sightings=double_sightings("store_id", "product_id", kept_id, duplicate_id),
    )


def tag_merge(session: Session, viewer: Actor, duplicate_id: UUID, kept_id: UUID) -> Merge[TagSide]:
    need_server_admin(viewer)
    duplicate, kept = (_tag(session, each) for each in (duplicate_id, kept_id))
    return Merge(duplicate, kept, tag_moves(session, duplicate_id, kept_id), against_tags(duplicate_id, kept_id))


def _tag(session: Session, tag_id: UUID) -> TagSide:
    row, by = _made_by(session, Tag, tag_id)
    return TagSide(row.id, row.name, row.kind, row.verified_at, row.created_at, by, tagged(session, tag_id))


def against_tags(duplicate_id: UUID, kept_id: UUID) -> BulqError | None:
    return Conflict("merge_same") if duplicate_id == kept_id else None


def tag_moves(session: Session, duplicate_id: UUID, kept_id: UUID) -> dict[str, int]:
    return counted(
        session,
        products=select(ProductTag).where(col(ProductTag.tag_id) == duplicate_id),
        double_products=pairs(ProductTag, "tag_id", kept_id, duplicate_id, "product_id"),
    )


def counted(session: Session, **queries: AnyRows) -> dict[str, int]:
    """How many rows each query finds, in one statement; without those that find none."""
    row = session.execute(select(*(number(query).label(name) for name, query in queries.items()))).one()
    return {name: count for name, count in zip(queries, row, strict=True) if count}
