"""How long a bid waits while somebody takes a long list in, on SQLite, where one writes at a time.

`python -m bench.importing [ROWS]` measures just that; the people who bid are a process of their own.
"""

from __future__ import annotations

import io
import json
import subprocess
import sys
import time
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Thread
from uuid import UUID

from bench.seed import PACK, Seeded, seed
from bench.servers import ROOT
from bulq import db, importing, migrations
from bulq.domain.actor import Actor
from bulq.models import User
from bulq.services.bids import place_bid
from bulq.services.catalogue_import import Order

ROWS = 100_000
BETWEEN = 0.01  # seconds between two bids


def import_figures(rows: int = ROWS) -> dict[str, float]:
    """The longest of all bids that were placed one after another meanwhile, in milliseconds."""
    with TemporaryDirectory(prefix="bulq-bench-") as folder:
        url = f"sqlite:///{Path(folder) / 'bulq.db'}"
        migrations.upgrade(url)
        engine = db.connect(url)
        with db.transaction() as session:
            seeded = seed(session)
            session.get_one(User, seeded.leader.id).is_admin = True
        bidder = _start(url, seeded)
        try:
            _import(seeded.leader, rows)
        finally:
            said, _ = bidder.communicate("enough\n")
        engine.dispose()
    return {"import_wait_ms": json.loads(said)}


def _import(leader: Actor, rows: int) -> None:
    """New products with their prices, in the form of a supplier's list."""
    admin = Actor(leader.id, leader.name, leader.username, is_admin=True)
    lines = (
        f"Product {n * 7919 % 1_000_003} of kind {n % 97};pcs;{(100 + n % 5000) / 100:.2f};Metro" for n in range(rows)
    )
    file = io.BytesIO("\n".join(["Name;Unit;Price;Store", *lines]).encode())
    order = Order(currency="EUR", leave_out=True)
    found = importing.import_list(importing.door_of(admin), admin, file, order, now=datetime.now(UTC))
    if found.new_prices < 0.99 * rows:
        raise SystemExit(f"Of {rows} rows only {found.new_prices} were taken in.")


def _start(url: str, seeded: Seeded) -> subprocess.Popen[str]:
    task = json.dumps([url, str(seeded.leader.id), str(seeded.run_id), seeded.products[0]])
    command = [sys.executable, "-m", "bench.importing", "--bid", task]
    return subprocess.Popen(command, cwd=ROOT, text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE)


def _bid(url: str, leader: str, run_id: str, product: str) -> float:
    """Bid again and again until a line comes in. Returns the longest wait in milliseconds."""
    db.connect(url)
    actor, longest = Actor(UUID(leader), "", ""), 0.0
    told = Thread(target=sys.stdin.readline, daemon=True)
    told.start()
    turn = 0
    while told.is_alive():
        turn += 1
        began = time.perf_counter()
        db.write_now(place_bid, actor, UUID(run_id), UUID(product), (1 + turn % 9) * PACK, now=datetime.now(UTC))
        longest = max(longest, time.perf_counter() - began)
        time.sleep(BETWEEN)
    return longest * 1000


if __name__ == "__main__":
    if sys.argv[1:2] == ["--bid"]:
        print(json.dumps(_bid(*json.loads(sys.argv[2]))))
    else:
        print(import_figures(*map(int, sys.argv[1:])))
