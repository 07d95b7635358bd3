"""Tags of products: anybody adds them, whoever did or an admin takes them off again."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import func
from sqlalchemy.orm import Session
from sqlmodel import col, select

from bulq import changes
from bulq.config import settings
from bulq.domain.actor import Actor
from bulq.domain.catalogue import TagKind, tag_key
from bulq.domain.errors import Conflict, Forbidden, Invalid, NotFound
from bulq.domain.texts import clean_text
from bulq.models import Product, ProductTag, Tag
from bulq.queries.access import may_take_away
from bulq.queries.shown import run_topics_with
from bulq.services import audit, search_terms
from bulq.services.quotas import Quota, add_one
from bulq.services.uniqueness import add_unique


def add_tag(session: Session, actor: Actor, product_id: UUID, kind: str, name: str, *, now: datetime) -> Tag:
    """Put a tag on a product; one of this kind and name, without case and accents, is made when there is none yet."""
    name = clean_text(name, field="tag", minimum=1, maximum=50)
    if kind not in list(TagKind):
        raise Invalid("choice", field="kind")
    # Whoever tags it at the same time waits: the limit holds for all together.
    if session.get(Product, product_id, with_for_update={"key_share": True}) is None:
        raise NotFound()
    tag = _tag(session, actor, TagKind(kind), name, now)
    known = select(ProductTag.id).where(ProductTag.product_id == product_id, ProductTag.tag_id == tag.id)
    already = Conflict("tag_there", field="tag")
    if session.scalars(known).first() is not None:
        raise already
    count = select(func.count()).select_from(ProductTag).where(col(ProductTag.product_id) == product_id)
    if session.scalars(count).one() >= settings.tags_per_product:
        raise Conflict("too_many_tags", field="tag", maximum=settings.tags_per_product)
    link = ProductTag(product_id=product_id, tag_id=tag.id, created_by=actor.id, created_at=now)
    add_unique(session, link, already)
    add_one(actor, Quota.TAGS)
    _note(session, product_id, now)
    return tag


def _tag(session: Session, actor: Actor, kind: TagKind, name: str, now: datetime) -> Tag:
    same = select(Tag).where(Tag.kind == kind, Tag.name_key == tag_key(name))
    if (known := session.scalars(same).first()) is not None:
        return known
    tag = Tag(kind=kind, name=name, name_key=tag_key(name), created_by=actor.id, created_at=now)
    try:
        add_unique(session, tag, Conflict("tag_there", field="tag"))
    except Conflict:
        return session.scalars(same).one()  # somebody was quicker
    search_terms.index_tag(session, tag)
    return tag


def remove_tag(session: Session, actor: Actor, product_id: UUID, tag_id: UUID, *, now: datetime) -> None:
    """Take a tag off a product. The tag itself stays, for other products and for those who come."""
    link = session.scalars(
        select(ProductTag).where(ProductTag.product_id == product_id, ProductTag.tag_id == tag_id)
    ).first()
    if link is None:
        raise NotFound()
    if not may_take_away(actor, link.created_by):
        raise Forbidden("not_yours")
    if link.created_by != actor.id:
        tag = session.get_one(Tag, tag_id)
        product = session.get_one(Product, product_id)
        audit.record(
            session, actor, "tag_removed", kind="product", subject=product_id, name=product.name, tag=tag.name, now=now
        )
    session.delete(link)
    _note(session, product_id, now)


def _note(session: Session, product_id: UUID, now: datetime) -> None:
    """The product's page shows its tags, and runs are filtered by them."""
    changes.note(session, changes.product(product_id), *run_topics_with(session, [product_id], now=now))
