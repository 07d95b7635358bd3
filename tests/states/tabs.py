"""A browser tab without a browser: a state tree with somebody's session and an address."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
from datetime import UTC, datetime
from typing import Any, TypeVar
from uuid import uuid4

import reflex as rx
from reflex.event import EventSpec
from reflex.istate.data import RouterData

import bulq.state
from bulq import db, sessions
from bulq.domain.actor import Actor
from bulq.services.accounts import start_session
from bulq.state.auth import AuthState, tab

S = TypeVar("S", bound=rx.State)
ORIGIN = "http://bulq.test"
WRONG_TYPES: list[Any] = [None, 7, -1.5, True, [], ["x"], {}, {"a": []}]


def states() -> list[type[rx.State]]:
    """Of all pages and dialogs."""
    modules = [importlib.import_module(each.name) for each in pkgutil.iter_modules(bulq.state.__path__, "bulq.state.")]
    found = {each for module in modules for _name, each in inspect.getmembers(module, inspect.isclass)}
    pages = [
        each for each in found if issubclass(each, rx.State) and each.__module__.startswith("bulq.") and not each._mixin
    ]
    return sorted(pages, key=lambda each: each.__name__)


def sign_in(actor: Actor) -> str:
    """The token of a new session."""
    return db.write_now(start_session, actor.id, "Mozilla/5.0 (X11; Linux) Firefox/132.0", now=datetime.now(UTC))


async def open_tab(state: type[S], actor: Actor | None, path: str = "/", **params: object) -> S:
    """The page's state in a new tab at `path`; `params` are the parts of the address in brackets."""
    root = rx.State()
    cookie = f"{sessions.cookie_name()}={sign_in(actor)}" if actor else ""
    _at(root, f"tab-{uuid4()}", cookie, path, params)
    return await root.get_state(state)


def _at(root: Any, token: str, cookie: str, path: str, params: dict[str, object]) -> None:
    data: dict[str, Any] = {
        "headers": {"cookie": cookie, "origin": ORIGIN},
        "token": token,
        "asPath": path,
        "query": {name: str(value) for name, value in params.items()},
    }
    root.router = RouterData.from_router_data(data)


async def load(page: rx.State, path: str = "", **params: object) -> None:
    """What happens when the page comes to `path`; without one, when its connection is back."""
    if path:
        root: Any = page
        while root.parent_state is not None:
            root = root.parent_state
        _at(root, tab(page), page.router.headers.cookie, path, params)
    await do(await page.get_state(AuthState), "load")
    await do(page, "open")


class Aside:
    """A page as a task in the background holds it, which changes it only within `async with`."""

    def __init__(self, page: rx.State) -> None:
        self.__dict__.update(_page=page, _held=False)

    async def __aenter__(self) -> Aside:
        self.__dict__["_held"] = True
        return self

    async def __aexit__(self, *_: object) -> None:
        self.__dict__["_held"] = False

    def __getattr__(self, name: str) -> Any:
        return getattr(self._page, name)

    def __setattr__(self, name: str, value: Any) -> None:
        assert self._held
        setattr(self._page, name, value)


async def do_aside(page: rx.State, handler: str, *args: Any) -> Any:
    """Let a task in the background run to its end."""
    return await type(page).event_handlers[handler].fn(Aside(page), *args)


async def do(page: rx.State, handler: str, *args: Any) -> list[EventSpec]:
    """Let a handler run; what it wants to happen next."""
    wanted = await getattr(page, handler)(*args)
    return wanted if isinstance(wanted, list) else [wanted] if wanted is not None else []


def told(events: list[EventSpec]) -> str:
    """What the events say, where they lead, in one text to look into."""
    return " ".join(str(argument) for event in events for pair in event.args for argument in pair)
