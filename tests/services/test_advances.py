"""Advances: asked for, adapted, paid, taken back, and settled by the run's last posting."""

from __future__ import annotations

from dataclasses import replace
from uuid import UUID

import pytest
from sqlalchemy.orm import Session
from sqlmodel import col, select

from bulq.domain.actor import Actor
from bulq.domain.errors import Conflict, Forbidden, Invalid, NotFound
from bulq.domain.payments import PaymentState
from bulq.domain.phases import Phase
from bulq.models import Notification, Payment, Run
from bulq.queries.money import money_page
from bulq.queries.run_facts import run_facts
from bulq.queries.settling import settling
from bulq.queries.statement import statement_view
from bulq.services import groups, leading, merging_people, phases, shopping
from bulq.services.advances import ask_advances
from bulq.services.payments import confirm_payment, dispute_payment, say_paid, withdraw_payment
from tests import seeing
from tests.balances import balances
from tests.cast import LATER, NOW, PACK, Cast, World, bring_to, item_of, person
from tests.owing import line_of, new_group, owe, owed, payments_in
from tests.seeing import edit_bid_of

PROPOSED, PAID, CONFIRMED = PaymentState.PROPOSED, PaymentState.PAID, PaymentState.CONFIRMED


@pytest.fixture
def cast(world: World, session: Session) -> Cast:
    """In a group in which nobody owes anything."""
    return replace(world.cast, group_id=new_group(session, world.cast))


@pytest.fixture
def run_id(session: Session, cast: Cast) -> UUID:
    """Rice at 7.99: wanted 5 by Ana, who leads, 3 by Bojan, 2 by Mila; tomatoes of Bojan have no price here."""
    return bring_to(session, cast, Phase.CONFIRMED)


def asked(session: Session, cast: Cast, *states: PaymentState) -> dict[str, int]:
    names = {each.id: each.username for each in (cast.ana, cast.bojan, cast.mila)}
    found: dict[str, int] = {}
    for payment in payments_in(session, cast.group_id, *(states or (PROPOSED,))):
        found[names[payment.sender_id]] = found.get(names[payment.sender_id], 0) + payment.amount
    return found


def parts(session: Session, cast: Cast, run_id: UUID) -> dict[str, int]:
    facts = run_facts(session, cast.ana, run_id)
    return {each.username: facts.parts[str(each.number)] for each in facts.people.values()}


def told(session: Session, who: Actor, run_id: UUID) -> tuple[str, int]:
    session.flush()
    query = select(Notification).where(Notification.user_id == who.id, Notification.run_id == run_id)
    last = session.scalars(query.order_by(col(Notification.id))).all()[-1]
    return last.kind, last.count


def pay(session: Session, cast: Cast, who: Actor, *, confirm: bool = True) -> Payment:
    line = line_of(session, cast.group_id, who)
    paid = say_paid(session, who, cast.group_id, line.id, line.amount, now=NOW)
    if confirm:
        confirm_payment(session, cast.ana, cast.group_id, paid.id, now=NOW)
    return paid


def test_everybody_but_the_leader_is_asked_for_their_share(session: Session, cast: Cast, run_id: UUID) -> None:
    estimate = parts(session, cast, run_id)

    ask_advances(session, cast.ana, run_id, "half", now=NOW)

    assert asked(session, cast) == {who: (estimate[who] + 1) // 2 for who in ("bojan", "mila")}
    lines = payments_in(session, cast.group_id)
    assert {(each.receiver_id, each.run_id) for each in lines} == {(cast.ana.id, run_id)}
    assert told(session, cast.bojan, run_id)[0] == "advance_asked"


def test_asked_again_only_what_is_not_paid_follows_and_nobody_is_told_twice(
    session: Session, cast: Cast, run_id: UUID
) -> None:
    ask_advances(session, cast.ana, run_id, "all", now=NOW)
    paid = pay(session, cast, cast.bojan)
    before = told(session, cast.mila, run_id)
    for who in (cast.bojan, cast.mila):
        edit_bid_of(session, cast.ana, run_id, who.id, cast.rice, 4 * PACK, now=LATER)
    estimate = parts(session, cast, run_id)
    told_of_edits = told(session, cast.mila, run_id)

    ask_advances(session, cast.ana, run_id, "all", now=LATER)

    assert asked(session, cast) == {"bojan": estimate["bojan"] - paid.amount, "mila": estimate["mila"]}
    assert paid.state is CONFIRMED and paid.amount < estimate["bojan"]
    assert before[0] == "advance_asked" and told(session, cast.mila, run_id) == told_of_edits
    ask_advances(session, cast.ana, run_id, "half", now=LATER)
    assert asked(session, cast) == {"mila": (estimate["mila"] + 1) // 2}  # Bojan paid more than half


def test_taken_back_nobody_is_asked_and_what_was_paid_stays(session: Session, cast: Cast, run_id: UUID) -> None:
    ask_advances(session, cast.ana, run_id, "all", now=NOW)
    paid = pay(session, cast, cast.bojan, confirm=False)

    ask_advances(session, cast.ana, run_id, "none", now=LATER)

    assert asked(session, cast) == {}
    assert paid.state is PAID
    assert told(session, cast.mila, run_id)[0] == "advance_taken_back"
    withdraw_payment(session, cast.bojan, cast.group_id, paid.id, now=LATER)
    assert paid.state is PaymentState.WITHDRAWN


def test_a_payment_taken_back_is_asked_for_again_with_the_rest(session: Session, cast: Cast, run_id: UUID) -> None:
    ask_advances(session, cast.ana, run_id, "all", now=NOW)
    line = line_of(session, cast.group_id, cast.bojan)
    whole = line.amount
    part = say_paid(session, cast.bojan, cast.group_id, line.id, 100, now=NOW)

    withdraw_payment(session, cast.bojan, cast.group_id, part.id, now=LATER)

    assert asked(session, cast)["bojan"] == whole


def test_a_disputed_one_is_not_asked_for_twice(session: Session, cast: Cast, run_id: UUID) -> None:
    ask_advances(session, cast.ana, run_id, "all", now=NOW)
    paid = pay(session, cast, cast.bojan, confirm=False)
    dispute_payment(session, cast.ana, cast.group_id, paid.id, "Not here", now=LATER)

    ask_advances(session, cast.ana, run_id, "all", now=LATER)

    assert "bojan" not in asked(session, cast)


def test_the_runs_posting_settles_with_what_came(session: Session, cast: Cast, run_id: UUID) -> None:
    """Who paid all of the estimate owes or gets only the difference to what the run came to."""
    ask_advances(session, cast.ana, run_id, "all", now=NOW)
    came = {"bojan": pay(session, cast, cast.bojan).amount, "mila": pay(session, cast, cast.mila).amount}
    assert owed(session, cast.group_id) == {
        cast.ana.id: -sum(came.values()),
        cast.bojan.id: came["bojan"],
        cast.mila.id: came["mila"],
    }

    finish(session, cast, run_id)

    view = {who.username: statement_view(session, cast.ana, run_id, who.id) for who in (cast.bojan, cast.mila)}
    assert {who: each.advanced for who, each in view.items()} == came
    left = {who: each.advanced + each.paid - each.total - each.left_over for who, each in view.items()}
    assert {who: balances(session, cast.group_id).get(who, 0) for who in came} == left
    assert statement_view(session, cast.ana, run_id, cast.ana.id).advanced == -sum(came.values())


def finish(session: Session, cast: Cast, run_id: UUID) -> None:
    phases.start_shopping(session, cast.ana, run_id, now=LATER)
    session.flush()
    seeing.buy(session, cast.ana, run_id, item_of(session, run_id, cast.rice), 7 * PACK, 5593, price=799, now=LATER)
    shopping.set_missing(session, cast.ana, run_id, item_of(session, run_id, cast.tomatoes), True, now=LATER)
    seeing.finish_shopping(session, cast.ana, run_id, now=LATER)
    session.flush()
    seeing.share_fairly(session, cast.ana, run_id, now=LATER)
    session.flush()
    seeing.complete_run(session, cast.ana, run_id, now=LATER)
    session.flush()


def test_while_the_run_goes_on_no_plan_pays_an_advance_back(session: Session, cast: Cast, run_id: UUID) -> None:
    owe(session, cast.group_id, {cast.ana: 300, cast.bojan: -300})
    seeing.save_plan(session, cast.ana, cast.group_id, now=NOW)
    (line,) = payments_in(session, cast.group_id, PROPOSED)
    ask_advances(session, cast.ana, run_id, "all", now=NOW)
    paid = pay(session, cast, cast.mila)

    (planned,) = settling(session, cast.ana, cast.group_id).plans["fewest"].lines
    assert (planned.debtor_id, planned.creditor_id, planned.amount) == (cast.bojan.id, cast.ana.id, 300)
    (planned,) = settling(session, cast.ana, cast.group_id).plans["payer"].lines
    assert planned.amount == 300
    view = money_page(session, cast.mila, cast.group_id)
    assert view.plan and view.plan.holds
    assert view.people[str(cast.mila.id)].advanced == paid.amount == view.people[str(cast.mila.id)].balance
    assert view.people[str(cast.ana.id)].advanced == -paid.amount
    advances = [each for each in view.payments.values() if each.run_id == run_id]
    assert [each.sender_id for each in advances] == [cast.bojan.id] and advances[0].store == "Metro"
    say_paid(session, cast.bojan, cast.group_id, line.id, 300, now=NOW)
    view = money_page(session, cast.mila, cast.group_id)
    assert view.plan and view.plan.holds


def test_a_cancelled_run_says_what_was_paid_and_the_plan_pays_it_back(
    session: Session, cast: Cast, run_id: UUID
) -> None:
    ask_advances(session, cast.ana, run_id, "half", now=NOW)
    paid = pay(session, cast, cast.bojan)

    phases.cancel_run(session, cast.ana, run_id, "Closed", now=LATER)

    assert asked(session, cast) == {}
    assert told(session, cast.bojan, run_id)[0] == "advance_stays"
    assert told(session, cast.mila, run_id)[0] == "phase_cancelled"
    (line,) = settling(session, cast.ana, cast.group_id).plans["fewest"].lines
    assert (line.debtor_id, line.creditor_id, line.amount) == (cast.ana.id, cast.bojan.id, paid.amount)


def test_reopened_or_handed_over_the_question_ends(session: Session, cast: Cast, run_id: UUID) -> None:
    ask_advances(session, cast.ana, run_id, "all", now=NOW)
    phases.reopen_bidding(session, cast.ana, run_id, now=NOW)
    assert asked(session, cast) == {}
    seeing.confirm_run(session, cast.ana, run_id, now=NOW)
    ask_advances(session, cast.ana, run_id, "all", now=NOW)
    assert set(asked(session, cast)) == {"bojan", "mila"}

    leading.offer_lead(session, cast.ana, run_id, cast.bojan.id, now=NOW)
    leading.accept_lead(session, cast.bojan, run_id, now=NOW)

    assert asked(session, cast) == {}
    ask_advances(session, cast.bojan, run_id, "half", now=NOW)
    assert set(asked(session, cast)) == {"ana", "mila"}


def test_whoever_leaves_is_asked_no_more(session: Session, cast: Cast, run_id: UUID) -> None:
    ask_advances(session, cast.ana, run_id, "all", now=NOW)

    groups.leave_group(session, cast.bojan, cast.group_id, now=NOW)

    assert set(asked(session, cast)) == {"mila"}
    ask_advances(session, cast.ana, run_id, "all", now=NOW)
    assert set(asked(session, cast)) == {"mila"}


def test_merged_accounts_are_asked_once(session: Session, cast: Cast, run_id: UUID) -> None:
    ask_advances(session, cast.ana, run_id, "all", now=NOW)
    session.flush()

    merging_people.merge_users(session, cast.ada, cast.mila.id, cast.bojan.id, now=NOW)
    ask_advances(session, cast.ana, run_id, "all", now=NOW)

    assert asked(session, cast) == {"bojan": parts(session, cast, run_id)["bojan"]}


def test_an_advance_is_no_line_of_a_plan(session: Session, cast: Cast, run_id: UUID) -> None:
    """Cash that somebody records is not taken off their advance, nor an advance off the plan."""
    ask_advances(session, cast.ana, run_id, "all", now=NOW)
    owe(session, cast.group_id, {cast.ana: 300, cast.bojan: -300})
    seeing.save_plan(session, cast.ana, cast.group_id, now=NOW)
    lines = [each for each in payments_in(session, cast.group_id, PROPOSED) if each.sender_id == cast.bojan.id]
    assert sorted(each.run_id is None for each in lines) == [False, True]

    seeing.save_plan(session, cast.ana, cast.group_id, "payer", now=NOW)

    assert len([each for each in payments_in(session, cast.group_id, PROPOSED) if each.run_id]) == 2


def test_refusals(session: Session, cast: Cast, run_id: UUID) -> None:
    with pytest.raises(Invalid, match="choice"):
        ask_advances(session, cast.ana, run_id, "most", now=NOW)
    with pytest.raises(Forbidden, match="leader_only"):
        ask_advances(session, cast.bojan, run_id, "half", now=NOW)
    with pytest.raises(NotFound):
        ask_advances(session, cast.eva, run_id, "half", now=NOW)
    session.get_one(Run, run_id).phase = Phase.ACTIVE
    session.flush()
    with pytest.raises(Conflict, match="wrong_phase"):
        ask_advances(session, cast.ana, run_id, "half", now=NOW)


def test_a_stranger_can_not_pay_for_another(session: Session, cast: Cast, run_id: UUID) -> None:
    ask_advances(session, cast.ana, run_id, "half", now=NOW)
    line = line_of(session, cast.group_id, cast.bojan)
    eva = person(session, "Nina")

    with pytest.raises(Forbidden, match="sender_only"):
        say_paid(session, cast.mila, cast.group_id, line.id, line.amount, now=NOW)
    with pytest.raises(NotFound):
        say_paid(session, eva, cast.group_id, line.id, line.amount, now=NOW)
