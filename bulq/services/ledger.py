"""The ledger of a run: entries are written when it ends, and only added to afterwards."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from bulq.domain.statements import Entry, entries_of
from bulq.models import Run, StatementLine
from bulq.queries.item_shares import run_shares


def freeze(session: Session, run: Run, *, now: datetime) -> None:
    """Write down what everybody owes as of the run's phase before it ends. The run must be locked."""
    for item_id, shares in run_shares(session, run).items.items():
        enter_lines(session, run, UUID(item_id), entries_of(shares), now=now)


def enter_lines(session: Session, run: Run, item_id: UUID, entries: Iterable[Entry], *, now: datetime) -> None:
    for person, kind, quantity, amount in entries:
        session.add(
            StatementLine(
                run_id=run.id,
                item_id=item_id,
                user_id=UUID(person),
                kind=kind,
                quantity=quantity,
                amount=amount,
                entered_at=now,
            )
        )
