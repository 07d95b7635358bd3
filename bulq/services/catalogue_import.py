"""Taking a list into the catalogue: what it would change, and changing that, all of it or nothing.

A list goes through three steps, each in transactions of its own (bulq/importing.py goes through them): its rows are
staged in pieces, one short transaction takes all of them in, and what follows from them, such as being found by search,
is done in pieces again. Nobody else's change waits for longer than the short one takes.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from hashlib import blake2b
from typing import Any, BinaryIO
from uuid import UUID

from sqlalchemy import and_, or_
from sqlalchemy.orm import Session
from sqlmodel import col, func, select

from bulq import i18n
from bulq.config import settings
from bulq.domain.actor import Actor
from bulq.domain.catalogue import ImportState
from bulq.domain.catalogue_file import Entry, Problem
from bulq.domain.errors import BulqError, Conflict, NotFound
from bulq.domain.lists.questions import Answers, Choice, Question, answer_of
from bulq.domain.lists.reading import Terms
from bulq.domain.phases import Unit
from bulq.domain.texts import name_key
from bulq.domain.times import day_in
from bulq.lists.sources import ListSource, Source, open_source
from bulq.models import CatalogueImport, Group, Membership, Store, StoreList
from bulq.models.base import new_id
from bulq.queries.access import group_for, need_server_admin_still
from bulq.queries.catalogue_file import Key, Known, gone_from, known, products_of, refusal, zones_of
from bulq.queries.imports import UNDOABLE, may_be_undone
from bulq.queries.store_lists import answers_for, headings_mark, kept_answers, reading_of
from bulq.services.catalogue_staging import (
    close_some,
    drop_staged,
    finish_some,
    move_in,
    stage_gone,
    stage_steps,
    undo_some,
)
from bulq.services.catalogue_steps import Step, step_of

AT_ONCE = 1000
HEADS = 15  # rows that are offered as the headings
SHOWN = 100  # problems, notes and products that are gone; the others are counted
GIVEN_UP, LEFT = timedelta(hours=6), timedelta(minutes=10)
AHEAD = timedelta(hours=14)  # by which it is a later day in the Pacific
COMPARED = ("name", "brand", "unit", "step", "barcode", "content", "tags", "aliases")

Size = tuple[Unit, str]  # what is counted, and a `content_key`
Advance = Callable[[int], None]


def stand_still(_rows: int) -> None:
    """For where nobody watches."""


@dataclass(frozen=True, slots=True)
class Order:
    """What is to be imported, and how.

    Without `guess` the file has to follow the rules of Bulq's own. `store_id` is whose list it is, `store_name` where
    there is no such store yet; with `only_store` no row may name another. Whoever is no admin of the server imports for
    a group of theirs and for one store. What they add is unverified: only that group sees the prices, until an admin
    verifies the list.
    """

    guess: bool = True
    store_id: UUID | None = None
    store_name: str = ""
    only_store: bool = False
    currency: str = ""
    group_id: UUID | None = None
    answers: Answers = field(default_factory=dict[str, Any])
    leave_out: bool = False


@dataclass
class Findings:
    """What a file changes, in numbers, what is wrong with it, and what it leaves open."""

    rows: int = 0
    bad: int = 0
    problems: list[Problem] = field(default_factory=list[Problem])
    noted: int = 0
    notes: list[Problem] = field(default_factory=list[Problem])
    ignored: list[str] = field(default_factory=list[str])
    questions: list[Question] = field(default_factory=list[Question])
    products: int = 0
    prices: int = 0
    new_products: int = 0
    changed: int = 0
    same: int = 0
    new_stores: int = 0
    new_tags: int = 0
    new_prices: int = 0
    gone: int = 0
    gone_names: list[str] = field(default_factory=list[str])

    @property
    def counts(self) -> dict[str, int]:
        """What is done to the catalogue."""
        names = ("new_products", "changed", "same", "new_stores", "new_tags", "new_prices")
        return {name: getattr(self, name) for name in names}

    @property
    def changes(self) -> int:
        return sum(self.counts.values()) - self.same

    @property
    def open(self) -> list[Question]:
        """What somebody has to answer first."""
        return [question for question in self.questions if question.needed]

    def refuse(self, problems: Sequence[Problem]) -> None:
        self.bad += 1
        self.problems += problems[: max(0, SHOWN - len(self.problems))]

    def note(self, problem: Problem) -> None:
        self.noted += 1
        if len(self.notes) < SHOWN:
            self.notes.append(problem)


@dataclass(frozen=True, slots=True)
class Scope:
    """For whom a list is taken in: the store and the group whose prices these are, and the zone of its days."""

    order: Order
    store_name: str
    time_zone: str
    most_rows: int

    @property
    def is_bound(self) -> bool:
        """Whether no row may name another store."""
        return self.order.only_store


def scope_of(session: Session, importer: Actor, order: Order) -> Scope:
    """Whether somebody may import like this. Raises NotFound for a store or a group that isn't theirs to name."""
    zone = "UTC"
    if order.group_id is not None:
        group = group_for(session, importer, order.group_id).group
        zone, order = group.time_zone, order if order.currency else replace(order, currency=group.currency)
    elif not importer.is_admin:
        raise NotFound()
    else:
        zone = _own_zone(session, importer)
    if order.store_id is None:
        if not importer.is_admin:
            raise NotFound()
        return Scope(order, order.store_name, zone, settings.catalogue_file_rows)
    store = session.get(Store, order.store_id)
    if store is None:
        raise NotFound()
    if importer.is_admin:
        return Scope(order, store.name, store.time_zone or zone, settings.catalogue_file_rows)
    return Scope(replace(order, only_store=True, guess=True), store.name, store.time_zone or zone, settings.list_rows)


def _own_zone(session: Session, actor: Actor) -> str:
    query = (
        select(Group.time_zone)
        .join(Membership, col(Membership.group_id) == col(Group.id))
        .where(col(Membership.user_id) == actor.id, col(Group.closed_at).is_(None))
        .order_by(col(Membership.id))
    )
    return session.scalars(query.limit(1)).first() or "UTC"


class Walk:
    """Goes through a file once. Of what it has met it keeps a few bytes each, to find what comes twice."""

    def __init__(self, file: BinaryIO, scope: Scope, actor: Actor, now: datetime) -> None:
        self.scope, self._actor, self._now = scope, actor, now
        exponents = {code: i18n.exponent(code) for code, _name in i18n.currencies()}
        latest = (now.astimezone(UTC) + AHEAD).date()
        order = scope.order
        terms = Terms(exponents, latest, scope.store_name, order.currency if order.currency in exponents else "")
        self.source: Source = open_source(
            file,
            terms,
            order.answers,
            guess=order.guess,
            latest=latest,
            most_rows=scope.most_rows,
            one_store=scope.is_bound,
        )
        self._products: dict[int, tuple[int, bytes]] = {}  # → line, and what was said of it
        self._ids: dict[int, bytes] = {}  # product → its id
        self._rows: dict[int, int] = {}  # → line
        self._barcodes: dict[str, int] = {}  # → product
        self._sizes: dict[int, frozenset[Size]] = {}  # name and brand → those with a content
        self._stores: set[str] = set()
        self.new_ids: dict[int, UUID] = {}  # stores and tags that are new
        self.findings = Findings(ignored=self.source.ignored)
        self._noted = 0

    def batches(self, advance: Advance = stand_still) -> Iterator[list[Entry]]:
        """The entries, some at a time. What is wrong with a row by itself is noted."""
        batch: list[Entry] = []
        for _line, found in self.source.read():
            self.findings.rows += 1
            good = [each for each in found if isinstance(each, Entry)]
            wrong = [each for each in found if isinstance(each, Problem)]
            batch += good
            if wrong:
                self.findings.refuse(wrong)
            if len(batch) >= AT_ONCE:
                yield batch
                batch = []
            if self.findings.rows % AT_ONCE == 0:
                advance(self.findings.rows)
        if batch:
            yield batch
        self._take_notes()
        self.findings.questions = self.source.questions
        advance(self.findings.rows)

    def _take_notes(self) -> None:
        notes = self.source.notes
        for note in notes:
            self.findings.note(note)
        notes.clear()

    def known(self, session: Session, entries: Sequence[Entry], *, lock: bool = False) -> tuple[Sequence[Entry], Known]:
        """The entries with the product and the day each means, and what the catalogue has of them."""
        products = products_of(session, entries, lock=lock)
        sizes: dict[tuple[str, str], set[Size]] = defaultdict(set)
        for (name, brand, content), row in products.items():
            sizes[name, brand].add((row.unit, content))
        zones = zones_of(session, {entry.store_key for entry in entries if entry.store})
        meant = [self._on_its_day(self._meant(entry, sizes), zones) for entry in entries]
        return meant, known(session, meant, products, self.scope.order.group_id)

    def _on_its_day(self, entry: Entry, zones: Mapping[str, str]) -> Entry:
        """With the day it is where the store is, unless the list says another one."""
        if entry.price is None:
            return entry
        today = day_in(self._now, zones.get(entry.store_key) or self.scope.time_zone)
        return replace(entry, seen_on=min(entry.seen_on or today, today))

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
        for each in entries:
            entry = self._with_unit(each, there)
            product = _mark(entry.product)
            first = product not in self._products
            entry, wrong = self._fitting(entry, product, there, first)
            if wrong is not None:
                column, error = wrong
                self.findings.refuse([Problem(entry.line, column, error.key, error.values)])
                continue
            self._remember(entry, product, there)
            step = step_of(entry, first, there, UUID(bytes=self._ids[product]), self._actor)
            steps.append(step)
            self._count(step, there)
        self._take_notes()
        return steps

    def _with_unit(self, entry: Entry, there: Known) -> Entry:
        """A product that is new and comes without a unit is counted in pieces."""
        if entry.unit is None and self.source.tolerant and entry.product not in there.products:
            return replace(entry, unit=Unit.PIECE)
        return entry

    def _fitting(
        self, entry: Entry, product: int, there: Known, first: bool
    ) -> tuple[Entry, tuple[str, BulqError] | None]:
        """The entry, and why it doesn't fit. A barcode that doesn't is left out where lists are taken as they come."""
        wrong = self._repeats(entry, product) or (refusal(entry, there) if first else None)
        if wrong is not None and wrong[0] == "barcode" and self.source.tolerant:
            self.findings.note(Problem(entry.line, "barcode", wrong[1].key, wrong[1].values))
            entry = replace(entry, barcode=None)
            wrong = self._repeats(entry, product) or (refusal(entry, there) if first else None)
        return entry, wrong

    def _repeats(self, entry: Entry, product: int) -> tuple[str, BulqError] | None:
        if (line := self._rows.get(_row_mark(entry))) is not None:
            return "", Conflict("row_twice", line=line)
        if product in self._products and not entry.says_nothing_new:
            line, said = self._products[product]
            if columns := self._differing(said, _said(entry)):
                return "", Conflict("row_differs", line=line, columns=", ".join(columns))
        if entry.barcode and (other := self._barcodes.get(entry.barcode, product)) != product:
            return "barcode", Conflict("row_barcode_twice", line=self._products[other][0])
        return None

    def _differing(self, said: bytes, now: bytes) -> list[str]:
        """The columns in which two rows about one product differ. In a list only what it is counted by matters."""
        size = len(said) // len(COMPARED)
        parts = [(said[at * size : (at + 1) * size], now[at * size : (at + 1) * size]) for at in range(len(COMPARED))]
        differing = [name for name, (one, other) in zip(COMPARED, parts, strict=True) if one != other]
        return [name for name in differing if not self.source.tolerant or name in ("unit", "step")]

    def _remember(self, entry: Entry, product: int, there: Known) -> None:
        self._rows[_row_mark(entry)] = entry.line
        self._products.setdefault(product, (entry.line, _said(entry)))
        row = there.products.get(entry.product)
        self._ids.setdefault(product, (row.id if row is not None else new_id()).bytes)
        if entry.barcode:
            self._barcodes.setdefault(entry.barcode, product)

    def _count(self, step: Step, there: Known) -> None:
        found, entry = self.findings, step.entry
        found.new_tags += self._new([(tag.kind, tag.key) for tag in step.tags], there.tags)
        if step.is_first:
            found.products += 1
            found.new_products += step.is_new
            found.changed += not step.is_new and step.is_change
            found.same += not step.is_new and not step.is_change
        if entry.store:
            self._stores.add(entry.store_key)
            found.new_stores += self._new([entry.store_key], there.stores)
        found.prices += entry.price is not None
        found.new_prices += step.is_seen

    def _new(self, keys: Sequence[Any], there: Any) -> int:
        """How many of these are new; each gets an id."""
        fresh = {mark for key in keys if key not in there and (mark := _mark(key)) not in self.new_ids}
        for mark in fresh:
            self.new_ids[mark] = new_id()
        return len(fresh)

    def id_of(self, key: Any, there: Mapping[Any, UUID]) -> UUID:
        """The id of a store or a tag, which is there or will be."""
        return there.get(key) or self.new_ids[_mark(key)]

    def has_product(self, key: Key) -> bool:
        return _mark(key) in self._products

    def ask_what_is_gone(self, session: Session) -> None:
        """Offer as no longer sold what earlier lists of the store had."""
        found, gone = self.findings, self._gone(session)
        found.gone, found.gone_names = len(gone), [name for _id, name in gone[:SHOWN]]
        if gone and answer_of(self.scope.order.answers, "gone") not in ("mark", "keep"):
            values: dict[str, str | int] = {"count": len(gone), "names": ", ".join(found.gone_names[:5])}
            choices = Choice("mark", "gone_mark"), Choice("keep", "gone_keep")
            asked = Question("gone", "gone", choices, "keep", needed=False, values=values, count=len(gone))
            found.questions.append(asked)

    def gone(self, session: Session) -> Iterator[list[UUID]]:
        """What is to be marked as no longer sold, some at a time."""
        if answer_of(self.scope.order.answers, "gone") == "mark":
            ids = [product_id for product_id, _name in self._gone(session)]
            yield from (ids[start : start + AT_ONCE] for start in range(0, len(ids), AT_ONCE))

    def _gone(self, session: Session) -> list[tuple[UUID, str]]:
        order = self.scope.order
        if order.store_id is None or self._stores != {name_key(self.scope.store_name)}:
            return []  # of no store, or of several: who knows what one of them dropped
        ids = {UUID(bytes=each) for each in self._ids.values()}
        return gone_from(session, order.store_id, order.group_id, ids)

    def check(self) -> None:
        """Refuse to take in what has open questions, or wrong rows that nobody said to leave out."""
        if count := len(self.findings.open):
            raise Conflict("import_questions", count=count)
        self.check_rows()

    def check_rows(self) -> None:
        if self.findings.bad and not self.scope.order.leave_out:
            raise Conflict("import_bad_rows", count=self.findings.bad)


def _look_through(session: Session, walk: Walk, advance: Advance) -> None:
    """Fill the walk's findings. Nothing is written."""
    for entries in walk.batches(advance):
        walk.look_at(*walk.known(session, entries))
    walk.ask_what_is_gone(session)


def preview_catalogue(
    session: Session,
    actor: Actor,
    file: BinaryIO,
    order: Order | None = None,
    *,
    advance: Advance = stand_still,
    now: datetime,
) -> Findings:
    """What importing the file would change, every row that is wrong, and what has to be asked. Nothing is written."""
    walk = Walk(file, scope_of(session, actor, order or Order(guess=False)), actor, now)
    _look_through(session, walk, advance)
    return walk.findings


def begin_import(
    session: Session, actor: Actor, order: Order | None = None, *, name: str = "", now: datetime
) -> tuple[UUID, Scope]:
    """Whoever may, and hasn't imported too much today, begins with nothing staged."""
    scope = scope_of(session, actor, order or Order(guess=False))
    _check_quota(session, actor, now)
    found = CatalogueImport(
        name=name[:200] or "-",
        state=ImportState.STAGING,
        created_by=actor.id,
        created_at=now,
        store_id=scope.order.store_id,
        group_id=scope.order.group_id,
    )
    session.add(found)
    session.flush()
    return found.id, scope


def _check_quota(session: Session, actor: Actor, now: datetime) -> None:
    if actor.is_admin:
        return
    mine = select(func.count()).select_from(CatalogueImport).where(col(CatalogueImport.created_by) == actor.id)
    recent = session.scalars(mine.where(col(CatalogueImport.created_at) > now - timedelta(days=1))).one()
    if recent >= settings.imports_per_day:
        raise Conflict("too_many_imports", maximum=settings.imports_per_day)


def stage(session: Session, actor: Actor, import_id: UUID, walk: Walk, steps: Sequence[Step], there: Known) -> None:
    """Keep what a piece of the list does, where nobody sees it yet."""
    _own_import(session, actor, import_id, ImportState.STAGING)
    stage_steps(session, import_id, walk.id_of, steps, there)


def stage_dropped(session: Session, actor: Actor, import_id: UUID, product_ids: Sequence[UUID]) -> None:
    """Keep a piece of what the list dropped, to be marked as no longer sold."""
    stage_gone(session, _own_import(session, actor, import_id, ImportState.STAGING), product_ids)


def take_in(session: Session, actor: Actor, import_id: UUID, walk: Walk, *, now: datetime) -> Findings:
    """Everything that is staged becomes part of the catalogue in this transaction, or nothing does."""
    found = _own_import(session, actor, import_id, ImportState.STAGING)
    walk.check()
    if found.group_id is not None:
        group_for(session, actor, found.group_id)
    else:
        need_server_admin_still(session, actor)
    counts: dict[str, Any] = {**walk.findings.counts, "left_out": walk.findings.bad}
    _keep_reading(session, walk, actor, now)
    move_in(session, found, actor, counts, now)
    return walk.findings


def _keep_reading(session: Session, walk: Walk, actor: Actor, now: datetime) -> None:
    """Remember how the store's list was read, so that the next one is read alike without a question."""
    order, source = walk.scope.order, layout_source(walk)
    if order.store_id is None or source is None:
        return
    kept = reading_of(session, order.store_id, order.group_id)
    if kept is None:
        kept = StoreList(store_id=order.store_id, group_id=order.group_id, saved_by=actor.id, saved_at=now)
    kept.answers, kept.headings = kept_answers(order.answers), headings_mark(source.layout.titles)
    kept.saved_by, kept.saved_at = actor.id, now
    session.add(kept)


@dataclass(frozen=True, slots=True)
class Glimpse:
    """How a list is read: the line of its headings (0: none), and of each column its place from 1 on, what it is
    called in the list, what it holds, and what stands first in it. `heads` are the lines that may be the headings."""

    header: int
    columns: Sequence[tuple[int, str, str, str]]
    heads: Sequence[tuple[int, str]]


def preview_list(
    session: Session, actor: Actor, file: BinaryIO, order: Order, *, advance: Advance = stand_still, now: datetime
) -> tuple[Order, Findings, Glimpse | None]:
    """What a store's list comes to, and how it is read. Without answers those of the last list are taken."""
    scope = scope_of(session, actor, order)
    walk = Walk(file, scope, actor, now)
    source = layout_source(walk)
    if not order.answers and source is not None and order.store_id is not None:
        kept = reading_of(session, order.store_id, order.group_id)
        if answers := answers_for(kept, source.layout.titles):
            order = replace(order, answers=answers)
            walk = Walk(file, scope_of(session, actor, order), actor, now)
    _look_through(session, walk, advance)
    return order, walk.findings, _glimpse(walk)


def _glimpse(walk: Walk) -> Glimpse | None:
    source = layout_source(walk)
    if source is None:
        return None
    first = [cells for _line, cells in source.glance(3)]
    columns = [
        (
            column.place + 1,
            column.label[:60],
            str(column.field),
            ", ".join(cells[column.place] for cells in first if column.place < len(cells) and cells[column.place])[:80],
        )
        for column in source.layout.columns
    ]
    heads = [(line, ", ".join(cell for cell in cells if cell)[:60]) for line, cells in source.sample[:HEADS]]
    return Glimpse(source.layout.header, columns, heads)


def close_import(session: Session, import_id: UUID, *, now: datetime) -> bool:
    """Forget some of what is staged for an import that was given up, or is a day old; whether there is more."""
    found = session.get(CatalogueImport, import_id, with_for_update=True)
    if found is None:
        return False
    if found.state is ImportState.STAGING and found.created_at < now - GIVEN_UP:
        return drop_staged(session, found)
    return found.state is ImportState.DONE and not may_be_undone(found, now) and close_some(session, found)


def unfinished(session: Session, *, now: datetime) -> list[UUID]:
    """Imports there is something left to do about, which whoever imported didn't come to do."""
    state, since = col(CatalogueImport.state), col(CatalogueImport.created_at)
    left = or_(
        and_(state == ImportState.STAGING, since < now - GIVEN_UP),
        and_(state.in_((ImportState.TAKEN, ImportState.UNDONE)), since < now - LEFT),
        and_(state == ImportState.DONE, col(CatalogueImport.taken_at) <= now - UNDOABLE),
    )
    return list(session.scalars(select(CatalogueImport.id).where(left).order_by(col(CatalogueImport.id)).limit(100)))


def finish_import(session: Session, import_id: UUID) -> bool:
    """Do some more of what follows from an import that was taken in; whether there is more to do."""
    found = session.get(CatalogueImport, import_id, with_for_update=True)
    steps = {ImportState.TAKEN: finish_some, ImportState.UNDONE: undo_some}
    return found is not None and found.state in steps and steps[found.state](session, found)


def drop_import(session: Session, actor: Actor, import_id: UUID) -> bool:
    """Forget some of what is staged for an import that comes to nothing; whether there is more."""
    found = _own_import(session, actor, import_id, ImportState.STAGING)
    return drop_staged(session, found)


def _own_import(session: Session, actor: Actor, import_id: UUID, *states: ImportState) -> CatalogueImport:
    """The actor's import in one of these states."""
    found = session.get(CatalogueImport, import_id)
    if found is None or found.created_by != actor.id or found.state not in states:
        raise NotFound()
    return found


def import_catalogue(
    session: Session,
    actor: Actor,
    file: BinaryIO,
    order: Order | None = None,
    *,
    name: str = "",
    advance: Advance = stand_still,
    now: datetime,
) -> Findings:
    """All steps in one transaction, for small files. With a bad row nothing is taken in, unless these are left out."""
    import_id, scope = begin_import(session, actor, order, name=name, now=now)
    walk = Walk(file, scope, actor, now)
    for entries in walk.batches(advance):
        meant, there = walk.known(session, entries)
        stage(session, actor, import_id, walk, walk.look_at(meant, there), there)
    for dropped in walk.gone(session):
        stage_dropped(session, actor, import_id, dropped)
    found = take_in(session, actor, import_id, walk, now=now)
    while finish_import(session, import_id):
        pass
    return found


def layout_source(walk: Walk) -> ListSource | None:
    """The list a walk goes through, if it isn't Bulq's own file."""
    return walk.source if isinstance(walk.source, ListSource) else None


def _said(entry: Entry) -> bytes:
    """Four bytes for each thing a row says about its product."""
    about = (
        entry.name,
        entry.brand,
        entry.unit,
        entry.step,
        entry.barcode,
        entry.content_key,
        entry.tags,
        entry.aliases,
    )
    return b"".join(_digest(each, 4) for each in about)


def _digest(value: object, size: int) -> bytes:
    return blake2b(repr(value).encode("utf-8", "surrogatepass"), digest_size=size).digest()


def _mark(value: object) -> int:
    """Eight bytes that stand for a value: two of a million values share theirs once in millions of files."""
    return int.from_bytes(_digest(value, 8))


def _row_mark(entry: Entry) -> int:
    price = (entry.currency, entry.price, entry.per or 1000, entry.minimum or 0)
    return _mark((entry.product, entry.store_key, price, entry.seen_on))
