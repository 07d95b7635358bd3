"""Looking after the shared catalogue: vouching for stores, products and tags, and setting them right."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from enum import StrEnum
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy.orm import Session
from sqlmodel import col, select

from bulq import cache, changes
from bulq.domain.actor import Actor
from bulq.domain.barcodes import parse_barcode
from bulq.domain.catalogue import TagKind, tag_key
from bulq.domain.errors import Conflict, Invalid, NotFound
from bulq.domain.prices import check_content, content_key
from bulq.domain.texts import clean_text
from bulq.models import Product, Store, Tag
from bulq.queries.access import need_server_admin_still
from bulq.queries.shown import topics_of_goods
from bulq.queries.uses import product_uses, runs_off_step
from bulq.services import audit, search_terms
from bulq.services.catalogue import check_barcode_is_free, check_unit, free_product_name, free_store_name
from bulq.services.uniqueness import only_once

T = TypeVar("T", Product, Store, Tag)

AT_ONCE = 100
# What of each can be edited here.
PRODUCT = ("name", "brand", "unit", "step", "barcode", "content", "content_unit")
STORE = ("name", "chain", "address")
TAG = ("name", "kind")
KINDS: dict[str, type[Product | Store | Tag]] = {"product": Product, "store": Store, "tag": Tag}


def verify(session: Session, actor: Actor, kind: str, ids: Collection[UUID], *, now: datetime) -> int:
    """Vouch for up to 100 entries of a kind ("product", "store", "tag"); returns for how many nobody had before."""
    need_server_admin_still(session, actor)
    rows = [row for row in _chosen(session, kind, ids) if row.verified_at is None]
    for row in rows:
        row.verified_at, row.verified_by = now, actor.id
        session.add(row)
        audit.record(session, actor, f"{kind}_verified", kind=kind, subject=row.id, name=row.name, now=now)
        changes.note(session, _topic(row))
    return len(rows)


def unverify(session: Session, actor: Actor, kind: str, ids: Collection[UUID], *, now: datetime) -> int:
    """Take back what was vouched for; returns how many there were."""
    need_server_admin_still(session, actor)
    rows = [row for row in _chosen(session, kind, ids) if row.verified_at is not None]
    for row in rows:
        row.verified_at = row.verified_by = None
        session.add(row)
        audit.record(session, actor, f"{kind}_unverified", kind=kind, subject=row.id, name=row.name, now=now)
        changes.note(session, _topic(row))
    return len(rows)


def _chosen(session: Session, kind: str, ids: Collection[UUID]) -> list[Product | Store | Tag]:
    """The rows of these ids, locked; all of them must exist."""
    if kind not in KINDS:
        raise Invalid("choice", field="kind")
    if not ids:
        raise Invalid("nothing_chosen")
    if len(ids) > AT_ONCE:
        raise Conflict("too_many_at_once", maximum=AT_ONCE)
    table = KINDS[kind]
    query = select(table).where(col(table.id).in_(set(ids))).order_by(col(table.id))
    rows = list(session.scalars(query.with_for_update(key_share=True)))
    if len(rows) < len(set(ids)):
        raise NotFound()
    return rows


def edit_product(
    session: Session,
    actor: Actor,
    product_id: UUID,
    *,
    name: str,
    brand: str,
    unit: str,
    step: int,
    barcode: str,
    content: int | None,
    content_unit: str,
    now: datetime,
) -> None:
    """Set a product right; `step` and `content` in thousandths, an empty barcode or content for none.

    The unit stays once quantities or prices are counted in it; a new step has to divide what open runs hold.
    """
    need_server_admin_still(session, actor)
    product = locked(session, Product, product_id)
    new_unit = check_unit(unit, step)
    content_of = check_content(new_unit, content, content_unit)
    holds = content_key(content, content_of)
    name, key, brand, brand_key = free_product_name(session, name, brand, holds, but_for=product_id)
    if new_unit is not product.unit and (uses := product_uses(session, product_id)):
        raise Conflict("unit_in_use", field="unit", runs=uses.runs, sightings=uses.sightings)
    if step != product.step and (runs := runs_off_step(session, product_id, step)):
        raise Conflict("step_in_use", field="step", count=runs)
    code = parse_barcode(barcode) if barcode.strip() else None
    check_barcode_is_free(session, code, but_for=product_id)
    before = _told(product, PRODUCT)
    with only_once(session, Conflict("barcode_exists", field="barcode")):
        product.barcode = code
    with only_once(session, Conflict("product_exists", field="name")):
        product.name, product.name_key, product.brand, product.brand_key = name, key, brand, brand_key
        product.content, product.content_unit = content, content_of
    product.unit, product.step = new_unit, step
    session.add(product)
    search_terms.index_product(session, product)
    cache.changed(session, "products")
    changes.note(session, *topics_of_goods(session, [product_id], now=now))
    _record_edit(session, actor, "product", product, before, now)


def _topic(row: Product | Store | Tag) -> str:
    """Of the pages that say whether it is checked; a tag is on those of many products."""
    if isinstance(row, Tag):
        return changes.CATALOGUE
    return changes.product(row.id) if isinstance(row, Product) else changes.store(row.id)


def _told(row: Product | Store | Tag, fields: Sequence[str]) -> dict[str, str | int | None]:
    """What the record tells of a row."""
    return {name: str(value) if isinstance(value := getattr(row, name), StrEnum) else value for name in fields}


def _record_edit(
    session: Session, actor: Actor, kind: str, row: Product | Store | Tag, before: dict[str, Any], now: datetime
) -> None:
    """Record what is another now; what was saved as it stood is no change."""
    edits = {name: value for name, value in _told(row, list(before)).items() if value != before[name]}
    if edits:
        audit.record(session, actor, f"{kind}_edited", kind=kind, subject=row.id, name=row.name, now=now, changes=edits)


def locked(session: Session, table: type[T], row_id: UUID) -> T:
    """The row, which nobody else changes or refers to until the transaction ends."""
    query = select(table).where(col(table.id) == row_id)
    row = session.scalars(query.with_for_update().execution_options(populate_existing=True)).first()
    if row is None:
        raise NotFound()
    return row


def edit_store(
    session: Session, actor: Actor, store_id: UUID, *, name: str, chain: str, address: str, now: datetime
) -> None:
    need_server_admin_still(session, actor)
    store = locked(session, Store, store_id)
    name, key = free_store_name(session, name, but_for=store_id)
    chain = clean_text(chain, field="chain", maximum=100)
    address = clean_text(address, field="address", maximum=200)
    before = _told(store, STORE)
    with only_once(session, Conflict("store_exists", field="store")):
        store.name, store.name_key, store.chain, store.address = name, key, chain, address
    search_terms.index_store(session, store)
    changes.note(session, changes.STORES)
    _record_edit(session, actor, "store", store, before, now)


def edit_tag(session: Session, actor: Actor, tag_id: UUID, *, name: str, kind: str, now: datetime) -> None:
    need_server_admin_still(session, actor)
    tag = locked(session, Tag, tag_id)
    name = clean_text(name, field="name", minimum=1, maximum=50)
    if kind not in list(TagKind):
        raise Invalid("choice", field="kind")
    key = tag_key(name)
    twin = session.scalars(select(Tag.id).where(Tag.kind == TagKind(kind), Tag.name_key == key)).first()
    if twin is not None and twin != tag_id:
        raise Conflict("tag_exists", field="name")
    before = _told(tag, TAG)
    with only_once(session, Conflict("tag_exists", field="name")):
        tag.name, tag.name_key, tag.kind = name, key, TagKind(kind)
    search_terms.index_tag(session, tag)
    changes.note(session, changes.CATALOGUE)
    _record_edit(session, actor, "tag", tag, before, now)
