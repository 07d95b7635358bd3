"""Counts what a database holds, so that a copy can be compared with it: rows by table, and whether money adds up."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby
from uuid import UUID

from sqlalchemy import Connection, func, inspect, or_, select
from sqlmodel import SQLModel, col

import bulq.models  # noqa: F401  registers every table
from bulq.domain.backups import Facts
from bulq.domain.phases import FINAL, OPEN
from bulq.domain.statements import EntryKind, line_shares
from bulq.models import Allocation, ListItem, Purchase, Run, StatementLine

AT_ONCE = 1000  # rows held in memory


def facts(connection: Connection) -> Facts:
    """Everything as of the transaction the connection is in. Memory doesn't grow with the database.

    A database that is yet to be migrated lacks the newest tables.
    """
    there = set(inspect(connection).get_table_names())
    rows = {
        table.name: connection.execute(select(func.count()).select_from(table)).scalar_one()
        for table in SQLModel.metadata.sorted_tables
        if table.name in there
    }
    purchases = connection.execute(select(func.coalesce(func.sum(col(Purchase.total)), 0))).scalar_one()
    frozen = StatementLine.__tablename__ in there
    statements, left_over, wrong = _shared_out(connection, frozen=frozen)
    if frozen:
        owed, left, unlike = _frozen(connection)
        statements, left_over, wrong = statements + owed, left_over + left, wrong + unlike
    return Facts(rows, int(purchases), statements, left_over, wrong + _unlike_their_purchases(connection))


def _shared_out(connection: Connection, *, frozen: bool) -> tuple[int, int, int]:
    """What people owe, what nobody took, and how many items can't be shared out at all.

    With a ledger (`frozen`) runs that have ended are not among them.
    """
    statements = left_over = wrong = 0
    for (item, total, bought), lines in groupby(_allocations(connection, frozen=frozen), key=lambda row: row[:3]):
        got = {str(user): quantity for *_, user, quantity in lines if user is not None}
        try:
            shares, left_cost = line_shares(str(item), total, bought, got)
        except ValueError:
            wrong += 1
            continue
        statements, left_over = statements + sum(shares.values()), left_over + left_cost
    return statements, left_over, wrong


def _allocations(connection: Connection, *, frozen: bool) -> Iterator[tuple[UUID, int, int, UUID | None, int]]:
    query = (
        select(
            col(ListItem.id),
            col(ListItem.line_total),
            col(ListItem.bought),
            col(Allocation.user_id),
            col(Allocation.quantity),
        )
        .outerjoin(Allocation, col(Allocation.item_id) == col(ListItem.id))
        .order_by(col(ListItem.id))
    )
    if frozen:
        query = query.join(Run, col(Run.id) == col(ListItem.run_id)).where(col(Run.phase).in_(OPEN))
    yield from connection.execute(query.execution_options(yield_per=AT_ONCE))


def _frozen(connection: Connection) -> tuple[int, int, int]:
    """What people owe by the ledger, what nobody took, and how many items it doesn't hold to the cent."""
    amount, kind = col(StatementLine.amount), col(StatementLine.kind)
    by_kind = connection.execute(select(kind, func.sum(amount).label("total")).group_by(kind))
    sums = {row.kind: row.total for row in by_kind}
    entered = (
        select(col(StatementLine.item_id).label("item_id"), func.sum(amount).label("amount"))
        .group_by(col(StatementLine.item_id))
        .subquery()
    )
    unlike = (
        select(func.count())
        .select_from(ListItem)
        .join(Run, col(Run.id) == col(ListItem.run_id))
        .outerjoin(entered, entered.c.item_id == col(ListItem.id))
        .where(col(Run.phase).in_(FINAL), col(ListItem.line_total) != func.coalesce(entered.c.amount, 0))
    )
    wrong = connection.execute(unlike).scalar_one()
    return int(sums.get(EntryKind.GOODS, 0)), int(sums.get(EntryKind.LEFT_OVER, 0)), wrong


def _unlike_their_purchases(connection: Connection) -> int:
    bought = (
        select(
            col(Purchase.item_id).label("item_id"),
            func.sum(col(Purchase.quantity)).label("quantity"),
            func.sum(col(Purchase.total)).label("total"),
        )
        .group_by(col(Purchase.item_id))
        .subquery()
    )
    unlike = or_(
        col(ListItem.bought) != func.coalesce(bought.c.quantity, 0),
        col(ListItem.line_total) != func.coalesce(bought.c.total, 0),
    )
    query = select(func.count()).select_from(ListItem).outerjoin(bought, bought.c.item_id == col(ListItem.id))
    return connection.execute(query.where(unlike)).scalar_one()
