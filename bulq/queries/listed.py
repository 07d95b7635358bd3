"""The list of products a run's page looks through while somebody types: kept for all who ask."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session
from sqlmodel import col

from bulq import cache
from bulq.domain.catalogue import Named
from bulq.domain.searching import as_held
from bulq.models import PriceObservation, Product, SearchTerm
from bulq.queries.newest import newest, there

LISTED = 5000  # products in memory; of a larger catalogue those known at the store, the rest is searched for

# What the rows hold: id, name, brand, unit, step, price, key of the name, keys of name and brand, terms of search.
ID, PRICE, NAME_KEY, OWN_KEYS, TERMS = 0, 5, 6, 7, 8


def products_at(session: Session, store_id: UUID, currency: str) -> tuple[cache.Rows, bool]:
    """Products with their price at a store, those with one first, by name; and whether that is all of them.

    Only what is committed is kept: a session that writes sees its own.
    """

    def read(session: Session) -> cache.Rows:
        some = select(col(Product.id)).limit(LISTED + 1).subquery()
        is_all = session.execute(select(func.count()).select_from(some)).scalar_one() <= LISTED
        query = _columns(store_id, currency).order_by(col(Product.name_key)).limit(LISTED)
        if not is_all:
            query = query.where(col(Product.id).in_(there(store_id).where(col(PriceObservation.currency) == currency)))
        found = [_as_row(row) for row in session.execute(query)]
        found.sort(key=lambda row: row[PRICE] is None)
        return [[is_all], *found]

    if session.connection().get_execution_options().get("writes", True):
        (is_all,), *rows = read(session)
    else:
        (is_all,), *rows = cache.read(session, "products", f"{store_id}:{currency}", read)
    return rows, bool(is_all)


def rows_of(session: Session, store_id: UUID, currency: str, product_ids: Sequence[UUID]) -> cache.Rows:
    """The same of some products, in the order they are given."""
    found = session.execute(_columns(store_id, currency).where(col(Product.id).in_(product_ids)))
    rows = {row[0]: _as_row(row) for row in found}
    return [rows[product_id] for product_id in product_ids if product_id in rows]


def _columns(store_id: UUID, currency: str):
    terms = (
        select(func.aggregate_strings(col(SearchTerm.key), ""))
        .where(col(SearchTerm.target_id) == col(Product.id), col(SearchTerm.kind) == Named.PRODUCT)
        .correlate(Product)
        .scalar_subquery()
    )
    return select(
        col(Product.id),
        col(Product.name),
        col(Product.brand),
        col(Product.unit),
        col(Product.step),
        newest("price", col(Product.id), store_id, currency),
        col(Product.name_key),
        col(Product.name_key) + " " + col(Product.brand_key),
        func.coalesce(terms, ""),
    )


def _as_row(row: Sequence[Any]) -> list[Any]:
    product_id, name, brand, unit, *others = row
    return [str(product_id), name, brand, str(unit), *others]


def holding(rows: cache.Rows, words: Sequence[str], latin: Sequence[str]) -> cache.Rows:
    """Those whose own name holds all the words as they were typed, or one of whose names does in Latin letters.

    A number stands for itself only as search takes it: 2 is not part of 12.
    """
    if not words:
        return rows
    if not latin:
        return [row for row in rows if all(word in row[OWN_KEYS] for word in words)]
    sought = [as_held(word) for word in latin]
    as_typed = words if not any(each.isdigit() for word in words for each in word) else ()
    return [
        row
        for row in rows
        if all(word in row[TERMS] for word in sought) or (as_typed and all(word in row[OWN_KEYS] for word in as_typed))
    ]
