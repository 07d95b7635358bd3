"""What the ledger of a group says, and that it adds up."""

from collections import Counter
from uuid import UUID

from sqlalchemy.orm import Session
from sqlmodel import col, func, select

from bulq.models import Balance, LedgerEntry, User


def balances(session: Session, group_id: UUID) -> dict[str, int]:
    """Minor units by username, without those that are even; checked against the entries."""
    session.flush()
    kept = session.execute(
        select(col(User.username), col(Balance.user_id), col(Balance.currency), col(Balance.amount))
        .join(User, col(User.id) == col(Balance.user_id))
        .where(col(Balance.group_id) == group_id)
    ).all()
    check_entries(session, group_id, {(user, currency): amount for _, user, currency, amount in kept})
    return {username: amount for username, _, _, amount in kept if amount}


def check_entries(session: Session, group_id: UUID, kept: dict[tuple[UUID, str], int]) -> None:
    """Every posting sums to zero, every balance is the sum of its entries, and so all balances sum to zero."""
    entries = session.execute(
        select(
            col(LedgerEntry.posting_id), col(LedgerEntry.user_id), col(LedgerEntry.currency), col(LedgerEntry.amount)
        ).where(col(LedgerEntry.group_id) == group_id)
    ).all()
    by_posting, by_person = Counter[UUID](), Counter[tuple[UUID, str]]()
    for posting_id, user_id, currency, amount in entries:
        by_posting[posting_id] += amount
        by_person[user_id, currency] += amount
    assert not any(by_posting.values())
    assert {who: amount for who, amount in by_person.items() if amount} == {
        who: amount for who, amount in kept.items() if amount
    }
    for currency in {currency for _, currency in kept}:
        assert sum(amount for (_, each), amount in kept.items() if each == currency) == 0


def postings_of(session: Session, group_id: UUID) -> int:
    query = select(func.count(func.distinct(col(LedgerEntry.posting_id)))).where(LedgerEntry.group_id == group_id)
    return session.scalars(query).one()
