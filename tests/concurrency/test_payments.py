"""Two who act on one payment at the same moment: one is right, and balances change once."""

from __future__ import annotations

from uuid import UUID

import pytest

from bulq import db
from bulq.domain.payments import PaymentState
from bulq.services.payments import confirm_payment, dispute_payment, record_payment, say_paid, withdraw_payment
from bulq.services.reminders import confirm_unanswered
from bulq.services.settling import set_confirm_after
from tests import seeing
from tests.cast import NOW, Cast
from tests.concurrency.rounds import at_once, cast_of_this_test, looking, refusals
from tests.owing import line_of, new_group, owe, owed, payments_in

pytestmark = pytest.mark.only("postgresql")
ROUNDS = 6


@pytest.fixture
def cast(database: str) -> Cast:
    return cast_of_this_test()


def group_in_debt(cast: Cast) -> tuple[UUID, UUID]:
    """Bojan owes Ana 300 by the saved plan: the group and the line."""
    group_id = db.write_now(new_group, cast)
    db.write_now(owe, group_id, {cast.ana: 300, cast.bojan: -300})
    db.write_now(seeing.save_plan, cast.ana, group_id, now=NOW)
    with looking() as session:
        return group_id, line_of(session, group_id, cast.bojan).id


def states(group_id: UUID) -> list[tuple[PaymentState, int]]:
    with looking() as session:
        return sorted((payment.state, payment.amount) for payment in payments_in(session, group_id))


def balance_of(group_id: UUID, cast: Cast) -> int:
    with looking() as session:
        return owed(session, group_id).get(cast.ana.id, 0)


def test_a_line_is_never_paid_twice(cast: Cast) -> None:
    for _ in range(ROUNDS):
        group_id, line_id = group_in_debt(cast)

        at_once(
            *(lambda s, g=group_id, line=line_id: say_paid(s, cast.bojan, g, line, 200, now=NOW) for _ in range(2)),
            lambda s, g=group_id: record_payment(s, cast.ana, g, cast.bojan.id, cast.ana.id, 100, "EUR", now=NOW),
        )

        assert sum(amount for _, amount in states(group_id)) == 300


def test_a_payment_is_confirmed_taken_back_or_disputed(cast: Cast) -> None:
    for _ in range(ROUNDS):
        group_id, line_id = group_in_debt(cast)
        db.write_now(say_paid, cast.bojan, group_id, line_id, 300, now=NOW)
        g, line = group_id, line_id

        results = at_once(
            lambda s, g=g, line=line: confirm_payment(s, cast.ana, g, line, now=NOW),
            lambda s, g=g, line=line: confirm_payment(s, cast.ana, g, line, now=NOW),
            lambda s, g=g, line=line: withdraw_payment(s, cast.bojan, g, line, now=NOW),
            lambda s, g=g, line=line: dispute_payment(s, cast.ana, g, line, "No", now=NOW),
        )

        assert len(refusals(results)) in (2, 3)  # what is disputed may be confirmed or taken back
        ((end, amount),) = states(group_id)
        assert amount == 300
        assert balance_of(group_id, cast) == (0 if end is PaymentState.CONFIRMED else 300)


def test_the_job_and_the_receiver_confirm_once(cast: Cast) -> None:
    for _ in range(ROUNDS):
        group_id, line_id = group_in_debt(cast)
        db.write_now(say_paid, cast.bojan, group_id, line_id, 300, now=NOW.replace(year=2025))
        db.write_now(set_confirm_after, cast.ana, group_id, 1, now=NOW)

        at_once(
            *(lambda s, at=line_id: confirm_unanswered(s, at, now=NOW) for _ in range(2)),
            lambda s, g=group_id, line=line_id: confirm_payment(s, cast.ana, g, line, now=NOW),
        )

        assert balance_of(group_id, cast) == 0


def test_of_two_plans_at_once_one_stands(cast: Cast) -> None:
    for _ in range(ROUNDS):
        group_id, _ = group_in_debt(cast)

        results = at_once(
            *(lambda s, at=group_id: seeing.save_plan(s, cast.mila, at, "payer", now=NOW) for _ in range(2))
        )

        assert not refusals(results)
        open_lines = [amount for state, amount in states(group_id) if state is PaymentState.PROPOSED]
        assert open_lines == [300]
