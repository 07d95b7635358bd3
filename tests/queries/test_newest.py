"""Whatever is seen and withdrawn, all pages tell the same newest price: the one that reading everything comes to."""

from __future__ import annotations

import random
from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy.orm import Session
from sqlmodel import select

from bulq.models import PriceObservation
from bulq.queries.listed import ID, PRICE, products_at
from bulq.queries.prices import product_page
from bulq.queries.stores import store_page
from bulq.services import catalogue, groups
from bulq.services.prices import see_price, withdraw_price
from tests.cast import LATER, NOW, Cast, assemble

CURRENCIES = ("EUR", "RSD")
Place = tuple[UUID, UUID, str]  # product, store, currency


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
        see_price(session, cast.ana, *place, now=NOW + timedelta(hours=draw.randrange(12)))
        if turn % 2:
            standing = select(PriceObservation.id).where(PriceObservation.withdrawn_at == None)  # noqa: E711
            withdraw_price(session, cast.ana, draw.choice(sorted(session.scalars(standing))), now=LATER)
            session.flush()

    expected = newest_by_reading_all(session)

    assert of_stores(session, cast, stores) == of_products(session, cast, products) == expected
    for store in stores:
        for currency in CURRENCIES:
            rows, _ = products_at(session, store, currency)
            listed = {(UUID(row[ID]), store, currency): row[PRICE] for row in rows if row[PRICE] is not None}
            assert listed == {place: price for place, price in expected.items() if place[1:] == (store, currency)}


def newest_by_reading_all(session: Session) -> dict[Place, int]:
    seen = [each for each in session.scalars(select(PriceObservation)) if each.withdrawn_at is None]
    seen.sort(key=lambda each: (each.seen_at, each.id))
    return {(each.product_id, each.store_id, each.currency): each.price for each in seen}


def of_stores(session: Session, cast: Cast, stores: list[UUID]) -> dict[Place, int]:
    return {
        (product.id, store, price.currency): price.price
        for store in stores
        for product in store_page(session, cast.ana, store).products
        for price in product.prices
    }


def of_products(session: Session, cast: Cast, products: list[UUID]) -> dict[Place, int]:
    views = [product_page(session, cast.ana, product, currency=each) for product in products for each in CURRENCIES]
    return {(view.id, store.store_id, view.currency): store.figures.current for view in views for store in view.stores}
