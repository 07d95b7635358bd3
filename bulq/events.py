"""The one place where what a page's events say comes in: their names, the types of their arguments, and every text."""

from __future__ import annotations

import asyncio
import re
import types
import typing
from collections.abc import Callable
from typing import Any

import reflex as rx

from bulq import client_mistakes, limits, pacing, reflex_internals
from bulq.config import settings
from bulq.domain.errors import BulqError, Invalid

LONGEST_TEXT = 4096  # characters; longer than anything a page has a field for
DEEPEST = 12  # lists in lists
LARGEST_NUMBER = 2**53  # beyond it JavaScript has no exact integers
MOST_WAITING = 20  # events of one tab; then its socket is read no further
PAUSE = 0.05  # seconds between two looks whether they have become fewer
SIGNED_OUT_KEPT = 30.0  # seconds that what a tab without a person showed is kept after its socket has gone

DIGITS = re.compile(r"-?[0-9]{1,15}")

Refuse = Callable[[BulqError], dict[str, Any]]


class Wrong(Exception):
    """No page of ours sends this; the text says what kind of mistake it is."""


class Events:
    """Guards the event namespace of an app.

    `refuse` makes the event that shows a refusal; `person(tab)` says whose page it is, "" nobody's.
    """

    def __init__(self, app: rx.App, refuse: Refuse, person: Callable[[Any], str]) -> None:
        self._app = app
        self._refuse = refuse
        self._person = person
        self._left: pacing.Recent[dict[str, None]] = pacing.Recent(dict)  # person → tabs that have no socket any more

    def guard(self) -> None:
        reflex_internals.reload_old_pages_in_linear_time()
        reflex_internals.guard(self._app, self._check, self._gone)

    async def _check(self, socket: str, data: Any) -> dict[str, Any] | None:
        try:
            event = checked(data)
        except Wrong as wrong:
            return client_mistakes.note(str(wrong), self._address(socket), _handler_in(data))
        except Invalid as refusal:
            event = self._refuse(refusal)
            try:
                event["router_data"] = _page(data.get("router_data") or {})
            except Invalid:
                return client_mistakes.note("a malformed address", self._address(socket))
        await self._until_fewer_wait(socket, event["name"])
        return event

    async def _until_fewer_wait(self, socket: str, name: str) -> None:
        tab, handler = reflex_internals.tab_of(self._app, socket), reflex_internals.handler(name)
        background = handler is not None and handler.background
        while tab and reflex_internals.waiting_events(self._app, tab, background=background) >= MOST_WAITING:
            await asyncio.sleep(PAUSE)
            tab = reflex_internals.tab_of(self._app, socket)

    def _address(self, socket: str) -> str:
        known = reflex_internals.headers_of(self._app, socket)
        return limits.address(known.get("asgi-scope-client", "unknown"), [known.get("x-forwarded-for", "")])

    def _gone(self, tab: str) -> None:
        asyncio.get_running_loop().call_later(SIGNED_OUT_KEPT, self._drop_if_nobodys, tab)
        if person := self._whose(tab):
            self._drop_older(person, tab)

    def _drop_older(self, person: str, tab: str) -> None:
        """Of the tabs that one person has left, keep no more than they may have open."""
        left = self._left.of(person)
        left.pop(tab, None)
        left[tab] = None
        for oldest in list(left)[: -settings.sockets_per_session]:
            del left[oldest]
            if not reflex_internals.is_connected_here(self._app, oldest):
                reflex_internals.drop_state(self._app, oldest)

    def _drop_if_nobodys(self, tab: str) -> None:
        """Whoever comes back later finds a new page, as after an hour anybody does."""
        if reflex_internals.is_connected_here(self._app, tab) or self._whose(tab):
            return
        if not reflex_internals.drop_state(self._app, tab):
            asyncio.get_running_loop().call_later(PAUSE, self._drop_if_nobodys, tab)

    def _whose(self, tab: str) -> str:
        state = reflex_internals.state_of(self._app, tab)
        return self._person(state) if state is not None else ""


def _handler_in(data: Any) -> str:
    """The handler that a wrong event is for, if there is one of this name; it says which page sends such things."""
    name = data.get("name") if isinstance(data, dict) else None
    return name if isinstance(name, str) and reflex_internals.handler(name) else ""


def checked(data: Any) -> dict[str, Any]:
    """The event as its handler may have it: right types, no text longer than LONGEST_TEXT.

    Raises Wrong for what no page sends, Invalid for a text that can't be stored, such as half of an emoji.
    """
    if not isinstance(data, dict):
        raise Wrong("a malformed event")
    name, payload, router = data.get("name"), data.get("payload") or {}, data.get("router_data") or {}
    handler = reflex_internals.handler(name) if isinstance(name, str) else None
    if handler is None:
        raise Wrong("an unknown event")
    if not isinstance(payload, dict) or not isinstance(router, dict):
        raise Wrong("a malformed event")
    if not handler.required <= payload.keys() <= handler.types.keys():
        raise Wrong("wrong arguments")
    payload = {key: value for key, value in payload.items() if key not in reflex_internals.UNUSED}
    arguments = {key: fitting(cut(value), handler.types[key]) for key, value in payload.items()}
    return {"name": name, "payload": arguments, "router_data": _page(router)}


def cut(value: Any, depth: int = 0) -> Any:
    """The same with every text in it cut."""
    match value:
        case str():
            if not value.isascii() and any("\ud800" <= character <= "\udfff" for character in value):
                raise Invalid("text_characters")
            return value[:LONGEST_TEXT]
        case dict() | list() if depth >= DEEPEST:
            raise Wrong("wrong arguments")
        case dict():
            return {cut(key): cut(each, depth + 1) for key, each in value.items()}
        case list():
            return [cut(each, depth + 1) for each in value]
        case _:
            return value


def fitting(value: Any, kind: Any) -> Any:
    """The value if it is of the kind a handler takes.

    A number is good enough for a text, digits are for a number. Pages send null for what is undefined there: no text.
    """
    origin, parts = typing.get_origin(kind) or kind, typing.get_args(kind)
    if origin in (typing.Union, types.UnionType):
        some = next(part for part in parts if part is not types.NoneType)
        return None if value is None else fitting(value, some)
    match value:
        case _ if origin is Any:
            return value
        case bool() if origin is bool:
            return value
        case str() if origin is str:
            return value
        case None if origin is str:
            return ""
        case int() | float() if origin is str and not isinstance(value, bool):
            return str(value)
        case int() if origin is int and not isinstance(value, bool) and abs(value) <= LARGEST_NUMBER:
            return value
        case str() if origin is int and DIGITS.fullmatch(value):
            return int(value)
        case list() if origin is list:
            return [fitting(each, parts[0]) for each in value]
        case dict() if origin is dict and _is_form(value.get(reflex_internals.FORM, [])):
            return value
    raise Wrong("wrong arguments")


def _is_form(entries: Any) -> bool:
    return isinstance(entries, list) and all(
        isinstance(entry, list) and len(entry) == 2 and isinstance(entry[0], str) for entry in entries
    )


def _page(router: dict[str, Any]) -> dict[str, Any]:
    """Where the tab is: its address, and what stands in it."""
    query = router.get("query", {})
    found = {key: fitting(cut(value), str) for key in ("pathname", "asPath") if (value := router.get(key)) is not None}
    if query:
        # An address that no page has comes in parts: {"splat": ["no", "where"]}.
        found["query"] = {
            key: fitting(value, list[str] if isinstance(value, list) else str)
            for key, value in fitting(cut(query), dict).items()
        }
    return found


def page_failed(exception: Exception) -> None:
    """What a browser says of a page that failed: one line of it."""
    client_mistakes.note("a page failed", detail=str(exception))
