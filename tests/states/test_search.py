"""Searching from the header and the page of results, in a tab."""

from __future__ import annotations

from urllib.parse import quote

import pytest

from bulq import db
from bulq.domain.errors import NotSignedIn
from bulq.queries.search import PAGE
from bulq.services import catalogue
from bulq.state.auth import AuthState, forget
from bulq.state.search import Hit, ResultsState, SearchState
from tests.cast import NOW, Cast, assemble
from tests.conftest import Scene
from tests.states.tabs import do, open_tab


@pytest.fixture
def cast(scene: Scene) -> Cast:
    return scene(assemble)


async def results_of(cast: Cast, typed: str) -> ResultsState:
    page = await open_tab(ResultsState, cast.bojan, f"/search?q={quote(typed)}")
    await do(page, "open")
    return page


async def test_c3_a_few_of_each_kind_are_shown_while_typing(cast: Cast) -> None:
    header = await open_tab(SearchState, cast.bojan)

    for typed, hit in (
        ("ri", Hit(f"product-{cast.rice}", "product", f"/products/{cast.rice}", "Basmati rice 5 kg", "Daawat")),
        ("Метро", Hit(f"store-{cast.store_id}", "store", f"/stores/{cast.store_id}", "Metro")),
        ("limna", Hit(f"group-{cast.group_id}", "group", f"/groups/{cast.group_id}", "Liman")),
    ):
        await do(header, "find", typed)
        assert (header.text, header.hits) == (typed, [hit])
        assert header.respelt == (typed == "limna")


@pytest.mark.parametrize("typed", ["", "r", "\x00", "x" * 1_000_000, "%%", None, 5, ["zz"], {"q": "zz"}])
async def test_whatever_is_sent_is_only_looked_for(cast: Cast, typed: object) -> None:
    header = await open_tab(SearchState, cast.bojan)

    await do(header, "find", typed)

    assert header.hits == [] and len(header.text) <= 100


async def test_who_is_signed_out_finds_nothing(cast: Cast) -> None:
    header = await open_tab(SearchState, None)

    with pytest.raises(NotSignedIn):
        await do(header, "find", "rice")

    assert header.hits == []


async def test_another_person_in_the_tab_does_not_see_what_was_found(cast: Cast) -> None:
    header = await open_tab(SearchState, cast.bojan)
    await do(header, "find", "liman")

    forget(await header.get_state(AuthState))

    assert header.hits == [] and header.text == ""


async def test_c3_the_page_of_results_has_every_kind_and_products_in_pages(cast: Cast) -> None:
    with db.transaction() as session:
        for n in range(PAGE + 2):
            catalogue.add_product(session, cast.ana, f"Liman tea {n:02}", "", "pack", 1000, now=NOW)
        catalogue.add_store(session, cast.ana, "Limanska pijaca", now=NOW)
    page = await results_of(cast, " liman ")

    assert page.ready
    assert ([each.label for each in page.stores], [each.label for each in page.groups]) == (
        ["Limanska pijaca"],
        ["Liman"],
    )
    assert (len(page.products), page.found, page.page, page.pages) == (PAGE, PAGE + 2, 1, 2)
    await do(page, "turn", 1)
    assert [each.label for each in page.products] == ["Liman tea 25", "Liman tea 26"]
    for step in (1, "x", None, 10**30):
        await do(page, "turn", step)
    assert page.page in (1, 2)


@pytest.mark.parametrize("typed", ["", "r", "%", "\x00", "x" * 5000, "q&page=2", "<script>"])
async def test_results_of_nothing_are_a_page_all_the_same(cast: Cast, typed: str) -> None:
    page = await results_of(cast, typed)

    assert page.ready and page.products == page.stores == page.groups == []
