"""Pages to who is not signed in: they lead to the login, show nothing and change nothing."""

from __future__ import annotations

import inspect
from contextlib import suppress
from typing import Any

import pytest
import reflex as rx
from sqlalchemy import func, select
from sqlalchemy.orm import Session
from sqlmodel import SQLModel

from bulq import db
from bulq.domain.errors import BulqError, NotSignedIn
from bulq.domain.phases import Phase
from bulq.services import prices
from bulq.state.auth import AuthState
from bulq.state.finding import StoresFound, TagsFound
from bulq.state.product.scan import ScanState
from bulq.state.search import ResultsState, SearchState
from tests.cast import NOW, Cast, assemble, bring_to
from tests.conftest import Scene
from tests.states.tabs import do, open_tab, states, told

CODE = "4006381333931"
Handlers = dict[str, tuple[Any, ...]]
# What a client could call without a page, and what of a page would show something.
PAGES: dict[type[rx.State], tuple[str, Handlers, tuple[str, ...]]] = {
    StoresFound: ("/products/{rice}", {"find": ("me",)}, ("found",)),
    TagsFound: ("/products/{rice}", {"find": ("ve", "diet")}, ("found",)),
    SearchState: ("/", {"find": ("rice",)}, ("hits",)),
    ResultsState: ("/search?q=rice", {"open": (), "turn": (1,)}, ("products", "stores", "groups")),
    ScanState: (
        "/scan",
        {"open": (), "scanned": (CODE,), "seek": ("rice",), "add_barcode": (), "save": ()},
        ("code", "found"),
    ),
}


def written(session: Session) -> Cast:
    cast = assemble(session)
    bring_to(session, cast, Phase.ACTIVE)
    prices.see_price(session, cast.ana, cast.rice, cast.store_id, 799, "EUR", now=NOW)
    return cast


@pytest.fixture
def cast(scene: Scene) -> Cast:
    return scene(written)


def rows() -> dict[str, int]:
    tables = SQLModel.metadata.sorted_tables
    return db.read_now(
        lambda session: {table.name: session.scalar(select(func.count()).select_from(table)) or 0 for table in tables}
    )


@pytest.mark.parametrize("state", PAGES, ids=lambda state: state.__name__)
async def test_signed_out_nothing_is_shown_and_nothing_changes(cast: Cast, state: type[rx.State]) -> None:
    address, handlers, shown = PAGES[state]
    path = address.format(rice=cast.rice, store_id=cast.store_id)
    page = await open_tab(state, None, path, product_id=cast.rice, store_id=cast.store_id)
    before = rows()

    told_them = told(await do(await page.get_state(AuthState), "load"))
    refused = 0
    for name, arguments in handlers.items():
        try:
            await do(page, name, *arguments)
        except NotSignedIn:
            refused += 1

    assert "/login?next=" in told_them and refused
    assert not any(getattr(page, name) for name in shown)
    assert rows() == before


# What is not empty before a page is read. No right is given, nothing is open, and nothing is said to be so.
START: dict[str, dict[str, Any]] = {
    "AddingState": {"unit": "piece", "step": "1", "per": "1"},
    "AdminProductsState": {"unit": "piece", "step": "1", "content_unit": "kg"},
    "AdminSettingsState": {"processes": 1},
    "AdminTagsState": {"kind": "category"},
    "AuditState": {"export": "/api/v1/admin/audit.csv"},
    "CatalogueFileState": {"refused": True},
    "DashboardState": {"most_runs": 1},
    "StoreListState": {"header": "0", "stopped": True},
    "ListingState": {"unit": "piece", "step": "1"},
    "ProfileState": {"language": "en"},
    "ScanState": {"unit": "piece", "step": "1", "has_content": True, "content_unit": "kg"},
}


@pytest.mark.only("sqlite")
@pytest.mark.parametrize("state", states(), ids=lambda state: state.__name__)
async def test_a_page_starts_empty_and_stays_so_signed_out(cast: Cast, state: type[rx.State]) -> None:
    ids = {"run_id": cast.rice, "group_id": cast.group_id, "store_id": cast.store_id, "product_id": cast.rice}
    page = await open_tab(state, None, "/", token="x", **ids)
    before = rows()

    values = {name: getattr(page, name) for name in state.base_vars}
    told_apart = {name: value for name, value in values.items() if isinstance(value, (bool, int, str)) and value}
    for name, handler in state.event_handlers.items():
        count = len(inspect.signature(handler.fn).parameters) - 1
        if name != "setvar" and not handler.is_background:
            with suppress(BulqError):
                await do(page, name, *["1"] * count)

    assert told_apart == {**{name: 1 for name in ("page", "pages") if name in values}, **START.get(state.__name__, {})}
    assert rows() == before
