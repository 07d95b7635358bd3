"""Merging by choosing: what belongs to the duplicate goes over to the one that is kept, then the duplicate goes."""

from __future__ import annotations

from datetime import datetime
from typing import TypeVar
from uuid import UUID

from sqlalchemy import ColumnElement, and_, delete, exists, or_, tuple_, update
from sqlalchemy.orm import Session, aliased
from sqlmodel import col, select

from bulq import cache, changes
from bulq.domain.actor import Actor
from bulq.domain.catalogue import Named
from bulq.domain.errors import NotFound
from bulq.domain.texts import name_key
from bulq.models import (
    Bid,
    CaseChoice,
    CatalogueImport,
    GoneProduct,
    ListItem,
    OrdinaryPrice,
    PriceObservation,
    Product,
    ProductAlias,
    ProductTag,
    Run,
    StagedMark,
    Store,
    StoreList,
    Tag,
    User,
)
from bulq.queries.access import need_server_admin_still
from bulq.queries.merging import (
    against_products,
    against_stores,
    against_tags,
    product_moves,
    store_moves,
    tag_moves,
)
from bulq.queries.newest import same_price
from bulq.queries.own_lists import is_seen_instead
from bulq.queries.pairs import load, pairs
from bulq.queries.prices import product_twin
from bulq.queries.savings import topics_of_savings
from bulq.queries.shown import changeable, topics_of_goods
from bulq.queries.uses import runs_with
from bulq.services import audit, search_terms
from bulq.services.joining import join_bids, join_items

T = TypeVar("T", Product, Store, Tag, User)

LONGEST_NAME = 100


def merge_products(session: Session, actor: Actor, duplicate_id: UUID, kept_id: UUID, *, now: datetime) -> None:
    """Bids of one person on both are added up, list items of one run joined, and the old name finds the kept product.

    Refused where nobody could say what the result means.
    """
    need_server_admin_still(session, actor)
    lock_runs(session, col(Run.id).in_(runs_with(duplicate_id)), now)
    duplicate, kept = both(session, Product, duplicate_id, kept_id)
    lock_runs(session, col(Run.id).in_(runs_with(duplicate_id)), now)  # a first bid may have been on its way
    if refusal := against_products(session, duplicate, kept):
        raise refusal
    moves = product_moves(session, duplicate_id, kept_id)
    # Before anything moves: the prices of either are those of the kept one from now on.
    changes.note(session, *topics_of_goods(session, [duplicate_id, kept_id], now=now))
    for product_id in (duplicate_id, kept_id):
        changes.note(session, *topics_of_savings(session, product_id))
    _move_goods(session, duplicate_id, kept_id)
    _move_sightings(session, "product_id", "store_id", duplicate_id, kept_id)
    _move_links(session, "product_id", "tag_id", duplicate_id, kept_id)
    _move_gone(session, "product_id", "store_id", duplicate_id, kept_id)
    _move_names(session, actor, duplicate, kept, now)
    _delete(session, Named.PRODUCT, duplicate)
    _fill_in(session, kept, duplicate, "barcode")
    if kept.content is None and product_twin(session, kept.name_key, kept.brand_key, duplicate.content_key) is None:
        kept.content, kept.content_unit = duplicate.content, duplicate.content_unit
    search_terms.index_product(session, kept)
    cache.changed(session, "products")
    _record(session, actor, "product", duplicate, kept, moves, now)


def merge_stores(session: Session, actor: Actor, duplicate_id: UUID, kept_id: UUID, *, now: datetime) -> None:
    """Runs to either are to the kept store, with all prices seen at either."""
    need_server_admin_still(session, actor)
    lock_runs(session, col(Run.store_id) == duplicate_id, now)
    duplicate, kept = both(session, Store, duplicate_id, kept_id)
    lock_runs(session, col(Run.store_id) == duplicate_id, now)
    if refusal := against_stores(session, duplicate_id, kept_id):
        raise refusal
    moves = store_moves(session, duplicate_id, kept_id)
    session.execute(update(Run).where(col(Run.store_id) == duplicate_id).values(store_id=kept_id))
    _move_sightings(session, "store_id", "product_id", duplicate_id, kept_id)
    _move_gone(session, "store_id", "product_id", duplicate_id, kept_id)
    _move_lists(session, duplicate_id, kept_id)
    _delete(session, Named.STORE, duplicate)
    for name in ("chain", "address", "hours"):
        _fill_in(session, kept, duplicate, name)
    if kept.hours == duplicate.hours:
        _fill_in(session, kept, duplicate, "time_zone")
    search_terms.index_store(session, kept)
    cache.changed(session, "products")
    changes.note(session, changes.STORES)
    _record(session, actor, "store", duplicate, kept, moves, now)


def merge_tags(session: Session, actor: Actor, duplicate_id: UUID, kept_id: UUID, *, now: datetime) -> None:
    """Products with either have the kept one; its kind is theirs."""
    need_server_admin_still(session, actor)
    duplicate, kept = both(session, Tag, duplicate_id, kept_id)
    if refusal := against_tags(duplicate_id, kept_id):
        raise refusal
    moves = tag_moves(session, duplicate_id, kept_id)
    _move_links(session, "tag_id", "product_id", duplicate_id, kept_id)
    _delete(session, Named.TAG, duplicate)
    changes.note(session, changes.CATALOGUE)
    _record(session, actor, "tag", duplicate, kept, moves, now)


def lock_runs(session: Session, condition: ColumnElement[bool], now: datetime) -> None:
    """The runs of this kind that are open or have left-over goods to take: nobody else changes them from now on.

    Others don't change anyway.
    """
    query = select(Run.id).where(condition, changeable(now)).order_by(col(Run.id))
    session.execute(query.with_for_update(key_share=True))


def both(
    session: Session, table: type[T], duplicate_id: UUID, kept_id: UUID, *conditions: ColumnElement[bool]
) -> tuple[T, T]:
    """Both rows, to which nobody can refer anew until the transaction ends."""
    query = select(table).where(col(table.id).in_([duplicate_id, kept_id]), *conditions).order_by(col(table.id))
    rows = session.scalars(query.with_for_update().execution_options(populate_existing=True))
    found = {row.id: row for row in rows}
    if duplicate_id not in found or kept_id not in found:
        raise NotFound()
    return found[duplicate_id], found[kept_id]


def _move_goods(session: Session, duplicate_id: UUID, kept_id: UUID) -> None:
    join_bids(session, load(session, pairs(Bid, "product_id", kept_id, duplicate_id, "run_id", "user_id")))
    join_items(session, load(session, pairs(ListItem, "product_id", kept_id, duplicate_id, "run_id")))
    for table in (Bid, ListItem, CaseChoice, OrdinaryPrice):
        session.execute(update(table).where(col(table.product_id) == duplicate_id).values(product_id=kept_id))


def _move_sightings(session: Session, by: str, other: str, duplicate_id: UUID, kept_id: UUID) -> None:
    """The same price seen twice on a day counts once: the older one, if all see it who see the other."""
    column = getattr(PriceObservation, by)
    for mine, theirs in ((duplicate_id, kept_id), (kept_id, duplicate_id)):
        older = aliased(PriceObservation)
        names = (other, "day", "currency", "minimum_quantity", "pack")
        same = [getattr(older, name) == getattr(PriceObservation, name) for name in names]
        same.append(same_price(older, PriceObservation.price, PriceObservation.per))
        stand = [col(PriceObservation.withdrawn_at).is_(None), col(older.withdrawn_at).is_(None)]
        enough = is_seen_instead(older, PriceObservation)
        earlier = tuple_(older.seen_at, older.id) < tuple_(PriceObservation.seen_at, PriceObservation.id)
        session.execute(
            delete(PriceObservation).where(
                column == mine, exists().where(getattr(older, by) == theirs, *same, *stand, enough, earlier)
            )
        )
    session.execute(update(PriceObservation).where(column == duplicate_id).values({by: kept_id}))


def _move_links(session: Session, by: str, other: str, duplicate_id: UUID, kept_id: UUID) -> None:
    """Which tags a product has, or which products a tag: where both have it, one link is enough."""
    column, beside = getattr(ProductTag, by), getattr(ProductTag, other)
    there = select(beside).where(column == kept_id)
    session.execute(delete(ProductTag).where(column == duplicate_id, beside.in_(there)))
    session.execute(update(ProductTag).where(column == duplicate_id).values({by: kept_id}))


def _move_gone(session: Session, by: str, other: str, duplicate_id: UUID, kept_id: UUID) -> None:
    """What lists say is no longer sold: where one says so of both, once is enough."""
    column, kept = getattr(GoneProduct, by), aliased(GoneProduct)
    same = [getattr(kept, name) == getattr(GoneProduct, name) for name in (other, "import_id")]
    session.execute(
        delete(GoneProduct).where(column == duplicate_id, exists().where(getattr(kept, by) == kept_id, *same))
    )
    for table in (GoneProduct, StagedMark):
        session.execute(update(table).where(getattr(table, by) == duplicate_id).values({by: kept_id}))


def _move_lists(session: Session, duplicate_id: UUID, kept_id: UUID) -> None:
    """Imports go over; how its list is read is that of the kept store, if it has one."""
    session.execute(
        update(CatalogueImport).where(col(CatalogueImport.store_id) == duplicate_id).values(store_id=kept_id)
    )
    mine, older = col(StoreList.store_id) == duplicate_id, aliased(StoreList)
    groups = col(older.group_id), col(StoreList.group_id)
    same = or_(groups[0] == groups[1], and_(groups[0].is_(None), groups[1].is_(None)))
    session.execute(delete(StoreList).where(mine, exists().where(col(older.store_id) == kept_id, same)))
    session.execute(update(StoreList).where(mine).values(store_id=kept_id))


def _move_names(session: Session, actor: Actor, duplicate: Product, kept: Product, now: datetime) -> None:
    """The other names go over, and the name of the duplicate becomes one of them."""
    there = select(ProductAlias.name_key).where(ProductAlias.product_id == kept.id)
    mine = col(ProductAlias.product_id) == duplicate.id
    known = or_(col(ProductAlias.name_key) == kept.name_key, col(ProductAlias.name_key).in_(there))
    session.execute(delete(ProductAlias).where(mine, known))
    session.execute(update(ProductAlias).where(mine).values(product_id=kept.id))
    name = duplicate.name if duplicate.name_key != kept.name_key else f"{duplicate.brand} {duplicate.name}".strip()
    key = name_key(name := name[:LONGEST_NAME].strip())
    if key != kept.name_key and key not in set(session.scalars(there)):
        session.add(ProductAlias(product_id=kept.id, name=name, name_key=key, created_by=actor.id, created_at=now))


def _delete(session: Session, kind: Named, row: Product | Store | Tag) -> None:
    search_terms.drop_terms(session, kind, row.id)
    session.delete(row)
    session.flush()


def _fill_in(session: Session, kept: T, duplicate: T, name: str) -> None:
    """What only the duplicate knew."""
    if not getattr(kept, name):
        setattr(kept, name, getattr(duplicate, name))
        session.add(kept)


def _record(
    session: Session,
    actor: Actor,
    kind: str,
    duplicate: T,
    kept: T,
    moves: dict[str, int],
    now: datetime,
) -> None:
    audit.record(
        session,
        actor,
        f"{kind}_merged",
        kind=kind,
        subject=kept.id,
        name=kept.name,
        now=now,
        duplicate=duplicate.name,
        duplicate_id=str(duplicate.id),
        moves=moves,
    )
