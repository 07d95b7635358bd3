"""An invitation: what it tells to whom, and joining by it."""

from __future__ import annotations

import pytest

from bulq import db
from bulq.domain.actor import Actor
from bulq.queries.groups import manage_page
from bulq.services import groups
from bulq.state.auth import AuthState
from bulq.state.invite import InviteState
from tests.cast import NOW, Cast, assemble
from tests.conftest import Scene
from tests.states.tabs import do, open_tab


@pytest.fixture
def cast(scene: Scene) -> Cast:
    return scene(assemble)


def link_of(cast: Cast) -> str:
    with db.reading() as session:
        return f"/invite/{manage_page(session, cast.ana, cast.group_id).invite_token}"


async def page_of(actor: Actor | None, path: str) -> InviteState:
    page = await open_tab(InviteState, actor, path)
    await do(await page.get_state(AuthState), "glance")
    return page


def is_member(cast: Cast, actor: Actor) -> bool:
    with db.reading() as session:
        members = manage_page(session, cast.ana, cast.group_id).members
    return actor.id in {member.user_id for member in members}


async def test_it_tells_of_the_group_without_a_login(cast: Cast) -> None:
    page = await page_of(None, link_of(cast))

    await do(page, "open")

    assert (page.name, page.made_by, page.members) == ("Liman", "Ana", 3)


@pytest.mark.parametrize("path", ["/invite/unknown", "/invite/%00", "/invite/" + "a" * 5000, "/invite/"])
async def test_an_unknown_link_tells_nothing(cast: Cast, path: str) -> None:
    page = await page_of(cast.eva, path)

    next_up = await do(page, "open")

    assert page.ready and page.name == "" and not next_up


async def test_a_closed_group_tells_nothing(cast: Cast) -> None:
    link = link_of(cast)
    with db.transaction() as session:
        groups.set_joining(session, cast.ana, cast.group_id, False, now=NOW)
    page = await page_of(cast.eva, link)

    await do(page, "open")

    assert (page.name, page.made_by, page.members) == ("", "", 0)


@pytest.mark.parametrize("query", ["", "?join=1", "?join=true&next=/", "?wish=join"])
async def test_looking_alone_joins_nobody(cast: Cast, query: str) -> None:
    page = await page_of(cast.eva, link_of(cast) + query)

    next_up = await do(page, "open")

    assert not next_up and not is_member(cast, cast.eva)
    assert f"/invite/{page.token}" == link_of(cast)


async def test_members_are_told_apart(cast: Cast) -> None:
    for actor, is_in in ((cast.bojan, True), (cast.eva, False), (None, False)):
        page = await page_of(actor, link_of(cast))

        await do(page, "open")

        assert (page.is_in, page.group) == (is_in, str(cast.group_id))
