"""When which job runs: the same schedule inside the servers and in `python -m bulq jobs`."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.schedulers.background import BackgroundScheduler

from bulq import db, uploads
from bulq.config import Jobs, settings
from bulq.jobs import alerts, dumps, turns
from bulq.jobs.backup import back_up_if_due, explain
from bulq.jobs.cleanup import forget_old_audit_entries, forget_old_notifications, forget_old_sessions
from bulq.jobs.deadlines import Announce, close_due, tell_nobody

NOTE_EVERY = 60  # seconds: jobs that run all the time are remembered this often, errors at once
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
THREADS = 7  # as many as there are jobs: a long backup keeps no deadline waiting

logging.getLogger("apscheduler").setLevel(logging.ERROR)  # it tells of every run otherwise
log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Job:
    """`do` may run in several processes at once and returns how many things it did."""

    name: str
    every: timedelta
    do: Callable[[datetime], int]
    wait: timedelta = timedelta()  # before the first time


def all_jobs(announce: Announce) -> list[Job]:
    return [
        Job("deadlines", timedelta(seconds=settings.deadline_check_seconds), lambda now: close_due(now, announce)),
        Job("sessions", HOUR, forget_old_sessions),
        Job("notifications", HOUR, forget_old_notifications),
        Job("audit", HOUR, forget_old_audit_entries),
        Job("uploads", HOUR, uploads.forget_old),
        Job("backup", MINUTE, back_up_if_due),
        Job("alerts", MINUTE, lambda now: alerts.check(now, announce), MINUTE),
    ]


class Runner:
    """Does a job and remembers how it went; one that fails is logged and comes round again."""

    def __init__(self, job: Job) -> None:
        self._job, self._noted_at, self._error = job, 0.0, ""

    def __call__(self) -> None:
        started, began, error = datetime.now(UTC), time.monotonic(), ""
        try:
            if count := self._job.do(started):
                log.info("%s: %s", self._job.name, count)
        except Exception as failure:
            error = explain(failure)
            log.exception("%s failed", self._job.name)
        self._note(started, time.monotonic() - began, error)

    def _note(self, started: datetime, seconds: float, error: str) -> None:
        if error == self._error and time.monotonic() < self._noted_at + NOTE_EVERY:
            return
        try:
            db.write_now(turns.note, self._job.name, started, seconds, error)
            self._noted_at, self._error = time.monotonic(), error
        except Exception:
            log.exception("the run of %s could not be noted", self._job.name)


@contextmanager
def doing_jobs(announce: Announce = tell_nobody) -> Generator[None]:
    """While inside, all jobs are done on threads of their own."""
    dumps.stopping.clear()
    scheduler = BackgroundScheduler(
        timezone=UTC,
        executors={"default": ThreadPoolExecutor(THREADS)},
        job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None},
    )
    for job in all_jobs(announce):
        first = datetime.now(UTC) + job.wait
        scheduler.add_job(Runner(job), "interval", seconds=job.every.total_seconds(), next_run_time=first)
    scheduler.start()
    try:
        yield
    finally:
        dumps.stop()
        scheduler.shutdown(wait=True)


async def jobs_inside(announce: Announce = tell_nobody) -> None:
    """For as long as a server lives, unless a process of their own does them or nobody."""
    if settings.jobs is not Jobs.INSIDE:
        return
    with doing_jobs(announce):
        await asyncio.Event().wait()
