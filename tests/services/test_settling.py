"""Saving a plan, and what becomes of it when something else changes a balance."""

from __future__ import annotations

from uuid import UUID

import pytest
from sqlalchemy.orm import Session
from sqlmodel import col, select

from bulq.domain.errors import Conflict, Invalid
from bulq.domain.payments import PaymentState
from bulq.domain.phases import Phase
from bulq.domain.settling import PlanKind
from bulq.models import Group, Plan
from bulq.queries.money import money_page
from bulq.queries.settling import proposal, settling
from bulq.services.payments import confirm_payment, dispute_payment, record_payment, say_paid, withdraw_payment
from bulq.services.settling import save_plan
from tests import seeing
from tests.cast import LATER, NOW, Cast, bring_to
from tests.owing import line_of, new_group, owe, owed, payments_in

PROPOSED, PAID = PaymentState.PROPOSED, PaymentState.PAID


@pytest.fixture
def group_id(session: Session, cast: Cast) -> UUID:
    """Bojan owes Mila 300, Mila owes Ana 300: by the fewest payments Bojan pays Ana."""
    group_id = new_group(session, cast)
    owe(session, group_id, {cast.mila: 300, cast.bojan: -300})
    owe(session, group_id, {cast.ana: 300, cast.mila: -300})
    return group_id


def lines(session: Session, cast: Cast, group_id: UUID, *states: PaymentState) -> list[tuple[str, str, int]]:
    names = {person.id: person.username for person in (cast.ana, cast.bojan, cast.mila)}
    found = payments_in(session, group_id, *states)
    return sorted((names[each.sender_id], names[each.receiver_id], each.amount) for each in found)


def test_the_two_plans_and_why(session: Session, cast: Cast, group_id: UUID) -> None:
    view = settling(session, cast.mila, group_id)

    (line,) = view.plans["fewest"].lines
    assert (line.debtor_id, line.creditor_id, line.amount) == (cast.bojan.id, cast.ana.id, 300)
    (why,) = line.reasons
    assert [(link.debtor_id, link.creditor_id, link.planned) for link in why.links] == [
        (str(cast.bojan.id), str(cast.mila.id), False),
        (str(cast.mila.id), str(cast.ana.id), False),
    ]
    assert {(each.debtor_id, each.creditor_id) for each in view.plans["payer"].lines} == {
        (cast.bojan.id, cast.mila.id),
        (cast.mila.id, cast.ana.id),
    }
    assert view.people == {str(each.id): each.name for each in (cast.ana, cast.bojan, cast.mila)}


def test_by_a_plan_of_runs_everybody_pays_the_payer(session: Session, cast: Cast) -> None:
    bring_to(session, cast, Phase.COMPLETED)

    seeing.save_plan(session, cast.bojan, cast.group_id, "payer", now=NOW)

    found = lines(session, cast, cast.group_id, PROPOSED)
    assert {receiver for _, receiver, _ in found} == {"ana"}
    assert {sender for sender, _, _ in found} == {"bojan", "mila"}


def test_another_plan_than_was_seen_is_refused(session: Session, cast: Cast, group_id: UUID) -> None:
    group = session.get_one(Group, group_id)
    effect = proposal(session, group, PlanKind.FEWEST).effect
    owe(session, group_id, {cast.ana: 1, cast.bojan: -1})

    with pytest.raises(Conflict, match="plan_changed"):
        save_plan(session, cast.ana, group_id, "fewest", effect=effect, now=NOW)


def test_nonsense_is_refused(session: Session, cast: Cast, group_id: UUID) -> None:
    with pytest.raises(Invalid, match="choice"):
        save_plan(session, cast.ana, group_id, "cheapest", effect="", now=NOW)
    with pytest.raises(Conflict, match="nothing_to_settle"):
        save_plan(session, cast.ana, new_group(session, cast), "fewest", effect="", now=NOW)


def test_a_plan_stays_while_it_is_being_paid(session: Session, cast: Cast, group_id: UUID) -> None:
    seeing.save_plan(session, cast.ana, group_id, "payer", now=NOW)
    seeing.save_plan(session, cast.ana, group_id, "fewest", now=NOW)  # nobody has begun to pay
    seeing.save_plan(session, cast.ana, group_id, "payer", now=NOW)
    line = line_of(session, group_id, cast.bojan)
    say_paid(session, cast.bojan, group_id, line.id, 100, now=NOW)

    with pytest.raises(Conflict, match="plan_being_paid"):
        seeing.save_plan(session, cast.ana, group_id, "fewest", now=NOW)

    confirm_payment(session, cast.mila, group_id, payments_in(session, group_id, PAID)[0].id, now=NOW)
    with pytest.raises(Conflict, match="plan_being_paid"):
        seeing.save_plan(session, cast.ana, group_id, "fewest", now=NOW)
    query = select(Plan).where(Plan.group_id == group_id, col(Plan.replaced_at).is_(None))
    assert len(session.scalars(query).all()) == 1


def test_once_something_else_changes_a_balance_another_plan_may_be_made(
    session: Session, cast: Cast, group_id: UUID
) -> None:
    """What is paid but not answered counts as paid in the new plan."""
    seeing.save_plan(session, cast.ana, group_id, "fewest", now=NOW)
    said = say_paid(session, cast.bojan, group_id, line_of(session, group_id, cast.bojan).id, 100, now=NOW)
    owe(session, group_id, {cast.bojan: -50, cast.mila: 50})
    view = money_page(session, cast.ana, group_id)
    assert view.plan and not view.plan.holds

    seeing.save_plan(session, cast.ana, group_id, "fewest", now=LATER)

    assert lines(session, cast, group_id, PROPOSED) == [("bojan", "ana", 200), ("bojan", "mila", 50)]
    assert lines(session, cast, group_id, PAID) == [("bojan", "ana", 100)]
    view = money_page(session, cast.ana, group_id)
    assert view.plan and view.plan.holds
    confirm_payment(session, cast.ana, group_id, said.id, now=LATER)
    view = money_page(session, cast.ana, group_id)
    assert view.plan and view.plan.holds
    for line in payments_in(session, group_id, PROPOSED):
        say_paid(session, cast.bojan, group_id, line.id, line.amount, now=LATER)
    for line in payments_in(session, group_id, PAID):
        receiver = cast.ana if line.receiver_id == cast.ana.id else cast.mila
        confirm_payment(session, receiver, group_id, line.id, now=LATER)
    assert not owed(session, group_id)


def test_a_payment_of_a_replaced_plan_that_is_taken_back_is_gone(session: Session, cast: Cast, group_id: UUID) -> None:
    seeing.save_plan(session, cast.ana, group_id, "fewest", now=NOW)
    said = say_paid(session, cast.bojan, group_id, line_of(session, group_id, cast.bojan).id, 100, now=NOW)
    owe(session, group_id, {cast.bojan: -50, cast.mila: 50})
    seeing.save_plan(session, cast.ana, group_id, "fewest", now=LATER)

    withdraw_payment(session, cast.bojan, group_id, said.id, now=LATER)

    assert said.state is PaymentState.WITHDRAWN
    view = money_page(session, cast.ana, group_id)
    assert view.plan and not view.plan.holds


def test_after_the_fewest_payments_nobody_owes_whoever_paid(session: Session, cast: Cast, group_id: UUID) -> None:
    """Bojan paid Ana instead of Mila. That Mila owes Ana and is owed by Bojan leads in a circle."""
    seeing.save_plan(session, cast.ana, group_id, "fewest", now=NOW)
    line = line_of(session, group_id, cast.bojan)
    say_paid(session, cast.bojan, group_id, line.id, 300, now=NOW)
    confirm_payment(session, cast.ana, group_id, line.id, now=NOW)

    assert all(not plan.lines for plan in settling(session, cast.ana, group_id).plans.values())


def test_a_disputed_payment_is_not_taken_for_paid(session: Session, cast: Cast, group_id: UUID) -> None:
    payment = record_payment(session, cast.bojan, group_id, cast.bojan.id, cast.ana.id, 300, "EUR", now=NOW)
    assert not settling(session, cast.ana, group_id).plans["fewest"].lines

    dispute_payment(session, cast.ana, group_id, payment.id, "No", now=NOW)

    assert len(settling(session, cast.ana, group_id).plans["fewest"].lines) == 1
