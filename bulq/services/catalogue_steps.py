"""What one entry of a list changes in the catalogue."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from bulq.domain.actor import Actor
from bulq.domain.catalogue_file import Entry, Label
from bulq.queries.catalogue_file import Known, edits


@dataclass(frozen=True, slots=True)
class Step:
    """What an entry changes. About a product itself the first of its entries has the word."""

    entry: Entry
    product_id: UUID
    product: Any  # the row there is, or None
    is_first: bool
    edits: dict[str, Any]
    tags: tuple[Label, ...]  # that the product doesn't have
    names: tuple[Label, ...]  # that it isn't known by
    is_seen: bool  # a price nobody has noted

    @property
    def is_new(self) -> bool:
        return self.is_first and self.product is None

    @property
    def is_change(self) -> bool:
        return bool(self.edits or self.tags or self.names)


def step_of(entry: Entry, is_first: bool, there: Known, product_id: UUID, actor: Actor) -> Step:
    """Somebody else's product, and one that was verified, is changed by admins only."""
    row, store_id = there.products.get(entry.product), there.stores.get(entry.store_key)
    has = there.tagged.get(row.id, set[UUID]()) if row else set[UUID]()
    known_by = (there.aliases.get(row.id, set[str]()) if row else set[str]()) | {entry.key}
    seen = row and store_id and (row.id, store_id, entry.seen_on, entry.currency, entry.offer)
    may = is_first and (row is None or actor.is_admin or (row.created_by == actor.id and row.verified_at is None))
    return Step(
        entry,
        product_id,
        row,
        is_first,
        edits(entry, row) if may and row else {},
        tuple(tag for tag in entry.tags if may and there.tags.get((tag.kind, tag.key)) not in has),
        tuple(name for name in entry.aliases if may and name.key not in known_by),
        entry.price is not None and seen not in there.prices,
    )
