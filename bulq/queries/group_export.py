"""A group as it leaves in a file: everything of its ended runs and of its money, row by row.

Runs that are still open stay here: what is bid and bought in them changes, and no balance depends on them yet.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session
from sqlmodel import col

from bulq.domain.actor import Actor
from bulq.domain.group_file import Kind, Row, Section
from bulq.domain.payments import PaymentState
from bulq.domain.phases import FINAL, OPEN, Phase
from bulq.models import (
    Balance,
    Bid,
    BidRaise,
    CaseChoice,
    CaseShare,
    Cost,
    Group,
    LedgerEntry,
    ListItem,
    Membership,
    Payment,
    Plan,
    Posting,
    Product,
    Run,
    StandIn,
    StatementLine,
    Store,
    User,
)
from bulq.queries.access import group_for
from bulq.queries.group_tables import BALANCES, COPIED, PEOPLE, PRODUCT, SECTIONS, STORE, Travels

AT_ONCE = 1000  # rows


def group_to_export(session: Session, viewer: Actor, group_id: UUID) -> Group:
    """The group, for its admins."""
    access = group_for(session, viewer, group_id)
    access.need_admin()
    return access.group


def completed_runs(session: Session, viewer: Actor, group_id: UUID) -> list[UUID]:
    """The completed runs of the group in their order, for its admins."""
    group_to_export(session, viewer, group_id)
    query = select(col(Run.id)).where(col(Run.group_id) == group_id, col(Run.phase) == Phase.COMPLETED)
    return list(session.scalars(query.order_by(col(Run.ended_at), col(Run.id))))


class Numbers:
    """Short numbers for ids, section by section, in the order in which ids turn up."""

    def __init__(self) -> None:
        self.of: dict[str, dict[UUID, int]] = {}

    def number(self, section: str, key: UUID) -> int:
        known = self.of.setdefault(section, {})
        return known.setdefault(key, len(known) + 1)


def group_facts(group: Group) -> dict[str, Any]:
    return {
        "name": group.name,
        "currency": group.currency,
        "time_zone": group.time_zone,
        "created_at": group.created_at.isoformat(),
        "fair_rule": str(group.fair_rule),
        "goodwill_bound": str(group.goodwill_bound),
        "price_per_km": group.price_per_km,
        "confirm_after_days": group.confirm_after_days,
        "debt_limit": group.debt_limit,
    }


def group_sections(session: Session, group: Group) -> Iterator[tuple[str, Iterator[Row]]]:
    """Each section with its rows. Who and what the rows name comes last, when all of them are known."""
    numbers = Numbers()
    by_name = {section.name: section for section in SECTIONS}
    for travels in COPIED:
        yield travels.name, _rows(session, travels, by_name[travels.name], group, numbers)
    yield BALANCES.name, _balances(session, group, numbers)
    people, stores = numbers.of.setdefault(PEOPLE, {}), numbers.of.setdefault(STORE.name, {})
    for member in session.scalars(select(col(Membership.user_id)).where(col(Membership.group_id) == group.id)):
        numbers.number(PEOPLE, member)
    yield PEOPLE, _people(session, group, people)
    yield STORE.name, _named(session, Store, STORE, stores)
    yield PRODUCT.name, _named(session, Product, PRODUCT, numbers.of.setdefault(PRODUCT.name, {}))


def open_runs(session: Session, group: Group) -> list[Row]:
    """What is left out: runs that are not over."""
    query = select(col(Store.name), col(Run.shopping_day), col(Run.phase)).join(
        Store, col(Store.id) == col(Run.store_id)
    )
    found = session.execute(query.where(col(Run.group_id) == group.id, col(Run.phase).in_(OPEN)).order_by(col(Run.id)))
    return [{"store": store, "shopping_day": _plain(day), "phase": str(phase)} for store, day, phase in found]


def _rows(session: Session, travels: Travels, section: Section, group: Group, numbers: Numbers) -> Iterator[Row]:
    table: Any = travels.table
    names = [column.name for column in section.columns]
    query = _of_group(select(table.id, *(getattr(table, name) for name in names)), table, group)
    for key, *values in session.execute(query.order_by(table.id).execution_options(yield_per=AT_ONCE)):
        row: Row = {"id": numbers.number(section.name, key)} if section.numbered else {}
        for column, value in zip(section.columns, values, strict=True):
            if column.kind is Kind.REFERENCE:
                row[column.name] = _reference(numbers, section, column.of, value)
            elif column.kind is Kind.REASONS:
                row[column.name] = _reasons(numbers, value)
            else:
                row[column.name] = _plain(value)
        yield row


def _reference(numbers: Numbers, section: Section, of: str, value: UUID | None) -> int | None:
    if value is None:
        return None
    if of == "runs" and section.name in (Payment.__tablename__, Posting.__tablename__):
        return numbers.of.get(of, {}).get(value)  # none of an advance for a run that is still open
    return numbers.number(of, value)


def _reasons(numbers: Numbers, reasons: list[Any]) -> list[Any]:
    def person(text: str) -> int:
        return numbers.number(PEOPLE, UUID(text))

    return [
        [amount, [[person(one), person(other), planned] for one, other, planned in links]] for amount, links in reasons
    ]


def _of_group(query: Any, table: Any, group: Group) -> Any:
    """Only rows of the group and its currency; those of runs only if the run is over."""
    ended = select(col(Run.id)).where(col(Run.group_id) == group.id, col(Run.phase).in_(FINAL))
    if table is Run:
        return query.where(col(Run.id).in_(ended))
    if table is BidRaise:
        return query.where(col(BidRaise.bid_id).in_(select(col(Bid.id)).where(col(Bid.run_id).in_(ended))))
    if table is CaseShare:
        choices = select(col(CaseChoice.id)).where(col(CaseChoice.run_id).in_(ended))
        return query.where(col(CaseShare.choice_id).in_(choices))
    if table is Payment:
        query = query.where(~_asked_in_advance(table, ended))
    if table in (Posting, LedgerEntry, Plan, Payment):
        return query.where(table.group_id == group.id, table.currency == group.currency)
    return query.where(_in_runs(table, ended))


def _in_runs(table: Any, runs: Any) -> Any:
    return table.run_id.in_(runs)


def _asked_in_advance(payments: Any, ended: Any) -> Any:
    """What is asked for a run that is open, and not paid: that stays with the run."""
    unpaid = payments.state.in_((PaymentState.PROPOSED, PaymentState.WITHDRAWN))
    return unpaid & payments.run_id.is_not(None) & ~_in_runs(payments, ended)


def _balances(session: Session, group: Group, numbers: Numbers) -> Iterator[Row]:
    query = select(col(Balance.user_id), col(Balance.amount)).where(
        col(Balance.group_id) == group.id, col(Balance.currency) == group.currency
    )
    for user_id, amount in session.execute(query.order_by(col(Balance.id))):
        yield {"user_id": numbers.number(PEOPLE, user_id), "amount": amount}


def _people(session: Session, group: Group, people: dict[UUID, int]) -> Iterator[Row]:
    here = (col(Membership.user_id) == col(User.id)) & (col(Membership.group_id) == group.id)
    query = (
        select(
            *(col(User.id), col(User.name), col(User.username), col(StandIn.username)),
            *(col(Membership.id).is_not(None), col(Membership.is_admin), col(User.deleted_at).is_not(None)),
        )
        .outerjoin(Membership, here)
        .outerjoin(StandIn, col(StandIn.user_id) == col(User.id))
    )
    for key, name, username, came_as, is_member, is_admin, is_gone in _in_pieces(session, query, User, people):
        yield {
            "id": people[key],
            "name": name,
            "username": username if came_as is None else came_as,
            "is_member": bool(is_member),
            "is_admin": bool(is_admin),
            "is_gone": bool(is_gone),
        }


def _named(session: Session, table: Any, section: Section, known: dict[UUID, int]) -> Iterator[Row]:
    names = [column.name for column in section.columns]
    query = select(table.id, *(getattr(table, name) for name in names))
    for key, *values in _in_pieces(session, query, table, known):
        yield {"id": known[key], **dict(zip(names, map(_plain, values), strict=True))}


def _in_pieces(session: Session, query: Any, table: Any, keys: Iterable[UUID]) -> Iterator[Any]:
    left = list(keys)
    while left:
        piece, left = left[:AT_ONCE], left[AT_ONCE:]
        yield from session.execute(query.where(table.id.in_(piece)).order_by(table.id))


def _plain(value: Any) -> Any:
    """As JSON has it."""
    if isinstance(value, datetime | date):
        return value.isoformat()
    return value if value is None or isinstance(value, bool | int) else str(value)


class EntryOut(NamedTuple):
    """An entry of the ledger for a spreadsheet. `store` and `day` of a run."""

    at: datetime
    kind: str
    store: str | None
    day: date | None
    reason: str
    name: str
    username: str
    amount: int


def entries_of(session: Session, group: Group) -> Iterator[EntryOut]:
    """All entries of the ledger, the oldest first."""
    query = (
        select(
            *(col(Posting.posted_at), col(Posting.kind), col(Store.name), col(Run.shopping_day), col(Posting.reason)),
            *(col(User.name), col(User.username), col(LedgerEntry.amount)),
        )
        .join(Posting, col(Posting.id) == col(LedgerEntry.posting_id))
        .join(User, col(User.id) == col(LedgerEntry.user_id))
        .outerjoin(Run, col(Run.id) == col(Posting.run_id))
        .outerjoin(Store, col(Store.id) == col(Run.store_id))
        .where(col(LedgerEntry.group_id) == group.id, col(LedgerEntry.currency) == group.currency)
        .order_by(col(Posting.posted_at), col(Posting.id), col(LedgerEntry.id))
    )
    for row in session.execute(query.execution_options(yield_per=AT_ONCE)):
        yield EntryOut(*row)


@dataclass(frozen=True, slots=True)
class LineOut:
    """A line of somebody's statement: of goods with what they are, of a cost with its kind."""

    store: str
    day: date | None
    name: str
    username: str
    kind: str
    product: str
    cost: str
    unit: str
    quantity: int
    amount: int


def lines_of(session: Session, group: Group) -> Iterator[LineOut]:
    """The statements of all completed runs, the oldest first."""
    query = (
        select(
            *(col(Store.name), col(Run.shopping_day), col(User.name), col(User.username), col(StatementLine.kind)),
            *(col(Product.name), col(Cost.kind), col(Product.unit)),
            *(col(StatementLine.quantity), col(StatementLine.amount)),
        )
        .join(Run, col(Run.id) == col(StatementLine.run_id))
        .join(Store, col(Store.id) == col(Run.store_id))
        .join(User, col(User.id) == col(StatementLine.user_id))
        .outerjoin(ListItem, col(ListItem.id) == col(StatementLine.item_id))
        .outerjoin(Product, col(Product.id) == col(ListItem.product_id))
        .outerjoin(Cost, col(Cost.id) == col(StatementLine.cost_id))
        .where(col(Run.group_id) == group.id, col(Run.phase) == Phase.COMPLETED)
        .order_by(col(Run.ended_at), col(Run.id), col(StatementLine.id))
    )
    for store, day, name, username, kind, product, cost, unit, quantity, amount in session.execute(
        query.execution_options(yield_per=AT_ONCE)
    ):
        yield LineOut(
            store, day, name, username, str(kind), product or "", str(cost or ""), str(unit or ""), quantity, amount
        )


class BalanceOut(NamedTuple):
    name: str
    username: str
    is_member: bool
    amount: int


def balances_out(session: Session, group: Group) -> list[BalanceOut]:
    """Everybody who is in the group or has a balance in it."""
    here = (col(Membership.user_id) == col(User.id)) & (col(Membership.group_id) == group.id)
    of = (col(Balance.user_id) == col(User.id)) & (col(Balance.group_id) == group.id)
    query = (
        select(col(User.name), col(User.username), col(Membership.id).is_not(None), col(Balance.amount))
        .outerjoin(Membership, here)
        .outerjoin(Balance, of & (col(Balance.currency) == group.currency))
        .where(col(Membership.id).is_not(None) | col(Balance.id).is_not(None))
        .order_by(col(User.name), col(User.id))
    )
    return [
        BalanceOut(name, username, bool(here), amount or 0) for name, username, here, amount in session.execute(query)
    ]
