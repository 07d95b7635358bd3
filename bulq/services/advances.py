"""Asking for advances, so that nobody pays for everybody out of their own pocket."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session
from sqlmodel import col

from bulq import changes
from bulq.domain.actor import Actor
from bulq.domain.advances import ASKING, SAID, AdvanceShare, still_asked
from bulq.domain.errors import Invalid
from bulq.domain.payments import PaymentState
from bulq.domain.phases import OPEN
from bulq.models import Payment
from bulq.queries.access import RunAccess, run_for
from bulq.queries.runs import view_of
from bulq.services.advance_lines import withdraw_unpaid
from bulq.services.notices import tell


def ask_advances(session: Session, actor: Actor, run_id: UUID, share: str, *, now: datetime) -> None:
    """Ask everybody but the leader for a share of what they are expected to pay; "none" takes the question back.

    Asked again, what nobody has paid yet follows the estimate. What somebody says they paid stays, and is taken off.
    Whoever is asked already is not told a second time.
    """
    access = run_for(session, actor, run_id, lock=True)
    access.need_leader()
    if share not in list(AdvanceShare):
        raise Invalid("choice", field="share")
    access.need_phase(*(OPEN if share == AdvanceShare.NONE else ASKING))
    run = access.run
    run.advance = AdvanceShare(share)
    session.add(run)
    changes.note(session, changes.run(run.id), changes.group(run.group_id))
    lines, said = _asked_by_now(session, run_id)
    rest = _rest(session, access, said)
    enough = {person for person in lines if not rest.get(person)}
    if enough:
        let_go = withdraw_unpaid(session, run, *enough)
        tell(session, let_go, "advance_taken_back", now=now, run=run, by=actor)
    for person, amount in rest.items():
        if person in lines:
            lines[person].amount = amount
            session.add(lines[person])
        else:
            _ask(session, access, person, amount, now)
    session.flush()


def _asked_by_now(session: Session, run_id: UUID) -> tuple[dict[UUID, Payment], Mapping[UUID, int]]:
    """By person the line that is to be paid, and how much they say they paid. The lines are locked."""
    query = select(Payment).where(col(Payment.run_id) == run_id, col(Payment.state) != PaymentState.WITHDRAWN)
    locked = query.order_by(col(Payment.id)).with_for_update(key_share=True).execution_options(populate_existing=True)
    lines: dict[UUID, Payment] = {}
    said: dict[UUID, int] = defaultdict(int)
    for payment in session.scalars(locked):
        if payment.state in SAID:
            said[payment.sender_id] += payment.amount
        elif payment.sender_id in lines:  # of two accounts that were merged
            payment.state = PaymentState.WITHDRAWN
            session.add(payment)
        else:
            lines[payment.sender_id] = payment
    return lines, said


def _rest(session: Session, access: RunAccess, said: Mapping[UUID, int]) -> dict[UUID, int]:
    """By person what is left to ask for, of what the run's page shows as their part."""
    people = (person for person in view_of(session, access).people if not person.leads and not person.left)
    parts = {UUID(person.user_id): person.part for person in people}
    rest = {
        person: still_asked(part, access.run.advance, said.get(person, 0)) for person, part in sorted(parts.items())
    }
    return {person: amount for person, amount in rest.items() if amount}


def _ask(session: Session, access: RunAccess, person: UUID, amount: int, now: datetime) -> None:
    run, currency = access.run, access.group.currency
    session.add(
        Payment(
            group_id=run.group_id,
            currency=currency,
            sender_id=person,
            receiver_id=run.leader_id,
            amount=amount,
            state=PaymentState.PROPOSED,
            run_id=run.id,
            created_by=access.actor.id,
            created_at=now,
        )
    )
    about: dict[str, Any] = {"amount": amount, "currency": currency}
    tell(session, [person], "advance_asked", now=now, run=run, by=access.actor, **about)
