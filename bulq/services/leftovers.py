"""Taking goods that nobody took, at cost: in pick-up, and for 14 days after the run is done."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session
from sqlmodel import select

from bulq import changes
from bulq.domain.actor import Actor
from bulq.domain.errors import Conflict, NotFound
from bulq.domain.ledger import PostingKind
from bulq.domain.phases import Phase
from bulq.domain.statements import NOTHING, Shares, check_taking, may_be_taken, taking
from bulq.models import Allocation, LeftoverTaking, ListItem, Product, Run
from bulq.queries.access import run_for
from bulq.queries.item_shares import GIVEN_OUT, run_shares
from bulq.services.audit import record_in_run
from bulq.services.ledger import enter_lines, post_lines
from bulq.services.notices import members_among, tell
from bulq.services.participants import participant_of


def take_leftovers(
    session: Session, actor: Actor, run_id: UUID, item_id: UUID, quantity: int, *, seen: int, now: datetime
) -> None:
    """Take so many thousandths of what nobody took; any member may. Whoever paid is told, and bears that much less.

    `seen` is how much was left over, in thousandths, when the actor decided. A different amount by now is refused, so
    that a second tap takes nothing. In pick-up what is taken becomes an allocation like others, with a note that it was
    left over. In a run that is done it is a further entry of the ledger. Either way nobody else owes more or less.
    """
    access = run_for(session, actor, run_id, lock=True)
    access.need_phase(*GIVEN_OUT)
    run, item = access.run, session.get(ListItem, item_id)
    if item is None or item.run_id != run_id:
        raise NotFound()
    if not may_be_taken(run.ended_at, now):
        raise Conflict("taking_over")
    product = session.get_one(Product, item.product_id)
    shares = run_shares(session, run).items.get(str(item_id), NOTHING)
    if shares.left_over != seen:
        raise Conflict("left_over_changed", seen=seen, current=shares.left_over, unit=str(product.unit))
    check_taking(quantity, shares.left_over, product.step)
    participant_of(session, run, actor.id, now=now)
    if run.phase is Phase.COMPLETED:
        entries = taking(str(item_id), shares, str(actor.id), quantity)
        enter_lines(session, run, item_id, entries, now=now)
        post_lines(session, run, PostingKind.LEFT_OVER, entries, actor, now=now)
    else:
        _allocate(session, run, item_id, actor.id, quantity, now)
    session.flush()
    changes.note(session, changes.run(run_id), changes.user(actor.id))
    _note(session, run, actor, product, shares, quantity, now)


def _allocate(session: Session, run: Run, item_id: UUID, user_id: UUID, quantity: int, now: datetime) -> None:
    """More of the item for this person.

    A line that is picked up stays picked up: the person holds goods, so the run must not go back to shopping. Whoever
    fetches the rest later takes the tick back.
    """
    query = select(Allocation).where(Allocation.item_id == item_id, Allocation.user_id == user_id)
    line = session.scalars(query).first()
    if line is None:
        line = Allocation(run_id=run.id, item_id=item_id, user_id=user_id, quantity=0)
    line.quantity += quantity
    session.add(line)
    session.add(LeftoverTaking(run_id=run.id, item_id=item_id, user_id=user_id, quantity=quantity, taken_at=now))


def _note(
    session: Session, run: Run, actor: Actor, product: Product, shares: Shares, quantity: int, now: datetime
) -> None:
    goods: dict[str, Any] = {"product": product.name, "unit": str(product.unit), "quantity": quantity}
    told = members_among(session, run.group_id, [UUID(payer) for payer in shares.borne if payer != str(actor.id)])
    tell(session, told, "leftovers_taken", now=now, run=run, by=actor, **goods)
    record_in_run(session, actor, "leftovers_taken", run, actor.id, now=now, **goods)
