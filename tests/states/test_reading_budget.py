"""Who reads too much waits: with searches and pages of their own, and with what changes on their pages."""

from __future__ import annotations

import asyncio

import pytest

from bulq import pacing
from bulq.config import settings
from bulq.state.account.profile import ProfileState
from bulq.state.auth import AuthState
from bulq.state.search import SearchState
from tests import cast
from tests.conftest import Scene
from tests.states.tabs import do, load, open_tab

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
