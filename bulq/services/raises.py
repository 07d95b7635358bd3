"""A bid and the raises it is made of."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session
from sqlmodel import col, select

from bulq.domain.allocation import eat_raises
from bulq.models import Bid, BidRaise


def bid_of(session: Session, run_id: UUID, user_id: UUID, product_id: UUID) -> Bid | None:
    return session.scalars(
        select(Bid).where(Bid.run_id == run_id, Bid.user_id == user_id, Bid.product_id == product_id)
    ).first()


def change_quantity(session: Session, bid: Bid, quantity: int | None, *, now: datetime) -> None:
    """Set a bid's quantity and keep its raises: more is a new raise, less eats the newest ones first.

    Saving the quantity the bid has already changes nothing, so "changed by the leader" stays.
    """
    if quantity == bid.quantity:
        return
    difference = (quantity or 0) - (bid.quantity or 0)
    if difference > 0:
        session.add(BidRaise(bid_id=bid.id, quantity=difference, made_at=now))
    elif difference < 0:
        _eat(session, bid, -difference)
    bid.quantity, bid.updated_at = quantity, now
    bid.edited_by = bid.edited_from = None
    session.add(bid)


def _eat(session: Session, bid: Bid, reduction: int) -> None:
    """Shorten the newest raises. One that counted when shopping ended stays with 0, for going back to shopping."""
    raises = session.scalars(
        select(BidRaise)
        .where(BidRaise.bid_id == bid.id, col(BidRaise.quantity) > 0)
        .order_by(col(BidRaise.made_at), col(BidRaise.id))
    ).all()
    left = eat_raises([each.quantity for each in raises], reduction)
    for row, quantity in zip(raises, left, strict=False):
        row.quantity = quantity
        session.add(row)
    for row in raises[len(left) :]:
        if row.wanted is None:
            session.delete(row)
        else:
            row.quantity = 0
            session.add(row)
