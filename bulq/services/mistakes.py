"""Mending a mistake after shopping: back to the shop, or another total or payer for a purchase."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import delete, update
from sqlalchemy.orm import Session
from sqlmodel import col, func, select

from bulq import changes
from bulq.domain.actor import Actor
from bulq.domain.errors import Conflict, Forbidden, NotFound
from bulq.domain.money import check_total
from bulq.domain.phases import Phase
from bulq.domain.prices import ONE, check_per
from bulq.domain.quantities import check_line_total
from bulq.domain.texts import clean_text
from bulq.i18n import exponent
from bulq.models import (
    Allocation,
    Bid,
    BidRaise,
    LeftoverTaking,
    ListItem,
    Membership,
    Product,
    Purchase,
    Run,
    Spoilage,
    User,
)
from bulq.queries.access import RunAccess, run_for
from bulq.queries.people import is_member
from bulq.services.audit import record_run
from bulq.services.bids import change_quantity
from bulq.services.catalogue import observe_purchases, withdraw_purchases
from bulq.services.goodwill import drop_favours
from bulq.services.notices import tell
from bulq.services.participants import forget_idle, participant_of
from bulq.services.phases import enter
from bulq.services.receipts import put_on_receipt_of
from bulq.services.shopping import SeenPurchase, purchase_as_seen

MENDABLE = (Phase.ADJUSTING, Phase.DISTRIBUTING)


def back_to_shopping(session: Session, actor: Actor, run_id: UUID, reason: str = "", *, now: datetime) -> None:
    """Take up shopping again while nothing is picked up.

    Purchases stay and may be corrected. What each person asked for is again what it was before adjusting; allocations
    and prices are made anew when shopping ends again.
    """
    access = run_for(session, actor, run_id, lock=True)
    access.need_leader()
    access.need_phase(*MENDABLE)
    run = access.run
    _need_nothing_picked_up(session, run)
    reason = clean_text(reason, field="reason", maximum=500, multiline=True)
    had_goods = set(session.scalars(select(Allocation.user_id).where(Allocation.run_id == run.id)))
    for table in (LeftoverTaking, Spoilage, Allocation):
        session.execute(delete(table).where(col(table.run_id) == run.id))
    drop_favours(session, run)
    for user_id in had_goods:
        forget_idle(session, run, user_id)
    _restore_bids(session, run, now)
    purchases = session.scalars(select(Purchase).where(Purchase.run_id == run.id)).all()
    withdraw_purchases(session, run, purchases, actor, now=now)
    told_as = "phase_shopping_again_because" if reason else "phase_shopping_again"
    enter(session, run, Phase.SHOPPING, actor, told_as=told_as, now=now, reason=reason)


def _need_nothing_picked_up(session: Session, run: Run) -> None:
    picked_up = select(Allocation.id).where(Allocation.run_id == run.id, col(Allocation.picked_up_at).is_not(None))
    if session.scalars(picked_up.limit(1)).first() is not None:
        raise Conflict("already_picked_up")


def _restore_bids(session: Session, run: Run, now: datetime) -> None:
    """Every bid, with "changed by the leader", and every raise as it was when shopping ended.

    Raises made in adjusting go.
    """
    bids = session.scalars(select(Bid).where(Bid.run_id == run.id, col(Bid.wanted).is_not(None))).all()
    raises = col(BidRaise.bid_id).in_([bid.id for bid in bids])
    session.execute(delete(BidRaise).where(raises, col(BidRaise.wanted).is_(None)))
    session.execute(update(BidRaise).where(raises).values(quantity=BidRaise.wanted, wanted=None))
    per_bid = select(BidRaise.bid_id, func.sum(BidRaise.quantity)).where(raises).group_by(col(BidRaise.bid_id))
    sums = {bid_id: int(total or 0) for bid_id, total in session.execute(per_bid)}
    for bid in bids:
        wanted, bid.wanted = bid.wanted, None
        if bid.quantity != wanted:
            bid.quantity = sums.get(bid.id, 0) or None
            change_quantity(session, bid, wanted, now=now)  # where raises didn't add up
        bid.edited_by, bid.edited_from = bid.wanted_by, bid.wanted_from
        bid.wanted_by = bid.wanted_from = None
        session.add(bid)


def correct_purchase(
    session: Session,
    actor: Actor,
    run_id: UUID,
    purchase_id: UUID,
    quantity: int,
    total: int,
    *,
    price: int | None = None,
    per: int = ONE,
    payer_id: UUID,
    seen: SeenPurchase,
    now: datetime,
) -> None:
    """Another total (minor units) or payer for a purchase, by the leader or whoever paid, until the run is completed.

    The quantity has to stay (thousandths), since the goods are shared by it: another one is for going back to shopping.
    A `price` is for `per` thousandths. `seen` is the purchase the actor corrects; when it is another by now, it is
    refused.
    """
    access = run_for(session, actor, run_id, lock=True)
    access.need_phase(*MENDABLE)
    purchase = purchase_as_seen(session, access, purchase_id, seen)
    if not access.leads and purchase.payer_id != actor.id:
        raise Forbidden("leader_or_payer")
    if quantity != purchase.quantity:
        raise Conflict("quantity_by_shopping", field="quantity")
    check_line_total(total, exponent(access.group.currency))
    if price is not None:
        check_per(per)
        check_total(quantity, price, total, per)
    if payer_id != purchase.payer_id and not is_member(session, access.group.id, payer_id):
        raise NotFound()
    if (total, payer_id) == (purchase.total, purchase.payer_id):
        return
    before = purchase.total, purchase.payer_id
    _change(session, access, purchase, total, payer_id, now)
    _note(session, access, purchase, before, now)


def _change(session: Session, access: RunAccess, purchase: Purchase, total: int, payer_id: UUID, now: datetime) -> None:
    """Prices follow another total. Those of other goods stay as they are, also where somebody withdrew them."""
    run, item = access.run, session.get_one(ListItem, purchase.item_id)
    is_repriced = total != purchase.total
    if is_repriced:
        withdraw_purchases(session, run, [purchase], access.actor, now=now)
    item.line_total += total - purchase.total
    participant_of(session, run, payer_id, now=now)  # whoever paid is shown among the people, with what they paid
    purchase.total = total
    session.add_all([item, purchase])
    session.flush()
    if payer_id != purchase.payer_id:
        put_on_receipt_of(session, access, purchase, payer_id, now=now)
    if is_repriced:
        observe_purchases(session, run, access.group, item_id=item.id, now=now)


def _note(session: Session, access: RunAccess, purchase: Purchase, before: tuple[int, UUID], now: datetime) -> None:
    """Tell whoever gets or bid on the goods, who pays, who paid and who leads; and put it in the audit log."""
    run, item = access.run, session.get_one(ListItem, purchase.item_id)
    total_before, payer_before = before
    product = session.get_one(Product, item.product_id).name
    found: dict[str, Any] = {
        "product": product,
        "currency": access.group.currency,
        "before": total_before,
        "after": purchase.total,
        "payer_before": session.get_one(User, payer_before).name,
        "payer": session.get_one(User, purchase.payer_id).name,
    }
    bidders = select(Bid.user_id).where(
        Bid.run_id == run.id, Bid.product_id == item.product_id, col(Bid.wanted).is_not(None)
    )
    takers = select(Allocation.user_id).where(Allocation.item_id == item.id)
    people = {*session.scalars(bidders), *session.scalars(takers), payer_before, purchase.payer_id, run.leader_id}
    changes.note(session, changes.run(run.id), *map(changes.user, people), changes.user(access.actor.id))
    members = set(session.scalars(select(Membership.user_id).where(Membership.group_id == run.group_id)))
    told = (people & members) - {access.actor.id}
    tell(session, told, "purchase_corrected", now=now, run=run, by=access.actor, **found)
    record_run(session, access.actor, "purchase_corrected", run, now=now, **found)
