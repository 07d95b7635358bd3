"""Taking an import back within a day, and an admin's word that a group's own list is right."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from bulq.domain.actor import Actor
from bulq.domain.errors import Conflict, NotFound
from bulq.models import CatalogueImport
from bulq.queries.imports import may_be_undone
from bulq.services import audit
from bulq.services.catalogue_staging import take_back


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
