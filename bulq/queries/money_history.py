"""What changed the balances of a group, page by page."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session
from sqlmodel import col

from bulq.domain.ledger import PostingKind
from bulq.domain.paging import page_of
from bulq.models import Group, LedgerEntry, Payment, Posting, Run, Store, User

PAGE = 10


@dataclass(frozen=True, slots=True)
class MoneyEntry:
    """Something that changed balances: minor units by person, which sum to zero.

    `run_id`, `store` and `shopping_day` of a run; `sender` and `receiver` of a payment, whose note is the `reason`.
    """

    id: UUID
    kind: PostingKind
    at: datetime
    by: str | None
    reason: str
    run_id: UUID | None
    store: str | None
    shopping_day: date | None
    sender: str | None
    receiver: str | None
    amounts: Mapping[str, int]


def entries_on(session: Session, group: Group, page: int) -> tuple[tuple[MoneyEntry, ...], int, int]:
    """The entries of a page, the newest first; which page that is, and of how many. Beyond the last it is the last."""
    page = max(1, page)
    rows: Sequence[Any] = session.execute(_postings(group, page)).all()
    if not rows and page > 1:
        count = session.scalar(select(func.count()).select_from(Posting).where(*_of(group))) or 0
        rows = session.execute(_postings(group, page_of(page, count, PAGE)[0])).all()
    page, pages = page_of(page, rows[0][-1] if rows else 0, PAGE)
    amounts: dict[UUID, dict[str, int]] = defaultdict(dict)
    entries = select(col(LedgerEntry.posting_id), col(LedgerEntry.user_id), col(LedgerEntry.amount)).where(
        col(LedgerEntry.posting_id).in_([row[0] for row in rows])
    )
    for posting_id, user_id, amount in session.execute(entries):
        of = amounts[posting_id]
        of[str(user_id)] = of.get(str(user_id), 0) + amount  # of merged accounts there are two
    return tuple(MoneyEntry(*row[:-1], amounts=amounts[row[0]]) for row in rows), page, pages


def _of(group: Group) -> tuple[ColumnElement[bool], ...]:
    return col(Posting.group_id) == group.id, col(Posting.currency) == group.currency


def _postings(group: Group, page: int) -> Any:
    """A page of postings with what they are about, and how many there are in all."""
    newest = (col(Posting.posted_at).desc(), col(Posting.id).desc())
    count = func.count().over().label("count")
    shown = select(col(Posting.id), count).where(*_of(group)).order_by(*newest).limit(PAGE).offset((page - 1) * PAGE)
    chosen = shown.subquery("shown")
    sender, receiver, actor = _alias("sender"), _alias("receiver"), _alias("actor")
    return (
        select(
            *(col(Posting.id), col(Posting.kind), col(Posting.posted_at), actor.c.name),
            func.coalesce(func.nullif(col(Posting.reason), ""), col(Payment.note), ""),
            *(col(Posting.run_id), col(Store.name), col(Run.shopping_day)),
            *(sender.c.name, receiver.c.name, chosen.c.count),
        )
        .join(chosen, chosen.c.id == col(Posting.id))
        .outerjoin(actor, actor.c.id == col(Posting.actor_id))
        .outerjoin(Run, col(Run.id) == col(Posting.run_id))
        .outerjoin(Store, col(Store.id) == col(Run.store_id))
        .outerjoin(Payment, col(Payment.posting_id) == col(Posting.id))
        .outerjoin(sender, sender.c.id == col(Payment.sender_id))
        .outerjoin(receiver, receiver.c.id == col(Payment.receiver_id))
        .order_by(*newest)
    )


def _alias(name: str) -> Any:
    return select(col(User.id), col(User.name)).subquery(name)
