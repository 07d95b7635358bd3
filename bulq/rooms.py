"""Who looks at what, and how a change reaches all of them: one room for each address that somebody here looks at.

When topics are announced, the rooms they concern are read again, once for all who look, and the difference is sent to
them as a patch. Whoever may not look any more is put out before. A delivery that fails is made up for: a failed read is
tried again, and a page that received too little is told which edition is the newest, so that it catches up by HTTP.
"""

from __future__ import annotations

import asyncio
import logging
from collections import OrderedDict, defaultdict
from collections.abc import AsyncGenerator, Collection, Iterable, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from time import monotonic
from typing import Any, Protocol
from uuid import UUID

import orjson
from prometheus_client import Counter, Gauge, Histogram
from sqlalchemy.orm import Session

from bulq import db, pacing
from bulq.domain.actor import Actor
from bulq.domain.errors import NotFound, NotSignedIn
from bulq.editions import Edition, edition, order, patch, to_json
from bulq.services.accounts import actors_for
from bulq.views import VIEWS, View, view_at

log = logging.getLogger(__name__)

COLLECT = 0.005  # seconds in which topics are put together
LONGEST_PAUSE = 0.4  # seconds between two rounds, however long the last one took
RIGHTS = 2.0  # seconds for which a check of a session, or of members while only rows are read, holds
MOST_LOOKS = 16  # addresses one page looks at
KEPT = 32  # patches of a room that are kept for pages which were away
AGAIN = (0.5, 1.0, 2.0, 5.0)  # seconds until a failed read is tried again
LATE_AFTER = 0.25  # seconds after which a page that could not take a patch is looked at again
ALL = "*"  # instead of the id of a row: everything may have changed

LOOKING = Gauge("bulq_looking_pages", "Open pages that are kept up to date", multiprocess_mode="livesum")
READS = Counter("bulq_room_reads", "Reads of what pages look at", ["what"])
DELAY = Histogram(
    "bulq_room_delay_seconds",
    "From hearing of a change until the patch was sent to all who look, in this process",
    buckets=(0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5),
)


class Send(Protocol):
    """Sends an event with this JSON to these sockets.

    Returns the sockets that have taken too little of what was sent before: these get nothing, unless it is a `must`.
    """

    def __call__(self, sockets: Collection[str], event: str, body: bytes, *, must: bool = False) -> Collection[str]: ...


@dataclass(slots=True)
class Room:
    """What is known of one address. `patches` lead from the tag they are kept by to a newer edition.

    A room without sockets is forgotten, at the latest when its lock is released.
    """

    address: str
    view: View[Any]
    ids: dict[str, Any]
    now: Edition[Any] | None = None
    audience: frozenset[str] = frozenset()
    topics: frozenset[str] = frozenset()
    patches: OrderedDict[str, tuple[str, bytes]] = field(default_factory=OrderedDict)
    sockets: set[str] = field(default_factory=set)
    late: set[str] = field(default_factory=set)
    asking: set[str] = field(default_factory=set)  # those of them that wait for the answer to their look
    dirty: set[str] = field(default_factory=lambda: {ALL})
    failures: int = 0
    told_later: bool = False  # somebody waits for a read that failed
    rights_at: float = 0.0
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)


@dataclass(slots=True)
class Seat:
    """A socket that looks at something, and whose it is."""

    token_hash: str
    user_id: str
    checked_at: float  # when the session was last seen to be this person's
    keys: set[str] = field(default_factory=set)  # of rooms


@dataclass(frozen=True, slots=True)
class _Found:
    """What a read found. `edition` is None when none of those who asked may look.

    `actors` are who holds the sessions that were `checked`, by the hashes of their tokens.
    """

    edition: Edition[Any] | None
    audience: frozenset[str] | None = None
    topics: frozenset[str] | None = None
    checked: Collection[str] = ()
    actors: Mapping[str, Actor] = field(default_factory=dict)


class Rooms:
    """All rooms of one process."""

    def __init__(self, views: Collection[View[Any]], send: Send = lambda *_args, **_how: ()) -> None:
        self._views, self._send = views, send
        self._rooms: dict[str, Room] = {}
        self._seats: dict[str, Seat] = {}
        self._of_topic: dict[str, set[str]] = defaultdict(set)  # topic → keys of rooms
        self._sockets_of: dict[str, set[str]] = defaultdict(set)  # user → sockets
        self._meanwhile: dict[str, set[str]] = {}  # key of a room → topics announced while it is read
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
        self._seats[socket] = Seat(token_hash, str(actor.id), monotonic())
        LOOKING.inc()
        self._sockets_of[str(actor.id)].add(socket)
        return actor

    def gone(self, socket: str) -> None:
        if seat := self._seats.pop(socket, None):
            LOOKING.dec()
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
        if key not in seat.keys and len(seat.keys) >= MOST_LOOKS:
            return {"gone": True}
        room = self._rooms.setdefault(key, Room(str(address), view, ids))
        room.sockets.add(socket)  # before reading, so that nothing announced meanwhile is missed
        room.asking.add(socket)
        seat.keys.add(key)
        try:
            await self._check_session(socket, seat)
            await self._read_for(socket, seat, key, room)
        except Exception:
            room.told_later = True
            self._wake_in(AGAIN[0])
            return {"later": True}
        finally:
            room.asking.discard(socket)
        if socket not in room.sockets:
            return {"gone": True}
        if not _may_look(room, seat.user_id):
            self._put_out(socket, key)
            return {"gone": True}
        return _lacking(room, tag)

    async def _check_session(self, socket: str, seat: Seat) -> None:
        """Whoever joins a room gets what others have read: the session must have been seen lately."""
        if monotonic() - seat.checked_at > RIGHTS:
            self._renew(await db.read(_holders, [seat.token_hash]), [seat.token_hash], [socket])

    async def _read_for(self, socket: str, seat: Seat, key: str, room: Room) -> None:
        """Read what is new in the room, unless somebody else does by then; whoever has read too much waits before."""
        if room.dirty or room.now is None:
            async with pacing.reading(seat.user_id), self._held(key, room):
                if socket in room.sockets and (room.dirty or room.now is None):
                    await self._read_and_send(key, room)

    @asynccontextmanager
    async def _held(self, key: str, room: Room) -> AsyncGenerator[None]:
        """One reads a room at a time. A room that all have left meanwhile is forgotten."""
        try:
            async with room.lock:
                yield
        finally:
            self._forget_if_empty(key, room)

    def leave(self, socket: str, address: object) -> None:
        if (seat := self._seats.get(socket)) and isinstance(address, str):
            for key in (address, _personal(address, seat.user_id)):
                if key in seat.keys:
                    self._put_out(socket, key)

    def is_full(self, socket: str) -> bool:
        """Whether this socket looks at as much as one page may."""
        return len(self._seats[socket].keys) >= MOST_LOOKS

    def _put_out(self, socket: str, key: str) -> None:
        if seat := self._seats.get(socket):
            seat.keys.discard(key)
        self._leave(socket, key)

    def _leave(self, socket: str, key: str) -> None:
        if room := self._rooms.get(key):
            room.sockets.discard(socket)
            room.late.discard(socket)
            self._forget_if_empty(key, room)

    def _forget_if_empty(self, key: str, room: Room) -> None:
        if not room.sockets and not room.lock.locked() and self._rooms.get(key) is room:
            del self._rooms[key]
            self._listen(key, room, frozenset())

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
            for announced in self._meanwhile.values():
                announced.add(base)
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
                self._wake_in(AGAIN[0])
            else:
                DELAY.observe(monotonic() - heard_at)
            # The more is going on, the more of the time is left to those who cause it.
            await asyncio.sleep(min(monotonic() - began, LONGEST_PAUSE))

    def _wake_in(self, seconds: float) -> None:
        asyncio.get_running_loop().call_later(seconds, self._wake.set)

    def _to_read(self) -> list[str]:
        """Rooms with something new, those first whose viewers have read least; whose viewers read too much, later."""
        found: list[tuple[float, str]] = []
        for key, room in self._rooms.items():
            if not room.dirty or not room.sockets:
                continue
            people = {seat.user_id for socket in room.sockets if (seat := self._seats.get(socket))}
            if seconds := pacing.debt(people):
                self._wake_in(seconds)
            else:
                found.append((pacing.spent(people), key))
        return [key for _, key in sorted(found)]

    async def _check_sessions(self) -> None:
        """Whoever's session has ended is told that everything they look at is gone."""
        users, self._recheck = self._recheck, set()
        sockets = [socket for user in users for socket in self._sockets_of.get(user, ())]
        if not sockets:
            return
        hashes = {self._seats[socket].token_hash for socket in sockets}
        try:
            holders = await db.read(_holders, hashes)
        except BaseException:
            self._recheck |= users
            raise
        self._renew(holders, hashes, sockets)

    def _renew(self, holders: Mapping[str, Actor], checked: Collection[str], sockets: Iterable[str]) -> None:
        """These sessions were checked just now: of those that are nobody's, or somebody else's, nothing is kept."""
        for socket in list(sockets):
            seat = self._seats.get(socket)
            if seat is None or seat.token_hash not in checked:
                continue
            holder = holders.get(seat.token_hash)
            if holder is not None and str(holder.id) == seat.user_id:
                seat.checked_at = monotonic()
            else:
                self._out_of_all(socket, seat)

    def _out_of_all(self, socket: str, seat: Seat) -> None:
        pacing.disown(seat.token_hash)
        seat.checked_at = float("-inf")
        for key in list(seat.keys):
            if room := self._rooms.get(key):
                self._tell_gone(socket, room)
            self._put_out(socket, key)
        self._send([socket], "signed_out", b"null", must=True)

    async def _refresh(self, key: str) -> None:
        if (room := self._rooms.get(key)) is None:
            return
        with suppress(Exception):  # it is logged, and tried again
            async with self._held(key, room):
                if room.sockets and room.dirty:
                    await self._read_and_send(key, room)

    async def _read_and_send(self, key: str, room: Room) -> None:
        """Read what has changed, put out whoever may look no more, and send the others the patch. Holds the lock."""
        before, known = room.now, room.topics
        rows, room.dirty = room.dirty, set()
        announced = self._meanwhile[key] = set[str]()
        try:
            found = await self._read(room, rows)
        except BaseException:
            if not room.failures:  # the next tries fail for the same reason
                log.exception("could not read %s", room.view.name)
            room.dirty |= rows
            room.failures += 1
            room.told_later = True
            self._wake_in(AGAIN[min(room.failures, len(AGAIN)) - 1])
            raise
        finally:
            del self._meanwhile[key]
        waited, room.told_later, room.failures = room.told_later, False, 0
        self._take(key, room, found)
        if announced & (room.topics - known):
            # Nobody listened to this topic for the room yet, and the change may be newer than what was read.
            room.dirty.add(ALL)
            self._wake.set()
        if room.now is None:
            room.patches.clear()
        elif before is not None and before.tag != room.now.tag:
            self._send_patch(room, before, room.now)
        elif waited:
            self._note_late(room, self._tell_newest(room, room.sockets))

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

    def _take(self, key: str, room: Room, found: _Found) -> None:
        """What was found is what the room knows from now on. Whoever may look no more is put out."""
        room.now = found.edition
        if found.audience is not None:
            room.audience = found.audience
        if found.topics is not None:
            self._listen(key, room, found.topics)
        if not found.checked:
            return
        room.rights_at = monotonic()
        self._renew(found.actors, found.checked, room.sockets)
        for socket in list(room.sockets):
            seat = self._seats[socket]
            # Whoever came while it was read was not asked about: they look themselves if there is nothing yet.
            asked = room.now is not None or seat.token_hash in found.checked
            if asked and not _may_look(room, seat.user_id):
                self._tell_gone(socket, room)
                self._put_out(socket, key)

    def _send_patch(self, room: Room, before: Edition[Any], now: Edition[Any]) -> None:
        message = {"at": room.address, "from": before.tag, "to": now.tag, "patch": patch(before.facts, now.facts)}
        if moved := order(before.facts, now.facts):
            message["order"] = moved
        body = to_json(message)
        room.patches[before.tag] = (now.tag, body)
        room.patches.move_to_end(before.tag)
        while len(room.patches) > KEPT:
            room.patches.popitem(last=False)
        # Whoever was late gets no patch that they could not use, and is told of the newest edition instead.
        self._note_late(room, self._send(room.sockets - room.late, "patch", body))

    def _note_late(self, room: Room, slow: Collection[str]) -> None:
        if slow:
            room.late |= set(slow)
            asyncio.get_running_loop().call_later(LATE_AFTER, self._catch_up, room)

    def _catch_up(self, room: Room) -> None:
        """Tell pages that were too slow for a patch which edition is the newest, once they take something again."""
        if room.now is not None and room.late:
            late, room.late = room.late, set()
            self._note_late(room, self._tell_newest(room, late))

    def _tell_newest(self, room: Room, sockets: Iterable[str]) -> Collection[str]:
        assert room.now is not None
        return self._send(list(sockets), "state", to_json({"at": room.address, "tag": room.now.tag}))

    def _tell_gone(self, socket: str, room: Room) -> None:
        if socket not in room.asking:
            self._send([socket], "state", to_json({"at": room.address, "gone": True}), must=True)

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
    while isinstance(tag, str) and tag != room.now.tag and tag in room.patches and len(chain) < KEPT:
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
        return _Found(edition(facts), audience, frozenset(view.topics(facts, actor)), token_hashes, actors)
    return _Found(None, frozenset(), frozenset(), token_hashes, actors)


def _reread(session: Session, room: Room, rows: Collection[str], token_hashes: Collection[str] | None) -> _Found | None:
    """Some rows anew, and who may look if there are `token_hashes` to check; None: all has to be read."""
    assert room.view.reread is not None and room.now is not None
    facts = room.view.reread(session, room.now.facts, rows)
    if facts is None:
        return None
    if token_hashes is None:
        return _Found(edition(facts))
    audience = room.view.audience(session, facts) if room.view.audience else None
    return _Found(edition(facts), audience, None, token_hashes, _holders(session, token_hashes))


here = Rooms(VIEWS)
