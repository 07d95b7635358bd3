"""The list of products a run's page looks through while somebody types: kept for all who ask."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session
from sqlmodel import col

from bulq import cache
from bulq.domain.catalogue import Named
from bulq.domain.prices import Offer, Price
from bulq.domain.searching import as_held
from bulq.models import PriceObservation, Product, SearchTerm
from bulq.queries.naming import shown_name
from bulq.queries.newest import offers_at, there
from bulq.queries.own_lists import Groups, has_own_lists

LISTED = 5000  # products in memory; of a larger catalogue those known at the store, the rest is searched for

# What the rows hold: id, name, brand, unit, step, offers, key of the name, keys of name and brand, terms of search.
# An offer is its price, for how much, its minimum quantity, and the size of its packs.
ID, OFFERS, NAME_KEY, OWN_KEYS, TERMS = 0, 5, 6, 7, 8


def products_at(session: Session, store_id: UUID, currency: str, group_id: UUID) -> tuple[cache.Rows, bool]:
    """Products with their offers at a store, those with one first, by name; and whether that is all of them.

    Offers are those the group sees. What is kept for a group with lists of its own is kept for no other group.

    Only what is committed is kept: a session that writes sees its own.
    """
    if session.connection().get_execution_options().get("writes", True):
        (is_all,), *rows = _read(session, store_id, currency, [group_id])
        return rows, bool(is_all)
    own = cache.read(session, "products", f"own:{group_id}", lambda session: [[has_own_lists(session, group_id)]])
    groups = [group_id] if own == [[True]] else []
    name = ":".join(map(str, (store_id, currency, *groups)))
    kept = cache.read(session, "products", name, lambda session: _read(session, store_id, currency, groups))
    (is_all,), *rows = kept
    return rows, bool(is_all)


def _read(session: Session, store_id: UUID, currency: str, groups: Groups) -> cache.Rows:
    """First whether these are all products, then the products."""
    some = select(col(Product.id)).limit(LISTED + 1).subquery()
    is_all = session.execute(select(func.count()).select_from(some)).scalar_one() <= LISTED
    seen = col(Product.id).in_(_seen(store_id, currency, groups))
    by_name = col(Product.name_key), col(Product.brand_key), col(Product.content_key)
    listed = select(col(Product.id)).order_by(*by_name).limit(LISTED)
    # Only those in the list are asked what they cost: a large store has many times as many.
    offers = offers_at(session, store_id, currency, listed.where(seen), groups)
    query = _columns().order_by(*by_name).limit(LISTED)
    found = [_as_row(row, offers) for row in session.execute(query if is_all else query.where(seen))]
    found.sort(key=lambda row: not row[OFFERS])
    return [[is_all], *found]


def rows_of(session: Session, store_id: UUID, currency: str, group_id: UUID, product_ids: Sequence[UUID]) -> cache.Rows:
    """The same of some products, in the order they are given."""
    wanted = select(col(Product.id)).where(col(Product.id).in_(product_ids))
    offers = offers_at(session, store_id, currency, wanted, [group_id])
    found = session.execute(_columns().where(col(Product.id).in_(product_ids)))
    rows = {row[0]: _as_row(row, offers) for row in found}
    return [rows[product_id] for product_id in product_ids if product_id in rows]


def _seen(store_id: UUID, currency: str, groups: Groups) -> Select[UUID]:
    return there(store_id, groups).where(col(PriceObservation.currency) == currency)


def _columns():
    terms = (
        select(func.aggregate_strings(col(SearchTerm.key), ""))
        .where(col(SearchTerm.target_id) == col(Product.id), col(SearchTerm.kind) == Named.PRODUCT)
        .correlate(Product)
        .scalar_subquery()
    )
    return select(
        col(Product.id),
        shown_name(),
        col(Product.brand),
        col(Product.unit),
        col(Product.step),
        col(Product.name_key),
        col(Product.name_key) + " " + col(Product.brand_key),
        func.coalesce(terms, ""),
    )


def _as_row(row: Sequence[Any], offers: Mapping[UUID, Sequence[Offer]]) -> list[Any]:
    product_id, name, brand, unit, step, *others = row
    here = [[offer.price.amount, offer.price.per, offer.minimum, offer.pack] for offer in offers.get(product_id, ())]
    return [str(product_id), name, brand, str(unit), step, here, *others]


def offers_in(column: Sequence[Sequence[int]]) -> tuple[Offer, ...]:
    """The offers of a row."""
    return tuple(Offer(Price(amount, per), *terms) for amount, per, *terms in column)


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
