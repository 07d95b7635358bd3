"""Taking a file into the catalogue: what it would change, and changing that, all of it or nothing."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from hashlib import blake2b
from typing import Any, BinaryIO

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from bulq import cache, changes, i18n
from bulq.domain.actor import Actor
from bulq.domain.catalogue_file import COLUMNS, NEEDED, Entry, Problem, RowReader
from bulq.domain.errors import BulqError, Conflict
from bulq.domain.phases import Unit
from bulq.domain.tables import Table
from bulq.queries.access import need_server_admin, need_server_admin_still
from bulq.queries.catalogue_file import Known, known, products_of, refusal
from bulq.services import audit
from bulq.services.catalogue_writing import Step, Writer, step_of

AT_ONCE = 500
SHOWN = 100  # problems; the others are counted

Size = tuple[Unit, str]  # what is counted, and a `content_key`
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
        reading.look_at(*reading.known(session, entries))
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
    writer = Writer(session, actor, now)
    try:
        for entries in reading.batches(advance):
            entries, there = reading.known(session, entries, lock=True)
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
        self._sizes: dict[int, frozenset[Size]] = {}  # name and brand → those with a content
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

    def known(self, session: Session, entries: Sequence[Entry], *, lock: bool = False) -> tuple[Sequence[Entry], Known]:
        """The entries with the product each means, and what the catalogue has of them."""
        products = products_of(session, entries, lock=lock)
        sizes: dict[tuple[str, str], set[Size]] = defaultdict(set)
        for (name, brand, content), row in products.items():
            sizes[name, brand].add((row.unit, content))
        meant = [self._meant(entry, sizes) for entry in entries]
        return meant, known(session, meant, products)

    def _meant(self, entry: Entry, there: Mapping[tuple[str, str], set[Size]]) -> Entry:
        """The entry with the content of the product it is about: just that one, or the only one it may mean."""
        named = _mark(entry.named)
        sizes = self._sizes.get(named, frozenset()) | there.get(entry.named, set[Size]())
        is_known = _mark(entry.product) in self._products or any(content == entry.content_key for _, content in sizes)
        contents = {content for unit, content in sizes if entry.may_mean(unit, content)}
        if not is_known and len(contents) == 1:
            entry = replace(entry, content_key=contents.pop())
        if entry.content_key and entry.unit:
            self._sizes[named] = self._sizes.get(named, frozenset()) | {(entry.unit, entry.content_key)}
        return entry

    def look_at(self, entries: Sequence[Entry], there: Known) -> list[Step]:
        """What those do that fit."""
        steps: list[Step] = []
        for entry in entries:
            product = _mark(entry.product)
            first = product not in self._products
            wrong = self._repeats(entry, product) or (refusal(entry, there) if first else None)
            if wrong is not None:
                column, error = wrong
                self.findings.refuse([Problem(entry.line, column, error.key, error.values)])
                continue
            self._remember(entry, product)
            steps.append(step := step_of(entry, first, there))
            self._count(step, there)
        return steps

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

    def _count(self, step: Step, there: Known) -> None:
        found = self.findings
        found.new_tags += self._new(self._tags, [(tag.kind, tag.key) for tag in step.tags], there.tags)
        if step.is_first:
            found.new_products += step.is_new
            found.changed += not step.is_new and step.is_change
            found.same += not step.is_new and not step.is_change
        if step.entry.store:
            found.new_stores += self._new(self._stores, [step.entry.store_key], there.stores)
        found.new_prices += step.is_seen

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
