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
    true,
)
from sqlalchemy.orm import Session
from sqlmodel import SQLModel, col

from bulq.domain.prices import Offer, Price
from bulq.models import PriceObservation, Product
from bulq.queries.own_lists import Groups, is_seen

_GONE = SQLModel.metadata.tables["gone_products"].alias("gone")
_PRICE = SQLModel.metadata.tables["price_observations"].alias("later_price")
_LIST = SQLModel.metadata.tables["catalogue_imports"].alias("later_list")
MOST_OFFERS = 10  # of a product at a store: those with the lowest minimums


@dataclass(frozen=True, slots=True)
class CurrentOffer(Offer):
    """An offer, and when it was seen."""

    seen_at: datetime = datetime.min


Place = tuple[UUID, UUID, str]  # product, store, currency


def current_offers(session: Session, places: FromClause, groups: Groups) -> Mapping[Place, tuple[CurrentOffer, ...]]:
    """What products cost now: per minimum quantity the newest observation that stands, lowest minimum first.

    `places` has the columns product_id, store_id and currency. Places without an observation that members of `groups`
    see are left out.
    """
    product, store, currency = places.c.product_id, places.c.store_id, places.c.currency
    # Most products have the minimum 0 alone, so that is not asked for first: who has none there has no newest of it.
    first = select(product, store, currency, literal(0).label("minimum"), literal(0).label("nth"))
    offered = first.cte("offered", recursive=True)
    following = select(
        offered.c.product_id,
        offered.c.store_id,
        offered.c.currency,
        _minimum_after(offered, offered.c.minimum, groups),
        offered.c.nth + 1,
    ).where(offered.c.minimum.is_not(None), offered.c.nth < MOST_OFFERS)
    offered = offered.union_all(following)
    newest, of_it = _newest(session, offered, groups)
    query = (
        select(
            *(offered.c.product_id, offered.c.store_id, offered.c.currency, offered.c.minimum),
            *(newest.c.price, newest.c.per, newest.c.pack, newest.c.seen_at),
        )
        .join(newest, of_it)
        .order_by(offered.c.minimum)
    )
    found: dict[Place, list[CurrentOffer]] = defaultdict(list)
    rows: Any = session.execute(query)
    for product_id, store_id, code, minimum, price, per, pack, seen_at in rows:
        found[product_id, store_id, code].append(CurrentOffer(Price(price, per), minimum, pack, seen_at))
    return {place: tuple(offers[:MOST_OFFERS]) for place, offers in found.items()}


def offers_at(
    session: Session, store_id: UUID, currency: str, product_ids: Select[UUID], groups: Groups
) -> Mapping[UUID, tuple[CurrentOffer, ...]]:
    """What those products cost now at one store in one currency, by product."""
    product: Any = col(Product.id)
    store: ColumnElement[Any] = literal(store_id, Uuid)
    place = product.label("product_id"), store.label("store_id"), literal(currency, String).label("currency")
    places = select(*place).where(col(Product.id).in_(product_ids)).subquery()
    return {product: offers for (product, _, _), offers in current_offers(session, places, groups).items()}


def _stands(places: Any, groups: Groups) -> ColumnElement[bool]:
    seen = PriceObservation
    return and_(
        col(seen.store_id) == places.c.store_id,
        col(seen.product_id) == places.c.product_id,
        col(seen.currency) == places.c.currency,
        col(seen.withdrawn_at).is_(None),
        is_seen(seen, groups),
    )


def _minimum_after(places: Any, minimum: ColumnElement[int], groups: Groups) -> ScalarSelect[int]:
    """The next higher minimum quantity that was seen there; None after the last one."""
    least = func.min(col(PriceObservation.minimum_quantity))
    stands = _stands(places, groups)
    return select(least).where(stands, col(PriceObservation.minimum_quantity) > minimum).scalar_subquery()


def _newest(session: Session, offered: Any, groups: Groups) -> tuple[FromClause, ColumnElement[bool]]:
    """The newest observation of each minimum, to be joined, and by what.

    PostgreSQL takes all its columns from the index at once. SQLite can't, and looks the row up by its id.
    """
    seen = PriceObservation
    query = (
        select(col(seen.price), col(seen.per), col(seen.pack), col(seen.seen_at))
        .where(_stands(offered, groups), col(seen.minimum_quantity) == offered.c.minimum)
        .order_by(col(seen.seen_at).desc(), col(seen.id).desc())
        .limit(1)
    )
    if session.get_bind().dialect.name == "postgresql":
        return query.lateral(), true()
    newest: Any = SQLModel.metadata.tables["price_observations"].alias("newest")
    return newest, newest.c.id == query.with_only_columns(col(seen.id)).scalar_subquery()


def same_price(seen: Any, price: Any, per: Any) -> ColumnElement[bool]:
    """Whether an observation is of that price, whatever quantity it is for; without rounding."""
    return cast(seen.price, Numeric) * per == cast(price, Numeric) * seen.per


def is_gone(product_id: Any, store_id: Any, groups: Groups) -> ColumnElement[bool]:
    """Whether a list that members of `groups` see dropped the product, and they have seen no price there since."""
    later_price = (
        exists()
        .where(
            _PRICE.c.store_id == store_id,
            _PRICE.c.product_id == product_id,
            _PRICE.c.withdrawn_at.is_(None),
            is_seen(_PRICE.c, groups),
            _LIST.c.id == _PRICE.c.import_id,
            _LIST.c.taken_at > _GONE.c.gone_at,
        )
        .correlate_except(_PRICE, _LIST)
    )
    dropped = _GONE.c.store_id == store_id, _GONE.c.product_id == product_id, is_seen(_GONE.c, groups)
    return exists().where(*dropped, ~later_price).correlate_except(_GONE)


def there(store_id: UUID, groups: Groups) -> Select[UUID]:
    """The products that members of `groups` see there and that no list dropped since, each as often as it was seen."""
    seen = PriceObservation
    return select(col(seen.product_id)).where(
        col(seen.store_id) == store_id,
        col(seen.withdrawn_at).is_(None),
        is_seen(seen, groups),
        ~is_gone(col(seen.product_id), literal(store_id, Uuid), groups),
    )
