"""What happens while somebody else keeps the database busy: who only reads goes on, who writes is refused kindly."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Generator
from contextlib import closing, contextmanager

import pytest
from sqlalchemy import text
from sqlalchemy.engine import make_url
from sqlalchemy.orm import Session

from bulq import db
from bulq.config import settings
from bulq.domain.errors import Busy, OutOfReach
from bulq.jobs.schedule import Job, Runner, utc_now
from bulq.state.refusals import message
from tests import cast


@contextmanager
def locked(url: str) -> Generator[None]:
    """Somebody else holds what a writer needs: all of a SQLite file, or the stores."""
    if not url.startswith("sqlite"):
        with db.engine().connect() as holder, holder.begin():
            holder.execute(text("SELECT * FROM stores FOR UPDATE"))
            yield
        return
    with closing(sqlite3.connect(make_url(url).database or "", isolation_level=None)) as holder:
        holder.execute("BEGIN IMMEDIATE")
        yield


def rename_stores(session: Session) -> None:
    session.execute(text("UPDATE stores SET name = 'Aldi', name_key = 'aldi'"))


def store_names(session: Session) -> list[str]:
    return list(session.execute(text("SELECT name FROM stores")).scalars())


async def test_who_writes_is_told_that_others_are_at_it_and_who_reads_waits_for_nobody(
    database: str, caplog: pytest.LogCaptureFixture
) -> None:
    settings.lock_timeout = 1
    db.connect(database)
    db.write_now(cast.assemble)

    with locked(database):
        writers = [asyncio.create_task(db.run(rename_stores)) for _ in range(settings.database_pool_size)]
        await asyncio.sleep(0.1)
        assert await db.read(store_names) == ["Metro"] and not any(writer.done() for writer in writers)
        results = await asyncio.gather(*writers, return_exceptions=True)

    assert [type(each) for each in results] == [Busy] * len(writers)
    assert "try again" in message(Busy()) and "Traceback" not in caplog.text
    await db.run(rename_stores)
    assert await db.read(store_names) == ["Aldi"]


def test_a_job_that_finds_the_database_busy_logs_one_line(database: str, caplog: pytest.LogCaptureFixture) -> None:
    settings.lock_timeout = 1
    db.connect(database)
    db.write_now(cast.assemble)

    with locked(database):
        Runner(Job("renaming", cast.LATER - cast.NOW, lambda _: db.write_now(rename_stores) or 0), utc_now)()

    assert "renaming failed: busy" in caplog.text and "Traceback" not in caplog.text


@pytest.mark.only("sqlite")
async def test_a_database_that_can_only_be_read_is_out_of_reach_for_writers(
    database: str, caplog: pytest.LogCaptureFixture
) -> None:
    def write(session: Session) -> None:
        session.connection().exec_driver_sql("PRAGMA query_only=ON")
        rename_stores(session)

    with pytest.raises(OutOfReach):
        await db.run(write)
    assert "Traceback" not in caplog.text


@pytest.mark.only("sqlite")
async def test_a_full_disk_is_out_of_reach(database: str, caplog: pytest.LogCaptureFixture) -> None:
    def write(session: Session) -> None:
        connection = session.connection()
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar_one()
        connection.exec_driver_sql(f"PRAGMA max_page_count={pages}")  # SQLite's own way to a full disk
        connection.exec_driver_sql("CREATE TABLE big AS SELECT randomblob(1000000)")

    with pytest.raises(OutOfReach):
        await db.run(write)
    assert "full" in caplog.text and "Traceback" not in caplog.text
