"""Finding stores and products while typing."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import case, select
from sqlalchemy.orm import Session
from sqlmodel import col

from bulq import cache
from bulq.domain.actor import Actor
from bulq.domain.barcodes import barcode_in
from bulq.domain.phases import Unit
from bulq.domain.texts import name_key
from bulq.models import Bid, PriceObservation, Product, Store
from bulq.queries.access import run_for

FOUND = 8


@dataclass(frozen=True, slots=True)
class StoreFound:
    id: UUID
    name: str
    exact: bool


@dataclass(frozen=True, slots=True)
class ProductFound:
    """`price` is the newest at the run's store, in minor units; `exact` means the same name (not brand)."""

    id: UUID
    name: str
    brand: str
    unit: Unit
    step: int
    price: int | None
    exact: bool


def contains(text: str) -> str:
    """A LIKE pattern that finds the text itself, wildcards taken literally."""
    escaped = text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    return f"%{escaped}%"


def typed_key(typed: str) -> str:
    """What was typed as names are compared, without what no name holds and a database can't compare."""
    return name_key("".join(" " if unicodedata.category(each) in ("Cc", "Cs") else each for each in typed[:100]))


def find_stores(session: Session, viewer: Actor, typed: str) -> list[StoreFound]:
    """Up to eight stores whose name contains what was typed, without case and accents; without text the newest."""
    key = typed_key(typed)
    query = select(col(Store.id), col(Store.name), col(Store.name_key)).limit(FOUND)
    if key:
        query = query.where(col(Store.name_key).like(contains(key), escape="\\")).order_by(
            case(
                (col(Store.name_key) == key, 0), (col(Store.name_key).like(contains(key)[1:], escape="\\"), 1), else_=2
            ),
            col(Store.name_key),
        )
    else:
        query = query.order_by(col(Store.created_at).desc())
    return [StoreFound(store_id, name, known == key) for store_id, name, known in session.execute(query)]


def current_price(store_id: UUID, currency: str):
    """A scalar subquery for the newest price of a product at a store, to put beside `Product` in a select."""
    return (
        select(col(PriceObservation.price))
        .where(
            col(PriceObservation.product_id) == col(Product.id),
            col(PriceObservation.store_id) == store_id,
            col(PriceObservation.currency) == currency,
            col(PriceObservation.withdrawn_at).is_(None),
        )
        .order_by(col(PriceObservation.seen_at).desc(), col(PriceObservation.id).desc())
        .limit(1)
        .correlate(Product)
        .scalar_subquery()
    )


def find_products(
    session: Session, viewer: Actor, run_id: UUID, typed: str, *, with_bids: bool = False
) -> list[ProductFound]:
    """Up to eight products to add to a run, those known at its store first; of a barcode the one that has it.

    Products the run has bids on already are left out, unless `with_bids` (adding while shopping).
    """
    access = run_for(session, viewer, run_id)
    key = typed_key(typed)
    in_run = select(col(Bid.product_id)).where(col(Bid.run_id) == run_id)
    left_out = set[str]() if with_bids else {str(product_id) for product_id in session.scalars(in_run)}
    rows = _products_at(session, access.run.store_id, access.group.currency)
    if code := barcode_in(typed):
        its = session.scalars(select(col(Product.id)).where(col(Product.barcode) == code)).first()
        rows = [row for row in rows if row[0] == str(its)]
    for word in key.split()[:6] if not code else ():
        rows = [row for row in rows if word in row[7]]
    rows = [row for row in rows if row[0] not in left_out]
    rows.sort(key=lambda row: row[6] != key)  # stable: those of exactly this name come first
    return [
        ProductFound(UUID(product_id), name, brand, Unit(unit), step, price, known == key)
        for product_id, name, brand, unit, step, price, known, _ in rows[:FOUND]
    ]


def _products_at(session: Session, store_id: UUID, currency: str) -> cache.Rows:
    """Every product with its price at a store, those with one first, by name: the list that is looked through.

    It is kept for all who ask, but only what is committed: a session that writes sees its own.
    """
    price = current_price(store_id, currency)

    def read() -> cache.Rows:
        query = select(
            col(Product.id),
            col(Product.name),
            col(Product.brand),
            col(Product.unit),
            col(Product.step),
            price,
            col(Product.name_key),
            col(Product.name_key) + " " + col(Product.brand_key),
        ).order_by(case((price.is_not(None), 0), else_=1), col(Product.name_key))
        return [[str(row[0]), row[1], row[2], str(row[3]), *row[4:]] for row in session.execute(query)]

    if session.connection().get_execution_options().get("writes", True):
        return read()
    return cache.get("products", f"{store_id}:{currency}", read)
