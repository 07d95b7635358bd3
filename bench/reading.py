"""How long the run page's data takes to read, and in how many queries."""

from __future__ import annotations

import time
from collections.abc import Callable
from statistics import median

from sqlalchemy import event
from sqlalchemy.orm import Session

from bench.seed import Seeded
from bulq import db
from bulq.queries.run_facts import run_facts

TIMES = 50


def run_view_figures(seeded: Seeded) -> dict[str, float]:
    """The median of many reads, each in a transaction of its own as the server does it."""
    took: list[float] = []
    for _ in range(TIMES):
        began = time.perf_counter()
        db.read_now(_read, seeded)
        took.append((time.perf_counter() - began) * 1000)
    return {"run_view_ms": median(took), "run_view_queries": count_queries(lambda session: _read(session, seeded))}


def _read(session: Session, seeded: Seeded) -> None:
    run_facts(session, seeded.leader, seeded.run_id)


def count_queries(read: Callable[[Session], None]) -> int:
    """How many statements it takes to read something, without those that begin and end the transaction."""
    statements: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        if not statement.startswith(("BEGIN", "COMMIT")):
            statements.append(statement)

    event.listen(db.engine(), "before_cursor_execute", note)
    try:
        db.read_now(read)
    finally:
        event.remove(db.engine(), "before_cursor_execute", note)
    return len(statements)
