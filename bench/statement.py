"""How long one person's statement takes to read, of a run of 1,000 people and 300 products with five costs."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime
from random import Random
from statistics import median
from typing import Any
from uuid import UUID

from sqlalchemy import insert
from sqlalchemy.orm import Session
from sqlmodel import select

from bulq import db
from bulq.domain.actor import Actor
from bulq.domain.costs import CostKind, CostRule
from bulq.domain.phases import Phase, Unit
from bulq.models import (
    Allocation,
    Bid,
    Cost,
    ListItem,
    Membership,
    Participant,
    Product,
    Purchase,
    Receipt,
    ReceiptPayer,
)
from bulq.models.base import new_id
from bulq.queries.statement import statement_view
from bulq.services import accounts, catalogue, groups, phases, runs

PEOPLE, PRODUCTS, WANTED = 1000, 300, 10  # products that each person wants
COSTS = 5
TIMES = 20
PACK = 1000  # one whole unit, in thousandths


def statement_figures() -> dict[str, float]:
    """The medians of many reads, while goods are picked up and once the run is done."""
    leader, run_id = db.write_now(_seed)
    _analyze()
    picking = _median(lambda session: statement_view(session, leader, run_id, leader.id))
    db.write_now(_complete, leader, run_id)
    _analyze()
    done = _median(lambda session: statement_view(session, leader, run_id, leader.id))
    return {"picking_statement_ms": picking, "statement_ms": done}


def _analyze() -> None:
    with db.engine().connect() as connection:
        connection.exec_driver_sql("ANALYZE")
        connection.commit()


def _median(read: Callable[[Session], Any]) -> float:
    took: list[float] = []
    for _ in range(TIMES):
        began = time.perf_counter()
        db.read_now(read)
        took.append((time.perf_counter() - began) * 1000)
    return median(took)


def _complete(session: Session, leader: Actor, run_id: UUID) -> None:
    waiting = session.scalars(select(Allocation.id).where(Allocation.run_id == run_id)).all()
    phases.complete_run(session, leader, run_id, rest_picked_up=waiting, now=datetime.now(UTC))


def _seed(session: Session) -> tuple[Actor, UUID]:
    """A run in which goods are picked up: each person gets a pack of ten products, and the leader paid."""
    now, random = datetime.now(UTC), Random(1)
    users = [accounts.create_user(session, f"Buyer {n}", f"buyer{n}", "unusable", now=now) for n in range(PEOPLE)]
    leader = Actor(users[0].id, users[0].name, users[0].username)
    group = groups.create_group(session, leader, "All neighbours", "EUR", "Europe/Belgrade", now=now)
    store = catalogue.add_store(session, leader, "The great store", now=now)
    session.flush()
    run = runs.start_run(session, leader, group.id, store.id, now=now)
    run.phase = Phase.DISTRIBUTING
    made: dict[str, Any] = {"unit": Unit.PACK, "step": PACK, "created_by": leader.id, "created_at": now}
    products = [Product(name=f"Goods {n}", name_key=f"goods {n}", **made) for n in range(PRODUCTS)]
    session.add_all(products)
    session.flush()
    takers: dict[UUID, list[UUID]] = {product.id: [] for product in products}
    for user in users:
        for product in random.sample(products, WANTED):
            takers[product.id].append(user.id)
    receipt = {"id": new_id(), "run_id": run.id, "day": now.date(), "added_by": leader.id, "added_at": now}
    of = {"run_id": run.id}
    member = {"group_id": group.id, "is_admin": False, "joined_at": now}
    bidding = {"quantity": PACK, "wanted": PACK, "note": "", "created_at": now, "updated_at": now}
    rows: dict[Any, list[dict[str, Any]]] = {
        Membership: [member | {"user_id": user.id} for user in users[1:]],
        Participant: [{"user_id": user.id, "joined_at": now} | of for user in users[1:]],
        Bid: [
            {"user_id": who, "product_id": each, **bidding} | of for each, people in takers.items() for who in people
        ],
        Receipt: [receipt | {"revision": 1, "reason": ""}],
        ReceiptPayer: [{"receipt_id": receipt["id"], "user_id": leader.id} | of],
        Cost: [
            {"receipt_id": receipt["id"], "kind": CostKind.FEE, "rule": CostRule.VALUE, "amount": 5000 + n, "note": ""}
            | {"added_by": leader.id, "added_at": now}
            | of
            for n in range(COSTS)
        ],
        ListItem: [],
        Purchase: [],
        Allocation: [],
    }
    for product_id, people in takers.items():
        bought, total = len(people) * PACK, len(people) * random.randint(99, 999)
        item = {"id": new_id(), "product_id": product_id, "wanted": bought, "bought": bought, "missing": False} | of
        rows[ListItem].append(item | {"line_total": total})
        line = {"receipt_id": receipt["id"], "item_id": item["id"], "payer_id": leader.id, "bought_by": leader.id}
        rows[Purchase].append(line | {"quantity": bought, "total": total, "bought_at": now} | of)
        rows[Allocation] += [{"item_id": item["id"], "user_id": who, "quantity": PACK} | of for who in people]
    for table, given in rows.items():
        session.execute(insert(table), [{"id": new_id()} | row for row in given])
    return leader, run.id
