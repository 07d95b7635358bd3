"""The crowd from outside: starts its process, gives it orders, and holds what it was told against the database."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from statistics import median, quantiles
from typing import Any

from bulq import db
from rehearsal.machines import ROOT, environment
from rehearsal.server import COOKIE, Stack
from rehearsal.village import Size, Village, quantities

SETTLING = 15.0  # seconds until every page has to show what is in the database
SMOOTH = "answered"


@dataclass(frozen=True, slots=True)
class Seen:
    """What the crowd went through since the last order to begin."""

    raw: dict[str, Any]
    became: Counter[str] = field(default_factory=Counter)

    @property
    def errors(self) -> int:
        """Bids that were not answered as they should, and connections lost or not made."""
        wrong = sum(count for what, count in self.became.items() if what != SMOOTH)
        return wrong + self.raw["drops"] + self.raw["failures"]

    @property
    def answered(self) -> int:
        return self.became[SMOOTH]

    @property
    def hanging(self) -> int:
        return self.became["hanging"]

    @property
    def refusals(self) -> dict[str, int]:
        return {what: count for what, count in self.became.items() if what not in (SMOOTH, "lost", "hanging")}

    def bid_ms(self, percent: int) -> float:
        values = self.raw["bid_ms"]
        if len(values) < 2:
            return float("nan")
        return median(values) if percent == 50 else quantiles(values, n=100, method="inclusive")[percent - 1]

    @property
    def seen_ms(self) -> list[float]:
        return [(done - sent) * 1000 for sent, done in self.raw["seen"]]

    def live_after(self, moment: float) -> float:
        """Seconds from `moment` until a bid made after it stood on all pages."""
        return min((done - moment for sent, done in self.raw["seen"] if sent > moment), default=float("inf"))

    def answered_after(self, moment: float) -> float:
        return max(0.0, self.raw["first_answer"] - moment) if self.raw["first_answer"] else float("inf")

    @property
    def slowest_return(self) -> float:
        """Seconds until the last of those who lost their connection had the run before them again."""
        return max(self.raw["back_after"], default=0.0)


class Audience:
    def __init__(self, process: subprocess.Popen[str], village: Village, size: Size) -> None:
        self._process, self._village, self.size = process, village, size
        self.opened: dict[str, Any] = {}
        self._busy = {person.run_id for person in village.people[: size.busy * size.people]}

    def _say(self, order: dict[str, Any]) -> Any:
        assert self._process.stdin and self._process.stdout
        self._process.stdin.write(json.dumps(order) + "\n")
        self._process.stdin.flush()
        line = self._process.stdout.readline()
        if not line:
            raise SystemExit("The crowd has gone home; what it said is above.")
        return json.loads(line)

    def open(self, task: dict[str, Any]) -> None:
        self.opened = self._say(task)

    def begin(self) -> float:
        """Everybody bids from now on, and the record is empty."""
        self._say({"do": "begin"})
        return time.monotonic()

    def seen(self) -> Seen:
        raw = self._say({"do": "report"})
        return Seen(raw, Counter(raw["became"]))

    def rest(self) -> None:
        self._say({"do": "rest"})

    def until_all_are_back(self, patience: float) -> None:
        until = time.monotonic() + patience
        while self.seen().raw["connected"] < len(self._village.people) and time.monotonic() < until:
            time.sleep(0.2)

    def lost_bids(self) -> tuple[list[str], list[str]]:
        """Bids that were answered but are not in the database: overwritten by an older one, sent before, that nobody
        had answered and the server came to late; and those that are simply not there."""
        people = self._village.people
        held = db.read_now(quantities, self._busy)
        overtaken: list[str] = []
        lost: list[str] = []
        for place, product, may, unanswered in self._say({"do": "ledger"}):
            found = held.get((people[place].run_id, people[place].user_id, product), 0)
            if found not in may:
                what = f"person {place}, product {product}: {found} is there, not one of {may}"
                (overtaken if found in unanswered else lost).append(what)
        return overtaken, lost

    def in_phase(self, run_id: str, phase: str, patience: float) -> float:
        """Seconds until all pages of a run show the phase."""
        took = self._say({"do": "in_phase", "run_id": run_id, "phase": phase, "patience": patience})
        return float("inf") if took is None else took

    def stale_pages(self) -> int:
        """Pages that in the end show something else than the database holds."""
        sums: dict[str, Counter[str]] = defaultdict(Counter)
        for (run, _, product), amount in db.read_now(quantities, self._busy).items():
            sums[run][product] += amount
        return self._say({"do": "stale", "sums": sums, "patience": SETTLING})


@contextmanager
def audience(stack: Stack, village: Village, size: Size) -> Iterator[Audience]:
    process = subprocess.Popen(
        [sys.executable, "-m", "rehearsal.crowd"],
        cwd=ROOT,
        env=environment(),
        text=True,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    try:
        crowd = Audience(process, village, size)
        people = [{"token": person.token, "run_id": person.run_id} for person in village.people]
        crowd.open(
            {
                "address": stack.caddy.address,
                "authority": str(stack.caddy.authority),
                "cookie": COOKIE,
                "people": people,
                "products": village.products,
                "bidders": size.bidders,
                "group": size.people,
                "busy": size.busy,
            }
        )
        yield crowd
    finally:
        process.kill()
        process.wait()
