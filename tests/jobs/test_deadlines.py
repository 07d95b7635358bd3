"""Bidding closes by itself."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from prometheus_client import REGISTRY
from sqlmodel import select

from bulq import changes, db
from bulq.config import settings
from bulq.domain.phases import Phase
from bulq.jobs.cleanup import forget_old_sessions
from bulq.jobs.deadlines import close_due
from bulq.jobs.failures import SomeFailed
from bulq.jobs.schedule import jobs_inside
from bulq.models import Notification, PasswordReset, PhaseEntry, Run, UserSession
from bulq.services import accounts, bids
from tests.announced import announcements
from tests.cast import LATER, NOW, PACK, Cast, assemble, plan
from tests.jobs.spoiling import spoilt

MINUTE = timedelta(minutes=1)


def planned(*, with_bid: bool = True) -> tuple[Cast, UUID]:
    with db.transaction() as session:
        cast = assemble(session)
        run_id = plan(session, cast, bids_close_at=LATER)
        if with_bid:
            bids.place_bid(session, cast.bojan, run_id, cast.rice, PACK, now=NOW)
        return cast, run_id


def run_of(run_id: UUID) -> Run:
    return db.read_now(lambda session: session.get_one(Run, run_id))


def test_a_run_is_confirmed_at_its_deadline_not_before(database: str) -> None:
    _, run_id = planned()

    assert close_due(LATER - MINUTE) == 0
    assert close_due(LATER) == 1
    assert close_due(LATER + MINUTE) == 0
    assert run_of(run_id).phase is Phase.CONFIRMED


def test_open_pages_are_told(database: str) -> None:
    cast, run_id = planned()

    with announcements() as told:
        close_due(LATER)

    people = {f"user:{cast.ana.id}", f"user:{cast.bojan.id}"}
    assert told == [{f"run:{run_id}", f"group:{cast.group_id}", *people}]


def test_without_a_firm_bid_the_deadline_clears_itself_and_the_leader_hears_of_it(database: str) -> None:
    cast, run_id = planned(with_bid=False)

    assert close_due(LATER) == 1

    run = run_of(run_id)
    assert (run.phase, run.bids_close_at) == (Phase.PLANNING, None)
    told = db.read_now(lambda session: session.scalars(select(Notification)).all())
    assert ("deadline_without_bids", cast.ana.id) in [(entry.kind, entry.user_id) for entry in told]


def test_several_processes_at_once_close_each_run_once(database: str) -> None:
    _, run_id = planned()

    with ThreadPoolExecutor(6) as pool:
        counts = list(pool.map(lambda _: close_due(LATER), range(12)))

    assert sum(counts) == 1
    entries = db.read_now(lambda session: session.scalars(select(PhaseEntry.phase)).all())
    assert list(entries).count(Phase.CONFIRMED) == 1
    assert run_of(run_id).phase is Phase.CONFIRMED


def counted(job: str) -> float:
    return REGISTRY.get_sample_value("bulq_job_rows_failed_total", {"job": job}) or 0


def test_a_run_that_fails_keeps_no_other_waiting_and_is_tried_again(
    database: str, caplog: pytest.LogCaptureFixture
) -> None:
    (cast, first), failed_before = planned(), counted("deadlines")
    with db.transaction() as session:
        others = [plan(session, cast, bids_close_at=LATER + n * MINUTE) for n in (-1, 1)]
    refusal = f"1 of 3 failed: run {first}: .*this row is spoilt"

    with announcements() as told, spoilt("runs", first), pytest.raises(SomeFailed, match=refusal):
        close_due(LATER + MINUTE)

    topics = set[str]().union(*told)
    assert {f"run:{run_id}" for run_id in others} <= topics and f"run:{first}" not in topics
    assert run_of(first).phase is Phase.ACTIVE and [run_of(run_id).bids_close_at for run_id in others] == [None] * 2
    assert counted("deadlines") == failed_before + 1 and str(first) in caplog.text

    with announcements() as told:
        assert close_due(LATER + MINUTE) == 1
    assert [f"run:{first}" in topics for topics in told] == [True]


def test_an_announcement_that_fails_keeps_no_other_waiting(database: str, caplog: pytest.LogCaptureFixture) -> None:
    cast, first = planned()
    with db.transaction() as session:
        second = plan(session, cast, bids_close_at=LATER + MINUTE)
    heard: set[str] = set()

    def fail_for_the_first(*topics: str) -> None:
        if f"run:{first}" in topics:
            raise RuntimeError("no pages today")
        heard.update(topics)

    with announcements():
        changes.tell_by(fail_for_the_first)
        assert close_due(LATER + MINUTE) == 2

    assert f"run:{second}" in heard
    assert "no pages today" in caplog.text


async def test_the_loop_goes_on_after_a_failure(database: str, caplog: pytest.LogCaptureFixture) -> None:
    settings.deadline_check_seconds = 0.01
    _, run_id = planned()
    with db.transaction() as session:
        session.get_one(Run, run_id).bids_close_at = datetime(2020, 1, 1, tzinfo=UTC)
    failed: list[str] = []

    def fail_once(*topics: str) -> None:
        failed.extend(topics)
        raise RuntimeError("no pages today")

    with announcements():
        changes.tell_by(fail_once)
        loop = asyncio.create_task(jobs_inside())
        for _ in range(300):
            await asyncio.sleep(0.02)
            if failed:
                break
        await asyncio.sleep(0.1)

    assert not loop.done()
    assert "no pages today" in caplog.text
    assert run_of(run_id).phase is Phase.CONFIRMED
    loop.cancel()
    with suppress(asyncio.CancelledError):
        await loop


def test_only_sessions_that_are_over_are_forgotten(database: str) -> None:
    with db.transaction() as session:
        ana = assemble(session).ana
        for created, seen in ((0, 0), (29, 29), (30, 30), (31, 31), (89, 1), (90, 1), (91, 1)):
            accounts.start_session(session, ana.id, f"{created}-{seen}", now=NOW - timedelta(days=created))
            session.flush()
            row = session.scalars(select(UserSession).where(UserSession.user_agent == f"{created}-{seen}")).one()
            row.seen_at = NOW - timedelta(days=seen)

    assert forget_old_sessions(NOW) == 4
    left = db.read_now(lambda session: session.scalars(select(UserSession.user_agent)).all())
    assert set(left) == {"0-0", "29-29", "89-1"}


def test_links_for_a_password_are_forgotten_when_they_are_over(database: str) -> None:
    second = timedelta(seconds=1)
    with db.transaction() as session:
        ana = assemble(session).ana
        of = {"user_id": ana.id, "created_by": ana.id, "created_at": NOW - timedelta(days=1)}
        ends = {"before": NOW - second, "now": NOW, "after": NOW + second}
        session.add_all(PasswordReset(token_hash=name, expires_at=end, **of) for name, end in ends.items())

    forget_old_sessions(NOW)

    assert db.read_now(lambda session: session.scalars(select(PasswordReset.token_hash)).all()) == ["after"]
