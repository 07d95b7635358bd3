"""Shopping with the list: what was bought, for how much, who paid."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from sqlalchemy.orm import Session
from sqlmodel import select

from bulq import changes
from bulq.domain.actor import Actor
from bulq.domain.errors import Conflict, NotFound
from bulq.domain.money import check_total
from bulq.domain.phases import Phase
from bulq.domain.prices import ONE, check_per
from bulq.domain.quantities import MAX_QUANTITY, check_line_total, check_quantity, scale_step
from bulq.domain.times import day_in
from bulq.i18n import exponent
from bulq.models import Bid, ListItem, Product, Purchase, Receipt, User
from bulq.models.base import new_id
from bulq.queries.access import RunAccess, run_for
from bulq.queries.people import is_member
from bulq.services.bids import bid_of, change_quantity, check_room_for
from bulq.services.participants import forget_idle, participant_of
from bulq.services.receipts import drop_if_empty, put_on_receipt_of, receipt_for

LONGEST_AWAY = timedelta(days=30)  # a phone may lie in a drawer


class SeenPurchase(NamedTuple):
    """A line of the receipt as somebody saw it: thousandths, minor units, and who paid."""

    quantity: int
    total: int
    payer_id: UUID


def seen_now(purchase: Purchase) -> SeenPurchase:
    return SeenPurchase(purchase.quantity, purchase.total, purchase.payer_id)


def _shopping(session: Session, actor: Actor, run_id: UUID) -> RunAccess:
    """The locked run, whose list or receipt the actor is about to change."""
    access = run_for(session, actor, run_id, lock=True)
    access.need_helper()
    access.need_phase(Phase.SHOPPING)
    changes.note(session, changes.run(run_id))
    return access


def _item(session: Session, run_id: UUID, item_id: UUID) -> ListItem:
    item = session.get(ListItem, item_id)
    if item is None or item.run_id != run_id:
        raise NotFound()
    return item


def purchase_as_seen(session: Session, access: RunAccess, purchase_id: UUID, seen: SeenPurchase) -> Purchase:
    """The line, unless somebody has changed it since the actor looked. The run must be locked."""
    purchase = session.get(Purchase, purchase_id)
    if purchase is None or purchase.run_id != access.run.id:
        raise NotFound()
    if seen_now(purchase) != seen:
        item = session.get_one(ListItem, purchase.item_id)
        raise Conflict(
            "purchase_changed",
            unit=str(session.get_one(Product, item.product_id).unit),
            currency=access.group.currency,
            seen_quantity=seen.quantity,
            seen=seen.total,
            current_quantity=purchase.quantity,
            current=purchase.total,
            payer_id=str(purchase.payer_id),
            payer=session.get_one(User, purchase.payer_id).name,
        )
    return purchase


def _check_line(
    session: Session, access: RunAccess, item: ListItem, line: tuple[int, int, int | None, int], payer_id: UUID
) -> None:
    """Of quantity, total, price and per the total is the truth; a price typed beside it must agree up to rounding."""
    quantity, total, price, per = line
    # Together people may want more than one person may.
    product = session.get_one(Product, item.product_id)
    check_quantity(quantity, scale_step(product.unit, product.step), maximum=max(MAX_QUANTITY, item.wanted))
    check_line_total(total, exponent(access.group.currency))
    if price is not None:
        check_per(per)
        check_total(quantity, price, total, per)
    if not is_member(session, access.group.id, payer_id):
        raise NotFound()


def buy(
    session: Session,
    actor: Actor,
    run_id: UUID,
    item_id: UUID,
    quantity: int,
    total: int,
    *,
    price: int | None = None,
    per: int = ONE,
    payer_id: UUID | None = None,
    purchase_id: UUID | None = None,
    seen: int | None,
    done_at: datetime | None = None,
    now: datetime,
) -> Purchase:
    """Record a line of the payer's newest receipt: thousandths, minor units. Buying more of an item adds to it.

    A `price` is for `per` thousandths. A device may name the line (`purchase_id`), so that it can change the line
    before the server has heard of it, and say when it was bought (`done_at`).

    `seen` is how much of the item was bought, in thousandths, when the buyer decided. A different amount by now is
    refused, so that two people at two shelves don't both buy all of it. Without `seen` the goods are in the trolley
    already: somebody who couldn't be asked bought them too, and both purchases count.
    """
    access = _shopping(session, actor, run_id)
    item = _item(session, run_id, item_id)
    if purchase_id is not None and session.get(Purchase, purchase_id) is not None:
        raise Conflict("operation_id_taken")
    if seen is not None and item.bought != seen:
        unit = str(session.get_one(Product, item.product_id).unit)
        raise Conflict("bought_meanwhile", seen=seen, current=item.bought, unit=unit)
    payer = payer_id or actor.id
    _check_line(session, access, item, (quantity, total, price, per), payer)
    participant_of(session, access.run, payer, now=now)  # whoever paid is shown among the people, with what they paid
    at = _when(done_at, now)
    receipt = receipt_for(session, access.run, payer, actor, day_in(at, access.group.time_zone), now=now)
    purchase = Purchase(
        id=purchase_id or new_id(),
        run_id=run_id,
        receipt_id=receipt.id,
        item_id=item_id,
        quantity=quantity,
        total=total,
        payer_id=payer,
        bought_by=actor.id,
        bought_at=at,
    )
    item.bought += quantity
    item.line_total += total
    item.missing = False
    session.add_all([item, purchase])
    return purchase


def _when(said: datetime | None, now: datetime) -> datetime:
    """When a device says that something was done. What can't be is taken for the nearest moment that can."""
    return now if said is None else min(now, max(said, now - LONGEST_AWAY))


def edit_purchase(
    session: Session,
    actor: Actor,
    run_id: UUID,
    purchase_id: UUID,
    quantity: int,
    total: int,
    *,
    price: int | None = None,
    per: int = ONE,
    payer_id: UUID | None = None,
    seen: SeenPurchase,
    now: datetime,
) -> None:
    """Change a line of the receipt that is still as the actor saw it."""
    access = _shopping(session, actor, run_id)
    purchase = purchase_as_seen(session, access, purchase_id, seen)
    item = _item(session, run_id, purchase.item_id)
    # Someone who has left may stay the payer of what they paid for.
    payer = payer_id or purchase.payer_id
    line = quantity, total, price, per
    _check_line(session, access, item, line, actor.id if payer == purchase.payer_id else payer)
    participant_of(session, access.run, payer, now=now)
    before = purchase.payer_id
    item.bought += quantity - purchase.quantity
    item.line_total += total - purchase.total
    purchase.quantity, purchase.total = quantity, total
    session.add_all([item, purchase])
    if before != payer:
        put_on_receipt_of(session, access, purchase, payer, now=now)


def undo_purchase(
    session: Session, actor: Actor, run_id: UUID, purchase_id: UUID, *, seen: SeenPurchase, now: datetime
) -> ListItem:
    """Take a line off the receipt that is still as the actor saw it. Returns its item as it is without the line."""
    access = _shopping(session, actor, run_id)
    purchase = purchase_as_seen(session, access, purchase_id, seen)
    item = _item(session, run_id, purchase.item_id)
    item.bought -= purchase.quantity
    item.line_total -= purchase.total
    session.add(item)
    receipt = session.get_one(Receipt, purchase.receipt_id)
    session.delete(purchase)
    session.flush()
    drop_if_empty(session, access.run, receipt)
    forget_idle(session, access.run, purchase.payer_id)
    return item


def set_missing(session: Session, actor: Actor, run_id: UUID, item_id: UUID, missing: bool, *, now: datetime) -> None:
    """Not there, or found after all. Whoever says "not there" saw nothing of it bought."""
    _shopping(session, actor, run_id)
    item = _item(session, run_id, item_id)
    if missing and item.bought:
        raise Conflict("already_bought")
    item.missing = missing
    session.add(item)


def add_to_list(
    session: Session, actor: Actor, run_id: UUID, product_id: UUID, user_id: UUID, quantity: int, *, now: datetime
) -> ListItem:
    """Add a product while shopping, as a bid of `user_id`; on a listed product it raises that person's bid."""
    access = _shopping(session, actor, run_id)
    product = session.get(Product, product_id)
    if product is None or not is_member(session, access.group.id, user_id):
        raise NotFound()
    check_quantity(quantity, product.step)
    participant_of(session, access.run, user_id, now=now)
    bid = bid_of(session, run_id, user_id, product_id)
    if bid is None:
        check_room_for(session, access.run, product_id)
        bid = Bid(run_id=run_id, user_id=user_id, product_id=product_id, created_at=now, updated_at=now)
        session.add(bid)
        session.flush()
    raised = (bid.quantity or 0) + quantity
    check_quantity(raised, product.step)
    change_quantity(session, bid, raised, now=now)
    item = session.scalars(select(ListItem).where(ListItem.run_id == run_id, ListItem.product_id == product_id)).first()
    if item is None:
        item = ListItem(run_id=run_id, product_id=product_id, wanted=0)
    item.wanted += quantity
    session.add(item)
    session.flush()
    return item
