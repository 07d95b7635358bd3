"""One person's statement of a run with the story of every amount: made of what also charges, never computed twice."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import case, false, func, literal, select
from sqlalchemy.orm import Session
from sqlmodel import col

from bulq.domain.actor import Actor
from bulq.domain.costs import CostKind, CostRule
from bulq.domain.errors import NotFound
from bulq.domain.goodwill import GoodwillBound
from bulq.domain.payments import PaymentState
from bulq.domain.phases import FairRule, Phase, Unit
from bulq.domain.prices import content_in, weight_of
from bulq.domain.savings import NOTHING as NOTHING_SAVED
from bulq.domain.savings import Got, Savings
from bulq.domain.searching import content_beside
from bulq.domain.statements import NOTHING, Entry, EntryKind, Part, Shares, shares_in
from bulq.models import (
    Bid,
    Cost,
    Favour,
    LeftoverTaking,
    ListItem,
    Membership,
    Participant,
    Payment,
    Product,
    Receipt,
    Run,
    Shortage,
    Spoilage,
    StatementLine,
    Store,
    User,
)
from bulq.queries.access import RunAccess, run_for
from bulq.queries.item_shares import GIVEN_OUT, Bought, RunShares, shares_of, spent_in
from bulq.queries.savings import saved_in


@dataclass(frozen=True, slots=True)
class GoodsStory:
    """Why somebody pays `cost` for goods: thousandths and minor units. `id` is that of the list item.

    They asked for `asked` of the `wanted` by all. The shop had `bought`, which cost `paid`. They got `got`, of which
    `taken` was left over by others first; `given` is what all people got, `changed` whether they gave up some by hand.
    They got `more` than by the rule alone (less, below 0), since they (or others) were short before: that was worth
    `goodwill`. What they were short of now is worth `short`, by which they come first when there is too little again.
    """

    id: str
    name: str
    content: tuple[int, Unit] | None
    unit: Unit
    step: int
    asked: int
    wanted: int
    bought: int
    paid: int
    got: int
    taken: int
    given: int
    changed: bool
    more: int
    goodwill: int
    short: int
    cost: int


@dataclass(frozen=True, slots=True)
class CostStory:
    """Why somebody bears `part` of a cost of `amount`, in minor units: they count `weight` of all `weights`.

    Weights are minor units of goods by value, thousandths of a kilogram by weight, thousandths by quantity, shares of
    chosen people; equally each person counts one. A correction has a `reason`. One that credits spoiled goods of this
    person says how much was spoiled (thousandths of the `unit` of its item).
    """

    id: str
    kind: CostKind
    rule: CostRule
    amount: int
    item: str
    note: str
    reason: str
    day: date
    weight: int
    weights: int
    people: int
    part: int
    spoiled: int
    unit: Unit | None


@dataclass(frozen=True, slots=True)
class BorneStory:
    """Left-over goods that somebody bears, since they paid for them: thousandths and minor units."""

    id: str
    name: str
    unit: Unit
    quantity: int
    cost: int


@dataclass(frozen=True, slots=True)
class StatementView:
    """What somebody owes in a run, line by line: minor units. `total` is for goods and costs.

    `borne` are left-over goods, which they have until somebody takes them. `paid` is what they paid at the tills, so
    `paid − total − left_over` is what changes their balance. `advanced` is what they paid in advance beside that, also
    if nobody has confirmed it yet; below 0 it is what they got from others.
    """

    id: str
    group_id: str
    group: str
    store: str
    phase: Phase
    currency: str
    time_zone: str
    shopping_day: date | None
    ended_at: datetime | None
    fair_rule: FairRule
    user_id: str
    name: str
    username: str
    goods: Mapping[str, GoodsStory]
    costs: Mapping[str, CostStory]
    borne: Mapping[str, BorneStory]
    total: int
    left_over: int
    paid: int
    advanced: int
    saved: int | None
    saved_known: int
    saved_of: int


class _Item(NamedTuple):
    item: ListItem
    product: Product


def statement_view(session: Session, viewer: Actor, run_id: UUID, user_id: UUID) -> StatementView:
    """The statement of somebody in a run whose goods are given out, for a member of its group.

    Thirteen queries, 17 once the run is completed.
    """
    access = run_for(session, viewer, run_id)
    run, group = access.run, access.group
    if run.phase not in GIVEN_OUT:
        raise NotFound()
    person = _person(session, run, user_id)
    items = _items(session, run_id)
    me = str(user_id)
    part = _part(session, run, items, me)
    first = _first(session, access, user_id)
    goods, costs = _goods(session, run, items, part, first, me), _costs(session, run_id, part)
    borne = _borne(items, part, me)
    saved = _saved(session, access, items, part, me)
    return StatementView(
        id=str(run_id),
        group_id=str(group.id),
        group=group.name,
        store=session.execute(select(col(Store.name)).where(col(Store.id) == run.store_id)).scalar_one(),
        phase=run.phase,
        currency=group.currency,
        time_zone=group.time_zone,
        shopping_day=run.shopping_day,
        ended_at=run.ended_at,
        fair_rule=group.fair_rule,
        user_id=me,
        name=person.name,
        username=person.username,
        goods=goods,
        costs=costs,
        borne=borne,
        total=sum(each.cost for each in goods.values()) + sum(each.part for each in costs.values()),
        left_over=sum(each.cost for each in borne.values()),
        paid=part.spent,
        advanced=_advanced(session, run_id, user_id),
        saved=saved.saved,
        saved_known=saved.known,
        saved_of=saved.products,
    )


def _saved(session: Session, access: RunAccess, items: list[_Item], part: _Part, me: str) -> Savings:
    """What the goods of a completed run cost them less than in ordinary shops. One query."""
    if access.run.phase is not Phase.COMPLETED:
        return NOTHING_SAVED
    mine = ((product, part.items.get(str(item.id), NOTHING)) for item, product in items)
    got = [Got(str(product.id), each.got.get(me, 0), each.costs.get(me, 0)) for product, each in mine]
    return saved_in(session, access.run, access.group, got)


def _advanced(session: Session, run_id: UUID, user_id: UUID) -> int:
    """What somebody paid in advance for the run, without what they got from others for it."""
    sent = case((col(Payment.sender_id) == user_id, col(Payment.amount)), else_=-col(Payment.amount))
    query = select(func.coalesce(func.sum(sent), 0)).where(
        col(Payment.run_id) == run_id,
        col(Payment.state).in_((PaymentState.PAID, PaymentState.CONFIRMED)),
        (col(Payment.sender_id) == user_id) | (col(Payment.receiver_id) == user_id),
    )
    return int(session.execute(query).scalar_one())


def _person(session: Session, run: Run, user_id: UUID) -> User:
    """Somebody who takes part in the run, or is in its group."""
    named = (
        select(User)
        .outerjoin(Participant, (col(Participant.user_id) == col(User.id)) & (col(Participant.run_id) == run.id))
        .outerjoin(Membership, (col(Membership.user_id) == col(User.id)) & (col(Membership.group_id) == run.group_id))
        .where(col(User.id) == user_id, col(Participant.id).is_not(None) | col(Membership.id).is_not(None))
    )
    found = session.scalars(named).first()
    if found is None:
        raise NotFound()
    return found


def _items(session: Session, run_id: UUID) -> list[_Item]:
    rows = session.execute(
        select(ListItem, Product)
        .join(Product, col(Product.id) == col(ListItem.product_id))
        .where(col(ListItem.run_id) == run_id)
        .order_by(col(Product.name_key), col(Product.id))
    )
    return [_Item(*row) for row in rows]


@dataclass(frozen=True, slots=True)
class _Part:
    """What one person has in the run: by item and by cost, with what all have together."""

    items: Mapping[str, Shares]
    given: Mapping[str, int]
    costs: Mapping[str, Part]
    weights: Mapping[str, int]
    people: Mapping[str, int]
    spent: int


def _part(session: Session, run: Run, items: list[_Item], user_id: str) -> _Part:
    """Of a run that is done from its statement lines, of others from what everybody gets."""
    if run.phase is Phase.COMPLETED:
        return _frozen(session, run, user_id)
    shares = _shares(session, run, items)
    costs = {cost_id: parts for cost_id, parts in shares.costs.items() if user_id in parts}
    return _Part(
        items=shares.items,
        given={item_id: sum(each.got.values()) for item_id, each in shares.items.items()},
        costs={cost_id: parts[user_id] for cost_id, parts in costs.items()},
        weights={cost_id: sum(part.quantity for part in parts.values()) for cost_id, parts in costs.items()},
        people={cost_id: len(parts) for cost_id, parts in costs.items()},
        spent=shares.spent.get(user_id, 0),
    )


def _frozen(session: Session, run: Run, user_id: str) -> _Part:
    """Only this person's lines, and the sums of all, which the database adds up."""
    of_run, goods = col(StatementLine.run_id) == run.id, col(StatementLine.kind) == EntryKind.GOODS
    mine: dict[str, list[Entry]] = defaultdict(list)
    costs: dict[str, Part] = {}
    for line in session.scalars(select(StatementLine).where(of_run, col(StatementLine.user_id) == UUID(user_id))):
        if line.cost_id:
            before = costs.get(str(line.cost_id), Part(0, 0))
            costs[str(line.cost_id)] = Part(before.quantity + line.quantity, before.amount + line.amount)
        else:
            mine[str(line.item_id)].append(Entry(user_id, line.kind, line.quantity, line.amount))
    quantity, people = func.sum(col(StatementLine.quantity)), func.count(func.distinct(col(StatementLine.user_id)))
    of_item, of_cost = col(StatementLine.item_id), col(StatementLine.cost_id)
    by_item = session.execute(select(of_item, quantity).where(of_run, goods).group_by(of_item))
    given = {str(item_id): int(sum_of) for item_id, sum_of in by_item}
    by_cost = select(of_cost, quantity, people).where(of_run, of_cost.is_not(None)).group_by(of_cost)
    sums: Any = session.execute(by_cost).all()
    return _Part(
        items={item_id: shares_in(entries) for item_id, entries in mine.items()},
        given=given,
        costs=costs,
        weights={str(cost_id): int(weights) for cost_id, weights, _ in sums},
        people={str(cost_id): count for cost_id, _, count in sums},
        spent=spent_in(session, run.id).get(user_id, 0),
    )


def _shares(session: Session, run: Run, items: list[_Item]) -> RunShares:
    bought = [
        Bought(
            *(str(item.id), str(item.product_id), product.step, item.bought, item.line_total),
            weight_of(item.bought, product.unit, content_in(product.content_key)),
        )
        for item, product in items
        if item.bought
    ]
    return shares_of(session, run, bought, {})


class _First(NamedTuple):
    """How much more somebody got of an item since they were short before, and what they were short of now."""

    more: int
    goodwill: int
    short: int


def _first(session: Session, access: RunAccess, user_id: UUID) -> dict[UUID, _First]:
    """By item. Where the group lets nobody come first, nothing is said of what they were short of."""
    more = func.sum(col(Favour.got) - col(Favour.alone)), func.max(col(Favour.goodwill)), literal(0)
    favours = select(col(Favour.item_id), *more).where(
        col(Favour.run_id) == access.run.id, col(Favour.user_id) == user_id
    )
    short = select(col(Shortage.item_id), literal(0), literal(0), func.sum(col(Shortage.amount))).where(
        col(Shortage.run_id) == access.run.id, col(Shortage.user_id) == user_id
    )
    if access.group.goodwill_bound is GoodwillBound.OFF:
        short = short.where(false())
    both = favours.group_by(col(Favour.item_id)).union_all(short.group_by(col(Shortage.item_id)))
    found: dict[UUID, _First] = {}
    rows: Any = session.execute(both)
    for item_id, *parts in rows:
        before = found.get(item_id, _First(0, 0, 0))
        found[item_id] = _First(*(one + int(other) for one, other in zip(before, parts, strict=True)))
    return found


def _goods(
    session: Session, run: Run, items: list[_Item], part: _Part, first: Mapping[UUID, _First], user_id: str
) -> dict[str, GoodsStory]:
    wanted, asked, kept = _bids(session, run.id, user_id)
    taken = _taken(session, run, user_id)
    found: dict[str, GoodsStory] = {}
    for item, product in items:
        item_id, mine = str(item.id), part.items.get(str(item.id), NOTHING)
        got = mine.got.get(user_id, 0)
        if not (got or asked.get(product.id) or mine.costs.get(user_id)):
            continue
        found[item_id] = GoodsStory(
            id=item_id,
            name=product.name,
            content=content_in(content_beside(product.name, product.content_key)),
            unit=product.unit,
            step=product.step,
            asked=asked.get(product.id, 0),
            wanted=wanted.get(product.id, 0),
            bought=item.bought,
            paid=item.line_total,
            got=got,
            taken=taken.get(item.id, 0),
            given=part.given.get(item_id, 0),
            changed=kept.get(product.id, 0) != asked.get(product.id, 0),
            **first.get(item.id, _First(0, 0, 0))._asdict(),
            cost=mine.costs.get(user_id, 0),
        )
    return found


def _bids(session: Session, run_id: UUID, user_id: str) -> tuple[dict[UUID, int], dict[UUID, int], dict[UUID, int]]:
    """By product: what all asked for when shopping ended, what this person did, and what they want by now."""
    mine = col(Bid.user_id) == UUID(user_id)
    rows: Any = session.execute(
        select(
            *(col(Bid.product_id), func.sum(col(Bid.wanted))),
            *(func.sum(case((mine, col(Bid.wanted)))), func.sum(case((mine, col(Bid.quantity))))),
        )
        .where(col(Bid.run_id) == run_id, col(Bid.wanted).is_not(None))
        .group_by(col(Bid.product_id))
    )
    wanted: dict[UUID, int] = {}
    asked: dict[UUID, int] = {}
    kept: dict[UUID, int] = {}
    for product_id, by_all, by_me, now in rows:
        wanted[product_id] = int(by_all)
        if by_me is not None:
            asked[product_id], kept[product_id] = int(by_me), int(now or 0)
    return wanted, asked, kept


def _taken(session: Session, run: Run, user_id: str) -> dict[UUID, int]:
    """By item what this person took of left-over goods, in pick-up and after the run."""
    me = UUID(user_id)
    queries: list[Any] = [
        select(col(LeftoverTaking.item_id), func.sum(col(LeftoverTaking.quantity)))
        .where(col(LeftoverTaking.run_id) == run.id, col(LeftoverTaking.user_id) == me)
        .group_by(col(LeftoverTaking.item_id))
    ]
    if run.ended_at:
        mine = (col(StatementLine.run_id) == run.id) & (col(StatementLine.user_id) == me)
        later = (col(StatementLine.kind) == EntryKind.GOODS) & (col(StatementLine.entered_at) > run.ended_at)
        after = select(col(StatementLine.item_id), func.sum(col(StatementLine.quantity))).where(mine, later)
        queries.append(after.group_by(col(StatementLine.item_id)))
    taken: dict[UUID, int] = defaultdict(int)
    for query in queries:
        rows: Any = session.execute(query)
        for item_id, quantity in rows:
            taken[item_id] += int(quantity)
    return taken


def _costs(session: Session, run_id: UUID, part: _Part) -> dict[str, CostStory]:
    """The costs of which this person bears a part, in the order of their receipts."""
    rows = session.execute(
        select(
            *(Cost, col(Receipt.reason), col(Receipt.day), col(Product.name), col(Product.unit)),
            func.coalesce(col(Spoilage.quantity), 0),
        )
        .join(Receipt, col(Receipt.id) == col(Cost.receipt_id))
        .outerjoin(
            Spoilage, (col(Spoilage.receipt_id) == col(Receipt.id)) & (col(Spoilage.item_id) == col(Cost.item_id))
        )
        .outerjoin(ListItem, col(ListItem.id) == col(Cost.item_id))
        .outerjoin(Product, col(Product.id) == col(ListItem.product_id))
        .where(col(Cost.run_id) == run_id)
        .order_by(col(Receipt.added_at), col(Cost.id))
    )
    found: dict[str, CostStory] = {}
    for cost, reason, day, item, unit, spoiled in rows:
        mine = part.costs.get(str(cost.id))
        if mine is not None:
            found[str(cost.id)] = CostStory(
                id=str(cost.id),
                kind=cost.kind,
                rule=cost.rule,
                amount=cost.amount,
                item=item or "",
                note=cost.note,
                reason=reason,
                day=day,
                weight=mine.quantity,
                weights=part.weights[str(cost.id)],
                people=part.people[str(cost.id)],
                part=mine.amount,
                spoiled=spoiled,
                unit=unit,
            )
    return found


def _borne(items: list[_Item], part: _Part, user_id: str) -> dict[str, BorneStory]:
    found: dict[str, BorneStory] = {}
    for item, product in items:
        borne = part.items.get(str(item.id), NOTHING).borne.get(user_id, Part(0, 0))
        if borne != (0, 0):
            found[str(item.id)] = BorneStory(str(item.id), product.name, product.unit, borne.quantity, borne.amount)
    return found
