"""Who reads too much waits: with searches and pages of their own, and with what changes on their pages."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Collection
from typing import Any
from uuid import uuid4

import pytest

from bulq import live, pacing, sessions
from bulq.bulq import app
from bulq.config import settings
from bulq.domain.actor import Actor
from bulq.state.auth import AuthState
from bulq.state.profile import ProfileState
from bulq.state.search import SearchState
from tests import cast
from tests.conftest import Scene
from tests.states.tabs import do, load, open_tab, sign_in

pytestmark = pytest.mark.only("sqlite")


@pytest.fixture
def people(scene: Scene) -> cast.Cast:
    return scene(cast.assemble)


async def test_searches_beyond_the_budget_wait_in_all_tabs_and_sessions_of_one_person(people: cast.Cast) -> None:
    settings.view_ms_per_second = 100
    evas = [await open_tab(SearchState, people.eva) for _ in range(2)]
    bojans = await open_tab(SearchState, people.bojan)
    for page in (*evas, bojans):
        await do(await page.get_state(AuthState), "load")
    pacing.charge([str(people.eva.id)], 1.0)
    await do(evas[0], "find", "rice")

    pacing.charge([str(people.eva.id)], 0.1)
    for page in evas:
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(do(page, "find", "rice"), 0.2)
    await asyncio.wait_for(do(bojans, "find", "rice"), 0.9)

    await asyncio.wait_for(do(evas[1], "find", "rice"), 3)
    assert evas[1].hits == bojans.hits != []


async def test_pages_are_charged_for_what_they_read(people: cast.Cast) -> None:
    page = await open_tab(ProfileState, people.eva, "/profile")

    await load(page)
    once = pacing.spent([str(people.eva.id)])
    await do(page, "open")

    assert 0 < once < pacing.spent([str(people.eva.id)])
    assert pacing.spent([str(people.bojan.id)]) == 0


@pytest.fixture
async def rounds(people: cast.Cast, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[None]:
    """What runs in each process to show changes, on its own."""
    monkeypatch.setattr(live, "_process", live._Process(app=app, wake=asyncio.Event()))
    wake = live._process.wake
    assert wake is not None
    task = asyncio.create_task(live._rounds(wake))
    yield
    task.cancel()


async def test_what_changes_is_shown_later_to_whoever_read_too_much_and_keeps_nobody_else_waiting(
    people: cast.Cast, rounds: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pacing, "LONGEST_DEBT", 0.3)
    read: list[str] = []

    def note(_session: Any, key: str, _actors: Collection[Actor]) -> None:
        read.append(key)

    screen = live.Screen("noted", ProfileState, note, lambda *_: None)
    assert app.event_namespace is not None
    for key, *lookers in (("Eva's", people.eva), ("Ana's", people.ana), ("both's", people.eva, people.ana)):
        for actor in lookers:
            tab, token = str(uuid4()), sign_in(actor)
            await app.event_namespace._token_manager.link_token_to_sid(tab, str(uuid4()))
            pacing.recognise(sessions.token_hash(token), str(actor.id))
            live.watch(tab, "page", screen, key, ["something"], token)
    pacing.charge([str(people.eva.id)], 100.0)

    live._note({"something"})
    await asyncio.sleep(0.2)
    assert sorted(read) == ["Ana's", "both's"]
    await asyncio.sleep(0.6)

    assert sorted(read) == ["Ana's", "Eva's", "both's"]
