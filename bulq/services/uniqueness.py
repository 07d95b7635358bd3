"""Writing what there may be only one of, however many try at once."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager
from typing import Any

from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session
from sqlmodel import SQLModel

from bulq.domain.errors import Conflict


def add_unique(session: Session, row: SQLModel, refusal: Conflict) -> None:
    """Insert the row, or raise `refusal` when somebody was quicker after the caller had looked."""
    with only_once(session, refusal):
        session.add(row)


def inserting(session: Session, table: Any) -> postgresql.Insert | sqlite.Insert:
    """An insert that can say what a conflict comes to, which each database has in a way of its own."""
    return (postgresql if session.get_bind().dialect.name == "postgresql" else sqlite).insert(table)


@contextmanager
def only_once(session: Session, refusal: Conflict) -> Generator[None]:
    """Write what is changed within the block, or raise `refusal` when somebody was quicker."""
    try:
        with session.begin_nested():
            yield
    except IntegrityError as error:
        if not _is_twin(error):
            raise  # what it refers to is gone: the whole is tried again
        raise refusal from None


def _is_twin(error: IntegrityError) -> bool:
    code = getattr(error.orig, "sqlstate", None) or getattr(error.orig, "sqlite_errorname", "")
    return code in ("23505", "SQLITE_CONSTRAINT_UNIQUE", "SQLITE_CONSTRAINT_PRIMARYKEY")
