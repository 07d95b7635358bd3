"""How long pages take on a server that has been used for years, each read in a transaction of its own."""

from __future__ import annotations

import time
from collections.abc import Callable
from statistics import median

from sqlalchemy.orm import Session

from bench.seed_large import Large
from bulq import cache, db
from bulq.queries.catalogue import find_products
from bulq.queries.groups import home

TIMES = 30
COLD = 3


def large_figures(large: Large) -> dict[str, float]:
    """Medians, in milliseconds."""
    figures = {"home_ms": _median(lambda session: home(session, large.viewer))}
    figures["list_cold_ms"] = _median(lambda session: _list(session, large), COLD, before=cache.forget)
    figures["list_warm_ms"] = _median(lambda session: _list(session, large))
    return figures


def _list(session: Session, large: Large) -> None:
    """The products offered while somebody types in a run."""
    find_products(session, large.viewer, large.run_id, "pirinac")


def _median(read: Callable[[Session], object], times: int = TIMES, before: Callable[[], None] | None = None) -> float:
    took: list[float] = []
    for _ in range(times):
        if before:
            before()
        began = time.perf_counter()
        db.read_now(read)
        took.append((time.perf_counter() - began) * 1000)
    return median(took)
