"""Shopping with the list: what was bought, for how much, who paid."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session
from sqlmodel import select

from bulq.domain.actor import Actor
from bulq.domain.errors import Conflict, NotFound
from bulq.domain.money import check_total
from bulq.domain.phases import Phase
from bulq.domain.quantities import MAX_QUANTITY, check_line_total, check_quantity
from bulq.i18n import exponent
from bulq.models import Bid, ListItem, Membership, Product, Purchase
from bulq.queries.access import RunAccess, run_for
from bulq.services.bids import bid_of, change_quantity, check_room_for
from bulq.services.runs import participant_of


def _shopping(session: Session, actor: Actor, run_id: UUID) -> RunAccess:
    access = run_for(session, actor, run_id, lock=True)
    access.need_helper()
    access.need_phase(Phase.SHOPPING)
    return access


def _item(session: Session, run_id: UUID, item_id: UUID) -> ListItem:
    item = session.get(ListItem, item_id)
    if item is None or item.run_id != run_id:
        raise NotFound()
    return item


def _purchase(session: Session, run_id: UUID, purchase_id: UUID) -> Purchase:
    purchase = session.get(Purchase, purchase_id)
    if purchase is None or purchase.run_id != run_id:
        raise NotFound()
    return purchase


def _check_line(
    session: Session, access: RunAccess, item: ListItem, quantity: int, price: int | None, total: int, payer_id: UUID
) -> None:
    """The total is the truth; a price typed beside it must agree with it up to rounding."""
    # Together people may want more than one person may.
    check_quantity(quantity, session.get_one(Product, item.product_id).step, maximum=max(MAX_QUANTITY, item.wanted))
    check_line_total(total, exponent(access.group.currency))
    if price is not None:
        check_total(quantity, price, total)
    if not _is_member(session, access, payer_id):
        raise NotFound()


def _is_member(session: Session, access: RunAccess, user_id: UUID) -> bool:
    query = select(Membership.id).where(Membership.group_id == access.group.id, Membership.user_id == user_id)
    return session.scalars(query).first() is not None


def buy(
    session: Session,
    actor: Actor,
    run_id: UUID,
    item_id: UUID,
    quantity: int,
    total: int,
    *,
    price: int | None = None,
    payer_id: UUID | None = None,
    seen: int | None = None,
    now: datetime,
) -> Purchase:
    """Record a line of the receipt: thousandths, minor units. Buying more of an item adds to it.

    `seen` is how much of the item the buyer believes to be bought; two at two shelves must not both take all of it.
    """
    access = _shopping(session, actor, run_id)
    item = _item(session, run_id, item_id)
    if seen is not None and item.bought != seen:
        raise Conflict("bought_meanwhile")
    payer = payer_id or actor.id
    _check_line(session, access, item, quantity, price, total, payer)
    participant_of(session, access.run, payer, now=now)  # whoever paid is shown among the people, with what they paid
    purchase = Purchase(
        run_id=run_id,
        item_id=item_id,
        quantity=quantity,
        total=total,
        payer_id=payer,
        bought_by=actor.id,
        bought_at=now,
    )
    item.bought += quantity
    item.line_total += total
    item.missing = False
    session.add_all([item, purchase])
    return purchase


def edit_purchase(
    session: Session,
    actor: Actor,
    run_id: UUID,
    purchase_id: UUID,
    quantity: int,
    total: int,
    *,
    price: int | None = None,
    payer_id: UUID | None = None,
    now: datetime,
) -> None:
    access = _shopping(session, actor, run_id)
    purchase = _purchase(session, run_id, purchase_id)
    item = _item(session, run_id, purchase.item_id)
    # Someone who has left may stay the payer of what they paid for.
    payer = payer_id or purchase.payer_id
    _check_line(session, access, item, quantity, price, total, actor.id if payer == purchase.payer_id else payer)
    item.bought += quantity - purchase.quantity
    item.line_total += total - purchase.total
    purchase.quantity, purchase.total, purchase.payer_id = quantity, total, payer
    session.add_all([item, purchase])


def undo_purchase(session: Session, actor: Actor, run_id: UUID, purchase_id: UUID, *, now: datetime) -> None:
    _shopping(session, actor, run_id)
    purchase = _purchase(session, run_id, purchase_id)
    item = _item(session, run_id, purchase.item_id)
    item.bought -= purchase.quantity
    item.line_total -= purchase.total
    session.add(item)
    session.delete(purchase)


def set_missing(session: Session, actor: Actor, run_id: UUID, item_id: UUID, missing: bool, *, now: datetime) -> None:
    """Not there, or found after all."""
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
    if product is None or not _is_member(session, access, user_id):
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
