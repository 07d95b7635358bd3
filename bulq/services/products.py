"""What is known about a product beyond its name: its barcode, and what is in one unit of it."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from bulq import cache, changes
from bulq.domain.actor import Actor
from bulq.domain.barcodes import parse_barcode
from bulq.domain.errors import Conflict, Forbidden, NotFound
from bulq.domain.prices import check_content, content_key
from bulq.models import Product
from bulq.queries.access import may_edit_product
from bulq.queries.shown import topics_of_goods
from bulq.services import audit, search_terms
from bulq.services.catalogue import check_barcode_is_free, check_product_is_free
from bulq.services.uniqueness import only_once


def edit_product_details(
    session: Session,
    actor: Actor,
    product_id: UUID,
    *,
    barcode: str,
    content: int | None,
    content_unit: str,
    now: datetime,
) -> None:
    """Admins may; so may who made the product, until an admin has checked it. `content` in thousandths."""
    product = session.get(Product, product_id, with_for_update=True)
    if product is None:
        raise NotFound()
    if not may_edit_product(actor, product):
        raise Forbidden()
    content_of = check_content(product.unit, content, content_unit)
    details = {
        "barcode": parse_barcode(barcode) if barcode.strip() else None,
        "content": content,
        "content_unit": content_of,
    }
    holds = content_key(content, content_of)
    check_product_is_free(session, product.name_key, product.brand_key, holds, field="content", but_for=product.id)
    _set(session, actor, product, details, now)


def add_barcode(session: Session, actor: Actor, product_id: UUID, barcode: str, *, now: datetime) -> None:
    """Anybody may who finds a product without one. To correct it is for those who may edit the product."""
    product = session.get(Product, product_id, with_for_update=True)
    if product is None:
        raise NotFound()
    code = parse_barcode(barcode)
    if product.barcode is not None and product.barcode != code:
        raise Conflict("barcode_there", field="barcode")
    _set(session, actor, product, {"barcode": code}, now)


def _set(session: Session, actor: Actor, product: Product, details: dict[str, Any], now: datetime) -> None:
    """Put down what is another now, and record which of it that was."""
    check_barcode_is_free(session, details["barcode"], but_for=product.id)
    changed = [name for name, value in details.items() if getattr(product, name) != value]
    if not changed:
        return
    with only_once(session, Conflict("barcode_exists", field="barcode")):
        product.barcode = details["barcode"]
    with only_once(session, Conflict("product_exists", field="content")):
        for name in changed:
            setattr(product, name, details[name])
    audit.record(
        session,
        actor,
        "product_details_edited",
        kind="product",
        subject=product.id,
        name=product.name,
        now=now,
        fields=", ".join(changed),
    )
    search_terms.index_product(session, product)
    cache.changed(session, "products")
    if "content" in changed or "content_unit" in changed:  # which is part of the name wherever it is shown
        changes.note(session, *topics_of_goods(session, [product.id], now=now))
    else:
        changes.note(session, changes.product(product.id))
