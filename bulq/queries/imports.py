"""Lists that were imported: which may still be undone, and how a store's list was read the last time."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy.orm import Session
from sqlmodel import col, select

from bulq.domain.actor import Actor
from bulq.domain.catalogue import ImportState
from bulq.models import CatalogueImport

UNDOABLE = timedelta(days=1)
LISTED = 100
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
