"""Settling up: a plan is saved, and stays as it is while it is being paid."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from bulq import changes
from bulq.domain.actor import Actor
from bulq.domain.errors import Conflict, Invalid
from bulq.domain.payments import PaymentState, check_days
from bulq.domain.settling import PlanKind
from bulq.models import Group, Payment, Plan
from bulq.queries.access import group_for
from bulq.queries.people import names_in
from bulq.queries.settling import PlanLine, is_being_paid, proposal, standing_plan
from bulq.services.audit import record_group
from bulq.services.notices import tell


def save_plan(session: Session, actor: Actor, group_id: UUID, kind: str, *, effect: str, now: datetime) -> Plan:
    """Save a plan; any member may. Each of its lines is a payment that is proposed, and its debtor is asked to pay.

    `effect` is that of the plan the actor saw: another one by now is refused. A plan that holds still and is being paid
    stays. Of a plan that is replaced, what nobody has paid yet is withdrawn; what somebody says they paid counts as
    paid in the new plan.
    """
    group = group_for(session, actor, group_id, lock=True).group
    if kind not in list(PlanKind):
        raise Invalid("choice", field="kind")
    if is_being_paid(session, group):
        raise Conflict("plan_being_paid")
    found = proposal(session, group, PlanKind(kind))
    if not found.lines:
        raise Conflict("nothing_to_settle")
    if found.effect != effect:
        raise Conflict("plan_changed")
    _replace(session, group, now)
    plan = Plan(group_id=group_id, currency=group.currency, kind=found.kind, made_by=actor.id, made_at=now)
    session.add(plan)
    session.flush()
    session.add_all(_payment(plan, line, actor, now) for line in found.lines)
    changes.note(session, changes.group(group_id))
    _ask(session, group, actor, found.lines, now)
    return plan


def _replace(session: Session, group: Group, now: datetime) -> None:
    standing = standing_plan(session, group)
    if standing is None:
        return
    standing.plan.replaced_at = now
    session.add(standing.plan)
    for payment in standing.payments:
        if payment.state is PaymentState.PROPOSED:
            payment.state = PaymentState.WITHDRAWN
            session.add(payment)
    session.flush()


def _payment(plan: Plan, line: PlanLine, actor: Actor, now: datetime) -> Payment:
    links = [
        [each.amount, [[link.debtor_id, link.creditor_id, link.planned] for link in each.links]]
        for each in line.reasons
    ]
    return Payment(
        group_id=plan.group_id,
        currency=plan.currency,
        sender_id=line.debtor_id,
        receiver_id=line.creditor_id,
        amount=line.amount,
        state=PaymentState.PROPOSED,
        plan_id=plan.id,
        reasons=links,
        created_by=actor.id,
        created_at=now,
    )


def _ask(session: Session, group: Group, actor: Actor, lines: Sequence[PlanLine], now: datetime) -> None:
    """Tell each debtor whom to pay; whoever has to pay several people is told the sum."""
    names = names_in(session, {line.creditor_id for line in lines})
    of: dict[UUID, list[PlanLine]] = defaultdict(list)
    for line in lines:
        of[line.debtor_id].append(line)
    for debtor, theirs in of.items():
        amount = sum(line.amount for line in theirs)
        one = {"name": names[str(theirs[0].creditor_id)]} if len(theirs) == 1 else {}
        kind = "asked_to_pay" if one else "asked_to_pay_several"
        about: dict[str, Any] = {"amount": amount, "currency": group.currency, **one}
        if debtor != actor.id:
            tell(session, [debtor], kind, now=now, group_id=group.id, by=actor, **about)


def set_confirm_after(session: Session, actor: Actor, group_id: UUID, days: int | None, *, now: datetime) -> None:
    """After so many days a payment that its receiver didn't answer counts as confirmed; None: never."""
    access = group_for(session, actor, group_id, lock=True)
    access.need_admin()
    check_days(days, "days")
    before, access.group.confirm_after_days = access.group.confirm_after_days, days
    session.add(access.group)
    changes.note(session, changes.group(group_id))
    if before != days:
        action = "group_confirms_by_itself" if days else "group_confirms_by_hand"
        record_group(session, actor, action, access.group, now=now, days=days or 0)
