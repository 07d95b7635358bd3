"""A store: what was seen there for how much, the viewer's open runs to it, and what is known about it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session
from sqlmodel import col

from bulq.config import settings
from bulq.domain.actor import Actor
from bulq.domain.errors import NotFound
from bulq.domain.paging import page_of
from bulq.domain.phases import OPEN, Unit
from bulq.models import Group, Membership, PriceObservation, Product, Run, Store
from bulq.queries.groups import RunLine, run_lines
from bulq.queries.listing import with_words
from bulq.queries.prices import my_currencies


@dataclass(frozen=True, slots=True)
class PriceThere:
    currency: str
    price: int
    seen_at: datetime


@dataclass(frozen=True, slots=True)
class ProductThere:
    """`prices` are the newest: in the currencies of the viewer's groups, or else in the one seen last."""

    id: UUID
    name: str
    brand: str
    unit: Unit
    prices: tuple[PriceThere, ...]


@dataclass(frozen=True, slots=True)
class RunThere:
    run: RunLine
    group: str


@dataclass(frozen=True, slots=True)
class StoreView:
    id: UUID
    name: str
    chain: str
    address: str
    hours: list[list[int]] | None
    time_zone: str
    verified: bool
    products: tuple[ProductThere, ...]
    count: int
    page: int
    pages: int
    runs: tuple[RunThere, ...]


def store_page(session: Session, viewer: Actor, store_id: UUID, *, typed: str = "", page: int = 1) -> StoreView:
    """A store for anybody who is signed in. Six statements however much was seen there."""
    store = session.get(Store, store_id)
    if store is None:
        raise NotFound()
    products, count, page = _products(session, viewer, store_id, typed, page)
    return StoreView(
        store.id,
        store.name,
        store.chain,
        store.address,
        store.hours,
        store.time_zone,
        store.verified_at is not None,
        products,
        count,
        *page_of(page, count, settings.page_size),
        _runs(session, viewer, store_id),
    )


def _products(
    session: Session, viewer: Actor, store_id: UUID, typed: str, page: int
) -> tuple[tuple[ProductThere, ...], int, int]:
    """A page of what was seen there, by name; how much there is, and which page it is."""
    size = settings.page_size
    query = _seen_there(store_id, typed)
    page = max(1, page)
    rows = session.execute(query.limit(size).offset((page - 1) * size)).all()
    if not rows and page > 1:  # there are fewer by now: the last page then
        count = session.execute(select(func.count()).select_from(query.subquery())).scalar_one()
        page, _ = page_of(page, count, size)
        rows = session.execute(query.limit(size).offset((page - 1) * size)).all()
    ids = [row[0] for row in rows]
    about = select(col(Product.id), col(Product.name), col(Product.brand), col(Product.unit))
    goods = {row[0]: row for row in session.execute(about.where(col(Product.id).in_(ids)))}
    prices = _prices(session, store_id, ids)
    mine = set(my_currencies(session, viewer))
    found = tuple(
        ProductThere(product_id, name, brand, unit, _for_me(prices[product_id], mine))
        for product_id, name, brand, unit in (goods[each] for each in ids)
    )
    return found, rows[0][1] if rows else 0, page


def _seen_there(store_id: UUID, typed: str) -> Select[UUID, int]:
    """Ids of products by name, each with how many there are.

    Names are looked up one by one: to join them, a database may read through the whole catalogue.
    """
    seen = (
        select(col(PriceObservation.product_id))
        .where(col(PriceObservation.store_id) == store_id, col(PriceObservation.withdrawn_at).is_(None))
        .distinct()
        .subquery()
    )
    names = (
        select(col(Product.name_key) + " " + col(Product.brand_key))
        .where(col(Product.id) == seen.c.product_id)
        .correlate(seen)
        .scalar_subquery()
    )
    named = select(seen.c.product_id, names.label("names")).subquery()
    query = select(named.c.product_id, func.count().over()).order_by(named.c.names, named.c.product_id)
    return query.where(*with_words(named.c.names, typed))


def _prices(session: Session, store_id: UUID, products: Collection[UUID]) -> dict[UUID, list[PriceThere]]:
    """The newest price of each in each currency, each found by the index alone, however often it was seen."""
    seen = PriceObservation
    lowest = func.min(col(seen.currency))
    first = (
        select(lowest)
        .where(col(seen.product_id) == col(Product.id), col(seen.store_id) == store_id)
        .correlate(Product)
        .label("currency")
    )
    there = select(col(Product.id), first).where(col(Product.id).in_(products)).cte("there", recursive=True)
    following = (
        select(lowest)
        .where(
            col(seen.product_id) == there.c.id,
            col(seen.store_id) == store_id,
            col(seen.currency) > there.c.currency,
        )
        .correlate(there)
        .scalar_subquery()
    )
    there = there.union_all(select(there.c.id, following).where(there.c.currency.is_not(None)))
    newest = (
        select(col(seen.price), col(seen.seen_at))
        .where(
            col(seen.product_id) == there.c.id,
            col(seen.store_id) == store_id,
            col(seen.currency) == there.c.currency,
            col(seen.withdrawn_at).is_(None),
        )
        .order_by(col(seen.seen_at).desc(), col(seen.id).desc())
        .limit(1)
        .correlate(there)
    )
    price = newest.with_only_columns(col(seen.price)).scalar_subquery()
    seen_at = newest.with_only_columns(col(seen.seen_at)).scalar_subquery()
    found: dict[UUID, list[PriceThere]] = defaultdict(list)
    query = select(there.c.id, there.c.currency, price, seen_at).where(there.c.currency.is_not(None))
    for product_id, currency, minor, when in session.execute(query):
        if when:  # not all of this currency were withdrawn
            found[product_id].append(PriceThere(currency, minor, when))
    return found


def _for_me(prices: list[PriceThere], mine: Collection[str]) -> tuple[PriceThere, ...]:
    newest_first = sorted(prices, key=lambda price: price.seen_at, reverse=True)
    return tuple(price for price in newest_first if price.currency in mine) or tuple(newest_first[:1])


def _runs(session: Session, viewer: Actor, store_id: UUID) -> tuple[RunThere, ...]:
    """Open runs of the viewer's groups to this store, the next one first."""
    query = (
        run_lines()
        .add_columns(col(Group.name))
        .join(Group, col(Group.id) == col(Run.group_id))
        .join(Membership, col(Membership.group_id) == col(Group.id))
        .where(
            col(Membership.user_id) == viewer.id,
            col(Group.closed_at).is_(None),
            col(Run.store_id) == store_id,
            col(Run.phase).in_(OPEN),
        )
        .order_by(col(Run.shopping_day).is_(None), col(Run.shopping_day), col(Run.id))
        .limit(settings.page_size)
    )
    return tuple(RunThere(RunLine(*row[:-1]), row[-1]) for row in session.execute(query))
