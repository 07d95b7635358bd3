"""The admin pages: what admins do there, and that everybody else finds nothing."""

from __future__ import annotations

import time
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any, TypeVar
from uuid import UUID

import pytest
import reflex as rx

from bulq import db
from bulq.config import Registration, settings
from bulq.domain.actor import Actor
from bulq.domain.errors import BulqError, NotFound
from bulq.domain.phases import Phase
from bulq.i18n import text
from bulq.jobs.schedule import all_jobs
from bulq.models import CatalogueImport, Incident, User
from bulq.pages import PAGES as APP_PAGES
from bulq.pages.admin.dashboard import _what_is_wrong
from bulq.queries.registration import registration
from bulq.queries.resets import reset_view
from bulq.services.groups import create_group
from bulq.services.users import make_admins, unmake_admins
from bulq.state.admin import dashboard as admin_dashboard
from bulq.state.admin.dashboard import JOBS, DashboardState
from bulq.state.admin.groups import AdminGroupsState, AdminGroupState
from bulq.state.admin.settings import AdminSettingsState
from bulq.state.admin.users import UsersState
from bulq.state.auth import AdminPage, AuthState
from tests.cast import LATER, NOW, Cast, assemble_in, listed
from tests.conftest import Scene
from tests.states.tabs import ORIGIN, WRONG_TYPES, do, open_tab, told

S = TypeVar("S", bound=rx.State)
PAGES = (DashboardState, UsersState, AdminGroupsState, AdminSettingsState)


@pytest.fixture
def cast(scene: Scene) -> Cast:
    return scene(assemble_in, Phase.ACTIVE)


async def opened(state: type[S], who: Actor, path: str = "/admin", **params: object) -> S:
    page = await open_tab(state, who, path, **params)
    await do(await page.get_state(AuthState), "load")
    await do(page, "open")
    return page


def user(who: Actor) -> User:
    with db.reading() as session:
        return session.get_one(User, who.id)


@pytest.mark.parametrize("state", PAGES, ids=lambda state: state.__name__)
async def test_m1_whoever_is_no_admin_finds_nothing(cast: Cast, state: type[rx.State]) -> None:
    """M1: Only admins get in, page and action."""
    assert (await opened(state, cast.ada)).ready  # type: ignore[attr-defined]

    page = await opened(state, cast.ana)

    assert not page.ready  # type: ignore[attr-defined]


async def test_m1_and_does_nothing(cast: Cast) -> None:
    page = await opened(UsersState, cast.ana)
    group, settings = [await opened(each, cast.ana) for each in (AdminGroupState, AdminSettingsState)]

    for tried in (
        do(page, "do", "lock", str(cast.bojan.id)),
        do(page, "undo", f"promote {cast.ana.id}"),
        do(settings, "set_registration", "closed"),
        do(group, "close_group"),
    ):
        with pytest.raises(NotFound):
            await tried
    page._about_id = str(cast.bojan.id)
    await do(page, "make_link")
    await do(page, "delete")
    assert page.link == "" and user(cast.bojan).deleted_at is None and user(cast.bojan).locked_at is None


async def test_who_is_demoted_loses_the_open_page(cast: Cast) -> None:
    with db.transaction() as session:
        make_admins(session, cast.ada, [cast.ana.id], now=NOW)
    page = await opened(UsersState, cast.ana)
    header = await page.get_state(AuthState)
    assert page.rows
    with db.transaction() as session:
        unmake_admins(session, cast.ada, [cast.ana.id], now=NOW)

    await do(header, "load")  # the page itself hides everything as soon as it hears of this

    assert page.rows == [] and not page.ready and header.signed_in


def test_every_page_of_the_admins_is_emptied_then() -> None:
    handlers: list[Any] = [
        handler for _, address, _, on_load in APP_PAGES if address.startswith("/admin") for handler in on_load
    ]
    admins = {handler.state for handler in handlers} - {AuthState}

    assert admins and not {state for state in admins if not issubclass(state, AdminPage)}


async def test_users_are_searched_filtered_sorted_and_chosen(cast: Cast) -> None:
    page = await opened(UsersState, cast.ada, "/admin/users")
    assert [row.name for row in page.rows] == ["Ada", "Ana", "Bojan", "Eva", "Mila"]
    assert (page.shown_total, page.sort, [row.is_me for row in page.rows].index(True)) == ("5", "name", 0)

    await do(page, "choose_all", True)
    await do(page, "search", "AN")
    assert [row.name for row in page.rows] == ["Ana", "Bojan"]
    assert page.chosen == [row.id for row in page.rows]
    await do(page, "search", "")
    await do(page, "sort_by", "-name")
    assert page.rows[0].name == "Mila"
    await do(page, "narrow", "who", "admins")
    assert [row.name for row in page.rows] == ["Ada"] and page.chosen == []


@pytest.mark.parametrize("strange", ["", "x" * 5000, "\x00", "%", "-name; DROP TABLE users", "1e309", *WRONG_TYPES])
async def test_what_no_page_sends_changes_nothing(cast: Cast, strange: Any) -> None:
    page = await opened(UsersState, cast.ada, "/admin/users")
    for handler, arguments in {
        "search": (strange,),
        "sort_by": (strange,),
        "narrow": (strange, strange),
        "choose": (strange, True),
        "do_all": (strange,),
        "do": (strange, str(cast.bojan.id)),
        "undo": (strange,),
        "ask": (strange, strange),
    }.items():
        with suppress(BulqError):
            await do(page, handler, *arguments)
    with suppress(NotFound):
        await do(page, "undo", f"{strange} {strange}")
    for action in ("do", "undo"):
        with pytest.raises(NotFound):
            await do(page, action, *(("lock", strange or "?") if action == "do" else ("lock nonsense",)))

    assert page.chosen == [] and page.dialog == "" and "DROP" not in page.sort
    assert user(cast.bojan).locked_at is None


async def test_locking_is_undone_from_the_message(cast: Cast) -> None:
    page = await opened(UsersState, cast.ada, "/admin/users")

    said = told(await do(page, "do", "lock", str(cast.bojan.id)))

    assert "Bojan" in said and user(cast.bojan).locked_at
    assert next(row for row in page.rows if row.name == "Bojan").is_locked
    await do(page, "undo", f"unlock {cast.bojan.id}")
    assert user(cast.bojan).locked_at is None


async def test_many_at_once(cast: Cast) -> None:
    page = await opened(UsersState, cast.ada, "/admin/users")
    for who in (cast.bojan, cast.mila):
        await do(page, "choose", str(who.id), True)

    said = told(await do(page, "do_all", "lock"))

    assert "2 people" in said and page.chosen == []
    assert user(cast.bojan).locked_at and user(cast.mila).locked_at


async def test_renaming_says_what_is_wrong_at_its_field(cast: Cast) -> None:
    page = await opened(UsersState, cast.ada, "/admin/users")
    await do(page, "ask", "edit", str(cast.bojan.id))
    assert (page.dialog, page.name, page.username) == ("edit", "Bojan", "bojan")
    await do(page, "set_username", "mila")

    await do(page, "save")

    assert page.username_error and page.dialog == "edit"
    await do(page, "set_username", "bojan2")
    await do(page, "save")
    assert page.dialog == "" and user(cast.bojan).username == "bojan2"


async def test_a_reset_link_leads_to_whose_it_is_and_is_not_kept(cast: Cast) -> None:
    page = await opened(UsersState, cast.ada, "/admin/users")
    await do(page, "ask", "reset", str(cast.mila.id))

    await do(page, "make_link")
    link = page.link
    await do(page, "close")

    assert link.startswith(f"{ORIGIN}/reset/") and page.link == ""
    assert db.read_now(reset_view, link.rpartition("/")[2], now=datetime.now(UTC)).username == "mila"


async def test_an_account_is_deleted_only_while_it_leads_nothing(cast: Cast) -> None:
    page = await opened(UsersState, cast.ada, "/admin/users")
    for who, alert, gone in ((cast.ana, True, False), (cast.mila, False, True)):
        await do(page, "ask", "delete", str(who.id))
        await do(page, "delete")
        assert (bool(page.alert), user(who).deleted_at is not None) == (alert, gone)
    assert "Mila" not in [row.name for row in page.rows]


async def test_a_group_is_looked_at_and_closed(cast: Cast) -> None:
    groups = await opened(AdminGroupsState, cast.ada, "/admin/groups")
    assert [(row.name, row.members, row.open_runs) for row in groups.rows] == [("Liman", 3, 1)]
    page = await opened(AdminGroupState, cast.ada, "/admin/groups/x", group_id=cast.group_id)
    assert (page.name, len(page.members), [run.phase for run in page.runs]) == ("Liman", 3, ["active"])

    await do(page, "close_group")

    assert page.closed and page.runs == []
    await do(groups, "narrow", "state", "open")
    assert groups.rows == []


@pytest.mark.parametrize("group_id", ["01900000-0000-7000-8000-000000000000", "x", "a" * 10_000])
async def test_an_unknown_group_is_not_there(cast: Cast, group_id: str) -> None:
    page = await opened(AdminGroupState, cast.ada, "/admin/groups/x", group_id=group_id)

    assert page.missing and page.name == ""


async def test_m5_registration_is_set(cast: Cast) -> None:
    """M5: Open, close, or invite-only registration."""
    page = await opened(AdminSettingsState, cast.ada, "/admin/settings")
    assert page.registration == "open" and page.database.startswith(("SQLite", "PostgreSQL"))

    await do(page, "set_registration", "closed")

    with db.reading() as session:
        assert registration(session) is Registration.CLOSED


def test_the_dashboard_has_a_name_for_every_job() -> None:
    assert {job.name for job in all_jobs()} <= set(JOBS)


async def test_the_dashboard_shows_what_the_server_does(cast: Cast) -> None:
    page = await opened(DashboardState, cast.ada)

    assert (page.users, page.groups, page.open_runs, len(page.weeks)) == ("5", "1", "1", 12)
    assert page.storage.endswith(("kB", "MB"))


async def test_an_admin_verifies_a_groups_list_on_the_dashboard(cast: Cast) -> None:
    with db.transaction() as session:
        import_id = str(listed(session, cast, cast.bojan).id)
    page = await opened(DashboardState, cast.ada)
    assert [(row.id, row.name, row.about) for row in page.lists] == [
        (import_id, "list.csv", "Metro · Liman, by Bojan"),
    ]

    answer = await do(page, "verify_list", import_id)

    assert text("admin.dashboard.list_verified", name="list.csv") in told(answer) and page.lists == []
    assert db.read_now(lambda session: session.get_one(CatalogueImport, UUID(import_id)).verified_by) == cast.ada.id


async def test_the_dashboard_names_open_incidents_and_no_closed_one(cast: Cast) -> None:
    settings.backup_target = "file:///backups"
    with db.transaction() as session:
        session.add(Incident(kind="backup_failed", open_kind="backup_failed", detail="the disk is full", opened_at=NOW))
        session.add(Incident(kind="backup_stale", detail="yesterday", opened_at=NOW, closed_at=LATER))

    page = await opened(DashboardState, cast.ada)

    assert page.backups
    assert [row.words for row in page.incidents] == [text("notice.backup_failed", reason="the disk is full")]


async def test_the_dashboard_owns_up_to_making_no_backups(cast: Cast) -> None:
    page = await opened(DashboardState, cast.ada)

    assert not page.backups
    shown = str(_what_is_wrong())
    assert "backups_rx_state_" in shown and "BULQ_BACKUP_TARGET" in text("admin.dashboard.backups_off")


async def test_the_dashboard_is_counted_once_in_half_a_minute_for_admins_alone(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert admin_dashboard.HELD == 30
    first = await opened(DashboardState, cast.ada)
    with db.transaction() as session:
        create_group(session, cast.eva, "Another", "EUR", "Europe/Berlin", now=NOW)

    assert (await opened(DashboardState, cast.ada)).groups == first.groups
    with pytest.raises(NotFound):
        db.read_now(admin_dashboard._held, cast.eva, now=NOW)

    monkeypatch.setattr(admin_dashboard, "monotonic", lambda: time.monotonic() + 31)
    assert (await opened(DashboardState, cast.ada)).groups == str(int(first.groups) + 1)
