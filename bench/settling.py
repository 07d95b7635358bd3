"""How long a plan takes that makes everybody even: exact for fifteen people, greedy for a thousand."""

from __future__ import annotations

import time
from random import Random
from statistics import median

from bulq.domain.settling import EXACT, fewest_payments

MANY = 1000
TIMES = 15


def plan_figures() -> dict[str, float]:
    return {"plan_ms": _took(EXACT), "plan_many_ms": _took(MANY)}


def _took(people: int) -> float:
    """The median in milliseconds, of balances that hardly cancel each other out."""
    random, took = Random(people), list[float]()
    for _ in range(TIMES):
        amounts = [random.randint(-100_000, 100_000) for _ in range(people - 1)]
        balances = {f"{place:04}": amount for place, amount in enumerate([*amounts, -sum(amounts)])}
        began = time.perf_counter()
        fewest_payments(balances)
        took.append((time.perf_counter() - began) * 1000)
    return median(took)
