"""Measures speed and size of Bulq on PostgreSQL: scripts/bench [--json FILE]. See docs/performance.md."""

from __future__ import annotations

import argparse
import json
import signal
import subprocess
import sys
import time
from pathlib import Path

from bench import servers
from bench.bidding import use_case_figures
from bench.browser import first_load_kb, precache_kb, slow_visits
from bench.figures import table, with_ratios
from bench.importing import import_figures
from bench.large import large_figures
from bench.ledger import ledger_figures
from bench.painting import paint_ms
from bench.reading import run_view_figures
from bench.seed import Seeded, seed
from bench.seed_large import seed_large
from bench.settling import plan_figures
from bench.statement import statement_figures
from bulq import db, migrations


def main() -> None:
    parser = argparse.ArgumentParser(prog="scripts/bench", description=__doc__)
    parser.add_argument("--json", type=Path, metavar="FILE", help="also write the figures there")
    given = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # the servers end with it
    _say("Building the front end if it has changed")
    servers.build_if_stale()
    values = with_ratios(_measure())
    print(table(values))
    if given.json:
        given.json.write_text(json.dumps(values, indent=2) + "\n")


def _measure() -> dict[str, float]:
    _say("Starting PostgreSQL, filling it")
    with servers.postgresql() as url:
        migrations.upgrade(url)
        engine = db.connect(url)
        with db.transaction() as session:
            seeded = seed(session)
        with engine.connect() as connection:
            connection.exec_driver_sql("ANALYZE")
            connection.commit()
        values = run_view_figures(seeded) | use_case_figures(seeded) | ledger_figures() | statement_figures()
        engine.dispose()
        _say("Taking a list of a hundred thousand rows in, on SQLite")
        values |= import_figures()
        _say("Filling another one with the years of a hundred thousand people")
        values |= _large(url)
        with servers.bulq(url) as server:
            values["rss_start_mb"] = server.resident_mb()
            run, token = str(seeded.run_id), seeded.tokens[0]
            _say("Browsers open the run, also on a slow line")
            values["precache_kb"] = precache_kb()
            values["first_load_kb"] = first_load_kb(server.address, run, token)
            values |= slow_visits(server.address, run, token)
            values["paint_ms"] = paint_ms(server.address, run, seeded.tokens, seeded.products[0])
        with servers.bulq(url) as server:
            _say("Fifty people are bidding, and then before five hundred pages")
            values |= _drive(server, seeded)
    return values | plan_figures()


def _large(server_url: str) -> dict[str, float]:
    url = servers.another_database(server_url)
    began = time.monotonic()
    large = seed_large(url)
    seconds = time.monotonic() - began
    engine = db.connect(url)
    values = large_figures(large)
    engine.dispose()
    return {"large_seed_s": seconds, **values}


def _drive(server: servers.Server, seeded: Seeded) -> dict[str, float]:
    """The people are a process of their own: they must not share Python's lock with the server or this one."""
    task = {
        "address": server.address,
        "process": server.process.pid,
        "run_id": str(seeded.run_id),
        "tokens": seeded.tokens,
        "products": seeded.products,
        "wanted": seeded.wanted,
    }
    done = subprocess.run(
        [sys.executable, "-m", "bench.drive"],
        cwd=servers.ROOT,
        input=json.dumps(task),
        text=True,
        stdout=subprocess.PIPE,
    )
    if done.returncode:
        raise SystemExit("The bidding could not be measured.")
    return json.loads(done.stdout)


def _say(text: str) -> None:
    print(f"{text} …", file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
