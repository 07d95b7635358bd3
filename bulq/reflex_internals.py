"""All that leans on what Reflex keeps to itself. tests/test_reflex_internals.py fails when a new one changes it."""

from __future__ import annotations

import inspect
import re
import typing
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

import reflex as rx
from reflex.istate.manager.token import BaseStateToken
from reflex.state import FrontendEventExceptionState, State
from reflex_base.registry import RegistrationContext
from reflex_base.utils.form import FORM_DATA_ENTRIES_KEY

# Reflex's own handlers that its pages call. What else it has is called by the server, or by things not used here.
OWN_HANDLERS = frozenset(
    {
        "hydrate",
        "hydrate_and_load",
        "set_is_hydrated",
        "reflex___state____on_load_internal_state.on_load_internal",
        "reflex___state____on_load_internal_state.set_is_hydrated",
        "reflex___state____frontend_event_exception_state.handle_frontend_exception",
    }
)
UNUSED = frozenset({"vars"})  # arguments of these: what browsers store for a page; no page here has them store anything
# When a page fails like this, Reflex has it loaded anew. Its own patterns look at a long text again and again.
FAILURES_OF_OLD_PAGES = (
    re.compile(re.escape("TypeError: Cannot read properties of null")),
    re.compile(re.escape("TypeError: null is not an object")),
    re.compile(r"TypeError: can't access property \"[^\"\n]{0,100}\"(?:, .{0,100})? (?:of|is) null"),
)
FORM = FORM_DATA_ENTRIES_KEY  # a form rides as {FORM: [[name, value], …]}


@dataclass(frozen=True, slots=True)
class Handler:
    """What a handler that a page may call takes: the type of each argument, and those that must be there."""

    types: Mapping[str, Any]
    required: frozenset[str]
    background: bool


def handler(name: str) -> Handler | None:
    """The handler of this full name, if pages may call it."""
    if name not in RegistrationContext.get().event_handlers or not _may_be_called(name):
        return None  # not remembered: clients can think of any number of names
    return _handler(name)


@cache
def _handler(name: str) -> Handler:
    found = RegistrationContext.get().event_handlers[name]
    parameters = list(inspect.signature(found.handler.fn).parameters.values())[1:]
    hints = typing.get_type_hints(found.handler.fn)
    return Handler(
        {each.name: hints.get(each.name, Any) for each in parameters},
        frozenset(each.name for each in parameters if each.default is each.empty),
        found.handler.is_background,
    )


def _may_be_called(name: str) -> bool:
    state, _dot, method = name.rpartition(".")
    if method == "setvar":
        return False
    own = name.removeprefix(f"{State.get_full_name()}.")
    return own in OWN_HANDLERS or "bulq___" in state


def reload_old_pages_in_linear_time() -> None:
    FrontendEventExceptionState.auto_reload_on_errors = list(FAILURES_OF_OLD_PAGES)


def tab_of(app: rx.App, socket: str) -> str | None:
    """The token of the tab that this socket of the event namespace belongs to."""
    return _namespace(app).sid_to_token.get(socket)


def headers_of(app: rx.App, socket: str) -> Mapping[str, str]:
    """Those of the request that opened this socket, and the address it came from as asgi-scope-client."""
    return _namespace(app)._static_router_data.get(socket, {}).get("headers", {})


def is_connected_here(app: rx.App, tab: str) -> bool:
    """Whether this process has the tab's socket."""
    manager = _namespace(app)._token_manager
    record = manager.token_to_socket.get(tab)
    return record is not None and record.instance_id == manager.instance_id


def waiting_events(app: rx.App, tab: str, *, background: bool) -> int:
    """How many events of a tab are waiting or being dealt with; those in the background only when asked for."""
    processor = app.event_processor
    waiting = len(processor._token_queues.get(tab, ()))
    if background:
        waiting += sum(f"|{tab}|" in task.get_name() for task in processor._tasks.values())
    return waiting


def state_of(app: rx.App, tab: str) -> State | None:
    """All that is kept of a tab, if anything is."""
    return app.state_manager.states.get(_token(tab).cache_key)  # pyright: ignore[reportAttributeAccessIssue]


def substate_of(root: State, kind: type[rx.State]) -> Any:
    """The state of this kind as it is now, without reading anything."""
    return root.get_substate(kind.get_full_name().split(".")[1:])


def drop_state(app: rx.App, tab: str) -> bool:
    """Forget all that is kept of a tab; not while an event is being dealt with."""
    manager: Any = app.state_manager
    token = _token(tab)
    lock = manager._states_locks.get(token.lock_key)
    if lock is not None and lock.locked():
        return False
    manager._purge_token(token)
    return True


def _namespace(app: rx.App) -> Any:
    return app.event_namespace


def _token(tab: str) -> BaseStateToken:
    return BaseStateToken(ident=tab, cls=State)


def guard(
    app: rx.App,
    check: Callable[[str, Any], Any],
    gone: Callable[[str], None],
) -> None:
    """Have `check(socket, event)` look at each event before Reflex does, and say by `gone(tab)` which tab has left.

    `check` returns the event to be dealt with, or None. Events of other names come through with the right number of
    arguments only.
    """
    namespace = _namespace(app)
    on_event, on_disconnect, trigger = namespace.on_event, namespace.on_disconnect, namespace.trigger_event

    async def checked(sid: str, data: Any) -> None:
        if (event := await check(sid, data)) is not None:
            await on_event(sid, event)

    def left(sid: str, *_reason: Any) -> Any:
        tab = tab_of(app, sid)
        result = on_disconnect(sid)
        if tab is not None:
            gone(tab)
        return result

    async def triggered(event: str, *arguments: Any) -> Any:
        method = getattr(namespace, f"on_{event}", None)
        if method is None:
            return None
        try:
            inspect.signature(method).bind(*arguments)
        except TypeError:
            return await check(arguments[0], None)
        return await trigger(event, *arguments)

    namespace.on_event, namespace.on_disconnect, namespace.trigger_event = checked, left, triggered
