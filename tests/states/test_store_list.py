"""The page of a store's price list: what a member of a group does alone, from the file to taking it back."""

from __future__ import annotations

import pytest
from sqlmodel import col, select

from bulq import db, uploads
from bulq.models import PriceObservation, Product, StoreList
from bulq.state.store.list import StoreListState
from tests.cast import Cast, assemble
from tests.conftest import Scene
from tests.states.tabs import do, do_aside, open_tab

LIST = "Artikel;Preis;Einheit;Ursprung\nMöhren;2,40 €;kg;AT\nEier;4,50 €;10er;AT\nKresse;1,10 €;Zweiglein;AT\n"
NEXT_WEEK = LIST.replace("2,40", "2,60").replace("Kresse;1,10 €;Zweiglein;AT\n", "")


@pytest.fixture
def cast(scene: Scene) -> Cast:
    return scene(assemble)


def sent(cast: Cast, text: str) -> str:
    with uploads.receiving(cast.bojan.id) as (token, file):
        file.write(text.encode("cp1252"))
    return token


async def page_of(cast: Cast) -> StoreListState:
    page = await open_tab(StoreListState, cast.bojan, f"/stores/{cast.store_id}/list", store_id=str(cast.store_id))
    await do(page, "open")
    return page


def names() -> set[str]:
    return set(db.read_now(lambda session: session.scalars(select(Product.name)).all()))


async def test_a_member_takes_a_list_in_and_the_next_one_is_read_alike(cast: Cast) -> None:
    page = await page_of(cast)
    await do_aside(page, "check", sent(cast, LIST), "liste.csv")

    assert (page.step, page.rows, page.open_questions) == ("checked", 3, 1)
    assert [column.holds for column in page.columns] == ["name", "price", "unit", "origin"]
    assert (page.questions[0].answer, page.stopped) == ("", True)

    await do_aside(page, "answer", page.questions[0].id, "box")
    assert (page.open_questions, page.stopped) == (0, False)
    await do_aside(page, "take_in")
    assert page.step == "done" and {"Möhren", "Eier", "Kresse"} <= names()

    await do_aside(page, "check", sent(cast, NEXT_WEEK), "liste.csv")
    assert (page.step, page.rows, page.open_questions) == ("checked", 2, 0)
    gone = page.questions[0]
    assert "Kresse" in gone.words and gone.answer == "keep"
    await do_aside(page, "answer", "gone", "mark")
    await do_aside(page, "take_in")
    assert (page.step, page.alert) == ("done", "")
    newest = select(PriceObservation.price).order_by(
        col(PriceObservation.seen_at).desc(), col(PriceObservation.id).desc()
    )
    carrots = newest.join(Product).where(Product.name == "Möhren")
    assert db.read_now(lambda session: session.scalars(carrots).all()) == [260, 240]


async def test_a_column_is_named_by_hand_and_the_headings_are_chosen(cast: Cast) -> None:
    page = await page_of(cast)
    await do_aside(page, "check", sent(cast, LIST), "liste.csv")

    await do_aside(page, "set_column", "4", "note")
    assert [column.holds for column in page.columns] == ["name", "price", "unit", "note"]
    await do_aside(page, "set_header", "0")
    assert page.header == "0" and page.rows == 4
    await do_aside(page, "set_column", "99", "note")
    await do_aside(page, "set_header", "77")
    assert page.header == "0"


async def test_an_import_is_taken_back_as_a_whole(cast: Cast) -> None:
    page = await page_of(cast)
    await do_aside(page, "check", sent(cast, LIST), "liste.csv")
    await do_aside(page, "answer", page.questions[0].id, "box")
    await do_aside(page, "take_in")

    await do_aside(page, "undo", page.undoable[0].id)

    assert not {"Möhren", "Eier", "Kresse"} & names()
    assert page.undoable == []
    standing = select(PriceObservation.id).where(PriceObservation.withdrawn_at == None)  # noqa: E711
    assert db.read_now(lambda session: session.scalars(standing.where(PriceObservation.price == 240)).all()) == []


async def test_nothing_is_taken_in_for_a_group_of_others(cast: Cast) -> None:
    page = await open_tab(StoreListState, cast.eva, f"/stores/{cast.store_id}/list", store_id=str(cast.store_id))
    await do(page, "open")
    with uploads.receiving(cast.eva.id) as (token, file):
        file.write(LIST.encode())
    page.group = str(cast.group_id)  # as a client of her own might say

    await do_aside(page, "check", token, "liste.csv")

    assert page.step == "" and page.alert != "" and page.columns == []
    assert db.read_now(lambda session: session.scalars(select(StoreList.id)).all()) == []
