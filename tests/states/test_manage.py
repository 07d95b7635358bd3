"""Looking after a group: what admins change, what others only see, and leaving."""

from __future__ import annotations

import pytest

from bulq import db
from bulq.domain.actor import Actor
from bulq.domain.errors import BulqError, Conflict, Forbidden
from bulq.domain.phases import Phase
from bulq.queries.groups import manage_page
from bulq.queries.runs import run_view
from bulq.services import groups
from bulq.state.manage import MANAGE, ManageState
from tests.cast import NOW, Cast, assemble, plan
from tests.conftest import Scene
from tests.states.tabs import do, open_tab, told


@pytest.fixture
def cast(scene: Scene) -> Cast:
    return scene(assemble)


async def page_of(cast: Cast, actor: Actor) -> ManageState:
    page = await open_tab(ManageState, actor, f"/groups/{cast.group_id}/manage", group_id=cast.group_id)
    await do(page, "open")
    return page


def names(page: ManageState) -> list[str]:
    return [member.name for member in page.members]


async def test_admins_change_name_and_rule(cast: Cast) -> None:
    page = await page_of(cast, cast.ana)
    await do(page, "set_name", "Лиман 3")
    await do(page, "set_fair_rule", "equal_first")

    next_up = await do(page, "save")

    with db.reading() as session:
        view = manage_page(session, cast.mila, cast.group_id)
    assert (view.name, view.fair_rule, page.title) == ("Лиман 3", "equal_first", "Лиман 3")
    assert "Saved" in told(next_up)


async def test_the_currency_is_fixed_once_there_was_a_run(cast: Cast) -> None:
    with db.transaction() as session:
        plan(session, cast)
    page = await page_of(cast, cast.ana)
    await do(page, "set_currency", "USD")

    await do(page, "save")

    assert page.currency_fixed and page.currency_error


@pytest.mark.parametrize("rule", ["", "chance", "PROPORTIONAL"])
async def test_an_unknown_rule_is_refused(cast: Cast, rule: str) -> None:
    page = await page_of(cast, cast.ana)
    await do(page, "set_fair_rule", rule)

    next_up = await do(page, "save")

    assert page.alert and not next_up


async def test_a_field_in_hand_survives_the_changes_of_others(cast: Cast) -> None:
    page = await page_of(cast, cast.ana)
    await do(page, "set_name", "Half a na")
    with db.transaction() as session:
        groups.edit_group(
            session,
            cast.ana,
            cast.group_id,
            name="Renamed",
            currency="RSD",
            time_zone="Europe/Paris",
            fair_rule="first_come",
            now=NOW,
        )

    with db.reading() as session:
        MANAGE.show(page, MANAGE.read(session, str(cast.group_id), [cast.ana]), cast.ana)

    assert (page.name, page.title) == ("Half a na", "Renamed")
    assert (page.currency, page.time_zone, page.fair_rule) == ("RSD", "Europe/Paris", "first_come")


async def test_a_new_link_replaces_the_old_one(cast: Cast) -> None:
    page = await page_of(cast, cast.ana)
    before = page.invite

    await do(page, "renew")

    assert page.invite and page.invite != before


async def test_joining_is_closed_and_opened(cast: Cast) -> None:
    page = await page_of(cast, cast.ana)

    await do(page, "set_joining", False)
    closed = page.joining_open
    await do(page, "set_joining", True)

    assert (closed, page.joining_open) == (False, True)


async def test_admins_are_made_and_unmade(cast: Cast) -> None:
    page = await page_of(cast, cast.ana)

    await do(page, "promote", str(cast.bojan.id))
    made = [member.name for member in page.members if member.is_admin]
    await do(page, "demote", str(cast.bojan.id))

    assert made == ["Ana", "Bojan"]
    assert [member.name for member in page.members if member.is_admin] == ["Ana"]


async def test_a_member_is_removed_after_being_asked(cast: Cast) -> None:
    page = await page_of(cast, cast.ana)
    await do(page, "ask", "remove", str(cast.bojan.id))
    asked = page.asked_name

    await do(page, "remove")

    assert asked == "Bojan" and names(page) == ["Ana", "Mila"] and page.asking == ""
    assert (await page_of(cast, cast.bojan)).missing


async def test_an_admin_is_not_removed(cast: Cast) -> None:
    page = await page_of(cast, cast.ana)
    await do(page, "promote", str(cast.bojan.id))
    await do(page, "ask", "remove", str(cast.bojan.id))

    await do(page, "remove")

    assert page.alert and "Bojan" in names(page)


@pytest.mark.parametrize(
    ("handler", "args"),
    [("set_joining", (False,)), ("renew", ()), ("promote", ("who",)), ("demote", ("who",))],
)
async def test_members_change_nothing(cast: Cast, handler: str, args: tuple[object, ...]) -> None:
    page = await page_of(cast, cast.bojan)

    with pytest.raises(Forbidden):
        await do(page, handler, *(str(cast.mila.id) if arg == "who" else arg for arg in args))

    assert not page.is_admin


async def test_members_neither_rename_nor_remove(cast: Cast) -> None:
    page = await page_of(cast, cast.bojan)
    await do(page, "set_name", "Mine now")
    await do(page, "save")
    renamed = page.alert
    await do(page, "ask", "remove", str(cast.mila.id))
    await do(page, "remove")

    assert renamed and page.alert
    assert (await page_of(cast, cast.ana)).name == "Liman"


async def test_a_stranger_gets_nowhere(cast: Cast) -> None:
    page = await page_of(cast, cast.eva)
    page.id = str(cast.group_id)

    assert page.missing and page.members == []
    for handler, args in (("renew", ()), ("promote", (str(cast.eva.id),))):
        with pytest.raises(BulqError):
            await do(page, handler, *args)
    for handler in ("leave", "remove"):  # which say in their dialog why not
        page.alert = ""
        await do(page, handler)
        assert page.alert
    assert names(await page_of(cast, cast.ana)) == ["Ana", "Bojan", "Mila"]


async def test_leaving_leads_home(cast: Cast) -> None:
    page = await page_of(cast, cast.bojan)

    next_up = await do(page, "leave")

    assert "You left Liman" in told(next_up)
    assert names(await page_of(cast, cast.ana)) == ["Ana", "Mila"]


async def test_the_last_admin_stays_and_is_told_why(cast: Cast) -> None:
    page = await page_of(cast, cast.ana)
    await do(page, "ask", "leave")

    await do(page, "leave")

    assert page.alert and page.asking == "leave"
    with pytest.raises(Conflict):
        await do(page, "demote", str(cast.ana.id))


async def test_a_run_of_somebody_removed_passes_on(cast: Cast) -> None:
    with db.transaction() as session:
        run = plan(session, cast)
        groups.promote(session, cast.ana, cast.group_id, cast.bojan.id, now=NOW)
        groups.demote(session, cast.bojan, cast.group_id, cast.ana.id, now=NOW)
    page = await page_of(cast, cast.bojan)
    await do(page, "ask", "remove", str(cast.ana.id))

    await do(page, "remove")

    with db.reading() as session:
        view = run_view(session, cast.bojan, run)
    assert view.phase is Phase.PLANNING and view.leader_id == str(cast.bojan.id)
