"""Finding stores and products while typing."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import Select, case, or_, select
from sqlalchemy.orm import Session
from sqlmodel import col

from bulq.domain import searching
from bulq.domain.actor import Actor
from bulq.domain.barcodes import barcode_in
from bulq.domain.catalogue import Named
from bulq.domain.phases import Unit
from bulq.domain.prices import Offer
from bulq.models import Bid, Product, SearchTerm, Store
from bulq.queries.access import run_for
from bulq.queries.listed import ID, NAME_KEY, holding, offers_in, products_at, rows_of
from bulq.queries.listing import contains, typed_key
from bulq.queries.search import products_named

FOUND = 8


@dataclass(frozen=True, slots=True)
class StoreFound:
    id: UUID
    name: str
    exact: bool


@dataclass(frozen=True, slots=True)
class ProductFound:
    """`offers` are the current ones at the run's store; `exact` means the same name (not brand)."""

    id: UUID
    name: str
    brand: str
    unit: Unit
    step: int
    offers: tuple[Offer, ...]
    exact: bool


def find_stores(session: Session, viewer: Actor, typed: str) -> list[StoreFound]:
    """Up to eight stores whose name contains what was typed, without case, accents and script; else the newest."""
    key, latin = typed_key(typed), searching.typed_key(typed)
    query = select(col(Store.id), col(Store.name), col(Store.name_key)).limit(FOUND)
    if key:
        holds = col(Store.name_key).like(contains(key), escape="\\")
        if searching.words_of(typed):
            holds = or_(holds, col(Store.id).in_(_stores_holding(latin)))
        query = query.where(holds).order_by(
            case(
                (col(Store.name_key) == key, 0), (col(Store.name_key).like(contains(key)[1:], escape="\\"), 1), else_=2
            ),
            col(Store.name_key),
        )
    else:
        query = query.order_by(col(Store.created_at).desc(), col(Store.id).desc())
    return [StoreFound(store_id, name, known == key) for store_id, name, known in session.execute(query)]


def _stores_holding(latin: str) -> Select[UUID]:
    return select(col(SearchTerm.target_id)).where(
        col(SearchTerm.kind) == Named.STORE, col(SearchTerm.key).like(f"%{latin}%")
    )


def find_products(
    session: Session, viewer: Actor, run_id: UUID, typed: str, *, with_bids: bool = False
) -> list[ProductFound]:
    """Up to eight products to add to a run, those known at its store first; of a barcode the one that has it.

    Products the run has bids on already are left out, unless `with_bids` (adding while shopping).
    """
    access = run_for(session, viewer, run_id)
    key, latin = typed_key(typed), searching.words_of(typed)
    in_run = select(col(Bid.product_id)).where(col(Bid.run_id) == run_id)
    left_out = set[str]() if with_bids else {str(product_id) for product_id in session.scalars(in_run)}
    place = access.run.store_id, access.group.currency, access.group.id
    rows, is_all = products_at(session, *place)
    if code := barcode_in(typed):
        its = session.scalars(select(col(Product.id)).where(col(Product.barcode) == code)).all()
        rows = rows_of(session, *place, its)
    else:
        rows = holding(rows, key.split()[: searching.MOST_WORDS], latin)
    if not is_all and not code:
        listed = {row[ID] for row in rows}
        others = rows_of(session, *place, products_named(session, typed, FOUND + len(left_out)))
        rows = [*rows, *(row for row in others if row[ID] not in listed)]
    rows = [row for row in rows if row[ID] not in left_out]
    rows.sort(key=lambda row: row[NAME_KEY] != key)  # stable: those of exactly this name come first
    return [
        ProductFound(UUID(product_id), name, brand, Unit(unit), step, offers_in(offers), known == key)
        for product_id, name, brand, unit, step, offers, known, *_ in rows[:FOUND]
    ]
