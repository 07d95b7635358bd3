"""Where somebody wants to be paid: for themselves, and for whoever owes them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import orjson
from sqlalchemy.orm import Session
from sqlmodel import col, select

from bulq import sealed
from bulq.domain.actor import Actor
from bulq.domain.payouts import MOST, Details, Kind
from bulq.models import Payout


@dataclass(frozen=True, slots=True)
class PayoutLine:
    """`account` is the account, IBAN, id or handle, and `shown` the same as people write it.

    One that can't be read has neither: its key is gone.
    """

    id: str
    kind: Kind
    account: str
    shown: str
    name: str
    bic: str
    is_readable: bool
    changed_at: datetime


@dataclass(frozen=True, slots=True)
class PayoutsView:
    """The first one is where they want to be paid if whoever pays can choose."""

    payouts: Mapping[str, PayoutLine]
    may_add: bool


def payouts(session: Session, viewer: Actor) -> PayoutsView:
    """Where the viewer wants to be paid; nobody else sees these as they are."""
    lines = {str(row.id): _line(row) for row in payouts_of(session, viewer.id)}
    return PayoutsView(lines, len(lines) < MOST)


def _line(row: Payout) -> PayoutLine:
    found = details_of(row)
    if found is None:
        return PayoutLine(str(row.id), row.kind, "", "", "", "", False, row.changed_at)
    return PayoutLine(str(row.id), row.kind, found.to, found.shown, found.name, found.bic, True, row.changed_at)


def payouts_of(session: Session, user_id: UUID) -> list[Payout]:
    query = select(Payout).where(Payout.user_id == user_id).order_by(col(Payout.place), col(Payout.id))
    return list(session.scalars(query))


def details_of(row: Payout) -> Details | None:
    """What is sealed in a row; None when no key that is given opens it for this person."""
    return opened(row.sealed, row.user_id, row.kind)


def opened(content: bytes, user_id: UUID, kind: Kind) -> Details | None:
    try:
        plain = sealed.unseal(content, *bound_to(user_id, kind))
    except sealed.Unreadable:
        return None
    return Details(Kind(kind), **orjson.loads(plain))


def bound_to(user_id: UUID, kind: Kind) -> tuple[str, ...]:
    """What sealed details belong to: put into another person's row, they can't be read."""
    return "payout", str(user_id), str(kind)
