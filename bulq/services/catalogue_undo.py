"""Taking an import back within a day, and an admin's word that a group's own list is right."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import update
from sqlalchemy.orm import Session
from sqlmodel import col

from bulq.domain.actor import Actor
from bulq.domain.errors import Conflict, NotFound
from bulq.models import CatalogueImport, GoneProduct, PriceObservation
from bulq.queries.access import need_server_admin_still
from bulq.queries.imports import may_be_undone
from bulq.services import audit
from bulq.services.catalogue_staging import note_import, take_back


def undo_import(session: Session, actor: Actor, import_id: UUID, *, now: datetime) -> None:
    """Withdraw an import's prices and take back what it made and changed. Whoever imported may, and admins, for a day.

    What is in use by then stays. importing.finish removes the rest.
    """
    found = session.get(CatalogueImport, import_id, with_for_update=True)
    if found is None or not (actor.is_admin or found.created_by == actor.id):
        raise NotFound()
    if not may_be_undone(found, now):
        raise Conflict("import_not_undoable")
    take_back(session, found, actor, now)
    audit.record(
        session,
        actor,
        "import_undone",
        kind="store" if found.store_id else "catalogue",
        subject=found.store_id,
        name=found.name,
        group_id=found.group_id,
        now=now,
    )


def verify_list(session: Session, actor: Actor, import_id: UUID, *, now: datetime) -> bool:
    """Make everybody's what came with a group's own list. Admins only; False when somebody has done so already."""
    need_server_admin_still(session, actor)
    found = session.get(CatalogueImport, import_id, with_for_update=True)
    if found is None or found.group_id is None or found.taken_at is None:
        raise NotFound()
    if found.verified_at is not None:
        return False
    if found.undone_at is not None:
        raise Conflict("import_taken_back")
    found.verified_at, found.verified_by = now, actor.id
    session.add(found)
    for table in (PriceObservation, GoneProduct):
        mine = update(table).where(col(table.import_id) == found.id, col(table.group_id).is_not(None))
        session.execute(mine.values(group_id=None).execution_options(synchronize_session=False))
    kind, subject = ("store", found.store_id) if found.store_id else ("catalogue", None)
    audit.record(
        session, actor, "list_verified", kind=kind, subject=subject, name=found.name, group_id=found.group_id, now=now
    )
    note_import(session, found, now)
    return True
