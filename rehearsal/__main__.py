"""Rehearses what a server has to survive: scripts/rehearse [--quick] [--json FILE]. See docs/scaling.md."""

from __future__ import annotations

import argparse
import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from bulq import db
from rehearsal import trials
from rehearsal.audience import Audience, audience
from rehearsal.backups import backup
from rehearsal.browser import two_browsers
from rehearsal.failover import failover
from rehearsal.figures import rounded, table
from rehearsal.logins import wrong_logins
from rehearsal.machines import ROOT
from rehearsal.server import Stack, stack
from rehearsal.village import FULL, QUICK, move_in, settle

VISITOR = "ana"
TRIALS: dict[str, tuple[str, Callable[[Stack, Audience], dict[str, Any]]]] = {
    "kill": ("One of two app processes is killed", trials.one_killed),
    "redis": ("Valkey is restarted", trials.valkey_restarted),
    "postgresql": ("PostgreSQL crashes and restarts", trials.postgresql_restarted),
    "rolling": ("Each app process is restarted in turn", trials.rolling_restart),
}
FAILOVER = "failover"  # with servers of its own
PARTS = ("logins", "browsers", "load", "deadline", *TRIALS, "backup", FAILOVER)


def main() -> int:
    parser = argparse.ArgumentParser(prog="scripts/rehearse", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="60 sockets and 12 who bid instead of 2,000 and 100")
    parser.add_argument("--only", choices=PARTS, action="append", help="this part alone")
    parser.add_argument("--json", type=Path, metavar="FILE", help="also write the figures there")
    given = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # the servers end with it
    wanted = given.only or PARTS
    values: dict[str, Any] = {}
    if set(wanted) != {FAILOVER}:
        build_if_stale()
        values |= rehearse(given.quick, wanted)
    if FAILOVER in wanted:
        _say("PostgreSQL and Valkey in pairs: the first of each is killed")
        values |= {"load_average": round(os.getloadavg()[0], 1)} | failover(given.quick)
    values = rounded(values)
    print(table(values))
    if given.json:
        given.json.write_text(json.dumps(values, indent=2) + "\n")
    return 1 if any(value for key, value in values.items() if key.endswith(("lost_bids", "twice"))) else 0


def build_if_stale() -> None:
    if subprocess.run([sys.executable, "scripts/build.py", "--check"], cwd=ROOT).returncode:
        _say("Building the front end")
        subprocess.run([sys.executable, "scripts/build.py"], cwd=ROOT, check=True, stdout=subprocess.DEVNULL)


def rehearse(quick: bool, wanted: Sequence[str]) -> dict[str, Any]:
    size = QUICK if quick else FULL
    _say("Starting PostgreSQL, Valkey, Caddy, two app processes and one for jobs")
    with stack() as machines:
        village = db.write_now(settle, size)
        other = village.visited
        db.write_now(move_in, "Ana", VISITOR, other.run_id)
        with db.engine().connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.exec_driver_sql("VACUUM ANALYZE")
        values: dict[str, Any] = {"load_average": round(os.getloadavg()[0], 1)}
        if "logins" in wanted:
            _say("Somebody tries passwords")
            values |= wrong_logins(machines, 100 if quick else 1000, VISITOR)
        if "browsers" in wanted:
            _say("Two neighbours open their browsers")
            values |= two_browsers(machines, VISITOR, other, size.people)
        _say(f"{size.sockets} pages open")
        with audience(machines, village, size) as crowd:
            if "load" in wanted:
                _say(f"{size.all_bidders} people bid in {size.busy} runs")
                values |= trials.load(machines, crowd)
            if "deadline" in wanted:
                _say("A deadline passes")
                values |= trials.deadline(machines, crowd, village.closing)
            for name, (what, trial) in TRIALS.items():
                if name in wanted:
                    _say(what)
                    values |= trial(machines, crowd)
        if "backup" in wanted:
            _say("A backup is made and proved")
            values |= backup(machines, village, 5_000 if quick else 100_000)
        return values | {"load_average_after": round(os.getloadavg()[0], 1)}


def _say(text: str) -> None:
    print(f"{text} …", file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
