"""The store page: what was seen there for how much, and my open runs."""

from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy.orm import Session
from sqlmodel import select

from bulq.config import settings
from bulq.domain.errors import NotFound
from bulq.domain.phases import OPEN, Phase
from bulq.models import PriceObservation
from bulq.models.base import new_id
from bulq.queries.stores import SPREAD, store_page
from bulq.services import aliases, catalogue, groups, prices
from tests.cast import LATER, NOW, Cast, assemble, bring_to, plan
from tests.conftest import Scene
from tests.queries.counting import statements


@pytest.fixture
def cast(scene: Scene) -> Cast:
    return scene(assemble)


def goods(session: Session, cast: Cast, *names: str, brand: str = "", price: int = 100, currency: str = "EUR") -> None:
    for name in names:
        product = catalogue.add_product(session, cast.ana, name, brand, "kg", 100, now=NOW)
        session.flush()
        prices.see_price(session, cast.ana, product.id, cast.store_id, price, currency, now=NOW)


def test_what_was_seen_there_with_its_newest_price(session: Session, cast: Cast) -> None:
    """C1: by name, and nothing that was seen elsewhere only."""
    elsewhere = catalogue.add_store(session, cast.ana, "Idea", now=NOW)
    session.flush()
    prices.see_price(session, cast.ana, cast.tomatoes, elsewhere.id, 1, "EUR", now=NOW)
    goods(session, cast, "Žito", "apples")
    for price, when in ((799, LATER), (849, NOW)):
        prices.see_price(session, cast.bojan, cast.rice, cast.store_id, price, "EUR", now=when)

    view = store_page(session, cast.eva, cast.store_id)

    assert [(each.name, [price.amount for price in each.prices]) for each in view.products] == [
        ("apples", [100]),
        ("Basmati rice 5 kg", [799]),
        ("Žito", [100]),
    ]
    assert (view.count, view.page, view.pages) == (3, 1, 1)


def test_prices_are_in_the_currencies_of_my_groups_or_else_as_they_were_seen(session: Session, cast: Cast) -> None:
    """C1: each in its own currency."""
    groups.create_group(session, cast.eva, "Zürich", "CHF", "Europe/Zurich", now=NOW)
    session.flush()
    for hours, (price, currency) in enumerate(((799, "EUR"), (93_600, "RSD"), (95_000, "RSD"))):
        when = NOW + timedelta(hours=hours)
        prices.see_price(session, cast.bojan, cast.rice, cast.store_id, price, currency, now=when)

    for who, shown in ((cast.ana, [("EUR", 799)]), (cast.eva, [("RSD", 95_000)]), (cast.ada, [("RSD", 95_000)])):
        (rice,) = store_page(session, who, cast.store_id).products
        assert [(price.currency, price.amount) for price in rice.prices] == shown


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("", ["100% juice", "a_b", "Čokolada", "Сир"]),
        ("COKOLADA", ["Čokolada"]),
        ("čok sum", ["Čokolada"]),
        ("сир", ["Сир"]),
        ("%", ["100% juice"]),
        ("_", ["a_b"]),
        ("\\", []),
        ("[a-c]", []),
        (".*", []),
        ("'; DROP TABLE products; --", []),
        ("\x00", ["100% juice", "a_b", "Čokolada", "Сир"]),
        ("\ud800", ["100% juice", "a_b", "Čokolada", "Сир"]),
        ("x" * 5000, []),
    ],
)
def test_it_is_searched_without_case_and_accents_and_wildcards_are_letters(
    session: Session, cast: Cast, typed: str, found: list[str]
) -> None:
    """C1: searched."""
    goods(session, cast, "Čokolada", brand="Suma")
    goods(session, cast, "100% juice", "a_b", "Сир")

    assert [each.name for each in store_page(session, cast.ana, cast.store_id, q=typed).products] == found


def test_goods_are_found_by_their_other_names_in_either_script(session: Session, cast: Cast) -> None:
    goods(session, cast, "Пиринач", "Salt")
    salt = UUID(store_page(session, cast.ana, cast.store_id, q="salt").products[0].id)
    aliases.add_alias(session, cast.ana, salt, "Со", "sr", now=NOW)

    def found(typed: str) -> list[str]:
        return [each.name for each in store_page(session, cast.ana, cast.store_id, q=typed).products]

    assert (found("pirinac"), found("so"), found("со пирин")) == (["Пиринач"], ["Salt"], [])


def test_pages_follow_each_other_whichever_way_they_are_read(session: Session, cast: Cast) -> None:
    """The first ones come from along all products, those further back from among what was seen there."""
    settings.page_size = 2
    names = [f"P{n:02}" for n in range(2 * 2 * SPREAD + 1)]
    goods(session, cast, *reversed(names))
    catalogue.add_product(session, cast.ana, "P00 elsewhere", "", "kg", 100, now=NOW)

    pages = [store_page(session, cast.ana, cast.store_id, page=page + 1) for page in range(2 * SPREAD + 1)]

    assert [each.name for page in pages for each in page.products] == names
    assert {(page.count, page.pages) for page in pages} == {(len(names), len(pages))}


def test_what_was_withdrawn_leaves_the_price_before_it_or_none(session: Session, cast: Cast) -> None:
    goods(session, cast, "Salt")
    salt = UUID(store_page(session, cast.ana, cast.store_id).products[0].id)
    for n, (price, currency) in enumerate(((90, "EUR"), (80, "EUR"), (11_000, "RSD"))):
        prices.see_price(session, cast.ana, salt, cast.store_id, price, currency, now=NOW + timedelta(minutes=n))

    def shown() -> list[tuple[str, int]]:
        (product,) = store_page(session, cast.eva, cast.store_id).products
        return [(each.currency, each.amount) for each in product.prices]

    def withdraw(price: int) -> None:
        seen = session.scalars(select(PriceObservation.id).where(PriceObservation.price == price)).one()
        prices.withdraw_price(session, cast.ana, seen, now=LATER)
        session.flush()

    assert shown() == [("RSD", 11_000)]
    withdraw(11_000)
    assert shown() == [("EUR", 80)]
    withdraw(80)
    assert shown() == [("EUR", 90)]
    for price in (90, 100):
        withdraw(price)
    assert store_page(session, cast.eva, cast.store_id).products == ()


@pytest.mark.parametrize(("page", "names"), [(-5, ["P0", "P1"]), (2, ["P2", "P3"]), (3, ["P4"]), (10**12, ["P4"])])
def test_it_comes_in_pages(session: Session, cast: Cast, page: int, names: list[str]) -> None:
    """C1: paged."""
    settings.page_size = 2
    goods(session, cast, *(f"P{n}" for n in range(5)))

    view = store_page(session, cast.ana, cast.store_id, page=page)

    assert [each.name for each in view.products] == names
    assert (view.count, view.pages, view.page) == (5, 3, min(max(page, 1), 3))


def test_only_open_runs_of_my_groups_are_there(session: Session, cast: Cast) -> None:
    """C1: my groups' open runs."""
    mine = {bring_to(session, cast, phase) for phase in Phase if phase in OPEN}
    for phase in (Phase.COMPLETED, Phase.CANCELLED):
        bring_to(session, cast, phase)
    plan(session, cast)
    other = catalogue.add_store(session, cast.ana, "Idea", now=NOW)
    session.flush()

    view = store_page(session, cast.bojan, cast.store_id)

    assert mine < {UUID(each.id) for each in view.runs} and len(view.runs) == len(mine) + 1
    assert {each.group for each in view.runs} == {"Liman"}
    assert store_page(session, cast.eva, cast.store_id).runs == ()
    assert store_page(session, cast.bojan, other.id).runs == ()


def test_an_unknown_store_is_not_there(session: Session, cast: Cast) -> None:
    with pytest.raises(NotFound):
        store_page(session, cast.ana, new_id())


def test_the_number_of_statements_stays(session: Session, cast: Cast) -> None:
    counts: list[int] = []
    for n in (2, 30):
        goods(session, cast, *(f"{n} goods {m}" for m in range(n)))
        for _ in range(n):
            plan(session, cast)
        with statements(session) as sent:
            store_page(session, cast.ana, cast.store_id)
        counts.append(len(sent))

    assert counts[0] == counts[1] <= 7
