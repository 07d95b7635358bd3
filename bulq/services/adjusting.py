"""Adjusting to what was really there: by hand within live ranges, by the fair split, or by the leader for somebody."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session
from sqlmodel import col, func, select

from bulq import changes
from bulq.domain.actor import Actor
from bulq.domain.adjusting import adjust_range
from bulq.domain.errors import Conflict, NotFound
from bulq.domain.phases import Phase
from bulq.domain.quantities import check_quantity
from bulq.models import Allocation, Bid, ListItem, Product
from bulq.queries.access import run_for
from bulq.queries.shares import effect_of, fair_shares
from bulq.services.audit import record_in_run
from bulq.services.bids import bid_of, change_quantity, my_bid
from bulq.services.goodwill import keep_favours
from bulq.services.notices import tell
from bulq.services.phases import allocate_bids, enter


def adjust_bid(
    session: Session, actor: Actor, run_id: UUID, product_id: UUID, quantity: int, *, seen: int, now: datetime
) -> int:
    """Take less of what there is too little of, or more of what there is too much of (adjusting).

    `seen` is the bid, in thousandths, from which the actor started. The leader may have changed it since.
    """
    access = run_for(session, actor, run_id, lock=True)
    access.need_phase(Phase.ADJUSTING)
    bid = my_bid(session, access, product_id)
    _need_seen(session, bid, seen)
    _adjust(session, bid, quantity, now)
    changes.note(session, changes.run(run_id))
    return quantity


def _need_seen(session: Session, bid: Bid, seen: int) -> None:
    """Refuse when somebody else has changed the bid since the actor saw it, with both quantities."""
    if (bid.quantity or 0) != seen:
        unit = str(session.get_one(Product, bid.product_id).unit)
        raise Conflict("bid_changed", seen=seen, current=bid.quantity or 0, unit=unit)


def _adjust(session: Session, bid: Bid, quantity: int, now: datetime) -> None:
    """The range is computed from what is in the database now, under the run's lock: nobody can overshoot."""
    if bid.wanted is None:
        raise Conflict("nothing_to_adjust")
    low, high, step = adjust_range_of(session, bid)
    if quantity % step or not low <= quantity <= high:
        raise Conflict("outside_range", field="quantity")
    change_quantity(session, bid, quantity or None, now=now)


def adjust_range_of(session: Session, bid: Bid) -> tuple[int, int, int]:
    """What the bid may become: lowest and highest quantity and the step, in thousandths."""
    total = select(func.sum(Bid.quantity)).where(Bid.run_id == bid.run_id, Bid.product_id == bid.product_id)
    found = session.execute(
        select(ListItem.bought, Product.step)
        .join(Product, col(Product.id) == col(ListItem.product_id))
        .where(ListItem.run_id == bid.run_id, ListItem.product_id == bid.product_id)
    ).first()
    if found is None or found[0] == 0:
        raise Conflict("nothing_to_adjust")
    bought, step = found
    low, high = adjust_range(bid.quantity or 0, int(session.scalars(total).one() or 0), bought, step)
    if low == high:
        raise Conflict("nothing_to_adjust")
    return low, high, step


def edit_bid_of(
    session: Session,
    actor: Actor,
    run_id: UUID,
    user_id: UUID,
    product_id: UUID,
    quantity: int,
    *,
    seen: int,
    now: datetime,
) -> None:
    """The leader changes somebody's bid once bids are frozen; it is recorded and the person is told.

    `seen` is the bid, in thousandths, that the leader changes. The person may have changed it since.
    """
    access = run_for(session, actor, run_id, lock=True)
    access.need_leader()
    access.need_phase(Phase.CONFIRMED, Phase.ADJUSTING)
    bid = bid_of(session, run_id, user_id, product_id)
    if bid is None or (bid.quantity is None and bid.wanted is None):
        raise NotFound()
    _need_seen(session, bid, seen)
    changes.note(session, changes.run(run_id))
    before = seen
    if access.run.phase is Phase.ADJUSTING:
        _adjust(session, bid, quantity, now)
    else:
        check_quantity(quantity, session.get_one(Product, product_id).step)
        change_quantity(session, bid, quantity, now=now)
    if quantity == before or user_id == actor.id:
        return
    bid.edited_by, bid.edited_from = actor.id, before
    product = session.get_one(Product, product_id)
    tell(
        session,
        [user_id],
        "bid_edited",
        now=now,
        run=access.run,
        by=actor,
        product=product.name,
        unit=str(product.unit),
        before=before,
        after=quantity,
    )
    goods = {"product": product.name, "unit": str(product.unit), "before": before, "after": quantity}
    record_in_run(session, actor, "bid_edited", access.run, user_id, now=now, **goods)


def finish_adjusting(session: Session, actor: Actor, run_id: UUID, *, now: datetime) -> None:
    """Go to pick-up once what people want adds up to what was bought, for every item."""
    access = run_for(session, actor, run_id, lock=True)
    access.need_leader()
    access.need_phase(Phase.ADJUSTING)
    if not all(item.is_matched for item in fair_shares(session, access)):
        raise Conflict("sums_differ")
    allocate_bids(session, access.run)
    enter(session, access.run, Phase.DISTRIBUTING, actor, now=now)


def share_fairly(
    session: Session, actor: Actor, run_id: UUID, *, effect: str, leader_takes_rest: bool = False, now: datetime
) -> None:
    """Give out what was bought by the group's rule and go to pick-up.

    `effect` is `effect_of` the shares the leader was shown: when somebody has adjusted since, it is refused.
    What nobody asked for stays left over with its cost, unless the leader says they take it.
    """
    access = run_for(session, actor, run_id, lock=True)
    access.need_leader()
    access.need_phase(Phase.ADJUSTING)
    shares = fair_shares(session, access)
    if effect_of(shares) != effect:
        raise Conflict("shares_changed")
    keep_favours(session, access.run, shares)
    for item in shares:
        gets = {share.user_id: share.gets for share in item.people}
        if leader_takes_rest:
            gets[actor.id] = gets.get(actor.id, 0) + item.left_over
        for user_id, quantity in gets.items():
            if quantity:
                session.add(Allocation(run_id=run_id, item_id=item.item_id, user_id=user_id, quantity=quantity))
    enter(session, access.run, Phase.DISTRIBUTING, actor, now=now)
