"""A store: what was seen there for how much, the viewer's open runs to it, and what is known about it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, ScalarSelect, Select, Subquery, Uuid, func, literal, select
from sqlalchemy.orm import Session
from sqlmodel import col

from bulq.config import settings
from bulq.domain.actor import Actor
from bulq.domain.catalogue import Named
from bulq.domain.errors import NotFound
from bulq.domain.paging import page_of
from bulq.domain.phases import OPEN, Phase, Unit
from bulq.domain.prices import content_in, shown_price
from bulq.domain.searching import content_beside, plain
from bulq.models import Group, Membership, PriceObservation, Product, Run, Store, User
from bulq.queries.asking import Asked
from bulq.queries.listing import called
from bulq.queries.merged import kept_instead
from bulq.queries.newest import CurrentOffer, current_offers, there
from bulq.queries.own_lists import Groups, groups_of, is_seen

SPREAD = 20  # with so many times the goods up to this page, it is quicker to go along all products by name


@dataclass(frozen=True, slots=True)
class PriceThere:
    """A current offer as people compare it: minor units for `per` thousandths, from `minimum` thousandths on.

    In whole packs of `pack` thousandths only; 0: in any quantity.
    """

    currency: str
    amount: int
    per: int
    exact: bool
    minimum: int
    pack: int
    seen_at: datetime


@dataclass(frozen=True, slots=True)
class ProductThere:
    """`content` is [thousandths, unit] where the name doesn't say it.

    `prices` are the current offers: in the currencies of the viewer's groups, or else in the one seen last.
    """

    id: str
    name: str
    content: tuple[int, Unit] | None
    brand: str
    unit: Unit
    prices: tuple[PriceThere, ...]


@dataclass(frozen=True, slots=True)
class RunThere:
    id: str
    group: str
    phase: Phase
    shopping_day: date | None
    leader: str


@dataclass(frozen=True, slots=True)
class StorePage:
    """A store, a page of what was seen there, and the open runs of the viewer's groups to it.

    `hours` as in domain/opening_hours.py, None when not known. `q` is what was searched for, `count` how much of that
    was found; `groups` are those the viewer is in. `id` is another than was asked for once that was merged.
    """

    id: str
    name: str
    chain: str
    address: str
    hours: tuple[tuple[int, ...], ...] | None
    time_zone: str
    verified: bool
    groups: tuple[str, ...]
    q: str
    products: tuple[ProductThere, ...]
    count: int
    page: int
    pages: int
    runs: tuple[RunThere, ...]


def store_page(session: Session, viewer: Actor, store_id: UUID, *, q: Asked = "", page: int = 1) -> StorePage:
    """A store for anybody who is signed in. Seven statements however much was seen there."""
    store = session.get(Store, store_id)
    if store is None:
        if (kept := kept_instead(session, viewer, "store", store_id)) is None:
            raise NotFound()
        store = session.get_one(Store, kept.id)
    mine = groups_of(session, viewer)
    products, count, page, pages = _products(session, mine, store.id, q, page)
    return StorePage(
        id=str(store.id),
        name=store.name,
        chain=store.chain,
        address=store.address,
        hours=tuple(tuple(day) for day in store.hours) if store.hours is not None else None,
        time_zone=store.time_zone,
        verified=store.verified_at is not None,
        groups=tuple(sorted(map(str, mine))),
        q=plain(q),
        products=products,
        count=count,
        page=page,
        pages=pages,
        runs=_runs(session, viewer, store.id),
    )


def _products(
    session: Session, mine: Mapping[UUID, str], store_id: UUID, typed: str, page: int
) -> tuple[tuple[ProductThere, ...], int, int, int]:
    """A page of what was seen there, by name; how much there is, which page it is, and of how many."""
    seen = _seen_there(session, list(mine), store_id, typed)
    count = session.scalar(select(func.count()).select_from(seen.subquery())) or 0
    page, pages = page_of(page, count, size := settings.page_size)
    query = _along_all(list(mine), store_id) if not typed and count > SPREAD * page * size else _by_name(seen)
    ids = session.scalars(query.limit(size).offset((page - 1) * size)).all()
    return _goods(session, mine, store_id, ids), count, page, pages


def _seen_there(session: Session, groups: Groups, store_id: UUID, typed: str) -> Select[UUID]:
    product_id = there(store_id, groups).distinct().subquery().c.product_id
    named = called(session, Named.PRODUCT, product_id, _of(product_id, Product.name_key), typed)
    return select(product_id).where(*named)


def _by_name(seen: Select[UUID]) -> Select[UUID]:
    """Names are looked up one by one: to join them, a database may read through the whole catalogue."""
    (product_id,) = seen.selected_columns
    return seen.order_by(
        *(_of(product_id, each) for each in (Product.name_key, Product.brand_key, Product.content_key))
    )


def _of(product_id: ColumnElement[UUID], what: str) -> ScalarSelect[str]:
    return select(col(what)).where(col(Product.id) == product_id).scalar_subquery()


def _along_all(groups: Groups, store_id: UUID) -> Select[UUID]:
    """The same by going along all products, of which one by one is asked whether it was seen there.

    Nothing has to be sorted, and where much was seen a page is full soon.
    """
    seen = there(store_id, groups).where(col(PriceObservation.product_id) == col(Product.id)).limit(1)
    is_there = seen.scalar_subquery().is_not(None)
    order = col(Product.name_key), col(Product.brand_key), col(Product.content_key)
    return select(col(Product.id)).where(is_there).order_by(*order)


def _goods(session: Session, mine: Mapping[UUID, str], store_id: UUID, ids: Sequence[UUID]) -> tuple[ProductThere, ...]:
    """In this order. The offers in each currency are found by the index alone, however often they were seen."""
    query = select(col(Product.id), col(Product.name), col(Product.content_key), col(Product.brand), col(Product.unit))
    goods = {row[0]: row for row in session.execute(query.where(col(Product.id).in_(ids)))}
    prices = defaultdict[UUID, list[PriceThere]](list)
    groups = list(mine)
    offers_there = current_offers(session, _places(groups, store_id, ids), groups)
    for (product_id, _, currency), offers in offers_there.items():
        prices[product_id] += (_price(offer, currency, goods[product_id].unit) for offer in offers)
    currencies = set(mine.values())
    return tuple(
        ProductThere(
            str(key), name, content_in(content_beside(name, content)), brand, unit, _for_me(prices[key], currencies)
        )
        for key, name, content, brand, unit in (goods[each] for each in ids if each in prices)
    )


def _price(offer: CurrentOffer, currency: str, unit: Unit) -> PriceThere:
    shown, exact = shown_price(offer.price, unit)
    return PriceThere(currency, shown.amount, shown.per, exact, offer.minimum, offer.pack, offer.seen_at)


def _places(groups: Groups, store_id: UUID, ids: Sequence[UUID]) -> Subquery:
    """Each of these products at the store, in each currency it was seen in there."""
    product_id: Any = col(Product.id)
    first = select(product_id.label("product_id"), _currency_after(groups, store_id, product_id, "").label("currency"))
    seen = first.where(col(Product.id).in_(ids)).cte("seen", recursive=True)
    following = select(seen.c.product_id, _currency_after(groups, store_id, seen.c.product_id, seen.c.currency))
    seen = seen.union_all(following.where(seen.c.currency.is_not(None)))
    store: ColumnElement[Any] = literal(store_id, Uuid)
    place = seen.c.product_id, store.label("store_id"), seen.c.currency
    return select(*place).where(seen.c.currency.is_not(None)).subquery()


def _currency_after(groups: Groups, store_id: UUID, product_id: Any, currency: Any) -> ScalarSelect[str]:
    """The next of the currencies in which a product was seen there; None after the last one."""
    seen = PriceObservation
    return (
        select(func.min(seen.currency))
        .where(
            col(seen.store_id) == store_id,
            col(seen.product_id) == product_id,
            col(seen.currency) > currency,
            col(seen.withdrawn_at).is_(None),
            is_seen(seen, groups),
        )
        .scalar_subquery()
    )


def _for_me(prices: list[PriceThere], mine: Collection[str]) -> tuple[PriceThere, ...]:
    """The currency that was seen last comes first, and in each what counts for the least."""
    newest: dict[str, datetime] = {}
    for price in prices:
        newest[price.currency] = max(price.seen_at, newest.get(price.currency, price.seen_at))
    of_least = sorted(prices, key=lambda price: price.minimum)
    ordered = sorted(of_least, key=lambda price: newest[price.currency], reverse=True)
    return tuple(price for price in ordered if price.currency in mine) or tuple(
        price for price in ordered if price.currency == ordered[0].currency
    )


def _runs(session: Session, viewer: Actor, store_id: UUID) -> tuple[RunThere, ...]:
    """Open runs of the viewer's groups to this store, the next one first."""
    query = (
        select(col(Run.id), col(Group.name), col(Run.phase), col(Run.shopping_day), col(User.name))
        .join(User, col(User.id) == col(Run.leader_id))
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
    return tuple(RunThere(str(row[0]), *row[1:]) for row in session.execute(query))
