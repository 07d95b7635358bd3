"""Who takes part: groups of neighbours with one run each, and open sessions for all of them."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import insert
from sqlalchemy.orm import Session
from sqlmodel import col, select

from bulq import passwords
from bulq.domain.actor import Actor
from bulq.domain.phases import Phase
from bulq.models import Bid, BidRaise, Group, Participant, Run
from bulq.services import accounts, catalogue, groups, runs

PACK = 1000  # one whole unit, in thousandths
WANTED = 5  # packs everybody wants of each product
PASSWORD = "three blind mice"


@dataclass(frozen=True, slots=True)
class Size:
    groups: int
    people: int  # in each group
    busy: int  # groups with people who bid, the first ones
    bidders: int  # in each of these
    calm: float  # seconds of bidding while nothing happens
    before: float  # and before something does
    after: float  # and afterwards

    @property
    def all_bidders(self) -> int:
        return self.busy * self.bidders

    @property
    def sockets(self) -> int:
        return self.groups * self.people

    @property
    def products(self) -> int:
        """Two for each bidder of a run, which only they change, so that every sum is known beforehand."""
        return 2 * self.bidders


FULL = Size(groups=25, people=80, busy=20, bidders=5, calm=30, before=4, after=12)
QUICK = Size(groups=6, people=10, busy=3, bidders=4, calm=5, before=1, after=5)


@dataclass(frozen=True, slots=True)
class Person:
    user_id: str
    token: str
    run_id: str


@dataclass(frozen=True, slots=True)
class Village:
    people: list[Person]  # group by group
    products: list[str]  # of every run that is bid on
    visited: Person  # in a run where nobody bids
    closing: str  # a run where nobody bids


def settle(session: Session, size: Size) -> Village:
    """All by the use cases, but for the thousands of bids of the beginning."""
    now = datetime.now(UTC)
    people: list[Person] = []
    products: list[UUID] = []
    for number in range(size.groups):
        actors = _neighbours(session, number, size.people, now)
        group = groups.create_group(session, actors[0], f"Street {number}", "EUR", "Europe/Belgrade", now=now)
        for actor in actors[1:]:
            groups.join_group(session, actor, group.invite_token, now=now)
        store = catalogue.add_store(session, actors[0], f"Metro {number}", now=now)
        session.flush()
        products = products or some_products(session, actors[0], "Product", size.products, now)
        run = runs.start_run(session, actors[0], group.id, store.id, now=now)
        run.phase = Phase.ACTIVE
        bid_on(session, run.id, [one.id for one in actors], products, now)
        tokens = [accounts.start_session(session, one.id, "rehearsal", now=now) for one in actors]
        people += [Person(str(one.id), token, str(run.id)) for one, token in zip(actors, tokens, strict=True)]
    visited = people[min(size.busy, size.groups - 1) * size.people]
    return Village(people, [str(product) for product in products], visited, people[-1].run_id)


def _neighbours(session: Session, street: int, count: int, now: datetime) -> list[Actor]:
    users = [
        accounts.create_user(session, f"Neighbour {street} {n}", f"neighbour{street}x{n}", "unusable", now=now)
        for n in range(count)
    ]
    return [Actor(user.id, user.name, user.username) for user in users]


def some_products(session: Session, actor: Actor, name: str, count: int, now: datetime) -> list[UUID]:
    names = (f"{name} number {n}" for n in range(count))
    return [catalogue.add_product(session, actor, name, "Brand", "pack", PACK, now=now).id for name in names]


def bid_on(session: Session, run_id: UUID, people: list[UUID], products: list[UUID], now: datetime) -> None:
    """These people bid on these products, and take part in the run from now on."""
    there = set(session.scalars(select(Participant.user_id).where(col(Participant.run_id) == run_id)))
    session.add_all(Participant(run_id=run_id, user_id=one, joined_at=now) for one in people if one not in there)
    session.flush()
    times: dict[str, Any] = {"created_at": now, "updated_at": now}
    bids = [
        Bid(run_id=run_id, user_id=user_id, product_id=product_id, quantity=WANTED * PACK, **times)
        for user_id in people
        for product_id in products
    ]
    raises = [BidRaise(bid_id=bid.id, quantity=WANTED * PACK, made_at=now) for bid in bids]
    session.execute(insert(Bid), [bid.model_dump() for bid in bids])
    session.execute(insert(BidRaise), [each.model_dump() for each in raises])


def move_in(session: Session, name: str, username: str, run_id: str) -> None:
    """Somebody who signs in by their password, and bids like the others on this run."""
    now, run = datetime.now(UTC), session.get_one(Run, UUID(run_id))
    user = accounts.create_user(session, name, username, passwords.hash_password(PASSWORD), now=now)
    actor, group = Actor(user.id, user.name, user.username), session.get_one(Group, run.group_id)
    groups.join_group(session, actor, group.invite_token, now=now)
    products = set(session.scalars(select(Bid.product_id).where(col(Bid.run_id) == run.id)))
    session.flush()
    bid_on(session, run.id, [user.id], list(products), now)


def close_bids_at(session: Session, run_id: str, moment: datetime) -> None:
    run = session.get_one(Run, UUID(run_id))
    run.bids_close_at = moment
    session.add(run)


def quantities(session: Session, run_ids: Collection[str]) -> dict[tuple[str, str, str], int]:
    """What the database holds, by run, person and product."""
    query = select(Bid.run_id, Bid.user_id, Bid.product_id, Bid.quantity).where(
        col(Bid.run_id).in_([UUID(run_id) for run_id in run_ids])
    )
    return {(str(run), str(user), str(product)): held or 0 for run, user, product, held in session.execute(query)}
