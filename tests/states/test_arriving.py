"""Coming to a page and coming back to it after a lost connection: what is typed stays, another page begins anew."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import delete

from bulq import db
from bulq.domain.errors import NotSignedIn
from bulq.models import UserSession
from bulq.state.account.profile import ProfileState
from bulq.state.admin.merging import MergeProductsState
from bulq.state.admin.products import AdminProductsState
from bulq.state.auth import AuthState
from bulq.state.product.scan import ScanState
from bulq.state.search import ResultsState
from tests import cast
from tests.conftest import Scene
from tests.states.tabs import do, load, open_tab, told


@pytest.fixture
def world(scene: Scene) -> cast.World:
    return scene(cast.build)


def page_in(world: cast.World, state: type[Any]) -> tuple[str, dict[str, object]]:
    """An address of such a page."""
    people = world.cast
    return {
        ScanState: ("/scan", {}),
        AdminProductsState: ("/admin/products", {}),
        MergeProductsState: (f"/admin/products/merge?duplicate={people.rice}", {}),
    }[state]


FOR_ADMINS = (AdminProductsState, MergeProductsState)

# What somebody does on a page, what it fills, and with what.
TYPED = [
    (ScanState, [("set_typed", "400638")], "typed", "400638"),
    (ScanState, [("scanned", "4006381333931"), ("set_name", "Rice")], "name", "Rice"),
    (ScanState, [("scanned", "4006381333931")], "creating", True),
    (AdminProductsState, [("search", "rice")], "typed", "rice"),
    (MergeProductsState, [("clear",)], "duplicate", ""),
]


@pytest.mark.parametrize(("state", "done", "field", "value"), TYPED)
async def test_what_is_typed_stays_when_the_connection_is_back_and_goes_with_the_page(
    world: cast.World, state: type[Any], done: list[tuple[str, ...]], field: str, value: object
) -> None:
    path, params = page_in(world, state)
    page = await open_tab(state, world.cast.ada if state in FOR_ADMINS else world.cast.ana)
    await load(page, path, **params)
    before = getattr(page, field)
    for handler, *args in done:
        await do(page, handler, *args)
    assert getattr(page, field) == value != before

    await load(page)
    assert getattr(page, field) == value

    await load(await page.get_state(ResultsState), "/search?q=rice")
    await load(page, path, **params)
    assert getattr(page, field) == before


async def test_a_page_whose_loading_was_broken_off_still_begins_anew(world: cast.World) -> None:
    page = await open_tab(ScanState, world.cast.ana)
    await load(page, "/scan")
    await do(page, "scanned", "4006381333931")
    await load(await page.get_state(ResultsState), "/search?q=rice")
    await do(await page.get_state(AuthState), "load")  # there again, and the connection is lost before `open`

    await load(page, "/scan")

    assert not page.creating


async def test_results_keep_their_page_when_the_connection_is_back(world: cast.World, monkeypatch: Any) -> None:
    page = await open_tab(ResultsState, world.cast.ana)
    await load(page, "/search?q=rice")
    asked: list[int] = []
    monkeypatch.setattr(ResultsState, "_show", lambda self, number: _note(asked, number))
    page.page = 2

    await load(page)
    await load(page, "/search?q=tom")

    assert (asked, page.text) == ([2, 1], "tom")


async def _note(asked: list[int], number: int) -> None:
    asked.append(number)


@pytest.mark.parametrize(
    ("path", "next_page"),
    [
        ("/products/1", "/products/1"),
        ("/search?q=rice%20%26%20beans&page=2", "/search%3Fq%3Drice%2520%2526%2520beans%26page%3D2"),
    ],
)
async def test_the_login_leads_back_with_the_query(database: str, path: str, next_page: str) -> None:
    page = await open_tab(AuthState, None, path)

    said = told(await do(page, "load"))

    assert f'"/login?next={next_page}"' in said


async def test_whose_session_has_ended_meanwhile_keeps_nothing_in_the_tab(world: cast.World) -> None:
    page = await open_tab(ProfileState, world.cast.ana, "/profile")
    await load(page, "/profile")
    assert page.name == "Ana"
    with db.transaction() as session:
        session.execute(delete(UserSession))

    with pytest.raises(NotSignedIn):
        await do(page, "open")
    await do(await page.get_state(AuthState), "load")
    assert page.name == ""
