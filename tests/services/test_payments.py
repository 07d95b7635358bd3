"""Payments: who says so, who confirms, in parts, in cash, and of those who left."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy.orm import Session
from sqlmodel import col, select

from bulq.domain.actor import Actor
from bulq.domain.errors import BulqError, Conflict, Forbidden, Invalid, NotFound
from bulq.domain.payments import PaymentState
from bulq.models import Group, Notification, Payment
from bulq.queries.money import money_page
from bulq.services import groups
from bulq.services.merging_people import merge_users
from bulq.services.payments import confirm_payment, dispute_payment, record_payment, say_paid, withdraw_payment
from bulq.services.reminders import confirm_unanswered, remind_again, remind_debtor
from bulq.services.settling import set_confirm_after
from tests import seeing
from tests.cast import LATER, NOW, Cast, person
from tests.owing import line_of, new_group, owe, owed, payments_in

PROPOSED, PAID, CONFIRMED = PaymentState.PROPOSED, PaymentState.PAID, PaymentState.CONFIRMED
A_DAY = timedelta(days=1)


@pytest.fixture
def group_id(session: Session, cast: Cast) -> UUID:
    """Bojan owes Ana 300 by the saved plan, Mila owes her 100."""
    group_id = new_group(session, cast)
    owe(session, group_id, {cast.ana: 400, cast.bojan: -300, cast.mila: -100})
    seeing.save_plan(session, cast.ana, group_id, now=NOW)
    return group_id


def refused(call: Callable[..., Any], *args: Any, **kwargs: Any) -> tuple[type[BulqError], str, str | None]:
    with pytest.raises(BulqError) as refusal:
        call(*args, now=LATER, **kwargs)
    return type(refusal.value), refusal.value.key, refusal.value.field


def told(session: Session, who: Actor, group_id: UUID) -> list[str]:
    session.flush()
    query = select(Notification.kind).where(Notification.user_id == who.id, Notification.group_id == group_id)
    return list(session.scalars(query.order_by(col(Notification.id))))


def test_from_the_plan_to_even(session: Session, cast: Cast, group_id: UUID) -> None:
    for sender in (cast.bojan, cast.mila):
        line = line_of(session, group_id, sender)
        say_paid(session, sender, group_id, line.id, line.amount, now=NOW)
        assert owed(session, group_id)  # only what is confirmed changes balances
        confirm_payment(session, cast.ana, group_id, line.id, now=LATER)

    assert not owed(session, group_id)
    assert {payment.state for payment in payments_in(session, group_id)} == {CONFIRMED}
    assert told(session, cast.bojan, group_id) == ["asked_to_pay", "payment_confirmed"]
    assert told(session, cast.ana, group_id) == ["payment_said", "payment_said"]


def test_a_part_is_paid_and_the_rest_stays_proposed(session: Session, cast: Cast, group_id: UUID) -> None:
    line = line_of(session, group_id, cast.bojan)

    part = say_paid(session, cast.bojan, group_id, line.id, 120, now=NOW)

    assert (part.amount, part.state, part.plan_id) == (120, PAID, line.plan_id)
    assert line_of(session, group_id, cast.bojan).amount == 180
    confirm_payment(session, cast.ana, group_id, part.id, now=LATER)
    assert owed(session, group_id)[cast.bojan.id] == -180


def test_what_is_taken_back_is_to_be_paid_again(session: Session, cast: Cast, group_id: UUID) -> None:
    line = line_of(session, group_id, cast.bojan)
    part = say_paid(session, cast.bojan, group_id, line.id, 120, now=NOW)
    rest = say_paid(session, cast.bojan, group_id, line.id, 180, now=NOW)

    withdraw_payment(session, cast.bojan, group_id, part.id, now=LATER)
    withdraw_payment(session, cast.bojan, group_id, rest.id, now=LATER)

    assert line_of(session, group_id, cast.bojan).amount == 300


def test_what_did_not_come_may_come_after_all(session: Session, cast: Cast, group_id: UUID) -> None:
    line = line_of(session, group_id, cast.bojan)
    say_paid(session, cast.bojan, group_id, line.id, 300, now=NOW)

    dispute_payment(session, cast.ana, group_id, line.id, "Nothing on my account", now=LATER)

    assert (line.state, line.reason) == (PaymentState.DISPUTED, "Nothing on my account")
    assert told(session, cast.bojan, group_id)[-1] == "payment_disputed"
    assert refused(dispute_payment, session, cast.ana, group_id, line.id, "Still nothing") == (
        Conflict,
        "payment_is_disputed",
        None,
    )
    confirm_payment(session, cast.ana, group_id, line.id, now=LATER)
    assert (line.state, line.reason) == (CONFIRMED, "")


@pytest.mark.parametrize(
    ("amount", "refusal"),
    [
        (0, (Invalid, "money_positive", "amount")),
        (-1, (Invalid, "money_negative", "amount")),
        (301, (Invalid, "more_than_line", "amount")),
        (10**12, (Invalid, "money_too_large", "amount")),
    ],
)
def test_amounts_that_make_no_sense(
    session: Session, cast: Cast, group_id: UUID, amount: int, refusal: tuple[type[BulqError], str, str]
) -> None:
    line = line_of(session, group_id, cast.bojan)

    assert refused(say_paid, session, cast.bojan, group_id, line.id, amount) == refusal


@pytest.mark.parametrize(("currency", "most"), [("JPY", 999_999), ("EUR", 99_999_999), ("KWD", 999_999_999)])
def test_the_most_that_can_be_paid_depends_on_the_decimals(
    session: Session, cast: Cast, currency: str, most: int
) -> None:
    group_id = new_group(session, cast, currency)
    ids = (group_id, cast.ana.id, cast.bojan.id)

    assert refused(record_payment, session, cast.ana, *ids, most + 1, currency)[1:] == ("money_too_large", "amount")
    assert record_payment(session, cast.ana, *ids, most, currency, now=NOW).amount == most


def test_whoever_it_is_not_about_can_do_nothing(session: Session, cast: Cast, group_id: UUID) -> None:
    """Not even Ana, who looks after the group, answers for Bojan."""
    line = line_of(session, group_id, cast.bojan)
    at = (group_id, line.id)

    assert refused(say_paid, session, cast.ana, *at, 300)[:2] == (Forbidden, "sender_only")
    say_paid(session, cast.bojan, *at, 300, now=NOW)
    assert refused(confirm_payment, session, cast.mila, *at)[:2] == (Forbidden, "receiver_only")
    assert refused(confirm_payment, session, cast.bojan, *at)[:2] == (Forbidden, "receiver_only")
    assert refused(withdraw_payment, session, cast.ana, *at)[:2] == (Forbidden, "sender_only")
    assert refused(record_payment, session, cast.ana, group_id, cast.bojan.id, cast.mila.id, 5, "EUR")[:2] == (
        Forbidden,
        "payment_of_others",
    )


def test_a_payment_of_another_group_is_not_found(session: Session, cast: Cast, group_id: UUID) -> None:
    line = line_of(session, group_id, cast.bojan)

    assert refused(say_paid, session, cast.bojan, cast.group_id, line.id, 300)[0] is NotFound


def test_each_step_happens_once(session: Session, cast: Cast, group_id: UUID) -> None:
    line = line_of(session, group_id, cast.bojan)
    at = (group_id, line.id)

    assert refused(confirm_payment, session, cast.ana, *at)[1] == "payment_is_proposed"
    say_paid(session, cast.bojan, *at, 300, now=NOW)
    assert refused(say_paid, session, cast.bojan, *at, 300)[1] == "payment_is_paid"
    confirm_payment(session, cast.ana, *at, now=NOW)
    for call, who, more in (
        (confirm_payment, cast.ana, ()),
        (dispute_payment, cast.ana, ("No",)),
        (withdraw_payment, cast.bojan, ()),
        (say_paid, cast.bojan, (300,)),
    ):
        assert refused(call, session, who, *at, *more)[:2] == (Conflict, "payment_is_confirmed")
    assert owed(session, group_id) == {cast.ana.id: 100, cast.mila.id: -100}


# In cash, at any time


def test_the_receiver_confirms_by_recording(session: Session, cast: Cast) -> None:
    group_id = new_group(session, cast)

    payment = record_payment(
        session, cast.ana, group_id, cast.bojan.id, cast.ana.id, 500, "EUR", "At the door", now=NOW
    )

    assert (payment.state, payment.note) == (CONFIRMED, "At the door")
    assert owed(session, group_id) == {cast.bojan.id: 500, cast.ana.id: -500}
    assert told(session, cast.bojan, group_id) == ["payment_recorded"]


def test_what_the_sender_records_waits_for_the_receiver(session: Session, cast: Cast) -> None:
    group_id = new_group(session, cast)

    payment = record_payment(session, cast.bojan, group_id, cast.bojan.id, cast.ana.id, 500, "EUR", now=NOW)

    assert payment.state is PAID and not owed(session, group_id)
    withdraw_payment(session, cast.bojan, group_id, payment.id, now=LATER)
    assert payment.state is PaymentState.WITHDRAWN


def test_cash_along_a_line_is_taken_from_the_line(session: Session, cast: Cast, group_id: UUID) -> None:
    ids = (group_id, cast.bojan.id, cast.ana.id)

    part = record_payment(session, cast.ana, *ids, 100, "EUR", now=NOW)

    assert part.plan_id and line_of(session, group_id, cast.bojan).amount == 200
    view = money_page(session, cast.mila, group_id)
    assert view.plan and view.plan.holds
    more = record_payment(session, cast.ana, *ids, 201, "EUR", now=NOW)
    assert more.plan_id is None
    view = money_page(session, cast.mila, group_id)
    assert view.plan and not view.plan.holds


def test_cash_that_makes_no_sense(session: Session, cast: Cast, group_id: UUID) -> None:
    def record(sender: UUID, receiver: UUID, amount: int = 5, currency: str = "EUR"):
        return refused(record_payment, session, cast.ana, group_id, sender, receiver, amount, currency)

    ana, bojan = cast.ana.id, cast.bojan.id
    assert record(ana, ana) == (Invalid, "payment_to_oneself", "receiver_id")
    assert record(ana, cast.eva.id) == (Invalid, "payment_stranger", "receiver_id")
    assert record(uuid4(), ana) == (Invalid, "payment_stranger", "sender_id")
    assert record(ana, bojan, currency="RSD") == (Invalid, "payment_currency", "amount")
    assert record(ana, bojan, amount=0) == (Invalid, "money_positive", "amount")


def test_the_currency_stays_once_there_is_a_payment(session: Session, cast: Cast) -> None:
    group_id = new_group(session, cast)
    record_payment(session, cast.ana, group_id, cast.bojan.id, cast.ana.id, 500, "EUR", now=NOW)
    about = {"name": "Even", "currency": "RSD", "time_zone": "UTC", "fair_rule": "proportional"}

    assert refused(groups.edit_group, session, cast.ana, group_id, **about)[1] == "currency_fixed"


# Who left


def test_for_who_left_an_admin_of_the_group_answers(session: Session, cast: Cast, group_id: UUID) -> None:
    """Bojan owes Ana 300 and leaves. He sees nothing of the group any more, but the money is still owed."""
    groups.leave_group(session, cast.bojan, group_id, now=NOW)
    line = line_of(session, group_id, cast.bojan)

    assert refused(say_paid, session, cast.bojan, group_id, line.id, 300)[0] is NotFound
    assert refused(say_paid, session, cast.mila, group_id, line.id, 300)[0] is Forbidden
    say_paid(session, cast.ana, group_id, line.id, 300, now=LATER)
    confirm_payment(session, cast.ana, group_id, line.id, now=LATER)

    former = money_page(session, cast.mila, group_id).people[str(cast.bojan.id)]
    assert (former.is_member, former.balance) == (False, 0)


def test_who_left_hears_that_their_balance_changed_and_nothing_else(
    session: Session, cast: Cast, group_id: UUID
) -> None:
    line = line_of(session, group_id, cast.bojan)
    groups.leave_group(session, cast.bojan, group_id, now=NOW)
    session.flush()
    before = told(session, cast.bojan, group_id)

    say_paid(session, cast.ana, group_id, line.id, line.amount, now=LATER)
    assert told(session, cast.bojan, group_id) == before  # nothing has changed by that
    confirm_payment(session, cast.ana, group_id, line.id, now=LATER)

    assert told(session, cast.bojan, group_id) == [*before, "balance_up_since_left"]
    newest = session.scalars(select(Notification).where(Notification.kind == "balance_up_since_left")).one()
    name = session.get_one(Group, group_id).name
    assert newest.details == {"group": name, "amount": 300, "currency": line.currency}
    assert "balance_down_since_left" not in told(session, cast.ana, group_id)  # who is a member sees it there


def test_who_is_owed_and_left_is_paid_still(session: Session, cast: Cast) -> None:
    group_id = new_group(session, cast)
    owe(session, group_id, {cast.bojan: 300, cast.mila: -300})
    groups.leave_group(session, cast.bojan, group_id, now=NOW)
    seeing.save_plan(session, cast.mila, group_id, now=NOW)
    line = line_of(session, group_id, cast.mila)

    say_paid(session, cast.mila, group_id, line.id, 300, now=NOW)
    assert refused(confirm_payment, session, cast.mila, group_id, line.id)[0] is Forbidden
    confirm_payment(session, cast.ana, group_id, line.id, now=LATER)

    assert not owed(session, group_id)


def test_accounts_that_are_merged_pay_nothing_to_themselves(session: Session, cast: Cast) -> None:
    group_id, twin = new_group(session, cast), person(session, "Bojana")
    groups.join_group(session, twin, session.get_one(Group, group_id).invite_token, now=NOW)
    owe(session, group_id, {twin: 300, cast.bojan: -200, cast.mila: -100})
    seeing.save_plan(session, cast.mila, group_id, now=NOW)
    session.flush()

    merge_users(session, cast.ada, twin.id, cast.bojan.id, now=LATER)

    assert owed(session, group_id) == {cast.bojan.id: 100, cast.mila.id: -100}
    view = money_page(session, cast.mila, group_id)
    assert view.plan and view.plan.holds
    assert [payment.receiver_id for payment in view.payments.values()] == [cast.bojan.id]
    links = [link for line in view.payments.values() for why in line.reasons for link in why.links]
    assert {link.creditor_id for link in links} == {str(cast.bojan.id)}


def test_the_history_comes_in_pages(session: Session, cast: Cast) -> None:
    group_id = new_group(session, cast)
    for amount in range(1, 13):
        record_payment(session, cast.ana, group_id, cast.bojan.id, cast.ana.id, amount, "EUR", str(amount), now=NOW)

    first, second, beyond = (money_page(session, cast.mila, group_id, page=page) for page in (1, 2, 9))

    assert [entry.reason for entry in first.entries] == [str(number) for number in range(12, 2, -1)]
    assert [entry.reason for entry in second.entries] == ["2", "1"]
    assert (first.page, first.pages, beyond.page, beyond.entries) == (1, 2, 2, second.entries)
    assert first.entries[0].amounts == {str(cast.bojan.id): 12, str(cast.ana.id): -12}


# Reminders, and payments that nobody answers


def test_a_debtor_is_reminded_once_a_day_at_most(session: Session, cast: Cast, group_id: UUID) -> None:
    line = line_of(session, group_id, cast.bojan)

    remind_debtor(session, cast.ana, group_id, line.id, now=NOW)

    assert told(session, cast.bojan, group_id) == ["asked_to_pay", "payment_reminder"]
    soon = NOW + A_DAY - timedelta(seconds=1)
    with pytest.raises(Conflict, match="reminded_already"):
        remind_debtor(session, cast.ana, group_id, line.id, now=soon)
    remind_debtor(session, cast.ana, group_id, line.id, now=NOW + A_DAY)
    assert remind_again(session, line.id, now=NOW + 99 * A_DAY) == 0  # nobody wished for more


@pytest.mark.parametrize("days", [0, -1, 91])
def test_days_have_bounds(session: Session, cast: Cast, group_id: UUID, days: int) -> None:
    line = line_of(session, group_id, cast.bojan)

    assert refused(remind_debtor, session, cast.ana, group_id, line.id, days) == (
        Invalid,
        "days_between",
        "again_after",
    )
    assert refused(set_confirm_after, session, cast.ana, group_id, days) == (Invalid, "days_between", "days")


def test_the_server_reminds_every_so_many_days_until_it_is_paid(session: Session, cast: Cast, group_id: UUID) -> None:
    line = line_of(session, group_id, cast.bojan)
    remind_debtor(session, cast.ana, group_id, line.id, 3, now=NOW)

    counts = [remind_again(session, line.id, now=NOW + hours * A_DAY / 2) for hours in (1, 5, 6, 6, 7, 11, 12)]

    assert counts == [0, 0, 1, 0, 0, 0, 1]
    say_paid(session, cast.bojan, group_id, line.id, 300, now=NOW)
    assert remind_again(session, line.id, now=NOW + 99 * A_DAY) == 0


def test_what_nobody_answers_counts_as_confirmed_where_the_group_wants_that(
    session: Session, cast: Cast, group_id: UUID
) -> None:
    line = line_of(session, group_id, cast.bojan)
    say_paid(session, cast.bojan, group_id, line.id, 300, now=NOW)
    assert confirm_unanswered(session, line.id, now=NOW + 99 * A_DAY) == 0  # by default nothing happens by itself

    set_confirm_after(session, cast.ana, group_id, 14, now=NOW)

    days = (13, 14, 14, 15)
    assert [confirm_unanswered(session, line.id, now=NOW + each * A_DAY) for each in days] == [0, 1, 0, 0]
    assert owed(session, group_id) == {cast.ana.id: 100, cast.mila.id: -100}
    assert (line.state, line.answered_by) == (CONFIRMED, None)
    assert told(session, cast.ana, group_id)[-1] == "payment_counted_for_you"
    assert told(session, cast.bojan, group_id)[-1] == "payment_counted"


def test_a_disputed_payment_never_counts_by_itself(session: Session, cast: Cast, group_id: UUID) -> None:
    line = line_of(session, group_id, cast.bojan)
    set_confirm_after(session, cast.ana, group_id, 1, now=NOW)
    say_paid(session, cast.bojan, group_id, line.id, 300, now=NOW)
    dispute_payment(session, cast.ana, group_id, line.id, "No", now=NOW)

    assert confirm_unanswered(session, line.id, now=NOW + 9 * A_DAY) == 0


def test_the_amounts_of_all_parts_are_kept_in_one_place(session: Session, cast: Cast, group_id: UUID) -> None:
    """Parts of a line keep why the line is so."""
    line = line_of(session, group_id, cast.bojan)
    say_paid(session, cast.bojan, group_id, line.id, 120, now=NOW)

    theirs = [each for each in payments_in(session, group_id) if each.sender_id == cast.bojan.id]

    assert sum(each.amount for each in theirs) == 300
    assert len({str(each.reasons) for each in theirs}) == 1 and isinstance(theirs[0], Payment)
