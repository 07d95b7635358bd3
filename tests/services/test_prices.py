"""Sightings of prices: once a day, never changed, withdrawn by who saw them or an admin."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from uuid import UUID

import pytest
from sqlalchemy import update
from sqlalchemy.orm import Session
from sqlmodel import col, delete, select

from bulq.domain.actor import Actor
from bulq.domain.errors import Conflict, Forbidden, Invalid
from bulq.domain.phases import Phase
from bulq.domain.prices import Offer, Price
from bulq.models import AuditEntry, Membership, PriceObservation, Product, Run
from bulq.queries.catalogue import find_products
from bulq.queries.export import run_export
from bulq.queries.prices import product_page
from bulq.queries.runs import run_view
from bulq.queries.shopping import shopping_list
from bulq.queries.stores import store_page
from bulq.services import bids, catalogue, closing, groups, phases, prices, products
from bulq.services import shopping as shop
from tests import seeing
from tests.cast import LATER, NOW, PACK, Cast, World, bring_to, item_of, plan

CODE = "4006381333931"


@pytest.fixture
def cast(world: World, session: Session) -> Cast:
    """Of what was bought in the world's runs no price is known."""
    session.execute(delete(PriceObservation))
    return world.cast


def see(session: Session, cast: Cast, who: Actor, price: int, when: datetime = NOW, **details: object) -> bool:
    return prices.see_price(session, who, cast.rice, cast.store_id, price, "EUR", now=when, **details)  # type: ignore[arg-type]


def seen(session: Session, product_id: object) -> list[PriceObservation]:
    query = select(PriceObservation).where(PriceObservation.product_id == product_id)
    return list(session.scalars(query.order_by(PriceObservation.id)))  # type: ignore[arg-type]


def test_repeating_a_price_the_same_day_adds_nothing(session: Session, cast: Cast) -> None:
    """C4: the same price at the same store on the same day is one sighting, whoever says it."""
    assert see(session, cast, cast.bojan, 799)
    assert not see(session, cast, cast.eva, 799, LATER, note="Still")
    assert see(session, cast, cast.eva, 849, LATER)

    assert [(each.price, each.seen_by, each.note) for each in seen(session, cast.rice)] == [
        (799, cast.bojan.id, ""),
        (849, cast.eva.id, ""),
    ]


def test_the_same_price_somewhere_else_or_in_another_currency_is_another(session: Session, cast: Cast) -> None:
    idea = catalogue.add_store(session, cast.ana, "Idea", now=NOW)
    session.flush()

    assert see(session, cast, cast.bojan, 799)
    assert prices.see_price(session, cast.bojan, cast.rice, idea.id, 799, "EUR", now=NOW)
    assert prices.see_price(session, cast.bojan, cast.rice, cast.store_id, 799, "RSD", now=NOW)


def test_a_purchase_feeds_the_history_exactly_once(session: Session, cast: Cast) -> None:
    """C4, R5: what was bought at one price on one day is one sighting, also in two purchases and noted before."""
    run_id = bring_to(session, cast, Phase.SHOPPING)
    rice = item_of(session, run_id, cast.rice)
    catalogue.note_price(session, cast.ana, run_id, cast.rice, 799, now=NOW)
    for packs in (3, 4):
        seeing.buy(session, cast.ana, run_id, rice, packs * PACK, packs * 799, price=799, now=LATER)
    shop.set_missing(session, cast.ana, run_id, item_of(session, run_id, cast.tomatoes), True, now=LATER)
    session.flush()

    seeing.finish_shopping(session, cast.ana, run_id, now=LATER)

    assert [each.price for each in seen(session, cast.rice)] == [799]


def _cancelled(session: Session, cast: Cast, run_id: UUID) -> None:
    phases.cancel_run(session, cast.ana, run_id, "Rain", now=LATER)


def _left(session: Session, cast: Cast, run_id: UUID) -> None:
    """Ana leaves with nobody to lead it: the last who is left makes no admin and no helper."""
    session.execute(update(Membership).where(col(Membership.user_id) == cast.ana.id).values(is_admin=False))
    groups.leave_group(session, cast.ana, cast.group_id, now=LATER)


def _closed(session: Session, cast: Cast, run_id: UUID) -> None:
    closing.close_group(session, cast.ada, cast.group_id, now=LATER)


@pytest.mark.parametrize("end", [_cancelled, _left, _closed])
def test_a_run_that_is_cancelled_after_buying_feeds_the_history(
    session: Session, cast: Cast, end: Callable[[Session, Cast, UUID], None]
) -> None:
    run_id = bring_to(session, cast, Phase.SHOPPING)
    seeing.buy(session, cast.ana, run_id, item_of(session, run_id, cast.rice), 2 * PACK, 1998, now=NOW)
    session.flush()

    end(session, cast, run_id)

    session.flush()
    assert session.get_one(Run, run_id).phase is Phase.CANCELLED
    assert 999 in [each.price for each in seen(session, cast.rice)]


def test_a_day_is_the_one_it_is_in_my_group(session: Session, cast: Cast) -> None:
    late = datetime.fromisoformat("2026-11-24T23:30:00+00:00")  # half past midnight in Belgrade
    for who in (cast.bojan, cast.ada):  # Ada is in no group: UTC
        see(session, cast, who, 799, late)

    assert sorted(each.day for each in seen(session, cast.rice)) == [date(2026, 11, 24), date(2026, 11, 25)]


def test_the_group_of_the_same_currency_says_the_day(session: Session, cast: Cast) -> None:
    early = datetime.fromisoformat("2026-11-24T03:00:00+00:00")  # the day before in New York
    groups.create_group(session, cast.bojan, "New York", "USD", "America/New_York", now=NOW)
    session.flush()

    prices.see_price(session, cast.bojan, cast.rice, cast.store_id, 799, "USD", now=early)
    see(session, cast, cast.bojan, 799, early)

    assert {each.currency: each.day.day for each in seen(session, cast.rice)} == {"USD": 23, "EUR": 24}


@pytest.mark.parametrize(
    ("price", "currency", "minimum", "key", "field"),
    [
        (-1, "EUR", None, "money_negative", "price"),
        (100_000_000, "EUR", None, "money_too_large", "price"),
        (10**30, "EUR", None, "money_too_large", "price"),
        (799, "", None, "currency", "currency"),
        (799, "eur", None, "currency", "currency"),
        (799, "XXX", None, "currency", "currency"),
        (799, "E" * 5000, None, "currency", "currency"),
        (799, "EUR", 0, "quantity_positive", "minimum"),
        (799, "EUR", -1, "quantity_positive", "minimum"),
        (799, "EUR", 1500, "quantity_step", "minimum"),
        (799, "EUR", 10**30, "quantity_too_large", "minimum"),
    ],
)
def test_what_is_wrong_is_refused_and_not_kept(
    session: Session, cast: Cast, price: int, currency: str, minimum: int | None, key: str, field: str
) -> None:
    with pytest.raises(Invalid) as refusal:
        prices.see_price(
            session, cast.ana, cast.rice, cast.store_id, price, currency, minimum_quantity=minimum, now=NOW
        )

    assert (refusal.value.key, refusal.value.field) == (key, field)
    assert seen(session, cast.rice) == []


def test_a_withdrawn_price_is_left_out_of_every_figure(session: Session, cast: Cast) -> None:
    """C2, C1: chart, table, figures, the store's page, searches and the shopping list forget it."""
    run_id = bring_to(session, cast, Phase.SHOPPING)
    see(session, cast, cast.bojan, 799)
    see(session, cast, cast.bojan, 7990, LATER)
    wrong = seen(session, cast.rice)[-1]

    prices.withdraw_price(session, cast.bojan, wrong.id, now=LATER)
    session.flush()

    product = product_page(session, cast.eva, cast.rice)
    assert product.overall and (product.overall.current, product.overall.highest, product.overall.count) == (
        Price(799),
        Price(799),
        1,
    )
    assert [line.price for line in product.sightings] == [point.price for point in product.points] == [Price(799)]
    there = store_page(session, cast.ana, cast.store_id).products
    assert [(price.amount, price.per) for each in there for price in each.prices] == [(799, 1000)]
    found = find_products(session, cast.ana, run_id, "rice", with_bids=True)
    assert [each.offers for each in found] == [(Offer(Price(799)),)]
    rice = next(
        item for item in shopping_list(session, cast.ana, run_id).items.values() if item.name.startswith("Basmati")
    )
    assert [(price.amount, price.per) for price in rice.prices] == [(799, 1000)]


def test_what_nobody_else_saw_there_is_gone_from_the_store(session: Session, cast: Cast) -> None:
    see(session, cast, cast.bojan, 799)
    prices.withdraw_price(session, cast.bojan, seen(session, cast.rice)[0].id, now=LATER)
    session.flush()

    assert store_page(session, cast.ana, cast.store_id).products == ()
    assert product_page(session, cast.ana, cast.rice).overall is None


def test_only_who_saw_it_or_an_admin_withdraws_it(session: Session, cast: Cast) -> None:
    see(session, cast, cast.bojan, 799)
    see(session, cast, cast.bojan, 849)
    first, second = seen(session, cast.rice)

    with pytest.raises(Forbidden):
        prices.withdraw_price(session, cast.ana, first.id, now=LATER)
    prices.withdraw_price(session, cast.bojan, first.id, now=LATER)
    prices.withdraw_price(session, cast.ada, second.id, now=LATER)

    assert [(each.withdrawn_at, each.withdrawn_by) for each in seen(session, cast.rice)] == [
        (LATER, cast.bojan.id),
        (LATER, cast.ada.id),
    ]


def test_withdrawing_is_recorded_once(session: Session, cast: Cast) -> None:
    see(session, cast, cast.bojan, 799)
    sighting = seen(session, cast.rice)[0]

    for _ in range(2):
        prices.withdraw_price(session, cast.bojan, sighting.id, now=LATER)
    session.flush()

    entry = session.scalars(select(AuditEntry).where(AuditEntry.action == "price_withdrawn")).one()
    assert (entry.action, entry.actor_id, entry.subject_id) == ("price_withdrawn", cast.bojan.id, cast.rice)
    assert entry.details == {"price": "7.99 EUR", "store": "Metro", "day": "2026-11-24"}


def test_what_was_withdrawn_may_be_seen_again_the_same_day(session: Session, cast: Cast) -> None:
    see(session, cast, cast.bojan, 799)
    prices.withdraw_price(session, cast.bojan, seen(session, cast.rice)[0].id, now=LATER)
    session.flush()

    assert see(session, cast, cast.ana, 799, LATER)


def edit(
    session: Session, cast: Cast, who: Actor, barcode: str = "", content: int | None = None, unit: str = ""
) -> None:
    products.edit_product_details(
        session, who, cast.rice, barcode=barcode, content=content, content_unit=unit, now=LATER
    )
    session.flush()


def test_details_are_edited_by_their_creator_until_they_are_checked(session: Session, cast: Cast) -> None:
    edit(session, cast, cast.ana, "40 06381 33393 1", 5000, "kg")
    with pytest.raises(Forbidden):
        edit(session, cast, cast.bojan)
    session.get_one(Product, cast.rice).verified_at = NOW
    session.flush()
    with pytest.raises(Forbidden):
        edit(session, cast, cast.ana)
    edit(session, cast, cast.ada, "", 5_000_000, "g")

    product = session.get_one(Product, cast.rice)
    assert (product.barcode, product.content, product.content_unit) == (None, 5_000_000, "g")
    edited = select(AuditEntry).where(AuditEntry.action == "product_details_edited")
    assert len(session.scalars(edited).all()) == 2


@pytest.mark.parametrize(
    ("barcode", "content", "unit", "field"),
    [
        ("123", None, "", "barcode"),
        ("4006381333932", None, "", "barcode"),
        ("9" * 5000, None, "", "barcode"),
        ("", 0, "kg", "content"),
        ("", 10**30, "kg", "content"),
        ("", 1000, "stone", "content_unit"),
    ],
)
def test_wrong_details_are_refused_at_their_field(
    session: Session, cast: Cast, barcode: str, content: int | None, unit: str, field: str
) -> None:
    with pytest.raises(Invalid) as edited:
        edit(session, cast, cast.ana, barcode, content, unit)
    with pytest.raises(Invalid) as added:
        catalogue.add_product(
            session, cast.ana, "New", "", "pack", 1000, barcode=barcode, content=content, content_unit=unit, now=NOW
        )

    assert edited.value.field == added.value.field == field


def test_details_do_not_make_a_product_into_another(session: Session, cast: Cast) -> None:
    rice = session.get_one(Product, cast.rice)
    catalogue.add_product(
        session, cast.ana, rice.name, rice.brand, "pack", 1000, content=5_000_000, content_unit="g", now=NOW
    )

    with pytest.raises(Conflict) as refusal:
        edit(session, cast, cast.ana, "", 5000, "kg")

    assert (refusal.value.key, refusal.value.field) == ("product_exists", "content")
    edit(session, cast, cast.ana, "", 500, "kg")
    assert rice.content_key == "500g"


def test_a_barcode_belongs_to_one_product(session: Session, cast: Cast) -> None:
    edit(session, cast, cast.ana, CODE)

    with pytest.raises(Conflict) as edited:
        products.edit_product_details(
            session, cast.ana, cast.tomatoes, barcode=CODE, content=None, content_unit="", now=LATER
        )
    with pytest.raises(Conflict) as added:
        catalogue.add_product(session, cast.ana, "New", "", "pack", 1000, barcode=CODE, now=NOW)
    edit(session, cast, cast.ana, CODE, 5000, "kg")  # its own

    assert (
        (edited.value.key, edited.value.field) == (added.value.key, added.value.field) == ("barcode_exists", "barcode")
    )


def test_products_are_found_by_their_barcode_while_typing(session: Session, cast: Cast) -> None:
    edit(session, cast, cast.ana, CODE)
    run_id = plan(session, cast)

    assert [each.name for each in find_products(session, cast.ana, run_id, " 4006381-333931")] == ["Basmati rice 5 kg"]
    assert find_products(session, cast.ana, run_id, "96385074") == []


def test_a_price_is_an_amount_per_a_quantity(session: Session, cast: Cast) -> None:
    """0.99 for 250 g: 1.98 for 500 g says the same, 1.99 for 500 g does not."""
    seeds = catalogue.add_product(session, cast.ana, "Seeds", "", "g", 50_000, now=NOW)
    session.flush()

    for amount, per, is_new in ((99, 250_000, True), (198, 500_000, False), (199, 500_000, True), (99, 250_000, False)):
        place = seeds.id, cast.store_id, amount, "EUR"
        assert prices.see_price(session, cast.ana, *place, per=per, now=NOW) is is_new

    assert [(each.price, each.per) for each in seen(session, seeds.id)] == [(99, 250_000), (199, 500_000)]


@pytest.mark.parametrize("per", [0, -1, 10**30])
def test_a_price_is_for_something(session: Session, cast: Cast, per: int) -> None:
    with pytest.raises(Invalid) as refusal:
        see(session, cast, cast.ana, 799, per=per)

    assert refusal.value.field == "per"


def test_the_same_price_from_another_quantity_on_is_another_offer(session: Session, cast: Cast) -> None:
    assert see(session, cast, cast.ana, 800, minimum_quantity=6000)
    assert see(session, cast, cast.ana, 800)
    assert not see(session, cast, cast.ana, 800, minimum_quantity=6000)


def test_what_is_bought_by_the_gram_is_seen_for_what_was_bought(session: Session, cast: Cast) -> None:
    """250 g for 0.99 are estimated at 0.99 the next time, and 500 g at 1.98."""
    seeds = catalogue.add_product(session, cast.ana, "Seeds", "", "g", 50_000, now=NOW)
    run_id = shopping_for(session, cast, seeds.id, 250_000)
    seeing.buy(session, cast.ana, run_id, item_of(session, run_id, seeds.id), 250_000, 99, now=LATER)
    session.flush()
    seeing.finish_shopping(session, cast.ana, run_id, now=LATER)
    session.flush()

    again = shopping_for(session, cast, seeds.id, 500_000)

    assert [(each.price, each.per) for each in seen(session, seeds.id)] == [(99, 250_000)]
    assert run_view(session, cast.ana, again).parts.total == 198


def shopping_for(session: Session, cast: Cast, product_id: UUID, quantity: int) -> UUID:
    run_id = plan(session, cast)
    bids.place_bid(session, cast.bojan, run_id, product_id, quantity, now=NOW)
    session.flush()
    seeing.confirm_run(session, cast.ana, run_id, now=NOW)
    phases.start_shopping(session, cast.ana, run_id, now=NOW)
    session.flush()
    return run_id


@pytest.mark.parametrize(("wanted", "cost"), [(2000, 2000), (5000, 5000), (6000, 4800), (9000, 7200)])
def test_a_price_from_six_on_counts_from_six_on_everywhere(
    session: Session, cast: Cast, wanted: int, cost: int
) -> None:
    """10.00 each, 8.00 from 6: two are 20.00 on the run's page, per person, at the shelf and in the file."""
    see(session, cast, cast.ana, 1000)
    see(session, cast, cast.ana, 800, LATER, minimum_quantity=6000)
    run_id = shopping_for(session, cast, cast.rice, wanted)

    view = run_view(session, cast.bojan, run_id)
    (goods,) = run_export(session, cast.bojan, run_id).goods
    (item,) = shopping_list(session, cast.bojan, run_id).items.values()

    assert view.products[0].expected == view.parts.total == view.parts.people[str(cast.bojan.id)] == cost
    assert (goods.cost, goods.portions[0].cost) == (cost, cost)
    assert item.price is not None and item.price * item.wanted // item.per == cost


def test_a_price_nobody_reaches_is_no_price(session: Session, cast: Cast) -> None:
    see(session, cast, cast.ana, 800, minimum_quantity=6000)
    run_id = shopping_for(session, cast, cast.rice, 2000)

    view = run_view(session, cast.bojan, run_id)

    assert (view.products[0].expected, view.parts.total, view.parts.unpriced) == (None, 0, 1)


def test_six_bought_at_the_price_from_six_leave_the_price_of_one(session: Session, cast: Cast) -> None:
    see(session, cast, cast.ana, 1000)
    see(session, cast, cast.ana, 800, minimum_quantity=6000)
    run_id = shopping_for(session, cast, cast.rice, 6000)
    tomorrow = LATER + timedelta(days=1)
    seeing.buy(session, cast.ana, run_id, item_of(session, run_id, cast.rice), 6000, 4800, now=tomorrow)
    session.flush()
    seeing.finish_shopping(session, cast.ana, run_id, now=tomorrow)
    session.flush()

    again = shopping_for(session, cast, cast.rice, 2000)

    assert run_view(session, cast.ana, again).parts.total == 2000
    (rice,) = store_page(session, cast.ana, cast.store_id).products
    assert [(each.amount, each.per, each.minimum) for each in rice.prices] == [(1000, 1000, 0), (800, 1000, 6000)]
