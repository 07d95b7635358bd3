"""Who wanted what, got what, and owes what for it, line by line."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session
from sqlmodel import col

from bulq.domain.actor import Actor
from bulq.domain.errors import Conflict
from bulq.domain.phases import Phase, Unit
from bulq.domain.statements import Purchase, Statements, statements
from bulq.models import Allocation, Bid, ListItem, Product, User
from bulq.queries.access import run_for
from bulq.queries.people import members_of


@dataclass(frozen=True, slots=True)
class StatementLine:
    """Thousandths and minor units; without `got` the item was not there, or there was not enough of it."""

    item_id: str
    product: str
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
class LeftOver:
    item_id: str
    product: str
    unit: Unit
    quantity: int
    cost: int


@dataclass(frozen=True, slots=True)
class StatementsView:
    """The viewer's own statement comes first, the others by name. Statements and left-over add up to the purchases."""

    currency: str
    phase: Phase
    members: frozenset[str]
    people: tuple[PersonStatement, ...]
    left_over: tuple[LeftOver, ...]
    total: int


@dataclass(frozen=True, slots=True)
class _Goods:
    """What the database knows of a run's goods; quantities per item (or product) and person."""

    items: list[tuple[ListItem, Product]]
    wanted: dict[str, dict[str, int]]
    got: dict[str, dict[str, int]]
    picked_up: set[tuple[str, str]]


def run_statements(session: Session, viewer: Actor, run_id: UUID) -> StatementsView:
    """The statements of a run whose goods are given out. Six queries whatever its size."""
    access = run_for(session, viewer, run_id)
    if access.run.phase not in (Phase.DISTRIBUTING, Phase.COMPLETED):
        raise Conflict("wrong_phase", phase=str(access.run.phase))
    goods = _goods(session, run_id)
    sums = statements(
        Purchase(str(item.id), item.line_total, item.bought, goods.got[str(item.id)])
        for item, _ in goods.items
        if item.bought
    )
    lines = _lines(goods, sums)
    products = {str(item.id): product for item, product in goods.items}
    return StatementsView(
        currency=access.group.currency,
        phase=access.run.phase,
        members=frozenset(str(member.user_id) for member in members_of(session, access.group.id)),
        people=tuple(
            PersonStatement(
                user_id,
                name,
                username,
                tuple(lines[user_id]),
                sums.sum_of(user_id),
                sum(line.got > 0 and not line.picked_up for line in lines[user_id]),
            )
            for user_id, name, username in _names(session, viewer, lines)
        ),
        left_over=tuple(
            LeftOver(line.item_id, products[line.item_id].name, products[line.item_id].unit, line.quantity, line.cost)
            for line in sums.left_over
        ),
        total=sum(item.line_total for item, _ in goods.items),
    )


def _goods(session: Session, run_id: UUID) -> _Goods:
    items = session.execute(
        select(ListItem, Product)
        .join(Product, col(Product.id) == col(ListItem.product_id))
        .where(col(ListItem.run_id) == run_id)
        .order_by(col(Product.name_key), col(Product.id))
    )
    wanted: dict[str, dict[str, int]] = defaultdict(dict)
    for user_id, product_id, quantity in session.execute(
        select(col(Bid.user_id), col(Bid.product_id), col(Bid.wanted)).where(
            col(Bid.run_id) == run_id, col(Bid.wanted).is_not(None)
        )
    ):
        wanted[str(product_id)][str(user_id)] = quantity or 0
    got: dict[str, dict[str, int]] = defaultdict(dict)
    picked_up: set[tuple[str, str]] = set()
    for item_id, user_id, quantity, at in session.execute(
        select(
            col(Allocation.item_id), col(Allocation.user_id), col(Allocation.quantity), col(Allocation.picked_up_at)
        ).where(col(Allocation.run_id) == run_id)
    ):
        got[str(item_id)][str(user_id)] = quantity
        if at is not None:
            picked_up.add((str(user_id), str(item_id)))
    return _Goods([(item, product) for item, product in items], wanted, got, picked_up)


def _lines(goods: _Goods, sums: Statements) -> dict[str, list[StatementLine]]:
    """Per person a line for everything they wanted or got, in the order of the items."""
    costs = {(person, line.item_id): line.cost for person, lines in sums.people.items() for line in lines}
    people: dict[str, list[StatementLine]] = defaultdict(list)
    for item, product in goods.items:
        item_id = str(item.id)
        wanted, got = goods.wanted[str(product.id)], goods.got[item_id]
        for user in wanted.keys() | got.keys():
            people[user].append(
                StatementLine(
                    item_id=item_id,
                    product=product.name,
                    brand=product.brand,
                    unit=product.unit,
                    wanted=wanted.get(user, 0),
                    got=got.get(user, 0),
                    cost=costs.get((user, item_id), 0),
                    not_there=item.bought == 0,
                    picked_up=(user, item_id) in goods.picked_up,
                )
            )
    return people


def _names(session: Session, viewer: Actor, lines: dict[str, list[StatementLine]]) -> list[tuple[str, str, str]]:
    """Id, name and username of everybody with a statement: the viewer first."""
    rows = session.execute(
        select(col(User.id), col(User.name), col(User.username))
        .where(col(User.id).in_([UUID(user) for user in lines]))
        .order_by(col(User.id) != viewer.id, col(User.name), col(User.id))
    )
    return [(str(user_id), name, username) for user_id, name, username in rows]
