""" "2, up to 4": how much more than they want somebody takes where that fills a case, and for how much money."""

from __future__ import annotations

from sqlalchemy.orm import Session
from sqlmodel import col, select

from bulq.domain.errors import Invalid
from bulq.domain.quantities import check_line_total, check_quantity
from bulq.i18n import exponent
from bulq.models import Bid, Group, Product, Run


def take_up_to(session: Session, bid: Bid, quantity: int, up_to: int | None, cap: int | None) -> None:
    """Take up to `up_to` thousandths, of which what is beside `quantity` costs at most `cap` minor units.

    Without a cap whatever it costs. An `up_to` of 0 or None takes both back.
    """
    if not up_to:
        if cap is not None:
            raise Invalid("cap_without_more", field="up_to_cap")
        bid.up_to = bid.up_to_cap = None
    else:
        check_quantity(up_to, session.get_one(Product, bid.product_id).step, field="up_to")
        if up_to <= quantity:
            raise Invalid("up_to_more", field="up_to")
        if cap is not None:
            check_line_total(cap, exponent(_currency_of(session, bid)), field="up_to_cap")
        bid.up_to, bid.up_to_cap = up_to, cap
    session.add(bid)


def _currency_of(session: Session, bid: Bid) -> str:
    query = select(Group.currency).join(Run, col(Run.group_id) == col(Group.id)).where(Run.id == bid.run_id)
    return session.scalars(query).one()
