"""Asking for advances, ending the run and paying at the same moment: what was said to be paid is never changed."""

from __future__ import annotations

from uuid import UUID

import pytest
from sqlalchemy.orm import Session

from bulq import db
from bulq.domain.payments import PaymentState
from bulq.domain.phases import Phase
from bulq.services import phases, prices
from bulq.services.advances import ask_advances
from bulq.services.payments import say_paid
from tests import cast as people
from tests.cast import NOW, PACK, Cast
from tests.concurrency.rounds import at_once, cast_of_this_test, looking, refusals
from tests.owing import payments_in
from tests.seeing import edit_bid_of

pytestmark = pytest.mark.only("postgresql")
ROUNDS = 6


@pytest.fixture
def cast(database: str) -> Cast:
    cast = cast_of_this_test()
    db.write_now(prices.see_price, cast.ana, cast.rice, cast.store_id, 799, "EUR", now=NOW)
    return cast


def asked(session: Session, cast: Cast) -> tuple[UUID, UUID]:
    """A run for which Bojan is asked for 23.97, and wants less by now; and what he is to pay."""
    run_id = people.bring_to(session, cast, Phase.CONFIRMED)
    ask_advances(session, cast.ana, run_id, "all", now=NOW)
    edit_bid_of(session, cast.ana, run_id, cast.bojan.id, cast.rice, PACK, now=NOW)
    lines = payments_in(session, cast.group_id, PaymentState.PROPOSED)
    return run_id, next(each.id for each in lines if each.run_id == run_id and each.sender_id == cast.bojan.id)


def of_bojan(cast: Cast, run_id: UUID) -> list[tuple[PaymentState, int]]:
    with looking() as session:
        return [
            (each.state, each.amount)
            for each in payments_in(session, cast.group_id)
            if each.run_id == run_id and each.sender_id == cast.bojan.id
        ]


def test_whoever_pays_while_the_leader_asks_anew(cast: Cast) -> None:
    for _ in range(ROUNDS):
        run_id, line = db.write_now(asked, cast)

        results = at_once(
            lambda s, run=run_id: ask_advances(s, cast.ana, run, "all", now=NOW),
            lambda s, line=line: say_paid(s, cast.bojan, cast.group_id, line, 2397, now=NOW),
        )

        first = PaymentState.PROPOSED, 799
        assert of_bojan(cast, run_id) == [first if refusals(results) else (PaymentState.PAID, 2397)]
        assert refusals(results) in ([], ["more_than_line"])


def test_whoever_pays_while_the_run_ends(cast: Cast) -> None:
    for _ in range(ROUNDS):
        run_id, line = db.write_now(asked, cast)

        results = at_once(
            lambda s, run=run_id: phases.cancel_run(s, cast.ana, run, "", now=NOW),
            lambda s, line=line: say_paid(s, cast.bojan, cast.group_id, line, 2397, now=NOW),
        )

        end = PaymentState.WITHDRAWN if refusals(results) else PaymentState.PAID
        assert of_bojan(cast, run_id) == [(end, 2397)]
        assert refusals(results) in ([], ["payment_is_withdrawn"])
