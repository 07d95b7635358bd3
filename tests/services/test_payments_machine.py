"""Random lives of a group's payments: balances sum to zero after every step, and a plan that is paid ends at zero."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test
from sqlalchemy.orm import Session

from bulq.domain.actor import Actor
from bulq.domain.errors import BulqError
from bulq.domain.households import together
from bulq.domain.payments import PaymentState
from bulq.domain.settling import PlanKind
from bulq.models import Group, Payment
from bulq.queries.households import households_in, payers_in
from bulq.queries.money import money_page
from bulq.queries.settling import settling
from bulq.services import groups, households, payments, reminders
from tests import seeing
from tests.balances import balances
from tests.cast import NOW, Cast
from tests.owing import new_group, owe, owed, payments_in

people = st.sampled_from(["ana", "bojan", "mila"])
amounts = st.integers(1, 60)
numbers = st.integers(0, 20)
WAITING = (PaymentState.PROPOSED, PaymentState.PAID, PaymentState.DISPUTED)


class Payments(RuleBasedStateMachine):
    session: Session
    cast: Cast

    def __init__(self) -> None:
        super().__init__()
        self.savepoint = self.session.begin_nested()
        self.group_id = new_group(self.session, self.cast)
        self.now: datetime = NOW

    def teardown(self) -> None:
        self.savepoint.rollback()
        self.session.expire_all()

    def who(self, name: str) -> Actor:
        return getattr(self.cast, name)

    def do(self, call: Callable[..., Any], who: str, *args: Any, **kwargs: Any) -> None:
        """As an operation does it: all of it or, if it is refused, nothing."""
        self.now += timedelta(hours=1)
        inner = self.session.begin_nested()
        try:
            call(self.session, self.who(who), self.group_id, *args, now=self.now, **kwargs)
            self.session.flush()
            inner.commit()
        except BulqError:
            inner.rollback()
            self.session.expire_all()

    def some(self, number: int, *states: PaymentState) -> Payment | None:
        found = payments_in(self.session, self.group_id, *states)
        return found[number % len(found)] if found else None

    @rule(payer=people, first=amounts, second=amounts)
    def shop(self, payer: str, first: int, second: int) -> None:
        """Somebody pays for the other two."""
        one, other = (each for each in ("ana", "bojan", "mila") if each != payer)
        amounts = {self.who(payer): first + second, self.who(one): -first, self.who(other): -second}
        owe(self.session, self.group_id, amounts)

    @rule(who=people, kind=st.sampled_from(list(PlanKind)))
    def plan(self, who: str, kind: PlanKind) -> None:
        self.do(seeing.save_plan, who, kind)

    @rule(who=people, number=numbers, amount=amounts | st.none())
    def pay(self, who: str, number: int, amount: int | None) -> None:
        if (line := self.some(number, PaymentState.PROPOSED)) is not None:
            self.do(payments.say_paid, who, line.id, amount or line.amount)

    @rule(who=people, number=numbers, what=st.sampled_from(["confirm", "dispute", "withdraw"]))
    def answer(self, who: str, number: int, what: str) -> None:
        if (payment := self.some(number, *WAITING)) is None:
            return
        if what == "dispute":
            self.do(payments.dispute_payment, who, payment.id, "It didn't come")
        else:
            use_case = payments.confirm_payment if what == "confirm" else payments.withdraw_payment
            self.do(use_case, who, payment.id)

    @rule(who=people, sender=people, receiver=people, amount=amounts)
    def hand_over(self, who: str, sender: str, receiver: str, amount: int) -> None:
        ids = (self.who(sender).id, self.who(receiver).id)
        self.do(payments.record_payment, who, *ids, amount, "EUR")

    @rule(who=people, number=numbers)
    def remind(self, who: str, number: int) -> None:
        if (line := self.some(number, PaymentState.PROPOSED)) is not None:
            self.do(reminders.remind_debtor, who, line.id, 1)

    @rule(who=st.sampled_from(["bojan", "mila"]), comes=st.booleans())
    def come_or_go(self, who: str, comes: bool) -> None:
        token = self.session.get_one(Group, self.group_id).invite_token
        if comes:
            self.do(lambda session, actor, _, now: groups.join_group(session, actor, token, now=now), who)
        else:
            self.do(groups.leave_group, who)

    @rule(who=people, user=people, payer=people)
    def propose(self, who: str, user: str, payer: str) -> None:
        self.do(households.propose_household, who, self.who(user).id, self.who(payer).id)

    @rule(who=people, number=numbers, what=st.sampled_from([households.agree_household, households.end_household]))
    def answer_household(self, who: str, number: int, what: Callable[..., Any]) -> None:
        rows = list(households_in(self.session, self.group_id).values())
        if rows:
            self.do(what, who, rows[number % len(rows)].id)

    @rule(order=st.randoms())
    def settle(self, order: Any) -> None:
        """Whatever waits is paid in any order. If the plan holds, every household and everybody else is even."""
        view = money_page(self.session, self.cast.ana, self.group_id)
        waiting = payments_in(self.session, self.group_id, *WAITING)
        disputed_elsewhere = [each for each in view.payments.values() if each.state == "disputed" and not each.planned]
        order.shuffle(waiting)
        for payment in waiting:
            for person in (self.cast.bojan, self.cast.mila, self.cast.ana):
                name = person.username
                if payment.state is PaymentState.PROPOSED:
                    self.do(payments.say_paid, name, payment.id, payment.amount)
            for name in ("bojan", "mila", "ana"):
                if payment.state is not PaymentState.CONFIRMED:
                    self.do(payments.confirm_payment, name, payment.id)
            assert payment.state is PaymentState.CONFIRMED
        if view.plan and view.plan.holds and not disputed_elsewhere:
            left = {str(who): amount for who, amount in owed(self.session, self.group_id).items()}
            assert not any(together(left, payers_in(self.session, self.group_id)).values())

    @invariant()
    def balances_sum_to_zero(self) -> None:
        assert sum(balances(self.session, self.group_id).values()) == 0

    @invariant()
    def only_what_is_confirmed_is_posted(self) -> None:
        for payment in payments_in(self.session, self.group_id):
            assert (payment.posting_id is not None) == (payment.state is PaymentState.CONFIRMED)
            assert payment.amount > 0

    @invariant()
    def the_page_and_both_plans_can_be_read(self) -> None:
        view = money_page(self.session, self.cast.ana, self.group_id)
        assert view.total == 0
        for plan in settling(self.session, self.cast.ana, self.group_id).plans.values():
            for line in plan.lines:
                assert sum(reason.amount for reason in line.reasons) == line.amount


@pytest.mark.only("sqlite")
def test_a_group_that_pays_at_random_never_loses_a_cent(session: Session, cast: Cast) -> None:
    machine = type("Payments", (Payments,), {"session": session, "cast": cast})
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=40,
            stateful_step_count=25,
            deadline=None,
            suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
        ),
    )
