"""Products, stores and tags of the whole server, for its admins."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, ScalarSelect, Select, and_, func, or_, select
from sqlalchemy.orm import Session
from sqlalchemy.sql.elements import SQLCoreOperations
from sqlmodel import col

from bulq.domain.actor import Actor
from bulq.domain.barcodes import barcode_in
from bulq.domain.catalogue import Named, TagKind
from bulq.domain.phases import Unit
from bulq.models import Bid, ListItem, PriceObservation, Product, ProductTag, Run, Store, Tag, User
from bulq.queries.access import need_server_admin
from bulq.queries.listing import Listed, Wish, called, list_page


@dataclass(frozen=True, slots=True)
class ProductLine:
    """`used`: in a run, or with a price that counts, so that it can't be deleted."""

    id: UUID
    name: str
    brand: str
    unit: Unit
    step: int
    barcode: str | None
    content: int | None
    content_unit: Unit | None
    created_by: str
    verified_at: datetime | None
    verified_by: str | None
    used: bool


@dataclass(frozen=True, slots=True)
class StoreLine:
    id: UUID
    name: str
    chain: str
    address: str
    created_by: str
    verified_at: datetime | None
    verified_by: str | None
    used: bool


@dataclass(frozen=True, slots=True)
class TagLine:
    id: UUID
    name: str
    kind: TagKind
    created_by: str
    verified_at: datetime | None
    verified_by: str | None
    products: int


def products_list(session: Session, viewer: Actor, wish: Wish) -> Listed[ProductLine]:
    """Filter "which": verified, unverified, no_barcode, unused. Sorts: name, brand, created."""
    need_server_admin(viewer)
    its = col(Product.id)
    uses = [
        select(col(Bid.id)).where(col(Bid.product_id) == its),
        select(col(ListItem.id)).where(col(ListItem.product_id) == its),
        select(col(PriceObservation.id)).where(
            col(PriceObservation.product_id) == its, col(PriceObservation.withdrawn_at).is_(None)
        ),
    ]
    query = select(
        its,
        col(Product.name),
        col(Product.brand),
        col(Product.unit),
        col(Product.step),
        col(Product.barcode),
        col(Product.content),
        col(Product.content_unit),
        _name_of(col(Product.created_by)),
        col(Product.verified_at),
        _name_of(col(Product.verified_by)),
        _any(uses),
    )
    if code := barcode_in(wish.typed):
        query = query.where(col(Product.barcode) == code)
    else:
        query = query.where(*called(session, Named.PRODUCT, its, col(Product.name_key), wish.typed))
    kinds = _kinds(Product, uses) | {"no_barcode": col(Product.barcode).is_(None)}
    if (kind := wish.chosen("which")) in kinds:
        query = query.where(kinds[kind])
    return list_page(
        session,
        query,
        wish,
        key=its,
        sorts={
            "name": col(Product.name_key),
            "brand": col(Product.brand_key),
            "created": its,  # ids are in the order of birth
        },
        sort="name",
        row=ProductLine,
    )


def stores_list(session: Session, viewer: Actor, wish: Wish) -> Listed[StoreLine]:
    """Filter "which": verified, unverified, unused. Sorts: name, chain, created."""
    need_server_admin(viewer)
    its = col(Store.id)
    uses = [
        select(col(Run.id)).where(col(Run.store_id) == its),
        select(col(PriceObservation.id)).where(
            col(PriceObservation.store_id) == its, col(PriceObservation.withdrawn_at).is_(None)
        ),
    ]
    query = select(
        its,
        col(Store.name),
        col(Store.chain),
        col(Store.address),
        _name_of(col(Store.created_by)),
        col(Store.verified_at),
        _name_of(col(Store.verified_by)),
        _any(uses),
    ).where(*called(session, Named.STORE, its, col(Store.name_key), wish.typed))
    kinds = _kinds(Store, uses)
    if (kind := wish.chosen("which")) in kinds:
        query = query.where(kinds[kind])
    return list_page(
        session,
        query,
        wish,
        key=its,
        sorts={
            "name": col(Store.name_key),
            "chain": func.lower(col(Store.chain)),
            "created": its,
        },
        sort="name",
        row=StoreLine,
    )


def tags_list(session: Session, viewer: Actor, wish: Wish) -> Listed[TagLine]:
    """Filters "which": verified, unverified, unused; "kind": a kind of tags. Sorts: name, kind, products, created."""
    need_server_admin(viewer)
    its = col(Tag.id)
    products = select(func.count()).where(col(ProductTag.tag_id) == its).scalar_subquery()
    query = select(
        its,
        col(Tag.name),
        col(Tag.kind),
        _name_of(col(Tag.created_by)),
        col(Tag.verified_at),
        _name_of(col(Tag.verified_by)),
        products.label("products"),
    ).where(*called(session, Named.TAG, its, col(Tag.name_key), wish.typed))
    kinds = _kinds(Tag, [select(col(ProductTag.id)).where(col(ProductTag.tag_id) == its)])
    if (which := wish.chosen("which")) in kinds:
        query = query.where(kinds[which])
    if (kind := wish.chosen("kind")) in list(TagKind):
        query = query.where(col(Tag.kind) == TagKind(kind))
    return list_page(
        session,
        query,
        wish,
        key=its,
        sorts={
            "name": col(Tag.name_key),
            "kind": col(Tag.kind),
            "products": products,
            "created": its,
        },
        sort="name",
        row=TagLine,
    )


def _name_of(user_id: SQLCoreOperations[Any]) -> ScalarSelect[str]:
    """Of whoever that is. Unlike a join it costs nothing where rows are only counted."""
    return select(col(User.name)).where(col(User.id) == user_id).scalar_subquery()


def _any(uses: Sequence[Select[UUID]]) -> ColumnElement[bool]:
    """Whether there is any use. Asked for one by one, where EXISTS may be answered by reading whole tables first."""
    return or_(*(use.limit(1).scalar_subquery().is_not(None) for use in uses))


def _kinds(table: type[Product | Store | Tag], uses: Sequence[Select[UUID]]) -> dict[str, ColumnElement[bool]]:
    return {
        "verified": col(table.verified_at).is_not(None),
        "unverified": col(table.verified_at).is_(None),
        "unused": and_(*(~use.exists() for use in uses)),  # one by one, so that each is asked by its index
    }
