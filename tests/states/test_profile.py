"""The profile: theme, and where one is signed in."""

from __future__ import annotations

import pytest

from bulq import db
from bulq.domain.errors import NotFound
from bulq.domain.phases import Phase
from bulq.models import User
from bulq.state.account.profile import ProfileState, device
from tests.cast import Cast, assemble, bring_to
from tests.conftest import Scene
from tests.states.tabs import do, open_tab, sign_in, told


@pytest.fixture
def cast(scene: Scene) -> Cast:
    return scene(assemble)


async def test_it_shows_who_one_is_and_where(cast: Cast) -> None:
    sign_in(cast.ana)
    page = await open_tab(ProfileState, cast.ana)

    await do(page, "open")

    assert (page.name, page.username) == ("Ana", "ana")
    assert sorted(row.is_this for row in page.sessions) == [False, True]
    assert {row.browser for row in page.sessions} == {"Firefox on Linux"}


async def test_another_session_is_ended(cast: Cast) -> None:
    sign_in(cast.ana)
    page = await open_tab(ProfileState, cast.ana)
    await do(page, "open")
    (other,) = [row.id for row in page.sessions if not row.is_this]

    await do(page, "end", other)
    await do(page, "open")

    assert [row.is_this for row in page.sessions] == [True]


async def test_nobody_ends_the_sessions_of_others(cast: Cast) -> None:
    theirs = await open_tab(ProfileState, cast.bojan)
    await do(theirs, "open")
    page = await open_tab(ProfileState, cast.ana)

    for session_id in (theirs.sessions[0].id, "nonsense"):
        with pytest.raises(NotFound):
            await do(page, "end", session_id)

    await do(theirs, "open")
    assert len(theirs.sessions) == 1


@pytest.mark.parametrize(
    ("user_agent", "shown"),
    [
        ("Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/131.0 Safari/537.36 Edg/131.0", "Edge on Windows"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) Version/17.0 Safari/604.1", "Safari on iPhone"),
        ("Mozilla/5.0 (Linux; Android 14) Chrome/131.0 Mobile Safari/537.36", "Chrome on Android"),
        ("Mozilla/5.0 (PlayStation 5) Firefox/130.0", "Firefox"),
        ("Robot  of\tWindows NT 10.0, which is longer", "Robot of Windows NT 10.0, which is longe"),
        ("x" * 41, "x" * 40),
        ("curl/8.1", "curl/8.1"),
        ("", "Unknown device"),
    ],
)
def test_devices_are_named_as_people_call_them(user_agent: str, shown: str) -> None:
    assert device(user_agent) == shown


async def test_what_was_changed_is_said_and_shown(cast: Cast) -> None:
    page = await open_tab(ProfileState, cast.ana)
    await do(page, "open")

    assert "everywhere else" in told(await do(page, "password_changed"))
    with db.transaction() as session:
        session.get_one(User, cast.ana.id).name = "Anica"
    assert "this name" in told(await do(page, "name_changed"))
    assert page.name == "Anica"


async def test_a6_figures_are_written_as_people_read_them(cast: Cast) -> None:
    """A6: bought, spent, runs joined, led, helped, groups."""
    with db.transaction() as session:
        bring_to(session, cast, Phase.COMPLETED)
    page = await open_tab(ProfileState, cast.bojan)

    await do(page, "open")

    shown = {figure.kind: figure.shown for figure in page.figures}
    assert shown == {"spent": "€15.98", "products": "1", "runs": "1", "led": "0", "helped": "0", "groups": "1"}
