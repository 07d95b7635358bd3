"""What was seen at a store, and what a product costs there now: an index alone answers, however often it was seen."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    Exists,
    FromClause,
    Numeric,
    ScalarSelect,
    Select,
    String,
    Uuid,
    and_,
    cast,
    exists,
    func,
    literal,
    select,
)
from sqlalchemy.orm import Session
from sqlmodel import col

from bulq.domain.prices import Offer, Price
from bulq.models import GoneProduct, PriceObservation, Product

MOST_OFFERS = 10  # of a product at a store: those with the lowest minimums


@dataclass(frozen=True, slots=True)
class CurrentOffer(Offer):
    """An offer, and when it was seen."""

    seen_at: datetime = datetime.min


Place = tuple[UUID, UUID, str]  # product, store, currency


def current_offers(session: Session, places: FromClause) -> Mapping[Place, tuple[CurrentOffer, ...]]:
    """What products cost now: per minimum quantity the newest observation that stands, lowest minimum first.

    `places` has the columns product_id, store_id and currency. Places without an observation are left out.
    """
    product, store, currency = places.c.product_id, places.c.store_id, places.c.currency
    first = select(
        product, store, currency, _minimum_after(places, literal(-1)).label("minimum"), literal(1).label("nth")
    )
    offered = first.cte("offered", recursive=True)
    following = select(
        offered.c.product_id,
        offered.c.store_id,
        offered.c.currency,
        _minimum_after(offered, offered.c.minimum),
        offered.c.nth + 1,
    ).where(offered.c.minimum.is_not(None), offered.c.nth < MOST_OFFERS)
    offered = offered.union_all(following)
    newest = (_newest(what, offered) for what in ("price", "per", "seen_at"))
    query = (
        select(offered.c.product_id, offered.c.store_id, offered.c.currency, offered.c.minimum, *newest)
        .where(offered.c.minimum.is_not(None))
        .order_by(offered.c.minimum)
    )
    found: dict[Place, list[CurrentOffer]] = defaultdict(list)
    rows: Any = session.execute(query)
    for product_id, store_id, code, minimum, price, per, seen_at in rows:
        found[product_id, store_id, code].append(CurrentOffer(Price(price, per), minimum, seen_at))
    return {place: tuple(offers) for place, offers in found.items()}


def offers_at(
    session: Session, store_id: UUID, currency: str, product_ids: Select[UUID]
) -> Mapping[UUID, tuple[CurrentOffer, ...]]:
    """What those products cost now at one store in one currency, by product."""
    product: Any = col(Product.id)
    store: ColumnElement[Any] = literal(store_id, Uuid)
    place = product.label("product_id"), store.label("store_id"), literal(currency, String).label("currency")
    places = select(*place).where(col(Product.id).in_(product_ids)).subquery()
    return {product: offers for (product, _, _), offers in current_offers(session, places).items()}


def _stands(places: Any) -> ColumnElement[bool]:
    seen = PriceObservation
    return and_(
        col(seen.store_id) == places.c.store_id,
        col(seen.product_id) == places.c.product_id,
        col(seen.currency) == places.c.currency,
        col(seen.withdrawn_at).is_(None),
    )


def _minimum_after(places: Any, minimum: ColumnElement[int]) -> ScalarSelect[int]:
    """The next higher minimum quantity that was seen there; None after the last one."""
    least = func.min(col(PriceObservation.minimum_quantity))
    return select(least).where(_stands(places), col(PriceObservation.minimum_quantity) > minimum).scalar_subquery()


def _newest(what: str, offered: Any) -> ScalarSelect[Any]:
    seen = PriceObservation
    return (
        select(getattr(seen, what))
        .where(_stands(offered), col(seen.minimum_quantity) == offered.c.minimum)
        .order_by(col(seen.seen_at).desc(), col(seen.id).desc())
        .limit(1)
        .scalar_subquery()
    )


def same_price(seen: Any, price: Any, per: Any) -> ColumnElement[bool]:
    """Whether an observation is of that price, whatever quantity it is for; without rounding."""
    return cast(seen.price, Numeric) * per == cast(price, Numeric) * seen.per


def is_gone(product_id: Any, store_id: Any) -> Exists:
    """Whether the newest list of the store dropped the product, and nobody has seen its price there since."""
    return exists().where(col(GoneProduct.store_id) == store_id, col(GoneProduct.product_id) == product_id)


def there(store_id: UUID) -> Select[UUID]:
    """The products that were seen there and that its newest list didn't drop, each as often as it was seen."""
    seen = PriceObservation
    gone = is_gone(col(seen.product_id), literal(store_id, Uuid))
    return select(col(seen.product_id)).where(col(seen.store_id) == store_id, col(seen.withdrawn_at).is_(None), ~gone)
