"""A session that is used lives on, whatever uses it."""

from datetime import UTC, datetime, timedelta

import httpx
import pytest
from sqlalchemy import update
from sqlmodel import col, select

from bulq import db, sessions
from bulq.api import api
from bulq.models import User, UserSession
from bulq.services.accounts import set_theme
from bulq.state.account.profile import ProfileState
from bulq.state.auth import act
from bulq.state.sliding import write_down
from tests.cast import Cast, assemble
from tests.conftest import Scene
from tests.queries.counting import sent_by
from tests.states.tabs import do, load, open_tab, sign_in


@pytest.fixture
def cast(scene: Scene) -> Cast:
    sessions.take_used()
    return scene(assemble)


def age(cast: Cast, by: timedelta) -> None:
    with db.transaction() as session:
        session.execute(update(UserSession).values(seen_at=datetime.now(UTC) - by))
        session.execute(update(User).values(seen_at=datetime.now(UTC) - by))


def seen(cast: Cast) -> timedelta:
    """How long ago Bojan's session was used last, as the database has it."""
    query = select(UserSession.seen_at).where(col(UserSession.user_id) == cast.bojan.id)
    return datetime.now(UTC) - db.read_now(lambda session: session.scalars(query).one())


async def test_an_event_lets_the_session_live_on_without_writing_itself(cast: Cast) -> None:
    page = await open_tab(ProfileState, cast.bojan, "/profile")
    age(cast, timedelta(days=29))

    with sent_by(db.engine()) as statements:
        await do(page, "open")
    assert not [each for each in statements if str(each).startswith(("UPDATE", "INSERT"))]
    await write_down()

    assert seen(cast) < timedelta(minutes=1)
    assert sessions.take_used() == {}


async def test_a_change_and_a_page_load_let_it_live_on(cast: Cast) -> None:
    for use in (lambda page: act(page, set_theme, "dark"), lambda page: load(page, "/profile")):
        page = await open_tab(ProfileState, cast.bojan, "/profile")
        age(cast, timedelta(days=29))
        await use(page)
        await write_down()
        assert seen(cast) < timedelta(minutes=1)
        with db.transaction() as session:
            session.execute(UserSession.__table__.delete())  # type: ignore[attr-defined]


async def test_a_call_of_the_api_lets_it_live_on(cast: Cast) -> None:
    token = sign_in(cast.bojan)
    age(cast, timedelta(days=29))
    transport = httpx.ASGITransport(app=api, client=("192.0.2.1", 50_000))
    cookies = {sessions.cookie_name(): token}
    async with httpx.AsyncClient(transport=transport, base_url="http://bulq.test/api/v1", cookies=cookies) as client:
        assert (await client.get("/account/export.json")).status_code == 200
    await write_down()

    assert seen(cast) < timedelta(minutes=1)


async def test_what_the_database_does_not_take_now_it_takes_later(cast: Cast) -> None:
    page = await open_tab(ProfileState, cast.bojan, "/profile")
    age(cast, timedelta(days=29))
    await act(page, set_theme, "dark")
    url = db.engine().url.render_as_string(hide_password=False)

    db.connect("sqlite:////nowhere/at/all.db")
    await write_down()
    db.connect(url)
    await write_down()

    assert seen(cast) < timedelta(minutes=1)
