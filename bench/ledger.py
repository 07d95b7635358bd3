"""How long the page of a group's money takes to read: 100 people, 1,000 runs, 100,000 entries."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta
from random import Random
from statistics import median
from uuid import UUID

from sqlalchemy import insert
from sqlalchemy.orm import Session

from bench.reading import count_queries
from bulq import db
from bulq.domain.actor import Actor
from bulq.domain.ledger import PostingKind
from bulq.domain.phases import Phase
from bulq.domain.settling import PlanKind
from bulq.models import Balance, Group, LedgerEntry, Membership, Posting, Run
from bulq.models.base import new_id
from bulq.queries.money import money_page
from bulq.queries.settling import proposal
from bulq.services import accounts, catalogue, groups
from bulq.services.settling import save_plan

PEOPLE, RUNS = 100, 1000
TIMES = 30


def ledger_figures() -> dict[str, float]:
    """The median of many reads, each in a transaction of its own as the server does it."""
    viewer, group_id = db.write_now(_seed)
    db.write_now(_plan, viewer, group_id)
    with db.engine().connect() as connection:
        connection.exec_driver_sql("ANALYZE")
        connection.commit()

    def read(session: Session) -> None:
        money_page(session, viewer, group_id)

    took: list[float] = []
    for _ in range(TIMES):
        began = time.perf_counter()
        db.read_now(read)
        took.append((time.perf_counter() - began) * 1000)
    return {"ledger_ms": median(took), "ledger_queries": count_queries(read)}


def _seed(session: Session) -> tuple[Actor, UUID]:
    """In each run somebody paid for all. The plan of the fewest payments is saved."""
    now, random = datetime.now(UTC), Random(1)
    users = [accounts.create_user(session, f"Member {n}", f"member{n}", "unusable", now=now) for n in range(PEOPLE)]
    viewer = Actor(users[0].id, users[0].name, users[0].username)
    group = groups.create_group(session, viewer, "Old friends", "EUR", "Europe/Belgrade", now=now)
    store = catalogue.add_store(session, viewer, "The old store", now=now)
    session.add_all(Membership(group_id=group.id, user_id=user.id, joined_at=now) for user in users[1:])
    session.flush()
    of = {"group_id": group.id, "currency": group.currency}
    runs, postings, entries = [], [], []
    balances = dict.fromkeys((user.id for user in users), 0)
    for number in range(RUNS):
        at = now - timedelta(days=RUNS - number)
        run = {"id": new_id(), "group_id": group.id, "store_id": store.id, "leader_id": viewer.id, "note": ""}
        runs.append(run | {"phase": Phase.COMPLETED, "created_at": at, "ended_at": at, "cancel_reason": ""})
        posting = {"id": new_id(), "kind": PostingKind.RUN, "run_id": run["id"], "reason": "", "posted_at": at, **of}
        postings.append(posting)
        owed = {user.id: -random.randint(100, 9000) for user in users}
        owed[random.choice(users).id] -= sum(owed.values())
        for user_id, amount in owed.items():
            balances[user_id] += amount
            entries.append({"id": new_id(), "posting_id": posting["id"], "user_id": user_id, "amount": amount, **of})
    session.execute(insert(Run), runs)
    session.execute(insert(Posting), postings)
    session.execute(insert(LedgerEntry), entries)
    session.execute(
        insert(Balance),
        [{"id": new_id(), "user_id": user_id, "amount": amount, **of} for user_id, amount in balances.items()],
    )
    return viewer, group.id


def _plan(session: Session, viewer: Actor, group_id: UUID) -> None:
    group = session.get_one(Group, group_id)
    effect = proposal(session, group, PlanKind.FEWEST).effect
    save_plan(session, viewer, group_id, PlanKind.FEWEST, effect=effect, now=datetime.now(UTC))
