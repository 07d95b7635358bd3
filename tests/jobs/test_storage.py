"""Files that outlive the machine: whole or not at all, in a folder and in a bucket."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bulq.config import settings
from bulq.storage import Folder, Storage, StorageError, Stored, storage
from tests.databases import ROOT
from tests.jobs.conftest import Bucket

MEGABYTES = [os.urandom(1 << 20)] * 20  # more than two parts of an upload


class Interrupted(Exception):
    pass


def broken_off() -> Iterator[bytes]:
    yield from MEGABYTES
    raise Interrupted()


@pytest.mark.parametrize("pieces", [[b""], [b"a"], [b"", b"ab", b"", b"c"], MEGABYTES], ids=["0", "1", "few", "many"])
def test_what_was_written_is_read(store: Storage, pieces: list[bytes]) -> None:
    store.write("name", pieces if pieces != [b""] else [])

    assert b"".join(store.read("name")) == b"".join(pieces)
    assert store.files() == [Stored("name", sum(map(len, pieces)))]


def test_an_interrupted_one_is_not_there_and_the_one_before_stays(store: Storage) -> None:
    store.write("kept", [b"old"])

    for name in ("kept", "new"):
        with pytest.raises(Interrupted):
            store.write(name, broken_off())

    assert store.files() == [Stored("kept", 3)]
    assert b"".join(store.read("kept")) == b"old"


def test_an_interrupted_upload_leaves_no_parts_that_cost_money(bucket: Bucket) -> None:
    with pytest.raises(Interrupted):
        storage(settings.backup_target).write("new", broken_off())

    assert bucket.unfinished() == []


KILLED = """
import os, signal
from bulq.config import settings
from bulq.storage import storage

def pieces():
    for _ in range(20):
        yield bytes(1 << 20)
    os.kill(os.getpid(), signal.SIGKILL)

storage(settings.backup_target).write("new", pieces())
"""


def test_a_killed_process_leaves_nothing_that_counts(store: Storage) -> None:
    given = {"BULQ_BACKUP_TARGET": settings.backup_target, "PATH": os.environ["PATH"]}
    if settings.s3_endpoint:
        given |= {"BULQ_S3_ENDPOINT": settings.s3_endpoint, "BULQ_S3_KEY": "someone", "BULQ_S3_SECRET": "x"}
    ended = subprocess.run([sys.executable, "-c", KILLED], env=given, cwd=ROOT, check=False)

    assert ended.returncode == -signal.SIGKILL
    assert store.files() == []


def test_what_was_left_behind_is_removed_after_a_day(folder: Path) -> None:
    store = storage(settings.backup_target)
    store.write("whole", [b"x"])
    (folder / "dead.half").write_bytes(b"x")

    store.tidy(datetime.now(UTC) + timedelta(hours=23))
    assert (folder / "dead.half").exists()
    store.tidy(datetime.now(UTC) + timedelta(hours=25))
    assert [path.name for path in folder.iterdir()] == ["whole"]


def test_parts_of_a_dead_upload_are_removed_after_a_day(bucket: Bucket) -> None:
    store = storage(settings.backup_target)
    bucket.client.create_multipart_upload(Bucket=bucket.name, Key="bulq/dead")
    bucket.client.create_multipart_upload(Bucket=bucket.name, Key="of somebody else")

    begun = bucket.unfinished()[0]["Initiated"]  # the same for all of them: this endpoint has no clock

    store.tidy(begun + timedelta(hours=23))
    assert len(bucket.unfinished()) == 2
    store.tidy(begun + timedelta(hours=25))
    assert [upload["Key"] for upload in bucket.unfinished()] == ["of somebody else"]


def test_deleting_takes_the_one_and_may_be_done_twice(store: Storage) -> None:
    for name in "ab":
        store.write(name, [b"x"])

    store.delete("a")
    store.delete("a")

    assert [file.name for file in store.files()] == ["b"]


def test_only_files_under_the_prefix_are_seen(bucket: Bucket) -> None:
    store = storage(settings.backup_target)
    store.write("mine", [b"x"])
    for key in ("other", "bulq/deeper/one", "bulqs"):
        bucket.client.put_object(Bucket=bucket.name, Key=key, Body=b"x")

    assert [file.name for file in store.files()] == ["mine"]


def test_a_bucket_that_is_gone_is_said_so(bucket: Bucket) -> None:
    store = storage(settings.backup_target)
    bucket.vanish()

    with pytest.raises(StorageError, match="NoSuchBucket"):
        store.write("new", MEGABYTES)
    with pytest.raises(StorageError, match="NoSuchBucket"):
        store.files()


def test_an_endpoint_that_does_not_answer_is_said_so_without_the_secret(bucket: Bucket) -> None:
    settings.s3_endpoint = "http://127.0.0.1:9"
    store = storage(settings.backup_target)

    with pytest.raises(StorageError) as refusal:
        store.write("new", [b"x"])

    assert "127.0.0.1:9" in str(refusal.value) and "a secret of S3" not in str(refusal.value)


def test_a_file_that_is_not_there_is_said_so(store: Storage) -> None:
    store.write("another", [b"x"])

    with pytest.raises(StorageError):
        list(store.read("none"))


def test_a_folder_that_cannot_be_made_is_said_so(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")

    with pytest.raises(StorageError, match="Not a directory"):
        Folder(tmp_path / "file" / "backups").write("new", [b"x"])
