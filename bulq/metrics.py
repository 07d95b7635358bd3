"""Figures for Prometheus. What belongs to one module (limits, live) is counted there."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import REGISTRY
from prometheus_client.samples import Sample

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
    return generate_latest(_registry()) + generate_latest(_of_the_database(jobs, backup))


def _registry() -> CollectorRegistry:
    """The figures of this process; with several behind one port, of all of them, which answer for each other."""
    if "PROMETHEUS_MULTIPROC_DIR" not in os.environ:
        return REGISTRY
    together = CollectorRegistry()
    MultiProcessCollector(together)
    return together


def collected() -> list[Sample]:
    """What all figures stand at now."""
    return [sample for metric in _registry().collect() for sample in metric.samples]


def counts(samples: Iterable[Sample], name: str, label: str) -> dict[str, float]:
    """A counter since the server started, by one of its labels."""
    found: dict[str, float] = {}
    for sample in samples:
        if sample.name == f"{name}_total":
            found[sample.labels[label]] = found.get(sample.labels[label], 0) + sample.value
    return found


def quantile(samples: Iterable[Sample], name: str, share: float) -> float | None:
    """In seconds, what so large a share of a histogram stayed under, as far as its buckets tell; None: nothing yet."""
    buckets = sorted(
        (float(sample.labels["le"]), sample.value) for sample in samples if sample.name == f"{name}_bucket"
    )
    if not buckets or not buckets[-1][1]:
        return None
    return next(upper for upper, count in buckets if count >= share * buckets[-1][1])


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
