"""A supplier's list by a member: for a store of theirs, all of it or nothing, and gone again within a day."""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy.orm import Session
from sqlmodel import func, select

from bulq.config import settings
from bulq.domain.actor import Actor
from bulq.domain.catalogue import ImportState
from bulq.domain.errors import BulqError, Conflict, NotFound
from bulq.models import (
    CatalogueImport,
    GoneProduct,
    PriceObservation,
    Product,
    ProductTag,
    StagedPrice,
    StagedProduct,
    Store,
    Tag,
)
from bulq.queries.imports import recent_imports
from bulq.queries.prices import product_page
from bulq.queries.search import search
from bulq.queries.stores import store_page
from bulq.services import bids, catalogue_import, curating, merging, prices, tags
from bulq.services.catalogue_import import Order, close_import, finish_import, import_catalogue, unfinished
from bulq.services.catalogue_undo import undo_import
from bulq.services.runs import start_run
from bulq.state.search import hits_in
from tests.cast import LATER, NOW, PACK, Cast

LIST = "Article;Unit;Price\nGRAINS;;\nOats;kg;2,40 €\nRye flour 1 kg;bag;1,90 €\n"


def order(cast: Cast, **answers: Any) -> Order:
    return Order(store_id=cast.store_id, group_id=cast.group_id, answers=answers)


def take_in(session: Session, cast: Cast, text: str, who: Actor | None = None, **answers: Any) -> CatalogueImport:
    now = NOW + timedelta(minutes=session.scalars(select(func.count()).select_from(CatalogueImport)).one())
    import_catalogue(
        session, who or cast.bojan, io.BytesIO(text.encode()), order(cast, **answers), name="l.csv", now=now
    )
    session.flush()
    return session.scalars(select(CatalogueImport).order_by(CatalogueImport.id.desc())).first()  # type: ignore


def called(session: Session, name: str) -> Product | None:
    return session.scalars(select(Product).where(Product.name == name)).first()


def finish(session: Session, found: CatalogueImport) -> None:
    while finish_import(session, found.id):
        session.flush()
    session.flush()
    session.expire_all()


def test_a_member_imports_for_a_store_and_a_group_of_theirs(session: Session, cast: Cast) -> None:
    found = take_in(session, cast, LIST)

    oats = called(session, "Oats")
    assert oats and (oats.created_by, oats.verified_at) == (cast.bojan.id, None)
    price = session.scalars(select(PriceObservation).where(PriceObservation.product_id == oats.id)).one()
    assert (price.price, price.per, price.store_id, price.import_id) == (240, 1000, cast.store_id, found.id)
    assert (found.state, found.group_id, found.counts["new_products"]) == (ImportState.DONE, cast.group_id, 2)
    assert session.scalars(select(Tag.name)).all() == ["GRAINS"]
    assert session.scalars(select(StagedPrice)).first() is None


@pytest.mark.parametrize(
    "change",
    [
        lambda cast: {"group_id": None},
        lambda cast: {"store_id": None, "store_name": "Metro"},
        lambda cast: {"store_id": cast.rice},
    ],
)
def test_nobody_else_imports_for_all_or_for_what_is_not_there(
    session: Session, cast: Cast, change: Callable[[Cast], dict[str, Any]]
) -> None:
    with pytest.raises(NotFound):
        wanted = replace(order(cast), **change(cast))
        import_catalogue(session, cast.bojan, io.BytesIO(LIST.encode()), wanted, now=NOW)
    with pytest.raises(NotFound):
        take_in(session, cast, LIST, cast.eva)


def test_a_member_changes_no_product_of_somebody_else(session: Session, cast: Cast) -> None:
    text = "Product name;Unit;Barcode;Category;Price\nTomatoes;kg;4006381333931;Vegetables;3,10\n"

    take_in(session, cast, text)

    tomatoes = session.get_one(Product, cast.tomatoes)
    assert tomatoes.barcode is None and session.scalars(select(ProductTag)).first() is None
    assert session.scalars(select(PriceObservation.price).where(PriceObservation.price == 310)).all() == [310]


def test_a_list_names_no_other_store(session: Session, cast: Cast) -> None:
    before = session.scalars(select(func.count()).select_from(Store)).one()

    take_in(session, cast, "Article;Unit;Price;Supplier\nOats;kg;2,40;Somebody else\n")

    assert session.scalars(select(func.count()).select_from(Store)).one() == before


@pytest.mark.parametrize("text", ["Article;Unit;Price\nOats;kg;$ 2\n", "Article;Unit;Price\nOats;kg;-2\n"])
def test_open_questions_and_wrong_rows_take_nothing_in(session: Session, cast: Cast, text: str) -> None:
    with pytest.raises(Conflict):
        take_in(session, cast, text)

    assert called(session, "Oats") is None


def test_an_import_is_undone_within_a_day_but_for_what_is_in_use(session: Session, cast: Cast) -> None:
    found = take_in(session, cast, LIST)
    rye = called(session, "Rye flour 1 kg")
    assert rye is not None
    run = start_run(session, cast.ana, cast.group_id, cast.store_id, now=NOW)
    session.flush()
    bids.place_bid(session, cast.bojan, run.id, rye.id, PACK, now=NOW)

    undo_import(session, cast.bojan, found.id, now=NOW + timedelta(hours=23))
    finish(session, found)

    assert called(session, "Oats") is None and called(session, "Rye flour 1 kg") is not None
    standing = select(PriceObservation).where(PriceObservation.import_id == found.id)
    assert all(price.withdrawn_at for price in session.scalars(standing))
    assert session.scalars(select(ProductTag)).first() is None and session.scalars(select(Tag)).first() is None
    session.refresh(found)
    assert (found.state, recent_imports(session, cast.bojan, now=NOW)) == (ImportState.CLOSED, [])
    assert session.scalars(select(StagedProduct)).first() is None


STORES = """\
name;unit;tags;store;price;currency
Barley;kg;diet:Only here;Needless;2,40;EUR
Millet;kg;diet:Found elsewhere;With a run;2,40;EUR
Quinoa;kg;diet:Verified;With a price;2,40;EUR
Spelt;kg;diet:Merged;With a list;2,40;EUR
Teff;kg;;Verified;2,40;EUR
Buckwheat;kg;;Merged;2,40;EUR
"""


def test_of_what_an_undone_import_named_all_stays_that_others_need(session: Session, cast: Cast) -> None:
    import_catalogue(session, cast.ada, io.BytesIO(STORES.encode()), Order(guess=False), name="goods.csv", now=NOW)
    session.flush()
    found = session.scalars(select(CatalogueImport)).one()
    before = set(session.scalars(select(Store.name))) - {"Metro"}
    store_ids = {store.name: store.id for store in session.scalars(select(Store))}
    tag_ids = {tag.name: tag.id for tag in session.scalars(select(Tag))}
    assert before == {"Needless", "With a run", "With a price", "With a list", "Verified", "Merged"}
    start_run(session, cast.ana, cast.group_id, store_ids["With a run"], now=NOW)
    prices.see_price(session, cast.ana, cast.rice, store_ids["With a price"], 799, "EUR", now=NOW)
    own = Order(store_id=store_ids["With a list"], group_id=cast.group_id)
    import_catalogue(session, cast.bojan, io.BytesIO(LIST.encode()), own, name="l.csv", now=LATER)
    tags.add_tag(session, cast.ana, cast.rice, "diet", "Found elsewhere", now=NOW)
    curating.verify(session, cast.ada, "store", [store_ids["Verified"]], now=NOW)
    curating.verify(session, cast.ada, "tag", [tag_ids["Verified"]], now=NOW)
    merging.merge_stores(session, cast.ada, store_ids["Merged"], cast.store_id, now=NOW)
    merging.merge_tags(session, cast.ada, tag_ids["Merged"], tag_ids["Only here"], now=NOW)

    undo_import(session, cast.ada, found.id, now=LATER)
    finish(session, found)

    assert before - set(session.scalars(select(Store.name))) == {"Needless", "Merged"}
    assert set(session.scalars(select(Tag.name))) == {"Found elsewhere", "Verified", "GRAINS"}
    assert search(session, cast.ana, "Needless").stores == () and search(session, cast.ana, "Verified").stores


def test_what_an_import_changed_is_given_back(session: Session, cast: Cast) -> None:
    take_in(session, cast, "Article;Unit;Price;EAN\nOats;kg;2,40;\n")
    found = take_in(session, cast, "Article;Unit;Price;EAN\nOATS;kg;2,60;4006381333931\n")
    assert called(session, "OATS") is not None

    undo_import(session, cast.bojan, found.id, now=NOW)
    finish(session, found)

    oats = called(session, "Oats")
    assert oats and oats.barcode is None
    standing = select(PriceObservation.price).where(
        PriceObservation.product_id == oats.id,
        PriceObservation.withdrawn_at == None,  # noqa: E711
    )
    assert session.scalars(standing).all() == [240]


def test_nobody_else_undoes_it_nor_later_than_a_day(session: Session, cast: Cast) -> None:
    found = take_in(session, cast, LIST)

    with pytest.raises(NotFound):
        undo_import(session, cast.ana, found.id, now=NOW)
    with pytest.raises(Conflict):
        undo_import(session, cast.bojan, found.id, now=NOW + timedelta(days=1, minutes=1))


def test_what_a_new_list_drops_is_offered_as_no_longer_sold(session: Session, cast: Cast) -> None:
    take_in(session, cast, LIST)
    shorter = LIST.replace("Rye flour 1 kg;bag;1,90 €\n", "")
    seen = catalogue_import.preview_catalogue(session, cast.bojan, io.BytesIO(shorter.encode()), order(cast), now=NOW)
    assert (seen.gone_names, [question.id for question in seen.questions]) == (["Rye flour 1 kg"], ["gone"])
    assert not seen.open

    take_in(session, cast, shorter)
    assert session.scalars(select(GoneProduct)).first() is None
    take_in(session, cast, shorter, gone="mark")

    def sold() -> set[str]:
        return {row.name for row in store_page(session, cast.bojan, cast.store_id).products}

    rye = called(session, "Rye flour 1 kg")
    assert rye and "Oats" in sold() and not any("Rye" in name for name in sold())
    prices.see_price(session, cast.ana, rye.id, cast.store_id, 199, "EUR", now=NOW)
    session.flush()
    assert any("Rye" in name for name in sold())


def test_the_day_is_that_of_the_stores_zone(session: Session, cast: Cast) -> None:
    session.get_one(Store, cast.store_id).time_zone = "Pacific/Auckland"
    session.flush()

    late = datetime(2026, 11, 24, 23, 0, tzinfo=UTC)
    import_catalogue(session, cast.bojan, io.BytesIO(LIST.encode()), order(cast), now=late)

    seen = session.scalars(select(PriceObservation).where(PriceObservation.price == 240)).one()
    assert seen.day == date(2026, 11, 25)


def test_a_row_that_differs_says_in_what_and_from_which_line(session: Session, cast: Cast) -> None:
    text = "Article;Unit;Price\nOats;kg;2,40\nOats;bag;2,60\n"

    found = catalogue_import.preview_catalogue(session, cast.bojan, io.BytesIO(text.encode()), order(cast), now=NOW)

    assert [(each.line, each.key, dict(each.values)) for each in found.problems] == [
        (3, "row_differs", {"line": 2, "columns": "unit"})
    ]


def test_imports_a_day_and_rows_of_a_list_are_bounded(session: Session, cast: Cast) -> None:
    settings.list_rows, settings.imports_per_day = 2, 1
    with pytest.raises(BulqError) as refusal:
        take_in(session, cast, LIST + "Salt;kg;1,00\n")
    assert refusal.value.key == "file_rows"

    with pytest.raises(BulqError) as refusal:
        take_in(session, cast, "Article;Unit;Price\nOats;kg;2,40\n")
    assert refusal.value.key == "too_many_imports"


def test_what_an_import_left_undone_is_done_later(session: Session, cast: Cast) -> None:
    found = take_in(session, cast, LIST)
    given_up, _scope = catalogue_import.begin_import(session, cast.bojan, order(cast), name="x", now=NOW)
    later = NOW + timedelta(days=2)

    assert set(unfinished(session, now=later)) == {found.id, given_up}
    for import_id in (found.id, given_up):
        while close_import(session, import_id, now=later):
            session.flush()
    session.flush()

    assert unfinished(session, now=later) == [] and session.get(CatalogueImport, given_up) is None


SHORTER = LIST.replace("Rye flour 1 kg;bag;1,90 €\n", "")
RYE_AGAIN = "Article;Unit;Price\nRye flour 1 kg;bag;2,10 €\n"


def marked(session: Session) -> dict[str, tuple[UUID | None, UUID, datetime]]:
    """By product: the list that says it is no longer sold, who brought that in, and when."""
    session.flush()
    rows = session.execute(select(GoneProduct, Product.name).join(Product, Product.id == GoneProduct.product_id))  # type: ignore[arg-type]
    return {name: (mark.import_id, mark.gone_by, mark.gone_at) for mark, name in rows}


def undone(session: Session, cast: Cast, found: CatalogueImport) -> None:
    undo_import(session, cast.bojan, found.id, now=NOW + timedelta(hours=2))
    finish(session, found)


def test_undoing_a_list_sets_the_marks_again_that_it_took_away(session: Session, cast: Cast) -> None:
    take_in(session, cast, LIST)
    take_in(session, cast, SHORTER, gone="mark")
    before = marked(session)
    assert before.keys() == {"Rye flour 1 kg"}
    again = take_in(session, cast, RYE_AGAIN)
    assert marked(session) == {}

    undone(session, cast, again)

    assert marked(session) == before


def test_no_mark_comes_back_of_a_list_that_was_undone_itself(session: Session, cast: Cast) -> None:
    take_in(session, cast, LIST)
    dropped = take_in(session, cast, SHORTER, gone="mark")
    again = take_in(session, cast, RYE_AGAIN)
    undone(session, cast, dropped)

    undone(session, cast, again)

    assert marked(session) == {}


@pytest.mark.parametrize("by", ["somebody", "a list"])
def test_no_mark_comes_back_of_what_was_seen_there_since(session: Session, cast: Cast, by: str) -> None:
    take_in(session, cast, LIST)
    take_in(session, cast, SHORTER, gone="mark")
    again = take_in(session, cast, RYE_AGAIN)
    rye = called(session, "Rye flour 1 kg")
    assert rye
    if by == "somebody":
        prices.see_price(session, cast.ana, rye.id, cast.store_id, 222, "EUR", now=LATER)
        session.flush()
    else:
        take_in(session, cast, RYE_AGAIN.replace("2,10", "2,30"))

    undone(session, cast, again)

    assert marked(session) == {}


def test_product_page_and_search_say_what_a_store_sells_no_longer(session: Session, cast: Cast) -> None:
    take_in(session, cast, LIST)
    take_in(session, cast, SHORTER, gone="mark")
    rye, oats = called(session, "Rye flour 1 kg"), called(session, "Oats")
    assert rye and oats

    def shown(product: Product) -> tuple[bool, str]:
        (at_store,) = product_page(session, cast.bojan, product.id).stores
        ((hit,), _, _) = hits_in(search(session, cast.bojan, product.name))
        return at_store.gone, hit.detail

    assert shown(rye) == (True, "€1.90 / bag, no longer sold at Metro")
    assert shown(oats) == (False, "€2.40 / kg at Metro")
