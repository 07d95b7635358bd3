"""The ledger: what a run came to for each person, and the balances of a group. Entries are only added."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session
from sqlmodel import col

from bulq import changes
from bulq.domain.actor import Actor
from bulq.domain.errors import Conflict
from bulq.domain.ledger import PostingKind, balanced, net
from bulq.domain.phases import Phase
from bulq.domain.statements import Entry, EntryKind, Part, entries_of
from bulq.models import Balance, Cost, Group, LedgerEntry, Posting, Run, StatementLine
from bulq.models.base import new_id
from bulq.queries.item_shares import RunShares, owed_in, run_shares
from bulq.services.costs import check_explained
from bulq.services.notices import tell_former


def freeze(session: Session, run: Run, phase: Phase, actor: Actor | None, *, now: datetime) -> None:
    """Write down what everybody owes as the run goes from the phase it is in to `phase`, its last.

    A completed run changes the balances of its group; every cost has to be borne by somebody then. A cancelled run
    changes no balance, and its costs stay with whoever paid. The run must be locked.
    """
    shares = run_shares(session, run)
    for item_id, each in shares.items.items():
        enter_lines(session, run, UUID(item_id), entries_of(each), now=now)
    if phase is Phase.COMPLETED:
        _check_borne(session, run, shares)
        for cost_id, parts in shares.costs.items():
            enter_cost(session, run, UUID(cost_id), parts, now=now)
        amounts = net(shares.spent, owed_in(shares))
        post(session, session.get_one(Group, run.group_id), PostingKind.RUN, amounts, run=run, actor=actor, now=now)


def enter_lines(session: Session, run: Run, item_id: UUID, entries: Iterable[Entry], *, now: datetime) -> None:
    for person, kind, quantity, amount in entries:
        session.add(
            StatementLine(
                run_id=run.id,
                item_id=item_id,
                user_id=UUID(person),
                kind=kind,
                quantity=quantity,
                amount=amount,
                entered_at=now,
            )
        )


def enter_cost(session: Session, run: Run, cost_id: UUID, parts: Mapping[str, Part], *, now: datetime) -> None:
    """What each person bears of a cost, in minor units, with their weight by its rule: the line explains itself."""
    about: dict[str, Any] = {"run_id": run.id, "cost_id": cost_id, "kind": EntryKind.COST, "entered_at": now}
    for person, part in parts.items():
        session.add(StatementLine(user_id=UUID(person), quantity=part.quantity, amount=part.amount, **about))


def _check_borne(session: Session, run: Run, shares: RunShares) -> None:
    """Refuse while a receipt has a difference, or while nobody has goods by which a cost is shared."""
    check_explained(session, run)
    for cost_id in shares.unshared:
        cost = session.get_one(Cost, UUID(cost_id))
        currency = session.get_one(Group, run.group_id).currency
        raise Conflict("cost_unshared", kind=str(cost.kind), amount=cost.amount, currency=currency)


def post_lines(
    session: Session, run: Run, kind: PostingKind, entries: Iterable[Entry], actor: Actor, *, now: datetime
) -> Posting | None:
    """Change the balances by statement lines that were added to a completed run."""
    owed: dict[str, int] = defaultdict(int)
    for entry in entries:
        owed[entry.person] += entry.amount
    group = session.get_one(Group, run.group_id)
    return post(session, group, kind, net({}, owed), run=run, actor=actor, now=now)


def post(
    session: Session,
    group: Group,
    kind: PostingKind,
    amounts: Mapping[str, int],
    *,
    run: Run | None = None,
    reason: str = "",
    actor: Actor | None,
    now: datetime,
) -> Posting | None:
    """Change balances by these amounts: minor units by person, above 0 for whoever is owed more, together zero.

    The only way balances change. Returns None when there is nothing to change.
    """
    changed = balanced(amounts)
    if not changed:
        return None
    posting = Posting(
        group_id=group.id,
        currency=group.currency,
        kind=kind,
        run_id=run.id if run else None,
        reason=reason,
        actor_id=actor.id if actor else None,
        posted_at=now,
    )
    session.add(posting)
    session.flush()
    for person in sorted(changed):  # in the same order everywhere, so that two postings don't wait for each other
        of: dict[str, Any] = {"group_id": group.id, "currency": group.currency, "user_id": UUID(person)}
        of["amount"] = changed[person]
        session.add(LedgerEntry(posting_id=posting.id, **of))
        _add_to_balance(session, of)
    session.flush()
    changes.note(session, changes.group(group.id), *map(changes.user, changed))
    tell_former(session, group, changed, group.currency, now=now)
    return posting


def _add_to_balance(session: Session, of: Mapping[str, object]) -> None:
    insert = {"postgresql": postgresql.insert, "sqlite": sqlite.insert}[session.get_bind().dialect.name]
    row = insert(Balance).values(id=new_id(), **of)
    same = [col(Balance.group_id), col(Balance.user_id), col(Balance.currency)]
    added = {"amount": col(Balance.amount) + row.excluded.amount}
    session.execute(row.on_conflict_do_update(index_elements=same, set_=added))
