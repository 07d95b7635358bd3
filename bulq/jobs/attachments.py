"""Removes photos and PDFs that belong to nothing: those that were never attached, and files whose row is gone."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.orm import Session
from sqlmodel import col

from bulq import attachments, db
from bulq.domain.attachments import KEPT_WAITING
from bulq.jobs.failures import Tries
from bulq.models import Attachment, Spoilage
from bulq.queries.attachments import attachments_among

AT_ONCE = 500


def forget_attachments(now: datetime) -> int:
    """Forget what was never attached, and delete files that no row names any more; returns how many of both."""
    count = db.write_now(_forget_waiting, now - KEPT_WAITING)
    with Tries("attachments") as tries:
        for attachment_id in list(nobodys(now)):
            with tries.one(str(attachment_id)):
                attachments.delete(attachment_id)
                count += 1
    return count


def nobodys(now: datetime) -> Iterator[UUID]:
    """Attachments with files and without a row, made more than an hour ago: before that a row may still come."""
    # The files are listed before the rows are read: a file that is older than that has its row by then.
    old = [each for each in attachments.files() if attachments.made_at(each) < now - KEPT_WAITING]
    known = _known(old)
    yield from sorted(each for each in old if each not in known)


def without_files() -> Iterator[UUID]:
    """Attachments whose file isn't there."""
    rows = db.read_now(lambda session: session.scalars(select(col(Attachment.id))).all())
    there = attachments.files()
    # Looked at once more: what was removed meanwhile is not missing.
    yield from sorted(_known([each for each in rows if each not in there]))


def _known(ids: Sequence[UUID]) -> set[UUID]:
    """Those that have a row, asked for in pieces: databases take only so many values at once."""
    pieces = (ids[begin : begin + AT_ONCE] for begin in range(0, len(ids), AT_ONCE))
    return {each for piece in pieces for each in db.read_now(attachments_among, piece)}


def _forget_waiting(session: Session, before: datetime) -> int:
    on_reports = select(col(Spoilage.attachment_id)).where(col(Spoilage.attachment_id).is_not(None))
    is_used = col(Attachment.receipt_id).is_not(None) | col(Attachment.id).in_(on_reports)
    waits = ~is_used & (col(Attachment.added_at) <= before)
    return len(session.scalars(delete(Attachment).where(waits).returning(col(Attachment.id))).all())
