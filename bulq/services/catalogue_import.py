"""Taking a file into the catalogue: what it would change, and changing that, all of it or nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time
from hashlib import blake2b
from typing import Any, BinaryIO
from uuid import UUID

from sqlalchemy import update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session
from sqlmodel import SQLModel

from bulq import cache, changes, i18n
from bulq.domain.actor import Actor
from bulq.domain.catalogue_file import COLUMNS, NEEDED, WHOLE, Entry, Problem, RowReader
from bulq.domain.errors import BulqError, Conflict
from bulq.domain.tables import Table
from bulq.models import PriceObservation, Product, ProductAlias, ProductTag, Store, Tag
from bulq.models.base import Row, new_id
from bulq.queries.access import need_server_admin, need_server_admin_still
from bulq.queries.catalogue_file import Known, edits, known, refusal
from bulq.services import audit, search_terms
from bulq.services.uniqueness import inserting

AT_ONCE = 500
SHOWN = 100  # problems; the others are counted

Advance = Callable[[int], None]


def stand_still(_rows: int) -> None:
    """For where nobody watches."""


@dataclass
class Findings:
    """What a file changes, in numbers, and what is wrong with it."""

    rows: int = 0
    bad: int = 0
    problems: list[Problem] = field(default_factory=list[Problem])
    ignored: list[str] = field(default_factory=list[str])
    new_products: int = 0
    changed: int = 0
    same: int = 0
    new_stores: int = 0
    new_tags: int = 0
    new_prices: int = 0

    @property
    def counts(self) -> dict[str, int]:
        """What is done to the catalogue."""
        names = ("new_products", "changed", "same", "new_stores", "new_tags", "new_prices")
        return {name: getattr(self, name) for name in names}

    @property
    def changes(self) -> int:
        return sum(self.counts.values()) - self.same

    def refuse(self, problems: Sequence[Problem]) -> None:
        self.bad += 1
        self.problems += problems[: max(0, SHOWN - len(self.problems))]


def preview_catalogue(
    session: Session, actor: Actor, file: BinaryIO, *, advance: Advance = stand_still, now: datetime
) -> Findings:
    """What importing the file would change, and every row that is wrong. Nothing is written."""
    need_server_admin(actor)
    file.seek(0)
    reading = _Reading(file, now.date())
    for entries in reading.batches(advance):
        there = known(session, entries)
        reading.look_at(entries, there)
    return reading.findings


def import_catalogue(
    session: Session,
    actor: Actor,
    file: BinaryIO,
    *,
    name: str = "",
    leave_out: bool = False,
    advance: Advance = stand_still,
    now: datetime,
) -> Findings:
    """Take the file in. With a bad row nothing is, unless bad rows are to be left out."""
    need_server_admin(actor)
    file.seek(0)
    reading = _Reading(file, now.date())
    writer = _Writer(session, actor, now)
    try:
        for entries in reading.batches(advance):
            there = known(session, entries, lock=True)
            writer.write(reading.look_at(entries, there), there)
            if reading.findings.bad and not leave_out:
                raise Conflict("import_bad_rows", count=reading.findings.bad)
        if reading.findings.bad and not leave_out:
            raise Conflict("import_bad_rows", count=reading.findings.bad)
        session.flush()
    except IntegrityError:
        raise Conflict("import_overtaken") from None
    need_server_admin_still(session, actor)  # not before: nobody should wait for so long
    found = reading.findings
    counts: dict[str, Any] = {**found.counts, "left_out": found.bad}
    audit.record(
        session, actor, "catalogue_imported", kind="catalogue", subject=None, name=name[:200] or "-", now=now, **counts
    )
    cache.changed(session, "products")
    changes.note(session, "catalogue")
    return found


class _Reading:
    """Goes through a file once. Of what it has met it keeps a few bytes each, to find what comes twice."""

    def __init__(self, file: BinaryIO, today: date) -> None:
        self._table = Table(file, COLUMNS, NEEDED)
        exponents = {code: i18n.exponent(code) for code, _name in i18n.currencies()}
        self._reader = RowReader(exponents, today)
        self._products: dict[int, tuple[int, int]] = {}  # → line, and what was said of it
        self._rows: dict[int, int] = {}  # → line
        self._barcodes: dict[str, int] = {}  # → product
        self._stores: set[int] = set()
        self._tags: set[int] = set()
        self.findings = Findings(ignored=self._table.ignored)

    def batches(self, advance: Advance) -> Iterator[list[Entry]]:
        """The entries, some at a time. What is wrong with a row by itself is noted."""
        batch: list[Entry] = []
        for row in self._table.rows():
            self.findings.rows += 1
            found = self._reader.read(row)
            if isinstance(found, Entry):
                batch.append(found)
            else:
                self.findings.refuse(found)
            if len(batch) == AT_ONCE:
                yield batch
                batch = []
            if self.findings.rows % AT_ONCE == 0:
                advance(self.findings.rows)
        if batch:
            yield batch
        advance(self.findings.rows)

    def look_at(self, entries: Sequence[Entry], there: Known) -> list[tuple[Entry, bool]]:
        """The entries that fit, and of each whether the file speaks of its product for the first time."""
        fitting: list[tuple[Entry, bool]] = []
        for entry in entries:
            product = _mark(entry.product)
            first = product not in self._products
            wrong = self._repeats(entry, product) or (refusal(entry, there) if first else None)
            if wrong is not None:
                column, error = wrong
                self.findings.refuse([Problem(entry.line, column, error.key, error.values)])
                continue
            self._remember(entry, product)
            self._count(entry, first, there)
            fitting.append((entry, first))
        return fitting

    def _repeats(self, entry: Entry, product: int) -> tuple[str, BulqError] | None:
        if (line := self._rows.get(_row_mark(entry))) is not None:
            return "", Conflict("row_twice", line=line)
        if product in self._products and not entry.says_nothing_new:
            line, said = self._products[product]
            if said != _mark(entry.says):
                return "", Conflict("row_differs", line=line)
        if entry.barcode and self._barcodes.get(entry.barcode, product) != product:
            return "barcode", Conflict("row_barcode_twice")
        return None

    def _remember(self, entry: Entry, product: int) -> None:
        self._rows[_row_mark(entry)] = entry.line
        self._products.setdefault(product, (entry.line, _mark(entry.says)))
        if entry.barcode:
            self._barcodes.setdefault(entry.barcode, product)

    def _count(self, entry: Entry, first: bool, there: Known) -> None:
        found, row = self.findings, there.products.get(entry.product)
        if first:
            found.new_tags += self._new(self._tags, [(tag.kind, tag.key) for tag in entry.tags], there.tags)
            if row is None:
                found.new_products += 1
            elif edits(entry, row) or new_tags(entry, row.id, there) or new_aliases(entry, row, there):
                found.changed += 1
            else:
                found.same += 1
        if entry.store:
            found.new_stores += self._new(self._stores, [entry.store_key], there.stores)
        if entry.price is not None:
            store_id = there.stores.get(entry.store_key)
            found.new_prices += row is None or store_id is None or sighting(entry, row.id, store_id) not in there.prices

    @staticmethod
    def _new(met: set[int], keys: Sequence[Any], there: Any) -> int:
        fresh = {_mark(key) for key in keys if key not in there} - met
        met |= fresh
        return len(fresh)


def _mark(value: object) -> int:
    """Eight bytes that stand for a value: two of a million values share theirs once in millions of files."""
    return int.from_bytes(blake2b(repr(value).encode("utf-8", "surrogatepass"), digest_size=8).digest())


def _row_mark(entry: Entry) -> int:
    return _mark((entry.product, entry.store_key, entry.currency, entry.price, entry.seen_on))


def sighting(entry: Entry, product_id: UUID, store_id: UUID) -> tuple[Any, ...]:
    return product_id, store_id, entry.seen_on, entry.currency, entry.price


def new_tags(entry: Entry, product_id: UUID, there: Known) -> bool:
    ids = [there.tags.get((tag.kind, tag.key)) for tag in entry.tags]
    return any(tag_id is None or tag_id not in there.tagged.get(product_id, ()) for tag_id in ids)


def new_aliases(entry: Entry, row: Any, there: Known) -> bool:
    keys = {alias.key for alias in entry.aliases} - {row.name_key}
    return bool(keys - there.aliases.get(row.id, set()))


class _Writer:
    """Writes entries in bulk."""

    def __init__(self, session: Session, actor: Actor, now: datetime) -> None:
        self._session, self._now = session, now
        self._made = {"created_by": actor.id, "created_at": now}
        self._seen_by = actor.id

    def write(self, fitting: Sequence[tuple[Entry, bool]], there: Known) -> None:
        first = [entry for entry, is_first in fitting if is_first]
        ids = self._products(first, there)
        ids |= {key: row.id for key, row in there.products.items()}
        self._labels(first, ids, there)
        self._found_by([entry for entry in first if _is_named_anew(entry, there)], ids)
        self._prices([entry for entry, _ in fitting if entry.price is not None], ids, there)

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

    def _products(self, entries: Sequence[Entry], there: Known) -> dict[tuple[str, str], UUID]:
        made: dict[tuple[str, str], UUID] = {}
        changes: list[dict[str, Any]] = []
        rows: list[dict[str, Any]] = []
        for entry in entries:
            if (row := there.products.get(entry.product)) is not None:
                if changed := edits(entry, row):
                    changes.append({"id": row.id, **{name: getattr(row, name) for name in EDITED}, **changed})
                continue
            made[entry.product] = new_id()
            rows.append({"id": made[entry.product], **_new_product(entry), **self._made})
        self._add(Product, rows)
        if changes:
            self._session.execute(update(Product), changes)
        return made

    def _labels(self, entries: Sequence[Entry], ids: dict[tuple[str, str], UUID], there: Known) -> None:
        tags = dict(there.tags)
        fresh: dict[tuple[str, str], dict[str, Any]] = {}
        for tag in (tag for entry in entries for tag in entry.tags if (tag.kind, tag.key) not in tags):
            row = {"id": new_id(), "kind": tag.kind, "name": tag.name, "name_key": tag.key, **self._made}
            fresh.setdefault((tag.kind, tag.key), row)
        self._add(Tag, list(fresh.values()))
        for row in fresh.values():
            search_terms.index_tag(self._session, self._session.get_one(Tag, row["id"]))
        tags |= {key: row["id"] for key, row in fresh.items()}
        links, names = list[dict[str, Any]](), list[dict[str, Any]]()
        for entry in entries:
            product_id = ids[entry.product]
            for tag_id in {tags[tag.kind, tag.key] for tag in entry.tags}:
                if tag_id not in there.tagged.get(product_id, ()):
                    links.append({"id": new_id(), "product_id": product_id, "tag_id": tag_id, **self._made})
            for alias in entry.aliases:
                if alias.key != entry.key and alias.key not in there.aliases.get(product_id, ()):
                    said = {"name": alias.name, "name_key": alias.key, "language": alias.kind}
                    names.append({"id": new_id(), "product_id": product_id, **said, **self._made})
        self._add(ProductTag, links)
        self._add(ProductAlias, names)

    def _found_by(self, entries: Sequence[Entry], ids: dict[tuple[str, str], UUID]) -> None:
        search_terms.index_products(self._session, [ids[entry.product] for entry in entries])

    def _prices(self, entries: Sequence[Entry], ids: dict[tuple[str, str], UUID], there: Known) -> None:
        stores = self._stores(entries, there)
        rows: list[dict[str, Any]] = []
        for entry in entries:
            seen = sighting(entry, ids[entry.product], stores[entry.store_key])
            if seen in there.prices:
                continue
            names = ("product_id", "store_id", "day", "currency", "price")
            rows.append({"id": new_id(), **dict(zip(names, seen, strict=True)), **self._sight(entry)})
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
        return {"seen_by": self._seen_by, "seen_at": min(noon, self._now), "note": "", "minimum_quantity": None}


def _is_named_anew(entry: Entry, there: Known) -> bool:
    row = there.products.get(entry.product)
    return row is None or new_aliases(entry, row, there)


EDITED = ("name", "brand", "step", "barcode", "content", "content_unit")


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
    }
