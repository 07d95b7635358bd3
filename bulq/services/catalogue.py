"""Stores, products and prices, which all groups share."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session
from sqlmodel import col, select

from bulq import cache
from bulq.domain.actor import Actor
from bulq.domain.errors import Conflict, Invalid, NotFound
from bulq.domain.money import unit_price
from bulq.domain.phases import Phase, Unit
from bulq.domain.quantities import MAX_QUANTITY, check_line_total
from bulq.domain.texts import clean_text, name_key
from bulq.domain.times import day_in
from bulq.i18n import exponent
from bulq.models import Group, ListItem, PriceObservation, Product, Purchase, Run, Store
from bulq.models.base import new_id
from bulq.queries.access import run_for
from bulq.services.uniqueness import add_unique


def add_store(session: Session, actor: Actor, name: str, *, now: datetime) -> Store:
    """A new store. The same name without regard to case and accents is refused."""
    name = clean_text(name, field="store", minimum=1, maximum=100)
    key = name_key(name)
    if session.scalars(select(Store.id).where(Store.name_key == key)).first() is not None:
        raise Conflict("store_exists", field="store")
    store = Store(name=name, name_key=key, created_by=actor.id, created_at=now)
    add_unique(session, store, Conflict("store_exists", field="store"))
    return store


def add_product(
    session: Session, actor: Actor, name: str, brand: str, unit: str, step: int, *, now: datetime
) -> Product:
    """A new product; `step` in thousandths of its unit. The same name and brand without case and accents is refused."""
    name = clean_text(name, field="name", minimum=1, maximum=100)
    brand = clean_text(brand, field="brand", maximum=100)
    if unit not in list(Unit):
        raise Invalid("choice", field="unit")
    if not 1 <= step <= MAX_QUANTITY:
        raise Invalid("step", field="step")
    key, brand_key = name_key(name), name_key(brand)
    twin = select(Product.id).where(Product.name_key == key, Product.brand_key == brand_key)
    if session.scalars(twin).first() is not None:
        raise Conflict("product_exists", field="name")
    product = Product(
        name=name,
        name_key=key,
        brand=brand,
        brand_key=brand_key,
        unit=Unit(unit),
        step=step,
        created_by=actor.id,
        created_at=now,
    )
    add_unique(session, product, Conflict("product_exists", field="name"))
    cache.changed(session, "products")
    return product


def add_product_to_run(
    session: Session,
    actor: Actor,
    run_id: UUID,
    name: str,
    brand: str,
    unit: str,
    step: int,
    price: int | None,
    *,
    now: datetime,
) -> Product:
    """Create a product from a run, with its price (minor units per unit) at the run's store if it is known."""
    access = run_for(session, actor, run_id)
    access.need_phase(Phase.PLANNING, Phase.ACTIVE, Phase.SHOPPING)
    product = add_product(session, actor, name, brand, unit, step, now=now)
    if price is not None:
        _check_price(price, access.group)
        observe_price(session, actor.id, access.run, access.group, product.id, price, now=now)
    return product


def note_price(
    session: Session, actor: Actor, run_id: UUID, product_id: UUID, price: int, *, note: str = "", now: datetime
) -> None:
    """Remember what something costs at the run's store, bought or not (shopping)."""
    access = run_for(session, actor, run_id)
    access.need_helper()
    access.need_phase(Phase.SHOPPING)
    if session.get(Product, product_id) is None:
        raise NotFound()
    _check_price(price, access.group)
    note = clean_text(note, field="note", maximum=200)
    observe_price(session, actor.id, access.run, access.group, product_id, price, note=note, now=now)


def _check_price(price: int, group: Group) -> None:
    """What is typed is held to the limit of a line; a price that follows from a line may be higher."""
    try:
        check_line_total(price, exponent(group.currency))
    except Invalid as wrong:
        raise Invalid(wrong.key, field="price", **wrong.values) from None


def observe_price(
    session: Session,
    seen_by: UUID,
    run: Run,
    group: Group,
    product_id: UUID,
    price: int,
    *,
    note: str = "",
    now: datetime,
) -> None:
    """One observation per product, store, day and price: repeating it adds nothing."""
    insert = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    values = {
        "id": new_id(),
        "product_id": product_id,
        "store_id": run.store_id,
        "currency": group.currency,
        "price": price,
        "note": note,
        "day": day_in(now, group.time_zone),
        "seen_by": seen_by,
        "seen_at": now,
    }
    session.execute(insert(PriceObservation).values(values).on_conflict_do_nothing())
    cache.changed(session, "products")


def observe_purchases(session: Session, run: Run, group: Group, *, now: datetime) -> None:
    """Feed a finished shopping trip into the price history; the unit price is rounded from the line's total."""
    lines = session.execute(
        select(ListItem.product_id, Purchase)
        .join(Purchase, col(Purchase.item_id) == col(ListItem.id))
        .where(ListItem.run_id == run.id)
    ).all()
    for product_id, line in lines:
        price = unit_price(line.total, line.quantity)
        observe_price(session, line.bought_by, run, group, product_id, price, now=line.bought_at)
