"""Households: proposed, agreed to, settled as one, ended, and merged."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy.orm import Session
from sqlmodel import col, select

from bulq.domain.actor import Actor
from bulq.domain.errors import BulqError, Conflict, Forbidden, Invalid, NotFound
from bulq.domain.payments import PaymentState
from bulq.models import HouseholdMember, Notification
from bulq.queries.groups import home
from bulq.queries.households import payers_in
from bulq.queries.money import money_page
from bulq.queries.payment_code import owed as owed_between
from bulq.queries.settling import settling
from bulq.services import groups, merging_people
from bulq.services.households import agree_household, end_household, propose_household
from bulq.services.payments import confirm_payment, say_paid
from tests import seeing
from tests.cast import LATER, NOW, Cast
from tests.owing import line_of, new_group, owe, owed, payments_in


@pytest.fixture
def group_id(session: Session, cast: Cast) -> UUID:
    """Bojan owes Mila 620, and is owed 300 by Ana."""
    group_id = new_group(session, cast)
    owe(session, group_id, {cast.mila: 620, cast.bojan: -620})
    owe(session, group_id, {cast.bojan: 300, cast.ana: -300})
    return group_id


def settle_as_one(session: Session, group_id: UUID, user: Actor, payer: Actor) -> HouseholdMember:
    row = propose_household(session, payer, group_id, user.id, payer.id, now=NOW)
    agree_household(session, user, group_id, row.id, now=NOW)
    session.flush()
    return row


def refused(call: Callable[..., Any], session: Session, *args: Any) -> tuple[type[BulqError], str]:
    with pytest.raises(BulqError) as error, session.begin_nested():
        call(session, *args, now=NOW)
    return type(error.value), error.value.key


def told(session: Session, who: Actor, group_id: UUID) -> list[str]:
    session.flush()
    query = select(Notification).where(Notification.user_id == who.id, Notification.group_id == group_id)
    return [each.kind for each in session.scalars(query.order_by(col(Notification.id)))]


def plan(session: Session, cast: Cast, group_id: UUID, kind: str = "fewest") -> list[tuple[UUID, UUID, int]]:
    lines = settling(session, cast.ana, group_id).plans[kind].lines
    return [(line.debtor_id, line.creditor_id, line.amount) for line in lines]


def test_it_counts_once_the_other_one_agrees(session: Session, cast: Cast, group_id: UUID) -> None:
    row = propose_household(session, cast.ana, group_id, cast.ana.id, cast.bojan.id, now=NOW)
    assert told(session, cast.bojan, group_id) == ["household_asked"]
    assert payers_in(session, group_id) == {}
    assert refused(agree_household, session, cast.ana, group_id, row.id) == (Forbidden, "household_other_agrees")
    assert refused(agree_household, session, cast.mila, group_id, row.id) == (Forbidden, "household_of_others")

    agree_household(session, cast.bojan, group_id, row.id, now=LATER)

    assert payers_in(session, group_id) == {str(cast.ana.id): str(cast.bojan.id)}
    assert told(session, cast.ana, group_id) == ["household_agreed"]
    assert refused(agree_household, session, cast.bojan, group_id, row.id) == (Conflict, "household_agreed")


@pytest.mark.parametrize("kind", ["fewest", "payer"])
def test_a_household_settles_as_one_and_balances_stay_everybodys_own(
    session: Session, cast: Cast, group_id: UUID, kind: str
) -> None:
    """Together Ana and Bojan owe Mila 620. What Ana owes Bojan is inside the household."""
    before = owed(session, group_id)
    settle_as_one(session, group_id, cast.ana, cast.bojan)

    assert plan(session, cast, group_id, kind) == [(cast.bojan.id, cast.mila.id, 620)]
    assert owed(session, group_id) == before
    seeing.save_plan(session, cast.mila, group_id, kind, now=NOW)
    line = line_of(session, group_id, cast.bojan)
    say_paid(session, cast.bojan, group_id, line.id, 620, now=NOW)
    confirm_payment(session, cast.mila, group_id, line.id, now=NOW)

    assert owed(session, group_id) == {cast.ana.id: -300, cast.bojan.id: 300}
    assert plan(session, cast, group_id) == []
    view = money_page(session, cast.ana, group_id)
    assert view.total == 0 and view.plan is None
    (shown,) = view.households.values()
    assert (shown.user_id, shown.payer_id, shown.agreed) == (cast.ana.id, cast.bojan.id, True)


def test_ending_it_moves_nothing_that_was_settled(session: Session, cast: Cast, group_id: UUID) -> None:
    row = settle_as_one(session, group_id, cast.ana, cast.bojan)
    seeing.save_plan(session, cast.mila, group_id, now=NOW)
    line = line_of(session, group_id, cast.bojan)
    say_paid(session, cast.bojan, group_id, line.id, 620, now=NOW)
    confirm_payment(session, cast.mila, group_id, line.id, now=NOW)
    before = owed(session, group_id)

    end_household(session, cast.ana, group_id, row.id, now=LATER)

    assert told(session, cast.bojan, group_id)[-1] == "household_ended"
    assert owed(session, group_id) == before
    assert plan(session, cast, group_id) == [(cast.ana.id, cast.bojan.id, 300)]


def test_a_plan_that_is_being_paid_holds_until_the_household_ends(session: Session, cast: Cast, group_id: UUID) -> None:
    row = settle_as_one(session, group_id, cast.ana, cast.bojan)
    seeing.save_plan(session, cast.mila, group_id, now=NOW)
    say_paid(session, cast.bojan, group_id, line_of(session, group_id, cast.bojan).id, 100, now=NOW)
    view = money_page(session, cast.mila, group_id)
    assert view.plan and view.plan.holds
    with pytest.raises(Conflict, match="plan_being_paid"):
        seeing.save_plan(session, cast.mila, group_id, "payer", now=LATER)

    end_household(session, cast.bojan, group_id, row.id, now=LATER)

    view = money_page(session, cast.mila, group_id)
    assert view.plan and not view.plan.holds
    seeing.save_plan(session, cast.mila, group_id, "payer", now=LATER)


def test_home_and_payment_codes_know_it(session: Session, cast: Cast, group_id: UUID) -> None:
    """Whoever settles owes for both; whoever is settled for owes nothing, and sees nobody's account."""
    assert home(session, cast.ana).groups[str(group_id)].balance == -300
    assert owed_between(session, cast.ana.id, cast.mila.id, group_id, "EUR") == 300

    settle_as_one(session, group_id, cast.ana, cast.bojan)

    assert home(session, cast.ana).groups[str(group_id)].balance == 0
    assert home(session, cast.bojan).groups[str(group_id)].balance == -620
    assert home(session, cast.mila).groups[str(group_id)].balance == 620
    assert owed_between(session, cast.ana.id, cast.mila.id, group_id, "EUR") is None
    assert owed_between(session, cast.bojan.id, cast.mila.id, group_id, "EUR") == 620


def test_nobody_is_in_two_households(session: Session, cast: Cast, group_id: UUID) -> None:
    settle_as_one(session, group_id, cast.ana, cast.bojan)
    propose = propose_household, session

    assert refused(*propose, cast.ana, group_id, cast.ana.id, cast.mila.id) == (Conflict, "household_settled_for")
    assert refused(*propose, cast.mila, group_id, cast.mila.id, cast.ana.id)[1] == "household_payer_settled_for"
    assert refused(*propose, cast.mila, group_id, cast.bojan.id, cast.mila.id)[1] == "household_settles"
    settle_as_one(session, group_id, cast.mila, cast.bojan)
    assert plan(session, cast, group_id) == []


def test_what_can_not_be_any_more_is_not_proposed_any_more(session: Session, cast: Cast, group_id: UUID) -> None:
    asked = propose_household(session, cast.ana, group_id, cast.ana.id, cast.mila.id, now=NOW)
    settle_as_one(session, group_id, cast.ana, cast.bojan)

    assert refused(agree_household, session, cast.mila, group_id, asked.id)[0] is NotFound


def test_nonsense_is_refused(session: Session, cast: Cast, group_id: UUID) -> None:
    propose = propose_household, session
    assert refused(*propose, cast.ana, group_id, cast.ana.id, cast.ana.id) == (Invalid, "household_oneself")
    assert refused(*propose, cast.ana, group_id, cast.ana.id, cast.eva.id) == (NotFound, "not_found")
    assert refused(*propose, cast.mila, group_id, cast.ana.id, cast.bojan.id) == (Forbidden, "household_of_others")
    assert refused(*propose, cast.eva, group_id, cast.eva.id, cast.ana.id) == (NotFound, "not_found")
    row = propose_household(session, cast.ana, group_id, cast.ana.id, cast.bojan.id, now=NOW)
    assert refused(*propose, cast.bojan, group_id, cast.bojan.id, cast.ana.id) == (Conflict, "household_proposed")
    assert refused(end_household, session, cast.mila, group_id, row.id)[1] == "household_of_others"
    assert refused(end_household, session, cast.ana, cast.group_id, row.id)[0] is NotFound
    end_household(session, cast.bojan, group_id, row.id, now=NOW)
    assert told(session, cast.ana, group_id)[-1] == "household_declined"


def test_whoever_leaves_leaves_it(session: Session, cast: Cast, group_id: UUID) -> None:
    settle_as_one(session, group_id, cast.mila, cast.bojan)
    settle_as_one(session, group_id, cast.ana, cast.bojan)

    groups.leave_group(session, cast.mila, group_id, now=LATER)

    assert payers_in(session, group_id) == {str(cast.ana.id): str(cast.bojan.id)}
    groups.leave_group(session, cast.bojan, group_id, now=LATER)
    assert payers_in(session, group_id) == {}


@pytest.mark.parametrize(
    ("pairs", "left"),
    [
        ((("ana", "bojan"),), ()),  # nobody settles for themselves
        ((("bojan", "mila"),), (("ana", "mila"),)),
        ((("mila", "bojan"),), (("mila", "ana"),)),
        ((("mila", "bojan"), ("ana", "mila")), (("ana", "mila"),)),  # refused before, or the kept account's own
    ],
)
def test_merged_accounts_keep_the_household_of_the_kept_one(
    session: Session, cast: Cast, pairs: tuple[tuple[str, str], ...], left: tuple[tuple[str, str], ...]
) -> None:
    group_id = new_group(session, cast)
    for user, payer in pairs:
        # As rows, since two of them may be what one person alone could not have.
        about = {"user_id": getattr(cast, user).id, "payer_id": getattr(cast, payer).id}
        session.add(
            HouseholdMember(group_id=group_id, **about, proposed_by=cast.mila.id, proposed_at=NOW, agreed_at=NOW)
        )
    session.flush()

    merging_people.merge_users(session, cast.ada, cast.bojan.id, cast.ana.id, now=LATER)

    assert payers_in(session, group_id) == {
        str(getattr(cast, user).id): str(getattr(cast, payer).id) for user, payer in left
    }


def test_a_line_from_before_counts_for_the_household(session: Session, cast: Cast, group_id: UUID) -> None:
    """A plan that was saved before stays while it makes all even."""
    owe(session, group_id, {cast.ana: 300, cast.bojan: -300})
    seeing.save_plan(session, cast.mila, group_id, now=NOW)
    settle_as_one(session, group_id, cast.ana, cast.bojan)

    view = money_page(session, cast.mila, group_id)

    assert view.plan and view.plan.holds
    (line,) = payments_in(session, group_id, PaymentState.PROPOSED)
    assert (line.sender_id, line.amount) == (cast.bojan.id, 620)
