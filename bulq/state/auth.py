"""Who is looking: the session of this tab, and the door to use cases and views."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, Concatenate, ParamSpec, TypeVar
from urllib.parse import quote
from uuid import UUID

import reflex as rx

from bulq import db, limits, metrics, pacing, reflex_internals, sessions
from bulq.db import Session
from bulq.domain.actor import Actor
from bulq.domain.errors import NotFound, NotSignedIn
from bulq.log import bound
from bulq.operations import BIDS, perform
from bulq.services import accounts
from bulq.watching import event_of

P = ParamSpec("P")
R = TypeVar("R")


def session_token(state: rx.State) -> str:
    """The session cookie as the socket's handshake carried it; empty when there is none."""
    return sessions.token_in(state.router.headers.cookie) or ""


def address(state: rx.State) -> str:
    """Of the machine this tab's socket comes from, as far as our own proxies tell."""
    headers = state.router.headers.raw_headers
    return limits.address(headers.get("asgi-scope-client", ""), [headers.get("x-forwarded-for", "")])


def tab(state: rx.State) -> str:
    return state.router.session.client_token


def uuid(text: str) -> UUID:
    """An id as the browser sent it; anything else is like an id that doesn't exist."""
    try:
        return UUID(str(text)[:40])
    except ValueError:
        raise NotFound() from None


def _person(state: rx.State) -> str:
    """Whose budget of reads this tab draws from."""
    return pacing.person_of(sessions.token_hash(session_token(state))) if session_token(state) else address(state)


def now() -> datetime:
    return datetime.now(UTC)


def _run_of(state: rx.State) -> str:
    return str(state.rx_router_page.params.get("run_id", ""))[:40]


async def act(state: rx.State, use_case: Callable[..., R], *args: Any, **kwargs: Any) -> R:
    """Run a use case as whoever this tab's session belongs to, in one transaction with the check of the session.

    Each spends from its actor's budget of the minute; beyond that it raises TooMany and changes nothing.
    """
    with event_of(use_case.__name__, _run_of(state)):
        result = await db.run(perform, session_token(state), address(state), use_case, *args, **kwargs)
    if use_case in BIDS:
        metrics.BIDS.inc()
    return result


def _looking(session: Session, token: str, fn: Callable[..., R], args: tuple[Any, ...], kwargs: dict[str, Any]) -> R:
    actor = accounts.actor_for(session, token, now=now())
    with bound(user=str(actor.id)):
        return fn(session, actor, *args, **kwargs)


def door(state: rx.State) -> Callable[..., Any]:
    """For work of many transactions on a thread of its own: runs a use case as whoever this tab's session belongs to.

    Each call checks the session; none spends from the budget of the minute.
    """
    token, where = session_token(state), address(state)

    def do(use_case: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Any:
        return db.write_now(_checked, token, where, use_case, args, kwargs)

    return do


def _checked(
    session: Session, token: str, where: str, fn: Callable[..., R], args: tuple[Any, ...], kwargs: dict[str, Any]
) -> R:
    return fn(session, accounts.actor_for(session, token, address=where, now=now()), *args, **kwargs)


def whoever(_session: Session, viewer: Actor) -> Actor:
    """Who looks."""
    return viewer


async def look(
    state: rx.State, view: Callable[Concatenate[Session, Actor, P], R], *args: P.args, **kwargs: P.kwargs
) -> R:
    """Read a view as whoever this tab's session belongs to."""
    with event_of(view.__name__, _run_of(state)):
        async with pacing.reading(person := _person(state)):
            result, seconds = await db.read(pacing.timed, _looking, session_token(state), view, args, kwargs)
            pacing.charge([person], seconds)
    return result


def _page(state: rx.State) -> str:
    """Which page the tab shows, with its query."""
    url = state.router.url
    return f"{url.path or '/'}?{url.query}".removesuffix("?")


class AuthState(rx.State):
    """The guard in front of every page that needs a session. What pages show of a person is in the view `me`."""

    signed_in: bool = False
    user_id: str = ""
    _is_admin: bool = False
    _page: str = ""  # where the tab was when a page was loaded last
    _opened: tuple[str, ...] = ()  # the states that have filled themselves there

    @rx.event
    async def load(self):
        """Signed out, it leads to the login and from there back to this page."""
        await self._recognise()
        if not self.signed_in:
            return rx.redirect(f"/login?next={quote(_page(self))}")

    @rx.event
    async def glance(self):
        """Like `load`, for pages that may be seen signed out."""
        await self._recognise()

    async def _recognise(self) -> None:
        """Whoever isn't the one from before, or as much, finds nothing of theirs in this tab."""
        token_hash = sessions.token_hash(session_token(self))
        try:
            actor = await look(self, whoever)
        except NotSignedIn:
            pacing.disown(token_hash)
            self._forget_who_it_was()
            return self._note_page()
        pacing.recognise(token_hash, str(actor.id))
        if (self.user_id, self._is_admin) != (str(actor.id), actor.is_admin):
            self._forget_who_it_was()
        self.signed_in, self.user_id, self._is_admin = True, str(actor.id), actor.is_admin
        self._note_page()

    def _forget_who_it_was(self) -> None:
        """In a new tab it was nobody, and emptying what is empty would send all of it once more."""
        if self.user_id:
            forget(self)

    def _note_page(self) -> None:
        if self._page != (page := _page(self)):
            self._page, self._opened = page, ()
            forget(self, AbovePage)


async def arrived(state: rx.State) -> bool:
    """Whether `state` opens for the first time since the tab came to this page.

    Reflex loads a page again after each lost connection; what somebody is typing there has to stay.
    """
    auth = await state.get_state(AuthState)
    name = state.get_full_name()
    if name in auth._opened:
        return False
    auth._opened = (*auth._opened, name)
    return True


def person_at(root: Any) -> str:
    """Whose page a tab shows, of all its states; empty while it is nobody's."""
    return reflex_internals.substate_of(root, AuthState).user_id


class AbovePage(rx.State, mixin=True):
    """What opens above a page, such as a dialog. When the tab comes to another page, it is closed and empty."""


class AdminPage(rx.State, mixin=True):
    """What only admins of the server are shown. A page adds `_show`, which reads it anew."""

    ready: bool = False

    async def _show(self) -> None:
        raise NotImplementedError

    @rx.event
    async def open(self):
        if await arrived(self):
            self.reset()
        await self._load()

    @rx.event
    async def catch_up(self):
        await self._load()

    async def _load(self) -> None:
        """Show what there is now. To whoever is no admin, the frame shows that nothing is here."""
        try:
            await self._show()
        except NotFound:
            return self.reset()
        self.ready = True


def forget(state: rx.State, kind: type[rx.State] = rx.State) -> None:
    """Empty every state, or those of a kind, of the tab `state` belongs to."""
    root = state
    while root.parent_state is not None:
        root = root.parent_state
    for each in root.substates.values():
        if isinstance(each, kind):
            each.reset()


def route(state: rx.State, name: str) -> UUID:
    """The id in the page's address, such as `run_id` in /runs/[run_id]."""
    return uuid(state.rx_router_page.params.get(name, ""))
