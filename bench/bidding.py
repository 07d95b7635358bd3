"""How long the use case of a bid takes, in a transaction of its own and nothing around it."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from statistics import median
from uuid import UUID

from sqlalchemy.orm import Session

from bench.seed import PACK, Seeded
from bulq import db
from bulq.services.bids import place_bid

TIMES = 200


def use_case_figures(seeded: Seeded) -> dict[str, float]:
    """The median of bids one after the other, commits included. In the end everything is as before."""
    product = UUID(seeded.products[0])
    took: list[float] = []
    for n in range(TIMES):
        packs = seeded.wanted + (n + 1) % 2
        began = time.perf_counter()
        db.write_now(_bid, seeded, product, packs * PACK)
        took.append((time.perf_counter() - began) * 1000)
    return {"use_case_bid_ms": median(took)}


def _bid(session: Session, seeded: Seeded, product: UUID, quantity: int) -> None:
    place_bid(session, seeded.leader, seeded.run_id, product, quantity, now=datetime.now(UTC))
