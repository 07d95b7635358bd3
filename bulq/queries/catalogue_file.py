"""The catalogue as a file, and what a file would change in it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Any, TypeAlias
from uuid import UUID

from sqlalchemy import Column, Uuid, func, literal, select, tuple_
from sqlalchemy.orm import Session
from sqlmodel import SQLModel

from bulq.config import settings
from bulq.domain.actor import Actor
from bulq.domain.catalogue_file import Entry, alias_cell, escape, tag_cell
from bulq.domain.errors import BulqError, Conflict, Invalid
from bulq.domain.prices import ONE, Price, check_content, content_key
from bulq.domain.quantities import plain
from bulq.i18n import exponent
from bulq.queries.access import need_server_admin
from bulq.queries.newest import is_gone
from bulq.queries.own_lists import EVERYBODY, Groups, is_seen, readers_of
from bulq.queries.uses import held_in_open_runs

AT_ONCE = 500
MOST_GONE = 100_000
PRODUCT, STORE, TAG, LINK, ALIAS, PRICE = (
    SQLModel.metadata.tables[name].c
    for name in ("products", "stores", "tags", "product_tags", "product_aliases", "price_observations")
)

Key: TypeAlias = tuple[str, str, str]
Sighting: TypeAlias = tuple[UUID, UUID, date, str, tuple[Fraction, int]]


@dataclass(frozen=True, slots=True)
class Known:
    """What the catalogue has of a batch of entries."""

    products: Mapping[Key, Any]  # rows of products
    owners: Mapping[str, tuple[UUID, str]]  # barcode → product and its name
    stores: Mapping[str, UUID]
    tags: Mapping[tuple[str, str], UUID]
    tagged: Mapping[UUID, set[UUID]]
    aliases: Mapping[UUID, set[str]]
    prices: set[Sighting]
    held: Mapping[UUID, set[int]]  # quantities open runs hold of a product


def known(
    session: Session, entries: Sequence[Entry], products: Mapping[Key, Any], group_id: UUID | None = None
) -> Known:
    """In a fixed number of statements, whatever the batch. `products` are those of `products_of`.

    Of the prices those that everybody sees, or that `group_id` sees.
    """
    products = {key: row for entry in entries if (row := products.get(key := entry.product))}
    ids = [row.id for row in products.values()]
    stores = _stores(session, {entry.store_key for entry in entries if entry.store})
    tags = _tags(session, {(label.kind, label.key) for entry in entries for label in entry.tags})
    stepped = {
        row.id for entry in entries if (row := products.get(entry.product)) and entry.step not in (None, row.step)
    }
    return Known(
        products,
        _owners(session, {entry.barcode for entry in entries if entry.barcode}),
        stores,
        tags,
        _pairs(session, LINK.product_id, LINK.tag_id, ids),
        _pairs(session, ALIAS.product_id, ALIAS.name_key, ids),
        _prices(session, entries, products, stores, readers_of(group_id)),
        held_in_open_runs(session, stepped),
    )


def products_of(session: Session, entries: Sequence[Entry], *, lock: bool) -> dict[Key, Any]:
    """Products of the names and brands of the entries, in any size. With `lock` nobody else changes them meanwhile."""
    named = {entry.named for entry in entries}
    query = select(*PRODUCT).where(PRODUCT.name_key.in_({name for name, _ in named})).order_by(PRODUCT.id)
    rows = session.execute(query.with_for_update(key_share=True) if lock else query)
    return {
        (row.name_key, row.brand_key, row.content_key): row for row in rows if (row.name_key, row.brand_key) in named
    }


def _owners(session: Session, barcodes: set[str]) -> dict[str, tuple[UUID, str]]:
    query = select(PRODUCT.barcode, PRODUCT.id, PRODUCT.name).where(PRODUCT.barcode.in_(barcodes))
    return {code: (product_id, name) for code, product_id, name in session.execute(query)}


def _stores(session: Session, keys: set[str]) -> dict[str, UUID]:
    rows = session.execute(select(STORE.name_key, STORE.id).where(STORE.name_key.in_(keys)))
    return {row.name_key: row.id for row in rows}


def zones_of(session: Session, keys: set[str]) -> dict[str, str]:
    """The time zone of each of these stores that has one."""
    rows = session.execute(select(STORE.name_key, STORE.time_zone).where(STORE.name_key.in_(keys)))
    return {row.name_key: row.time_zone for row in rows if row.time_zone}


def _tags(session: Session, keys: set[tuple[str, str]]) -> dict[tuple[str, str], UUID]:
    rows = session.execute(select(TAG.kind, TAG.name_key, TAG.id).where(TAG.name_key.in_({key for _, key in keys})))
    return {(str(row.kind), row.name_key): row.id for row in rows}


def _pairs(session: Session, product: Column[Any], other: Column[Any], ids: Sequence[UUID]) -> dict[UUID, set[Any]]:
    found: dict[UUID, set[Any]] = defaultdict(set)
    for product_id, value in session.execute(select(product, other).where(product.in_(ids))):
        found[product_id].add(value)
    return found


def _prices(
    session: Session,
    entries: Sequence[Entry],
    products: Mapping[Key, Any],
    stores: Mapping[str, UUID],
    groups: Groups,
) -> set[Sighting]:
    wanted = {
        (products[entry.product].id, stores[entry.store_key], entry.seen_on, entry.currency, entry.offer)
        for entry in entries
        if entry.price is not None and entry.product in products and entry.store_key in stores
    }
    columns = (
        PRICE.product_id,
        PRICE.store_id,
        PRICE.day,
        PRICE.currency,
        PRICE.price,
        PRICE.per,
        PRICE.minimum_quantity,
    )
    among = (PRICE.product_id.in_({each[0] for each in wanted}), PRICE.day.in_({each[2] for each in wanted}))
    rows = session.execute(select(*columns).where(*among, PRICE.withdrawn_at.is_(None), is_seen(PRICE, groups)))
    found = ((*row[:4], (Price(row.price, row.per).ratio, row.minimum_quantity)) for row in rows)
    return {seen for seen in found if seen in wanted}


def refusal(entry: Entry, there: Known) -> tuple[str, BulqError] | None:
    """Why this entry doesn't fit the catalogue, with the column at fault."""
    row = there.products.get(entry.product)
    if row is None and entry.unit is None:
        return "unit", Invalid("text_missing")
    if entry.barcode and (owner := there.owners.get(entry.barcode)) and (row is None or owner[0] != row.id):
        return "barcode", Conflict("row_barcode", name=owner[1])
    if (wrong := _content(entry, row) or _too_many(entry, row, there)) is not None or row is None:
        return wrong
    if entry.unit not in (None, row.unit):
        return "unit", Conflict("row_unit_fixed", unit=str(row.unit))
    if entry.step and entry.step != row.step and any(held % entry.step for held in there.held.get(row.id, ())):
        return "step", Conflict("row_step_fixed")
    return None


def _content(entry: Entry, row: Any) -> tuple[str, BulqError] | None:
    """What is there already stays, by whatever rule it came."""
    if row is not None and (entry.content, entry.content_unit) == (row.content, row.content_unit):
        return None
    unit = row.unit if row is not None else entry.unit
    assert unit is not None
    try:
        check_content(unit, entry.content, str(entry.content_unit or ""))
    except Invalid as error:
        return error.field or "content", error
    return None


def _too_many(entry: Entry, row: Any, there: Known) -> tuple[str, BulqError] | None:
    """The limits hold for what is there and what comes together."""
    tags = {(tag.kind, tag.key) for tag in entry.tags}
    names = {alias.key for alias in entry.aliases} - {entry.key}
    if row is not None:
        ids = there.tagged.get(row.id, set[UUID]())
        tags = {key for key in tags if there.tags.get(key) not in ids} | {("", str(tag_id)) for tag_id in ids}
        names |= there.aliases.get(row.id, set[str]())
    if len(tags) > settings.tags_per_product and entry.tags:
        return "tags", Conflict("too_many_tags", maximum=settings.tags_per_product)
    if len(names) > settings.names_per_product and entry.aliases:
        return "aliases", Conflict("too_many_aliases", maximum=settings.names_per_product)
    return None


def edits(entry: Entry, row: Any) -> dict[str, Any]:
    """What of an existing product the entry changes."""
    said = {
        "name": entry.name,
        "brand": entry.brand,
        "step": entry.step,
        "barcode": entry.barcode,
        "content": entry.content,
        "content_unit": entry.content_unit,
    }
    changes = {name: value for name, value in said.items() if value is not None and value != getattr(row, name)}
    if "content" in changes or "content_unit" in changes:
        changes["content_key"] = content_key(entry.content, entry.content_unit)
    return changes


def gone_from(
    session: Session, store_id: UUID, group_id: UUID | None, kept: Collection[UUID]
) -> list[tuple[UUID, str]]:
    """Products that earlier lists of the store had and that are not among `kept`, with their names, at most 100,000.

    Of the lists those that everybody sees, or that `group_id` sees.
    """
    query = (
        select(PRODUCT.id, PRODUCT.name)
        .where(PRODUCT.id.in_(select(PRICE.product_id).where(*_listed(store_id, group_id))))
        .order_by(PRODUCT.name_key, PRODUCT.id)
        .limit(MOST_GONE)
    )
    return [(row.id, row.name) for row in session.execute(query) if row.id not in kept]


def _listed(store_id: UUID, group_id: UUID | None) -> tuple[Any, ...]:
    groups = readers_of(group_id)
    stands = PRICE.store_id == store_id, PRICE.withdrawn_at.is_(None), PRICE.import_id.is_not(None)
    return *stands, is_seen(PRICE, groups), ~is_gone(PRICE.product_id, literal(store_id, Uuid), groups)


def export_rows(session: Session, viewer: Actor, after: tuple[str, str, UUID] | None) -> tuple[list[list[str]], Any]:
    """The next rows of the whole catalogue, and the place after them; None at the end.

    A product has a row for each of its current offers at each store and in each currency, or one without a price.
    What came with a group's own list isn't in it, until it is verified.
    """
    need_server_admin(viewer)
    place = (PRODUCT.name_key, PRODUCT.brand_key, PRODUCT.id)
    query = select(*PRODUCT).order_by(*place).limit(AT_ONCE)
    products = session.execute(query if after is None else query.where(tuple_(*place) > tuple_(*after))).all()
    ids = [row.id for row in products]
    tags = _tags_of(session, ids)
    aliases = _aliases(session, ids)
    prices = _newest(session, ids)
    rows = [
        [escape(cell) for cell in (*_cells(row, tags[row.id], aliases[row.id]), *price)]
        for row in products
        for price in prices[row.id] or [("",) * 6]
    ]
    last = products[-1] if products else None
    return rows, (last.name_key, last.brand_key, last.id) if last else None


def _cells(row: Any, tags: list[tuple[str, str]], aliases: list[tuple[str, str]]) -> Iterator[str]:
    yield from (row.name, row.brand, str(row.unit), plain(row.step, 3), row.barcode or "")
    yield plain(row.content, 3) if row.content else ""
    yield str(row.content_unit) if row.content_unit else ""
    yield from (tag_cell(tags), alias_cell(aliases))


def _tags_of(session: Session, ids: Sequence[UUID]) -> dict[UUID, list[tuple[str, str]]]:
    found: dict[UUID, list[tuple[str, str]]] = defaultdict(list)
    query = select(LINK.product_id, TAG.kind, TAG.name).where(TAG.id == LINK.tag_id, LINK.product_id.in_(ids))
    for row in session.execute(query.order_by(TAG.kind, TAG.name_key)):
        found[row.product_id].append((str(row.kind), row.name))
    return found


def _aliases(session: Session, ids: Sequence[UUID]) -> dict[UUID, list[tuple[str, str]]]:
    found: dict[UUID, list[tuple[str, str]]] = defaultdict(list)
    query = select(ALIAS.product_id, ALIAS.language, ALIAS.name).where(ALIAS.product_id.in_(ids))
    for row in session.execute(query.order_by(ALIAS.name_key)):
        found[row.product_id].append((row.language, row.name))
    return found


def _newest(session: Session, ids: Sequence[UUID]) -> dict[UUID, list[tuple[str, ...]]]:
    turn = func.row_number().over(
        partition_by=[PRICE.product_id, PRICE.store_id, PRICE.currency, PRICE.minimum_quantity],
        order_by=[PRICE.seen_at.desc(), PRICE.id.desc()],
    )
    seen = (
        select(
            *(PRICE.product_id, PRICE.store_id, PRICE.price, PRICE.per, PRICE.minimum_quantity),
            *(PRICE.currency, PRICE.day, turn.label("turn")),
        )
        .where(PRICE.product_id.in_(ids), PRICE.withdrawn_at.is_(None), is_seen(PRICE, EVERYBODY))
        .subquery()
        .c
    )
    newest = (
        select(seen.product_id, STORE.name, seen.price, seen.per, seen.minimum_quantity, seen.currency, seen.day)
        .where(STORE.id == seen.store_id, seen.turn == 1)
        .order_by(STORE.name_key, seen.currency, seen.minimum_quantity)
    )
    found: dict[UUID, list[tuple[str, ...]]] = defaultdict(list)
    for row in session.execute(newest):
        price = plain(row.price, exponent(row.currency))
        per = plain(row.per, 3) if row.per != ONE else ""
        minimum = plain(row.minimum_quantity, 3) if row.minimum_quantity else ""
        found[row.product_id].append((row.name, price, per, minimum, row.currency, row.day.isoformat()))
    return found


def catalogue_size(session: Session, viewer: Actor) -> int:
    """How many products there are."""
    need_server_admin(viewer)
    return session.scalars(select(func.count()).select_from(PRODUCT.id.table)).one()
