"""The money of a group: everybody's balance, the saved plan, payments that wait, and what changed balances."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import func, or_, select, union
from sqlalchemy.orm import Session
from sqlmodel import col

from bulq.domain.actor import Actor
from bulq.domain.payments import WAITING, PaymentState
from bulq.domain.settling import PlanKind
from bulq.models import Balance, Group, Membership, Payment, Plan, Run, StandIn, Store, User
from bulq.queries.access import group_for
from bulq.queries.households import HouseholdLine, households_in
from bulq.queries.money_history import MoneyEntry, entries_on
from bulq.queries.settling import LineReason, PlannedLink, beside_balances, in_open_run, still_holds


@dataclass(frozen=True, slots=True)
class MoneyPerson:
    """`balance` in minor units: above 0 the others owe the person. Without `is_member` they have left the group.

    `advanced` of it is for runs that go on: above 0 they paid so much in advance, below it they hold it for others.
    `is_awaited`: the person came with an imported group and isn't here yet.
    """

    id: UUID
    name: str
    username: str
    balance: int
    is_member: bool
    is_admin: bool
    is_awaited: bool
    advanced: int


@dataclass(frozen=True, slots=True)
class PaymentLine:
    """A payment in minor units. `planned`: it is a line of the saved plan, or a part of one.

    An advance is for the run `run_id` to `store`.

    `since`: when it was proposed, said to be paid, or answered.
    """

    id: UUID
    sender_id: UUID
    receiver_id: UUID
    amount: int
    state: PaymentState
    planned: bool
    since: datetime
    note: str
    reason: str
    reasons: tuple[LineReason, ...]
    reminded_at: datetime | None
    remind_after: int | None
    run_id: UUID | None
    store: str
    shopping_day: date | None


@dataclass(frozen=True, slots=True)
class SavedPlan:
    """`holds`: once all its lines are paid everybody is even. Else something has happened since it was made."""

    id: UUID
    kind: PlanKind
    made_by: str
    made_at: datetime
    holds: bool


@dataclass(frozen=True, slots=True)
class MoneyView:
    """`people` has everybody who is named in the rest. `total` is the sum of all balances: zero."""

    id: UUID
    name: str
    currency: str
    time_zone: str
    confirm_after_days: int | None
    people: Mapping[str, MoneyPerson]
    total: int
    households: Mapping[str, HouseholdLine]
    plan: SavedPlan | None
    payments: Mapping[str, PaymentLine]
    entries: tuple[MoneyEntry, ...]
    page: int
    pages: int


def money_page(session: Session, viewer: Actor, group_id: UUID, *, page: int = 1) -> MoneyView:
    """The same for all members; ten entries a page, the newest first."""
    group = group_for(session, viewer, group_id).group
    rows = _payments(session, group)
    people = _with_advances(_people(session, group), rows)
    households = households_in(session, group_id)
    entries, page, pages = entries_on(session, group, page)
    lines = {str(row.payment.id): _line(row) for row in rows if row.is_shown}
    return MoneyView(
        group.id,
        group.name,
        group.currency,
        group.time_zone,
        group.confirm_after_days,
        people,
        sum(person.balance for person in people.values()),
        households,
        _plan(people, rows, households),
        lines,
        entries,
        page,
        pages,
    )


def _people(session: Session, group: Group) -> dict[str, MoneyPerson]:
    """The members, and of those who left whoever has a balance or a payment that waits; by name."""
    members = select(col(Membership.user_id)).where(col(Membership.group_id) == group.id)
    waits = (col(Payment.group_id) == group.id) & col(Payment.state).in_(WAITING)
    of_group = (col(Balance.group_id) == group.id) & (col(Balance.currency) == group.currency)
    owed = select(col(Balance.user_id)).where(of_group)
    sides = (col(Payment.sender_id), col(Payment.receiver_id))
    query = (
        select(
            *(col(User.id), col(User.name), col(User.username)),
            func.coalesce(col(Balance.amount), 0),
            *(col(Membership.id).is_not(None), func.coalesce(col(Membership.is_admin), False)),
            col(StandIn.id).is_not(None),
        )
        .outerjoin(StandIn, col(StandIn.user_id) == col(User.id))
        .outerjoin(Membership, (col(Membership.user_id) == col(User.id)) & (col(Membership.group_id) == group.id))
        .outerjoin(Balance, (col(Balance.user_id) == col(User.id)) & of_group)
        .where(col(User.id).in_(union(members, owed, *(select(side).where(waits) for side in sides))))
        .order_by(func.lower(col(User.name)), col(User.id))
    )
    return {
        str(row[0]): MoneyPerson(*row[:4], bool(row[4]), bool(row[5]), bool(row[6]), 0)
        for row in session.execute(query)
    }


def _with_advances(people: Mapping[str, MoneyPerson], rows: Sequence[_Row]) -> dict[str, MoneyPerson]:
    advanced: dict[str, int] = defaultdict(int)
    for row in rows:
        if row.goes_on and row.payment.state is PaymentState.CONFIRMED:
            advanced[str(row.payment.sender_id)] += row.payment.amount
            advanced[str(row.payment.receiver_id)] -= row.payment.amount
    return {each: replace(person, advanced=advanced.get(each, 0)) for each, person in people.items()}


class _Row(NamedTuple):
    """A payment, and the plan it is a line of, with who made the plan: none if another plan replaced it.

    Of an advance the run's store and day, and whether the run goes on.
    """

    payment: Payment
    plan: Plan | None
    made_by: str | None
    store: str | None
    shopping_day: date | None
    goes_on: bool

    @property
    def is_shown(self) -> bool:
        return self.plan is not None or self.payment.state in WAITING


def _payments(session: Session, group: Group) -> list[_Row]:
    """What waits for somebody, what of the saved plan is paid, and what was paid for runs that go on."""
    stands = (col(Plan.id) == col(Payment.plan_id)) & col(Plan.replaced_at).is_(None)
    query = (
        select(Payment, Plan, col(User.name), col(Store.name), col(Run.shopping_day), in_open_run())
        .outerjoin(Plan, stands)
        .outerjoin(User, col(User.id) == col(Plan.made_by))
        .outerjoin(Run, col(Run.id) == col(Payment.run_id))
        .outerjoin(Store, col(Store.id) == col(Run.store_id))
        .where(col(Payment.group_id) == group.id, col(Payment.currency) == group.currency)
        .where(
            or_(
                col(Payment.state).in_(WAITING),
                (col(Payment.state) == PaymentState.CONFIRMED) & (col(Plan.id).is_not(None) | in_open_run()),
            )
        )
        .order_by(col(Payment.id))
    )
    return [_Row(*row) for row in session.execute(query)]


def _line(row: _Row) -> PaymentLine:
    payment = row.payment
    since = {
        PaymentState.PROPOSED: payment.created_at,
        PaymentState.PAID: payment.paid_at,
    }.get(payment.state, payment.answered_at)
    reasons = tuple(
        LineReason(amount, tuple(PlannedLink(*link) for link in links)) for amount, links in payment.reasons
    )
    return PaymentLine(
        payment.id,
        payment.sender_id,
        payment.receiver_id,
        payment.amount,
        payment.state,
        row.plan is not None,
        since or payment.created_at,
        payment.note,
        payment.reason,
        reasons,
        payment.reminded_at,
        payment.remind_after,
        payment.run_id,
        row.store or "",
        row.shopping_day,
    )


def _plan(
    people: Mapping[str, MoneyPerson], rows: Sequence[_Row], households: Mapping[str, HouseholdLine]
) -> SavedPlan | None:
    """The saved plan, while a line of it waits."""
    lines = [row.payment for row in rows if row.plan and row.payment.state in WAITING]
    if not lines:
        return None
    others = [found for row in rows if not row.plan and (found := beside_balances(row.payment, row.goes_on))]
    balances = {each: person.balance for each, person in people.items()}
    payers = {str(each.user_id): str(each.payer_id) for each in households.values() if each.agreed}
    return next(
        SavedPlan(
            row.plan.id,
            row.plan.kind,
            row.made_by or "",
            row.plan.made_at,
            still_holds(balances, lines, others, payers),
        )
        for row in rows
        if row.plan
    )
