"""The group page: who sees it, what is live on it, and starting a run from it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from bulq import db
from bulq.domain.actor import Actor
from bulq.domain.phases import Phase
from bulq.queries.groups import group_page
from bulq.queries.runs import run_view
from bulq.services import groups, phases, runs
from bulq.state.group import GROUP, GroupState
from tests.cast import NOW, Cast, assemble, bring_to
from tests.conftest import Scene
from tests.states.tabs import ORIGIN, do, open_tab, told

SOON = datetime.now(UTC) + timedelta(days=3)


@pytest.fixture
def cast(scene: Scene) -> Cast:
    return scene(assemble)


async def page_of(cast: Cast, actor: Actor, group_id: object = None) -> GroupState:
    group_id = group_id or cast.group_id
    page = await open_tab(GroupState, actor, f"/groups/{group_id}", group_id=group_id)
    await do(page, "open")
    return page


async def test_members_see_runs_people_and_the_link(cast: Cast) -> None:
    with db.transaction() as session:
        bring_to(session, cast, Phase.CONFIRMED)
        bring_to(session, cast, Phase.CANCELLED)

    page = await page_of(cast, cast.bojan)

    assert page.name == "Liman" and not page.missing
    assert [run.phase for run in page.open_runs] == ["confirmed"]
    assert [run.phase for run in page.ended_runs] == ["cancelled"]
    assert [(member.name, member.is_admin, member.is_me) for member in page.members] == [
        ("Ana", True, False),
        ("Bojan", False, True),
        ("Mila", False, False),
    ]
    assert page.invite.startswith(f"{ORIGIN}/invite/")


@pytest.mark.parametrize("group_id", ["01900000-0000-7000-8000-000000000000", "x", "../..", "%00", "a" * 10_000])
async def test_unknown_groups_are_not_there(cast: Cast, group_id: str) -> None:
    page = await page_of(cast, cast.ana, group_id)

    assert page.missing and not page.name


async def test_a_stranger_sees_no_group(cast: Cast) -> None:
    page = await page_of(cast, cast.eva)

    assert page.missing and page.members == [] and page.invite == ""


async def test_whoever_is_removed_loses_the_open_page(cast: Cast) -> None:
    page = await page_of(cast, cast.bojan)
    with db.transaction() as session:
        groups.remove_member(session, cast.ana, cast.group_id, cast.bojan.id, now=NOW)

    with db.reading() as session:
        view = GROUP.read(session, f"{cast.group_id}/1", [cast.bojan, cast.ana])
    GROUP.show(page, view, cast.bojan)

    assert page.missing and page.members == [] and page.open_runs == []


async def test_each_viewer_sees_their_own_rights(cast: Cast) -> None:
    page = await page_of(cast, cast.bojan)

    with db.reading() as session:
        GROUP.show(page, GROUP.read(session, f"{cast.group_id}/1", [cast.ana]), cast.bojan)

    assert not page.is_admin
    assert [member.is_me for member in page.members] == [False, True, False]


async def test_ended_runs_come_in_pages(cast: Cast) -> None:
    with db.transaction() as session:
        for _ in range(21):
            run = runs.start_run(session, cast.ana, cast.group_id, cast.store_id, now=NOW)
            phases.cancel_run(session, cast.ana, run.id, "", now=NOW)
    page = await page_of(cast, cast.mila)

    await do(page, "turn", 1)

    assert (page.page, page.pages, len(page.ended_runs), page.ended_count) == (2, 2, 1, 21)


async def test_a_run_is_started_at_a_chosen_store(cast: Cast) -> None:
    page = await page_of(cast, cast.bojan)
    await do(page, "plan")
    await do(page, "choose", str(cast.store_id))
    await do(page, "set_shopping_day", SOON.date().isoformat())
    await do(page, "set_bids_close_at", (SOON - timedelta(days=1)).strftime("%Y-%m-%dT18:30"))
    await do(page, "set_note", "Parking\nbehind")

    next_up = await do(page, "start")

    with db.reading() as session:
        (line,) = group_page(session, cast.ana, cast.group_id).open_runs
        view = run_view(session, cast.ana, line.id)
    assert f"/runs/{line.id}" in told(next_up)
    assert (line.store, line.leader, line.shopping_day) == ("Metro", "Bojan", SOON.date())
    assert view.note == "Parking\nbehind"


async def test_the_exact_name_of_a_store_is_a_choice(cast: Cast) -> None:
    page = await page_of(cast, cast.bojan)
    await do(page, "find", "METRO")

    next_up = await do(page, "start")

    assert "/runs/" in told(next_up)


async def test_a_new_store_is_added_while_planning(cast: Cast) -> None:
    page = await page_of(cast, cast.bojan)
    await do(page, "find", "Лидл")
    await do(page, "add", "Лидл")

    next_up = await do(page, "start")

    assert page.store_name == "Лидл" and "/runs/" in told(next_up)


async def test_a_store_that_exists_is_not_added_again(cast: Cast) -> None:
    page = await page_of(cast, cast.bojan)

    await do(page, "add", "métro")

    assert page.store_error
    assert [option.label for option in page.stores] == ["Metro"]


@pytest.mark.parametrize(
    ("setter", "value", "error"),
    [
        ("set_shopping_day", "2020-01-01", "shopping_day_error"),
        ("set_shopping_day", "yesterday", "shopping_day_error"),
        ("set_bids_close_at", "2020-01-01T10:00", "bids_close_at_error"),
        ("set_bids_close_at", "NaN", "bids_close_at_error"),
        ("set_note", "x" * 501, "note_error"),
        ("choose", "nonsense", "store_error"),
    ],
)
async def test_what_is_wrong_is_said_at_its_field(cast: Cast, setter: str, value: str, error: str) -> None:
    page = await page_of(cast, cast.bojan)
    if error != "store_error":
        await do(page, "find", "Metro")
    await do(page, setter, value)

    next_up = await do(page, "start")

    assert getattr(page, error) and not next_up
    assert (await page_of(cast, cast.ana)).open_runs == []


async def test_a_stranger_starts_no_run(cast: Cast) -> None:
    page = await page_of(cast, cast.eva)
    page.id, page._store_id = str(cast.group_id), str(cast.store_id)

    await do(page, "start")

    assert page.alert
    assert (await page_of(cast, cast.ana)).open_runs == []


def test_one_key_per_page_of_a_group(cast: Cast) -> None:
    with db.reading() as session:
        view = GROUP.read(session, f"{cast.group_id}/1", [cast.eva, cast.mila])
        nothing = GROUP.read(session, f"{cast.group_id}/1", [cast.eva])

    assert view.id == UUID(str(cast.group_id)) and nothing is None
