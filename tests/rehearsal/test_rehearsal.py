"""A small rehearsal with real servers: nothing that was answered is lost, whatever is killed or restarted."""

import fcntl
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.databases import ROOT
from tests.e2e.server import build, environment

LONGEST = 600  # seconds on the busiest machine; a calm one takes about a minute


@pytest.fixture(scope="module")
def figures(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> dict[str, Any]:
    """One rehearsal for all test workers. The others wait for the figures of the first."""
    folder = tmp_path_factory.getbasetemp()
    file = (folder if worker_id == "master" else folder.parent) / "rehearsal.json"
    with file.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not file.exists():
            _rehearse(file)
    return json.loads(file.read_text())


def _rehearse(file: Path) -> None:
    build()
    done = subprocess.run(
        [sys.executable, "-m", "rehearsal", "--quick", "--json", str(file)],
        cwd=ROOT,
        env=environment(),
        timeout=LONGEST,
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )
    print(done.stdout)


def test_people_bid_over_caddy_without_an_error(figures: dict[str, Any]) -> None:
    assert figures["sockets"] == 60
    assert figures["bids"] > 0
    assert figures["errors"] == 0
    assert figures["database_connections_over"] <= 0


def test_the_process_for_jobs_closes_a_run_in_time_and_its_pages_show_it(figures: dict[str, Any]) -> None:
    assert 0 <= figures["deadline_shown_s"] < 30


@pytest.mark.parametrize("happening", ["", "kill_", "redis_", "postgresql_", "rolling_"])
def test_no_bid_that_was_answered_is_lost(figures: dict[str, Any], happening: str) -> None:
    assert figures[f"{happening}bids"] > 0
    assert figures[f"{happening}lost_bids"] == 0


@pytest.mark.parametrize("happening", ["", "kill_", "redis_", "postgresql_", "rolling_"])
def test_in_the_end_all_pages_show_what_is_true(figures: dict[str, Any], happening: str) -> None:
    assert figures[f"{happening}stale_pages"] == 0


@pytest.mark.parametrize("happening", ["kill_", "rolling_"])
def test_all_whose_process_went_away_are_back(figures: dict[str, Any], happening: str) -> None:
    assert figures[f"{happening}dropped"] > 0
    assert figures[f"{happening}away"] == 0


def test_no_single_machine_matters(figures: dict[str, Any]) -> None:
    """The first PostgreSQL and the first Valkey are killed; others take over, and nobody does anything about it."""
    assert figures["failover_met"] > 0
    assert figures["failover_lost_bids"] == figures["failover_twice"] == figures["failover_ended"] == 0
    assert 0 < figures["failover_back_s"] < 60
    assert 0 < figures["failover_redis_back_s"] < 60


def test_wrong_logins_are_refused_and_nobody_else_is(figures: dict[str, Any]) -> None:
    assert figures["logins_answered"] == 5
    assert figures["logins_failed"] == 0
    assert figures["logins_of_others_refused"] == 0


def test_browsers_see_each_others_bids(figures: dict[str, Any]) -> None:
    assert figures["browsers_complaints"] == 0


def test_a_backup_is_proved(figures: dict[str, Any]) -> None:
    assert figures["backup_failed"] == 0
