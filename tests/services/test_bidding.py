"""Bids: what they do to the run's phase, to "ready", to the products of the run, and when they are refused."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy.orm import Session
from sqlmodel import col, select

from bulq.config import settings
from bulq.domain.actor import Actor
from bulq.domain.errors import Conflict, Invalid
from bulq.domain.phases import Phase
from bulq.models import Bid, BidRaise, Participant, PhaseEntry, Run
from bulq.models.base import new_id
from bulq.queries.runs import run_view
from bulq.services import bids, catalogue, phases, runs
from tests import seeing
from tests.cast import LATER, NOW, PACK, Cast, bring_to, plan

MOMENT = timedelta(microseconds=1)
Bidding = Callable[[Session, Cast, Actor, object], object]


def firm(session: Session, cast: Cast, who: Actor, run_id) -> None:
    bids.place_bid(session, who, run_id, cast.rice, PACK, now=NOW)


def interested(session: Session, cast: Cast, who: Actor, run_id) -> None:
    bids.mark_interested(session, who, run_id, cast.rice, now=NOW)


def phase_of(session: Session, run_id) -> Phase:
    session.flush()
    return session.get_one(Run, run_id).phase


def bid_on_rice(session: Session, run_id, who: Actor) -> Bid | None:
    session.flush()
    return session.scalars(select(Bid).where(Bid.run_id == run_id, Bid.user_id == who.id)).first()


def is_ready(session: Session, run_id, who: Actor) -> bool:
    query = select(Participant.ready_at).where(Participant.run_id == run_id, Participant.user_id == who.id)
    return session.scalars(query).one() is not None


@pytest.mark.parametrize("bid", [firm, interested])
@pytest.mark.parametrize("helps", [False, True])
def test_the_first_bid_of_another_opens_bidding(session: Session, cast: Cast, bid: Bidding, helps: bool) -> None:
    run_id = plan(session, cast)
    if helps:
        runs.set_helper(session, cast.ana, run_id, cast.bojan.id, True, now=NOW)

    bid(session, cast, cast.bojan, run_id)

    assert phase_of(session, run_id) is Phase.ACTIVE
    entry = session.scalars(select(PhaseEntry).where(PhaseEntry.run_id == run_id, PhaseEntry.phase == "active")).one()
    assert entry.actor_id == cast.bojan.id


@pytest.mark.parametrize("bid", [firm, interested])
def test_bids_of_the_leader_do_not_open_bidding(session: Session, cast: Cast, bid: Bidding) -> None:
    run_id = plan(session, cast)

    bid(session, cast, cast.ana, run_id)

    assert phase_of(session, run_id) is Phase.PLANNING


def test_a_second_bidder_opens_nothing_again(session: Session, cast: Cast) -> None:
    run_id = plan(session, cast)

    for who in (cast.bojan, cast.mila, cast.bojan):
        firm(session, cast, who, run_id)

    session.flush()
    query = select(PhaseEntry).where(PhaseEntry.run_id == run_id, PhaseEntry.phase == Phase.ACTIVE)
    assert len(session.scalars(query).all()) == 1


def test_changing_a_bid_takes_ready_back(session: Session, cast: Cast) -> None:
    run_id = bring_to(session, cast, Phase.ACTIVE)
    for who in (cast.bojan, cast.mila):
        bids.set_ready(session, who, run_id, True, now=NOW)

    bids.place_bid(session, cast.bojan, run_id, cast.rice, 4 * PACK, now=NOW)
    bids.retract_bid(session, cast.mila, run_id, cast.rice, now=NOW)
    bids.mark_interested(session, cast.mila, run_id, cast.rice, now=NOW)

    assert not is_ready(session, run_id, cast.bojan)
    assert not is_ready(session, run_id, cast.mila)


def test_ready_can_be_taken_back_by_hand(session: Session, cast: Cast) -> None:
    run_id = bring_to(session, cast, Phase.ACTIVE)
    bids.set_ready(session, cast.bojan, run_id, True, now=NOW)
    assert is_ready(session, run_id, cast.bojan)

    bids.set_ready(session, cast.bojan, run_id, False, now=NOW)

    assert not is_ready(session, run_id, cast.bojan)


def test_only_participants_are_ready(session: Session, cast: Cast) -> None:
    run_id = plan(session, cast)
    firm(session, cast, cast.bojan, run_id)

    with pytest.raises(Conflict) as refusal:
        bids.set_ready(session, cast.mila, run_id, True, now=NOW)

    assert refusal.value.key == "not_participating"


def test_reopening_clears_every_ready_tick_and_a_deadline_that_passed(session: Session, cast: Cast) -> None:
    run_id = bring_to(session, cast, Phase.ACTIVE)
    runs.edit_run(session, cast.ana, run_id, shopping_day=None, bids_close_at=LATER, note="", now=NOW)
    bids.set_ready(session, cast.bojan, run_id, True, now=NOW)
    session.flush()
    phases.close_bidding(session, run_id, now=LATER)

    phases.reopen_bidding(session, cast.ana, run_id, now=LATER)

    assert phase_of(session, run_id) is Phase.ACTIVE
    session.expire_all()
    assert not is_ready(session, run_id, cast.bojan)
    assert session.get_one(Run, run_id).bids_close_at is None


def test_reopening_keeps_a_deadline_to_come(session: Session, cast: Cast) -> None:
    run_id = bring_to(session, cast, Phase.ACTIVE)
    runs.edit_run(session, cast.ana, run_id, shopping_day=None, bids_close_at=LATER, note="", now=NOW)
    seeing.confirm_run(session, cast.ana, run_id, now=NOW)

    phases.reopen_bidding(session, cast.ana, run_id, now=NOW)

    assert session.get_one(Run, run_id).bids_close_at == LATER


def test_the_deadline_confirms_by_itself_and_only_once(session: Session, cast: Cast) -> None:
    run_id = plan(session, cast, bids_close_at=LATER)
    firm(session, cast, cast.bojan, run_id)
    session.flush()

    assert not phases.close_bidding(session, run_id, now=LATER - MOMENT)
    assert phases.close_bidding(session, run_id, now=LATER)
    session.flush()
    assert not phases.close_bidding(session, run_id, now=LATER)

    assert phase_of(session, run_id) is Phase.CONFIRMED
    query = select(PhaseEntry.actor_id).where(PhaseEntry.run_id == run_id, PhaseEntry.phase == Phase.CONFIRMED)
    assert session.scalars(query).all() == [None]


def test_a_deadline_without_a_firm_bid_tells_the_leader_and_clears_itself(session: Session, cast: Cast) -> None:
    run_id = plan(session, cast, bids_close_at=LATER)
    interested(session, cast, cast.bojan, run_id)
    session.flush()

    assert phases.close_bidding(session, run_id, now=LATER)

    assert phase_of(session, run_id) is Phase.ACTIVE
    assert session.get_one(Run, run_id).bids_close_at is None


@pytest.mark.parametrize("late", [timedelta(), timedelta(days=1)])
def test_no_bids_from_the_deadline_on_even_before_it_was_acted_on(
    session: Session, cast: Cast, late: timedelta
) -> None:
    run_id = plan(session, cast, bids_close_at=LATER)
    bids.place_bid(session, cast.bojan, run_id, cast.rice, PACK, now=LATER - MOMENT)
    now = LATER + late

    for change in (
        lambda: bids.place_bid(session, cast.bojan, run_id, cast.rice, 2 * PACK, now=now),
        lambda: bids.mark_interested(session, cast.bojan, run_id, cast.rice, now=now),
        lambda: bids.write_note(session, cast.bojan, run_id, cast.rice, "Late", now=now),
        lambda: bids.retract_bid(session, cast.bojan, run_id, cast.rice, now=now),
    ):
        with pytest.raises(Conflict) as refusal:
            change()
        assert refusal.value.key == "bidding_over"

    bid = bid_on_rice(session, run_id, cast.bojan)
    assert bid is not None and (bid.quantity, bid.note) == (PACK, "")


def test_a_run_without_a_firm_bid_is_not_confirmed(session: Session, cast: Cast) -> None:
    run_id = plan(session, cast)
    interested(session, cast, cast.bojan, run_id)

    with pytest.raises(Conflict) as refusal:
        seeing.confirm_run(session, cast.ana, run_id, now=NOW)

    assert refusal.value.key == "no_firm_bids"


@pytest.mark.parametrize(
    ("quantity", "key"),
    [
        (0, "quantity_positive"),
        (-1000, "quantity_positive"),
        (500, "quantity_step"),
        (1001, "quantity_step"),
        (9_999_001, "quantity_too_large"),
        (10**40, "quantity_too_large"),
        (-(10**40), "quantity_positive"),
    ],
)
def test_a_bid_is_above_nothing_within_the_limit_and_in_whole_steps(
    session: Session, cast: Cast, quantity: int, key: str
) -> None:
    run_id = plan(session, cast)

    with pytest.raises(Invalid) as refusal:
        bids.place_bid(session, cast.bojan, run_id, cast.rice, quantity, now=NOW)

    assert (refusal.value.key, refusal.value.field) == (key, "quantity")
    assert bid_on_rice(session, run_id, cast.bojan) is None
    assert phase_of(session, run_id) is Phase.PLANNING


def test_the_largest_bid_is_taken(session: Session, cast: Cast) -> None:
    run_id = plan(session, cast)

    bids.place_bid(session, cast.bojan, run_id, cast.rice, 9_999_000, now=NOW)

    bid = bid_on_rice(session, run_id, cast.bojan)
    assert bid is not None and bid.quantity == 9_999_000


def test_bidding_again_replaces_the_bid(session: Session, cast: Cast) -> None:
    run_id = plan(session, cast)

    for packs in (3, 5, 2):
        bids.place_bid(session, cast.bojan, run_id, cast.rice, packs * PACK, now=NOW)
        session.flush()

    bid = bid_on_rice(session, run_id, cast.bojan)
    assert bid is not None and bid.quantity == 2 * PACK
    raises = session.scalars(select(BidRaise.quantity).where(BidRaise.bid_id == bid.id)).all()
    assert sum(raises) == 2 * PACK


def test_interest_counts_nowhere(session: Session, cast: Cast) -> None:
    run_id = plan(session, cast)
    firm(session, cast, cast.mila, run_id)
    firm(session, cast, cast.bojan, run_id)
    interested(session, cast, cast.bojan, run_id)
    session.flush()

    view = run_view(session, cast.ana, run_id)

    assert [line.wanted for line in view.products] == [PACK]
    bid = bid_on_rice(session, run_id, cast.bojan)
    assert bid is not None and not session.scalars(select(BidRaise).where(BidRaise.bid_id == bid.id)).all()


def test_a_note_stays_until_another_is_given(session: Session, cast: Cast) -> None:
    run_id = plan(session, cast)
    bids.place_bid(session, cast.bojan, run_id, cast.rice, PACK, note="Brown", now=NOW)
    session.flush()

    bids.place_bid(session, cast.bojan, run_id, cast.rice, 2 * PACK, now=NOW)
    bid = bid_on_rice(session, run_id, cast.bojan)
    assert bid is not None and bid.note == "Brown"

    bids.place_bid(session, cast.bojan, run_id, cast.rice, 2 * PACK, note="White", now=NOW)
    assert bid.note == "White"


def test_what_a_retracted_bid_was_comes_back_by_bidding_again(session: Session, cast: Cast) -> None:
    run_id = plan(session, cast)
    bids.place_bid(session, cast.bojan, run_id, cast.rice, 3 * PACK, note="Brown", now=NOW)
    session.flush()

    was = bids.retract_bid(session, cast.bojan, run_id, cast.rice, now=NOW)
    assert bid_on_rice(session, run_id, cast.bojan) is None
    bids.place_bid(session, cast.bojan, run_id, cast.rice, was.quantity or 0, note=was.note, now=NOW)

    bid = bid_on_rice(session, run_id, cast.bojan)
    assert bid is not None and (bid.quantity, bid.note) == (3 * PACK, "Brown")


def test_who_retracts_the_last_bid_is_no_participant_unless_they_lead_or_help(session: Session, cast: Cast) -> None:
    run_id = plan(session, cast)
    runs.set_helper(session, cast.ana, run_id, cast.mila.id, True, now=NOW)
    for who in (cast.ana, cast.bojan, cast.mila):
        firm(session, cast, who, run_id)
        session.flush()
        bids.retract_bid(session, who, run_id, cast.rice, now=NOW)
    session.flush()

    people = session.scalars(select(Participant.user_id).where(Participant.run_id == run_id)).all()

    assert set(people) == {cast.ana.id, cast.mila.id}


def test_a_run_holds_so_many_products_but_those_in_it_can_be_bid_on(session: Session, cast: Cast) -> None:
    settings.products_per_run = 1
    run_id = plan(session, cast)
    firm(session, cast, cast.bojan, run_id)
    session.flush()

    with pytest.raises(Conflict) as refusal:
        bids.place_bid(session, cast.mila, run_id, cast.tomatoes, 1000, now=NOW)
    firm(session, cast, cast.mila, run_id)

    assert refusal.value.key == "products_per_run"
    assert bid_on_rice(session, run_id, cast.mila) is not None


def test_a_product_of_another_group_is_everybodys(session: Session, cast: Cast) -> None:
    lentils = catalogue.add_product(session, cast.eva, "Lentils", "", "kg", 100, now=NOW)
    run_id = plan(session, cast)

    bids.place_bid(session, cast.bojan, run_id, lentils.id, 300, now=NOW)

    session.flush()
    assert session.scalars(select(Bid.id).where(Bid.product_id == lentils.id, col(Bid.run_id) == run_id)).one()
    assert new_id() > lentils.id


def test_a_raise_of_one_thousandth_is_a_raise(session: Session, cast: Cast) -> None:
    """The smallest there is, up and down again: what was bid first stays first."""
    saffron = catalogue.add_product(session, cast.ana, "Saffron", "", "kg", 1, now=NOW).id
    run_id = plan(session, cast)
    for quantity in (5, 6, 7, 6):
        bids.place_bid(session, cast.bojan, run_id, saffron, quantity, now=NOW)
        session.flush()

    raises = select(BidRaise.quantity).join(Bid, col(Bid.id) == col(BidRaise.bid_id))
    found = session.scalars(raises.where(Bid.product_id == saffron).order_by(col(BidRaise.id)))
    assert found.all() == [5, 1]
