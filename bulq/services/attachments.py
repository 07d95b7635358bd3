"""Attaching a photo or PDF to a receipt. The file itself is decoded and stored before, outside of any transaction."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session
from sqlmodel import col, func, select

from bulq import changes
from bulq.domain.actor import Actor
from bulq.domain.attachments import MAX_PER_RECEIPT, MAX_WAITING, FileKind
from bulq.domain.errors import Conflict, NotFound
from bulq.models import Attachment, Receipt
from bulq.models.base import new_id
from bulq.queries.access import RunAccess
from bulq.queries.attachments import OPEN_FOR, attachment_of, taking_part
from bulq.services.audit import record_run
from bulq.services.quotas import Quota, add_one
from bulq.services.receipts import need_right


def keep_attachment(
    session: Session,
    actor: Actor,
    run_id: UUID,
    kind: FileKind,
    size: int,
    *,
    width: int = 0,
    height: int = 0,
    attachment_id: UUID | None = None,
    now: datetime,
) -> Attachment:
    """Note a file that was stored under this id. It waits for an hour to be attached to something."""
    taking_part(session, actor, run_id).need_phase(*OPEN_FOR)
    waits = (col(Attachment.added_by) == actor.id) & col(Attachment.attached_at).is_(None)
    if session.scalars(select(func.count()).select_from(Attachment).where(waits)).one() >= MAX_WAITING:
        raise Conflict("attachments_waiting", field="file", maximum=MAX_WAITING)
    add_one(actor, Quota.ATTACHMENTS)
    row = Attachment(
        id=attachment_id or new_id(),
        run_id=run_id,
        kind=kind,
        size=size,
        width=width,
        height=height,
        added_by=actor.id,
        added_at=now,
    )
    session.add(row)
    return row


def attach_to_receipt(
    session: Session, actor: Actor, run_id: UUID, receipt_id: UUID, attachment_id: UUID, *, now: datetime
) -> None:
    """Put a file that the actor sent on a receipt, by whoever may change the receipt, also after the run is done."""
    access = taking_part(session, actor, run_id, lock=True)
    access.need_phase(*OPEN_FOR)
    receipt = session.get(Receipt, receipt_id)
    if receipt is None or receipt.run_id != run_id:
        raise NotFound()
    need_right(session, access, receipt)
    row = waiting_file(session, access, attachment_id)
    count = select(func.count()).select_from(Attachment).where(Attachment.receipt_id == receipt_id)
    if session.scalars(count).one() >= MAX_PER_RECEIPT:
        raise Conflict("attachments_per_receipt", field="file", maximum=MAX_PER_RECEIPT)
    row.receipt_id, row.attached_at = receipt_id, now
    session.add(row)
    changes.note(session, changes.run(run_id))
    record_run(session, actor, "receipt_photo_added", access.run, now=now, day=receipt.day.isoformat())


def remove_attachment(session: Session, actor: Actor, run_id: UUID, attachment_id: UUID, *, now: datetime) -> None:
    """Take a file off its receipt, by whoever may change the receipt or sent the file.

    The clean-up deletes the file itself within two hours.
    """
    access = taking_part(session, actor, run_id, lock=True)
    access.need_phase(*OPEN_FOR)
    row = attachment_of(session, actor, run_id, attachment_id)
    receipt = session.get(Receipt, row.receipt_id) if row.receipt_id else None
    if receipt is not None and row.added_by != actor.id:
        need_right(session, access, receipt)
    session.delete(row)
    changes.note(session, changes.run(run_id))
    if receipt is not None:
        record_run(session, actor, "receipt_photo_removed", access.run, now=now, day=receipt.day.isoformat())


def waiting_file(session: Session, access: RunAccess, attachment_id: UUID) -> Attachment:
    """A file that the actor sent for this run and that is attached to nothing yet."""
    row = session.get(Attachment, attachment_id, with_for_update=True)
    if row is None or (row.run_id, row.added_by) != (access.run.id, access.actor.id) or row.attached_at is not None:
        raise NotFound()
    return row
