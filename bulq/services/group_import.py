"""Takes in a group that another server exported: everything of it or nothing, under new ids, with the same amounts.

Nobody of the file is taken for somebody of this server by their name alone. Whoever imports says who they are. Places
of the others are kept until they say by a personal link that these are theirs. See services/stand_ins.py.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from threading import Lock
from typing import Any, BinaryIO
from uuid import UUID

import orjson
import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session
from sqlmodel import col, select

from bulq import changes, i18n
from bulq.archives import read_from
from bulq.domain.actor import Actor
from bulq.domain.errors import Conflict, Invalid
from bulq.domain.group_file import (
    DOCUMENT,
    Kind,
    Row,
    Section,
    check_balances,
    check_format,
    check_postings,
    check_runs,
    list_in,
    object_in,
    read_value,
    rows_in,
)
from bulq.domain.phases import FINAL, Unit
from bulq.domain.prices import check_content, content_key
from bulq.domain.texts import clean_text, name_key
from bulq.models import Balance, Group, Product, Run, Store
from bulq.models.base import new_id
from bulq.queries.group_tables import BALANCES, COPIED, GROUP, PEOPLE, PRODUCT, SECTIONS, STORE, Travels
from bulq.queries.prices import product_twin
from bulq.queries.sums import wrong_runs
from bulq.services import catalogue, quotas
from bulq.services.audit import record_group
from bulq.services.groups import create_group
from bulq.services.stand_ins import add_former_member, add_stand_in

AT_ONCE = 2000  # rows
LARGEST_DOCUMENT = 60_000_000  # bytes
MOST_GOODS = 5000  # products and stores of one file
MOST_PEOPLE = 2000
_reading = Lock()
BY_NAME = {section.name: section for section in SECTIONS}


@dataclass(frozen=True, slots=True)
class GroupFile:
    """A group as it stands in a file that was found whole: `balances` by number of the person, in minor units."""

    group: Row
    rows: Mapping[str, Sequence[Row]]
    balances: Mapping[int, int]
    left_out: tuple[tuple[str, str], ...]  # store and day of runs that were still open


def read_zip(file: BinaryIO) -> GroupFile:
    """The group in a zip that somebody sent. One file at a time: it may take a gigabyte of memory."""
    with _reading:
        return read_group(read_from(file, DOCUMENT, most=LARGEST_DOCUMENT))


def read_group(content: bytes) -> GroupFile:
    """What is in a group.json. Raises Invalid for what is no group, or one whose sums don't add up."""
    try:
        document = check_format(orjson.loads(content))
    except orjson.JSONDecodeError:
        raise Invalid("group_file_not_json", field="file") from None
    group = _group_of(document)
    rows = rows_in(document, SECTIONS)
    check_runs(SECTIONS, rows)
    _check_goods(rows)
    balances = check_postings(rows, group["currency"])
    names = {row["id"]: row["name"] for row in rows[PEOPLE]}
    check_balances(rows[BALANCES.name], balances, names, group["currency"])
    return GroupFile(group, rows, balances, tuple(_left_out(document)))


def _group_of(document: Mapping[str, Any]) -> Row:
    found = object_in(document.get("group"))
    if found is None:
        raise Invalid("group_file_malformed", field="file", where="group")
    read: Row = {}
    for column in GROUP:
        try:
            read[column.name] = read_value(column, found.get(column.name), {})
        except (ValueError, TypeError, Invalid):
            raise Invalid("group_file_malformed", field="file", where=f"group {column.name}") from None
    if read["currency"] not in dict(i18n.currencies()):
        raise Invalid("group_file_currency", field="file", currency=read["currency"])
    return read


def _check_goods(rows: Mapping[str, Sequence[Row]]) -> None:
    """Refuse runs that are open, goods in parts that nobody can count, and more goods than a group ever bought."""
    for place, run in enumerate(rows["runs"], 1):
        if run["phase"] not in FINAL or run["ended_at"] is None:
            raise Invalid("group_file_malformed", field="file", where=f"runs {place} phase")
    for place, product in enumerate(rows[PRODUCT.name], 1):
        try:
            catalogue.check_unit(product["unit"], product["step"])
            check_content(Unit(product["unit"]), product["content"], product["content_unit"] or "")
        except (Invalid, ValueError):
            raise Invalid("group_file_malformed", field="file", where=f"products {place} step") from None
    for count, most in (
        (len(rows[PRODUCT.name]) + len(rows[STORE.name]), MOST_GOODS),
        (len(rows[PEOPLE]), MOST_PEOPLE),
    ):
        if count > most:
            raise Invalid("group_file_rows", field="file", maximum=most)


def _left_out(document: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for each in (list_in(document.get("left_out")) or [])[:100]:
        if run := object_in(each):
            store = clean_text(str(run.get("store"))[:100], field="file", maximum=100)
            yield store, str(run.get("shopping_day") or "")[:10]


def import_group(session: Session, actor: Actor, found: GroupFile, me: int | None, *, now: datetime) -> Group:
    """A new group like the one in the file, with the actor as its only member and admin.

    `me` is the number of the person in the file that the actor is; None: nobody of them.
    """
    if me is not None and me not in {row["id"] for row in found.rows[PEOPLE] if not row["is_gone"]}:
        raise Invalid("choice", field="me")
    facts = found.group
    group = create_group(session, actor, facts["name"], facts["currency"], facts["time_zone"], now=now)
    group.fair_rule, group.price_per_km = facts["fair_rule"], facts["price_per_km"]
    group.confirm_after_days, group.goodwill_bound = facts["confirm_after_days"], facts["goodwill_bound"]
    group.debt_limit = facts["debt_limit"]
    session.add(group)
    ids = {
        PEOPLE: _people(session, actor, group, found.rows[PEOPLE], me, now),
        STORE.name: _stores(session, actor, found.rows[STORE.name], now),
        PRODUCT.name: _products(session, actor, found.rows[PRODUCT.name], now),
    }
    session.flush()
    try:
        with session.begin_nested():
            for travels in COPIED:
                _copy(session, travels, found.rows[travels.name], group, ids)
            _copy_balances(session, group, found.balances, ids[PEOPLE])
    except IntegrityError:
        raise Invalid("group_file_contradicts", field="file") from None
    _check_runs_add_up(session, group)
    changes.note(session, changes.group(group.id), changes.user(actor.id))
    record_group(session, actor, "group_imported", group, now=now, runs=len(found.rows["runs"]))
    return group


def _people(
    session: Session, actor: Actor, group: Group, rows: Sequence[Row], me: int | None, now: datetime
) -> dict[int, UUID]:
    ids: dict[int, UUID] = {}
    for row in rows:
        if row["id"] == me:
            ids[row["id"]] = actor.id
        elif row["is_gone"]:
            ids[row["id"]] = add_former_member(session, now=now)
        else:
            ids[row["id"]] = add_stand_in(session, group, row["name"], row["username"], actor.id, now=now)
    return ids


def _stores(session: Session, actor: Actor, rows: Sequence[Row], now: datetime) -> dict[int, UUID]:
    """The stores that go by these names here, or new ones."""
    ids: dict[int, UUID] = {}
    for row in rows:
        known = session.scalars(select(Store.id).where(Store.name_key == name_key(row["name"]))).first()
        if known is None:
            with quotas.importing():
                store = catalogue.add_store(session, actor, row["name"], now=now)
            store.chain, store.address = row["chain"], row["address"]
            session.add(store)
            session.flush()
            known = store.id
        ids[row["id"]] = known
    return ids


def _products(session: Session, actor: Actor, rows: Sequence[Row], now: datetime) -> dict[int, UUID]:
    """The products that go by these names here and are counted in the same unit, or new ones."""
    ids: dict[int, UUID] = {}
    taken: set[UUID] = set()
    for row in rows:
        ids[row["id"]] = _product(session, actor, row, taken, now)
        taken.add(ids[row["id"]])
    return ids


def _product(session: Session, actor: Actor, row: Row, taken: set[UUID], now: datetime) -> UUID:
    """Quantities in another unit would be other quantities, so such a product goes by another name."""
    content: tuple[int | None, str] = row["content"], row["content_unit"] or ""
    key = content_key(content[0], Unit(content[1]) if content[1] else None)
    short = row["name"][:90].rstrip()
    for name in (row["name"], f"{short} ({row['unit']})", *(f"{short} ({number})" for number in range(2, 9))):
        twin = product_twin(session, name_key(name), name_key(row["brand"]), key)
        if twin is None:
            of = actor, name, row["brand"], row["unit"], row["step"]
            with quotas.importing():
                made = catalogue.add_product(session, *of, content=content[0], content_unit=content[1], now=now)
            return made.id
        if twin not in taken and session.get_one(Product, twin).unit == row["unit"]:
            return twin
    raise Conflict("product_exists", field="file")


def _copy(
    session: Session, travels: Travels, rows: Sequence[Row], group: Group, ids: dict[str, dict[int, UUID]]
) -> None:
    """Insert the rows of a table. Nothing that is there is changed."""
    table: Any = travels.table
    of_group = {name: getattr(group, attribute) for name, attribute in OF_GROUP if name in travels.left_out.split()}
    section = BY_NAME[travels.name]
    own = ids.setdefault(travels.name, {})
    for start in range(0, len(rows), AT_ONCE):
        batch = [_as_here(section, row, ids) | of_group for row in rows[start : start + AT_ONCE]]
        if section.numbered:
            own |= {row["id"]: new["id"] for row, new in zip(rows[start : start + AT_ONCE], batch, strict=True)}
        session.execute(sa.insert(table.__table__), batch)


OF_GROUP = (("group_id", "id"), ("currency", "currency"))


def _as_here(section: Section, row: Row, ids: Mapping[str, Mapping[int, UUID]]) -> Row:
    """The row under a new id, referring to what was made or found here."""
    new: Row = {"id": new_id()}
    for column in section.columns:
        value = row[column.name]
        if column.kind is Kind.REFERENCE and value is not None:
            value = ids[column.of][value]
        elif column.kind is Kind.REASONS:
            value = _reasons(value or [], ids[PEOPLE])
        new[column.name] = value
    return new


def _reasons(reasons: list[Any], people: Mapping[int, UUID]) -> list[Any]:
    return [
        [amount, [[str(people[one]), str(people[other]), planned] for one, other, planned in links]]
        for amount, links in reasons
    ]


def _copy_balances(session: Session, group: Group, balances: Mapping[int, int], people: Mapping[int, UUID]) -> None:
    of = {"group_id": group.id, "currency": group.currency}
    rows = [{"id": new_id(), "user_id": people[each], "amount": amount, **of} for each, amount in balances.items()]
    if rows:
        session.execute(sa.insert(Balance.__table__), rows)  # pyright: ignore


def _check_runs_add_up(session: Session, group: Group) -> None:
    """Refuse runs in which goods, receipts and statements differ, naming the first."""
    wrong = session.scalars(wrong_runs(group.id).limit(1)).first()
    if wrong is None:
        return
    query = select(col(Store.name), col(Run.shopping_day), col(Run.ended_at))
    store, day, ended = session.execute(
        query.join(Run, col(Run.store_id) == col(Store.id)).where(col(Run.id) == wrong)
    ).one()
    raise Invalid("group_file_run", field="file", store=store, day=str(day or (ended and ended.date())))
