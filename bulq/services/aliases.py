"""More names of a product: anybody adds them, whoever did or an admin takes them away again."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session
from sqlmodel import select

from bulq import cache, changes
from bulq.config import settings
from bulq.domain.actor import Actor
from bulq.domain.catalogue import LANGUAGES
from bulq.domain.errors import Conflict, Forbidden, Invalid, NotFound
from bulq.domain.texts import clean_text, name_key
from bulq.models import Product, ProductAlias
from bulq.queries.access import may_take_away
from bulq.services import audit, search_terms
from bulq.services.quotas import Quota, add_one
from bulq.services.uniqueness import add_unique


def add_alias(
    session: Session, actor: Actor, product_id: UUID, name: str, language: str, *, now: datetime
) -> ProductAlias:
    """Another name of the product in a language, or in any ("")."""
    name = clean_text(name, field="alias", minimum=1, maximum=100)
    if language not in LANGUAGES:
        raise Invalid("choice", field="language")
    # Whoever names it at the same time waits: the limit holds for all together.
    product = session.get(Product, product_id, with_for_update={"key_share": True})
    if product is None:
        raise NotFound()
    key, already = name_key(name), Conflict("alias_there", field="alias")
    keys = session.scalars(select(ProductAlias.name_key).where(ProductAlias.product_id == product_id)).all()
    if key == product.name_key or key in keys:
        raise already
    if len(keys) >= settings.names_per_product:
        raise Conflict("too_many_aliases", field="alias", maximum=settings.names_per_product)
    alias = ProductAlias(
        product_id=product_id, name=name, name_key=key, language=language, created_by=actor.id, created_at=now
    )
    add_unique(session, alias, already)
    add_one(actor, Quota.NAMES)
    _known_anew(session, product)
    return alias


def remove_alias(session: Session, actor: Actor, alias_id: UUID, *, now: datetime) -> None:
    alias = session.get(ProductAlias, alias_id)
    if alias is None:
        raise NotFound()
    product = session.get_one(Product, alias.product_id)
    if not may_take_away(actor, alias.created_by):
        raise Forbidden("not_yours")
    if alias.created_by != actor.id:
        audit.record(
            session,
            actor,
            "alias_removed",
            kind="product",
            subject=product.id,
            name=product.name,
            alias=alias.name,
            now=now,
        )
    session.delete(alias)
    _known_anew(session, product)


def _known_anew(session: Session, product: Product) -> None:
    session.flush()
    search_terms.index_product(session, product)
    cache.changed(session, "products")
    changes.note(session, changes.product(product.id))
