"""Takes a list in, in many short transactions and one that takes all of it in: so nobody waits long meanwhile.

Blocking: to be called on a thread of its own.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from typing import Any, BinaryIO, Protocol
from uuid import UUID

from bulq import db
from bulq.domain.actor import Actor
from bulq.domain.errors import BulqError
from bulq.services.catalogue_import import (
    Advance,
    Findings,
    Order,
    Walk,
    begin_import,
    drop_import,
    finish_import,
    stage,
    stage_dropped,
    stand_still,
    take_in,
)

# Between two pieces. SQLite knows no queue: whoever waits looks again after up to a tenth of a second.
PAUSE = 0.12


class Door(Protocol):
    """Runs a use case as whoever imports, in a transaction of its own."""

    def __call__(self, use_case: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Any: ...


def door_of(actor: Actor) -> Door:
    """For whoever is known already, as at a terminal."""

    def do(use_case: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Any:
        return db.write_now(use_case, actor, *args, **kwargs)

    return do


def import_list(
    door: Door,
    actor: Actor,
    file: BinaryIO,
    order: Order,
    *,
    name: str = "",
    advance: Advance = stand_still,
    now: datetime,
) -> Findings:
    """All of the list, or nothing of it. Raises BulqError where it is refused."""
    import_id, scope = door(begin_import, order, name=name, now=now)
    try:
        walk = Walk(file, scope, actor, now)
        for entries in walk.batches(advance):
            meant, there = db.read_now(walk.known, entries)
            door(stage, import_id, walk, walk.look_at(meant, there), there)
            time.sleep(PAUSE)
            walk.check_rows()
        db.read_now(walk.ask_what_is_gone)
        for dropped in db.read_now(lambda session: list(walk.gone(session))):
            door(stage_dropped, import_id, dropped)
            time.sleep(PAUSE)
        found: Findings = door(take_in, import_id, walk, now=now)
    except BaseException:
        _drop(door, import_id)
        raise
    finish(import_id)
    return found


def finish(import_id: UUID) -> None:
    """What follows from an import that was taken in. What is left undone here, a job does later."""
    while db.write_now(finish_import, import_id):
        time.sleep(PAUSE)


def _drop(door: Door, import_id: UUID) -> None:
    with suppress(BulqError):  # who is signed out meanwhile leaves that to a job
        while door(drop_import, import_id):
            pass
