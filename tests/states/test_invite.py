"""An invitation: what it tells to whom, and joining by it."""

from __future__ import annotations

import pytest

from bulq import db
from bulq.config import settings
from bulq.domain.actor import Actor
from bulq.queries.groups import manage_page
from bulq.services import groups
from bulq.state.auth import AuthState
from bulq.state.invite import InviteState
from tests.cast import NOW, Cast, assemble
from tests.conftest import Scene
from tests.states.tabs import do, open_tab, told


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
    assert page.login == f"/login?next={link_of(cast)}"


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


async def test_joining_leads_to_the_group(cast: Cast) -> None:
    page = await page_of(cast.eva, link_of(cast))
    await do(page, "open")

    next_up = await do(page, "join")

    assert is_member(cast, cast.eva)
    assert f"/groups/{cast.group_id}" in told(next_up) and "Welcome to Liman" in told(next_up)


async def test_signed_out_the_wish_to_join_joins_nobody(cast: Cast) -> None:
    page = await page_of(None, link_of(cast))

    opened = await do(page, "open")
    next_up = await do(page, "join")

    assert not opened and "/login?next=" in told(next_up)


async def test_members_are_led_to_the_group(cast: Cast) -> None:
    page = await page_of(cast.bojan, link_of(cast))

    opened = await do(page, "open")
    next_up = await do(page, "join")

    for events in (opened, next_up):
        assert f"/groups/{cast.group_id}" in told(events) and "already" in told(events)


async def test_a_full_group_says_so(cast: Cast) -> None:
    settings.members_per_group = 3
    page = await page_of(cast.eva, link_of(cast))
    await do(page, "open")

    await do(page, "join")

    assert page.alert == "This group is full: it has 3 members." and page.name == "Liman"


async def test_too_many_groups_are_a_reason_of_their_own(cast: Cast) -> None:
    settings.groups_per_user = 1
    with db.transaction() as session:
        groups.create_group(session, cast.eva, "Hers", "EUR", "UTC", now=NOW)
    page = await page_of(cast.eva, link_of(cast))
    await do(page, "open")

    await do(page, "join")

    assert page.alert.startswith("You are in 1 groups")


async def test_a_group_closed_meanwhile_says_so(cast: Cast) -> None:
    page = await page_of(cast.eva, link_of(cast))
    await do(page, "open")
    with db.transaction() as session:
        groups.set_joining(session, cast.ana, cast.group_id, False, now=NOW)

    await do(page, "join")

    assert page.alert == "This group takes no new members at the moment."
