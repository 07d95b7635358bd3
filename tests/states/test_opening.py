"""Opening the run page, as hundreds do at once when a server comes back."""

import asyncio

import pytest

from bulq import db
from bulq.db import transaction
from bulq.domain.actor import Actor
from bulq.domain.errors import NotSignedIn
from bulq.domain.phases import Phase
from bulq.services import accounts
from bulq.state.auth import session_token
from bulq.state.run import RunState
from tests import cast
from tests.conftest import Scene
from tests.queries.counting import sent_by
from tests.states.tabs import do, open_tab


@pytest.fixture
def world(scene: Scene) -> cast.World:
    return scene(cast.build)


async def tab_of(world: cast.World, who: Actor) -> RunState:
    run = world.runs[Phase.ACTIVE]
    return await open_tab(RunState, who, f"/runs/{run}", run_id=run)


async def test_pages_that_open_together_are_read_for_together(world: cast.World) -> None:
    people = [world.cast.ana, world.cast.bojan, world.cast.mila]
    tabs = [await tab_of(world, people[number % 3]) for number in range(30)]

    with sent_by(db.engine()) as alone:
        await do(tabs[0], "open")
    with sent_by(db.engine()) as together:
        await asyncio.gather(*(do(tab, "open") for tab in tabs))

    assert len(together) <= 2 * len(alone)
    assert all(tab.loaded and not tab.missing and tab.rows for tab in tabs)
    assert [tab.leads for tab in tabs[:3]] == [True, False, False]


async def test_each_still_sees_only_what_they_may(world: cast.World) -> None:
    ana, eva, ended = [await tab_of(world, who) for who in (world.cast.ana, world.cast.eva, world.cast.bojan)]
    with transaction() as session:
        holder = accounts.actor_for(session, session_token(ended), now=cast.NOW)
        assert holder.session_id is not None
        accounts.end_session(session, holder, holder.session_id, now=cast.NOW)

    results = await asyncio.gather(*(do(tab, "open") for tab in (ana, eva, ended)), return_exceptions=True)

    assert isinstance(results[2], NotSignedIn)
    assert (ana.missing, eva.missing) == (False, True)
    assert eva.rows == ended.rows == []


async def test_a_read_that_fails_fails_for_those_who_asked_and_not_for_the_next(
    world: cast.World, monkeypatch: pytest.MonkeyPatch
) -> None:
    tabs = [await tab_of(world, world.cast.ana) for _ in range(3)]
    url = db.engine().url.render_as_string(hide_password=False)

    db.connect("sqlite:////nowhere/at/all.db")
    failed = await asyncio.gather(*(do(tab, "open") for tab in tabs), return_exceptions=True)
    db.connect(url)
    await do(tabs[0], "open")

    assert all(isinstance(each, Exception) for each in failed)
    assert tabs[0].loaded and not tabs[0].missing
