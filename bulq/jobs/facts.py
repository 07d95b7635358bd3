"""Counts what a database holds, so that a copy can be compared with it: rows by table, and whether money adds up."""

from __future__ import annotations

from sqlalchemy import Connection, func, inspect, or_, select
from sqlmodel import SQLModel, col

import bulq.models  # noqa: F401  registers every table
from bulq import witness
from bulq.domain.backups import Facts
from bulq.domain.phases import FINAL
from bulq.models import ListItem, Purchase, Run, StatementLine


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
    statements, left_over, wrong = witness.shared_out(connection)
    if witness.has_ledger(connection):
        wrong += _unlike_the_ledger(connection)
    return Facts(rows, int(purchases), statements, left_over, wrong + _unlike_their_purchases(connection))


def _unlike_the_ledger(connection: Connection) -> int:
    """How many items of ended runs the ledger doesn't hold to the cent."""
    entered = (
        select(col(StatementLine.item_id).label("item_id"), func.sum(col(StatementLine.amount)).label("amount"))
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
    return connection.execute(unlike).scalar_one()


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
