"""What is done to the servers while people bid, and what came of it."""

from __future__ import annotations

import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from statistics import median
from typing import Any

from bulq import db
from bulq.domain.phases import Phase
from rehearsal.audience import Audience, Seen
from rehearsal.server import APP, Stack
from rehearsal.village import close_bids_at

Figures = dict[str, Any]

COUNT = f"SELECT application_name, count(*) FROM pg_stat_activity WHERE application_name LIKE '{APP}%%' GROUP BY 1"


@contextmanager
def connections_counted() -> Iterator[Counter[str]]:
    """The most connections each app process has to the database at any moment."""
    most, ended = Counter[str](), threading.Event()

    def watch() -> None:
        with db.engine().connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            while not ended.wait(0.1):
                for app, count in connection.exec_driver_sql(COUNT):
                    most[app] = max(most[app], count)

    thread = threading.Thread(target=watch, daemon=True)
    thread.start()
    yield most
    ended.set()
    thread.join()


def load(stack: Stack, crowd: Audience) -> Figures:
    """Many sockets open, fifty people bidding, and nothing happens to anybody."""
    with connections_counted() as most:
        crowd.begin()
        busy = sum(app.busy_seconds() for app in stack.apps)
        time.sleep(crowd.size.calm)
        seen = crowd.seen()
        busy = sum(app.busy_seconds() for app in stack.apps) - busy
    crowd.rest()
    return {
        "sockets": seen.raw["connected"],
        "opened_in_s": crowd.opened["opened_in"],
        "bids": seen.answered,
        "bids_per_s": seen.answered / crowd.size.calm,
        "errors": seen.errors + crowd.opened["failures"],
        "bid_ms": seen.bid_ms(50),
        "bid_p95_ms": seen.bid_ms(95),
        "seen_by_all_ms": median(seen.seen_ms or [float("inf")]),
        "seen_by_all_max_ms": max(seen.seen_ms, default=float("inf")),
        "busy_ms_per_bid": busy * 1000 / max(1, seen.answered),
        "rss_mb": max(app.resident_mb() for app in stack.apps),
        "database_connections": sum(most.values()),
        "database_connections_over": max(most.values()) - stack.pool,
        **_checked(crowd, ""),
    }


def _checked(crowd: Audience, prefix: str) -> Figures:
    overtaken, lost = crowd.lost_bids()
    for what in overtaken + lost:
        print(f"  {what}", file=sys.stderr)
    return {
        f"{prefix}lost_bids": len(lost),
        f"{prefix}overtaken_bids": len(overtaken),
        f"{prefix}stale_pages": crowd.stale_pages(),
    }


def _meanwhile(crowd: Audience, prefix: str, happening: Callable[[], None]) -> tuple[Seen, float, Figures]:
    """Something happens under load: what the crowd saw, the moment it was done, and the figures all trials have."""
    crowd.begin()
    time.sleep(crowd.size.before)
    crowd.begin()
    happening()
    done = time.monotonic()
    time.sleep(crowd.size.after)
    crowd.until_all_are_back(30)
    seen = crowd.seen()
    crowd.rest()
    figures = {
        "bids": seen.answered,
        "unanswered": seen.became["lost"],
        "hanging": seen.hanging,
        "away": crowd.size.sockets - seen.raw["connected"],
    }
    return seen, done, {f"{prefix}{key}": value for key, value in figures.items()} | _checked(crowd, prefix)


def deadline(stack: Stack, crowd: Audience, run_id: str) -> Figures:
    """A run of another street closes by itself, which the process for jobs does and all its pages show."""
    db.write_now(close_bids_at, run_id, datetime.now(UTC) + timedelta(seconds=1))
    return {"deadline_shown_s": crowd.in_phase(run_id, Phase.CONFIRMED, 30) - 1}


def one_killed(stack: Stack, crowd: Audience) -> Figures:
    """One of the app processes ends as if its power had been cut; afterwards it comes back."""
    seen, _, figures = _meanwhile(crowd, "kill_", stack.apps[0].kill)
    stack.apps[0].start()
    stack.apps[0].until_ready()
    return {"kill_dropped": seen.raw["drops"], "kill_reconnect_s": seen.slowest_return, **figures}


def valkey_restarted(stack: Stack, crowd: Audience) -> Figures:
    seen, done, figures = _meanwhile(crowd, "redis_", stack.valkey.restart)
    return {"redis_live_again_s": seen.live_after(done), "redis_refusals": seen.refusals, **figures}


def postgresql_restarted(stack: Stack, crowd: Audience) -> Figures:
    db.engine().dispose()
    seen, done, figures = _meanwhile(crowd, "postgresql_", stack.postgresql.crash_and_restart)
    return {"postgresql_recovered_s": seen.live_after(done), "postgresql_refusals": seen.refusals, **figures}


def rolling_restart(stack: Stack, crowd: Audience) -> Figures:
    """Each app process in turn ends in order and is started again, as an update does it."""

    def one_after_the_other() -> None:
        for app in stack.apps:
            app.stop()
            app.start()
            app.until_ready()

    seen, _, figures = _meanwhile(crowd, "rolling_", one_after_the_other)
    return {"rolling_dropped": seen.raw["drops"], "rolling_reconnect_s": seen.slowest_return, **figures}
