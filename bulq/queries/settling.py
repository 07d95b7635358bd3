"""How a group could settle up: both plans, with why each line is so."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session
from sqlmodel import col

from bulq.domain.actor import Actor
from bulq.domain.households import Payers, outside, together
from bulq.domain.netting import Reason, main_reasons, netted, reasons, without_circles
from bulq.domain.payments import WAITING, PaymentState
from bulq.domain.phases import OPEN
from bulq.domain.settling import PlanKind, Transfer, after, fewest_payments, pay_the_payer
from bulq.models import Balance, Group, LedgerEntry, Payment, Plan, Posting, Run
from bulq.queries.access import group_for
from bulq.queries.households import payers_in
from bulq.queries.people import names_in


@dataclass(frozen=True, slots=True)
class PlannedLink:
    """`debtor` owes `creditor`, or pays them by another line if `planned`: ids of people. See domain/netting.py."""

    debtor_id: str
    creditor_id: str
    planned: bool


@dataclass(frozen=True, slots=True)
class LineReason:
    """So many minor units of a line are explained by these links; without any, by many small debts."""

    amount: int
    links: tuple[PlannedLink, ...]


@dataclass(frozen=True, slots=True)
class PlanLine:
    """`debtor` pays `creditor` so many minor units. The id names the two."""

    id: str
    debtor_id: UUID
    creditor_id: UUID
    amount: int
    reasons: tuple[LineReason, ...]


@dataclass(frozen=True, slots=True)
class Proposal:
    """`effect` is a short text that is the same for the same lines."""

    kind: PlanKind
    effect: str
    lines: tuple[PlanLine, ...]


@dataclass(frozen=True, slots=True)
class SettlingView:
    """`being_paid`: the saved plan still holds and somebody has begun to pay it, so no other one takes its place."""

    id: UUID
    currency: str
    people: Mapping[str, str]
    plans: Mapping[str, Proposal]
    being_paid: bool


class Standing(NamedTuple):
    """The saved plan that no other one replaced, with its payments that were not withdrawn."""

    plan: Plan
    payments: Sequence[Payment]

    @property
    def waiting(self) -> list[Payment]:
        return [payment for payment in self.payments if payment.state in WAITING]

    @property
    def is_begun(self) -> bool:
        return any(payment.state is not PaymentState.PROPOSED for payment in self.payments)


def settling(session: Session, viewer: Actor, group_id: UUID) -> SettlingView:
    """Both plans as of now. The same for all members."""
    group = group_for(session, viewer, group_id).group
    owed = _outstanding(session, group)
    plans = {str(kind): _proposal(owed, kind) for kind in PlanKind}
    people = {person for plan in plans.values() for line in plan.lines for person in _named_in(line)}
    return SettlingView(
        group.id,
        group.currency,
        names_in(session, map(UUID, people)),
        plans,
        is_being_paid(session, group),
    )


def _named_in(line: PlanLine) -> set[str]:
    links = [link for reason in line.reasons for link in reason.links]
    between = {person for link in links for person in (link.debtor_id, link.creditor_id)}
    return {str(line.debtor_id), str(line.creditor_id), *between}


def proposal(session: Session, group: Group, kind: PlanKind) -> Proposal:
    """A plan for what is left once everything comes that somebody says they paid."""
    return _proposal(_outstanding(session, group), kind)


class _Outstanding(NamedTuple):
    """What is left once everything comes that somebody says they paid: in all, and between two people.

    A household is one person: whoever settles for it.
    """

    balances: Mapping[str, int]
    debts: Sequence[Transfer]


def _outstanding(session: Session, group: Group) -> _Outstanding:
    on_the_way = [transfer for _, transfer in _on_the_way(session, group)]
    returned = (Transfer(receiver, sender, amount) for sender, receiver, amount in on_the_way)
    payers = payers_in(session, group.id)
    balances = together(after(balances_of(session, group), on_the_way), payers)
    return _Outstanding(balances, netted(outside([*_debts(session, group), *returned], payers)))


def _proposal(owed: _Outstanding, kind: PlanKind) -> Proposal:
    payer = kind is PlanKind.PAYER
    transfers = without_circles(owed.debts) if payer else fewest_payments(owed.balances)
    why = reasons(owed.debts, transfers)
    lines = tuple(_line(transfer, why[transfer.debtor, transfer.creditor]) for transfer in transfers)
    return Proposal(kind, effect_of(transfers), lines)


def effect_of(transfers: Sequence[Transfer]) -> str:
    return sha256("\n".join(sorted(" ".join(map(str, each)) for each in transfers)).encode()).hexdigest()


def balances_of(session: Session, group: Group) -> dict[str, int]:
    """By person, in minor units of the group's currency."""
    query = select(col(Balance.user_id), col(Balance.amount)).where(
        col(Balance.group_id) == group.id, col(Balance.currency) == group.currency
    )
    return {str(user_id): amount for user_id, amount in session.execute(query)}


def standing_plan(session: Session, group: Group) -> Standing | None:
    plan = session.scalars(
        select(Plan).where(
            col(Plan.group_id) == group.id, col(Plan.currency) == group.currency, col(Plan.replaced_at).is_(None)
        )
    ).first()
    if plan is None:
        return None
    query = select(Payment).where(col(Payment.plan_id) == plan.id, col(Payment.state) != PaymentState.WITHDRAWN)
    return Standing(plan, session.scalars(query.order_by(col(Payment.id))).all())


def is_being_paid(session: Session, group: Group) -> bool:
    """Whether the saved plan holds still and a part of it is paid. Such a plan stays until all of it is."""
    standing = standing_plan(session, group)
    if standing is None or not standing.waiting or not standing.is_begun:
        return False
    others = [transfer for payment, transfer in _on_the_way(session, group) if payment.plan_id != standing.plan.id]
    payers = payers_in(session, group.id)
    return still_holds(balances_of(session, group), standing.waiting, others, payers)


def still_holds(
    balances: Mapping[str, int], lines: Sequence[Payment], on_the_way: Sequence[Transfer], payers: Payers
) -> bool:
    """Whether all are even once these lines of a plan are paid, and what else is on the way has come.

    All are the households, and everybody who is in none.
    """
    return not any(together(after(balances, [*map(_transfer, lines), *on_the_way]), payers).values())


def _transfer(payment: Payment) -> Transfer:
    return Transfer(str(payment.sender_id), str(payment.receiver_id), payment.amount)


def beside_balances(payment: Payment, run_goes_on: bool) -> Transfer | None:
    """What a payment changes for whoever settles up now, beside what it did to balances; None for nothing.

    What somebody says they paid counts as paid. Advances for a run that goes on are left out, also those that were
    confirmed: their receiver owes goods for them, and no money.
    """
    if payment.state is PaymentState.CONFIRMED and run_goes_on:
        return Transfer(str(payment.receiver_id), str(payment.sender_id), payment.amount)
    return _transfer(payment) if payment.state is PaymentState.PAID and not run_goes_on else None


def in_open_run() -> ColumnElement[bool]:
    """Of a payment that is joined to its run: whether that goes on."""
    return col(Run.id).is_not(None) & col(Run.phase).in_(OPEN)


def _on_the_way(session: Session, group: Group) -> list[tuple[Payment, Transfer]]:
    """What somebody says they paid and nobody has confirmed yet; and back, what was paid for runs that go on."""
    held = (col(Payment.state) == PaymentState.CONFIRMED) & in_open_run()
    query = (
        select(Payment, in_open_run())
        .outerjoin(Run, col(Run.id) == col(Payment.run_id))
        .where(col(Payment.group_id) == group.id, col(Payment.currency) == group.currency)
        .where((col(Payment.state) == PaymentState.PAID) | held)
        .order_by(col(Payment.id))
    )
    found = ((payment, beside_balances(payment, bool(goes_on))) for payment, goes_on in session.execute(query))
    return [(payment, transfer) for payment, transfer in found if transfer]


def _debts(session: Session, group: Group) -> list[Transfer]:
    """Who owes whom by all that was posted: of each run, with what was corrected later, everybody owes whoever paid.

    A confirmed payment is one of them: its receiver owes the sender. So it cancels the debt for which it was made.
    """
    line_id = func.coalesce(col(Posting.run_id), col(Posting.id))
    query = (
        select(line_id, col(LedgerEntry.user_id), func.sum(col(LedgerEntry.amount)))
        .join(Posting, col(Posting.id) == col(LedgerEntry.posting_id))
        .where(col(Posting.group_id) == group.id, col(Posting.currency) == group.currency)
        .group_by(line_id, col(LedgerEntry.user_id))
    )
    postings: dict[UUID, dict[str, int]] = defaultdict(dict)
    for run_or_posting, user_id, amount in session.execute(query):
        postings[run_or_posting][str(user_id)] = int(amount)
    return [debt for each, amounts in sorted(postings.items()) for debt in pay_the_payer(amounts, str(each))]


def _line(transfer: Transfer, why: Sequence[Reason]) -> PlanLine:
    links = [LineReason(each.amount, tuple(PlannedLink(*link) for link in each.links)) for each in main_reasons(why)]
    debtor, creditor, amount = transfer
    return PlanLine(f"{debtor}-{creditor}", UUID(debtor), UUID(creditor), amount, tuple(links))
