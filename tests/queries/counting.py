"""Counting the statements a view needs."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection, Engine, event
from sqlalchemy.orm import Session


@contextmanager
def statements(session: Session) -> Iterator[list[str]]:
    """The SQL sent to the database within the block, from rows nobody has read yet."""
    session.flush()
    session.expunge_all()
    with sent_by(session.connection()) as sent:
        yield sent


@contextmanager
def sent_by(source: Connection | Engine) -> Iterator[list[str]]:
    """The SQL of a connection, or of all of an engine, within the block."""
    sent: list[str] = []

    def remember(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        sent.append(statement)

    event.listen(source, "before_cursor_execute", remember)
    try:
        yield sent
    finally:
        event.remove(source, "before_cursor_execute", remember)
