"""What was seen at a store, and the newest price of a product there: an index alone answers, however often seen."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import ScalarSelect, Select, select
from sqlmodel import col

from bulq.models import PriceObservation


def newest(what: str, product_id: Any, store_id: Any, currency: Any) -> ScalarSelect[Any]:
    """`what` of the newest observation that stands, such as its price; the others are values, or columns around it."""
    seen = PriceObservation
    return (
        select(getattr(seen, what))
        .where(
            col(seen.store_id) == store_id,
            col(seen.product_id) == product_id,
            col(seen.currency) == currency,
            col(seen.withdrawn_at).is_(None),
        )
        .order_by(col(seen.seen_at).desc(), col(seen.id).desc())
        .limit(1)
        .scalar_subquery()
    )


def there(store_id: UUID) -> Select[UUID]:
    """The products that were seen there, each as often as it was."""
    seen = PriceObservation
    return select(col(seen.product_id)).where(col(seen.store_id) == store_id, col(seen.withdrawn_at).is_(None))
