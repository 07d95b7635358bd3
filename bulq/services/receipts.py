"""The receipts of a run: who paid which till, and the lines on them that are no purchases."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import delete, update
from sqlalchemy.orm import Session, aliased
from sqlmodel import col, func, select

from bulq import changes
from bulq.domain.actor import Actor
from bulq.domain.costs import check_payers
from bulq.domain.errors import Conflict, Forbidden, Invalid, NotFound
from bulq.domain.phases import Phase
from bulq.domain.quantities import check_line_total
from bulq.domain.times import check_year, day_in
from bulq.i18n import exponent
from bulq.models import Attachment, Cost, CostShare, Purchase, Receipt, ReceiptPayer, Run
from bulq.queries.access import RunAccess, run_for
from bulq.services.audit import record_run
from bulq.services.notices import members_among, participants_but, tell
from bulq.services.participants import forget_idle, participant_of

OPEN_FOR = (Phase.SHOPPING, Phase.ADJUSTING, Phase.DISTRIBUTING)  # in these phases receipts are written
MAX_RECEIPTS = 50  # of a run


class Payer(NamedTuple):
    """Somebody who paid a receipt; a single payer needs no amount (minor units)."""

    user_id: UUID
    amount: int | None = None


def add_receipt(
    session: Session,
    actor: Actor,
    run_id: UUID,
    payers: Collection[Payer],
    *,
    day: date | None = None,
    total: int | None = None,
    now: datetime,
) -> Receipt:
    """A further till or supplier, by whoever helps. What its payer buys from now on goes on this receipt."""
    access = writing(session, actor, run_id)
    access.need_helper()
    count = select(func.count()).select_from(Receipt).where(Receipt.run_id == run_id)
    if session.scalars(count).one() >= MAX_RECEIPTS:
        raise Conflict("receipts_per_run", maximum=MAX_RECEIPTS)
    receipt = new_receipt(session, access.run, actor, _day(access, day, now), now=now)
    _set_total(access, receipt, total)
    _set_payers(session, access, receipt, payers, now)
    note_change(session, access, "receipt_added", receipt, now)
    return receipt


def new_receipt(session: Session, run: Run, actor: Actor, day: date, *, now: datetime) -> Receipt:
    receipt = Receipt(run_id=run.id, day=day, added_by=actor.id, added_at=now)
    session.add(receipt)
    session.flush()
    return receipt


def edit_receipt(
    session: Session,
    actor: Actor,
    run_id: UUID,
    receipt_id: UUID,
    payers: Collection[Payer],
    *,
    day: date,
    total: int | None,
    revision: int,
    now: datetime,
) -> None:
    """Other payers, another day or total (minor units). `revision` is that of the receipt as the actor saw it."""
    access = writing(session, actor, run_id)
    receipt = receipt_as_seen(session, access, receipt_id, revision)
    receipt.day = _day(access, day, now)
    _set_total(access, receipt, total)
    _set_payers(session, access, receipt, payers, now)
    note_change(session, access, "receipt_changed", receipt, now)


def remove_receipt(
    session: Session, actor: Actor, run_id: UUID, receipt_id: UUID, *, revision: int, now: datetime
) -> None:
    """Remove a receipt without purchases, with its costs and photos."""
    access = writing(session, actor, run_id)
    receipt = receipt_as_seen(session, access, receipt_id, revision)
    if session.scalars(select(Purchase.id).where(Purchase.receipt_id == receipt.id).limit(1)).first() is not None:
        raise Conflict("receipt_has_purchases")
    note_change(session, access, "receipt_removed", receipt, now)
    drop(session, access.run, receipt)


def move_purchase(
    session: Session, actor: Actor, run_id: UUID, purchase_id: UUID, receipt_id: UUID, *, revision: int, now: datetime
) -> None:
    """Put a purchase on another receipt of the run. `revision` is that of the other receipt."""
    access = writing(session, actor, run_id)
    receipt = receipt_as_seen(session, access, receipt_id, revision)
    purchase = session.get(Purchase, purchase_id)
    if purchase is None or purchase.run_id != run_id:
        raise NotFound()
    before = session.get_one(Receipt, purchase.receipt_id)
    need_right(session, access, before)
    payers = _payers_of(session, receipt)
    payer_before = purchase.payer_id
    purchase.receipt_id = receipt.id
    if purchase.payer_id not in payers:
        purchase.payer_id = min(payers)
    session.add(purchase)
    session.flush()
    drop_if_empty(session, access.run, before)
    forget_idle(session, access.run, payer_before)
    note_change(session, access, "receipt_changed", receipt, now)


def difference_of(session: Session, receipt: Receipt) -> int:
    """Minor units that the total of the receipt is above its lines; 0 as long as there is no total."""
    if receipt.total is None:
        return 0
    purchases = select(func.coalesce(func.sum(Purchase.total), 0)).where(Purchase.receipt_id == receipt.id)
    costs = select(func.coalesce(func.sum(Cost.amount), 0)).where(Cost.receipt_id == receipt.id)
    return receipt.total - int(session.scalars(purchases).one()) - int(session.scalars(costs).one())


def receipt_for(session: Session, run: Run, payer_id: UUID, actor: Actor, day: date, *, now: datetime) -> Receipt:
    """The newest receipt that this person alone pays, made if there is none. The run must be locked."""
    other = aliased(ReceiptPayer)
    others = select(other.id).where(col(other.receipt_id) == col(Receipt.id), col(other.user_id) != payer_id)
    query = (
        select(Receipt)
        .join(ReceiptPayer, col(ReceiptPayer.receipt_id) == col(Receipt.id))
        .where(Receipt.run_id == run.id, ReceiptPayer.user_id == payer_id, ~others.exists())
        .order_by(col(Receipt.added_at).desc(), col(Receipt.id).desc())
        .limit(1)
    )
    found = session.scalars(query).first()
    if found is None:
        found = new_receipt(session, run, actor, day, now=now)
        session.add(ReceiptPayer(run_id=run.id, receipt_id=found.id, user_id=payer_id))
        session.flush()
    return found


def put_on_receipt_of(
    session: Session, access: RunAccess, purchase: Purchase, payer_id: UUID, *, now: datetime
) -> None:
    """Let somebody else have paid this purchase: on the same receipt if they paid it, too, else on one of theirs."""
    run, before, payer_before = access.run, session.get_one(Receipt, purchase.receipt_id), purchase.payer_id
    purchase.payer_id = payer_id
    if payer_id not in _payers_of(session, before):
        purchase.receipt_id = receipt_for(session, run, payer_id, access.actor, before.day, now=now).id
    session.add(purchase)
    session.flush()
    drop_if_empty(session, run, before)
    forget_idle(session, run, payer_before)


def drop_if_empty(session: Session, run: Run, receipt: Receipt) -> None:
    """Forget a receipt on which nothing stands: no purchase, no cost, no total, no photo. The run must be locked."""
    tables = (Purchase, Cost, Attachment)
    first, *others = (select(table.id).where(col(table.receipt_id) == receipt.id) for table in tables)
    lines = first.union_all(*others).limit(1)
    if receipt.total is None and session.execute(lines).first() is None:
        drop(session, run, receipt)


def drop(session: Session, run: Run, receipt: Receipt) -> None:
    """Remove a receipt with its payers, costs and photos."""
    costs = session.scalars(select(Cost.id).where(Cost.receipt_id == receipt.id)).all()
    people = {*_payers_of(session, receipt), *chosen_in(session, costs)}
    session.execute(delete(CostShare).where(col(CostShare.cost_id).in_(costs)))
    session.execute(delete(Cost).where(col(Cost.receipt_id) == receipt.id))
    session.execute(delete(Attachment).where(col(Attachment.receipt_id) == receipt.id))
    session.execute(delete(ReceiptPayer).where(col(ReceiptPayer.receipt_id) == receipt.id))
    session.delete(receipt)
    session.flush()
    for user_id in sorted(people):
        forget_idle(session, run, user_id)


def writing(session: Session, who: Actor, run_id: UUID) -> RunAccess:
    """The locked run, whose receipts this person is about to change."""
    access = run_for(session, who, run_id, lock=True)
    access.need_phase(*OPEN_FOR)
    changes.note(session, changes.run(run_id))
    return access


def receipt_as_seen(session: Session, access: RunAccess, receipt_id: UUID, revision: int) -> Receipt:
    """The receipt, if the actor may change it and nobody has changed it since they looked."""
    receipt = session.get(Receipt, receipt_id)
    if receipt is None or receipt.run_id != access.run.id:
        raise NotFound()
    need_right(session, access, receipt)
    if receipt.revision != revision:
        raise Conflict("receipt_changed_meanwhile")
    receipt.revision += 1
    session.add(receipt)
    return receipt


def need_right(session: Session, access: RunAccess, receipt: Receipt) -> None:
    """While shopping all who help write receipts; afterwards the leader, and whoever paid the receipt."""
    if access.run.phase is Phase.SHOPPING and access.helps:
        return
    if not access.leads and access.actor.id not in _payers_of(session, receipt):
        raise Forbidden("leader_or_payer")


def _payers_of(session: Session, receipt: Receipt) -> set[UUID]:
    return set(session.scalars(select(ReceiptPayer.user_id).where(ReceiptPayer.receipt_id == receipt.id)))


def chosen_in(session: Session, costs: Collection[UUID]) -> set[UUID]:
    return set(session.scalars(select(CostShare.user_id).where(col(CostShare.cost_id).in_(costs))))


def _day(access: RunAccess, day: date | None, now: datetime) -> date:
    today = day_in(now, access.group.time_zone)
    if day is None:
        return today
    check_year(day, "day", field="day")
    if day > today:
        raise Invalid("day_to_come", field="day")
    return day


def _set_total(access: RunAccess, receipt: Receipt, total: int | None) -> None:
    if total is not None:
        check_line_total(total, exponent(access.group.currency))
    receipt.total = total


def _set_payers(
    session: Session, access: RunAccess, receipt: Receipt, payers: Collection[Payer], now: datetime
) -> None:
    """Exactly these payers. Purchases of somebody who pays no more are the first payer's."""
    amounts = {payer.user_id: payer.amount for payer in payers}
    if len(amounts) != len(payers):
        raise Invalid("payer_twice", field="payers")
    check_payers(receipt.total, list(amounts.values()), access.group.currency)
    before = _payers_of(session, receipt)
    need_members(session, access, amounts.keys() - before)
    session.execute(delete(ReceiptPayer).where(col(ReceiptPayer.receipt_id) == receipt.id))
    for user_id, amount in amounts.items():
        participant_of(session, access.run, user_id, now=now)
        alone = None if len(amounts) == 1 else amount
        session.add(ReceiptPayer(run_id=access.run.id, receipt_id=receipt.id, user_id=user_id, amount=alone))
    others = (col(Purchase.receipt_id) == receipt.id) & col(Purchase.payer_id).not_in(amounts)
    session.execute(update(Purchase).where(others).values(payer_id=next(iter(amounts))))
    session.flush()
    for user_id in sorted(before - amounts.keys()):
        forget_idle(session, access.run, user_id)


def need_members(session: Session, access: RunAccess, people: Collection[UUID]) -> None:
    """Everybody named is in the group, or takes part in the run already."""
    there = members_among(session, access.group.id, people)
    if set(people) - set(there) - set(participants_but(session, access.run, None)):
        raise NotFound()


def note_change(
    session: Session, access: RunAccess, action: str, receipt: Receipt, now: datetime, **about: Any
) -> None:
    """Record the change. After shopping, those who take part are told."""
    run, currency = access.run, access.group.currency
    found: dict[str, Any] = {"day": receipt.day.isoformat(), "currency": currency, **about}
    record_run(session, access.actor, action, run, now=now, **found)
    people = participants_but(session, run, access.actor.id)
    changes.note(session, *map(changes.user, people))
    if run.phase is not Phase.SHOPPING:
        tell(session, people, "receipts_changed", now=now, run=run, by=access.actor)
