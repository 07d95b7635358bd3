"""Products, stores and tags of the whole server, for its admins."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, and_, exists, func, or_, select
from sqlalchemy.orm import Session, aliased
from sqlmodel import col

from bulq.domain.actor import Actor
from bulq.domain.barcodes import barcode_in
from bulq.domain.catalogue import Named, TagKind
from bulq.domain.phases import Unit
from bulq.domain.searching import as_held, typed_key, words_of
from bulq.models import Bid, ListItem, PriceObservation, Product, ProductTag, Run, SearchTerm, Store, Tag, User
from bulq.queries.access import need_server_admin
from bulq.queries.listing import Listed, Wish, contains, list_page, with_words


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
    maker, verifier = aliased(User), aliased(User)
    its = col(Product.id)
    uses = [
        exists().where(col(Bid.product_id) == its),
        exists().where(col(ListItem.product_id) == its),
        exists().where(col(PriceObservation.product_id) == its, col(PriceObservation.withdrawn_at).is_(None)),
    ]
    query = (
        select(
            its,
            col(Product.name),
            col(Product.brand),
            col(Product.unit),
            col(Product.step),
            col(Product.barcode),
            col(Product.content),
            col(Product.content_unit),
            col(maker.name),
            col(Product.verified_at),
            col(verifier.name),
            or_(*uses),
        )
        .join(maker, col(maker.id) == col(Product.created_by))
        .outerjoin(verifier, col(verifier.id) == col(Product.verified_by))
    )
    if code := barcode_in(wish.typed):
        query = query.where(col(Product.barcode) == code)
    else:
        query = query.where(*_called(Product, Named.PRODUCT, wish.typed))
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
    maker, verifier = aliased(User), aliased(User)
    its = col(Store.id)
    uses = [
        exists().where(col(Run.store_id) == its),
        exists().where(col(PriceObservation.store_id) == its, col(PriceObservation.withdrawn_at).is_(None)),
    ]
    query = (
        select(
            its,
            col(Store.name),
            col(Store.chain),
            col(Store.address),
            col(maker.name),
            col(Store.verified_at),
            col(verifier.name),
            or_(*uses),
        )
        .join(maker, col(maker.id) == col(Store.created_by))
        .outerjoin(verifier, col(verifier.id) == col(Store.verified_by))
        .where(*_called(Store, Named.STORE, wish.typed))
    )
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
    maker, verifier = aliased(User), aliased(User)
    its = col(Tag.id)
    products = select(func.count()).where(col(ProductTag.tag_id) == its).scalar_subquery()
    query = (
        select(
            its,
            col(Tag.name),
            col(Tag.kind),
            col(maker.name),
            col(Tag.verified_at),
            col(verifier.name),
            products.label("products"),
        )
        .join(maker, col(maker.id) == col(Tag.created_by))
        .outerjoin(verifier, col(verifier.id) == col(Tag.verified_by))
        .where(*_called(Tag, Named.TAG, wish.typed))
    )
    kinds = _kinds(Tag, [exists().where(col(ProductTag.tag_id) == its)])
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


def _called(table: type[Product | Store | Tag], kind: Named, typed: str) -> Sequence[ColumnElement[bool]]:
    """By any of its names, in whatever script, as search finds it; marks alone are looked for as they stand."""
    if not (words := words_of(typed_key(typed))):
        return with_words(col(table.name_key), typed)
    held = [col(SearchTerm.key).like(contains(as_held(word)), escape="\\") for word in words]
    return [col(table.id).in_(select(col(SearchTerm.target_id)).where(col(SearchTerm.kind) == kind, *held))]


def _kinds(table: type[Product | Store | Tag], uses: Sequence[ColumnElement[bool]]) -> dict[str, ColumnElement[bool]]:
    return {
        "verified": col(table.verified_at).is_not(None),
        "unverified": col(table.verified_at).is_(None),
        "unused": and_(*(~use for use in uses)),  # one by one, so that each is asked by its index
    }
