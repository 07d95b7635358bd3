"""What of Reflex's insides this app leans on is still there, and does what it is leaned on for."""

from __future__ import annotations

import asyncio
import inspect
import re
import time
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
import reflex_base
from reflex.app import EventNamespace
from reflex.istate.manager.memory import StateManagerMemory
from reflex.state import FrontendEventExceptionState
from reflex_base.event.processor import BaseStateEventProcessor
from reflex_base.registry import RegistrationContext
from reflex_base.utils.form import FORM_DATA_ENTRIES_KEY

from bulq import events, reflex_internals
from bulq.bulq import app
from bulq.config import settings
from bulq.state.auth import AuthState, person_at
from bulq.state.refusals import event_of
from bulq.state.run.adding import AddingState

STATE = "reflex___state____state"


def test_reflex_has_no_handlers_but_those_known_here() -> None:
    """A new one must be looked at: any client may call it."""
    own = {name for name in RegistrationContext.get().event_handlers if "bulq___" not in name}
    not_for_pages = {"hydrate", *(name.removeprefix(f"{STATE}.") for name in own if name.endswith(".setvar"))}
    not_for_pages.add("reflex___state____update_vars_internal_state.update_vars_internal")

    assert {name.removeprefix(f"{STATE}.") for name in own} == reflex_internals.OWN_HANDLERS | not_for_pages


def test_names_that_clients_think_of_are_not_remembered() -> None:
    before = reflex_internals._handler.cache_info().currsize

    for n in range(100):
        assert reflex_internals.handler(f"{STATE}.bulq___state___{n}.x") is None

    assert reflex_internals._handler.cache_info().currsize == before


def test_what_the_built_pages_call_by_themselves_may_be_called() -> None:
    script = (Path(reflex_base.__file__).parent / ".templates/web/utils/state.js").read_text("utf-8")

    assert 'socket.emit("event", encodeFormDataArgs(' in script
    assert f'FORM_DATA_ENTRIES_KEY = "{FORM_DATA_ENTRIES_KEY}"' in script
    called = re.search(r"event\.router_data = \{\s*pathname: [^}]*asPath: [^}]*\};", script)
    assert called and "event.router_data.query = query" in script
    for name in reflex_internals.OWN_HANDLERS:
        assert reflex_internals.handler(f"{STATE}.{name}"), name


def test_a_socket_offers_no_other_event_than_those_guarded() -> None:
    """Of these, connect and disconnect are refused before anything decodes them."""
    offered = {name for name, _ in inspect.getmembers(EventNamespace, inspect.isfunction) if name.startswith("on_")}

    assert offered == {"on_connect", "on_disconnect", "on_event", "on_ping", "on_client_error"}


def test_a_connect_sends_its_first_event_where_it_is_checked() -> None:
    assert "await self.on_event(sid, boot_event)" in inspect.getsource(EventNamespace.on_connect)
    assert "self.sid_to_token.get(sid)" in inspect.getsource(EventNamespace.on_disconnect)


def test_events_of_a_tab_wait_in_its_own_queue() -> None:
    processor = BaseStateEventProcessor()

    assert processor._token_queues == {} and processor._tasks == {}
    assert "|{entry.ctx.token}|" in inspect.getsource(BaseStateEventProcessor._create_event_task)


@pytest.mark.parametrize(
    "text",
    [
        "TypeError: Cannot read properties of null (reading 'x')",
        "TypeError: null is not an object (evaluating 'x.y')",
        'TypeError: can\'t access property "of" of null',
        'TypeError: can\'t access property "x", a.b is null',
    ],
)
def test_pages_that_fail_because_they_are_old_are_known(text: str) -> None:
    reflexes = FrontendEventExceptionState.__dict__["auto_reload_on_errors"]

    assert any(pattern.search(text) for pattern in reflex_internals.FAILURES_OF_OLD_PAGES)
    assert isinstance(reflexes, list) and len(reflexes) in (3, 4)


def test_looking_whether_a_page_is_old_takes_time_in_proportion_to_the_text() -> None:
    begin = "TypeError: can't access property \""
    for piece in (begin, f'{begin}", ', f'{begin}", x', '", ', " is null", f'{begin}x" of nul', "TypeError: "):
        text = (begin + piece * (1_000_000 // len(piece)))[:1_000_000]
        for pattern in reflex_internals.FAILURES_OF_OLD_PAGES:
            took: list[float] = []
            while len(took) < 5 and min(took, default=1) > 0.05:
                began = time.thread_time()
                pattern.search(text)
                took.append(time.thread_time() - began)
            assert min(took) < 0.05, (pattern, piece)


class Socket:
    """A tab with a socket of this process, as far as Reflex knows of it."""

    def __init__(self) -> None:
        self.tab, self.sid = str(uuid4()), str(uuid4())

    async def open(self) -> Any:
        assert app.event_namespace is not None
        await app.event_namespace._token_manager.link_token_to_sid(self.tab, self.sid)
        return await app.state_manager.get_state(reflex_internals._token(self.tab))

    def close(self) -> None:
        assert app.event_namespace is not None
        app.event_namespace.on_disconnect(self.sid)


@pytest.fixture
async def guarded(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[None]:
    """The app's namespace with its guard, and soon forgetting."""
    namespace = app.event_namespace
    for name in ("on_event", "on_disconnect", "trigger_event"):
        monkeypatch.setattr(namespace, name, getattr(namespace, name))  # what the guard changes is changed back
    monkeypatch.setattr(events, "SIGNED_OUT_KEPT", 0.05)
    monkeypatch.setattr(app, "_state_manager", manager := StateManagerMemory())
    events.Events(app, event_of, person_at).guard()
    yield
    await manager.close()


def kept(*sockets: Socket) -> list[bool]:
    return [reflex_internals.state_of(app, each.tab) is not None for each in sockets]


async def test_a_tab_that_nobody_is_signed_in_at_is_forgotten_soon_after_its_socket(guarded: None) -> None:
    nobodys, somebodys, back = Socket(), Socket(), Socket()
    for each in (nobodys, somebodys, back):
        await each.open()
    state = reflex_internals.state_of(app, somebodys.tab)
    reflex_internals.substate_of(state, AuthState).user_id = "ana"  # pyright: ignore[reportArgumentType]

    for each in (nobodys, somebodys, back):
        each.close()
    await asyncio.sleep(0.01)
    assert kept(nobodys, somebodys, back) == [True, True, True], "a page whose connection was lost for a moment"
    back.sid = str(uuid4())
    await back.open()
    await asyncio.sleep(0.1)

    assert kept(nobodys, somebodys, back) == [False, True, True]
    assert reflex_internals.is_connected_here(app, back.tab)
    back.close()


async def test_a_tab_is_not_forgotten_while_an_event_of_it_is_dealt_with(guarded: None) -> None:
    busy = Socket()
    await busy.open()
    async with app.state_manager.modify_state(reflex_internals._token(busy.tab)):
        busy.close()
        await asyncio.sleep(0.15)
        assert kept(busy) == [True]
    await asyncio.sleep(0.15)

    assert kept(busy) == [False]


async def test_of_one_persons_closed_tabs_only_so_many_are_kept(guarded: None) -> None:
    settings.sockets_per_session = 3
    tabs = [Socket() for _ in range(5)]
    for each in tabs:
        state = await each.open()
        (await state.get_state(AuthState)).user_id = "ana"
        (await state.get_state(AddingState)).reset()
    for each in tabs:
        each.close()
        await asyncio.sleep(0.02)

    assert kept(*tabs) == [False, False, True, True, True]


async def test_only_the_right_number_of_arguments_reaches_a_method(
    guarded: None, caplog: pytest.LogCaptureFixture
) -> None:
    namespace: Any = app.event_namespace

    for arguments in (("event",), ("event", {}, {}), ("ping", "x"), ("client_error", {}, {}), ("nothing", {})):
        name, *rest = arguments
        await namespace.trigger_event(name, "a-socket", *rest)

    said = [record.getMessage() for record in caplog.records]
    assert said == ["client mistake: a malformed event"] * 4


@pytest.fixture(autouse=True)
def told_anew() -> Iterator[None]:
    events.client_mistakes.forget()
    yield


def test_pages_open_one_connection_by_socket_io() -> None:
    """assets/live/socket_io.js stands in for that module, and assets/live/live.js rides on what it opens."""
    written = (Path(reflex_base.__file__).parent / ".templates/web/utils/state.js").read_text("utf-8")

    assert re.findall(r'import (.*) from "socket.io-client"', written) == ["io"]
    assert len(re.findall(r"\bio\(", written)) == 1
    assert "reconnection: false" in written  # Reflex connects anew itself, and /live with it
