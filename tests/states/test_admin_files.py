"""The pages of the record and of the catalogue's file, and where somebody's changes are recorded to come from."""

from __future__ import annotations

import asyncio
from threading import Event
from typing import Any, BinaryIO

import pytest
from reflex.istate.data import RouterData
from sqlalchemy.orm import Session
from sqlmodel import select

from bulq import db, uploads
from bulq.config import settings
from bulq.domain.actor import Actor
from bulq.domain.errors import NotFound
from bulq.models import AuditEntry, Product
from bulq.queries.catalogue_file import catalogue_size
from bulq.services.groups import renew_invite
from bulq.state.admin import catalogue_file
from bulq.state.admin.audit import AuditState
from bulq.state.admin.catalogue_file import CatalogueFileState
from bulq.state.auth import AuthState, act, address, look
from tests.cast import Cast, assemble
from tests.conftest import Scene
from tests.states.tabs import WRONG_TYPES, do, do_aside, open_tab


@pytest.fixture
def cast(scene: Scene) -> Cast:
    return scene(assemble)


async def test_the_record_is_searched_and_narrowed_down(cast: Cast) -> None:
    page = await open_tab(AuditState, cast.ada, "/admin/audit")
    await do(page, "open")
    assert page.ready
    assert {"Ana made the group Liman.", "Mila joined Liman."} <= {row.name for row in page.rows}

    await do(page, "narrow", "topic", "groups")
    await do(page, "search", "bojan")
    assert [row.name for row in page.rows] == ["Bojan joined Liman."]
    assert page.export == "/api/v1/admin/audit.csv?typed=bojan&topic=groups"
    assert ["group", str(cast.group_id)] in page.rows[0].details

    await do(page, "narrow", "nonsense", "x")
    await do(page, "narrow", "from", "2100-01-01")
    assert page.rows == []


@pytest.mark.parametrize("state", [AuditState, CatalogueFileState])
async def test_m1_to_everybody_else_the_pages_are_empty(cast: Cast, state: type[AuditState]) -> None:
    """M1: page and action."""
    page = await open_tab(state, cast.ana, "/admin/audit")

    await do(page, "open")

    assert not page.ready


@pytest.mark.parametrize("strange", WRONG_TYPES)
async def test_what_no_browser_reports_says_nothing(cast: Cast, strange: Any) -> None:
    page = await open_tab(CatalogueFileState, cast.ada, "/admin/catalogue")

    await do(page, "not_received", strange)
    await do(page, "set_leave_out", strange)

    assert (page.step, page.alert, page.refused) == ("", "", True)


def sent(who: Actor, *lines: str) -> str:
    """The token of a file that was received."""
    with uploads.receiving(who.id) as (token, file):
        file.write("\n".join(("name,unit", *lines)).encode())
    return token


async def test_a_file_is_checked_and_taken_in(cast: Cast) -> None:
    page = await open_tab(CatalogueFileState, cast.ada, "/admin/catalogue")

    await do_aside(page, "check", sent(cast.ada, "Salt,kg", "Sugar,kg"), "goods.csv")
    assert (page.step, page.good, page.changes, page.refused) == ("checked", "2", 2, False)
    await do_aside(page, "take_in")

    assert (page.step, page.products) == ("done", "4")


async def test_whatever_fails_the_page_is_busy_no_longer(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    page = await open_tab(CatalogueFileState, cast.ada, "/admin/catalogue")
    await do_aside(page, "check", "A" * 22, "goods.csv")
    assert page.step == "" and "any more" in page.alert

    def break_down(*_args: object, **_more: object) -> None:
        raise RuntimeError("the disk is full")

    token = sent(cast.ada, "Salt,kg")
    with monkeypatch.context() as broken, pytest.raises(RuntimeError):
        broken.setattr(catalogue_file, "preview_catalogue", break_down)
        await do_aside(page, "check", token, "goods.csv")
    assert (page.step, page.alert) == ("", "")
    await do_aside(page, "check", token, "goods.csv")
    with monkeypatch.context() as broken, pytest.raises(RuntimeError):
        broken.setattr(catalogue_file, "import_list", break_down)
        await do_aside(page, "take_in")
    assert (page.step, page.alert) == ("", "")


async def test_a_file_sent_later_is_the_one_that_is_shown(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    """Also where the earlier one takes longer."""
    page = await open_tab(CatalogueFileState, cast.ada, "/admin/catalogue")
    second_is_done, preview = Event(), catalogue_file.preview_catalogue

    def take_longer(session: Session, actor: Actor, file: BinaryIO, **more: Any) -> Any:
        found = preview(session, actor, file, **more)
        if found.rows == 1:
            second_is_done.wait(10)
        return found

    monkeypatch.setattr(catalogue_file, "preview_catalogue", take_longer)
    first = asyncio.create_task(do_aside(page, "check", sent(cast.ada, "Salt,kg"), "first.csv"))
    while page.percent == 0:
        await asyncio.sleep(0.01)
    await do_aside(page, "check", sent(cast.ada, "Salt,kg", "Sugar,kg"), "second.csv")
    second_is_done.set()
    await first

    assert (page.file_name, page.step, page.rows) == ("second.csv", "checked", "2")
    await do_aside(page, "take_in")
    assert page.products == "4"


async def test_a_lost_connection_does_not_end_reading_a_file(cast: Cast) -> None:
    page = await open_tab(CatalogueFileState, cast.ada, "/admin/catalogue")
    page.step, page.file_name = "importing", "goods.csv"

    await do(page, "open")

    assert (page.ready, page.step, page.file_name) == (True, "importing", "goods.csv")
    page.step = "done"
    await do(page, "open")
    assert (page.step, page.file_name) == ("done", "goods.csv")


async def test_m1_nobody_else_checks_or_takes_in_a_file(cast: Cast) -> None:
    """M1: page and action."""
    page = await open_tab(CatalogueFileState, cast.ana, "/admin/catalogue")

    await do_aside(page, "check", sent(cast.ana, "Salt,kg"), "goods.csv")
    assert (page.step, page.rows, page.figures) == ("", "", []) and page.alert
    page.step, page._token = "checked", sent(cast.ana, "Salt,kg")
    await do_aside(page, "take_in")

    assert (page.step, page.figures) == ("", []) and page.alert
    with pytest.raises(NotFound):
        await look(page, catalogue_size)
    names = db.read_now(lambda session: session.scalars(select(Product.name)).all())
    assert sorted(names) == ["Basmati rice 5 kg", "Tomatoes"]


async def test_a_change_is_recorded_with_the_address_of_the_socket(cast: Cast) -> None:
    page = await open_tab(AuthState, cast.ana, "/")
    headers = {"asgi-scope-client": "192.0.2.1", "x-forwarded-for": "6.6.6.6, 203.0.113.5"}
    cookie = page.router.headers.cookie
    page.router = RouterData.from_router_data({"headers": {**headers, "cookie": cookie}, "token": "tab"})
    assert address(page) == "192.0.2.1"
    settings.trusted_proxy_hops = 1

    await act(page, renew_invite, cast.group_id)

    entries = db.read_now(lambda session: session.scalars(select(AuditEntry)).all())
    assert [entry.address for entry in entries if entry.action == "invite_renewed"] == ["203.0.113.5"]
