"""Where a product or store is that was merged into another one, for those who still have its address."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session
from sqlmodel import col

from bulq.domain.actor import Actor
from bulq.models import AuditEntry, Product, Store

Kind = Literal["product", "store"]

STEPS = 10  # the one that was kept may have been merged in its turn


@dataclass(frozen=True, slots=True)
class Kept:
    id: UUID
    name: str


def kept_instead(session: Session, viewer: Actor, kind: Kind, gone: UUID) -> Kept | None:
    """What is there now instead of one that is gone; None for what never was, or was deleted. For anybody signed in."""
    table = Product if kind == "product" else Store
    for _ in range(STEPS):
        into = (
            select(col(AuditEntry.subject_id))
            .where(
                col(AuditEntry.action) == f"{kind}_merged",
                col(AuditEntry.details)["duplicate_id"].as_string() == str(gone),
            )
            .limit(1)
        )
        kept = session.execute(into).scalars().first()
        if kept is None:
            return None
        name = session.execute(select(col(table.name)).where(col(table.id) == kept)).scalars().first()
        if name is not None:
            return Kept(kept, name)
        gone = kept
    return None
