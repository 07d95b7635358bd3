"""Photos and PDFs of a run: for those who take part in it alone, not for others of its group."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session
from sqlmodel import col

from bulq.domain.actor import Actor
from bulq.domain.attachments import FileKind
from bulq.domain.errors import NotFound
from bulq.domain.phases import Phase
from bulq.models import Attachment
from bulq.queries.access import RunAccess, run_for

# In these phases files are sent, attached and removed.
OPEN_FOR = (Phase.SHOPPING, Phase.ADJUSTING, Phase.DISTRIBUTING, Phase.COMPLETED)


@dataclass(frozen=True, slots=True)
class AttachmentFacts:
    """`size` is in bytes, `width` and `height` in pixels of a picture."""

    id: str
    kind: FileKind
    size: int
    width: int
    height: int
    added_by: str
    added_at: datetime


def taking_part(session: Session, viewer: Actor, run_id: UUID, *, lock: bool = False) -> RunAccess:
    """The run, as somebody sees it who takes part in it. For everybody else there is no such run."""
    access = run_for(session, viewer, run_id, lock=lock)
    if access.participant is None:
        raise NotFound()
    return access


def may_send(session: Session, viewer: Actor, run_id: UUID) -> None:
    """Refuse whoever could attach nothing to this run, before a file is read."""
    taking_part(session, viewer, run_id).need_phase(*OPEN_FOR)


def attachment_of(session: Session, viewer: Actor, run_id: UUID, attachment_id: UUID) -> Attachment:
    """Raises NotFound also for a file that waits and somebody else sent."""
    taking_part(session, viewer, run_id)
    found = session.get(Attachment, attachment_id)
    if found is None or found.run_id != run_id or (found.attached_at is None and found.added_by != viewer.id):
        raise NotFound()
    return found


def attachments_on_receipts(session: Session, run_id: UUID) -> dict[UUID, dict[str, AttachmentFacts]]:
    """By receipt, in the order in which they were attached."""
    rows = session.scalars(
        select(Attachment)
        .where(col(Attachment.run_id) == run_id, col(Attachment.receipt_id).is_not(None))
        .order_by(col(Attachment.attached_at), col(Attachment.id))
    )
    found: dict[UUID, dict[str, AttachmentFacts]] = defaultdict(dict)
    for row in rows:
        if row.receipt_id is not None:
            found[row.receipt_id][str(row.id)] = facts_of(row)
    return found


def facts_of(row: Attachment) -> AttachmentFacts:
    return AttachmentFacts(
        id=str(row.id),
        kind=row.kind,
        size=row.size,
        width=row.width,
        height=row.height,
        added_by=str(row.added_by),
        added_at=row.added_at,
    )


def attachments_among(session: Session, ids: Collection[UUID]) -> set[UUID]:
    """Those of the ids that have a row."""
    return set(session.scalars(select(col(Attachment.id)).where(col(Attachment.id).in_(ids))))
