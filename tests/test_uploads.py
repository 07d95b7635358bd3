"""Files that wait to be decided about: however many people send some, they take no more room than they may."""

from __future__ import annotations

from pathlib import Path
from uuid import uuid4

import pytest

from bulq import uploads
from bulq.config import settings
from bulq.domain.errors import Conflict

MEGABYTE = 1_000_000


@pytest.fixture(autouse=True)
def folder(tmp_path: Path) -> Path:
    settings.data, settings.uploads_mb = tmp_path, 3
    return tmp_path / uploads.FOLDER


def send(megabytes: int) -> None:
    with uploads.receiving(uuid4()) as (_, file):
        for _ in range(megabytes):
            file.write(b"x" * MEGABYTE)


def test_everybodys_files_together_are_bounded(folder: Path) -> None:
    send(2)
    send(2)

    with pytest.raises(Conflict, match="uploads_full"):
        send(1)
    assert uploads.pending() == 4 * MEGABYTE and len(list(folder.iterdir())) == 2


def test_a_file_that_passes_the_bound_while_it_is_sent_is_gone(folder: Path) -> None:
    with pytest.raises(Conflict):
        send(10)

    assert list(folder.iterdir()) == []


def test_a_person_has_one_file_at_a_time_and_the_next_takes_its_place(folder: Path) -> None:
    owner = uuid4()
    for _ in range(5):
        with uploads.receiving(owner) as (_, file):
            file.write(b"x" * 2 * MEGABYTE)

    assert uploads.pending() == 2 * MEGABYTE


def test_a_file_that_was_decided_about_is_gone_and_a_wrong_token_takes_nothing(folder: Path) -> None:
    owner = uuid4()
    with uploads.receiving(owner) as (token, file):
        file.write(b"x")

    uploads.discard(owner, "../another")
    assert len(list(folder.iterdir())) == 1
    uploads.discard(owner, token)
    assert list(folder.iterdir()) == []
