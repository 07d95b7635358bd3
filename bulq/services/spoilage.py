"""Spoiled goods: somebody reports theirs, whoever has the same is asked once, and the leader credits each report."""

from __future__ import annotations

from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy.orm import Session
from sqlmodel import col, func, select

from bulq import changes
from bulq.domain.actor import Actor
from bulq.domain.costs import CostRule
from bulq.domain.errors import Conflict, NotFound
from bulq.domain.phases import Phase
from bulq.domain.spoilage import Credit, check_spoiled, worth
from bulq.domain.statements import NOTHING, Shares
from bulq.domain.texts import clean_text
from bulq.models import ListItem, Product, Purchase, Spoilage
from bulq.queries.access import RunAccess, run_for
from bulq.queries.item_shares import GIVEN_OUT, run_shares
from bulq.services.attachments import waiting_file
from bulq.services.audit import record_in_run
from bulq.services.corrections import Change, correct_run
from bulq.services.costs import Share
from bulq.services.notices import tell


class _Goods(NamedTuple):
    item: ListItem
    product: Product
    shares: Shares


def report_spoiled(
    session: Session,
    actor: Actor,
    run_id: UUID,
    item_id: UUID,
    quantity: int,
    *,
    note: str,
    attachment_id: UUID | None = None,
    now: datetime,
) -> Spoilage:
    """Say that so many thousandths of one's own goods are spoiled, in words and perhaps with a photo.

    Until it is credited, saying it again replaces it. With the first report of an item whoever else has such goods is
    asked whether theirs is spoiled, too, and the leader is told.
    """
    access, goods = _own_goods(session, actor, run_id, item_id)
    check_spoiled(quantity, goods.shares.got[str(actor.id)])
    row = _said(session, access, item_id, now)
    is_first = not _reported(session, item_id)
    row.quantity = quantity
    row.note = clean_text(note, field="note", minimum=1, maximum=500, multiline=True)
    if attachment_id is not None:
        photo = waiting_file(session, access, attachment_id)
        photo.attached_at = now
        session.add(photo)
        row.attachment_id = attachment_id
    session.add(row)
    session.flush()
    changes.note(session, changes.run(run_id), changes.user(actor.id))
    about: dict[str, Any] = {"product": goods.product.name, "unit": str(goods.product.unit), "quantity": quantity}
    has_it = {UUID(person) for person, got in goods.shares.got.items() if got > 0} - {actor.id}
    asked = has_it if is_first else set[UUID]()
    tell(session, sorted(asked), "spoiled_asked", now=now, run=access.run, by=actor, **about)
    leader = {access.run.leader_id} - asked - {actor.id}
    tell(session, sorted(leader), "spoiled_reported", now=now, run=access.run, by=actor, **about)
    record_in_run(session, actor, "spoiled_reported", access.run, actor.id, now=now, **about)
    return row


def say_fine(session: Session, actor: Actor, run_id: UUID, item_id: UUID, *, now: datetime) -> None:
    """Answer that one's own goods are fine, where somebody reported the same as spoiled; also takes a report back."""
    access, _ = _own_goods(session, actor, run_id, item_id)
    if not _reported(session, item_id):
        raise NotFound()
    row = _said(session, access, item_id, now)
    row.quantity, row.note = 0, ""
    session.add(row)
    changes.note(session, changes.run(run_id), changes.user(actor.id))


def credit_spoiled(
    session: Session,
    actor: Actor,
    run_id: UUID,
    spoilage_id: UUID,
    credit: Credit,
    *,
    seen: int,
    now: datetime,
) -> None:
    """Decide about a report once the run is completed, by the leader: a correction credits what the goods cost.

    A refund of the store came back to whoever paid for the goods. `seen` are the thousandths that the leader saw
    reported: another amount by now is refused. The correction is a further receipt and a posting; nothing that was
    entered is changed.
    """
    access = run_for(session, actor, run_id, lock=True)
    access.need_phase(Phase.COMPLETED)
    access.need_leader()
    row = session.get(Spoilage, spoilage_id)
    if row is None or row.run_id != run_id or not row.quantity:
        raise NotFound()
    if row.credit is not None:
        raise Conflict("spoiled_decided")
    goods = _goods(session, access, row.item_id)
    if row.quantity != seen:
        raise Conflict("spoiled_changed", seen=seen, current=row.quantity, unit=str(goods.product.unit))
    person = str(row.user_id)
    of = goods.shares.got.get(person, 0), goods.shares.costs.get(person, 0)
    amount = worth(str(row.item_id), row.quantity, *of) if credit is not Credit.NONE else 0
    if amount:
        less = Change(-amount, CostRule.PEOPLE, [Share(row.user_id)], row.item_id)
        changed = [less] if credit is Credit.REFUND else [less, Change(amount, CostRule.VALUE)]
        payer_id = _payer_of(session, row.item_id) if credit is Credit.REFUND else actor.id
        receipt = correct_run(session, actor, run_id, changed, payer_id=payer_id, reason=row.note, now=now)
        row.receipt_id = receipt.id
    row.credit, row.amount, row.decided_by, row.decided_at = credit, amount, actor.id, now
    session.add(row)
    session.flush()
    changes.note(session, changes.run(run_id), changes.user(row.user_id))
    about: dict[str, Any] = {"product": goods.product.name, "amount": amount, "currency": access.group.currency}
    if row.user_id != actor.id:
        kind = "spoiled_credited" if amount else "spoiled_not_credited"
        tell(session, [row.user_id], kind, now=now, run=access.run, by=actor, **about)
    record_in_run(session, actor, "spoiled_decided", access.run, row.user_id, now=now, credit=str(credit), **about)


def _payer_of(session: Session, item_id: UUID) -> UUID:
    """Who paid most for the item."""
    paid = func.sum(col(Purchase.total))
    query = select(Purchase.payer_id).where(Purchase.item_id == item_id).group_by(col(Purchase.payer_id))
    return session.scalars(query.order_by(paid.desc(), col(Purchase.payer_id)).limit(1)).one()


def _own_goods(session: Session, actor: Actor, run_id: UUID, item_id: UUID) -> tuple[RunAccess, _Goods]:
    """The locked run, and an item of which the actor got something."""
    access = run_for(session, actor, run_id, lock=True)
    access.need_phase(*GIVEN_OUT)
    goods = _goods(session, access, item_id)
    if goods.shares.got.get(str(actor.id), 0) <= 0:
        raise NotFound()
    return access, goods


def _goods(session: Session, access: RunAccess, item_id: UUID) -> _Goods:
    item = session.get(ListItem, item_id)
    if item is None or item.run_id != access.run.id:
        raise NotFound()
    shares = run_shares(session, access.run).items.get(str(item_id), NOTHING)
    return _Goods(item, session.get_one(Product, item.product_id), shares)


def _said(session: Session, access: RunAccess, item_id: UUID, now: datetime) -> Spoilage:
    """What the actor said of the item before, as long as nothing is decided, else a new row."""
    mine = select(Spoilage).where(Spoilage.item_id == item_id, Spoilage.user_id == access.actor.id)
    row = session.scalars(mine).first()
    if row is not None and row.credit is not None:
        raise Conflict("spoiled_decided")
    row = row or Spoilage(run_id=access.run.id, item_id=item_id, user_id=access.actor.id, quantity=0, said_at=now)
    row.said_at = now
    return row


def _reported(session: Session, item_id: UUID) -> bool:
    some = select(Spoilage.id).where(Spoilage.item_id == item_id, col(Spoilage.quantity) > 0).limit(1)
    return session.scalars(some).first() is not None
