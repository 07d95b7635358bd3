"""Who wanted what of a run, gets what, and owes what for it, as facts for its page: ticked off line by line."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session
from sqlmodel import col

from bulq.domain.actor import Actor
from bulq.domain.errors import NotFound
from bulq.domain.phases import Phase, Unit
from bulq.domain.prices import content_in, paid_price, shown_price, weight_of
from bulq.domain.searching import content_beside
from bulq.domain.statements import NOTHING, TAKING
from bulq.models import Allocation, Bid, Favour, ListItem, Membership, Participant, Product, Run, User
from bulq.queries.access import run_for
from bulq.queries.item_shares import GIVEN_OUT, Bought, RunShares, beside_goods, shares_of


@dataclass(frozen=True, slots=True)
class PaidPrice:
    """What was paid for all that was bought of an item, to be read: minor units for `per` thousandths."""

    amount: int
    per: int
    exact: bool


@dataclass(frozen=True, slots=True)
class PickUpLine:
    """What somebody wanted and got of an item: thousandths; `cost` in minor units. `id` is that of the item.

    `more` is how much of it they got since they were short before (below 0: gave up for those who were). `waiting` is
    the id of the line that is still to be picked up. Without `got` the item was not there, or there was
    not enough of it.
    """

    id: str
    name: str
    content: tuple[int, Unit] | None
    brand: str
    unit: Unit
    wanted: int
    got: int
    more: int
    price: PaidPrice | None
    cost: int
    not_there: bool
    picked_up: bool
    waiting: str | None


@dataclass(frozen=True, slots=True)
class PickUpPerson:
    """What they get line by line. `beside` is what they bear of costs beside the goods, `total` what they owe."""

    id: str
    name: str
    username: str
    lines: Mapping[str, PickUpLine]
    beside: int
    total: int


@dataclass(frozen=True, slots=True)
class LeftOverBorne:
    """Part of what nobody took, in minor units, which this person bears since they paid."""

    name: str
    cost: int


@dataclass(frozen=True, slots=True)
class LeftOverFacts:
    """What nobody took of an item, in thousandths, and what it costs, in minor units. `id` is that of the item."""

    id: str
    name: str
    content: tuple[int, Unit] | None
    unit: Unit
    step: int
    quantity: int
    cost: int
    borne_by: tuple[LeftOverBorne, ...]


@dataclass(frozen=True, slots=True)
class PickUp:
    """Statements by person, by name. Together with what is left over they add up to `total`, which is what was paid.

    `taken_until` is when left-over goods of an ended run can no longer be taken.
    """

    id: str
    group_id: str
    phase: Phase
    currency: str
    people: Mapping[str, PickUpPerson]
    left_over: Mapping[str, LeftOverFacts]
    total: int
    taken_until: datetime | None


@dataclass(frozen=True, slots=True)
class _Goods:
    """What the database knows of a run's goods; quantities wanted per product and person."""

    items: list[tuple[ListItem, Product]]
    wanted: dict[str, dict[str, int]]
    shares: RunShares


def pick_up(session: Session, viewer: Actor, run_id: UUID) -> PickUp:
    """The statements of a run whose goods are given out, for a member of its group. Ten queries whatever its size."""
    access = run_for(session, viewer, run_id)
    if access.run.phase not in GIVEN_OUT:
        raise NotFound()
    goods = _goods(session, access.run)
    lines = _lines(goods, _waiting(session, run_id), _favours(session, run_id))
    people, beside = _people(session, access.group.id, run_id), beside_goods(goods.shares)
    return PickUp(
        id=str(run_id),
        group_id=str(access.group.id),
        phase=access.run.phase,
        currency=access.group.currency,
        people={
            user_id: _person(user_id, *named, lines.get(user_id, {}), beside.get(user_id, 0))
            for user_id, named in people.items()
            if user_id in lines or beside.get(user_id)
        },
        left_over=_left_over(goods, people),
        total=sum(item.line_total for item, _ in goods.items) + sum(beside.values()),
        taken_until=access.run.ended_at and access.run.ended_at + TAKING,
    )


def _person(user_id: str, name: str, username: str, lines: Mapping[str, PickUpLine], beside: int) -> PickUpPerson:
    total = sum(line.cost for line in lines.values()) + beside
    return PickUpPerson(user_id, name, username, lines, beside, total)


def _goods(session: Session, run: Run) -> _Goods:
    rows = session.execute(
        select(ListItem, Product)
        .join(Product, col(Product.id) == col(ListItem.product_id))
        .where(col(ListItem.run_id) == run.id)
        .order_by(col(Product.name_key), col(Product.id))
    )
    items = [(item, product) for item, product in rows]
    wanted: dict[str, dict[str, int]] = defaultdict(dict)
    for user_id, product_id, quantity in session.execute(
        select(col(Bid.user_id), col(Bid.product_id), col(Bid.wanted)).where(
            col(Bid.run_id) == run.id, col(Bid.wanted).is_not(None)
        )
    ):
        wanted[str(product_id)][str(user_id)] = quantity or 0
    bought = [
        Bought(
            *(str(item.id), str(item.product_id), product.step, item.bought, item.line_total),
            weight_of(item.bought, product.unit, content_in(product.content_key)),
        )
        for item, product in items
        if item.bought
    ]
    return _Goods(items, wanted, shares_of(session, run, bought, {}))


def _waiting(session: Session, run_id: UUID) -> dict[tuple[str, str], str]:
    """The ids of the lines that are not picked up yet, by person and item."""
    rows = session.execute(
        select(col(Allocation.id), col(Allocation.user_id), col(Allocation.item_id)).where(
            col(Allocation.run_id) == run_id, col(Allocation.picked_up_at).is_(None)
        )
    )
    return {(str(user_id), str(item_id)): str(line_id) for line_id, user_id, item_id in rows}


def _favours(session: Session, run_id: UUID) -> dict[tuple[str, str], int]:
    """By person and item how much more they got than by the rule alone, since they were short before."""
    more = col(Favour.got) - col(Favour.alone)
    rows = session.execute(select(col(Favour.user_id), col(Favour.item_id), more).where(col(Favour.run_id) == run_id))
    found: dict[tuple[str, str], int] = defaultdict(int)
    for user_id, item_id, quantity in rows:
        found[str(user_id), str(item_id)] += quantity
    return found


def _lines(
    goods: _Goods, waiting: Mapping[tuple[str, str], str], favours: Mapping[tuple[str, str], int]
) -> dict[str, dict[str, PickUpLine]]:
    """Per person a line for everything they wanted or got, in the order of the items."""
    people: dict[str, dict[str, PickUpLine]] = defaultdict(dict)
    for item, product in goods.items:
        item_id = str(item.id)
        wanted, shares = goods.wanted[str(product.id)], goods.shares.items.get(item_id, NOTHING)
        content = content_in(content_beside(product.name, product.content_key))
        price = _price(item, product)
        for user in wanted.keys() | shares.got.keys():
            people[user][item_id] = PickUpLine(
                id=item_id,
                name=product.name,
                content=content,
                brand=product.brand,
                unit=product.unit,
                wanted=wanted.get(user, 0),
                got=shares.got.get(user, 0),
                more=favours.get((user, item_id), 0),
                price=price,
                cost=shares.costs.get(user, 0),
                not_there=item.bought == 0,
                picked_up=(user, item_id) in goods.shares.picked_up,
                waiting=waiting.get((user, item_id)),
            )
    return people


def _price(item: ListItem, product: Product) -> PaidPrice | None:
    if not item.bought:
        return None
    price, exact = shown_price(paid_price(item.line_total, item.bought, product.unit), product.unit)
    return PaidPrice(price.amount, price.per, exact)


def _left_over(goods: _Goods, people: Mapping[str, tuple[str, str]]) -> dict[str, LeftOverFacts]:
    """What nobody took, by item; who bears it by name."""
    found: dict[str, LeftOverFacts] = {}
    for item, product in goods.items:
        item_id = str(item.id)
        shares = goods.shares.items.get(item_id, NOTHING)
        if shares.borne:
            found[item_id] = LeftOverFacts(
                id=item_id,
                name=product.name,
                content=content_in(content_beside(product.name, product.content_key)),
                unit=product.unit,
                step=product.step,
                quantity=shares.left_over,
                cost=shares.left_cost,
                borne_by=tuple(
                    LeftOverBorne(name, shares.borne[who].amount)
                    for who, (name, _) in people.items()
                    if who in shares.borne
                ),
            )
    return found


def _people(session: Session, group_id: UUID, run_id: UUID) -> dict[str, tuple[str, str]]:
    """Name and username of everybody in the run or its group, by name."""
    here = select(col(Membership.user_id)).where(col(Membership.group_id) == group_id)
    named = here.union(select(col(Participant.user_id)).where(col(Participant.run_id) == run_id))
    rows = session.execute(select(col(User.id), col(User.name), col(User.username)).where(col(User.id).in_(named)))
    people = sorted((name, str(user_id), username) for user_id, name, username in rows)
    return {user_id: (name, username) for name, user_id, username in people}
