"""Who looks at what, and how a change reaches all of them: one room for each address that somebody here looks at.

When topics are announced, the rooms they concern are read again, once for all who look, and the difference is sent to
them as a patch. Whoever may not look any more is put out before. A delivery that fails is made up for: a failed read is
tried again, and a page that received too little is told which edition is the newest, so that it catches up by HTTP.
"""

from __future__ import annotations

import asyncio
import logging
from collections import OrderedDict, defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from time import monotonic
from typing import Any
from uuid import UUID

import orjson
from prometheus_client import Counter, Histogram
from sqlalchemy.orm import Session

from bulq import db, pacing
from bulq.domain.actor import Actor
from bulq.domain.errors import NotFound, NotSignedIn
from bulq.editions import Edition, edition, patch, to_json
from bulq.services.accounts import actors_for
from bulq.views import VIEWS, View, view_at

log = logging.getLogger(__name__)

COLLECT = 0.005  # seconds in which topics are put together
LONGEST_PAUSE = 0.4  # seconds between two rounds, however long the last one took
RIGHTS = 2.0  # seconds for which a check of sessions and members holds while only rows are read
KEPT = 32  # patches of a room that are kept for pages which were away
AGAIN = (0.5, 1.0, 2.0, 5.0)  # seconds until a failed read is tried again
LATE_AFTER = 0.25  # seconds after which a page that could not take a patch is looked at again
ALL = "*"  # instead of the id of a row: everything may have changed

READS = Counter("bulq_room_reads", "Reads of what pages look at", ["what"])
DELAY = Histogram(
    "bulq_room_delay_seconds",
    "From hearing of a change until the patch was sent to all who look, in this process",
    buckets=(0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5),
)

# Sends an event with this JSON to these sockets; returns those that have taken too little of what was sent before.
Send = Callable[[Collection[str], str, bytes], Collection[str]]


@dataclass(slots=True)
class Room:
    """What is known of one address. `patches` lead from the tag they are kept by to a newer edition."""

    address: str
    view: View[Any]
    ids: dict[str, Any]
    now: Edition[Any] | None = None
    audience: frozenset[str] = frozenset()
    topics: frozenset[str] = frozenset()
    patches: OrderedDict[str, tuple[str, bytes]] = field(default_factory=OrderedDict)
    sockets: set[str] = field(default_factory=set)
    late: set[str] = field(default_factory=set)
    dirty: set[str] = field(default_factory=lambda: {ALL})
    failures: int = 0
    rights_at: float = 0.0
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)


@dataclass(slots=True)
class Seat:
    """A socket that looks at something, and whose it is."""

    token_hash: str
    user_id: str
    keys: set[str] = field(default_factory=set)  # of rooms


@dataclass(frozen=True, slots=True)
class _Found:
    """What a read found. `edition` is None when none of those who asked may look; `actors` None when not checked."""

    edition: Edition[Any] | None
    audience: frozenset[str] | None
    topics: frozenset[str] | None
    actors: dict[str, Actor] | None


class Rooms:
    """All rooms of one process."""

    def __init__(self, views: Collection[View[Any]], send: Send = lambda sockets, event, body: ()) -> None:
        self._views, self._send = views, send
        self._rooms: dict[str, Room] = {}
        self._seats: dict[str, Seat] = {}
        self._of_topic: dict[str, set[str]] = defaultdict(set)  # topic → keys of rooms
        self._sockets_of: dict[str, set[str]] = defaultdict(set)  # user → sockets
        self._recheck: set[str] = set()  # users whose sessions may have ended
        self._heard_at = 0.0
        self._wake = asyncio.Event()

    def send_by(self, send: Send) -> None:
        self._send = send

    # Who comes and goes

    async def enter(self, socket: str, token_hash: str) -> Actor:
        """A socket wants to look at things. Raises NotSignedIn."""
        actor = (await db.read(_holders, [token_hash])).get(token_hash)
        if actor is None:
            raise NotSignedIn()
        pacing.recognise(token_hash, str(actor.id))
        self._seats[socket] = Seat(token_hash, str(actor.id))
        self._sockets_of[str(actor.id)].add(socket)
        return actor

    def gone(self, socket: str) -> None:
        if seat := self._seats.pop(socket, None):
            sockets = self._sockets_of[seat.user_id]
            sockets.discard(socket)
            if not sockets:
                del self._sockets_of[seat.user_id]
            for key in seat.keys:
                self._leave(socket, key)

    async def look(self, socket: str, address: object, tag: object) -> dict[str, Any]:
        """Keep this socket up to date from now on.

        The answer says what its page lacks: {"same": tag}, {"patches": […]}, {"tag": the newest} to be fetched by HTTP,
        {"gone": true} when there is nothing for this person, or {"later": true} when the database is out of reach.
        """
        seat = self._seats[socket]
        try:
            view, ids = view_at(address, self._views)
        except NotFound:
            return {"gone": True}
        key = _key(view, address, seat.user_id)
        room = self._rooms.setdefault(key, Room(str(address), view, ids))
        room.sockets.add(socket)  # before reading, so that nothing announced meanwhile is missed
        seat.keys.add(key)
        try:
            async with room.lock:  # whoever comes while it is read waits for that
                if room.dirty:
                    await self._read_and_send(key, room)
        except Exception:
            return {"later": True}
        if key not in seat.keys or not _may_look(room, seat.user_id):
            self._put_out(socket, key, room)
            return {"gone": True}
        return _lacking(room, tag)

    def leave(self, socket: str, address: object) -> None:
        if (seat := self._seats.get(socket)) and isinstance(address, str):
            for key in (address, _personal(address, seat.user_id)):
                if key in seat.keys:
                    seat.keys.discard(key)
                    self._leave(socket, key)

    def token_hash_of(self, socket: str) -> str:
        return self._seats[socket].token_hash

    def count(self, socket: str) -> int:
        """How many addresses this socket looks at."""
        return len(self._seats[socket].keys)

    def _leave(self, socket: str, key: str) -> None:
        if room := self._rooms.get(key):
            room.sockets.discard(socket)
            room.late.discard(socket)
            if not room.sockets and not room.lock.locked():
                self._forget(key, room)

    def _forget(self, key: str, room: Room) -> None:
        del self._rooms[key]
        self._listen(key, room, frozenset())

    def _put_out(self, socket: str, key: str, room: Room) -> None:
        if seat := self._seats.get(socket):
            seat.keys.discard(key)
        self._leave(socket, key)

    def _listen(self, key: str, room: Room, topics: frozenset[str]) -> None:
        for topic in room.topics - topics:
            self._of_topic[topic].discard(key)
            if not self._of_topic[topic]:
                del self._of_topic[topic]
        for topic in topics - room.topics:
            self._of_topic[topic].add(key)
        room.topics = topics

    # What changes

    def heard(self, topics: Collection[str] | None) -> None:
        """Something under these topics has changed; None: anything may have, since some may have been missed."""
        if not self._wake.is_set():
            self._heard_at = monotonic()
        if topics is None:
            for room in self._rooms.values():
                room.dirty.add(ALL)
            self._recheck.update(self._sockets_of)
        for topic in topics or ():
            base, _, row = topic.partition("/")
            for key in self._of_topic.get(base, ()):
                room = self._rooms[key]
                room.dirty.add(row if row and room.view.reread else ALL)
            kind, _, user_id = base.partition(":")
            if kind == "user" and user_id in self._sockets_of:
                self._recheck.add(user_id)
        self._wake.set()

    async def keep_up(self) -> None:
        """Runs for as long as the process does."""
        while True:
            await self._wake.wait()
            await asyncio.sleep(COLLECT)
            self._wake.clear()
            heard_at, began = self._heard_at, monotonic()
            try:
                await self._check_sessions()
                await asyncio.gather(*(self._refresh(key) for key in self._to_read()))
            except Exception:
                log.exception("could not show what has changed")
                asyncio.get_running_loop().call_later(AGAIN[0], self._wake.set)
            else:
                DELAY.observe(monotonic() - heard_at)
            # The more is going on, the more of the time is left to those who cause it.
            await asyncio.sleep(min(monotonic() - began, LONGEST_PAUSE))

    def _to_read(self) -> list[str]:
        """Rooms with something new, those first whose viewers have read least; whose viewers read too much, later."""
        found: list[tuple[float, str]] = []
        for key, room in self._rooms.items():
            if not room.dirty or not room.sockets:
                continue
            people = {seat.user_id for socket in room.sockets if (seat := self._seats.get(socket))}
            if seconds := pacing.debt(people):
                asyncio.get_running_loop().call_later(seconds, self._wake.set)
            else:
                found.append((pacing.spent(people), key))
        return [key for _, key in sorted(found)]

    async def _check_sessions(self) -> None:
        """Whoever's session has ended is told that everything they look at is gone."""
        users, self._recheck = self._recheck, set()
        sockets = [socket for user in users for socket in self._sockets_of.get(user, ())]
        if not sockets:
            return
        try:
            holders = await db.read(_holders, {self._seats[socket].token_hash for socket in sockets})
        except BaseException:
            self._recheck |= users
            raise
        for socket in sockets:
            seat = self._seats.get(socket)
            if seat is not None and seat.token_hash not in holders:
                self._out_of_all(socket, seat)

    def _out_of_all(self, socket: str, seat: Seat) -> None:
        pacing.disown(seat.token_hash)
        for key in list(seat.keys):
            if room := self._rooms.get(key):
                self._tell([socket], room, gone=True)
                self._put_out(socket, key, room)
        self._send([socket], "signed_out", b"null")

    async def _refresh(self, key: str) -> None:
        room = self._rooms.get(key)
        if room is None:
            return
        try:
            async with room.lock:
                if room.dirty:
                    await self._read_and_send(key, room)
        except Exception:
            log.exception("could not read %s", room.view.name)
        if not room.sockets and self._rooms.get(key) is room:
            self._forget(key, room)

    async def _read_and_send(self, key: str, room: Room) -> None:
        """Read what has changed, put out whoever may look no more, and send the others the patch. Holds the lock."""
        before = room.now
        rows, room.dirty = room.dirty, set()
        try:
            found = await self._read(room, rows)
        except BaseException:
            room.dirty |= rows
            room.failures += 1
            pause = AGAIN[min(room.failures, len(AGAIN)) - 1]
            asyncio.get_running_loop().call_later(pause, self._wake.set)
            raise
        recovered, room.failures = room.failures > 0, 0
        room.now = found.edition
        if found.audience is not None:
            room.audience = found.audience
        if found.topics is not None:
            self._listen(key, room, found.topics)
        if found.actors is not None:
            room.rights_at = monotonic()
            self._put_out_others(key, room, found.actors)
        if room.now is None:
            room.patches.clear()
        elif before is not None and before.tag != room.now.tag:
            self._send_patch(room, before, room.now)
        elif recovered:
            self._tell(room.sockets, room, tag=room.now.tag)

    async def _read(self, room: Room, rows: Collection[str]) -> _Found:
        hashes = {seat.token_hash for socket in room.sockets if (seat := self._seats.get(socket))}
        people = {pacing.person_of(token_hash) for token_hash in hashes}
        found = None
        if ALL not in rows and room.now is not None and room.view.reread is not None:
            checked = hashes if monotonic() - room.rights_at > RIGHTS else None
            found, seconds = await db.read(pacing.timed, _reread, room, rows, checked)
            pacing.charge(people, seconds)
            READS.labels("rows").inc()
        if found is None:
            found, seconds = await db.read(pacing.timed, _read, room.view, room.ids, hashes)
            pacing.charge(people, seconds)
            READS.labels("all").inc()
        return found

    def _put_out_others(self, key: str, room: Room, actors: Mapping[str, Actor]) -> None:
        for socket in list(room.sockets):
            seat = self._seats.get(socket)
            if seat is None or seat.token_hash not in actors or not _may_look(room, seat.user_id):
                self._tell([socket], room, gone=True)
                self._put_out(socket, key, room)

    def _send_patch(self, room: Room, before: Edition[Any], now: Edition[Any]) -> None:
        change = patch(before.facts, now.facts)
        body = to_json({"at": room.address, "from": before.tag, "to": now.tag, "patch": change})
        room.patches[before.tag] = (now.tag, body)
        while len(room.patches) > KEPT:
            room.patches.popitem(last=False)
        # Whoever was late gets no patch that they could not use, and is told of the newest edition instead.
        slow = self._send(room.sockets - room.late, "patch", body)
        if slow:
            room.late |= set(slow)
            asyncio.get_running_loop().call_later(LATE_AFTER, self._catch_up, room)

    def _catch_up(self, room: Room) -> None:
        """Tell pages that were too slow for a patch which edition is the newest, once they take something again."""
        if room.now is not None and room.late:
            still = self._tell(room.late, room, tag=room.now.tag)
            room.late = set(still)
            if still:
                asyncio.get_running_loop().call_later(LATE_AFTER, self._catch_up, room)

    def _tell(self, sockets: Iterable[str], room: Room, **state: Any) -> Collection[str]:
        return self._send(list(sockets), "state", to_json({"at": room.address, **state}))

    # The second door

    async def newest(self, address: str, token_hash: str) -> Edition[Any]:
        """The edition that whoever holds this session would be sent. Raises NotSignedIn, NotFound."""
        view, ids = view_at(address, self._views)
        actor_id = pacing.person_of(token_hash)
        room = self._rooms.get(_key(view, address, actor_id))
        if room is not None and room.now is not None and not room.dirty and monotonic() - room.rights_at <= RIGHTS:
            actor = (await db.read(_holders, [token_hash])).get(token_hash)
            if actor is not None and _may_look(room, str(actor.id)) and room.now is not None:
                return room.now
        async with pacing.reading(actor_id):
            found, seconds = await db.read(pacing.timed, _read, view, ids, [token_hash])
            pacing.charge([actor_id], seconds)
        if not found.actors:
            raise NotSignedIn()
        if found.edition is None:
            raise NotFound()
        return found.edition


def _personal(address: str, user_id: str) -> str:
    return f"{address}@{user_id}"


def _key(view: View[Any], address: object, user_id: str) -> str:
    """A view without an audience is a room of its own for each viewer."""
    return str(address) if view.audience else _personal(str(address), user_id)


def _may_look(room: Room, user_id: str) -> bool:
    return room.now is not None and (not room.view.audience or user_id in room.audience)


def _lacking(room: Room, tag: object) -> dict[str, Any]:
    """What a page that has the edition of this tag needs to have the newest."""
    assert room.now is not None
    if tag == room.now.tag:
        return {"same": tag}
    chain: list[orjson.Fragment] = []
    while isinstance(tag, str) and tag in room.patches and len(chain) < KEPT:
        tag, body = room.patches[tag]
        chain.append(orjson.Fragment(body))
    return {"patches": chain} if chain and tag == room.now.tag else {"tag": room.now.tag}


def _holders(session: Session, token_hashes: Collection[str]) -> dict[str, Actor]:
    return actors_for(session, token_hashes, now=datetime.now(UTC))


def _read(session: Session, view: View[Any], ids: Mapping[str, UUID], token_hashes: Collection[str]) -> _Found:
    """Everything anew, as the first of these who may look at it."""
    actors = _holders(session, token_hashes)
    for actor in actors.values():
        try:
            facts = view.read(session, actor, **ids)
        except NotFound:
            continue
        audience = view.audience(session, facts) if view.audience else frozenset({str(actor.id)})
        return _Found(edition(facts), audience, frozenset(view.topics(facts, actor)), actors)
    return _Found(None, frozenset(), frozenset(), actors)


def _reread(session: Session, room: Room, rows: Collection[str], token_hashes: Collection[str] | None) -> _Found | None:
    """Some rows anew, and who may look if there are `token_hashes` to check; None: all has to be read."""
    assert room.view.reread is not None and room.now is not None
    facts = room.view.reread(session, room.now.facts, rows)
    if facts is None:
        return None
    if token_hashes is None:
        return _Found(edition(facts), None, None, None)
    audience = room.view.audience(session, facts) if room.view.audience else None
    return _Found(edition(facts), audience, None, _holders(session, token_hashes))


here = Rooms(VIEWS)
