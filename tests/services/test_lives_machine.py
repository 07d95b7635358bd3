"""Random lives of groups: whatever runs, payments, corrections and merges do, every sum holds, and the group can move.

Runs are whole trips here, and payments are those of test_payments_machine.py. What may happen within one run is tried
in test_money_machine.py.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import replace
from typing import Any
from uuid import UUID

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import invariant, rule, run_state_machine_as_test
from sqlalchemy.orm import Session
from sqlmodel import col, func, select

from bulq import witness
from bulq.domain.actor import Actor
from bulq.domain.costs import CostKind, CostRule
from bulq.domain.errors import BulqError
from bulq.domain.payments import PaymentState
from bulq.domain.phases import FairRule, Phase
from bulq.models import Cost, Group, ListItem, Purchase, Receipt, Run, StatementLine, User
from bulq.queries.sums import wrong_balances, wrong_postings, wrong_runs
from bulq.services import bids, groups, payments, phases, pickup, runs
from bulq.services.corrections import Change, correct_run
from bulq.services.costs import Share, add_cost
from bulq.services.merging_people import merge_users
from bulq.services.receipts import Payer, add_receipt
from tests import seeing
from tests.cast import Cast, person
from tests.owing import owed, payments_in
from tests.services.test_group_travels import by_name, document_of, taken_in
from tests.services.test_payments_machine import WAITING, Payments

PEOPLE = ("ana", "bojan", "mila", "twin")
people = st.sampled_from(PEOPLE)
wishes = st.dictionaries(st.tuples(people, st.sampled_from(("rice", "tomatoes"))), st.integers(1, 7), min_size=2)
buys = st.lists(
    st.tuples(st.sampled_from(("rice", "tomatoes")), st.integers(1, 9), st.integers(0, 4000), people), max_size=3
)
extras = st.lists(
    st.tuples(st.sampled_from([*CostKind][:8]), st.integers(1, 900), st.sampled_from(CostRule), people), max_size=2
)
nth = st.integers(0, 9)


class Lives(Payments):
    def __init__(self) -> None:
        super().__init__()
        self.twin: Actor | None = person(self.session, "Bojan2")
        token = self.session.get_one(Group, self.group_id).invite_token
        groups.join_group(self.session, self.twin, token, now=self.now)

    def who(self, name: str) -> Actor:
        """Once the twin's account is merged, its person acts with the other one."""
        return self.twin or self.cast.bojan if name == "twin" else super().who(name)

    def attempt(self, call: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        """What is refused leaves nothing behind, as a transaction that failed."""
        inner = self.session.begin_nested()
        try:
            made = call(self.session, *args, **kwargs, now=self.now)
            self.session.flush()
            inner.commit()
        except BulqError:
            inner.rollback()
            self.session.expire_all()
            return None
        return made

    @rule(
        leader=st.sampled_from(("ana", "bojan")),
        wanted=wishes,
        bought=buys,
        costs=extras,
        together=st.integers(0, 500),
        fair=st.sampled_from(FairRule),
        done=st.booleans(),
    )
    def trip(
        self, leader: str, wanted: Any, bought: Any, costs: Any, together: int, fair: FairRule, done: bool
    ) -> None:
        """A run from its first bid to pick-up, perhaps with a till that two people paid and what isn't goods."""
        self.session.get_one(Group, self.group_id).fair_rule = fair
        leads = self.who(leader)
        run = self.attempt(runs.start_run, leads, self.group_id, self.cast.store_id)
        if run is None:
            return
        for (who, product), number in wanted.items():
            self.attempt(bids.place_bid, self.who(who), run.id, getattr(self.cast, product), number * 1000)
        self.attempt(seeing.confirm_run, leads, run.id)
        self.attempt(phases.start_shopping, leads, run.id)
        self._buy(leads, run.id, bought)
        self._pay_beside(leads, run.id, costs, together)
        self.attempt(seeing.finish_shopping, leads, run.id, nothing_is_fine=True)
        self.attempt(seeing.share_fairly, leads, run.id)
        if done:
            self.attempt(seeing.complete_run, leads, run.id)

    def _buy(self, leads: Actor, run_id: UUID, bought: Any) -> None:
        for product, number, total, payer in bought:
            query = select(ListItem).where(
                ListItem.run_id == run_id, ListItem.product_id == getattr(self.cast, product)
            )
            if item := self.session.scalars(query).first():
                of = leads, run_id, item.id, number * 1000, total
                self.attempt(seeing.buy, *of, payer_id=self.who(payer).id)

    def _pay_beside(self, leads: Actor, run_id: UUID, costs: Any, together: int) -> None:
        receipts = self.session.scalars(select(Receipt).where(Receipt.run_id == run_id)).all()
        for kind, amount, by, who in costs if receipts else ():
            shares = [Share(self.who(who).id)] if by is CostRule.PEOPLE else []
            of = leads, run_id, receipts[0].id, kind, amount, by
            self.attempt(add_cost, *of, shares=shares, revision=receipts[0].revision)
        if together:
            both = [Payer(self.cast.ana.id, together), Payer(self.cast.bojan.id, 1)]
            if receipt := self.attempt(add_receipt, leads, run_id, both, total=together + 1):
                of = leads, run_id, receipt.id, CostKind.FEE, together + 1, CostRule.EQUALLY
                self.attempt(add_cost, *of, revision=receipt.revision)

    def some_run(self, number: int, phase: Phase) -> Run | None:
        query = select(Run).where(Run.group_id == self.group_id, Run.phase == phase).order_by(col(Run.id))
        found = self.session.scalars(query).all()
        return found[number % len(found)] if found else None

    @rule(number=nth, who=people)
    def finish(self, number: int, who: str) -> None:
        if run := self.some_run(number, Phase.DISTRIBUTING):
            leads = self._actor(run.leader_id)
            self.attempt(pickup.pick_up_all, leads, run.id, self.who(who).id)
            self.attempt(seeing.complete_run, leads, run.id)

    def _actor(self, user_id: UUID) -> Actor:
        user = self.session.get_one(User, user_id)
        return Actor(user.id, user.name, user.username)

    @rule(number=nth, item=nth, who=people, quantity=st.integers(1, 3))
    def take_left_over(self, number: int, item: int, who: str, quantity: int) -> None:
        if run := self.some_run(number, Phase.COMPLETED):
            items = self.session.scalars(select(ListItem.id).where(ListItem.run_id == run.id)).all()
            if items:
                self.attempt(seeing.take_leftovers, self.who(who), run.id, items[item % len(items)], quantity * 1000)

    @rule(number=nth, one=people, other=people, amount=st.integers(1, 300), refund=st.booleans())
    def correct(self, number: int, one: str, other: str, amount: int, refund: bool) -> None:
        """A mistake between two people, or money back from the store."""
        if run := self.some_run(number, Phase.COMPLETED):
            of = [(one, -amount)] if refund else [(one, -amount), (other, amount)]
            changed = [Change(each, CostRule.PEOPLE, [Share(self.who(who).id)]) for who, each in of]
            leads = self._actor(run.leader_id)
            self.attempt(correct_run, leads, run.id, changed, payer_id=run.leader_id, reason="Mistake")

    @rule(rarely=nth)
    def merge(self, rarely: int) -> None:
        if rarely == 0 and self.twin is not None:
            self.attempt(merge_users, self.cast.ada, self.twin.id, self.cast.bojan.id)
            if self.session.get(User, self.twin.id) is None:
                self.twin = None

    @invariant()
    def what_the_doctor_looks_at_holds(self) -> None:
        self.session.flush()
        assert not self.session.scalars(wrong_runs(self.group_id)).all()
        assert self.group_id not in self.session.scalars(wrong_postings()).all()
        assert self.group_id not in self.session.scalars(wrong_balances()).all()
        assert all(owed == paid for _, owed, paid in witness.totals(self.session.connection()))

    @invariant()
    def statements_and_left_over_goods_are_what_receipts_say(self) -> None:
        done = select(col(Run.id)).where(col(Run.group_id) == self.group_id, col(Run.phase) == Phase.COMPLETED)
        lines, bought, beside = (
            self.session.scalars(select(func.coalesce(func.sum(column), 0)).where(of.in_(done))).one()
            for column, of in (
                (StatementLine.amount, col(StatementLine.run_id)),
                (Purchase.total, col(Purchase.run_id)),
                (Cost.amount, col(Cost.run_id)),
            )
        )
        assert lines == bought + beside

    def teardown(self) -> None:
        try:
            self._move()
            self._settle()
        finally:
            super().teardown()

    def _move(self) -> None:
        """Elsewhere everybody has the same balance."""
        document = document_of(self.session, replace(self.cast, group_id=self.group_id))
        group = taken_in(self.session, self.cast.eva, document)
        assert by_name(self.session, group.id) == by_name(self.session, self.group_id)

    def _settle(self) -> None:
        """A plan is made once nothing waits. Paid in any order it leaves everybody even."""
        for payment in payments_in(self.session, self.group_id, *WAITING):
            payment.state = PaymentState.WITHDRAWN
        self.session.flush()
        self.attempt(seeing.save_plan, self.cast.ana, self.group_id)
        lines = payments_in(self.session, self.group_id, PaymentState.PROPOSED)
        random.Random(len(lines)).shuffle(lines)
        for line in lines:
            self._by_either(payments.say_paid, line.sender_id, line.id, line.amount)
            self._by_either(payments.confirm_payment, line.receiver_id, line.id)
        assert not owed(self.session, self.group_id)

    def _by_either(self, use_case: Callable[..., Any], user_id: UUID, *args: Any) -> None:
        """By the person, or by Ana for who left."""
        if self.attempt(use_case, self._actor(user_id), self.group_id, *args) is None:
            self.attempt(use_case, self.cast.ana, self.group_id, *args)


def test_whatever_a_group_lives_through_its_sums_hold_and_it_can_move(session: Session, cast: Cast) -> None:
    machine = type("Lives", (Lives,), {"session": session, "cast": cast})
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=12,
            stateful_step_count=12,
            suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
        ),
    )
