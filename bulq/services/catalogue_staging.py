"""What is staged of a list, and how all of it becomes part of the catalogue in one short transaction."""

from __future__ import annotations

from collections.abc import Callable, Collection, Generator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, time
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, delete, exists, func, literal, or_, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session, aliased
from sqlmodel import SQLModel, col, select

from bulq import cache, changes
from bulq.domain.actor import Actor
from bulq.domain.catalogue import ImportState, Named
from bulq.domain.catalogue_file import WHOLE
from bulq.domain.errors import Conflict
from bulq.models import (
    Bid,
    CatalogueImport,
    GoneProduct,
    ListItem,
    PriceObservation,
    Product,
    ProductAlias,
    ProductTag,
    Run,
    SearchTerm,
    StagedLabel,
    StagedMark,
    StagedName,
    StagedPrice,
    StagedProduct,
    Store,
    Tag,
)
from bulq.models.base import Row, new_id
from bulq.queries.catalogue_file import Known
from bulq.queries.newest import same_price
from bulq.queries.own_lists import is_seen, readers_of, whose
from bulq.queries.shown import run_topics_with
from bulq.queries.uses import any_off_step
from bulq.services import audit, search_terms
from bulq.services.catalogue_steps import Step
from bulq.services.uniqueness import inserting

AT_ONCE = 500
STAGED = (StagedLabel, StagedPrice, StagedName, StagedMark, StagedProduct)
LONGEST_TAG = 50
PAGES_IN_MEMORY = -65_536  # as SQLite counts: KiB, negative
COPIED = ("name", "name_key", "brand", "brand_key", "unit", "step", "barcode", "content", "content_unit", "content_key")
SEEN = ("id", "product_id", "store_id", "currency", "price", "per", "minimum_quantity", "note", "day", "seen_at")
EDITED = ("name", "brand", "step", "barcode", "content", "content_unit", "content_key")

IdOf = Callable[[Any, Mapping[Any, UUID]], UUID]


def stage_steps(session: Session, import_id: UUID, id_of: IdOf, steps: Sequence[Step], there: Known) -> None:
    """Write what the steps do into the staging tables."""
    _add(session, StagedName, _names(import_id, id_of, steps, there))
    _add(session, StagedProduct, [_product(import_id, step) for step in steps if step.is_new or step.edits])
    _add(session, StagedLabel, _labels(import_id, id_of, steps, there))
    _add(session, StagedPrice, [_price(import_id, id_of, step, there) for step in steps if step.is_seen])


def _add(session: Session, model: type[Row], rows: Sequence[dict[str, Any]]) -> None:
    """Many rows in few statements: PostgreSQL is given them together only when it has something to return."""
    if not rows:
        return
    table = SQLModel.metadata.tables[str(model.__tablename__)]
    # A store or a tag is met again in later pieces.
    query = inserting(session, table).on_conflict_do_nothing()
    if session.get_bind().dialect.name == "postgresql":
        session.execute(query.returning(table.c.id), rows).all()
    else:
        session.execute(query, rows)


def _names(import_id: UUID, id_of: IdOf, steps: Sequence[Step], there: Known) -> list[dict[str, Any]]:
    found: dict[UUID, dict[str, Any]] = {}
    for step in steps:
        entry = step.entry
        named = [(Named.TAG, (tag.kind, tag.key), tag.name, tag.key, tag.kind) for tag in step.tags]
        named = [each for each in named if each[1] not in there.tags]
        if entry.store and entry.store_key not in there.stores:
            store = (Named.STORE, entry.store_key, entry.store, entry.store_key, "")
            row_id = id_of(entry.store_key, there.stores)
            found[row_id] = _name(import_id, row_id, *store)
        for each in named:
            row_id = id_of(each[1], there.tags)
            found[row_id] = _name(import_id, row_id, *each)
    return list(found.values())


def _name(import_id: UUID, row_id: UUID, kind: Named, _key: Any, name: str, key: str, tag_kind: str) -> dict[str, Any]:
    return {"id": row_id, "import_id": import_id, "kind": kind, "name": name, "name_key": key, "tag_kind": tag_kind}


def _product(import_id: UUID, step: Step) -> dict[str, Any]:
    entry, row = step.entry, step.product
    said = {"import_id": import_id, "id": new_id(), "product_id": step.product_id, "is_new": step.is_new}
    if row is None:
        made = {name: getattr(entry, name, None) for name in COPIED} | {"name_key": entry.key}
        return {**said, **made, "step": entry.step or WHOLE, "before": None}
    before = {name: getattr(row, name) for name in EDITED}
    return {**said, **{name: getattr(row, name) for name in COPIED}, **step.edits, "before": before}


def _labels(import_id: UUID, id_of: IdOf, steps: Sequence[Step], there: Known) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    for step in steps:
        about = {"import_id": import_id, "product_id": step.product_id}
        blank = {"tag_id": None, "name": "", "name_key": "", "language": ""}
        for tag_id in {id_of((tag.kind, tag.key), there.tags) for tag in step.tags}:
            found.append({**blank, **about, "id": new_id(), "tag_id": tag_id})
        for alias in step.names:
            named = {"name": alias.name, "name_key": alias.key, "language": alias.kind}
            found.append({**blank, **about, **named, "id": new_id()})
    return found


def _price(import_id: UUID, id_of: IdOf, step: Step, there: Known) -> dict[str, Any]:
    """At noon of its day, since a list says no hour; move_in makes it no later than the import."""
    entry = step.entry
    assert entry.seen_on is not None
    return {
        "id": new_id(),
        "import_id": import_id,
        "product_id": step.product_id,
        "store_id": id_of(entry.store_key, there.stores),
        "currency": entry.currency,
        "price": entry.price,
        "per": entry.per or WHOLE,
        "minimum_quantity": entry.minimum or 0,
        "note": entry.note,
        "day": entry.seen_on,
        "seen_at": datetime.combine(entry.seen_on, time(12), UTC),
    }


def stage_gone(session: Session, found: CatalogueImport, product_ids: Sequence[UUID]) -> None:
    """Keep what the import's store is to be marked as no longer selling."""
    about = {"import_id": found.id, "is_new": True, "store_id": found.store_id}
    _add(session, StagedMark, [{"id": new_id(), "product_id": each, **about} for each in product_ids])


def move_in(session: Session, found: CatalogueImport, actor: Actor, counts: dict[str, Any], now: datetime) -> None:
    """Make all that is staged part of the catalogue, in a fixed number of statements however much it is.

    Refused when somebody changed the catalogue in between. `finish_some` does what nobody misses for a few seconds.
    """
    made = {"created_by": actor.id, "created_at": now}
    try:
        with _pages_in_memory(session):
            _move_names(session, found.id, made)
            _move_products(session, found.id, made)
            _move_prices(session, actor, found, now)
            session.flush()
    except IntegrityError:
        raise Conflict("import_overtaken") from None
    found.state, found.taken_at, found.counts = ImportState.TAKEN, now, counts
    session.add(found)
    kind, subject = ("store", found.store_id) if found.store_id else ("catalogue", None)
    audit.record(
        session,
        actor,
        "catalogue_imported",
        kind=kind,
        subject=subject,
        name=found.name,
        group_id=found.group_id,
        now=now,
        **counts,
    )
    note_import(session, found, now)
    edited = select(StagedProduct.product_id).where(
        col(StagedProduct.import_id) == found.id, col(StagedProduct.is_new).is_(False)
    )
    changes.note(session, *run_topics_with(session, edited, now=now))


def note_import(session: Session, found: CatalogueImport, now: datetime) -> None:
    """Pages of products and stores show the prices of a list, or no longer, and so do runs with these products."""
    cache.changed(session, "products")
    changes.note(session, changes.CATALOGUE, *([changes.store(found.store_id)] if found.store_id else []))
    priced = select(PriceObservation.product_id).where(_prices_of(found))
    changes.note(session, *run_topics_with(session, priced, store_id=found.store_id, now=now))


def _prices_of(found: CatalogueImport) -> ColumnElement[bool]:
    prices = col(PriceObservation.import_id) == found.id
    return prices & (col(PriceObservation.store_id) == found.store_id) if found.store_id else prices


@contextmanager
def _pages_in_memory(session: Session) -> Generator[None]:
    """SQLite keeps what is written in memory until the end, rather than writing many pages more than once."""
    if session.get_bind().dialect.name != "sqlite":
        yield
        return
    connection = session.connection()
    before = connection.exec_driver_sql("PRAGMA cache_size").scalar_one()
    connection.exec_driver_sql(f"PRAGMA cache_size = {PAGES_IN_MEMORY}")
    try:
        yield
    finally:
        connection.exec_driver_sql(f"PRAGMA cache_size = {before}")


def _copy(session: Session, into: type[Row], columns: Sequence[str], query: Select[Any]) -> None:
    table = SQLModel.metadata.tables[str(into.__tablename__)]
    session.execute(inserting(session, table).from_select(list(columns), query))


def _move_names(session: Session, import_id: UUID, made: dict[str, Any]) -> None:
    staged = SQLModel.metadata.tables["staged_names"].c
    for kind, table, columns in (
        (Named.STORE, Store, {"id": staged.id, "name": staged.name, "name_key": staged.name_key}),
        (
            Named.TAG,
            Tag,
            {
                **{"id": staged.id, "kind": staged.tag_kind, "name": func.substr(staged.name, 1, LONGEST_TAG)},
                "name_key": staged.name_key,
            },
        ),
    ):
        query = select(*columns.values(), *_constants(made))
        _copy(session, table, (*columns, *made), query.where(staged.import_id == import_id, staged.kind == kind))


def _move_products(session: Session, import_id: UUID, made: dict[str, Any]) -> None:
    staged = SQLModel.metadata.tables["staged_products"].c
    columns = [staged[name] for name in COPIED]
    query = select(staged.product_id, *columns, *_constants(made)).where(
        staged.import_id == import_id, staged.is_new.is_(True)
    )
    _copy(session, Product, ("id", *COPIED, *made), query)
    edited = col(StagedProduct.import_id) == import_id, col(StagedProduct.is_new).is_(False)
    if session.scalars(select(StagedProduct.id).where(*edited).limit(1)).first() is None:
        return
    _check_unchanged(session, edited)
    session.execute(
        update(Product)
        .where(col(Product.id) == col(StagedProduct.product_id), *edited)
        .values({name: getattr(StagedProduct, name) for name in EDITED})
        .execution_options(synchronize_session=False)
    )


def _check_unchanged(session: Session, edited: tuple[ColumnElement[bool], ...]) -> None:
    """What is changed has to be as it was when the list was looked through, and open runs have to allow the step."""
    products = select(col(Product.id)).where(col(Product.id).in_(select(col(StagedProduct.product_id)).where(*edited)))
    locked = products.order_by(col(Product.id)).with_for_update(key_share=True).subquery()
    session.execute(select(func.count()).select_from(locked))
    changed = or_(*(col(getattr(Product, name)).is_distinct_from(_before(name)) for name in EDITED))
    overtaken = (
        select(col(StagedProduct.id))
        .outerjoin(Product, col(Product.id) == col(StagedProduct.product_id))
        .where(*edited, or_(col(Product.id).is_(None), changed))
    )
    stepped = select(col(StagedProduct.product_id), col(StagedProduct.step)).where(
        *edited, col(StagedProduct.step).is_distinct_from(_before("step"))
    )
    if session.scalars(overtaken.limit(1)).first() is not None or any_off_step(session, stepped):
        raise Conflict("import_overtaken")


def _before(name: str) -> ColumnElement[Any]:
    """What a staged change found in the product."""
    kept = col(StagedProduct.before)[name]
    return kept.as_integer() if name in ("step", "content") else kept.as_string()


def _move_labels(session: Session, found: CatalogueImport, rows: Sequence[StagedLabel]) -> None:
    """As far as the products are still there, and don't have them by now."""
    there = set(session.scalars(select(Product.id).where(col(Product.id).in_({row.product_id for row in rows}))))
    made = {"created_by": found.created_by, "created_at": found.taken_at}
    left = [(row, {"id": row.id, "product_id": row.product_id, **made}) for row in rows if row.product_id in there]
    _note_products(session, found, there)
    _add(session, ProductTag, [{**said, "tag_id": row.tag_id} for row, said in left if row.tag_id is not None])
    names = ("name", "name_key", "language")
    named = [{**said, **{name: getattr(row, name) for name in names}} for row, said in left if row.tag_id is None]
    _add(session, ProductAlias, named)


def _note_products(session: Session, found: CatalogueImport, product_ids: Collection[UUID]) -> None:
    """The pages of these products, and the runs with them."""
    since = found.undone_at or found.taken_at or found.created_at
    topics = run_topics_with(session, product_ids, now=since)
    changes.note(session, *map(changes.product, product_ids), *topics)


def _constants(made: dict[str, Any]) -> list[Any]:
    columns = SQLModel.metadata.tables["products"].c
    return [literal(value, columns[name].type) for name, value in made.items()]


def _move_prices(session: Session, actor: Actor, found: CatalogueImport, now: datetime) -> None:
    staged = SQLModel.metadata.tables["staged_prices"].c
    prices = SQLModel.metadata.tables["price_observations"].c
    session.execute(
        update(StagedPrice)
        .where(col(StagedPrice.import_id) == found.id, col(StagedPrice.seen_at) > now)
        .values(seen_at=now)
        .execution_options(synchronize_session=False)
    )
    constants = {"seen_by": actor.id, "import_id": found.id, "group_id": found.group_id}
    columns = [staged[name] for name in SEEN]
    query = select(*columns, *(literal(value, prices[name].type) for name, value in constants.items()))
    into = inserting(session, PriceObservation).from_select(
        [*SEEN, *constants], query.where(staged.import_id == found.id, ~_is_noted(staged, found))
    )
    session.execute(into.on_conflict_do_nothing())


def _is_noted(staged: Any, found: CatalogueImport) -> ColumnElement[bool]:
    """Whether somebody has seen the same price since the list was looked through, and its readers see that."""
    seen: Any = aliased(PriceObservation)
    same = [getattr(seen, name) == staged[name] for name in ("store_id", "product_id", "currency", "minimum_quantity")]
    stands = (seen.withdrawn_at.is_(None), seen.day == staged.day, same_price(seen, staged.price, staged.per))
    return exists().where(*same, *stands, is_seen(seen, readers_of(found.group_id))).correlate_except(seen)


def finish_some(session: Session, found: CatalogueImport) -> bool:
    """Add some more tags, other names and marks, and let search find things; False once everything is done.

    Nobody misses these for a few seconds, and with them the transaction that takes all in would be twice as long.
    """
    if names := _next(session, found, StagedName):
        search_terms.index_stores(session, [row.id for row in names if row.kind is Named.STORE])
        search_terms.index_tags(session, [row.id for row in names if row.kind is Named.TAG])
        return True
    if rows := _next(session, found, StagedLabel):
        _move_labels(session, found, rows)
        search_terms.index_products(session, list({row.product_id for row in rows if row.tag_id is None}))
        return True
    if rows := _next(session, found, StagedProduct):
        search_terms.index_products(session, [row.product_id for row in rows])
        return True
    if _sell_again(session, found) or _mark_gone(session, found):
        return True
    _set(session, found, ImportState.DONE)
    return False


def _sell_again(session: Session, found: CatalogueImport) -> bool:
    """What has a price in the list is sold. The marks that go are kept, to be set again when the import is undone."""
    prices = select(StagedPrice).where(col(StagedPrice.import_id) == found.id).order_by(col(StagedPrice.id))
    rows = session.scalars(prices.limit(4 * AT_ONCE)).all()
    listed = {(row.store_id, row.product_id) for row in rows}
    marks = select(GoneProduct).where(
        col(GoneProduct.product_id).in_({product_id for _, product_id in listed}),
        col(GoneProduct.store_id).in_({store_id for store_id, _ in listed}),
        col(GoneProduct.group_id) == whose(found),
    )
    gone = [mark for mark in session.scalars(marks) if (mark.store_id, mark.product_id) in listed] if rows else []
    about = {"import_id": found.id, "is_new": False}
    kept = [
        {
            **about,
            **{name: getattr(mark, name) for name in ("id", "store_id", "product_id", "gone_by", "gone_at")},
            "set_by_import": mark.import_id,
        }
        for mark in gone
    ]
    _add(session, StagedMark, kept)
    _delete(session, GoneProduct, [mark.id for mark in gone])
    _delete(session, StagedPrice, [row.id for row in rows])
    _sold_otherwise(session, kept)
    return bool(rows)


def _mark_gone(session: Session, found: CatalogueImport) -> bool:
    """Mark some of what the list dropped, as far as it is still there and nobody has seen its price since."""
    rows = _marks(session, found, is_new=True)
    about = {"import_id": found.id, "gone_by": found.created_by, "gone_at": found.taken_at, "group_id": whose(found)}
    said = [{"id": row.id, "store_id": row.store_id, "product_id": row.product_id} for row in rows]
    _add(session, GoneProduct, [{**each, **about} for each in _still_gone(session, found, said)])
    _delete(session, StagedMark, [row.id for row in rows])
    _sold_otherwise(session, said)
    return bool(rows)


def _give_marks_back(session: Session, found: CatalogueImport) -> bool:
    """Set some of the marks again that the import removed, but for those of an import that was undone itself."""
    rows = _marks(session, found, is_new=False)
    set_by = select(CatalogueImport).where(col(CatalogueImport.id).in_({row.set_by_import for row in rows}))
    lists = {each.id: each for each in session.scalars(set_by)} if rows else {}
    without = {each.id for each in lists.values() if each.undone_at is not None}
    names = ("id", "store_id", "product_id", "gone_by", "gone_at")
    said = [
        {
            **{name: getattr(row, name) for name in names},
            "import_id": row.set_by_import,
            "group_id": whose(lists.get(row.set_by_import) if row.set_by_import else None),
        }
        for row in rows
        if row.set_by_import not in without
    ]
    _add(session, GoneProduct, _still_gone(session, found, said))
    _delete(session, StagedMark, [row.id for row in rows])
    _sold_otherwise(session, said)
    return bool(rows)


def _marks(session: Session, found: CatalogueImport, *, is_new: bool) -> Sequence[StagedMark]:
    mine = col(StagedMark.import_id) == found.id, col(StagedMark.is_new).is_(is_new)
    return session.scalars(select(StagedMark).where(*mine).order_by(col(StagedMark.id)).limit(AT_ONCE)).all()


def _still_gone(session: Session, found: CatalogueImport, said: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Those whose product and store are there, and whose price nobody else has noted there since the import began."""
    products, stores = {each["product_id"] for each in said}, {each["store_id"] for each in said}
    there = set(session.scalars(select(Product.id).where(col(Product.id).in_(products))))
    there |= set(session.scalars(select(Store.id).where(col(Store.id).in_(stores))))
    since = select(col(PriceObservation.store_id), col(PriceObservation.product_id)).where(
        col(PriceObservation.product_id).in_(products),
        col(PriceObservation.store_id).in_(stores),
        col(PriceObservation.withdrawn_at).is_(None),
        is_seen(PriceObservation, readers_of(whose(found))),
        col(PriceObservation.id) > found.id,  # ids are in the order of time
        col(PriceObservation.import_id).is_distinct_from(found.id),
    )
    seen = {(store_id, product_id) for store_id, product_id in session.execute(since)}
    return [
        each
        for each in said
        if {each["product_id"], each["store_id"]} <= there and (each["store_id"], each["product_id"]) not in seen
    ]


def _sold_otherwise(session: Session, said: Sequence[dict[str, Any]]) -> None:
    """Lists of products to choose from, and pages, are read anew."""
    if said:
        cache.changed(session, "products")
        changes.note(session, *{changes.store(each["store_id"]) for each in said})


def _delete(session: Session, table: type[Any], ids: Sequence[UUID]) -> None:
    if ids:
        where = col(table.id).in_(ids)
        session.execute(delete(table).where(where).execution_options(synchronize_session="fetch"))


def _next(session: Session, found: CatalogueImport, table: type[Any]) -> Sequence[Any]:
    """The next staged rows of a table, each given out once."""
    name = str(table.__tablename__)
    query = select(table).where(col(table.import_id) == found.id).order_by(col(table.id)).limit(AT_ONCE)
    if done := found.counts.get(name):
        query = query.where(col(table.id) > UUID(done))
    rows = session.scalars(query).all()
    if rows:
        found.counts = {**found.counts, name: str(rows[-1].id)}
        session.add(found)
    return rows


def _set(session: Session, found: CatalogueImport, state: ImportState) -> None:
    found.state = state
    found.counts = {name: value for name, value in found.counts.items() if not name.startswith("staged_")}
    session.add(found)


def drop_staged(session: Session, found: CatalogueImport) -> bool:
    """Forget some of an import that comes to nothing; at the end the import itself, and False."""
    if _forget_some(session, found.id, STAGED):
        return True
    session.delete(found)
    return False


def close_some(session: Session, found: CatalogueImport) -> bool:
    """Forget some of what an import could have been undone by; False once nothing is left."""
    if _forget_some(session, found.id, STAGED):
        return True
    _set(session, found, ImportState.CLOSED)
    return False


def _forget_some(session: Session, import_id: UUID, tables: Sequence[type[Any]]) -> bool:
    for table in tables:
        some = select(table.id).where(col(table.import_id) == import_id).limit(10 * AT_ONCE)
        if session.execute(delete(table).where(col(table.id).in_(some)).returning(col(table.id))).first() is not None:
            return True
    return False


def take_back(session: Session, found: CatalogueImport, actor: Actor, now: datetime) -> None:
    """Withdraw the prices, in one statement. Everything else goes back in pieces, by `undo_some`."""
    session.execute(
        update(PriceObservation)
        .where(_prices_of(found), col(PriceObservation.withdrawn_at).is_(None))
        .values(withdrawn_at=now, withdrawn_by=actor.id)
        .execution_options(synchronize_session=False)
    )
    _set(session, found, ImportState.UNDONE)
    found.undone_at, found.undone_by = now, actor.id
    note_import(session, found, now)


def _give_back(session: Session, staged: StagedProduct) -> None:
    """What it was before the import, as far as nobody has changed it since."""
    product = session.get(Product, staged.product_id, with_for_update=True)
    before = staged.before or {}
    if product is None:
        return
    same = [name for name in EDITED if name in before and getattr(product, name) == getattr(staged, name)]
    content = {"content", "content_unit", "content_key"}
    if not content <= set(same):
        same = [name for name in same if name not in content]
    for name in same:
        setattr(product, name, before[name])
    session.add(product)


def undo_some(session: Session, found: CatalogueImport) -> bool:
    """Give some of what an undone import changed back as it was; False once nothing is left to do.

    Products that it made go, unless somebody uses them.
    """
    if _forget_some(session, found.id, (GoneProduct,)):
        _sold_otherwise(session, [{"store_id": found.store_id}])
        return True
    if _give_marks_back(session, found):
        return True
    rows = _next(session, found, StagedProduct)
    if rows:
        for row in rows:
            if not row.is_new:
                _give_back(session, row)
        _note_products(session, found, [row.product_id for row in rows])
        _remove_unused(session, [row.product_id for row in rows if row.is_new])
        search_terms.index_products(session, [row.product_id for row in rows])
        cache.changed(session, "products")
        return True
    if labels := _next(session, found, StagedLabel):
        for table in (ProductTag, ProductAlias):
            _delete(session, table, [row.id for row in labels])
        _note_products(session, found, [row.product_id for row in labels])
        search_terms.index_products(session, list({row.product_id for row in labels}))
        return True
    if names := _next(session, found, StagedName):
        for row in names:
            _remove_name(session, row)
        return True
    return close_some(session, found)


def _remove_unused(session: Session, product_ids: Sequence[UUID]) -> None:
    used = [
        select(col(Bid.product_id)).where(col(Bid.product_id).in_(product_ids)),
        select(col(ListItem.product_id)).where(col(ListItem.product_id).in_(product_ids)),
        select(col(PriceObservation.product_id)).where(
            col(PriceObservation.product_id).in_(product_ids), col(PriceObservation.withdrawn_at).is_(None)
        ),
        select(col(Product.id)).where(col(Product.id).in_(product_ids), col(Product.verified_at).is_not(None)),
    ]
    in_use = {row for query in used for row in session.scalars(query)}
    unused = [each for each in product_ids if each not in in_use]
    session.execute(delete(SearchTerm).where(col(SearchTerm.target_id).in_(unused)))
    for table in (ProductAlias, ProductTag, PriceObservation, GoneProduct):
        session.execute(
            delete(table).where(col(table.product_id).in_(unused)).execution_options(synchronize_session=False)
        )
    session.execute(delete(Product).where(col(Product.id).in_(unused)).execution_options(synchronize_session=False))


def _remove_name(session: Session, row: StagedName) -> None:
    """A store or a tag that only the import needed."""
    if row.kind is Named.STORE:
        store = session.get(Store, row.id)
        uses = session.scalars(select(col(Run.id)).where(col(Run.store_id) == row.id).limit(1)).first()
        seen = session.scalars(
            select(col(PriceObservation.id)).where(col(PriceObservation.store_id) == row.id).limit(1)
        ).first()
        lists = session.scalars(
            select(col(CatalogueImport.id)).where(col(CatalogueImport.store_id) == row.id).limit(1)
        ).first()
        if store is None or uses or seen or lists or store.verified_at:
            return
        session.delete(store)
        changes.note(session, changes.store(row.id))
    else:
        tag = session.get(Tag, row.id)
        linked = session.scalars(select(ProductTag.id).where(col(ProductTag.tag_id) == row.id).limit(1)).first()
        if tag is None or linked or tag.verified_at:
            return
        session.delete(tag)
    search_terms.drop_terms(session, row.kind, row.id)
    session.flush()
