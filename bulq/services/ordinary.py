"""What things cost in an ordinary shop: noted by anybody, withdrawn by who noted it or an admin, never changed."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from sqlalchemy.orm import Session
from sqlmodel import col, select

from bulq import changes
from bulq.domain.actor import Actor
from bulq.domain.errors import Forbidden, Invalid, NotFound
from bulq.domain.prices import ONE
from bulq.domain.savings import RECENT
from bulq.domain.texts import clean_text
from bulq.domain.times import day_in
from bulq.i18n import currencies, money, quantity
from bulq.models import OrdinaryPrice, Product
from bulq.queries.access import may_take_away
from bulq.queries.savings import topics_of_savings
from bulq.services import audit
from bulq.services.prices import check_price, time_zone_of
from bulq.services.quotas import Quota, add_one


def note_ordinary_price(
    session: Session,
    actor: Actor,
    product_id: UUID,
    price: int,
    currency: str,
    *,
    per: int = ONE,
    day: date | None = None,
    shop: str = "",
    now: datetime,
) -> bool:
    """Remember what `per` thousandths of something cost in an ordinary shop on a day; without one, today.

    False when the same person said the same already: that adds nothing.
    """
    if session.get(Product, product_id) is None:
        raise NotFound()
    if currency not in dict(currencies()):
        raise Invalid("currency", field="currency")
    check_price(price, per, currency)
    if price == 0:
        raise Invalid("money_positive", field="price")
    today = day_in(now, time_zone_of(session, currency, actor))
    day = day or today
    if not today - RECENT <= day <= today:
        raise Invalid("ordinary_day", field="day")
    shop = clean_text(shop, field="shop", maximum=100)
    seen = OrdinaryPrice(
        product_id=product_id,
        currency=currency,
        price=price,
        per=per,
        shop=shop,
        day=day,
        seen_by=actor.id,
        seen_at=now,
    )
    if _is_known(session, seen):
        return False
    session.add(seen)
    add_one(actor, Quota.PRICES)
    _note(session, product_id, currency)
    return True


def _is_known(session: Session, seen: OrdinaryPrice) -> bool:
    names = ("product_id", "currency", "price", "per", "shop", "day", "seen_by")
    same = [getattr(OrdinaryPrice, name) == getattr(seen, name) for name in names]
    query = select(OrdinaryPrice.id).where(*same, col(OrdinaryPrice.withdrawn_at).is_(None))
    return session.scalars(query.limit(1)).first() is not None


def withdraw_ordinary_price(session: Session, actor: Actor, price_id: UUID, *, now: datetime) -> None:
    """Leave a wrong one out of everything, for good. Only who noted it or an admin may; twice is once."""
    seen = session.scalars(select(OrdinaryPrice).where(OrdinaryPrice.id == price_id).with_for_update()).first()
    if seen is None:
        raise NotFound()
    if not may_take_away(actor, seen.seen_by):
        raise Forbidden()
    if seen.withdrawn_at is not None:
        return
    seen.withdrawn_at, seen.withdrawn_by = now, actor.id
    session.add(seen)
    _note(session, seen.product_id, seen.currency)
    product = session.get_one(Product, seen.product_id)
    audit.record(
        session,
        actor,
        "ordinary_price_withdrawn",
        kind="product",
        subject=product.id,
        name=product.name,
        now=now,
        price=f"{money(seen.price, seen.currency, symbol=False)} {seen.currency} / {quantity(seen.per, product.unit)}",
        day=seen.day.isoformat(),
    )


def _note(session: Session, product_id: UUID, currency: str) -> None:
    session.flush()
    changes.note(session, changes.product(product_id), *topics_of_savings(session, product_id, currency))
