"""A product as its page shows it: what it costs where and since when, who saw it, and what it is known as."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session
from sqlmodel import col

from bulq.domain.actor import Actor
from bulq.domain.catalogue import TagKind
from bulq.domain.errors import NotFound
from bulq.domain.phases import Unit
from bulq.domain.prices import COMPARED, ONE, SMALL, Figures, Offer, Price, price_per, shown_price, typed_per
from bulq.domain.savings import Seen, usual_price
from bulq.models import OrdinaryPrice, Product, User
from bulq.queries.asking import Currency
from bulq.queries.merged import kept_instead
from bulq.queries.prices import LINES, ProductView, SightingLine, StoreFigures, product_page
from bulq.queries.savings import NEWEST
from bulq.queries.tags import known_as

ORDINARY = 5  # prices of ordinary shops that are shown


@dataclass(frozen=True, slots=True)
class PriceShown:
    """A price as people compare it: minor units for `per` thousandths, from `minimum` thousandths on.

    In whole packs of `pack` thousandths only; 0: in any quantity.
    """

    amount: int
    per: int
    exact: bool
    minimum: int
    pack: int


@dataclass(frozen=True, slots=True)
class PerUnit:
    """The same for one kg, litre or piece, in minor units."""

    amount: int
    unit: Unit


@dataclass(frozen=True, slots=True)
class FiguresShown:
    """Figures of one store, or of all. The first of the `offers` is the current price.

    `per_unit` is None where the current price is written like that anyway. `gone` says that the store's newest list has
    the product no longer.
    """

    id: str
    name: str
    offers: tuple[PriceShown, ...]
    per_unit: PerUnit | None
    lowest: PriceShown
    average: PriceShown
    highest: PriceShown
    seen_at: datetime
    gone: bool


class PointShown(NamedTuple):
    """A day's price at a store: which of the stores, the day, and minor units for `per` thousandths."""

    line: int
    day: date
    amount: int
    per: int


@dataclass(frozen=True, slots=True)
class Sighting:
    id: str
    store_id: str
    store: str
    price: PriceShown
    per_unit: PerUnit | None
    note: str
    day: date
    seen_by: str
    seen_by_name: str


@dataclass(frozen=True, slots=True)
class TagShown:
    """`removable` says whether the viewer may take it off."""

    id: str
    kind: TagKind
    name: str
    verified: bool
    removable: bool


@dataclass(frozen=True, slots=True)
class OtherName:
    """`language` is empty for a name in any."""

    id: str
    name: str
    language: str
    removable: bool


@dataclass(frozen=True, slots=True)
class UsualShown:
    """What a product usually costs in ordinary shops: the middle of `count` prices, the newest of which is that old."""

    price: PriceShown
    count: int
    newest: date


@dataclass(frozen=True, slots=True)
class OrdinaryShown:
    """What somebody saw in an ordinary shop."""

    id: str
    price: PriceShown
    day: date
    shop: str
    seen_by: str
    seen_by_name: str


@dataclass(frozen=True, slots=True)
class ProductPage:
    """What is seen of a product in `currency`; what was seen last comes first.

    `content` is in thousandths of `content_unit`. `currencies` are those it was seen in and those of the viewer's
    groups, `mine` only the latter. The first six of `stores` are drawn: `points` are their prices, each to be shown
    for `points_per` thousandths. `usual` is what it costs in ordinary shops, `ordinary` the newest prices seen there.
    `id` is another than was asked for once that was merged.
    """

    id: str
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
    overall: FiguresShown | None
    stores: tuple[FiguresShown, ...]
    more_stores: int
    points: tuple[PointShown, ...]
    points_per: int
    sightings: tuple[Sighting, ...]
    count: int
    page: int
    pages: int
    tags: tuple[TagShown, ...]
    names: tuple[OtherName, ...]
    usual: UsualShown | None
    ordinary: tuple[OrdinaryShown, ...]


def product_facts(
    session: Session, viewer: Actor, product_id: UUID, *, currency: Currency = "", page: int = 1
) -> ProductPage:
    """A product for anybody who is signed in. Ten statements however long its history is."""
    product = session.get(Product, product_id)  # held by this name, so that product_page finds it in the session
    if product is None:
        if (kept := kept_instead(session, viewer, "product", product_id)) is None:
            raise NotFound()
        product = session.get_one(Product, kept.id)
    view = product_page(session, viewer, product.id, currency=currency, page=page)
    known = known_as(session, viewer, product.id)
    seen = _ordinary(session, view)
    line_of = {store.store_id: n for n, store in enumerate(view.stores[:LINES])}
    return ProductPage(
        id=str(view.id),
        name=view.name,
        brand=view.brand,
        unit=view.unit,
        step=view.step,
        barcode=view.barcode,
        content=view.content,
        content_unit=view.content_unit,
        verified=view.verified,
        may_edit=view.may_edit,
        currency=view.currency,
        currencies=view.currencies,
        mine=view.mine,
        overall=_overall(view),
        stores=tuple(_store(store, view) for store in view.stores),
        more_stores=view.more_stores,
        points=tuple(
            PointShown(line_of[point.store_id], point.day, point.price.amount, point.price.per) for point in view.points
        ),
        points_per=typed_per(view.overall.current, view.unit) if view.overall else ONE,
        sightings=tuple(_sighting(line, view) for line in view.sightings),
        count=view.overall.count if view.overall else 0,
        page=view.page,
        pages=view.pages,
        tags=tuple(TagShown(str(tag.id), tag.kind, tag.name, tag.verified, tag.removable) for tag in known.tags),
        names=tuple(OtherName(str(each.id), each.name, each.language, each.removable) for each in known.aliases),
        usual=_usual(seen, view),
        ordinary=tuple(_ordinary_shown(*each, view) for each in seen[:ORDINARY]),
    )


def _ordinary(session: Session, view: ProductView) -> list[tuple[OrdinaryPrice, str]]:
    """What was seen of it in ordinary shops in this currency, the newest first, with by whom."""
    seen = OrdinaryPrice
    query = (
        select(seen, col(User.name))
        .join(User, col(User.id) == col(seen.seen_by))
        .where(col(seen.product_id) == view.id, col(seen.currency) == view.currency, col(seen.withdrawn_at).is_(None))
        .order_by(col(seen.day).desc(), col(seen.seen_at).desc(), col(seen.id).desc())
        .limit(NEWEST)
    )
    return [(price, name) for price, name in session.execute(query)]


def _usual(seen: list[tuple[OrdinaryPrice, str]], view: ProductView) -> UsualShown | None:
    """As of the newest day on which any was seen."""
    if not seen:
        return None
    found = usual_price((Seen(Price(each.price, each.per), each.day) for each, _ in seen), seen[0][0].day)
    return found and UsualShown(_shown(found.price, view.unit), found.count, found.newest)


def _ordinary_shown(seen: OrdinaryPrice, name: str, view: ProductView) -> OrdinaryShown:
    price = _shown(Price(seen.price, seen.per), view.unit)
    return OrdinaryShown(str(seen.id), price, seen.day, seen.shop, str(seen.seen_by), name)


def _shown(price: Price, unit: Unit, minimum: int = 0, pack: int = 0) -> PriceShown:
    shown, exact = shown_price(price, unit)
    return PriceShown(shown.amount, shown.per, exact, minimum, pack)


def _per_unit(price: Price, view: ProductView) -> PerUnit | None:
    per = price_per(price, view.unit, view.content, view.content_unit)
    if per is None:
        return None
    shown = shown_price(price, view.unit)[0]
    large = view.unit in SMALL and shown.per == ONE * ONE and COMPARED[view.unit][0] == per.unit
    is_written_so = large or (shown.per == ONE and view.unit == per.unit)
    return None if is_written_so else PerUnit(per.price, per.unit)


def _overall(view: ProductView) -> FiguresShown | None:
    if view.overall is None:
        return None
    newest = view.stores[0]
    return _figures("overall", "", newest.offers, view.overall, newest.seen_at, view, gone=False)


def _store(store: StoreFigures, view: ProductView) -> FiguresShown:
    return _figures(str(store.store_id), store.store, store.offers, store.figures, store.seen_at, view, gone=store.gone)


def _figures(
    key: str,
    name: str,
    offers: tuple[Offer, ...],
    figures: Figures,
    seen_at: datetime,
    view: ProductView,
    *,
    gone: bool,
) -> FiguresShown:
    return FiguresShown(
        id=key,
        name=name,
        offers=tuple(_shown(offer.price, view.unit, offer.minimum, offer.pack) for offer in offers),
        per_unit=_per_unit(figures.current, view),
        lowest=_shown(figures.lowest, view.unit),
        average=_shown(figures.average(typed_per(figures.current, view.unit)), view.unit),
        highest=_shown(figures.highest, view.unit),
        seen_at=seen_at,
        gone=gone,
    )


def _sighting(line: SightingLine, view: ProductView) -> Sighting:
    return Sighting(
        id=str(line.id),
        store_id=str(line.store_id),
        store=line.store,
        price=_shown(line.price, view.unit, line.minimum_quantity, line.pack),
        per_unit=_per_unit(line.price, view),
        note=line.note,
        day=line.day,
        seen_by=str(line.seen_by),
        seen_by_name=line.seen_by_name,
    )
