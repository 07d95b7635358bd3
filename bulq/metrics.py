"""Figures for Prometheus. What belongs to one module (limits, live) is counted there."""

from __future__ import annotations

import os
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import REGISTRY

QUICK = (0.005, 0.01, 0.025, 0.05, 0.1, 0.2, 0.5, 1, 2, 5)

REQUESTS = Histogram("bulq_request_seconds", "Requests answered", ["method", "route", "status"], buckets=QUICK)
EVENTS = Histogram(
    "bulq_event_seconds", "What pages asked for, by use case or view", ["name", "outcome"], buckets=QUICK
)
BIDS = Counter("bulq_bids", "Bids placed, changed or taken back")
QUERIES = Histogram("bulq_query_seconds", "Queries sent to the database", buckets=QUICK)
SLOW = Counter("bulq_slow", "What took longer than BULQ_SLOW_MS", ["what"])
SOCKETS = Gauge("bulq_open_sockets", "Open pages", multiprocess_mode="livesum")
CONNECTIONS = Gauge("bulq_database_connections", "Open connections to the database", multiprocess_mode="livesum")
BUSY = Gauge("bulq_database_connections_busy", "Connections in use", multiprocess_mode="livesum")


def count_sockets(namespace: Any) -> None:
    """Keep count of the sockets of this event namespace."""
    on_connect, on_disconnect, here = namespace.on_connect, namespace.on_disconnect, set[str]()

    async def came(sid: str, *rest: Any) -> Any:
        if sid not in here:
            here.add(sid)
            SOCKETS.inc()
        return await on_connect(sid, *rest)

    def went(sid: str, *rest: Any) -> Any:
        if sid in here:
            here.discard(sid)
            SOCKETS.dec()
        return on_disconnect(sid, *rest)

    namespace.on_connect, namespace.on_disconnect = came, went


def exposition(jobs: Mapping[str, tuple[datetime | None, float | None, bool]], backup: datetime | None) -> bytes:
    """All figures as text. Jobs (when, seconds, failed) and the last good backup are the same for every process."""
    own = REGISTRY
    if "PROMETHEUS_MULTIPROC_DIR" in os.environ:  # the processes behind one port answer for each other
        own = CollectorRegistry()
        MultiProcessCollector(own)
    return generate_latest(own) + generate_latest(_of_the_database(jobs, backup))


def _of_the_database(
    jobs: Mapping[str, tuple[datetime | None, float | None, bool]], backup: datetime | None
) -> CollectorRegistry:
    registry = CollectorRegistry()
    last = Gauge("bulq_job_last_run_timestamp_seconds", "When a job ran last", ["job"], registry=registry)
    took = Gauge("bulq_job_seconds", "How long it took", ["job"], registry=registry)
    failed = Gauge("bulq_job_failed", "1 when it failed", ["job"], registry=registry)
    for name, (when, seconds, wrong) in jobs.items():
        last.labels(name).set(when.timestamp() if when else 0)
        took.labels(name).set(seconds or 0)
        failed.labels(name).set(wrong)
    good = Gauge("bulq_backup_last_good_timestamp_seconds", "The newest proven backup; 0: none", registry=registry)
    good.set(backup.timestamp() if backup else 0)
    return registry
