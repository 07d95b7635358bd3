"""Tags and other names of products, as the page of a product and that of a run show them."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session
from sqlmodel import col

from bulq.domain.actor import Actor
from bulq.domain.catalogue import Named, TagKind
from bulq.domain.searching import typed_key
from bulq.models import Bid, ListItem, ProductAlias, ProductTag, SearchTerm, Tag
from bulq.queries.access import may_take_away
from bulq.queries.listing import contains

FOUND = 8
MOST_TAGS = 200  # of a run


@dataclass(frozen=True, slots=True)
class TagLine:
    """`removable` says whether the viewer may take it off."""

    id: UUID
    kind: TagKind
    name: str
    verified: bool
    removable: bool


@dataclass(frozen=True, slots=True)
class AliasLine:
    id: UUID
    name: str
    language: str
    removable: bool


@dataclass(frozen=True, slots=True)
class KnownAs:
    """Everything a product is known as, but its own name."""

    tags: tuple[TagLine, ...]
    aliases: tuple[AliasLine, ...]


@dataclass(frozen=True, slots=True)
class TagFound:
    id: UUID
    kind: TagKind
    name: str


@dataclass(frozen=True, slots=True)
class RunTag:
    """A tag with the products of the run that have it."""

    id: UUID
    kind: TagKind
    name: str
    product_ids: tuple[UUID, ...]


def known_as(session: Session, viewer: Actor, product_id: UUID) -> KnownAs:
    """Of a product that is there. Two queries; whoever is signed in may look."""
    tags = session.execute(
        select(col(Tag.id), col(Tag.kind), col(Tag.name), col(Tag.verified_at), col(ProductTag.created_by))
        .join(ProductTag, col(ProductTag.tag_id) == col(Tag.id))
        .where(col(ProductTag.product_id) == product_id)
        .order_by(col(Tag.kind), col(Tag.name_key))
    )
    aliases = session.execute(
        select(col(ProductAlias.id), col(ProductAlias.name), col(ProductAlias.language), col(ProductAlias.created_by))
        .where(col(ProductAlias.product_id) == product_id)
        .order_by(col(ProductAlias.name_key))
    )
    return KnownAs(
        tuple(
            TagLine(tag_id, kind, name, verified_at is not None, may_take_away(viewer, by))
            for tag_id, kind, name, verified_at, by in tags
        ),
        tuple(
            AliasLine(alias_id, name, language, may_take_away(viewer, by)) for alias_id, name, language, by in aliases
        ),
    )


def find_tags(session: Session, viewer: Actor, kind: str, typed: str) -> list[TagFound]:
    """Up to eight tags of a kind (of any for "") with a word that begins with what is typed, most used first."""
    key = typed_key(typed)
    uses = select(func.count()).where(col(ProductTag.tag_id) == col(Tag.id)).correlate(Tag).scalar_subquery()
    query = select(col(Tag.id), col(Tag.kind), col(Tag.name)).limit(FOUND)
    query = query.order_by(uses.desc(), col(Tag.name_key), col(Tag.id))
    if kind in list(TagKind):
        query = query.where(col(Tag.kind) == kind)
    if key:
        begins = select(col(SearchTerm.target_id)).where(
            col(SearchTerm.kind) == Named.TAG, col(SearchTerm.key).like(contains(f" {key}"), escape="\\")
        )
        query = query.where(col(Tag.id).in_(begins))
    return [TagFound(*row) for row in session.execute(query)]


def tags_in(session: Session, run_id: UUID) -> tuple[RunTag, ...]:
    """The tags of a run's products, categories first; those of most products first within a kind."""
    listed = (
        select(col(Bid.product_id))
        .where(col(Bid.run_id) == run_id)
        .union(select(col(ListItem.product_id)).where(col(ListItem.run_id) == run_id))
    )
    rows = session.execute(
        select(col(Tag.id), col(Tag.kind), col(Tag.name), col(ProductTag.product_id))
        .join(ProductTag, col(ProductTag.tag_id) == col(Tag.id))
        .where(col(ProductTag.product_id).in_(listed))
        .order_by(col(Tag.name_key), col(Tag.id), col(ProductTag.product_id))
    )
    names: dict[UUID, tuple[TagKind, str]] = {}
    products: dict[UUID, list[UUID]] = defaultdict(list)
    for tag_id, kind, name, product_id in rows:
        names[tag_id] = kind, name
        products[tag_id].append(product_id)
    order = list(TagKind)
    found = sorted(products, key=lambda each: (order.index(names[each][0]), -len(products[each])))
    return tuple(RunTag(each, *names[each], tuple(products[each])) for each in found[:MOST_TAGS])
