"""Trying what the settings name, before a server starts."""

from __future__ import annotations

import pytest

from bulq.cli import main
from bulq.config import settings


def test_everything_reached_is_fine(database: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check"]) == 0

    said = capsys.readouterr().out.splitlines()
    assert said[0] == "settings: fine (development)"
    assert said[1].startswith("database: fine (")
    assert said[2:] == ["redis: not used", "backups: not used", "attachments: fine (0 files)"]


def test_everything_out_of_reach_is_named_and_no_password_shown(capsys: pytest.CaptureFixture[str]) -> None:
    settings.database_url = "postgresql://bulq:hush-hush@127.0.0.1:1/bulq"
    settings.redis_url = "redis://:hush-hush@127.0.0.1:1"
    settings.backup_target = "file:///proc/nowhere"

    assert main(["check"]) == 1

    told = capsys.readouterr()
    assert [line.split(",")[0] for line in told.out.splitlines()[1:3]] == ["database: FAILED", "redis: FAILED"]
    assert "hush" not in told.out + told.err


@pytest.mark.only("sqlite")
def test_a_database_of_another_revision_is_named(database: str, capsys: pytest.CaptureFixture[str]) -> None:
    settings.database_url = "sqlite:///:memory:"

    assert main(["check"]) == 1
    assert "python -m bulq migrate" in capsys.readouterr().out
