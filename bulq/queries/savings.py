"""What buying together saved: of a run, of one person in it, and of a group and the viewer over its newest runs."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, case, func, select
from sqlalchemy.orm import Session
from sqlmodel import col

from bulq import changes
from bulq.domain.actor import Actor
from bulq.domain.phases import Phase
from bulq.domain.prices import Price
from bulq.domain.savings import Got, Savings, Seen, Usual, savings, usual_price
from bulq.domain.statements import EntryKind
from bulq.domain.times import day_in
from bulq.models import Group, ListItem, OrdinaryPrice, Run, StatementLine, Store
from bulq.queries.access import group_for

NEWEST = 40  # observations of a product that are looked through
RUNS = 24  # the newest completed runs that a group's page shows


@dataclass(frozen=True, slots=True)
class RunSaved:
    """What a completed run saved all of its people (None: nobody knows), for `known` of the `products`; and the viewer.

    Minor units; below 0 it cost more than usual.
    """

    id: str
    store: str
    day: date
    saved: int | None
    known: int
    products: int
    mine: int | None


@dataclass(frozen=True, slots=True)
class SavingsView:
    """The newest completed runs of a group, the oldest first. `saved` and `mine` are the sums of what is known."""

    id: str
    currency: str
    saved: int
    mine: int
    runs: tuple[RunSaved, ...]


def seen_in_shops(session: Session, product_ids: Select[UUID], currency: str) -> dict[str, list[Seen]]:
    """By product what was seen of it in ordinary shops, the newest ones. One query."""
    seen = OrdinaryPrice
    newest = col(seen.day).desc(), col(seen.seen_at).desc(), col(seen.id).desc()
    place = func.row_number().over(partition_by=col(seen.product_id), order_by=newest).label("place")
    standing = (
        select(col(seen.product_id), col(seen.price), col(seen.per), col(seen.day), place)
        .where(col(seen.currency) == currency, col(seen.withdrawn_at).is_(None), col(seen.product_id).in_(product_ids))
        .subquery()
    )
    query = select(standing.c.product_id, standing.c.price, standing.c.per, standing.c.day)
    found: dict[str, list[Seen]] = defaultdict(list)
    for product_id, price, per, day in session.execute(query.where(standing.c.place <= NEWEST)):
        found[str(product_id)].append(Seen(Price(price, per), day))
    return found


def usual_on(seen: Mapping[str, Iterable[Seen]], day: date) -> dict[str, Usual]:
    """What each product usually cost around a day."""
    found = {product_id: usual_price(each, day) for product_id, each in seen.items()}
    return {product_id: usual for product_id, usual in found.items() if usual}


def saved_in(session: Session, run: Run, group: Group, got: Iterable[Got]) -> Savings:
    """What these goods of a run saved. One query."""
    listed = select(col(ListItem.product_id)).where(col(ListItem.run_id) == run.id)
    day = day_in(run.ended_at, group.time_zone) if run.ended_at else run.shopping_day or date.max
    return savings(got, usual_on(seen_in_shops(session, listed, group.currency), day))


def savings_view(session: Session, viewer: Actor, group_id: UUID) -> SavingsView:
    """For a member of the group. Four queries beside those of the right to look."""
    group = group_for(session, viewer, group_id).group
    runs = _newest_runs(session, group_id)
    got, mine = _got(session, [run_id for run_id, *_ in runs], viewer.id)
    listed = select(col(ListItem.product_id)).where(col(ListItem.run_id).in_([run_id for run_id, *_ in runs]))
    seen = seen_in_shops(session, listed, group.currency) if runs else {}
    lines = tuple(
        _run_saved(run_id, store, day_in(ended_at, group.time_zone), seen, got[run_id], mine[run_id])
        for run_id, store, ended_at in reversed(runs)
    )
    return SavingsView(
        id=str(group_id),
        currency=group.currency,
        saved=sum(line.saved or 0 for line in lines),
        mine=sum(line.mine or 0 for line in lines),
        runs=lines,
    )


def _newest_runs(session: Session, group_id: UUID) -> list[tuple[UUID, str, datetime]]:
    rows: Any = session.execute(
        select(col(Run.id), col(Store.name), col(Run.ended_at))
        .join(Store, col(Store.id) == col(Run.store_id))
        .where(col(Run.group_id) == group_id, col(Run.phase) == Phase.COMPLETED)
        .order_by(col(Run.ended_at).desc(), col(Run.id).desc())
        .limit(RUNS)
    )
    return [(run_id, store, ended_at) for run_id, store, ended_at in rows]


def _got(
    session: Session, run_ids: list[UUID], viewer_id: UUID
) -> tuple[Mapping[UUID, list[Got]], Mapping[UUID, list[Got]]]:
    """By run what all of its people got of each product, and what the viewer did; from what was frozen."""
    line, is_mine = StatementLine, col(StatementLine.user_id) == viewer_id
    of_all = func.sum(col(line.quantity)), func.sum(col(line.amount))
    of_mine = (
        func.sum(case((is_mine, col(line.quantity)), else_=0)),
        func.sum(case((is_mine, col(line.amount)), else_=0)),
    )
    rows: Any = session.execute(
        select(col(line.run_id), col(ListItem.product_id), *of_all, *of_mine)
        .join(ListItem, col(ListItem.id) == col(line.item_id))
        .where(col(line.run_id).in_(run_ids), col(line.kind) == EntryKind.GOODS)
        .group_by(col(line.run_id), col(ListItem.product_id))
    )
    got: dict[UUID, list[Got]] = defaultdict(list)
    mine: dict[UUID, list[Got]] = defaultdict(list)
    for run_id, product_id, quantity, cost, my_quantity, my_cost in rows:
        got[run_id].append(Got(str(product_id), int(quantity), int(cost)))
        mine[run_id].append(Got(str(product_id), int(my_quantity), int(my_cost)))
    return got, mine


def _run_saved(
    run_id: UUID, store: str, day: date, seen: Mapping[str, list[Seen]], got: list[Got], mine: list[Got]
) -> RunSaved:
    usual = usual_on(seen, day)
    all_of_it = savings(got, usual)
    return RunSaved(
        id=str(run_id),
        store=store,
        day=day,
        saved=all_of_it.saved,
        known=all_of_it.known,
        products=all_of_it.products,
        mine=savings(mine, usual).saved,
    )


def topics_of_savings(session: Session, product_id: UUID, currency: str | None = None) -> set[str]:
    """Of the groups that bought the product (in this currency) in a completed run: what that saved has changed."""
    groups = (
        select(col(Run.group_id))
        .join(ListItem, col(ListItem.run_id) == col(Run.id))
        .join(Group, col(Group.id) == col(Run.group_id))
        .where(col(ListItem.product_id) == product_id, col(Run.phase) == Phase.COMPLETED)
    )
    if currency:
        groups = groups.where(col(Group.currency) == currency)
    return {changes.group(group_id) for group_id in session.execute(groups.distinct()).scalars()}
