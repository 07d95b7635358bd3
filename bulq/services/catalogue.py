"""Stores, products and prices, which all groups share."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session
from sqlmodel import col, select

from bulq import cache
from bulq.domain.actor import Actor
from bulq.domain.barcodes import parse_barcode
from bulq.domain.errors import Conflict, Invalid, NotFound
from bulq.domain.phases import Phase, Unit
from bulq.domain.prices import ONE, Offer, check_content, content_key, paid_price, terms_paid_for
from bulq.domain.quantities import MAX_QUANTITY
from bulq.domain.texts import clean_text, name_key
from bulq.models import Group, ListItem, PriceObservation, Product, Purchase, Run, Store
from bulq.queries.access import run_for
from bulq.queries.newest import offers_at
from bulq.queries.prices import product_twin
from bulq.services import search_terms
from bulq.services.prices import Sighting, check_pack, check_price, note_offers, observe, was_found_wrong, withdraw
from bulq.services.quotas import Quota, add_one
from bulq.services.uniqueness import add_unique


def add_store(session: Session, actor: Actor, name: str, *, now: datetime) -> Store:
    """A new store. The same name without regard to case and accents is refused."""
    name, key = free_store_name(session, name)
    store = Store(name=name, name_key=key, created_by=actor.id, created_at=now)
    add_unique(session, store, Conflict("store_exists", field="store"))
    add_one(actor, Quota.STORES)
    search_terms.index_store(session, store)
    return store


def add_product(
    session: Session,
    actor: Actor,
    name: str,
    brand: str,
    unit: str,
    step: int,
    *,
    barcode: str = "",
    content: int | None = None,
    content_unit: str = "",
    now: datetime,
) -> Product:
    """A new product; `step` in thousandths of its unit. The same name and brand with the same content is refused.

    `content` is what is in one unit, in thousandths of `content_unit`.
    """
    counted_in = check_unit(unit, step)
    content_of = check_content(counted_in, content, content_unit)
    name, key, brand, brand_key = free_product_name(session, name, brand, content_key(content, content_of))
    code = parse_barcode(barcode) if barcode else None
    check_barcode_is_free(session, code)
    product = Product(
        name=name,
        name_key=key,
        brand=brand,
        brand_key=brand_key,
        unit=counted_in,
        step=step,
        barcode=code,
        content=content,
        content_unit=content_of,
        created_by=actor.id,
        created_at=now,
    )
    try:
        add_unique(session, product, Conflict("product_exists", field="name"))
    except Conflict:
        check_barcode_is_free(session, code)  # it may have been that
        raise
    add_one(actor, Quota.PRODUCTS)
    search_terms.index_product(session, product)
    cache.changed(session, "products")
    return product


def free_store_name(session: Session, name: str, *, but_for: UUID | None = None) -> tuple[str, str]:
    """The name tidied, and as it is compared. Refuses the name of another store."""
    name = clean_text(name, field="store", minimum=1, maximum=100)
    key = name_key(name)
    owner = session.scalars(select(Store.id).where(Store.name_key == key)).first()
    if owner is not None and owner != but_for:
        raise Conflict("store_exists", field="store")
    return name, key


def free_product_name(
    session: Session, name: str, brand: str, content: str, *, but_for: UUID | None = None
) -> tuple[str, str, str, str]:
    """Name and brand, each tidied and as it is compared. Refuses those of another product with the same content.

    `content` is a `content_key`.
    """
    name = clean_text(name, field="name", minimum=1, maximum=100)
    brand = clean_text(brand, field="brand", maximum=100)
    key, brand_key = name_key(name), name_key(brand)
    check_product_is_free(session, key, brand_key, content, field="name", but_for=but_for)
    return name, key, brand, brand_key


def check_product_is_free(
    session: Session, key: str, brand_key: str, content: str, *, field: str, but_for: UUID | None
) -> None:
    """Refuse what another product is: the same name, brand and content, each as it is compared."""
    owner = product_twin(session, key, brand_key, content)
    if owner is not None and owner != but_for:
        raise Conflict("product_exists", field=field)


def check_unit(unit: str, step: int) -> Unit:
    """The unit, if goods may be counted in it by such steps (thousandths)."""
    if unit not in list(Unit):
        raise Invalid("choice", field="unit")
    if not 1 <= step <= MAX_QUANTITY:
        raise Invalid("step", field="step")
    return Unit(unit)


def check_barcode_is_free(session: Session, code: str | None, *, but_for: UUID | None = None) -> None:
    """Refuse the barcode of another product."""
    owner = session.scalars(select(Product.id).where(Product.barcode == code)).first() if code else None
    if owner is not None and owner != but_for:
        raise Conflict("barcode_exists", field="barcode")


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
    per: int = ONE,
    now: datetime,
) -> Product:
    """Create a product from a run, with its price (minor units for `per` thousandths) at its store if it is known."""
    access = run_for(session, actor, run_id)
    access.need_phase(Phase.PLANNING, Phase.ACTIVE, Phase.SHOPPING)
    product = add_product(session, actor, name, brand, unit, step, now=now)
    if price is not None:
        check_price(price, per, access.group.currency)
        observe_price(session, actor.id, access.run, access.group, product.id, price, per=per, now=now)
    return product


def note_price(
    session: Session,
    actor: Actor,
    run_id: UUID,
    product_id: UUID,
    price: int,
    *,
    per: int = ONE,
    pack: int | None = None,
    note: str = "",
    now: datetime,
) -> None:
    """Remember what `per` thousandths of something cost at the run's store, bought or not (shopping).

    With a `pack` it is sold in whole packs of so many thousandths only.
    """
    access = run_for(session, actor, run_id)
    access.need_helper()
    access.need_phase(Phase.SHOPPING)
    product = session.get(Product, product_id)
    if product is None:
        raise NotFound()
    check_price(price, per, access.group.currency)
    size = check_pack(pack, product.step)
    note = clean_text(note, field="note", maximum=200)
    seen_by, run, group = actor.id, access.run, access.group
    observe_price(session, seen_by, run, group, product_id, price, per=per, note=note, pack=size, now=now)
    note_offers(session, access.run.store_id, [product_id], now=now)


def observe_price(
    session: Session,
    seen_by: UUID,
    run: Run,
    group: Group,
    product_id: UUID,
    price: int,
    *,
    per: int = ONE,
    note: str = "",
    pack: int = 0,
    now: datetime,
) -> None:
    """One observation per product, store, day and price: repeating it adds nothing."""
    seen = Sighting(product_id, run.store_id, group.currency, price, per, note, pack, pack)
    observe(session, seen_by, seen, group.time_zone, now=now)


def observe_purchases(session: Session, run: Run, group: Group, *, item_id: UUID | None = None, now: datetime) -> None:
    """Feed a finished shopping trip into the price history: what each line cost for the quantity that was bought.

    With `item_id` only the lines of that list item.
    """
    lines = session.execute(
        select(ListItem.product_id, Product.unit, Purchase)
        .join(Purchase, col(Purchase.item_id) == col(ListItem.id))
        .join(Product, col(Product.id) == col(ListItem.product_id))
        .where(ListItem.run_id == run.id, *([ListItem.id == item_id] if item_id else []))
        .order_by(col(Purchase.id))
    ).all()
    listed = select(col(ListItem.product_id)).where(col(ListItem.run_id) == run.id)
    offers = offers_at(session, run.store_id, group.currency, listed, [group.id])
    for product_id, unit, line in lines:
        _observe_line(session, run, group, line, (product_id, Unit(unit)), offers.get(product_id, ()))
    note_offers(session, run.store_id, {product_id for product_id, _, _ in lines}, now=now)


def _observe_line(
    session: Session, run: Run, group: Group, line: Purchase, product: tuple[UUID, Unit], offers: Sequence[Offer]
) -> None:
    """Who bought enough for a price "from 6" and paid it has seen that offer again, not one for any quantity.

    Whoever bought whole packs of what is sold in packs only has seen what packs cost now.

    What somebody withdrew by hand after it was bought stays withdrawn, however often shopping ends.
    """
    product_id, unit = product
    price = paid_price(line.total, line.quantity, unit)
    terms = terms_paid_for(price, line.quantity, offers)
    seen_by, at = line.bought_by, line.bought_at
    seen = Sighting(product_id, run.store_id, group.currency, price.amount, price.per, "", *terms)
    if not was_found_wrong(session, seen, group.time_zone, since=at):
        observe(session, seen_by, seen, group.time_zone, now=at)


def withdraw_purchases(session: Session, run: Run, lines: Iterable[Purchase], actor: Actor, *, now: datetime) -> None:
    """Withdraw the prices that these purchases fed into the history, since the purchases may have been mistyped."""
    listed = session.execute(select(ListItem.id, ListItem.product_id).where(ListItem.run_id == run.id))
    products = {row[0]: row[1] for row in listed}
    came_from = {(products[line.item_id], line.bought_by, line.bought_at) for line in lines}
    seen = session.scalars(
        select(PriceObservation).where(
            PriceObservation.store_id == run.store_id,
            col(PriceObservation.product_id).in_({product for product, _, _ in came_from}),
            col(PriceObservation.seen_at).in_({at for _, _, at in came_from}),
            col(PriceObservation.withdrawn_at).is_(None),
        )
    )
    for row in seen:
        if (row.product_id, row.seen_by, row.seen_at) in came_from:
            withdraw(session, row, actor, now=now)
    note_offers(session, run.store_id, {product for product, _, _ in came_from}, now=now)
