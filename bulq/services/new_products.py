"""A product that is created for a run comes with its first bid, or not at all."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from sqlalchemy.orm import Session

from bulq.domain.actor import Actor
from bulq.domain.prices import ONE
from bulq.models import Product
from bulq.services.bids import place_first_bid
from bulq.services.catalogue import add_product_to_run
from bulq.services.shopping import add_to_list


class NewProduct(NamedTuple):
    """What was typed about a product; `step` in thousandths, `price` at the run's store in minor units for `per`
    thousandths.
    """

    name: str
    brand: str
    unit: str
    step: int
    price: int | None = None
    per: int = ONE


def bid_on_new_product(
    session: Session, actor: Actor, run_id: UUID, new: NewProduct, quantity: int, *, now: datetime
) -> Product:
    """Create a product and bid on it (thousandths), while bidding is open."""
    product = add_product_to_run(session, actor, run_id, *new[:-1], per=new.per, now=now)
    place_first_bid(session, actor, run_id, product.id, quantity, now=now)
    return product


def list_new_product(
    session: Session, actor: Actor, run_id: UUID, new: NewProduct, user_id: UUID, quantity: int, *, now: datetime
) -> Product:
    """Create a product while shopping and put it on the list as a bid (thousandths) of `user_id`."""
    product = add_product_to_run(session, actor, run_id, *new[:-1], per=new.per, now=now)
    add_to_list(session, actor, run_id, product.id, user_id, quantity, now=now)
    return product
