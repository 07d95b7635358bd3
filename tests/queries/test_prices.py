"""The product page: figures per store and overall, a history to draw, and who saw it when."""

from datetime import date, timedelta
from itertools import pairwise
from uuid import UUID

import pytest
from sqlalchemy.orm import Session

from bulq.domain.errors import Invalid, NotFound
from bulq.domain.prices import Figures, Price
from bulq.models import PriceObservation
from bulq.models.base import new_id
from bulq.queries.prices import LINES, POINTS, SIGHTINGS, product_by_barcode, product_named, product_page
from bulq.services import catalogue, groups, prices, products
from tests.cast import NOW, Cast, assemble
from tests.conftest import Scene
from tests.queries.counting import statements


@pytest.fixture
def cast(scene: Scene) -> Cast:
    return scene(assemble)


def history(
    session: Session, cast: Cast, store_id: UUID, count: int, *, currency: str = "EUR", lowest: int = 1
) -> None:
    """One price a day up to today, each a cent more than the one before."""
    for n in range(count):
        when = NOW - timedelta(days=count - 1 - n)
        session.add(
            PriceObservation(
                product_id=cast.rice,
                store_id=store_id,
                currency=currency,
                price=lowest + n,
                day=when.date(),
                seen_by=cast.bojan.id,
                seen_at=when,
            )
        )
    session.flush()


def store(session: Session, cast: Cast, name: str) -> UUID:
    found = catalogue.add_store(session, cast.ana, name, now=NOW).id
    session.flush()
    return found


def figures(current: int, lowest: int, highest: int, total: int, count: int) -> Figures:
    return Figures(Price(current), Price(lowest), Price(highest), Figures.scaled(total, 1000), count)


def test_figures_are_per_store_and_overall(session: Session, cast: Cast) -> None:
    """C2: current, lowest, average and highest, each rounded half up."""
    idea = store(session, cast, "Idea")
    for where, price, hours in ((cast.store_id, 800, 0), (cast.store_id, 701, 1), (idea, 650, 2), (idea, 651, 3)):
        when = NOW + timedelta(hours=hours)
        prices.see_price(session, cast.bojan, cast.rice, where, price, "EUR", now=when)

    view = product_page(session, cast.mila, cast.rice)

    assert [(each.store, each.figures) for each in view.stores] == [
        ("Idea", figures(651, 650, 651, 1301, 2)),
        ("Metro", figures(701, 701, 800, 1501, 2)),
    ]
    assert [each.figures.average(1000).amount for each in view.stores] == [651, 751]
    assert view.overall is not None and view.overall == figures(651, 650, 800, 2802, 4)
    assert view.overall.average(1000).amount == 701
    assert [(line.price.amount, line.store, line.seen_by_name) for line in view.sightings][:2] == [
        (651, "Idea", "Bojan"),
        (650, "Idea", "Bojan"),
    ]


def test_the_chart_has_the_newest_price_of_each_day(session: Session, cast: Cast) -> None:
    """C2: the price over time per store."""
    history(session, cast, cast.store_id, 3, lowest=100)
    prices.see_price(session, cast.bojan, cast.rice, cast.store_id, 90, "EUR", now=NOW + timedelta(hours=1))

    view = product_page(session, cast.mila, cast.rice)

    assert [(point.day, point.price) for point in view.points] == [
        (date(2026, 11, 22), Price(100)),
        (date(2026, 11, 23), Price(101)),
        (date(2026, 11, 24), Price(90)),
    ]


@pytest.mark.parametrize("count", [1, POINTS - 1, POINTS, POINTS + 1, 3 * POINTS + 7])
def test_a_long_history_is_thinned_evenly_and_ends_with_the_newest(session: Session, cast: Cast, count: int) -> None:
    history(session, cast, cast.store_id, count)

    points = product_page(session, cast.mila, cast.rice).points

    steps = {(b.day - a.day).days for a, b in pairwise(points)}
    assert len(points) == min(count, POINTS)
    assert points[-1].price == Price(count)
    assert not steps or max(steps) - min(steps) <= 1


def test_the_stores_seen_last_are_drawn(session: Session, cast: Cast) -> None:
    names = [f"Store {n}" for n in range(LINES + 2)]
    for n, name in enumerate(names):
        when = NOW + timedelta(minutes=n)
        prices.see_price(session, cast.bojan, cast.rice, store(session, cast, name), 100, "EUR", now=when)

    view = product_page(session, cast.mila, cast.rice)

    assert len(view.stores) == LINES + 2
    assert {point.store_id for point in view.points} == {each.store_id for each in view.stores[:LINES]}


def test_sightings_come_in_pages(session: Session, cast: Cast) -> None:
    history(session, cast, cast.store_id, 2 * SIGHTINGS + 2)

    pages = [product_page(session, cast.mila, cast.rice, page=page) for page in (-1, 2, 3, 10**12)]

    assert [view.sightings[0].price.amount for view in pages] == [2 * SIGHTINGS + 2, SIGHTINGS + 2, 2, 2]
    assert [view.sightings[-1].price.amount for view in pages] == [SIGHTINGS + 3, 3, 1, 1]
    assert [(view.page, view.pages) for view in pages] == [(1, 3), (2, 3), (3, 3), (3, 3)]


def test_no_sighting_of_a_crowded_day_is_lost_between_pages(session: Session, cast: Cast) -> None:
    for n in range(2 * SIGHTINGS + 3):
        when = NOW + timedelta(days=n // 20, seconds=-n)
        prices.see_price(session, cast.bojan, cast.rice, cast.store_id, n + 1, "EUR", now=when)

    pages = [product_page(session, cast.mila, cast.rice, page=page).sightings for page in (1, 2, 3)]

    lines = [line for sightings in pages for line in sightings]
    assert len({line.id for line in lines}) == len(lines) == 2 * SIGHTINGS + 3
    assert lines == sorted(lines, key=lambda line: (line.day, line.seen_at, line.id), reverse=True)


def test_one_currency_is_shown_at_a_time_mine_first(session: Session, cast: Cast) -> None:
    history(session, cast, cast.store_id, 2)
    history(session, cast, cast.store_id, 3, currency="RSD", lowest=1000)
    groups.create_group(session, cast.eva, "Beograd", "RSD", "Europe/Belgrade", now=NOW)
    session.flush()

    eur, rsd, chosen, odd = (
        product_page(session, who, cast.rice, currency=currency)
        for who, currency in ((cast.mila, ""), (cast.eva, ""), (cast.mila, "RSD"), (cast.mila, "' OR 1=1"))
    )

    assert [view.currency for view in (eur, rsd, chosen, odd)] == ["EUR", "RSD", "RSD", "EUR"]
    assert eur.overall and chosen.overall and (eur.overall.count, chosen.overall.count) == (2, 3)
    assert eur.currencies == rsd.currencies == ("EUR", "RSD") and eur.mine == ("EUR",)


def test_a_product_nobody_priced_is_a_page_all_the_same(session: Session, cast: Cast) -> None:
    view = product_page(session, cast.ada, cast.rice)

    assert (view.overall, view.stores, view.points, view.sightings) == (None, (), (), ())
    assert (view.currency, view.page, view.pages) == ("EUR", 1, 1)
    with pytest.raises(NotFound):
        product_page(session, cast.ada, new_id())


def test_the_number_of_statements_stays(session: Session, cast: Cast) -> None:
    counts: list[int] = []
    for n in range(2):
        for m in range(1 + 20 * n):
            history(session, cast, store(session, cast, f"Store {n} {m}"), 5)
        with statements(session) as sent:
            product_page(session, cast.mila, cast.rice)
        counts.append(len(sent))

    assert counts[0] == counts[1] <= 7


def test_a_barcode_leads_to_its_product(session: Session, cast: Cast) -> None:
    for product_id, code in ((cast.rice, "4006381333931"), (cast.tomatoes, "036000291452")):
        products.edit_product_details(
            session, cast.ana, product_id, barcode=code, content=None, content_unit="", now=NOW
        )
    session.flush()

    assert product_by_barcode(session, cast.eva, " 4 006381 333931") == ("4006381333931", cast.rice)
    assert product_by_barcode(session, cast.eva, "0036000291452") == ("0036000291452", cast.tomatoes)
    assert product_by_barcode(session, cast.eva, "96385074") == ("96385074", None)
    with pytest.raises(Invalid):
        product_by_barcode(session, cast.eva, "%")


def test_a_product_is_known_by_name_and_brand(session: Session, cast: Cast) -> None:
    assert product_named(session, cast.eva, "BASMATI  rice 5 kg", "dáawat") == cast.rice
    assert product_named(session, cast.eva, "Basmati rice 5 kg", "") is None
