"""Remembering who was short, and using it up: whoever came first for it has had it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.orm import Session
from sqlmodel import col

from bulq import changes
from bulq.domain.actor import Actor
from bulq.domain.errors import Invalid
from bulq.domain.goodwill import GoodwillBound, lacked, used_up, worth
from bulq.models import Allocation, Bid, Favour, ListItem, Product, Run, Shortage
from bulq.queries.access import group_for
from bulq.queries.goodwill import remembered_runs
from bulq.queries.shares import ItemShare
from bulq.services.audit import record_group


def set_goodwill(session: Session, actor: Actor, group_id: UUID, bound: str, *, now: datetime) -> None:
    """How far whoever was short before comes first in this group."""
    access = group_for(session, actor, group_id, lock=True)
    access.need_admin()
    if bound not in list(GoodwillBound):
        raise Invalid("choice", field="bound")
    before, access.group.goodwill_bound = access.group.goodwill_bound, GoodwillBound(bound)
    session.add(access.group)
    changes.note(session, changes.group(group_id))
    if before != bound:
        record_group(session, actor, "group_goodwill_changed", access.group, now=now, before=str(before), after=bound)


def keep_favours(session: Session, run: Run, shares: Collection[ItemShare]) -> None:
    """Write down for whom the split differs from what the rule alone would have given, and why."""
    for item in shares:
        for person in item.people:
            if person.gets != person.alone:
                value = worth(abs(person.gets - person.alone), item.paid, item.bought)
                session.add(
                    Favour(
                        run_id=run.id,
                        item_id=item.item_id,
                        user_id=person.user_id,
                        alone=person.alone,
                        got=person.gets,
                        goodwill=person.goodwill,
                        value=value if person.gets > person.alone else -value,
                    )
                )


def drop_favours(session: Session, run: Run) -> None:
    """The goods are shared anew."""
    session.execute(delete(Favour).where(col(Favour.run_id) == run.id))


@dataclass
class _Goods:
    """A list item with what each person wanted when shopping ended, and gets: thousandths and minor units."""

    total: int
    bought: int
    step: int
    wanted: dict[str, int] = field(default_factory=dict[str, int])
    got: dict[str, int] = field(default_factory=dict[str, int])


def remember(session: Session, run: Run, *, now: datetime) -> None:
    """As the run is completed: what people came first for is used up, and what they were short of is written down."""
    goods = _goods(session, run)
    _use(session, run, goods)
    for item_id, each in goods.items():
        for who, quantity in lacked(each.wanted, each.got, each.bought, each.step).items():
            amount = worth(quantity, each.total, each.bought)
            of = {"group_id": run.group_id, "run_id": run.id, "item_id": item_id, "user_id": UUID(who)}
            session.add(Shortage(**of, quantity=quantity, amount=amount, remaining=amount, entered_at=now))
    session.flush()


def _goods(session: Session, run: Run) -> dict[UUID, _Goods]:
    """What was bought in the run: three queries."""
    rows = session.execute(
        select(
            col(ListItem.id),
            col(ListItem.product_id),
            col(ListItem.line_total),
            col(ListItem.bought),
            col(Product.step),
        )
        .join(Product, col(Product.id) == col(ListItem.product_id))
        .where(col(ListItem.run_id) == run.id, col(ListItem.bought) > 0)
    ).all()
    goods = {item_id: _Goods(total, bought, step) for item_id, _, total, bought, step in rows}
    item_of = {product_id: item_id for item_id, product_id, *_ in rows}
    wanted = select(col(Bid.product_id), col(Bid.user_id), col(Bid.wanted)).where(
        col(Bid.run_id) == run.id, col(Bid.wanted).is_not(None)
    )
    for product_id, user_id, quantity in session.execute(wanted):
        if product_id in item_of:
            goods[item_of[product_id]].wanted[str(user_id)] = quantity or 0
    got = select(col(Allocation.item_id), col(Allocation.user_id), col(Allocation.quantity))
    for item_id, user_id, quantity in session.execute(got.where(col(Allocation.run_id) == run.id)):
        if item_id in goods:
            goods[item_id].got[str(user_id)] = quantity
    return goods


def _use(session: Session, run: Run, goods: Mapping[UUID, _Goods]) -> None:
    """Take what people got before others off their shortages, the oldest first."""
    used: dict[UUID, int] = defaultdict(int)
    for favour in session.scalars(
        select(Favour).where(col(Favour.run_id) == run.id, col(Favour.got) > col(Favour.alone))
    ):
        if (item := goods.get(favour.item_id)) is not None:
            used[favour.user_id] += worth(favour.got - favour.alone, item.total, item.bought)
    if not used:
        return
    query = (
        select(Shortage)
        .where(col(Shortage.user_id).in_(used), col(Shortage.remaining) > 0)
        .where(col(Shortage.group_id) == run.group_id, col(Shortage.run_id).in_(remembered_runs(run.group_id)))
        .order_by(col(Shortage.id))
    )
    theirs: dict[UUID, list[Shortage]] = defaultdict(list)
    for shortage in session.scalars(query.with_for_update()):
        theirs[shortage.user_id].append(shortage)
    for user_id, shortages in theirs.items():
        for shortage, left in zip(
            shortages, used_up([each.remaining for each in shortages], used[user_id]), strict=True
        ):
            shortage.remaining = left
            session.add(shortage)
