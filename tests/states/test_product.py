"""The product page: what it shows, adding and withdrawing prices from it, and its details."""

from __future__ import annotations

import pytest
from sqlalchemy.orm import Session
from sqlmodel import select

from bulq import db, live
from bulq.domain.actor import Actor
from bulq.models import PriceObservation, Product
from bulq.services import catalogue, prices, products
from bulq.services.merging import merge_products
from bulq.state.auth import tab
from bulq.state.product import ProductState
from tests.cast import NOW, Cast, assemble
from tests.conftest import Scene
from tests.states.tabs import do, open_tab, told


def written(session: Session) -> Cast:
    cast = assemble(session)
    products.edit_product_details(
        session, cast.ana, cast.rice, barcode="4006381333931", content=5000, content_unit="kg", now=NOW
    )
    prices.see_price(session, cast.bojan, cast.rice, cast.store_id, 799, "EUR", note="Shelf", now=NOW)
    return cast


@pytest.fixture
def cast(scene: Scene) -> Cast:
    return scene(written)


async def page_of(cast: Cast, actor: Actor, product_id: object = None) -> ProductState:
    product_id = product_id or cast.rice
    page = await open_tab(ProductState, actor, f"/products/{product_id}", product_id=product_id)
    await do(page, "open")
    return page


async def fill(page: ProductState, **typed: str) -> None:
    await do(page, "add")
    for field, value in {"find_store": "metro", "set_price": "8,49", **typed}.items():
        await do(page, field, value)


def standing() -> list[int]:
    with db.reading() as session:
        query = select(PriceObservation.price).where(PriceObservation.withdrawn_at == None)  # noqa: E711
        return sorted(session.execute(query).scalars())


async def test_it_shows_prices_per_store_and_per_kilogram(cast: Cast) -> None:
    """C2: figures, chart and table say the same."""
    page = await page_of(cast, cast.eva)

    (store,), (line,), (point,) = page.stores, page.sightings, page.points
    assert (store.name, store.current, store.per) == ("Metro", "€7.99", "€1.60 / kg")
    assert (line.day, line.price, line.more, line.seen_by, line.mine) == (
        "24 Nov 2026", "€7.99", "Shelf", "Bojan", False,
    )  # fmt: skip
    assert point == {"at": 1_795_478_400_000, "s0": 7.99}
    assert (page.content, page.barcode, page.may_edit) == ("5 kg", "4006381333931", False)


@pytest.mark.parametrize("product_id", ["01900000-0000-7000-8000-000000000000", "x", "%00", "a" * 10_000])
async def test_unknown_products_are_not_there(cast: Cast, product_id: str) -> None:
    page = await page_of(cast, cast.ana, product_id)

    assert page.missing and not page.name


async def test_a_price_is_added_from_the_phone(cast: Cast) -> None:
    page = await page_of(cast, cast.eva)
    await fill(page, set_minimum="3", set_note="On offer")

    said = told(await do(page, "save_price"))

    assert "8.49 at Metro is saved" in said and page.dialog == ""
    assert page.sightings[0].more == "from 3 packs · On offer" and page.sightings[0].mine


async def test_a_price_that_was_noted_today_adds_nothing_and_is_no_mistake(cast: Cast) -> None:
    """C4: said kindly."""
    page = await page_of(cast, cast.eva)
    for _ in range(2):
        await fill(page)
        said = told(await do(page, "save_price"))

    assert "noted today already" in said and standing() == [799, 849]


async def test_a_store_nobody_has_named_is_added_in_place(cast: Cast) -> None:
    page = await page_of(cast, cast.bojan)
    await fill(page, find_store="Идеа")
    await do(page, "add_store", "Идеа")

    await do(page, "save_price")

    assert [row.name for row in page.stores] == ["Идеа", "Metro"]


@pytest.mark.parametrize(
    ("field", "value", "error"),
    [
        ("set_price", "", "price"),
        ("set_price", "abc", "price"),
        ("set_price", "-1", "price"),
        ("set_price", "NaN", "price"),
        ("set_price", "1e309", "price"),
        ("set_price", "1.234", "price"),
        ("set_price", "9" * 5000, "price"),
        ("set_paid_in", "' OR 1=1", "currency"),
        ("find_store", "Nowhere", "store"),
        ("choose_store", "x", ""),
        ("set_minimum", "0", "minimum"),
        ("set_minimum", "1.5", "minimum"),
        ("set_minimum", "lots", "minimum"),
        ("set_note", "x" * 5000, "note"),
        ("set_note", "a\ufff9b", "note"),
    ],
)
async def test_what_is_wrong_is_said_at_its_field(cast: Cast, field: str, value: str, error: str) -> None:
    page = await page_of(cast, cast.bojan)
    await fill(page, **{field: value})

    await do(page, "save_price")

    assert [name for name, said in page.errors.items() if said] == ([error] if error else [])
    assert standing() == ([799] if error else [799, 849])


async def test_ones_own_price_is_withdrawn_at_once(cast: Cast) -> None:
    page = await page_of(cast, cast.bojan)

    said = told(await do(page, "withdraw", page.sightings[0].id))

    assert "withdrawn" in said and (page.sightings, page.stores, standing()) == ([], [], [])


async def test_an_admin_is_asked_before_withdrawing_what_another_saw(cast: Cast) -> None:
    page = await page_of(cast, cast.ada)

    await do(page, "withdraw", page.sightings[0].id)
    assert page.dialog == "withdraw" and standing() == [799]
    await do(page, "withdraw_theirs")

    assert standing() == [] and page.dialog == ""


async def test_nobody_else_withdraws_a_price(cast: Cast) -> None:
    page = await page_of(cast, cast.ana)
    page._asked_id = page.sightings[0].id

    with pytest.raises(Exception, match="not_allowed"):
        await do(page, "withdraw_theirs")

    assert standing() == [799]


async def test_details_are_edited_by_who_may(cast: Cast) -> None:
    page = await page_of(cast, cast.ana)
    await do(page, "edit")
    for field, value in (("set_barcode_typed", ""), ("set_content_typed", "500"), ("set_content_unit", "g")):
        await do(page, field, value)

    await do(page, "save_details")

    with db.reading() as session:
        rice = session.get_one(Product, cast.rice)
        assert (rice.barcode, rice.content, rice.content_unit) == (None, 500_000, "g")
    assert page.stores[0].per == "€15.98 / kg"


@pytest.mark.parametrize(
    ("field", "value", "error"),
    [
        ("set_barcode_typed", "123", "barcode"),
        ("set_content_typed", "-1", "content"),
        ("set_content_typed", "NaN", "content"),
        ("set_content_unit", "stone", "content_unit"),
    ],
)
async def test_wrong_details_are_said_at_their_field(cast: Cast, field: str, value: str, error: str) -> None:
    page = await page_of(cast, cast.ana)
    await do(page, "edit")
    await do(page, field, value)

    await do(page, "save_details")

    assert page.errors[error] and page.dialog == "details"


async def test_what_happens_elsewhere_leaves_what_is_typed(cast: Cast) -> None:
    page = await page_of(cast, cast.ana)
    await do(page, "edit")
    await do(page, "set_content_typed", "750")
    with db.transaction() as session:
        prices.see_price(session, cast.mila, cast.rice, cast.store_id, 699, "EUR", now=NOW)
    look = live._process.looks[tab(page)]["page"]

    with db.reading() as session:
        look.screen.show(page, look.screen.read(session, look.key, [cast.bojan, cast.ana]), cast.ana)

    assert [row.price for row in page.sightings] == ["€6.99", "€7.99"]
    assert (page.dialog, page.content_typed) == ("details", "750")


async def test_a_page_is_read_only_as_the_one_who_looks(cast: Cast) -> None:
    page = await page_of(cast, cast.ana)
    look = live._process.looks[tab(page)]["page"]

    with db.reading() as session:
        assert look.screen.read(session, look.key, [cast.bojan]) is None


async def test_the_address_of_a_product_that_was_merged_leads_to_the_one_that_was_kept(cast: Cast) -> None:
    with db.transaction() as session:
        twin = catalogue.add_product(session, cast.ana, "Rice, basmati", "", "pack", 1000, now=NOW).id
        session.flush()
        merge_products(session, cast.ada, twin, cast.rice, now=NOW)
    page = await open_tab(ProductState, cast.eva, f"/products/{twin}", product_id=twin)

    assert f"/products/{cast.rice}" in told(await do(page, "open"))
    assert (page.missing, page.name) == (True, "Basmati rice 5 kg")
