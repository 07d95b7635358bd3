"""Where sums that have to hold don't: the rows of runs and of the ledger reckoned against each other."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import Select, func, or_, select
from sqlmodel import col

from bulq.domain.phases import FINAL, Phase
from bulq.models import Allocation, Balance, Cost, LedgerEntry, ListItem, Purchase, Run, StatementLine


def wrong_items() -> Select[UUID]:
    """Runs with an item that isn't the sum of its purchases."""
    of_item = col(Purchase.item_id) == col(ListItem.id)
    bought = select(func.coalesce(func.sum(col(Purchase.quantity)), 0)).where(of_item).scalar_subquery()
    total = select(func.coalesce(func.sum(col(Purchase.total)), 0)).where(of_item).scalar_subquery()
    unlike = or_(col(ListItem.bought) != bought, col(ListItem.line_total) != total)
    return select(col(ListItem.run_id)).where(unlike).distinct()


def wrong_allocations() -> Select[UUID]:
    """Runs in which more of an item is given out than was bought."""
    given = select(func.coalesce(func.sum(col(Allocation.quantity)), 0)).where(
        col(Allocation.item_id) == col(ListItem.id)
    )
    return select(col(ListItem.run_id)).where(given.scalar_subquery() > col(ListItem.bought)).distinct()


def wrong_statements() -> Select[UUID]:
    """Ended runs whose statements don't hold exactly what was bought and paid."""
    of_item = col(StatementLine.item_id) == col(ListItem.id)
    amount = select(func.coalesce(func.sum(col(StatementLine.amount)), 0)).where(of_item).scalar_subquery()
    goods = select(func.coalesce(func.sum(col(StatementLine.quantity)), 0)).where(of_item).scalar_subquery()
    return (
        select(col(ListItem.run_id))
        .join(Run, col(Run.id) == col(ListItem.run_id))
        .where(col(Run.phase).in_(FINAL), or_(amount != col(ListItem.line_total), goods != col(ListItem.bought)))
        .distinct()
    )


def wrong_costs() -> Select[UUID]:
    """Completed runs in which what people bear of a cost isn't the cost."""
    borne = select(func.coalesce(func.sum(col(StatementLine.amount)), 0)).where(
        col(StatementLine.cost_id) == col(Cost.id)
    )
    return (
        select(col(Cost.run_id))
        .join(Run, col(Run.id) == col(Cost.run_id))
        .where(col(Run.phase) == Phase.COMPLETED, borne.scalar_subquery() != col(Cost.amount))
        .distinct()
    )


def wrong_postings() -> Select[UUID]:
    """Groups with a posting whose entries don't sum to zero."""
    by_posting = select(col(LedgerEntry.group_id)).group_by(col(LedgerEntry.posting_id), col(LedgerEntry.group_id))
    return by_posting.having(func.sum(col(LedgerEntry.amount)) != 0).distinct()


def wrong_balances() -> Select[UUID]:
    """Groups with a balance that isn't the sum of its entries, or that is missing."""
    entries = (
        select(
            *(col(LedgerEntry.group_id), col(LedgerEntry.user_id), col(LedgerEntry.currency)),
            func.sum(col(LedgerEntry.amount)).label("amount"),
        )
        .group_by(col(LedgerEntry.group_id), col(LedgerEntry.user_id), col(LedgerEntry.currency))
        .subquery()
    )
    same = (
        (entries.c.group_id == col(Balance.group_id))
        & (entries.c.user_id == col(Balance.user_id))
        & (entries.c.currency == col(Balance.currency))
    )
    either = select(func.coalesce(entries.c.group_id, col(Balance.group_id))).join_from(
        entries, Balance, same, full=True
    )
    unlike = func.coalesce(entries.c.amount, 0) != func.coalesce(col(Balance.amount), 0)
    return either.where(unlike).distinct()


def wrong_runs(group_id: UUID) -> Select[UUID]:
    """The runs of a group in which goods, receipts and statements don't add up."""
    mine = select(col(Run.id)).where(col(Run.group_id) == group_id)
    by_items = (wrong_items(), wrong_allocations(), wrong_statements())
    found = [query.where(col(ListItem.run_id).in_(mine)) for query in by_items]
    found.append(wrong_costs().where(col(Cost.run_id).in_(mine)))
    return select(col(Run.id)).where(or_(*(col(Run.id).in_(query) for query in found))).order_by(col(Run.id))
