"""When which job runs: the same schedule inside the servers and in `python -m bulq jobs`.

Each job has a thread that waits between its runs. Python's waits are measured by the monotonic clock: setting the wall
clock forward or back neither stops a job nor hurries it.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable, Generator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from threading import Event, Thread

from bulq import db, uploads
from bulq.config import Jobs, settings
from bulq.jobs import alerts, dumps, turns
from bulq.jobs.attachments import forget_attachments
from bulq.jobs.backup import back_up_if_due
from bulq.jobs.cleanup import (
    finish_imports,
    forget_old_audit_entries,
    forget_old_notifications,
    forget_old_operations,
    forget_old_sessions,
)
from bulq.jobs.deadlines import close_due
from bulq.jobs.doctor import report_if_due
from bulq.jobs.failures import SomeFailed, explain, log_failure
from bulq.jobs.payments import see_to_payments

NOTE_EVERY = 60  # seconds: jobs that run all the time are remembered this often, errors at once
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
Clock = Callable[[], datetime]

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Job:
    """`do` may run in several processes at once and returns how many things it did; None: it remembers them itself."""

    name: str
    every: timedelta
    do: Callable[[datetime], int | None]
    wait: timedelta = timedelta()  # before the first time


def all_jobs() -> list[Job]:
    return [
        Job("deadlines", timedelta(seconds=settings.deadline_check_seconds), close_due),
        Job("payments", MINUTE, see_to_payments),
        Job("sessions", HOUR, forget_old_sessions),
        Job("notifications", HOUR, forget_old_notifications),
        Job("operations", HOUR, forget_old_operations),
        Job("audit", HOUR, forget_old_audit_entries),
        Job("imports", HOUR, finish_imports),
        Job("uploads", HOUR, uploads.forget_old),
        Job("attachments", HOUR, forget_attachments),
        Job("backup", MINUTE, back_up_if_due),
        Job("integrity", HOUR, report_if_due, MINUTE),
        Job("alerts", MINUTE, alerts.check, MINUTE),
    ]


class Runner:
    """Does a job and remembers how it went; one that fails is logged and comes round again."""

    def __init__(self, job: Job, clock: Clock) -> None:
        self._job, self._clock, self._noted_at, self._error = job, clock, 0.0, ""

    def __call__(self) -> None:
        started, began, error = self._clock(), time.monotonic(), ""
        try:
            count = self._job.do(started)
            if count is None:
                return
            if count:
                log.info("%s: %s", self._job.name, count)
        except Exception as failure:
            error = explain(failure)
            if not isinstance(failure, SomeFailed):  # which are logged row by row
                log_failure(self._job.name, failure)
        self._note(started, time.monotonic() - began, error)

    def _note(self, started: datetime, seconds: float, error: str) -> None:
        if error == self._error and time.monotonic() < self._noted_at + NOTE_EVERY:
            return
        try:
            db.write_now(turns.note, self._job.name, started, seconds, error)
            self._noted_at, self._error = time.monotonic(), error
        except Exception as failure:
            log_failure(f"noting a run of {self._job.name}", failure)


def utc_now() -> datetime:
    return datetime.now(UTC)


def _keep_doing(job: Job, run: Runner, ended: Event) -> None:
    stop = ended.wait(job.wait.total_seconds())
    while not stop:
        run()
        stop = ended.wait(job.every.total_seconds())


@contextmanager
def doing_jobs(*, jobs: Sequence[Job] = (), clock: Clock = utc_now) -> Generator[None]:
    """While inside, all jobs (or those given) are done, each on a thread of its own. `clock` tells them the time."""
    dumps.stopping.clear()
    ended = Event()
    threads = [
        Thread(target=_keep_doing, args=(job, Runner(job, clock), ended), name=f"job-{job.name}")
        for job in jobs or all_jobs()
    ]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        ended.set()
        dumps.stop()
        for thread in threads:
            thread.join()


async def jobs_inside() -> None:
    """For as long as a server lives, unless a process of their own does them or nobody."""
    if settings.jobs is not Jobs.INSIDE:
        return
    with doing_jobs():
        await asyncio.Event().wait()
