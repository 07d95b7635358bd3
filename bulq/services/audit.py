"""The record of who did what: written in the transaction of the change itself, so that neither is without the other."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from bulq.domain.actor import Actor
from bulq.models import AuditEntry


def record(
    session: Session,
    who: Actor | None,
    action: str,
    *,
    kind: str,
    subject: UUID | None,
    name: str,
    group_id: UUID | None = None,
    now: datetime,
    **details: Any,
) -> None:
    """`who` did `action` to the `subject` of a `kind`, at that time called `name`; without anybody, the server did.

    `action` names its text in the catalogue as "audit.<action>"; `details` fill it in, and hold what JSON can.
    """
    session.add(
        AuditEntry(
            at=now,
            actor_id=who.id if who else None,
            actor_name=who.name if who else "",
            address=who.address if who else "",
            action=action,
            subject_kind=kind,
            subject_id=subject,
            subject_name=name[:200],
            group_id=group_id,
            details=details,
        )
    )
