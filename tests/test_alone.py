"""One server per SQLite file: a second one is refused and told which process has it; a killed one blocks nobody."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from bulq import alone
from bulq.cli import main
from bulq.config import settings
from tests.databases import ROOT, SQLite
from tests.e2e.server import environment, free_port

HOLD = """
import sys, time
from bulq import alone
alone.hold(sys.argv[1])
print("held", flush=True)
time.sleep(600)
"""


class Holder:
    def __init__(self, url: str) -> None:
        command = [sys.executable, "-c", HOLD, url]
        self.process = subprocess.Popen(command, cwd=ROOT, env=environment(), stdout=subprocess.PIPE, text=True)
        assert self.process.stdout is not None and self.process.stdout.readline() == "held\n"

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()


@pytest.fixture
def url(sqlite: SQLite, tmp_path: Path) -> str:
    return sqlite.copy_to(tmp_path)


@pytest.fixture
def holder(url: str) -> Iterator[Holder]:
    holder = Holder(url)
    yield holder
    holder.kill()


def test_a_second_server_does_not_start_and_says_which_one_there_is(url: str, holder: Holder, tmp_path: Path) -> None:
    env = environment(DATABASE_URL=url, BULQ_DATA=str(tmp_path), PORT=str(free_port()))

    second = subprocess.run([sys.executable, "scripts/serve.py"], cwd=ROOT, env=env, capture_output=True, timeout=60)

    assert second.returncode == 1
    said = second.stderr.decode()
    assert f"is in use by a server: process {holder.process.pid}, since 20" in said and "Traceback" not in said


def test_a_killed_server_blocks_nobody(url: str, holder: Holder) -> None:
    assert str(holder.process.pid) in (alone.server_on(url) or "")

    holder.kill()

    assert alone.server_on(url) is None
    Holder(url).kill()


def test_another_file_and_another_kind_of_database_are_nobodys_business(holder: Holder, tmp_path: Path) -> None:
    assert alone.server_on(f"sqlite:///{tmp_path}/other.db") is None
    assert alone.server_on("postgresql+psycopg://localhost/bulq") is None
    alone.hold("postgresql+psycopg://localhost/bulq")
    alone.hold("sqlite:///:memory:")
    assert alone.SERVED not in os.environ and list(tmp_path.glob("other*")) == []


def test_the_tables_do_not_change_under_a_server(
    url: str, holder: Holder, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.database_url = url
    assert main(["migrate"]) == 0  # nothing to do

    monkeypatch.setattr("bulq.migrations.newest", lambda: "of a later version")
    assert main(["migrate"]) == 1
    assert f"process {holder.process.pid}" in capsys.readouterr().err
