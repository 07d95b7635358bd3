"""Lists that were imported: which may still be undone, and which an admin may verify."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy.orm import Session
from sqlmodel import col, select

from bulq.domain.actor import Actor
from bulq.domain.catalogue import ImportState
from bulq.models import CatalogueImport, Group, Store, User
from bulq.queries.access import need_server_admin

UNDOABLE = timedelta(days=1)
LISTED = 100
SHOWN = 20  # lists that wait to be verified
STATES = (ImportState.TAKEN, ImportState.DONE)


def may_be_undone(found: CatalogueImport, now: datetime) -> bool:
    return found.state in STATES and found.taken_at is not None and found.taken_at > now - UNDOABLE


def recent_imports(session: Session, viewer: Actor, *, now: datetime) -> Sequence[CatalogueImport]:
    """What the viewer may undo, newest first: their own imports, and for admins everybody's."""
    query = select(CatalogueImport).where(
        col(CatalogueImport.state).in_(STATES), col(CatalogueImport.taken_at) > now - UNDOABLE
    )
    if not viewer.is_admin:
        query = query.where(col(CatalogueImport.created_by) == viewer.id)
    return session.scalars(query.order_by(col(CatalogueImport.id).desc()).limit(LISTED)).all()


@dataclass(frozen=True, slots=True)
class UnverifiedList:
    """A group's own list, whose `prices` only the group sees. `store` is empty where the rows name theirs."""

    id: UUID
    name: str  # of the file
    store: str
    group: str
    imported_by: str
    taken_at: datetime
    prices: int


def unverified_lists(session: Session, viewer: Actor) -> tuple[UnverifiedList, ...]:
    """The newest groups' lists that wait for an admin's word, as many as a page of admins shows."""
    need_server_admin(viewer)
    own = CatalogueImport
    query = (
        select(own, Store.name, Group.name, User.name)
        .join(Group, col(Group.id) == col(own.group_id))
        .join(User, col(User.id) == col(own.created_by))
        .outerjoin(Store, col(Store.id) == col(own.store_id))
        .where(col(own.group_id).is_not(None), col(own.taken_at).is_not(None))
        .where(col(own.undone_at).is_(None), col(own.verified_at).is_(None))
        .order_by(col(own.id).desc())
        .limit(SHOWN)
    )
    return tuple(
        UnverifiedList(row.id, row.name, store or "", group, by, row.taken_at, row.counts.get("new_prices", 0))
        for row, store, group, by in session.execute(query)
        if row.taken_at is not None
    )
