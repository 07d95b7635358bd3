"""Stores, products and prices: one of each name, found while typing, priced once a day."""

import pytest
from sqlalchemy.orm import Session
from sqlmodel import select

from bulq.domain.errors import Conflict, Invalid
from bulq.domain.phases import Phase, Unit
from bulq.domain.prices import Offer, Price
from bulq.models import PriceObservation
from bulq.queries.catalogue import find_products, find_stores
from bulq.queries.prices import product_named
from bulq.services import catalogue, runs
from tests.cast import LATER, NOW, Cast, bring_to, plan


@pytest.mark.parametrize(
    ("name", "twin"),
    [
        ("Čačak", "cacak"),
        ("Čačak", "  ČAČAK "),
        ("Đerdap", "Djerdap"[0] + "erdap"),
        ("Продавница", "ПРОДАВНИЦА"),
        ("Café Crème", "cafe creme"),
        ("Straße", "STRASSE"),
        ("Öko  Markt", "oko markt"),
        ("ﬁn", "fin"),
    ],
)
def test_the_same_name_without_case_and_accents_is_refused(session: Session, cast: Cast, name: str, twin: str) -> None:
    catalogue.add_store(session, cast.ana, name, now=NOW)
    catalogue.add_product(session, cast.ana, name, "", "kg", 100, now=NOW)

    with pytest.raises(Conflict) as store:
        catalogue.add_store(session, cast.bojan, twin, now=NOW)
    with pytest.raises(Conflict) as product:
        catalogue.add_product(session, cast.bojan, twin, "", "kg", 100, now=NOW)

    assert (store.value.key, store.value.field) == ("store_exists", "store")
    assert (product.value.key, product.value.field) == ("product_exists", "name")


def test_another_letter_is_another_name(session: Session, cast: Cast) -> None:
    for name in ("Гај", "Гај 2", "Раj", "Рај", "Шума", "Сума"):
        catalogue.add_store(session, cast.ana, name, now=NOW)


def test_one_product_of_each_brand(session: Session, cast: Cast) -> None:
    catalogue.add_product(session, cast.ana, "Lentils", "Suma", "kg", 100, now=NOW)
    catalogue.add_product(session, cast.ana, "Lentils", "", "kg", 100, now=NOW)

    with pytest.raises(Conflict):
        catalogue.add_product(session, cast.ana, "LENTILS", "Súma", "g", 100_000, now=NOW)


def test_one_product_of_each_content(session: Session, cast: Cast) -> None:
    for content, unit in ((None, ""), (500_000, "g"), (1000, "kg"), (5000, "kg"), (500, "l")):
        catalogue.add_product(
            session, cast.ana, "Lentils", "Suma", "pack", 1000, content=content, content_unit=unit, now=NOW
        )

    for content, unit in ((None, ""), (500, "kg"), (1_000_000, "g"), (500_000, "ml")):
        with pytest.raises(Conflict) as refusal:
            catalogue.add_product(
                session, cast.ana, "LENTILS", "Súma", "bag", 1000, content=content, content_unit=unit, now=NOW
            )
        assert (refusal.value.key, refusal.value.field) == ("product_exists", "name")


def test_the_twin_of_a_refused_product_has_its_content(session: Session, cast: Cast) -> None:
    small, large = (
        catalogue.add_product(
            session, cast.ana, "Lentils", "", "pack", 1000, content=content, content_unit="kg", now=NOW
        ).id
        for content in (500, 5000)
    )

    assert product_named(session, cast.ana, "lentils", "", 500_000, "g") == small
    assert product_named(session, cast.ana, "lentils", "", 5000, "kg") == large
    assert product_named(session, cast.ana, "lentils", "") is None


@pytest.mark.parametrize(
    ("unit", "step", "field"),
    [
        ("", 1000, "unit"),
        ("stone", 1000, "unit"),
        ("KG", 1000, "unit"),
        ("x" * 10_000_000, 1000, "unit"),
        ("kg", 0, "step"),
        ("kg", -1, "step"),
        ("kg", 10**30, "step"),
    ],
    ids=range(7),
)
def test_a_product_has_a_known_unit_and_a_step(session: Session, cast: Cast, unit: str, step: int, field: str) -> None:
    with pytest.raises(Invalid) as refusal:
        catalogue.add_product(session, cast.ana, "Lentils", "", unit, step, now=NOW)

    assert refusal.value.field == field


def test_every_unit_can_be_chosen(session: Session, cast: Cast) -> None:
    for unit in Unit:
        assert catalogue.add_product(session, cast.ana, f"By the {unit}", "", str(unit), 1000, now=NOW).unit is unit


@pytest.mark.parametrize("typed", ["%", "_", "\\", "100%", "a_b", "%%", "\\%"])
def test_wildcards_are_found_literally(session: Session, cast: Cast, typed: str) -> None:
    run_id = plan(session, cast)
    for name in ("Plain", "Axb", f"Odd {typed} one"):
        catalogue.add_store(session, cast.ana, name, now=NOW)
        catalogue.add_product(session, cast.ana, name, "", "kg", 100, now=NOW)

    stores = find_stores(session, cast.ana, typed)
    products = find_products(session, cast.ana, run_id, typed)

    assert [store.name for store in stores] == [f"Odd {typed} one"]
    assert [product.name for product in products] == [f"Odd {typed} one"]


@pytest.mark.parametrize(
    "typed",
    ["", " ", "\x00", "\ud800", "me\x00tro", "'; DROP TABLE stores; --", "x" * 10_000_000, "😀", "\u202e", "%" * 100],
)
def test_whatever_is_typed_into_search_is_harmless(session: Session, cast: Cast, typed: str) -> None:
    run_id = plan(session, cast)

    assert len(find_stores(session, cast.ana, typed)) <= 8
    assert len(find_products(session, cast.ana, run_id, typed)) <= 8


def test_names_are_found_without_case_and_accents_by_any_of_their_words(session: Session, cast: Cast) -> None:
    run_id = plan(session, cast)
    catalogue.add_store(session, cast.ana, "Čačanska Зелена пијаца", now=NOW)
    catalogue.add_product(session, cast.ana, "Šljive sušene", "Čačak", "kg", 100, now=NOW)

    assert [store.name for store in find_stores(session, cast.ana, "зелена")] == ["Čačanska Зелена пијаца"]
    for typed in ("sljive", "SUSENE cacak", "cacak šljive"):
        assert [each.name for each in find_products(session, cast.ana, run_id, typed)] == ["Šljive sušene"]


def test_the_exact_name_comes_first_and_says_so(session: Session, cast: Cast) -> None:
    for name in ("Metro Cash", "A Metro"):
        catalogue.add_store(session, cast.ana, name, now=NOW)

    found = find_stores(session, cast.ana, "METRÓ")

    assert [(store.name, store.exact) for store in found] == [
        ("Metro", True),
        ("Metro Cash", False),
        ("A Metro", False),
    ]


def test_products_of_the_run_are_not_offered_again_unless_asked(session: Session, cast: Cast) -> None:
    run_id = bring_to(session, cast, Phase.SHOPPING)

    assert find_products(session, cast.ana, run_id, "rice") == []
    assert [each.id for each in find_products(session, cast.ana, run_id, "rice", with_bids=True)] == [cast.rice]


def test_repeating_a_price_the_same_day_adds_nothing(session: Session, cast: Cast) -> None:
    run_id = bring_to(session, cast, Phase.SHOPPING)

    for price, when in ((31_337, NOW), (31_337, LATER), (31_338, LATER)):
        catalogue.note_price(session, cast.ana, run_id, cast.rice, price, note="Shelf", now=when)

    query = select(PriceObservation.price).where(PriceObservation.price > 31_000)
    assert sorted(session.scalars(query)) == [31_337, 31_338]


def test_the_newest_price_is_the_current_one(session: Session, cast: Cast) -> None:
    run_id = bring_to(session, cast, Phase.SHOPPING)
    catalogue.note_price(session, cast.ana, run_id, cast.rice, 850, now=LATER)
    catalogue.note_price(session, cast.ana, run_id, cast.rice, 950, now=NOW)

    found = find_products(session, cast.ana, run_id, "rice", with_bids=True)

    assert [each.offers for each in found] == [(Offer(Price(850)),)]


def test_a_product_made_in_a_run_comes_with_its_price_there(session: Session, cast: Cast) -> None:
    run_id = plan(session, cast)

    priced = catalogue.add_product_to_run(session, cast.bojan, run_id, "Lentils", "", "kg", 100, 0, now=NOW)
    unknown = catalogue.add_product_to_run(session, cast.bojan, run_id, "Peas", "", "kg", 100, None, now=NOW)

    query = select(PriceObservation.product_id, PriceObservation.price)
    seen = dict(session.execute(query.where(PriceObservation.product_id.in_([priced.id, unknown.id]))).all())  # type: ignore[attr-defined]
    assert seen == {priced.id: 0}


@pytest.mark.parametrize(("price", "key"), [(-1, "money_negative"), (100_000_000, "money_too_large"), (10**30, None)])
def test_a_price_is_within_what_a_line_may_cost(session: Session, cast: Cast, price: int, key: str | None) -> None:
    run_id = bring_to(session, cast, Phase.SHOPPING)

    with pytest.raises(Invalid) as noted:
        catalogue.note_price(session, cast.ana, run_id, cast.rice, price, now=NOW)
    with pytest.raises(Invalid) as made:
        catalogue.add_product_to_run(session, cast.ana, run_id, "Lentils", "", "kg", 100, price, now=NOW)

    assert noted.value.field == made.value.field == "price"
    assert noted.value.key == made.value.key == (key or "money_too_large")


def test_a_tiny_quantity_of_something_dear_still_has_a_price(session: Session, cast: Cast) -> None:
    saffron = catalogue.add_product(session, cast.ana, "Saffron", "", "kg", 1, now=NOW)
    run_id = plan(session, cast)
    run = runs.run_for(session, cast.ana, run_id)

    catalogue.observe_price(session, cast.ana.id, run.run, run.group, saffron.id, 99_999_999_000, now=NOW)

    assert session.scalars(select(PriceObservation.price).where(PriceObservation.product_id == saffron.id)).one() > 0
