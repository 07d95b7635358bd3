"""What is measured on: one run in which fifty people want a hundred products each."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

from sqlalchemy.orm import Session

from bulq.domain.actor import Actor
from bulq.domain.phases import Phase
from bulq.models import Bid, BidRaise, Participant, PriceObservation
from bulq.services import accounts, catalogue, groups, runs

PEOPLE = 50
PRODUCTS = 100
PACK = 1000  # one whole unit, in thousandths


@dataclass(frozen=True, slots=True)
class Seeded:
    run_id: UUID
    leader: Actor
    tokens: list[str]  # a session for each person
    products: list[str]
    wanted: int  # packs each person wants of each product


def seed(session: Session) -> Seeded:
    now = datetime.now(UTC)
    users = [accounts.create_user(session, f"Person {n}", f"person{n}", "unusable", now=now) for n in range(PEOPLE)]
    people = [Actor(user.id, user.name, user.username) for user in users]
    group = groups.create_group(session, people[0], "Neighbours", "EUR", "Europe/Belgrade", now=now)
    for person in people[1:]:
        groups.join_group(session, person, group.invite_token, now=now)
    store = catalogue.add_store(session, people[0], "Metro", now=now)
    session.flush()
    run = runs.start_run(session, people[0], group.id, store.id, now=now)
    run.phase = Phase.ACTIVE
    products = [
        catalogue.add_product(session, people[0], f"Product number {n}", f"Brand {n % 7}", "pack", PACK, now=now)
        for n in range(PRODUCTS)
    ]
    session.flush()
    session.add_all(
        PriceObservation(
            product_id=product.id,
            store_id=store.id,
            currency="EUR",
            price=199 + 10 * n,
            day=now.date(),
            seen_by=people[0].id,
            seen_at=now,
        )
        for n, product in enumerate(products)
    )
    session.add_all(Participant(run_id=run.id, user_id=person.id, joined_at=now) for person in people[1:])
    session.flush()
    wanted = 5
    bids = [
        Bid(
            run_id=run.id,
            user_id=person.id,
            product_id=product.id,
            quantity=wanted * PACK,
            created_at=now,
            updated_at=now,
        )
        for person in people
        for product in products
    ]
    session.add_all(bids)
    session.flush()
    session.add_all(BidRaise(bid_id=bid.id, quantity=wanted * PACK, made_at=now) for bid in bids)
    tokens = [accounts.start_session(session, person.id, "bench", now=now) for person in people]
    return Seeded(run.id, people[0], tokens, [str(product.id) for product in products], wanted)
