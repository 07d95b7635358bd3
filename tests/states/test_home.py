"""Home shows what waits for somebody and their groups, and makes new ones."""

from __future__ import annotations

import pytest

from bulq import db
from bulq.domain.errors import NotSignedIn
from bulq.domain.phases import Phase
from bulq.state.home import HOME, HomeState, currency_of, zone_of
from tests.cast import Cast, assemble, bring_to
from tests.states.tabs import do, open_tab, told


def cast_in(phase: Phase) -> Cast:
    with db.transaction() as session:
        cast = assemble(session)
        bring_to(session, cast, phase)
    return cast


async def test_a_helper_is_led_to_the_shopping_list(database: str) -> None:
    cast = cast_in(Phase.SHOPPING)
    page = await open_tab(HomeState, cast.ana)

    await do(page, "open")

    assert [(need.kind, need.href.endswith("/shopping")) for need in page.needs] == [("shop", True)]
    assert [(group.name, group.members, len(group.runs)) for group in page.groups] == [("Liman", 3, 1)]
    assert page.groups[0].runs[0].phase == "shopping"


async def test_nothing_waits_for_a_stranger(database: str) -> None:
    cast = cast_in(Phase.ACTIVE)
    page = await open_tab(HomeState, cast.eva)

    await do(page, "open")

    assert (page.needs, page.groups, page.ready) == ([], [], True)


async def test_home_is_for_those_signed_in(database: str) -> None:
    page = await open_tab(HomeState, None)

    with pytest.raises(NotSignedIn):
        await do(page, "open")


async def test_a_new_group_starts_with_what_is_usual_at_the_browsers_place(database: str) -> None:
    cast = cast_in(Phase.PLANNING)
    page = await open_tab(HomeState, cast.eva)

    await do(page, "ask", "Asia/Tokyo")

    assert (page.asking, page.time_zone, page.currency) == (True, "Asia/Tokyo", "JPY")


async def test_a_created_group_is_shown(database: str) -> None:
    cast = cast_in(Phase.PLANNING)
    page = await open_tab(HomeState, cast.eva)
    await do(page, "ask", "Europe/Belgrade")
    await do(page, "set_name", "Новa група")

    next_up = await do(page, "create")
    await do(page, "open")

    assert page.groups[0].href in told(next_up)
    assert page.currency == "RSD"


@pytest.mark.parametrize("name", ["", "X", "a" * 101, "\x00\x00", "\ufff9evil"])
async def test_a_bad_name_is_refused_at_its_field(database: str, name: str) -> None:
    cast = cast_in(Phase.PLANNING)
    page = await open_tab(HomeState, cast.eva)
    await do(page, "set_name", name)

    await do(page, "create")
    await do(page, "open")

    assert page.name_error
    assert page.groups == []


async def test_a_currency_nobody_knows_is_refused(database: str) -> None:
    cast = cast_in(Phase.PLANNING)
    page = await open_tab(HomeState, cast.eva)
    await do(page, "set_name", "Friends")
    await do(page, "set_currency", "<b>")

    await do(page, "create")

    assert page.currency_error and not page.name_error


async def test_an_ended_session_sees_nothing_any_more(database: str) -> None:
    cast = cast_in(Phase.ACTIVE)
    page = await open_tab(HomeState, cast.bojan)
    await do(page, "open")

    HOME.show(page, None, None)

    assert (page.needs, page.groups, page.ready) == ([], [], False)


async def test_home_is_read_for_its_owner_alone(database: str) -> None:
    cast = cast_in(Phase.ACTIVE)

    with db.reading() as session:
        theirs = HOME.read(session, str(cast.eva.id), [cast.ana, cast.bojan])
        hers = HOME.read(session, str(cast.eva.id), [cast.ana, cast.eva])

    assert theirs is None and hers.groups == ()


def test_unknown_places_get_the_usual() -> None:
    assert zone_of("Mars/Olympus") == "Europe/Belgrade"
    assert zone_of("") == "Europe/Belgrade"
    assert currency_of("UTC") == "EUR"
    assert currency_of("Europe/Paris") == "EUR"
