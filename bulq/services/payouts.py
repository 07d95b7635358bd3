"""What members do with where they want to be paid. What it is, is in no log, no record and no notification."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import orjson
from sqlalchemy.orm import Session
from sqlmodel import col, select

from bulq import changes, sealed
from bulq.domain.actor import Actor
from bulq.domain.errors import Conflict, NotFound
from bulq.domain.payouts import MOST, Details, check_details
from bulq.models import Payout, User
from bulq.queries.payouts import bound_to, details_of, payouts_of
from bulq.services.audit import record


def add_payout(
    session: Session, actor: Actor, kind: str, to: str, *, name: str = "", bic: str = "", now: datetime
) -> Payout:
    """Keep one more place where the actor wants to be paid. The first one is preferred until they say otherwise."""
    details = check_details(kind, to, name, bic)
    there = _own(session, actor)
    if len(there) >= MOST:
        raise Conflict("too_many_payouts", maximum=MOST)
    _check_new(details, there)
    place = max((row.place for row in there), default=-1) + 1
    row = Payout(
        user_id=actor.id,
        kind=details.kind,
        place=place,
        sealed=_sealed(details, actor.id),
        created_at=now,
        changed_at=now,
    )
    session.add(row)
    session.flush()
    _changed(session, actor, "payout_added", row, now)
    return row


def edit_payout(
    session: Session, actor: Actor, payout_id: UUID, to: str, *, name: str = "", bic: str = "", now: datetime
) -> None:
    """Another account or handle of the same kind."""
    there = _own(session, actor)
    row = _one(there, payout_id)
    details = check_details(row.kind, to, name, bic)
    if details == details_of(row):
        return
    _check_new(details, [each for each in there if each is not row])
    row.sealed, row.changed_at = _sealed(details, actor.id), now
    session.add(row)
    _changed(session, actor, "payout_edited", row, now)


def remove_payout(session: Session, actor: Actor, payout_id: UUID, *, now: datetime) -> None:
    row = _one(_own(session, actor), payout_id)
    session.delete(row)
    _changed(session, actor, "payout_removed", row, now)


def prefer_payout(session: Session, actor: Actor, payout_id: UUID, *, now: datetime) -> None:
    """Let this one come first."""
    there = _own(session, actor)
    row = _one(there, payout_id)
    if there[0] is row:
        return
    for place, each in enumerate([row, *(each for each in there if each is not row)]):
        each.place = place
        session.add(each)
    _changed(session, actor, "payout_preferred", row, now)


def move_payouts(session: Session, from_id: UUID, to_id: UUID) -> None:
    """All of one account become those of another, after its own; what both have, or nobody can read, goes.

    They are sealed anew, since what is sealed is bound to a person.
    """
    kept = payouts_of(session, to_id)
    known = {details_of(row) for row in kept}
    place = max((row.place for row in kept), default=-1)
    for row in payouts_of(session, from_id):
        details = details_of(row)
        if details is None or details in known:
            session.delete(row)
            continue
        place += 1
        row.user_id, row.place, row.sealed = to_id, place, _sealed(details, to_id)
        session.add(row)
    session.flush()


def seal_anew(session: Session, after: UUID | None, most: int) -> tuple[UUID | None, int, int]:
    """Seal the next rows with the key in use, those that aren't.

    Returns the last row looked at (None at the end), how many were sealed, and how many can't be read.
    """
    query = select(Payout).order_by(col(Payout.id)).limit(most).with_for_update()
    rows = session.scalars(query if after is None else query.where(col(Payout.id) > after)).all()
    done = lost = 0
    for row in rows:
        if (details := details_of(row)) is None:
            lost += 1
        elif not sealed.is_current(row.sealed):
            row.sealed = _sealed(details, row.user_id)
            session.add(row)
            done += 1
    return rows[-1].id if len(rows) == most else None, done, lost


def _own(session: Session, actor: Actor) -> list[Payout]:
    """Those of the actor in their order. Nobody else changes them until the transaction ends."""
    if session.get(User, actor.id, with_for_update={"key_share": True}) is None:
        raise NotFound()
    return payouts_of(session, actor.id)


def _one(there: list[Payout], payout_id: UUID) -> Payout:
    for row in there:
        if row.id == payout_id:
            return row
    raise NotFound()


def _check_new(details: Details, there: list[Payout]) -> None:
    if any(details.kind is row.kind and details_of(row) == details for row in there):
        raise Conflict("payout_there", field="to")


def _sealed(details: Details, user_id: UUID) -> bytes:
    plain = orjson.dumps({"to": details.to, "name": details.name, "bic": details.bic})
    return sealed.seal(plain, *bound_to(user_id, details.kind))


def _changed(session: Session, actor: Actor, action: str, row: Payout, now: datetime) -> None:
    """Whoever could sign in as somebody could have others pay elsewhere: that it changed is on record."""
    changes.note(session, changes.user(actor.id))
    record(session, actor, action, kind="user", subject=actor.id, name=actor.name, now=now, payout=str(row.kind))
