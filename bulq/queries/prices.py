"""A product and what it was seen to cost: figures, a history to draw, and who saw it when."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Subquery, Uuid, func, literal, select
from sqlalchemy.orm import Session
from sqlmodel import col

from bulq.domain.actor import Actor
from bulq.domain.barcodes import parse_barcode
from bulq.domain.errors import NotFound
from bulq.domain.paging import page_of
from bulq.domain.phases import Unit
from bulq.domain.prices import Figures, Offer, Price, content_key, ratio
from bulq.domain.searching import typed_key
from bulq.domain.texts import name_key
from bulq.models import PriceObservation, Product, Store, User
from bulq.queries.access import may_edit_product
from bulq.queries.naming import shown_name
from bulq.queries.newest import current_offers, is_gone
from bulq.queries.own_lists import Groups, groups_of, is_seen
from bulq.queries.search import products_named

LINES = 6  # stores whose prices are drawn
POINTS = 200  # of each
STORES = 50  # whose figures are shown
SIGHTINGS = 25  # on a page
LOOKED_THROUGH, OFFERED = 100, 8  # products that may be given a barcode


@dataclass(frozen=True, slots=True)
class StoreFigures:
    """`gone` says that the store's newest list has the product no longer."""

    store_id: UUID
    store: str
    seen_at: datetime
    figures: Figures
    offers: tuple[Offer, ...]
    gone: bool = False


@dataclass(frozen=True, slots=True)
class Point:
    """A day's newest price at a store that is drawn, of those for the least one could buy that day."""

    store_id: UUID
    day: date
    price: Price


@dataclass(frozen=True, slots=True)
class SightingLine:
    id: UUID
    store_id: UUID
    store: str
    price: Price
    minimum_quantity: int
    pack: int
    note: str
    day: date
    seen_at: datetime
    seen_by: UUID
    seen_by_name: str


@dataclass(frozen=True, slots=True)
class ProductView:
    """Prices are in `currency`, in minor units of it; those who saw it most recently come first.

    The current price of a store is that of the offer for the least one can buy.

    `currencies` are those it was seen in and those of the viewer's groups; `mine` only the latter.
    """

    id: UUID
    name: str
    brand: str
    unit: Unit
    step: int
    barcode: str
    content: int | None
    content_unit: Unit | None
    verified: bool
    may_edit: bool
    currency: str
    currencies: tuple[str, ...]
    mine: tuple[str, ...]
    overall: Figures | None
    stores: tuple[StoreFigures, ...]
    more_stores: int
    points: tuple[Point, ...]
    sightings: tuple[SightingLine, ...]
    page: int
    pages: int


def product_page(
    session: Session, viewer: Actor, product_id: UUID, *, currency: str = "", page: int = 1
) -> ProductView:
    """A product for anybody who is signed in. Seven statements however long its history is."""
    product = session.get(Product, product_id)
    if product is None:
        raise NotFound()
    groups = groups_of(session, viewer)
    mine, stands = tuple(dict.fromkeys(groups.values())), _standing(list(groups), product_id)
    by_currency = _figures(session, list(groups), product_id, stands)
    if currency not in by_currency:
        # By what is newest: the first of each list is.
        seen = sorted(by_currency, key=lambda each: by_currency[each][0].seen_at, reverse=True)
        currency = next((each for each in (*mine, *seen) if each in by_currency), mine[0] if mine else "EUR")
    stores = by_currency.get(currency, [])
    count = sum(store.figures.count for store in stores)
    page, pages = page_of(page, count, SIGHTINGS)
    there = stands & (col(PriceObservation.currency) == currency)
    drawn = [store.store_id for store in stores[:LINES]]
    return ProductView(
        product.id,
        product.name,
        product.brand,
        product.unit,
        product.step,
        product.barcode or "",
        product.content,
        product.content_unit,
        product.verified_at is not None,
        may_edit_product(viewer, product),
        currency,
        tuple(sorted({*by_currency, *mine, currency})),
        mine,
        _overall(stores),
        tuple(stores[:STORES]),
        max(0, len(stores) - STORES),
        _points(session, there, drawn),
        _sightings(session, there, page),
        page,
        pages,
    )


def _standing(groups: Groups, product_id: UUID) -> ColumnElement[bool]:
    """The prices members of `groups` see, in any currency."""
    return (
        (col(PriceObservation.product_id) == product_id)
        & col(PriceObservation.withdrawn_at).is_(None)
        & is_seen(PriceObservation, groups)
    )


def _figures(
    session: Session, groups: Groups, product_id: UUID, stands: ColumnElement[bool]
) -> dict[str, list[StoreFigures]]:
    """Per currency the stores it was seen at, the most recent first."""
    seen = PriceObservation
    per_store = (
        select(
            col(seen.store_id),
            col(seen.currency),
            col(seen.per),
            func.count().label("sightings"),
            func.min(col(seen.price)).label("lowest"),
            func.max(col(seen.price)).label("highest"),
            func.sum(col(seen.price)).label("total"),
        )
        .where(stands)
        .group_by(col(seen.store_id), col(seen.currency), col(seen.per))
        .subquery()
    )
    gone = is_gone(literal(product_id, Uuid), per_store.c.store_id, groups).label("gone")
    named = select(per_store, col(Store.name).label("store"), gone)
    named = named.join(Store, col(Store.id) == per_store.c.store_id)
    of_place: dict[tuple[UUID, str], list[Any]] = {}
    for row in session.execute(named.order_by(per_store.c.per)):
        of_place.setdefault((row.store_id, row.currency), []).append(row)
    found: dict[str, list[StoreFigures]] = {}
    current = current_offers(session, _places(stands), groups)
    for (_, store_id, currency), offers in current.items():
        rows = of_place.get((store_id, currency), [])
        if rows:
            seen_at = max(offer.seen_at for offer in offers)
            figures = _put_together(offers[0].price, rows)
            store = StoreFigures(store_id, rows[0].store, seen_at, figures, offers, rows[0].gone)
            found.setdefault(currency, []).append(store)
    for stores in found.values():
        stores.sort(key=lambda each: str(each.store_id))
        stores.sort(key=lambda each: each.seen_at, reverse=True)
    return found


def _places(stands: ColumnElement[bool]) -> Subquery:
    """Where, and in which currencies, the product was seen."""
    seen = PriceObservation
    query = select(col(seen.product_id), col(seen.store_id), col(seen.currency)).distinct()
    return query.where(stands).subquery()


def _put_together(current: Price, rows: Sequence[Any]) -> Figures:
    """The figures of a store; each row has those of the prices for one quantity."""
    return Figures(
        current,
        min((Price(row.lowest, row.per) for row in rows), key=ratio),
        max((Price(row.highest, row.per) for row in rows), key=ratio),
        sum(Figures.scaled(int(row.total), row.per) for row in rows),
        sum(row.sightings for row in rows),
    )


def _overall(stores: list[StoreFigures]) -> Figures | None:
    """The stores' figures put together; the first one's price is the newest of all."""
    if not stores:
        return None
    each = [store.figures for store in stores]
    return Figures(
        each[0].current,
        min((one.lowest for one in each), key=ratio),
        max((one.highest for one in each), key=ratio),
        sum(one.total for one in each),
        sum(one.count for one in each),
    )


def _points(session: Session, there: ColumnElement[bool], stores: list[UUID]) -> tuple[Point, ...]:
    """Of each store a price of each day, evenly thinned to so many points; the last one stays."""
    if not stores:
        return ()
    seen = PriceObservation
    of_least = col(seen.minimum_quantity), col(seen.seen_at).desc(), col(seen.id).desc()
    of_day = func.row_number().over(partition_by=(col(seen.store_id), col(seen.day)), order_by=of_least)
    daily = (
        select(col(seen.store_id), col(seen.day), col(seen.price), col(seen.per), of_day.label("of_day"))
        .where(there, col(seen.store_id).in_(stores))
        .subquery()
    )
    at = func.row_number().over(partition_by=daily.c.store_id, order_by=daily.c.day).label("at")
    of = func.count().over(partition_by=daily.c.store_id).label("of")
    shown = daily.c.store_id, daily.c.day, daily.c.price, daily.c.per
    counted = select(*shown, at, of).where(daily.c.of_day == 1).subquery()
    query = (
        select(counted.c.store_id, counted.c.day, counted.c.price, counted.c.per)
        .where((counted.c.at * POINTS) // counted.c.of > ((counted.c.at - 1) * POINTS) // counted.c.of)
        .order_by(counted.c.day, counted.c.store_id)
    )
    return tuple(Point(store_id, day, Price(price, per)) for store_id, day, price, per in session.execute(query))


def _sightings(session: Session, there: ColumnElement[bool], page: int) -> tuple[SightingLine, ...]:
    """A page of all of them, newest first. An index tells which days it takes; only their rows are read."""
    seen, before = PriceObservation, (page - 1) * SIGHTINGS
    days = select(col(seen.day)).where(there).order_by(col(seen.day).desc()).limit(SIGHTINGS).offset(before).subquery()
    last = select(func.max(days.c.day)).scalar_subquery()
    newer = select(func.count()).select_from(seen).where(there, col(seen.day) > last).scalar_subquery()
    first_day, last_day, newer_ones = session.execute(select(func.min(days.c.day), func.max(days.c.day), newer)).one()
    if first_day is None:
        return ()
    wanted = (
        select(seen)
        .where(there, col(seen.day).between(first_day, last_day))
        .order_by(col(seen.day).desc(), col(seen.seen_at).desc(), col(seen.id).desc())
        .limit(SIGHTINGS)
        .offset(before - newer_ones)
        .subquery()
    )
    query = (
        select(
            wanted.c.id,
            wanted.c.store_id,
            col(Store.name),
            wanted.c.price,
            wanted.c.per,
            wanted.c.minimum_quantity,
            wanted.c.pack,
            wanted.c.note,
            wanted.c.day,
            wanted.c.seen_at,
            wanted.c.seen_by,
            col(User.name),
        )
        .join(Store, col(Store.id) == wanted.c.store_id)
        .join(User, col(User.id) == wanted.c.seen_by)
        .order_by(wanted.c.day.desc(), wanted.c.seen_at.desc(), wanted.c.id.desc())
    )
    return tuple(
        SightingLine(key, store_id, store, Price(price, per), *others)
        for key, store_id, store, price, per, *others in session.execute(query)
    )


def product_by_barcode(session: Session, viewer: Actor, typed: str) -> tuple[str, UUID | None]:
    """The barcode in what was typed or scanned, and the product that has it, if any does."""
    code = parse_barcode(typed)
    return code, session.execute(select(col(Product.id)).where(col(Product.barcode) == code)).scalars().first()


def products_without_barcode(session: Session, viewer: Actor, typed: str) -> list[tuple[UUID, str, str]]:
    """Up to eight products of that name that may still be given a barcode: id, name and brand."""
    ids = products_named(session, typed, LOOKED_THROUGH) if typed_key(typed) else []
    query = select(col(Product.id), shown_name(), col(Product.brand)).where(
        col(Product.id).in_(ids), col(Product.barcode).is_(None)
    )
    found = {row[0]: (row[0], row[1], row[2]) for row in session.execute(query)}
    return [found[each] for each in ids if each in found][:OFFERED]


def product_named(
    session: Session, viewer: Actor, name: str, brand: str, content: int | None = None, content_unit: str = ""
) -> UUID | None:
    """The product of exactly this name, brand and content, without case and accents; 1 kg is 1000 g."""
    return product_twin(session, name_key(name), name_key(brand), content_key(content, content_unit))


def product_twin(session: Session, key: str, brand_key: str, content: str) -> UUID | None:
    """The product of this name, brand and content, each as it is compared."""
    query = select(col(Product.id)).where(
        col(Product.name_key) == key, col(Product.brand_key) == brand_key, col(Product.content_key) == content
    )
    return session.execute(query).scalars().first()
