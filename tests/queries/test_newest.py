"""Whatever is seen and withdrawn, all pages tell the same current offers: those that reading everything comes to."""

from __future__ import annotations

import random
from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy.orm import Session
from sqlmodel import select

from bulq.domain.prices import Offer, Price, shown_price
from bulq.models import PriceObservation, Product
from bulq.queries.listed import ID, OFFERS, offers_in, products_at
from bulq.queries.prices import product_page
from bulq.queries.stores import store_page
from bulq.services import catalogue, groups
from bulq.services.prices import see_price, withdraw_price
from tests.cast import LATER, NOW, Cast, assemble

CURRENCIES = ("EUR", "RSD")
Offers = dict[tuple[UUID, UUID, str], list[Offer]]  # of a product, store, currency


@pytest.fixture
def cast(session: Session) -> Cast:
    return assemble(session)


@pytest.mark.parametrize("seed", range(5))
def test_the_newest_price_is_the_same_everywhere(session: Session, cast: Cast, seed: int) -> None:
    draw = random.Random(seed)
    groups.create_group(session, cast.ana, "Niš", "RSD", "Europe/Belgrade", now=NOW)
    products = [cast.rice, cast.tomatoes]
    stores = [cast.store_id, catalogue.add_store(session, cast.ana, "Idea", now=NOW).id]
    session.flush()
    for turn in range(60):
        place = draw.choice(products), draw.choice(stores), draw.randrange(1, 10), draw.choice(CURRENCIES)
        minimum, pack = draw.choice([None, 2000, 6000]), draw.choice([None, None, 2000, 6000])
        per = draw.choice([1000, 250_000])
        moment = NOW + timedelta(hours=draw.randrange(12))
        see_price(session, cast.ana, *place, per=per, minimum_quantity=minimum, pack=pack, now=moment)
        if turn % 2:
            standing = select(PriceObservation.id).where(PriceObservation.withdrawn_at == None)  # noqa: E711
            withdraw_price(session, cast.ana, draw.choice(sorted(session.scalars(standing))), now=LATER)
            session.flush()

    expected = newest_by_reading_all(session)

    assert of_stores(session, cast, stores) == as_shown(session, expected)
    assert of_products(session, cast, products) == expected
    for store in stores:
        for currency in CURRENCIES:
            rows, _ = products_at(session, store, currency, cast.group_id)
            listed = {(UUID(row[ID]), store, currency): list(offers_in(row[OFFERS])) for row in rows if row[OFFERS]}
            assert listed == {place: offers for place, offers in expected.items() if place[1:] == (store, currency)}


def newest_by_reading_all(session: Session) -> Offers:
    seen = [each for each in session.scalars(select(PriceObservation)) if each.withdrawn_at is None]
    seen.sort(key=lambda each: (each.seen_at, each.id))
    of_minimum = {(each.product_id, each.store_id, each.currency, each.minimum_quantity): each for each in seen}
    offers: Offers = {}
    for (*place, minimum), each in sorted(of_minimum.items(), key=lambda item: item[0][-1]):
        offers.setdefault((*place,), []).append(Offer(Price(each.price, each.per), minimum, each.pack))  # type: ignore[arg-type]
    return offers


def as_shown(session: Session, offers: Offers) -> Offers:
    units = {product_id: session.get_one(Product, product_id).unit for product_id, _, _ in offers}
    return {
        place: [Offer(shown_price(offer.price, units[place[0]])[0], offer.minimum, offer.pack) for offer in found]
        for place, found in offers.items()
    }


def of_stores(session: Session, cast: Cast, stores: list[UUID]) -> Offers:
    offers: Offers = {}
    for store in stores:
        for product in store_page(session, cast.ana, store).products:
            for each in product.prices:
                place = UUID(product.id), store, each.currency
                offers.setdefault(place, []).append(Offer(Price(each.amount, each.per), each.minimum, each.pack))
    return offers


def of_products(session: Session, cast: Cast, products: list[UUID]) -> Offers:
    views = [product_page(session, cast.ana, product, currency=each) for product in products for each in CURRENCIES]
    stores = [((view.id, store.store_id, view.currency), store) for view in views for store in view.stores]
    assert all(store.figures.current == store.offers[0].price for _, store in stores)
    return {place: [Offer(each.price, each.minimum, each.pack) for each in store.offers] for place, store in stores}
