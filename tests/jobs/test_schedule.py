"""The jobs inside a server: all are done, and how they went is remembered."""

from __future__ import annotations

import asyncio
import threading
import time
from datetime import datetime, timedelta

import pytest
from sqlmodel import select

from bulq import db
from bulq.config import Jobs, settings
from bulq.jobs import turns
from bulq.jobs.cleanup import forget_old_notifications
from bulq.jobs.schedule import Job, Runner, doing_jobs, jobs_inside, utc_now
from bulq.models import JobRun, Notification
from bulq.queries.backups import job_runs
from tests.cast import NOW, Cast

DAY, NONE = timedelta(days=1), timedelta()
DONE_AT_ONCE = {
    "deadlines",
    "payments",
    "sessions",
    "notifications",
    "operations",
    "audit",
    "imports",
    "uploads",
    "attachments",
    "backup",
}


def remembered() -> dict[str, JobRun]:
    return {run.name: run for run in db.read_now(job_runs)}


async def test_all_are_done_and_remembered(cast: Cast) -> None:
    with doing_jobs():
        for _ in range(200):
            if remembered().keys() >= DONE_AT_ONCE:
                break
            await asyncio.sleep(0.02)

    runs = remembered()
    assert runs.keys() == DONE_AT_ONCE
    assert all(run.error == "" and run.seconds is not None and run.started_at for run in runs.values())


@pytest.mark.parametrize("who", [Jobs.PROCESS, Jobs.OFF])
@pytest.mark.only("sqlite")
async def test_a_server_leaves_them_to_whom_they_are_given(cast: Cast, who: Jobs) -> None:
    settings.jobs = who

    await jobs_inside()

    assert remembered() == {}


@pytest.mark.only("sqlite")
def test_setting_the_clock_back_stops_no_job(cast: Cast) -> None:
    began, set_back, times = time.monotonic(), threading.Event(), list[datetime]()

    def wall_clock() -> datetime:
        return NOW + timedelta(seconds=time.monotonic() - began) - (timedelta(hours=5) if set_back.is_set() else NONE)

    def note(now: datetime) -> int:
        times.append(now)
        if len(times) == 3:
            set_back.set()
        return 0

    with doing_jobs(jobs=[Job("noting", timedelta(seconds=0.01), note)], clock=wall_clock):
        for _ in range(500):
            if len(times) >= 6:
                break
            time.sleep(0.02)

    assert len(times) >= 6 and times[2] > NOW > times[3]


def test_a_turn_taken_before_the_clock_was_set_back_blocks_nobody(database: str) -> None:
    assert db.write_now(turns.begin, "backup", NOW, timedelta(hours=1))

    assert not db.write_now(turns.begin, "backup", NOW + timedelta(minutes=59), timedelta(hours=1))
    assert db.write_now(turns.begin, "backup", NOW - timedelta(hours=5), timedelta(hours=1))


@pytest.mark.only("sqlite")
def test_an_error_is_remembered_until_it_is_over(cast: Cast) -> None:
    wrong = ["the moon is full"]

    def moody(_now: object) -> int:
        if wrong:
            raise RuntimeError(wrong[0])
        return 1

    runner = Runner(Job("moody", DAY, moody), utc_now)
    runner()
    assert remembered()["moody"].error == "the moon is full"

    wrong.clear()
    runner()
    assert remembered()["moody"].error == ""


def test_old_notifications_are_forgotten_the_read_ones_sooner(cast: Cast) -> None:
    with db.transaction() as session:
        session.query(Notification).delete()
        for age, read in ((89, True), (90, True), (91, True), (91, False), (364, False), (365, False), (366, False)):
            at = NOW - DAY * age
            session.add(
                Notification(
                    user_id=cast.ana.id,
                    kind=f"{age}{'r' if read else ''}",
                    created_at=at,
                    updated_at=at,
                    read_at=at if read else None,
                )
            )

    assert forget_old_notifications(NOW) == 4
    left = db.read_now(lambda session: session.scalars(select(Notification.kind)).all())
    assert set(left) == {"89r", "91", "364"}
