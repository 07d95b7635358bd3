"""Backups at a terminal: make, list, restore; and the process that does all jobs."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from pathlib import Path
from uuid import uuid4

import pytest
from pydantic import SecretStr
from sqlalchemy import create_engine, delete, inspect
from sqlalchemy.pool import NullPool

from bulq import db, migrations
from bulq.cli import main
from bulq.config import Jobs, settings
from bulq.domain.errors import NotSignedIn
from bulq.jobs.backup import back_up, facts_in
from bulq.jobs.vault import vault
from bulq.models import Backup, UserSession
from bulq.queries.backups import backups_named
from bulq.services import accounts, password_resets
from tests.cast import NOW, Cast
from tests.databases import ROOT, PostgreSQL
from tests.jobs.conftest import KEY, Bucket


@pytest.fixture
def elsewhere(database: str, tmp_path: Path, request: pytest.FixtureRequest) -> str:
    """Where to restore into: an empty database of the same kind."""
    if database.startswith("sqlite"):
        return f"sqlite:///{tmp_path}/somewhere/else.db"
    server: PostgreSQL = request.getfixturevalue("postgresql")
    return server.new_database(f"restored_{uuid4().hex[:8]}")


def tables(url: str) -> set[str]:
    return set(inspect(create_engine(url, poolclass=NullPool)).get_table_names())


def test_from_the_backup_to_the_restored_database(
    cast: Cast, bucket: Bucket, elsewhere: str, capsys: pytest.CaptureFixture[str]
) -> None:
    settings.backup_key = SecretStr(KEY)

    assert main(["backup"]) == 0
    [kept] = vault().backups()
    assert main(["backups"]) == 0
    told = capsys.readouterr().out
    assert re.search(r"^name +size +proof", told, re.MULTILINE)
    assert told.count(kept.name) == 2 and "restored once" in told and "passed" in told

    given = elsewhere.replace("postgresql+psycopg", "postgres")
    assert main(["restore", kept.name, "--into", given]) == 0
    assert facts_in(elsewhere).rows["bids"] == 4
    assert migrations.upgrade(elsewhere) == (migrations.newest(), migrations.newest())


def test_what_is_there_is_replaced_only_by_force(
    cast: Cast, folder: Path, elsewhere: str, capsys: pytest.CaptureFixture[str]
) -> None:
    back_up(NOW)
    migrations.upgrade(elsewhere)
    with create_engine(elsewhere, poolclass=NullPool).begin() as connection:
        connection.exec_driver_sql("CREATE TABLE of_a_later_version (id INTEGER PRIMARY KEY)")

    assert main(["restore", "newest", "--into", elsewhere]) == 1
    assert "--force" in capsys.readouterr().err
    assert facts_in(elsewhere).rows["bids"] == 0 and "of_a_later_version" in tables(elsewhere)

    assert main(["restore", "newest", "--into", elsewhere, "--force"]) == 0
    assert facts_in(elsewhere).rows["bids"] == 4 and "of_a_later_version" not in tables(elsewhere)


def test_a_database_in_use_is_replaced_only_by_a_second_word(
    cast: Cast, folder: Path, elsewhere: str, capsys: pytest.CaptureFixture[str]
) -> None:
    back_up(NOW)
    migrations.upgrade(elsewhere)
    server = db.engine_for(elsewhere)

    with server.connect() as connection:
        connection.exec_driver_sql("SELECT 1 FROM bids")
        connection.rollback()
        assert main(["restore", "newest", "--into", elsewhere, "--force"]) == 1
        assert "in use by" in (said := capsys.readouterr().err) and "--while-in-use" in said
        assert facts_in(elsewhere).rows["bids"] == 0

        assert main(["restore", "newest", "--into", elsewhere, "--force", "--while-in-use"]) == 0
    server.dispose()
    assert facts_in(elsewhere).rows["bids"] == 4


def test_nobody_is_signed_in_after_a_restore(cast: Cast, folder: Path, elsewhere: str) -> None:
    with db.transaction() as session:
        token = accounts.start_session(session, cast.ana.id, "a lost phone", now=NOW)
        password_resets.offer_reset(session, cast.ada, cast.bojan.id, now=NOW)
    back_up(NOW)
    with db.transaction() as session:
        session.execute(delete(UserSession))  # ended after the backup

    assert main(["restore", "newest", "--into", elsewhere]) == 0

    assert facts_in(elsewhere).rows["user_sessions"] == facts_in(elsewhere).rows["password_resets"] == 0
    db.connect(elsewhere)
    with pytest.raises(NotSignedIn):
        db.read_now(accounts.actor_for, token, now=NOW)


@pytest.mark.only("sqlite")
def test_a_damaged_backup_touches_nothing(
    cast: Cast, folder: Path, elsewhere: str, capsys: pytest.CaptureFixture[str]
) -> None:
    back_up(NOW)
    migrations.upgrade(elsewhere)
    name = vault().backups()[0].name
    (folder / name).write_bytes((folder / name).read_bytes()[:-1])

    assert main(["restore", "newest", "--into", elsewhere, "--force"]) == 1

    assert "damaged" in capsys.readouterr().err
    assert "bids" in tables(elsewhere)


@pytest.mark.only("sqlite")
@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["restore", "newest", "--into", "postgresql://localhost/x"], "can't be restored into postgresql"),
        (["restore", "newest", "--into", "mysql://localhost/x"], "--into takes an address"),
        (["restore", "nonsense", "--into", "sqlite:////tmp/none.db"], "no backup 'nonsense'"),
    ],
)
def test_a_wrong_request_is_refused_in_words(
    cast: Cast, folder: Path, arguments: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    back_up(NOW)

    assert main(arguments) == 1

    assert said in capsys.readouterr().err


@pytest.mark.only("sqlite")
def test_without_a_place_for_backups_one_is_asked_for(cast: Cast, capsys: pytest.CaptureFixture[str]) -> None:
    for arguments in (["backup"], ["backups"], ["restore", "newest", "--into", "sqlite:////tmp/none.db"]):
        assert main(arguments) == 1
        assert "BULQ_BACKUP_TARGET" in capsys.readouterr().err


@pytest.mark.only("sqlite")
def test_a_failure_ends_with_its_reason(cast: Cast, bucket: Bucket, capsys: pytest.CaptureFixture[str]) -> None:
    bucket.vanish()

    assert main(["backup"]) == 1

    assert re.search("failed: .*NoSuchBucket", capsys.readouterr().err)


@pytest.mark.only("sqlite")
def test_the_list_is_there_when_the_database_is_gone(
    cast: Cast, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    back_up(NOW)
    db.connect("sqlite:////nowhere/at/all.db")

    assert main(["backups"]) == 0

    assert "unknown here" in capsys.readouterr().out


def test_of_backups_only_those_that_are_still_there_are_looked_up(cast: Cast, folder: Path) -> None:
    with db.transaction() as session:
        for name in ("kept", "pruned"):
            session.add(Backup(name=name, kind="sqlite", started_at=NOW))

    found = db.read_now(backups_named, ["kept", "of another server"])

    assert [(name, row.name) for name, row in found.items()] == [("kept", "kept")]


@pytest.mark.only("sqlite")
def test_one_process_does_all_jobs_until_it_is_ended(
    cast: Cast, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    given = {"DATABASE_URL": settings.database_url, "BULQ_BACKUP_TARGET": settings.backup_target}
    process = subprocess.Popen(
        [sys.executable, "-m", "bulq", "jobs"], cwd=ROOT, env=os.environ | given, stdout=subprocess.PIPE, text=True
    )
    try:
        assert process.stdout is not None and "until this is ended" in process.stdout.readline()
        for _ in range(300):
            if folder.exists() and vault().backups():
                break
            signal.sigtimedwait([], 0.1)
        process.terminate()
        assert process.wait(30) == 0
    finally:
        process.kill()

    assert vault().backups()
    main(["jobs", "--list"])
    told = capsys.readouterr().out
    assert all(name in told for name in ("deadlines", "sessions", "notifications", "backup"))


@pytest.mark.only("sqlite")
def test_switched_off_they_are_not_done(cast: Cast, capsys: pytest.CaptureFixture[str]) -> None:
    settings.jobs = Jobs.OFF

    assert main(["jobs"]) == 1

    assert "BULQ_JOBS" in capsys.readouterr().err
