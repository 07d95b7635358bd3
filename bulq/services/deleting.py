"""Deleting what nobody uses from the shared catalogue."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, update
from sqlalchemy.orm import Session
from sqlmodel import col

from bulq import cache, changes
from bulq.domain.actor import Actor
from bulq.domain.catalogue import Named
from bulq.domain.errors import Conflict
from bulq.models import (
    CatalogueImport,
    GoneProduct,
    OrdinaryPrice,
    PriceObservation,
    Product,
    ProductAlias,
    ProductTag,
    Store,
    StoreList,
    Tag,
)
from bulq.queries.access import need_server_admin_still
from bulq.queries.uses import product_uses, store_uses, tagged
from bulq.services import audit, search_terms
from bulq.services.curating import locked


def delete_product(session: Session, actor: Actor, product_id: UUID, *, now: datetime) -> None:
    """Its other names, tags and withdrawn prices go along; in a run, or with a price that counts, it stays."""
    need_server_admin_still(session, actor)
    product = locked(session, Product, product_id)
    if uses := product_uses(session, product_id):
        raise Conflict("in_use", runs=uses.runs, sightings=uses.sightings)
    for table in (ProductAlias, ProductTag, PriceObservation, OrdinaryPrice, GoneProduct):
        session.execute(delete(table).where(col(table.product_id) == product_id))
    _delete(session, actor, product, Named.PRODUCT, now)
    cache.changed(session, "products")
    changes.note(session, changes.product(product_id))


def delete_store(session: Session, actor: Actor, store_id: UUID, *, now: datetime) -> None:
    """With a run or a price that counts it stays."""
    need_server_admin_still(session, actor)
    store = locked(session, Store, store_id)
    if uses := store_uses(session, store_id):
        raise Conflict("in_use", runs=uses.runs, sightings=uses.sightings)
    for table in (PriceObservation, GoneProduct, StoreList):
        session.execute(delete(table).where(col(table.store_id) == store_id))
    session.execute(update(CatalogueImport).where(col(CatalogueImport.store_id) == store_id).values(store_id=None))
    _delete(session, actor, store, Named.STORE, now)
    changes.note(session, changes.store(store_id))


def delete_tag(session: Session, actor: Actor, tag_id: UUID, *, now: datetime) -> None:
    """A tag that products have stays."""
    need_server_admin_still(session, actor)
    tag = locked(session, Tag, tag_id)
    if count := tagged(session, tag_id):
        raise Conflict("tag_in_use", count=count)
    _delete(session, actor, tag, Named.TAG, now)


def _delete(session: Session, actor: Actor, row: Product | Store | Tag, kind: Named, now: datetime) -> None:
    search_terms.drop_terms(session, kind, row.id)
    session.delete(row)
    session.flush()
    audit.record(session, actor, f"{kind}_deleted", kind=str(kind), subject=row.id, name=row.name, now=now)
