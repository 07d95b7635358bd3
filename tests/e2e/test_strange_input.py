"""Addresses and messages nobody's page would send: a friendly answer, and nothing changes."""

from __future__ import annotations

import inspect
import json
from itertools import cycle
from typing import Any

import pytest
import reflex as rx
from playwright.sync_api import Page, expect
from sqlmodel import SQLModel, select

import bulq.bulq  # noqa: F401  # brings in every state there is
from bulq.domain.phases import Phase
from bulq.models import UserSession
from bulq.services import accounts
from bulq.sessions import token_hash
from bulq.state.account.profile import ProfileState
from tests.cast import World, build
from tests.e2e.pages import my_quantity_is, press, until, wanted_is
from tests.e2e.stage import Stage

RICE = "Basmati rice 5 kg"
KEEP_SOCKETS = """
window.sockets = [];
window.WebSocket = class extends window.WebSocket {
    constructor(...args) { super(...args); window.sockets.push(this); }
};
"""
STRANGE: tuple[Any, ...] = (
    None, "", -1, 10**30, 1e308, True, [], {}, [[[]]], {"a": {"b": 1}}, "x" * 50_000, "'; DROP TABLE run; --",
    "<script>alert(1)</script>", "\u202eevil", "../../etc/passwd", "NaN", "0", "１２", "\ud83d", "a\u0000b",
)  # fmt: skip


NOBODY = "01a20ebe-47a6-73bc-b3f4-3db1a288fc98"  # an id that nothing has


@pytest.mark.parametrize(
    "path",
    [
        "/nowhere",
        "/runs/not-an-id",
        f"/runs/{NOBODY}",
        f"/runs/{NOBODY}/shopping",
        "/runs/%F0%9F%8D%85",
        f"/groups/{NOBODY}",
        "/groups/1%27%20OR%201=1/manage",
    ],
)
def test_an_unknown_address_is_answered_by_a_friendly_page(stage: Stage, path: str) -> None:
    cast = stage.assemble()
    ana = stage.window(cast.ana, path)

    expect(ana.get_by_role("heading", name="There is nothing here")).to_have_count(1)
    ana.get_by_role("link", name="Back to home").click()

    expect(ana.get_by_role("heading", name="Liman")).to_be_visible()


def test_no_message_of_an_outsider_changes_anything(stage: Stage) -> None:
    """Every handler of every page, called by Eva with the ids of a group she isn't in, in each phase."""
    stage.may_fail = True
    world = stage.write(build)
    before = stage.write(_everything)
    eva = _wired(stage, world)
    ids = [world.cast.group_id, world.cast.rice, world.cast.bojan.id, world.cast.store_id, *world.runs.values()]
    values = cycle([*map(str, ids), "1", 1, True])

    for run in world.runs.values():
        for handler, parameters in _handlers():
            _send(eva, handler, {name: next(values) for name in parameters}, run_id=run, group_id=world.cast.group_id)
    _all_dealt_with(stage, eva, world)

    _still_well(stage, world)
    after = stage.write(_everything)
    for table, rows in before.items():
        assert rows <= after[table], f"something in {table} was changed"
    for table in FOREIGN:
        assert before[table] == after[table], f"something was added to {table}"


def test_strange_messages_are_refused_and_the_server_stays_well(stage: Stage) -> None:
    stage.may_fail = True
    world = stage.write(build)
    before = stage.write(_everything)
    eva = _wired(stage, world)
    values = cycle(STRANGE)

    run = world.runs[Phase.ACTIVE]
    for _ in range(3):
        for handler, parameters in _handlers():
            _send(eva, handler, {name: next(values) for name in parameters}, run_id=run, group_id=next(values))
            next(values)
    _all_dealt_with(stage, eva, world)
    for handler, payload in (
        ("reflex___state____state.no_such_state.no_such_handler", {}),
        ("__class__", {}),
        ("", {}),
        (_handlers()[0][0], {"unknown": 1}),
        (_handlers()[0][0], []),
        (_handlers()[0][0], "text"),
    ):
        _send(eva, handler, payload, run_id=run)
    for raw in (
        "",
        "42",
        "42/_event,",
        '42/_event,["event"]',
        '42/_event,["event",null]',
        "42/_event,[[[[",
        "9" * 5000,
    ):
        _say(eva, raw)
        eva = _wired(stage, world) if raw == "" else eva
    _say(eva, '42/_event,["event",{"name":"' + "x" * 2_000_000 + '"}]')

    _still_well(stage, world)
    after = stage.write(_everything)
    for table in FOREIGN:
        assert before[table] == after[table], f"something in {table} was changed"


def _wired(stage: Stage, world: World) -> Page:
    """Eva's page, with its socket at hand."""
    eva = stage.window(world.cast.eva)
    eva.context.add_init_script(KEEP_SOCKETS)
    eva.reload()
    expect(eva.get_by_role("link", name="Notifications")).to_be_visible()
    return eva


def _handlers() -> list[tuple[str, list[str]]]:
    """Every handler a page of ours has, as it is called over the socket, with its parameters."""
    found: list[tuple[str, list[str]]] = []
    for state in sorted(rx.State.get_substates(), key=str):
        if not state.__module__.startswith("bulq."):
            continue
        for name, handler in state.event_handlers.items():
            parameters = list(inspect.signature(handler.fn).parameters)[1:]
            found.append((f"{state.get_full_name()}.{name}", parameters))
    return found


def _send(page: Page, handler: str, payload: Any, **query: Any) -> None:
    router = {"pathname": "/", "asPath": "/", "query": {key: str(value) for key, value in query.items()}}
    event = {"name": handler, "payload": payload, "router_data": router}
    _say(page, "42/_event," + json.dumps(["event", event]))


def _say(page: Page, raw: str) -> None:
    page.evaluate("(raw) => { const s = window.sockets.at(-1); if (s && s.readyState === 1) s.send(raw); }", raw)


def _all_dealt_with(stage: Stage, eva: Page, world: World) -> None:
    """The last message is one that Eva may send: once it has worked, those before it have been answered.

    It ends a session of hers. It is said again should what came before have led her browser elsewhere.
    """
    token = stage.do(accounts.start_session, world.cast.eva.id, "Another device")
    other = select(UserSession.id).where(UserSession.token_hash == token_hash(token))
    session_id = stage.write(lambda session: session.scalars(other).one())

    def has_worked() -> bool:
        _send(eva, f"{ProfileState.get_full_name()}.end", {"session_id": str(session_id)})
        eva.wait_for_timeout(200)
        return stage.write(lambda session: session.scalars(other).first()) is None

    until(has_worked, 30)


def _still_well(stage: Stage, world: World) -> None:
    """Two others bid as if nothing had happened, once all that was sent has been dealt with."""
    run = world.runs[Phase.ACTIVE]
    ana, bojan = (stage.window(who, f"/runs/{run}") for who in (world.cast.ana, world.cast.bojan))
    wanted_is(ana, RICE, "10 packs", timeout=10_000)
    press(bojan, f"One more {RICE}")
    wanted_is(ana, RICE, "11 packs", timeout=10_000)
    press(bojan, f"One less {RICE}")
    wanted_is(ana, RICE, "10 packs", timeout=10_000)
    my_quantity_is(bojan, RICE, "3")


FOREIGN = ("runs", "bids", "participants", "list_items", "purchases", "allocations", "phase_entries")
VOLATILE = {"seen_at", "updated_at", "theme", "made_at", "read_at"}


def _everything(session) -> dict[str, set[str]]:
    """All rows of all tables but the sessions, as text."""
    found: dict[str, set[str]] = {}
    for table in SQLModel.metadata.sorted_tables:
        if table.name in ("user_sessions", "bid_raises"):
            continue
        columns = [column for column in table.columns if column.name not in VOLATILE]
        rows = session.execute(table.select()).mappings()
        found[table.name] = {repr([row[column.name] for column in columns]) for row in rows}
    return found
