"""What goods were seen to cost: seen by anybody, withdrawn by who saw it or an admin, never changed."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import BigInteger, ColumnElement, delete, literal
from sqlalchemy.orm import Session
from sqlmodel import col, select

from bulq import cache, changes
from bulq.domain.actor import Actor
from bulq.domain.errors import Forbidden, Invalid, NotFound
from bulq.domain.prices import ONE, check_per
from bulq.domain.quantities import check_line_total, check_quantity
from bulq.domain.texts import clean_text
from bulq.domain.times import day_in
from bulq.i18n import currencies, exponent, money, quantity
from bulq.models import GoneProduct, Group, Membership, PriceObservation, Product, Store
from bulq.models.base import new_id
from bulq.queries.access import may_take_away
from bulq.queries.newest import same_price
from bulq.queries.own_lists import EVERYBODY, groups_of, is_seen
from bulq.queries.shown import run_topics_with
from bulq.services import audit
from bulq.services.quotas import Quota, add_one
from bulq.services.uniqueness import inserting


@dataclass(frozen=True, slots=True)
class Sighting:
    """`price` minor units for `per` thousandths; from `minimum_quantity` thousandths on, or 0.

    In whole packs of `pack` thousandths; 0: in any quantity.
    """

    product_id: UUID
    store_id: UUID
    currency: str
    price: int
    per: int = ONE
    note: str = ""
    minimum_quantity: int = 0
    pack: int = 0


def see_price(
    session: Session,
    actor: Actor,
    product_id: UUID,
    store_id: UUID,
    price: int,
    currency: str,
    *,
    per: int = ONE,
    note: str = "",
    minimum_quantity: int | None = None,
    pack: int | None = None,
    now: datetime,
) -> bool:
    """Remember what `per` thousandths of something cost somewhere, perhaps from a minimum quantity on.

    With a `pack` it is sold at this price in whole packs of so many thousandths only, so from one pack on at least.
    False when somebody said the same about this day: that adds nothing.
    """
    product = session.get(Product, product_id)
    if product is None or session.get(Store, store_id) is None:
        raise NotFound()
    if currency not in dict(currencies()):
        raise Invalid("currency", field="currency")
    check_price(price, per, currency)
    if minimum_quantity is not None:
        check_quantity(minimum_quantity, product.step, field="minimum")
    note = clean_text(note, field="note", maximum=200)
    size = check_pack(pack, product.step)
    terms = max(minimum_quantity or 0, size), size
    seen = Sighting(product_id, store_id, currency, price, per, note, *terms)
    is_new = observe(session, actor.id, seen, time_zone_of(session, currency, actor), now=now)
    if is_new:
        add_one(actor, Quota.PRICES)
        note_offers(session, store_id, [product_id], now=now)
    return is_new


def check_price(price: int, per: int, currency: str) -> None:
    """What is typed is held to the limit of a line; a price that follows from a line may be higher."""
    check_line_total(price, exponent(currency), field="price")
    check_per(per)


def check_pack(pack: int | None, step: int) -> int:
    """The size of a pack in thousandths; 0 without one, since one step is any quantity. Refuses parts of a step."""
    if pack is None:
        return 0
    check_quantity(pack, step, field="pack")
    return pack if pack > step else 0


def time_zone_of(session: Session, currency: str, actor: Actor) -> str:
    """That of a group the actor is in, first of those that count in this currency; else UTC."""
    query = (
        select(Group.time_zone)
        .join(Membership, col(Membership.group_id) == col(Group.id))
        .where(col(Membership.user_id) == actor.id, col(Group.closed_at).is_(None))
        .order_by(col(Group.currency) != currency, col(Membership.id))
        .limit(1)
    )
    return session.scalars(query).first() or "UTC"


def observe(session: Session, seen_by: UUID, seen: Sighting, time_zone: str, *, now: datetime) -> bool:
    """One observation per product, store, day, currency, price, minimum quantity and pack; whether this is a new one.

    The same price for another quantity is the same price: 1.98 for 500 g is 0.99 for 250 g.
    """
    _is_sold_again(session, seen)
    if _noted(session, seen, day_in(now, time_zone)):
        return False
    values = {
        "id": new_id(),
        "product_id": seen.product_id,
        "store_id": seen.store_id,
        "currency": seen.currency,
        "price": seen.price,
        "per": seen.per,
        "minimum_quantity": seen.minimum_quantity,
        "pack": seen.pack,
        "note": seen.note,
        "day": day_in(now, time_zone),
        "seen_by": seen_by,
        "seen_at": now,
    }
    insert = inserting(session, PriceObservation).values(values)
    is_new = session.execute(insert.on_conflict_do_nothing().returning(col(PriceObservation.id))).first() is not None
    if is_new:
        _told(session, seen.product_id, seen.store_id)
    return is_new


def _noted(session: Session, seen: Sighting, day: date) -> bool:
    """Whether the offer was noted on that day already, for everybody to see."""
    stands = col(PriceObservation.withdrawn_at).is_(None)
    return _is_any(session, seen, day, stands & is_seen(PriceObservation, EVERYBODY))


def was_found_wrong(session: Session, seen: Sighting, time_zone: str, *, since: datetime) -> bool:
    """Whether somebody withdrew the offer by hand, of the day of `since` and not before that moment."""
    by_hand = col(PriceObservation.found_wrong) & (col(PriceObservation.withdrawn_at) >= since)
    return _is_any(session, seen, day_in(since, time_zone), by_hand)


def _is_any(session: Session, seen: Sighting, day: date, condition: ColumnElement[bool]) -> bool:
    """Whether there is such an observation of the same offer on that day."""
    query = select(PriceObservation.id).where(
        PriceObservation.product_id == seen.product_id,
        PriceObservation.store_id == seen.store_id,
        PriceObservation.currency == seen.currency,
        PriceObservation.day == day,
        PriceObservation.minimum_quantity == seen.minimum_quantity,
        PriceObservation.pack == seen.pack,
        same_price(PriceObservation, literal(seen.price, BigInteger), literal(seen.per, BigInteger)),
        condition,
    )
    return session.scalars(query.limit(1)).first() is not None


def _is_sold_again(session: Session, seen: Sighting) -> None:
    """Whoever sees its price sees that it is sold, whatever lists of the store dropped."""
    same = (col(GoneProduct.store_id) == seen.store_id, col(GoneProduct.product_id) == seen.product_id)
    gone = delete(GoneProduct).where(*same).returning(col(GoneProduct.id))
    if session.execute(gone).first() is not None:
        _told(session, seen.product_id, seen.store_id)


def _told(session: Session, product_id: UUID, store_id: UUID) -> None:
    cache.changed(session, "products")
    changes.note(session, changes.product(product_id), changes.store(store_id))


def note_offers(session: Session, store_id: UUID, product_ids: Collection[UUID], *, now: datetime) -> None:
    """Note the runs to the store with these products, since they show what the products cost there."""
    changes.note(session, *run_topics_with(session, product_ids, store_id=store_id, now=now))


def withdraw_price(session: Session, actor: Actor, sighting_id: UUID, *, now: datetime) -> None:
    """Leave a wrong sighting out of every figure, for good. Only who saw it or an admin may; twice is once."""
    seen = session.get(PriceObservation, sighting_id, with_for_update=True)
    if seen is None:
        raise NotFound()
    if not may_take_away(actor, seen.seen_by):
        raise Forbidden() if _sees(session, actor, sighting_id) else NotFound()
    if seen.withdrawn_at is not None:
        return
    withdraw(session, seen, actor, found_wrong=True, now=now)
    note_offers(session, seen.store_id, [seen.product_id], now=now)
    audit.record(
        session,
        actor,
        "price_withdrawn",
        kind="product",
        subject=seen.product_id,
        name=session.get_one(Product, seen.product_id).name,
        now=now,
        price=_in_words(session, seen),
        store=session.get_one(Store, seen.store_id).name,
        day=seen.day.isoformat(),
    )


def _sees(session: Session, actor: Actor, sighting_id: UUID) -> bool:
    seen = PriceObservation
    query = select(seen.id).where(seen.id == sighting_id, is_seen(seen, list(groups_of(session, actor))))
    return session.scalars(query).first() is not None


def withdraw(
    session: Session, seen: PriceObservation, actor: Actor, *, found_wrong: bool = False, now: datetime
) -> None:
    """Leave a sighting out of every figure, whoever may.

    One that is `found_wrong` isn't fed again by a purchase from before.
    """
    seen.withdrawn_at, seen.withdrawn_by, seen.found_wrong = now, actor.id, found_wrong
    session.add(seen)
    _told(session, seen.product_id, seen.store_id)


def _in_words(session: Session, seen: PriceObservation) -> str:
    """ "7.99 EUR", or "0.99 EUR / 250 g" where it isn't for one unit."""
    price = f"{money(seen.price, seen.currency, symbol=False)} {seen.currency}"
    return (
        price if seen.per == ONE else f"{price} / {quantity(seen.per, session.get_one(Product, seen.product_id).unit)}"
    )
