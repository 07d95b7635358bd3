"""The facts of a product's page: the same figures in the chart, the tables and everywhere together."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy.orm import Session

from bulq.domain.errors import NotFound
from bulq.domain.phases import Unit
from bulq.models.base import new_id
from bulq.queries.product import PerUnit, PointShown, PriceShown, product_facts
from bulq.services import aliases, catalogue, prices, products, tags
from bulq.services.merging import merge_products
from tests.cast import LATER, NOW, Cast, assemble
from tests.conftest import Scene
from tests.queries.counting import statements


@pytest.fixture
def cast(scene: Scene) -> Cast:
    return scene(assemble)


def test_prices_per_store_and_per_kilogram(session: Session, cast: Cast) -> None:
    """C2: figures, chart and table say the same."""
    code = "4006381333931"
    products.edit_product_details(session, cast.ana, cast.rice, barcode=code, content=5000, content_unit="kg", now=NOW)
    prices.see_price(session, cast.bojan, cast.rice, cast.store_id, 799, "EUR", note="Shelf", now=NOW)

    page = product_facts(session, cast.eva, cast.rice)

    (store,), (line,), price = page.stores, page.sightings, PriceShown(799, 1000, True, 0, 0)
    assert page.overall is not None and (page.count, page.points_per) == (1, 1000)
    assert store.name == "Metro" and page.overall.offers == store.offers == (price,)
    assert (store.lowest, store.average, store.highest) == (price, price, price)
    assert store.per_unit == line.per_unit == PerUnit(160, Unit.KG)
    assert page.points == (PointShown(0, date(2026, 11, 24), 799, 1000),)
    assert (line.price, line.note, line.day, line.seen_by) == (price, "Shelf", date(2026, 11, 24), str(cast.bojan.id))
    assert (page.content, page.content_unit, page.barcode, page.may_edit) == (5000, "kg", code, False)


@pytest.mark.parametrize(
    ("unit", "per", "shown", "per_unit"),
    [
        ("g", 250_000, PriceShown(99, 250_000, True, 0, 0), PerUnit(396, Unit.KG)),
        ("g", 333_000, PriceShown(297, 1_000_000, False, 0, 0), None),  # written per kg anyway
        ("kg", 1000, PriceShown(99, 1000, True, 0, 0), None),
        ("piece", 1000, PriceShown(99, 1000, True, 0, 0), None),
    ],
)
def test_a_price_per_kilogram_stands_beside_one_that_is_written_otherwise(
    session: Session, cast: Cast, unit: str, per: int, shown: PriceShown, per_unit: PerUnit | None
) -> None:
    oats = catalogue.add_product(session, cast.ana, "Oats", "", unit, 1000, now=NOW)
    session.flush()
    prices.see_price(session, cast.ana, oats.id, cast.store_id, 99, "EUR", per=per, now=NOW)

    (store,) = product_facts(session, cast.ana, oats.id).stores

    assert (store.offers, store.per_unit) == ((shown,), per_unit)


def test_an_offer_from_a_quantity_on_stands_beside_the_current_price(session: Session, cast: Cast) -> None:
    for price, minimum in ((799, None), (699, 6000)):
        prices.see_price(session, cast.ana, cast.rice, cast.store_id, price, "EUR", minimum_quantity=minimum, now=NOW)

    (store,) = product_facts(session, cast.ana, cast.rice).stores

    assert [(offer.amount, offer.minimum) for offer in store.offers] == [(799, 0), (699, 6000)]


def test_a_currency_is_chosen_and_an_odd_one_is_passed_over(session: Session, cast: Cast) -> None:
    for price, currency in ((799, "EUR"), (93_600, "RSD")):
        prices.see_price(session, cast.ana, cast.rice, cast.store_id, price, currency, now=NOW)

    shown = [product_facts(session, cast.ana, cast.rice, currency=each) for each in ("RSD", "EUR", "XXX", "")]

    assert [page.currency for page in shown] == ["RSD", "EUR", "EUR", "EUR"]
    assert shown[0].currencies == ("EUR", "RSD") and shown[0].stores[0].offers[0].amount == 93_600


def test_tags_and_other_names_say_who_may_take_them_away(session: Session, cast: Cast) -> None:
    tags.add_tag(session, cast.bojan, cast.rice, "diet", "Vegan", now=NOW)
    aliases.add_alias(session, cast.bojan, cast.rice, "Пиринач", "sr", now=NOW)

    for who, may in ((cast.bojan, True), (cast.ana, False), (cast.ada, True)):
        page = product_facts(session, who, cast.rice)
        assert [(tag.name, tag.kind, tag.removable) for tag in page.tags] == [("Vegan", "diet", may)]
        assert [(name.name, name.language, name.removable) for name in page.names] == [("Пиринач", "sr", may)]


def test_the_address_of_one_that_was_merged_shows_the_one_that_was_kept(session: Session, cast: Cast) -> None:
    twin = catalogue.add_product(session, cast.ana, "Rice, basmati", "", "pack", 1000, now=NOW).id
    session.flush()
    merge_products(session, cast.ada, twin, cast.rice, now=LATER)

    assert product_facts(session, cast.eva, twin).id == str(cast.rice)
    with pytest.raises(NotFound):
        product_facts(session, cast.eva, new_id())


def test_the_number_of_statements_stays(session: Session, cast: Cast) -> None:
    counts: list[int] = []
    for n in (2, 30):
        for m in range(n):
            prices.see_price(session, cast.ana, cast.rice, cast.store_id, n + m, "EUR", now=NOW + timedelta(days=m))
        with statements(session) as sent:
            product_facts(session, cast.ana, cast.rice)
        counts.append(len(sent))

    assert counts[0] == counts[1] <= 10
