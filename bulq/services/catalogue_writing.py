"""What entries of a file change in the catalogue, one by one, and changing that in bulk."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time
from typing import Any
from uuid import UUID

from sqlalchemy import update
from sqlalchemy.orm import Session
from sqlmodel import SQLModel

from bulq.domain.actor import Actor
from bulq.domain.catalogue_file import WHOLE, Entry, Label
from bulq.domain.prices import ONE
from bulq.models import PriceObservation, Product, ProductAlias, ProductTag, Store, Tag
from bulq.models.base import Row, new_id
from bulq.queries.catalogue_file import Key, Known, edits
from bulq.services import search_terms
from bulq.services.uniqueness import inserting


@dataclass(frozen=True, slots=True)
class Step:
    """What an entry changes. About a product itself the first of its entries has the word."""

    entry: Entry
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


def step_of(entry: Entry, is_first: bool, there: Known) -> Step:
    row, store_id = there.products.get(entry.product), there.stores.get(entry.store_key)
    has = there.tagged.get(row.id, set[UUID]()) if row else set[UUID]()
    known_by = (there.aliases.get(row.id, set[str]()) if row else set[str]()) | {entry.key}
    seen = row and store_id and (row.id, store_id, entry.seen_on, entry.currency, entry.offer)
    return Step(
        entry,
        row,
        is_first,
        edits(entry, row) if is_first and row else {},
        tuple(tag for tag in entry.tags if is_first and there.tags.get((tag.kind, tag.key)) not in has),
        tuple(name for name in entry.aliases if is_first and name.key not in known_by),
        entry.price is not None and seen not in there.prices,
    )


class Writer:
    """Writes entries in bulk."""

    def __init__(self, session: Session, actor: Actor, now: datetime) -> None:
        self._session, self._now = session, now
        self._made = {"created_by": actor.id, "created_at": now}
        self._seen_by = actor.id

    def write(self, steps: Sequence[Step], there: Known) -> None:
        ids = {key: row.id for key, row in there.products.items()} | self._products(steps)
        self._labels(steps, ids, there)
        named_anew = [ids[step.entry.product] for step in steps if step.is_new or step.names or step.edits]
        search_terms.index_products(self._session, named_anew)
        self._prices([step.entry for step in steps if step.is_seen], ids, there)

    def _add(self, model: type[Row], rows: Sequence[dict[str, Any]], *, again_is_fine: bool = False) -> None:
        """Many rows in few statements: PostgreSQL is given them together only when it has something to return."""
        if not rows:
            return
        table = SQLModel.metadata.tables[str(model.__tablename__)]
        query = inserting(self._session, table)
        if again_is_fine:
            query = query.on_conflict_do_nothing()
        if self._session.get_bind().dialect.name == "postgresql":
            self._session.execute(query.returning(table.c.id), rows).all()
        else:
            self._session.execute(query, rows)

    def _products(self, steps: Sequence[Step]) -> dict[Key, UUID]:
        """The ids of those that are new."""
        made = {step.entry.product: new_id() for step in steps if step.is_new}
        rows = [
            {"id": made[step.entry.product], **_new_product(step.entry), **self._made} for step in steps if step.is_new
        ]
        self._add(Product, rows)
        changes = [
            {"id": step.product.id, **{name: getattr(step.product, name) for name in EDITED}, **step.edits}
            for step in steps
            if step.edits
        ]
        if changes:
            self._session.execute(update(Product), changes)
        return made

    def _labels(self, steps: Sequence[Step], ids: dict[Key, UUID], there: Known) -> None:
        tags = {**there.tags, **self._tags([tag for step in steps for tag in step.tags], there)}
        links, names = list[dict[str, Any]](), list[dict[str, Any]]()
        for step in steps:
            product_id = ids[step.entry.product]
            for tag_id in {tags[tag.kind, tag.key] for tag in step.tags}:
                links.append({"id": new_id(), "product_id": product_id, "tag_id": tag_id, **self._made})
            for alias in step.names:
                said = {"name": alias.name, "name_key": alias.key, "language": alias.kind}
                names.append({"id": new_id(), "product_id": product_id, **said, **self._made})
        self._add(ProductTag, links)
        self._add(ProductAlias, names)

    def _tags(self, tags: Sequence[Label], there: Known) -> dict[tuple[str, str], UUID]:
        """The ids of those that are new."""
        fresh: dict[tuple[str, str], dict[str, Any]] = {}
        for tag in tags:
            if (tag.kind, tag.key) not in there.tags:
                row = {"id": new_id(), "kind": tag.kind, "name": tag.name, "name_key": tag.key, **self._made}
                fresh.setdefault((tag.kind, tag.key), row)
        self._add(Tag, list(fresh.values()))
        for row in fresh.values():
            search_terms.index_tag(self._session, self._session.get_one(Tag, row["id"]))
        return {key: row["id"] for key, row in fresh.items()}

    def _prices(self, entries: Sequence[Entry], ids: dict[Key, UUID], there: Known) -> None:
        stores = self._stores(entries, there)
        rows = [
            {
                "id": new_id(),
                "product_id": ids[entry.product],
                "store_id": stores[entry.store_key],
                "day": entry.seen_on,
                "currency": entry.currency,
                "price": entry.price,
                "per": entry.per or ONE,
                "minimum_quantity": entry.minimum or 0,
                **self._sight(entry),
            }
            for entry in entries
        ]
        # Somebody may be seeing the same price this moment, which is as good.
        self._add(PriceObservation, rows, again_is_fine=True)

    def _stores(self, entries: Sequence[Entry], there: Known) -> dict[str, UUID]:
        fresh: dict[str, dict[str, Any]] = {}
        for entry in entries:
            if entry.store_key not in there.stores:
                row = {"id": new_id(), "name": entry.store, "name_key": entry.store_key, **self._made}
                fresh.setdefault(entry.store_key, row)
        self._add(Store, list(fresh.values()))
        search_terms.index_stores(self._session, [row["id"] for row in fresh.values()])
        return {**there.stores, **{key: row["id"] for key, row in fresh.items()}}

    def _sight(self, entry: Entry) -> dict[str, Any]:
        """At noon of its day, since a file says no hour."""
        noon = datetime.combine(entry.seen_on or self._now.date(), time(12), UTC)
        return {"seen_by": self._seen_by, "seen_at": min(noon, self._now), "note": ""}


EDITED = ("name", "brand", "step", "barcode", "content", "content_unit", "content_key")


def _new_product(entry: Entry) -> dict[str, Any]:
    return {
        "name": entry.name,
        "name_key": entry.key,
        "brand": entry.brand,
        "brand_key": entry.brand_key,
        "unit": entry.unit,
        "step": entry.step or WHOLE,
        "barcode": entry.barcode,
        "content": entry.content,
        "content_unit": entry.content_unit,
        "content_key": entry.content_key,
    }
