"""Writing what there may be only one of, however many try at once."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session
from sqlmodel import SQLModel

from bulq.domain.errors import Conflict


def add_unique(session: Session, row: SQLModel, refusal: Conflict) -> None:
    """Insert the row, or raise `refusal` when somebody was quicker after the caller had looked."""
    with only_once(session, refusal):
        session.add(row)


@contextmanager
def only_once(session: Session, refusal: Conflict) -> Generator[None]:
    """Write what is changed within the block, or raise `refusal` when somebody was quicker."""
    try:
        with session.begin_nested():
            yield
    except IntegrityError:
        raise refusal from None
