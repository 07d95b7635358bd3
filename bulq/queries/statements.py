"""Who wanted what, got what, and owes what for it, line by line."""

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
from bulq.domain.errors import Conflict
from bulq.domain.phases import Phase, Unit
from bulq.domain.prices import content_in
from bulq.domain.searching import content_beside
from bulq.domain.statements import NOTHING, TAKING
from bulq.i18n import product_name
from bulq.models import Bid, ListItem, Membership, Participant, Product, Run, User
from bulq.queries.access import RunAccess, run_for
from bulq.queries.item_shares import GIVEN_OUT, Bought, RunShares, shares_of


@dataclass(frozen=True, slots=True)
class StatementLine:
    """Thousandths and minor units; without `got` the item was not there, or there was not enough of it.

    `product` is its name in English with its content, which `name` and `content` say apart.
    """

    item_id: str
    product: str
    name: str
    content: tuple[int, Unit] | None
    brand: str
    unit: Unit
    wanted: int
    got: int
    cost: int
    not_there: bool
    picked_up: bool


@dataclass(frozen=True, slots=True)
class PersonStatement:
    user_id: str
    name: str
    username: str
    lines: tuple[StatementLine, ...]
    total: int
    waiting: int


@dataclass(frozen=True, slots=True)
class Bearer:
    """Whoever paid bears the cost of what nobody took: minor units."""

    user_id: str
    name: str
    cost: int


@dataclass(frozen=True, slots=True)
class LeftOver:
    item_id: str
    product: str
    name: str
    content: tuple[int, Unit] | None
    unit: Unit
    step: int
    quantity: int
    cost: int
    borne_by: tuple[Bearer, ...]


@dataclass(frozen=True, slots=True)
class StatementsView:
    """The viewer's own statement comes first, the others by name. Statements and left-over add up to the purchases.

    `taken_until` is when left-over goods of an ended run can no longer be taken.
    """

    currency: str
    phase: Phase
    members: frozenset[str]
    people: tuple[PersonStatement, ...]
    left_over: tuple[LeftOver, ...]
    total: int
    taken_until: datetime | None


@dataclass(frozen=True, slots=True)
class _Goods:
    """What the database knows of a run's goods; quantities wanted per product and person."""

    items: list[tuple[ListItem, Product]]
    wanted: dict[str, dict[str, int]]
    shares: RunShares


def run_statements(session: Session, viewer: Actor, run_id: UUID) -> StatementsView:
    """The statements of a run whose goods are given out. Six queries whatever its size."""
    return statements_of(session, run_for(session, viewer, run_id))


def statements_of(session: Session, access: RunAccess) -> StatementsView:
    """The same for who has been let in. Raises Conflict as long as goods aren't given out."""
    if access.run.phase not in GIVEN_OUT:
        raise Conflict("wrong_phase", phase=str(access.run.phase))
    goods = _goods(session, access.run)
    lines = _lines(goods)
    people, members = _people(session, access.actor, access.group.id, access.run.id)
    return StatementsView(
        currency=access.group.currency,
        phase=access.run.phase,
        members=members,
        people=tuple(
            PersonStatement(
                user_id,
                name,
                username,
                tuple(lines[user_id]),
                sum(line.cost for line in lines[user_id]),
                sum(line.got > 0 and not line.picked_up for line in lines[user_id]),
            )
            for user_id, (name, username) in people.items()
            if user_id in lines
        ),
        left_over=_left_over(goods, people),
        total=sum(item.line_total for item, _ in goods.items),
        taken_until=access.run.ended_at and access.run.ended_at + TAKING,
    )


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
        Bought(str(item.id), str(item.product_id), product.step, item.bought, item.line_total)
        for item, product in items
        if item.bought
    ]
    return _Goods(items, wanted, shares_of(session, run, bought, {}))


def _lines(goods: _Goods) -> dict[str, list[StatementLine]]:
    """Per person a line for everything they wanted or got, in the order of the items."""
    people: dict[str, list[StatementLine]] = defaultdict(list)
    for item, product in goods.items:
        item_id = str(item.id)
        wanted, shares = goods.wanted[str(product.id)], goods.shares.items.get(item_id, NOTHING)
        for user in wanted.keys() | shares.got.keys():
            people[user].append(
                StatementLine(
                    item_id=item_id,
                    product=product_name(product.name, product.content_key),
                    name=product.name,
                    content=content_in(content_beside(product.name, product.content_key)),
                    brand=product.brand,
                    unit=product.unit,
                    wanted=wanted.get(user, 0),
                    got=shares.got.get(user, 0),
                    cost=shares.costs.get(user, 0),
                    not_there=item.bought == 0,
                    picked_up=(user, item_id) in goods.shares.picked_up,
                )
            )
    return people


def _left_over(goods: _Goods, people: Mapping[str, tuple[str, str]]) -> tuple[LeftOver, ...]:
    lines: list[LeftOver] = []
    for item, product in goods.items:
        shares = goods.shares.items.get(str(item.id), NOTHING)
        if shares.borne:
            bearers = [Bearer(who, people[who][0], shares.borne[who].amount) for who in people if who in shares.borne]
            what = (
                str(item.id),
                product_name(product.name, product.content_key),
                product.name,
                content_in(content_beside(product.name, product.content_key)),
                product.unit,
                product.step,
            )
            lines.append(LeftOver(*what, shares.left_over, shares.left_cost, tuple(bearers)))
    return tuple(lines)


def _people(
    session: Session, viewer: Actor, group_id: UUID, run_id: UUID
) -> tuple[dict[str, tuple[str, str]], frozenset[str]]:
    """Name and username of everybody in the run or its group, the viewer first; and who of them is in the group."""
    here = select(col(Membership.user_id)).where(col(Membership.group_id) == group_id)
    named = here.union(select(col(Participant.user_id)).where(col(Participant.run_id) == run_id))
    rows = session.execute(
        select(col(User.id), col(User.name), col(User.username), col(Membership.id).is_not(None))
        .outerjoin(Membership, (col(Membership.user_id) == col(User.id)) & (col(Membership.group_id) == group_id))
        .where(col(User.id).in_(named))
        .order_by(col(User.id) != viewer.id, col(User.name), col(User.id))
    ).all()
    people = {str(user_id): (name, username) for user_id, name, username, _ in rows}
    return people, frozenset(str(user_id) for user_id, _, _, is_member in rows if is_member)
