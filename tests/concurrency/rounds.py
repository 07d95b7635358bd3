"""Several people acting at the same moment, each in a thread and a transaction of their own."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from threading import Barrier
from typing import Any

from sqlalchemy.orm import Session

from bulq import db
from bulq.domain.errors import BulqError
from tests.cast import Cast, assemble

Act = Callable[[Session], Any]
ROUNDS = 25


def at_once(*acts: Act) -> list[Any]:
    """What each returned, or the refusal it met. Anything else that is raised fails the test."""
    barrier = Barrier(len(acts))

    def run(act: Act) -> Any:
        barrier.wait(timeout=10)
        try:
            return db.write_now(act)
        except BulqError as refusal:
            return refusal

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(run, acts))


def refusals(results: list[Any]) -> list[str]:
    return [result.key for result in results if isinstance(result, BulqError)]


def cast_of_this_test() -> Cast:
    return db.write_now(assemble)


@contextmanager
def looking() -> Iterator[Session]:
    with db.reading() as session:
        yield session
