"""How far a group lets its members go below zero: wanting more is refused beyond that, by how much."""

from __future__ import annotations

from dataclasses import replace
from uuid import UUID

import pytest
from sqlalchemy.orm import Session

from bulq.domain.errors import Conflict, Forbidden, Invalid
from bulq.domain.phases import Phase
from bulq.models import Group
from bulq.queries.expected import expected_balance
from bulq.queries.run_facts import run_facts
from bulq.services import advances, bids, groups, new_products, phases, shopping
from bulq.services.payments import confirm_payment, say_paid
from tests import seeing
from tests.cast import LATER, NOW, PACK, Cast, World, bring_to, item_of, plan
from tests.owing import line_of, new_group, owe, owed
from tests.queries.counting import statements


@pytest.fixture
def cast(world: World, session: Session) -> Cast:
    """In a group in which nobody owes anything. Rice costs 7.99."""
    return replace(world.cast, group_id=new_group(session, world.cast))


@pytest.fixture
def run_id(session: Session, cast: Cast) -> UUID:
    return plan(session, cast)


def limit(session: Session, cast: Cast, amount: int | None) -> None:
    groups.set_debt_limit(session, cast.ana, cast.group_id, amount, now=NOW)
    session.flush()


def bid(session: Session, cast: Cast, run_id: UUID, packs: int) -> None:
    with session.begin_nested():
        bids.place_bid(session, cast.bojan, run_id, cast.rice, packs * PACK, now=NOW)


def expected(session: Session, cast: Cast, who: str = "bojan") -> int:
    session.flush()
    return expected_balance(session, getattr(cast, who), session.get_one(Group, cast.group_id))


def test_a_bid_beyond_the_limit_is_refused_and_says_by_how_much(session: Session, cast: Cast, run_id: UUID) -> None:
    limit(session, cast, 2000)
    bid(session, cast, run_id, 2)

    with pytest.raises(Conflict) as refused:
        bid(session, cast, run_id, 3)

    assert refused.value.key == "debt_limit"
    assert refused.value.values == {"amount": 3 * 799 - 2000, "currency": "EUR", "group": "Even"}
    assert expected(session, cast) == -2 * 799  # nothing of it was done


def test_all_open_runs_and_the_balance_count_together(session: Session, cast: Cast, run_id: UUID) -> None:
    other = plan(session, cast)
    limit(session, cast, 2000)
    bid(session, cast, run_id, 1)
    bid(session, cast, other, 1)
    with pytest.raises(Conflict, match="debt_limit"):
        bid(session, cast, other, 2)

    owe(session, cast.group_id, {cast.bojan: 500, cast.ana: -500})

    bid(session, cast, other, 2)
    assert expected(session, cast) == 500 - 3 * 799


def test_exactly_the_limit_is_allowed_and_one_cent_less_is_not(session: Session, cast: Cast, run_id: UUID) -> None:
    limit(session, cast, 2 * 799)
    bid(session, cast, run_id, 2)
    bid(session, cast, run_id, 1)
    limit(session, cast, 2 * 799 - 1)

    with pytest.raises(Conflict) as refused:
        bid(session, cast, run_id, 2)

    assert refused.value.values["amount"] == 1


def test_whoever_is_beyond_it_already_may_want_less(session: Session, cast: Cast, run_id: UUID) -> None:
    bid(session, cast, run_id, 5)
    limit(session, cast, 0)

    bid(session, cast, run_id, 4)
    bid(session, cast, run_id, 4)
    bids.mark_interested(session, cast.bojan, run_id, cast.rice, now=NOW)
    with pytest.raises(Conflict, match="debt_limit"):
        bid(session, cast, run_id, 1)


def test_a_first_bid_and_one_on_a_new_product_are_checked(session: Session, cast: Cast, run_id: UUID) -> None:
    limit(session, cast, 100)
    new = new_products.NewProduct("Lentils", "", "kg", 100, 249)

    with pytest.raises(Conflict, match="debt_limit"), session.begin_nested():
        bids.place_first_bid(session, cast.bojan, run_id, cast.rice, PACK, now=NOW)
    with pytest.raises(Conflict, match="debt_limit"), session.begin_nested():
        new_products.bid_on_new_product(session, cast.bojan, run_id, new, PACK, now=NOW)

    bids.place_first_bid(session, cast.bojan, run_id, cast.rice, None, now=NOW)  # interested only


def test_it_is_what_the_pages_of_the_runs_show(session: Session, cast: Cast) -> None:
    """In every phase: the part of each open run, and what was paid at its tills."""
    owe(session, cast.group_id, {cast.bojan: -300, cast.ana: 300})
    runs = [bring_to(session, cast, phase) for phase in Phase]
    session.flush()

    for who in (cast.ana, cast.bojan, cast.mila):
        view = [run_facts(session, who, run_id) for run_id in runs]
        open_runs = [facts for facts in view if facts.phase not in (Phase.COMPLETED, Phase.CANCELLED)]
        sums = 0
        for facts in open_runs:
            if (me := facts.people.get(str(who.id))) is not None:
                sums += facts.spent.get(str(me.number), 0) - facts.parts[str(me.number)]
        balance = groups_balance(session, cast, who.id)
        assert expected(session, cast, who.username) == balance + sums


def groups_balance(session: Session, cast: Cast, user_id: UUID) -> int:
    return owed(session, cast.group_id).get(user_id, 0)


def test_advances_count_for_who_paid_and_are_no_debt_of_who_holds_them(session: Session, cast: Cast) -> None:
    run_id = bring_to(session, cast, Phase.CONFIRMED)
    before = {who: expected(session, cast, who) for who in ("ana", "bojan")}
    advances.ask_advances(session, cast.ana, run_id, "all", now=NOW)
    line = line_of(session, cast.group_id, cast.bojan)
    amount = line.amount
    paid = say_paid(session, cast.bojan, cast.group_id, line.id, amount, now=NOW)
    confirm_payment(session, cast.ana, cast.group_id, paid.id, now=NOW)

    assert expected(session, cast) == before["bojan"] + amount == 0
    assert expected(session, cast, "ana") == before["ana"]
    phases.start_shopping(session, cast.ana, run_id, now=LATER)
    session.flush()
    seeing.buy(session, cast.ana, run_id, item_of(session, run_id, cast.rice), 10 * PACK, 7990, price=799, now=LATER)
    shopping.set_missing(session, cast.ana, run_id, item_of(session, run_id, cast.tomatoes), True, now=LATER)
    assert expected(session, cast, "ana") == 7990 - amount - 5 * 799


def test_only_admins_set_it_in_minor_units_from_zero_on(session: Session, cast: Cast) -> None:
    with pytest.raises(Forbidden):
        groups.set_debt_limit(session, cast.bojan, cast.group_id, 100, now=NOW)
    with pytest.raises(Invalid, match="money_negative"):
        groups.set_debt_limit(session, cast.ana, cast.group_id, -1, now=NOW)
    with pytest.raises(Invalid, match="money_too_large"):
        groups.set_debt_limit(session, cast.ana, cast.group_id, 10**12, now=NOW)
    limit(session, cast, 0)
    limit(session, cast, None)
    assert session.get_one(Group, cast.group_id).debt_limit is None


def test_without_a_limit_a_bid_takes_no_further_statement(session: Session, cast: Cast, run_id: UUID) -> None:
    """With one it takes few, however many runs are open."""
    bid(session, cast, run_id, 1)
    bids.place_bid(session, cast.mila, run_id, cast.rice, PACK, now=NOW)
    session.flush()
    with statements(session) as sent:
        bids.place_bid(session, cast.bojan, run_id, cast.rice, 2 * PACK, now=NOW)
        session.flush()
    assert not [each for each in sent if "balances" in each or "users" in each or "observations" in each]
    without = len(sent)
    counts: list[int] = []
    for packs in (3, 4):
        limit(session, cast, 10_000_00)
        session.expire_all()
        with statements(session) as sent:
            bids.place_bid(session, cast.bojan, run_id, cast.rice, packs * PACK, now=NOW)
            session.flush()
        counts.append(len(sent) - without)
        for _ in range(5):
            bid(session, cast, plan(session, cast), 1)
    assert counts[0] == counts[1] <= 7
