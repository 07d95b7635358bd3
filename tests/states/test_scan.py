"""Scanning: what a barcode leads to."""

from __future__ import annotations

import pytest
from sqlmodel import select

from bulq import db
from bulq.domain.actor import Actor
from bulq.domain.phases import Phase
from bulq.models import AuditEntry, Product
from bulq.services import catalogue
from bulq.services.products import add_barcode
from bulq.state.product.scan import ScanState
from tests.cast import NOW, Cast, assemble_in
from tests.conftest import Scene
from tests.states.tabs import do, open_tab, told

CODE = "4006381333931"


@pytest.fixture
def cast(scene: Scene) -> Cast:
    return scene(assemble_in, Phase.ADJUSTING)  # rice was bought for 7.99


async def scanning(actor: Actor) -> ScanState:
    page = await open_tab(ScanState, actor, "/scan")
    await do(page, "open")
    return page


async def test_a_barcode_leads_to_its_product(cast: Cast) -> None:
    with db.transaction() as session:
        tea = catalogue.add_product(session, cast.ana, "Tea", "", "box", 1000, barcode=CODE, now=NOW)
    page = await scanning(cast.eva)

    scanned = told(await do(page, "scanned", CODE))
    await do(page, "set_typed", "4 006381 333931")
    typed = told(await do(page, "find"))

    assert f"/products/{tea.id}" in scanned and f"/products/{tea.id}" in typed and not page.creating


@pytest.mark.parametrize("typed", ["", "abc", "123", "4006381333932", "٤٠٠٦٣٨١٣٣٣٩٣١", "9" * 5000, "' OR 1=1", "\x00"])
async def test_what_is_no_barcode_is_said_at_the_field(cast: Cast, typed: str) -> None:
    page = await scanning(cast.eva)
    await do(page, "set_typed", typed)

    await do(page, "find")

    assert page.error and not page.creating


async def test_an_unknown_barcode_offers_to_create_its_product(cast: Cast) -> None:
    page = await scanning(cast.eva)
    await do(page, "scanned", CODE)
    assert page.creating and page.code == CODE
    for field, value in (("name", "Tea"), ("unit", "box"), ("content", "100"), ("content_unit", "g")):
        await do(page, f"set_{field}", value)

    next_up = told(await do(page, "save"))

    with db.reading() as session:
        tea = session.query(Product).filter_by(name="Tea").one()
        assert (tea.barcode, tea.content, tea.content_unit) == (CODE, 100_000, "g")
    assert f"/products/{tea.id}" in next_up


async def test_a_product_of_that_name_is_shown_instead_of_made_twice(cast: Cast) -> None:
    page = await scanning(cast.eva)
    await do(page, "scanned", CODE)
    await do(page, "set_name", "basmati RICE 5 kg")
    await do(page, "set_brand", "daawat")

    await do(page, "save")

    assert page.errors["name"] and page.twin == f"/products/{cast.rice}" and page.creating


@pytest.mark.parametrize(
    ("field", "value", "error"),
    [("name", "", "name"), ("name", "x" * 5000, "name"), ("step", "0", "step"), ("content", "NaN", "content"),
     ("content_unit", "m", "content_unit")],
)  # fmt: skip
async def test_a_new_product_is_refused_at_its_field(cast: Cast, field: str, value: str, error: str) -> None:
    page = await scanning(cast.eva)
    await do(page, "scanned", CODE)
    for name, typed in {"name": "Tea", "content": "5", field: value}.items():
        await do(page, f"set_{name}", typed)

    await do(page, "save")

    assert page.errors[error] and page.creating


async def test_a_barcode_is_given_to_a_product_that_has_none(cast: Cast) -> None:
    page = await scanning(cast.eva)
    await do(page, "scanned", CODE)

    await do(page, "seek", "basm")
    assert [(option.label, option.detail) for option in page.found] == [("Basmati rice 5 kg", "Daawat")]
    await do(page, "choose", page.found[0].id, page.found[0].label)
    said = told(await do(page, "add_barcode"))

    assert f"/products/{cast.rice}" in said and "has this barcode now" in said and not page.creating
    with db.reading() as session:
        assert session.get_one(Product, cast.rice).barcode == CODE
        entry = session.scalars(select(AuditEntry).where(AuditEntry.action == "product_details_edited")).one()
        assert (entry.actor_name, entry.subject_id, entry.details) == ("Eva", cast.rice, {"fields": "barcode"})


async def test_what_is_chosen_counts_though_nothing_like_it_is_found_any_more(cast: Cast) -> None:
    page = await scanning(cast.eva)
    await do(page, "scanned", CODE)
    await do(page, "seek", "basm")
    (rice,) = page.found

    await do(page, "seek", "basmx")  # a key too many, answered before the choice arrives
    await do(page, "choose", rice.id, rice.label)

    assert "has this barcode now" in told(await do(page, "add_barcode"))


async def test_a_product_with_a_barcode_is_not_offered_and_keeps_its_own(cast: Cast) -> None:
    page = await scanning(cast.eva)
    await do(page, "scanned", CODE)
    await do(page, "seek", "basm")
    await do(page, "choose", page.found[0].id, page.found[0].label)
    with db.transaction() as session:
        add_barcode(session, cast.bojan, cast.rice, "96385074", now=NOW)

    await do(page, "add_barcode")

    assert "another barcode" in page.errors["chosen"] and page.creating
    await do(page, "seek", "basm")
    assert (page.found, page.chosen) == ([], "")
    with db.reading() as session:
        assert session.get_one(Product, cast.rice).barcode == "96385074"


@pytest.mark.parametrize("typed", ["", " ", "%", "_", "x" * 5000, "\x00", "\ud800", "' OR 1=1"])
async def test_odd_names_find_no_product_to_give_it_to(cast: Cast, typed: str) -> None:
    page = await scanning(cast.eva)
    await do(page, "scanned", CODE)

    await do(page, "seek", typed)

    assert page.found == [] and page.chosen == ""
    await do(page, "add_barcode")
    assert page.creating and page.errors["chosen"]
