"""How a change reaches other screens: topics are announced after commit, and those who look are shown it together.

A page says what it looks at with `watch`; whoever changed something says so with `announce`. One task per process
collects the topics of a few milliseconds, its own and those the other processes relay, reads each thing once, and
pushes every connected viewer what they may see of it. Rights are checked again each time, since a session may have
ended and a member may have been removed.
"""

from __future__ import annotations

import asyncio
import logging
from collections import defaultdict
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from time import monotonic
from typing import Any

import reflex as rx
from prometheus_client import Counter, Histogram
from reflex.istate.manager.token import BaseStateToken
from sqlalchemy.orm import Session

from bulq import changes, db, pacing, reflex_internals, relay, sessions
from bulq.config import settings
from bulq.domain.actor import Actor
from bulq.services.accounts import actors_for

log = logging.getLogger(__name__)

COLLECT = 0.005  # seconds in which topics are put together
LONGEST_PAUSE = 0.4
BURST = 4  # changes in one round from which on showing them may wait longest
AT_ONCE = 16  # tabs that are shown something at the same time, since each may have to wait for its state
PATIENCE = 2.0  # seconds for one tab

ROUNDS = Counter("bulq_live_rounds", "Times something was looked for that has changed; none while nothing changes")
DELAY = Histogram(
    "bulq_live_delay_seconds",
    "From hearing of a change until it was sent to all who look, in this process",
    buckets=(0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5),
)


@dataclass(frozen=True, slots=True)
class Screen:
    """A kind of page that stays up to date.

    `read(session, key, actors)` reads once for all viewers of one key; `show(state, view, actor)` puts into a viewer's
    state what that viewer may see. `actor` is None when their session has ended, `view` None when nothing is there.
    """

    name: str
    state: type[rx.State]
    read: Callable[[Session, str, Collection[Actor]], Any]
    show: Callable[[Any, Any, Actor | None], None]


@dataclass(frozen=True, slots=True)
class Look:
    """One tab looking at one thing."""

    screen: Screen
    key: str
    topics: frozenset[str]
    token_hash: str


@dataclass(slots=True)
class _Reading:
    """A read that has not begun yet, and for whom."""

    token_hashes: set[str]
    done: asyncio.Future[tuple[Any, dict[str, Actor]]]


@dataclass(slots=True)
class _Process:
    """What this process knows: who looks at what, and what has changed since the last round."""

    app: rx.App | None = None
    loop: asyncio.AbstractEventLoop | None = None
    relay: relay.Relay | None = None
    changed: set[str] = field(default_factory=set)
    changed_at: float = 0.0
    heard: int = 0  # how often something changed since the last round began
    late: set[tuple[Screen, str]] = field(default_factory=set)  # not shown yet, since who looks had read too much
    wake: asyncio.Event | None = None
    looks: dict[str, dict[str, Look]] = field(default_factory=lambda: defaultdict(dict))  # tab → slot → look
    acted: dict[str, float] = field(default_factory=dict)  # tab → when it last changed something itself
    wanted: dict[tuple[Screen, str], _Reading] = field(default_factory=dict)
    reading: dict[tuple[Screen, str], asyncio.Task[None]] = field(default_factory=dict)


_process = _Process()
_others: list[Callable[[Collection[str] | None], None]] = []


def also(heard: Callable[[Collection[str] | None], None]) -> None:
    """Let this hear of all topics, too; None stands for any, since some may have been missed."""
    if heard not in _others:
        _others.append(heard)


def watch(tab: str, slot: str, screen: Screen, key: str, topics: Collection[str], session_token: str) -> None:
    """Keep `screen` of this tab up to date.

    A tab has one look per slot; a new one replaces it. Another "page" ends all others.
    """
    looks = _process.looks[tab]
    if slot == "page" and (before := looks.get(slot)) and (before.screen, before.key) != (screen, key):
        leave(tab, slot)
    looks[slot] = Look(screen, key, frozenset(topics), sessions.token_hash(session_token))


async def read(screen: Screen, key: str, session_token: str) -> tuple[Any, Actor | None]:
    """What `screen` shows of `key` now, and who asks; `show` decides whether they may see it.

    After a lost connection hundreds of pages open at once: those that ask while one read goes on share the next.
    """
    thing, token_hash = (screen, key), sessions.token_hash(session_token)
    wanted = _process.wanted.get(thing)
    if wanted is None:
        wanted = _process.wanted[thing] = _Reading(set(), asyncio.get_running_loop().create_future())
        if thing not in _process.reading:
            _process.reading[thing] = asyncio.create_task(_read_all(thing))
    wanted.token_hashes.add(token_hash)
    view, actors = await asyncio.shield(wanted.done)
    return view, actors.get(token_hash)


async def _read_all(thing: tuple[Screen, str]) -> None:
    """Read for whoever asked until now, as long as somebody asks."""
    while wanted := _process.wanted.pop(thing, None):
        try:
            result, seconds = await db.read(pacing.timed, _read, *thing, wanted.token_hashes)
            pacing.charge(_people(wanted.token_hashes), seconds)
            wanted.done.set_result(result)
        except Exception as error:
            wanted.done.set_exception(error)
    del _process.reading[thing]


def leave(tab: str, slot: str) -> None:
    """The tab shows something else now; what is part of a page goes with it."""
    looks = _process.looks.get(tab, {})
    for each in [each for each in looks if slot in (each, "page")]:
        del looks[each]


def acted(tab: str) -> None:
    """The tab has just changed something: what was read before must not be shown there any more."""
    _process.acted[tab] = monotonic()


def announce(*topics: str) -> None:
    """Something under these topics ("run:…", "group:…", "user:…") has changed and is committed; from any thread."""
    loop = _process.loop
    if loop is not None and not loop.is_closed():
        loop.call_soon_threadsafe(_tell, topics)
    elif settings.redis_url:
        relay.tell(settings.redis_url, topics)  # nobody looks at this process


changes.tell_by(announce)


def _tell(topics: Collection[str]) -> None:
    _note(topics)
    if _process.relay is not None:
        _process.relay.say(topics)


def _note(topics: Collection[str]) -> None:
    for heard in _others:
        heard(topics)
    if not _process.changed:
        _process.changed_at = monotonic()
    _process.changed.update(topics)
    _process.changed.update(map(changes.whole, topics))  # screens that don't know the rows of a run are shown all of it
    _process.heard += 1
    if _process.wake is not None:
        _process.wake.set()


def _note_all() -> None:
    """Something may have been missed: whatever anybody looks at may have changed."""
    for heard in _others:
        heard(None)
    _note({topic for looks in _process.looks.values() for look in looks.values() for topic in look.topics})


async def keep_up(app: rx.App) -> None:
    """Run for as long as the process does: show what has changed to those who look."""
    _process.app, _process.loop, _process.wake = app, asyncio.get_running_loop(), asyncio.Event()
    async with asyncio.TaskGroup() as tasks:
        if settings.redis_url:
            _process.relay = relay.Relay(settings.redis_url, _note, _note_all)
            tasks.create_task(_process.relay.run())
        await _rounds(_process.wake)


async def _rounds(wake: asyncio.Event) -> None:
    while True:
        await wake.wait()
        await asyncio.sleep(COLLECT)
        wake.clear()
        ROUNDS.inc()
        topics, _process.changed = _process.changed, set()
        heard, _process.heard = _process.heard, 0
        heard_at, began = _process.changed_at, monotonic()
        _drop_gone()
        late, _process.late = _process.late, set()
        for (screen, key), tabs in _looking_at(topics, late).items():
            if seconds := pacing.debt(_people(_sessions(tabs))):
                # All who look at this have read too much: it is shown to them later, and keeps nobody else waiting.
                _later((screen, key), seconds)
                continue
            try:
                await _refresh(screen, key, tabs)
            except Exception:
                log.exception("could not show %s %s", screen.name, key)
        if topics:
            DELAY.observe(monotonic() - heard_at)
        # The more is going on, the more of the time is left to those who cause it.
        await asyncio.sleep(min((monotonic() - began) * min(heard, BURST), LONGEST_PAUSE))


def _later(thing: tuple[Screen, str], seconds: float) -> None:
    """Show this after so many seconds to whoever looks at it then."""

    def now() -> None:
        _process.late.add(thing)
        if _process.wake is not None:
            _process.wake.set()

    asyncio.get_running_loop().call_later(seconds, now)


def _sessions(tabs: Mapping[str, Look]) -> set[str]:
    return {look.token_hash for look in tabs.values()}


def _people(token_hashes: Collection[str]) -> set[str]:
    return {pacing.person_of(token_hash) for token_hash in token_hashes}


def _looking_at(
    topics: Collection[str], late: Collection[tuple[Screen, str]]
) -> dict[tuple[Screen, str], dict[str, Look]]:
    """Who looks at what has changed or is late; what people look at who have read little comes first."""
    found: dict[tuple[Screen, str], dict[str, Look]] = defaultdict(dict)
    for tab, looks in _process.looks.items():
        for look in looks.values():
            if (look.screen, look.key) in late or not look.topics.isdisjoint(topics):
                found[look.screen, look.key][tab] = look
    return dict(sorted(found.items(), key=lambda thing: pacing.spent(_people(_sessions(thing[1])))))


def _drop_gone() -> None:
    """Forget tabs whose socket is gone; they watch anew when they come back, here or in another process."""
    assert _process.app is not None
    for tab in list(_process.looks):
        if not reflex_internals.is_connected_here(_process.app, tab):
            del _process.looks[tab]
    _process.acted = {tab: when for tab, when in _process.acted.items() if tab in _process.looks}


async def _refresh(screen: Screen, key: str, tabs: Mapping[str, Look]) -> None:
    began = monotonic()
    (view, actors), seconds = await db.read(pacing.timed, _read, screen, key, token_hashes := _sessions(tabs))
    pacing.charge(_people(token_hashes), seconds)
    free = asyncio.Semaphore(AT_ONCE)

    async def one(tab: str, look: Look) -> None:
        async with free, asyncio.timeout(PATIENCE):
            await _put(tab, look, view, actors.get(look.token_hash), began)

    results = await asyncio.gather(*(one(tab, look) for tab, look in tabs.items()), return_exceptions=True)
    if failed := [each for each in results if isinstance(each, Exception)]:
        log.error("could not show %s %s to %s of %s tabs", screen.name, key, len(failed), len(tabs), exc_info=failed[0])


async def _put(tab: str, look: Look, view: Any, actor: Actor | None, began: float) -> None:
    """Show one tab what was read when the round `began`."""
    assert _process.app is not None
    token = BaseStateToken(ident=tab, cls=look.screen.state)
    async with _process.app.modify_state(token) as root:
        state = await root.get_state(look.screen.state)
        if look not in _process.looks.get(tab, {}).values():
            return  # gone elsewhere meanwhile
        if _process.acted.get(tab, 0) > began:
            _note(look.topics)  # it would see its own change undone for a moment
        else:
            look.screen.show(state, view, actor)


def _read(session: Session, screen: Screen, key: str, token_hashes: Collection[str]) -> tuple[Any, dict[str, Actor]]:
    actors = actors_for(session, token_hashes, now=datetime.now(UTC))
    return screen.read(session, key, list(actors.values())), actors
