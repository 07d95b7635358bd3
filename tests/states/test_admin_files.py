"""The pages of the record and of the catalogue's file, and where somebody's changes are recorded to come from."""

from __future__ import annotations

import pytest
from reflex.istate.data import RouterData
from sqlmodel import select

from bulq import db
from bulq.config import settings
from bulq.models import AuditEntry
from bulq.services.groups import renew_invite
from bulq.state.audit import AuditState
from bulq.state.auth import act, address
from bulq.state.catalogue_file import CatalogueFileState
from bulq.state.manage import ManageState
from tests.cast import Cast, assemble
from tests.states.tabs import do, open_tab


@pytest.fixture
def cast(database: str) -> Cast:
    with db.transaction() as session:
        return assemble(session)


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


async def test_a_change_is_recorded_with_the_address_of_the_socket(cast: Cast) -> None:
    page = await open_tab(ManageState, cast.ana, "/")
    headers = {"asgi-scope-client": "192.0.2.1", "x-forwarded-for": "6.6.6.6, 203.0.113.5"}
    cookie = page.router.headers.cookie
    page.router = RouterData.from_router_data({"headers": {**headers, "cookie": cookie}, "token": "tab"})
    assert address(page) == "192.0.2.1"
    settings.trusted_proxy_hops = 1

    await act(page, renew_invite, cast.group_id)

    entries = db.read_now(lambda session: session.scalars(select(AuditEntry)).all())
    assert [entry.address for entry in entries if entry.action == "invite_renewed"] == ["203.0.113.5"]
