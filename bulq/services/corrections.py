"""Correcting what a completed run came to: a further receipt with a reason, and entries that are only added."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from sqlalchemy.orm import Session
from sqlmodel import col, func, select

from bulq import changes
from bulq.domain.actor import Actor
from bulq.domain.costs import Cost, CostKind, CostRule, shared
from bulq.domain.errors import Conflict, Forbidden, Invalid
from bulq.domain.ledger import PostingKind, net
from bulq.domain.phases import Phase
from bulq.domain.texts import clean_text
from bulq.domain.times import day_in
from bulq.models import Purchase, Receipt, ReceiptPayer
from bulq.queries.access import RunAccess, run_for
from bulq.queries.item_shares import run_goods
from bulq.services.audit import record_run
from bulq.services.costs import Share, new_cost
from bulq.services.ledger import enter_cost, post
from bulq.services.notices import participants_but, tell
from bulq.services.participants import participant_of
from bulq.services.receipts import need_members, new_receipt

MAX_CORRECTIONS = 100  # of a run


class Change(NamedTuple):
    """Minor units that people bear more (or less, below 0), by a rule; `shares` are of the chosen people."""

    amount: int
    rule: CostRule
    shares: Sequence[Share] = ()
    item_id: UUID | None = None


def correct_run(
    session: Session,
    actor: Actor,
    run_id: UUID,
    changed: Collection[Change],
    *,
    payer_id: UUID,
    reason: str,
    now: datetime,
) -> Receipt:
    """Correct a completed run, by the leader, or by whoever paid for what stands on their own receipts.

    A payer who doesn't lead makes one change: what moves then is between them and those who bear it, and never between
    two others.

    The changes together are what `payer_id` paid on top (or got back, below 0): a refund of the store is one change
    below 0, a mistake between two people are two changes that sum to 0. Nothing that was entered before is changed.
    """
    access = run_for(session, actor, run_id, lock=True)
    access.need_phase(Phase.COMPLETED)
    _need_right(session, access, changed, payer_id)
    reason = clean_text(reason, field="reason", minimum=1, maximum=500, multiline=True)
    if not 1 <= len(changed) <= 2:
        raise Invalid("choice", field="changes")
    count = select(func.count()).select_from(Receipt).where(Receipt.run_id == run_id, col(Receipt.reason) != "")
    if session.scalars(count).one() >= MAX_CORRECTIONS:
        raise Conflict("corrections_per_run", maximum=MAX_CORRECTIONS)
    need_members(session, access, [payer_id])
    participant_of(session, access.run, payer_id, now=now)
    receipt = new_receipt(session, access.run, actor, day_in(now, access.group.time_zone), now=now)
    receipt.reason = reason
    session.add(ReceiptPayer(run_id=run_id, receipt_id=receipt.id, user_id=payer_id))
    _enter(session, access, receipt, changed, payer_id, now)
    people = participants_but(session, access.run, actor.id)
    changes.note(session, changes.run(run_id), *map(changes.user, people))
    tell(session, people, "run_corrected", now=now, run=access.run, by=actor, reason=reason)
    record_run(session, actor, "run_corrected", access.run, now=now, reason=reason)
    return receipt


def _need_right(session: Session, access: RunAccess, changed: Collection[Change], payer_id: UUID) -> None:
    if access.leads:
        return
    mine = (col(ReceiptPayer.run_id) == access.run.id) & (col(ReceiptPayer.user_id) == access.actor.id)
    receipts = set(session.scalars(select(ReceiptPayer.receipt_id).where(mine)))
    if payer_id != access.actor.id or not receipts:
        raise Forbidden("leader_or_payer")
    if len(changed) > 1:
        raise Forbidden("own_receipt_only")
    for item_id in {each.item_id for each in changed if each.item_id}:
        bought = select(Purchase.id).where(Purchase.item_id == item_id, col(Purchase.receipt_id).in_(receipts))
        if session.scalars(bought.limit(1)).first() is None:
            raise Forbidden("own_receipt_only")


def _enter(
    session: Session, access: RunAccess, receipt: Receipt, changed: Collection[Change], payer_id: UUID, now: datetime
) -> None:
    """A cost for each change, what each person bears of it, and one posting for all of them."""
    goods = run_goods(session, access.run)
    owed: dict[str, int] = defaultdict(int)
    total = 0
    for each in changed:
        of = access, receipt, CostKind.CORRECTION, each.amount, each.rule, each.shares
        cost = new_cost(session, *of, item_id=each.item_id, now=now)
        chosen = {str(share.user_id): share.share for share in each.shares}
        item_id = str(each.item_id) if each.item_id else None
        parts = shared(Cost(str(cost.id), each.amount, each.rule, item_id, chosen), goods)
        if not parts:
            currency = access.group.currency
            raise Conflict("cost_unshared", kind=str(CostKind.CORRECTION), amount=each.amount, currency=currency)
        enter_cost(session, access.run, cost.id, parts, now=now)
        for person, part in parts.items():
            owed[person] += part.amount
        total += each.amount
    amounts = net({str(payer_id): total}, owed)
    posting = post(
        *(session, access.group, PostingKind.CORRECTION, amounts),
        run=access.run,
        reason=receipt.reason,
        actor=access.actor,
        now=now,
    )
    receipt.posting_id = posting.id if posting else None
    session.add(receipt)
