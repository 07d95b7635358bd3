"""A backup is made, proved by restoring it, and kept for its time; what goes wrong is said and harms no other."""

from __future__ import annotations

import os
import resource
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from pydantic import SecretStr
from sqlalchemy import Engine, create_engine, event, text
from sqlalchemy.engine import make_url
from sqlmodel import col, select

from bulq import db
from bulq.config import settings
from bulq.domain.backups import CHECKSUM
from bulq.jobs import dumps
from bulq.jobs.backup import BackupFailed, Unproven, back_up, back_up_if_due, facts_in, prove
from bulq.jobs.sealing import MAGIC
from bulq.jobs.throwaway import PREFIX
from bulq.jobs.vault import vault
from bulq.models import Backup, ListItem, Notification
from bulq.queries.backups import backup_health
from bulq.storage import Storage, storage
from tests.cast import NOW, Cast
from tests.jobs.conftest import KEY, OTHER_KEY, Bucket

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def good(now: datetime = NOW) -> Backup:
    row = back_up(now)
    assert row is not None and row.error == ""
    return row


def failed(now: datetime = NOW) -> Backup:
    row = back_up(now)
    assert row is not None and row.error and row.proved_at is None
    return row


def names() -> list[str]:
    return [each.name for each in vault().backups()]


def rows() -> list[Backup]:
    return list(db.read_now(lambda session: session.scalars(select(Backup).order_by(col(Backup.started_at))).all()))


def proof_databases(url: str) -> list[str]:
    with create_engine(url).connect() as connection:
        query = text("SELECT datname FROM pg_database WHERE datname LIKE :like")
        return list(connection.scalars(query, {"like": f"{PREFIX}%"}))


@pytest.mark.parametrize("place", ["folder", "bucket"])
def test_a_backup_is_stored_with_its_checksum_and_proved(
    cast: Cast, place: str, request: pytest.FixtureRequest
) -> None:
    request.getfixturevalue(place)
    if place == "bucket":
        settings.backup_key = SecretStr(KEY)
    store = storage(settings.backup_target)

    row = good()

    stored = {file.name: file.size for file in store.files()}
    assert stored.keys() == {row.name, row.name + CHECKSUM} and stored[row.name] == row.size
    if place == "folder":
        assert {oct(path.stat().st_mode)[-3:] for path in Path(settings.backup_target[7:]).iterdir()} == {"600"}
    assert b"".join(store.read(row.name + CHECKSUM)).decode() == f"{row.sha256}  {row.name}\n"
    encrypted = b"".join(store.read(row.name)).startswith(MAGIC)
    assert encrypted == row.name.endswith(".enc") == (place == "bucket")
    assert [(saved.name, saved.proved_at, saved.error) for saved in rows()] == [(row.name, row.proved_at, "")]
    assert row.facts is not None and row.facts["purchases"] == 5593
    assert row.facts["rows"]["bids"] == 4 and row.facts["rows"]["backups"] == 0  # not even itself


@pytest.mark.only("postgresql")
def test_no_throw_away_database_is_left(cast: Cast, folder: Path, database: str) -> None:
    good()

    assert proof_databases(database) == []


def test_what_is_written_meanwhile_is_left_out_whole(cast: Cast, folder: Path, tmp_path: Path) -> None:
    with dumps.snapshot(settings.database_url) as (held, dump):
        with db.transaction() as session:
            session.add(Notification(user_id=cast.ana.id, kind="removed", created_at=NOW, updated_at=NOW))
        (tmp_path / "dump").write_bytes(b"".join(dump))

    if settings.database_url.startswith("sqlite"):
        dumps.restore("sqlite", tmp_path / "dump", f"sqlite:///{tmp_path}/restored.db")
        restored = facts_in(f"sqlite:///{tmp_path}/restored.db")
        assert restored == held
    assert facts_in(settings.database_url).rows["notifications"] == held.rows["notifications"] + 1


@pytest.mark.only("sqlite")
def test_missing_rows_fail_the_proof(cast: Cast, folder: Path) -> None:
    earlier = good()
    with db.transaction() as session:
        for number in range(3):
            session.add(Notification(user_id=cast.ana.id, kind=f"k{number}", created_at=NOW, updated_at=NOW))
    later = good(NOW + DAY)
    (folder / later.name).write_bytes((folder / earlier.name).read_bytes())
    (folder / (later.name + CHECKSUM)).write_bytes((folder / (earlier.name + CHECKSUM)).read_bytes())

    with pytest.raises(Unproven, match=r"notifications: (\d+) of (\d+) rows"):
        prove(later, NOW, 0)


def test_money_that_does_not_add_up_fails_the_proof(cast: Cast, folder: Path) -> None:
    with db.transaction() as session:
        for item in session.scalars(select(ListItem)):
            item.line_total += 1

    row = failed()

    assert "items don't add up" in row.error and row.sha256
    assert db.read_now(backup_health, now=NOW + HOUR).troubles.keys() == {"backup_unproven", "backup_stale"}


@pytest.mark.only("sqlite")
def test_a_damaged_backup_is_noticed(cast: Cast, folder: Path) -> None:
    settings.backup_key = SecretStr(KEY)
    row = good()
    stored = bytearray((folder / row.name).read_bytes())
    stored[len(stored) // 2] ^= 1
    (folder / row.name).write_bytes(stored)

    with pytest.raises(Exception, match="checksum is wrong"):
        prove(row, NOW, 0)


@pytest.mark.only("postgresql")
def test_another_key_opens_nothing_and_an_old_one_still_does(cast: Cast, bucket: Bucket) -> None:
    settings.backup_key = SecretStr(KEY)
    row = good()

    settings.backup_key = SecretStr(OTHER_KEY)
    with pytest.raises(Exception, match="another key"):
        prove(row, NOW, 0)
    settings.backup_old_keys = SecretStr(KEY)
    prove(row, NOW, 0)


@pytest.mark.only("postgresql")
def test_a_bucket_that_is_gone_is_reported_and_tried_again(cast: Cast, bucket: Bucket) -> None:
    bucket.vanish()

    row = failed()
    assert "NoSuchBucket" in row.error and row.sha256 is None
    assert back_up_if_due(NOW + timedelta(minutes=4)) == 0
    with pytest.raises(BackupFailed, match="NoSuchBucket"):
        back_up_if_due(NOW + timedelta(minutes=5))

    bucket.client.create_bucket(Bucket=bucket.name)
    assert back_up_if_due(NOW + timedelta(minutes=14)) == 0  # after the second failure it waits longer
    assert back_up_if_due(NOW + timedelta(minutes=16)) == 1
    assert back_up_if_due(NOW + timedelta(minutes=30)) == 0
    assert [bool(row.error) for row in rows()] == [True, True, False]


@contextmanager
def files_at_most(size: int) -> Iterator[None]:
    """The system then refuses to let a file grow further, as a full disk does."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


@pytest.mark.only("postgresql")
def test_a_full_disk_is_reported_and_old_backups_stay(cast: Cast, folder: Path) -> None:
    earlier = good()

    with files_at_most(4096):
        row = failed(NOW + DAY)

    assert "too large" in row.error and row.sha256 is None
    assert names() == [earlier.name] and len(list(folder.iterdir())) == 2
    good(NOW + DAY + HOUR)


def program(folder: Path, name: str, script: str) -> None:
    folder.mkdir(exist_ok=True)
    (folder / name).write_text(f"#!/bin/sh\n{script}\n")
    (folder / name).chmod(0o755)


@pytest.mark.only("postgresql")
def test_a_dump_that_breaks_off_stores_nothing(cast: Cast, bucket: Bucket, tmp_path: Path) -> None:
    program(tmp_path / "bin", "pg_dump", "head -c 20000000 /dev/zero; echo 'server closed the connection' >&2; exit 1")
    settings.pg_bin = tmp_path / "bin"

    row = failed()

    assert row.error == "pg_dump: server closed the connection"
    assert names() == [] and bucket.unfinished() == []


@pytest.mark.only("postgresql")
def test_a_missing_program_is_named(cast: Cast, folder: Path, tmp_path: Path) -> None:
    settings.pg_bin = tmp_path

    assert "BULQ_PG_BIN" in failed().error


@pytest.mark.only("postgresql")
def test_who_may_not_make_databases_hears_of_it_and_keeps_the_backup(cast: Cast, folder: Path, database: str) -> None:
    with create_engine(database, isolation_level="AUTOCOMMIT").connect() as connection:
        connection.execute(text("DROP ROLE IF EXISTS bulq_plain"))
        connection.execute(text("CREATE ROLE bulq_plain LOGIN"))
        connection.execute(text("GRANT ALL ON ALL TABLES IN SCHEMA public TO bulq_plain"))
    settings.database_url = make_url(database).set(username="bulq_plain").render_as_string(hide_password=False)

    row = failed()

    assert "permission denied to create database" in row.error
    assert names() == [row.name]


@pytest.mark.only("sqlite")
def test_a_process_that_has_to_end_leaves_nothing_half_done(cast: Cast, folder: Path) -> None:
    dumps.stop()

    row = failed()

    assert "told to end" in row.error and list(folder.iterdir()) == []


def test_a_backup_that_is_let_go_is_gone_from_its_store(cast: Cast, store: Storage) -> None:
    keep = good(NOW - 400 * DAY)
    old = [good(NOW - 400 * DAY + n * HOUR) for n in (1, 2)]
    newest = good()

    left = {file.name for file in store.files()}

    assert left == {name + ending for name in (old[-1].name, newest.name) for ending in ("", CHECKSUM)}
    assert keep.name not in left


@pytest.mark.only("sqlite")
def test_who_interrupts_a_backup_is_obeyed_and_the_row_says_so(cast: Cast, folder: Path) -> None:
    def interrupt(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        if "FROM allocations" in statement:
            raise KeyboardInterrupt

    event.listen(Engine, "before_cursor_execute", interrupt)
    try:
        with pytest.raises(KeyboardInterrupt):
            back_up(NOW)
    finally:
        event.remove(Engine, "before_cursor_execute", interrupt)

    [row] = rows()
    assert row.error == "KeyboardInterrupt" and row.finished_at is not None
    assert good(NOW + HOUR), "its turn was given back"


def test_only_one_is_made_at_a_time(cast: Cast, folder: Path) -> None:
    with ThreadPoolExecutor(4) as pool:
        made = list(pool.map(lambda _: back_up(NOW), range(4)))

    assert len([row for row in made if row]) == len(names()) == len(rows()) >= 1
    assert all(row.error == "" for row in rows())


def test_several_processes_make_the_one_of_the_day_once(cast: Cast, folder: Path) -> None:
    with ThreadPoolExecutor(4) as pool:
        made = list(pool.map(lambda _: back_up_if_due(NOW), range(8)))

    assert sum(made) == len(names()) == 1


@pytest.mark.only("sqlite")
def test_one_that_never_ended_is_closed_by_the_next(cast: Cast, folder: Path) -> None:
    with db.transaction() as session:
        session.add(Backup(name="dead", kind="sqlite", started_at=NOW - 2 * HOUR))

    good()

    assert [(row.name == "dead", row.error) for row in rows()] == [(True, "it was interrupted"), (False, "")]


@pytest.mark.only("sqlite")
def test_old_ones_go_but_never_for_one_without_proof(cast: Cast, folder: Path) -> None:
    for days in range(9):
        good(NOW + DAY * days)
    kept = names()  # the last of November and of its weeks are among the newest seven
    assert len(kept) == 7

    with db.transaction() as session:
        for item in session.scalars(select(ListItem)):
            item.line_total += 1
    for hours in range(5):
        failed(NOW + DAY * 9 + HOUR * hours)
    assert set(kept) < set(names()) and len(names()) == 7 + 5

    with db.transaction() as session:
        for item in session.scalars(select(ListItem)):
            item.line_total -= 1
    newest = good(NOW + DAY * 10)
    assert newest.name in names() and len(names()) == 7 + 3


@pytest.mark.only("sqlite")
def test_nothing_is_left_beside_the_data(cast: Cast, folder: Path, tmp_path: Path) -> None:
    dead = tmp_path / ".moment-dead"
    dead.mkdir()
    (dead / "copy.db").write_bytes(b"everything in the clear")
    os.utime(dead, (0, 0))

    good()

    assert list(tmp_path.glob(".moment-*")) == []


@pytest.mark.only("sqlite")
def test_files_of_others_are_left_alone(cast: Cast, folder: Path) -> None:
    folder.mkdir()
    (folder / "family.jpg").write_bytes(b"x")
    (folder / "bulq-20200101T000000Z-aaaaaa.db.gz").write_bytes(b"no checksum beside it")

    row = good()

    assert names() == [row.name] and (folder / "family.jpg").exists()


@pytest.mark.only("sqlite")
def test_it_is_made_once_a_day_after_its_hour(cast: Cast, folder: Path) -> None:
    settings.backup_hour = 3
    morning = datetime(2026, 11, 25, 2, 59, tzinfo=UTC)

    assert back_up_if_due(NOW) == 1  # none yet: at once
    assert [back_up_if_due(morning + timedelta(minutes=n)) for n in range(3)] == [0, 1, 0]


@pytest.mark.only("sqlite")
def test_without_a_place_for_it_none_is_made(cast: Cast) -> None:
    assert back_up_if_due(NOW) == 0
    assert db.read_now(backup_health, now=NOW).troubles == {}
