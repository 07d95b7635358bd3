"""Adding what there may be only one of, however many try at once."""

from __future__ import annotations

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session
from sqlmodel import SQLModel

from bulq.domain.errors import Conflict


def add_unique(session: Session, row: SQLModel, refusal: Conflict) -> None:
    """Insert the row, or raise `refusal` when somebody was quicker after the caller had looked."""
    try:
        with session.begin_nested():
            session.add(row)
    except IntegrityError:
        raise refusal from None
