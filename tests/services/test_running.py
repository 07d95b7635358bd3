"""Planning a run and taking it through its phases."""

from datetime import date, datetime, timedelta

import pytest
from sqlalchemy.orm import Session
from sqlmodel import select

from bulq.config import settings
from bulq.domain.errors import Conflict, Forbidden, Invalid
from bulq.domain.phases import FINAL, OPEN, Phase
from bulq.models import Allocation, ListItem, PhaseEntry, PriceObservation, Run
from bulq.models.base import new_id
from bulq.services import phases, pickup, runs, shopping
from tests import seeing
from tests.cast import LATER, NOW, PACK, Cast, bring_to, item_of, plan


def phase_of(session: Session, run_id) -> Phase:
    session.flush()
    return session.get_one(Run, run_id).phase


def got(session: Session, run_id) -> dict[object, int]:
    session.flush()
    lines = session.scalars(select(Allocation).where(Allocation.run_id == run_id))
    return {line.user_id: line.quantity for line in lines}


def test_who_starts_a_run_leads_it(session: Session, cast: Cast) -> None:
    run = runs.start_run(session, cast.bojan, cast.group_id, cast.store_id, note="  Vans  ", now=NOW)

    assert (run.leader_id, run.phase, run.note) == (cast.bojan.id, Phase.PLANNING, "Vans")
    session.flush()
    entry = session.scalars(select(PhaseEntry).where(PhaseEntry.run_id == run.id)).one()
    assert (entry.phase, entry.actor_id, entry.entered_at) == (Phase.PLANNING, cast.bojan.id, NOW)


def test_a_group_has_so_many_open_runs(session: Session, cast: Cast) -> None:
    settings.open_runs_per_group = len(OPEN)

    with pytest.raises(Conflict) as refusal:
        plan(session, cast)
    phases.cancel_run(session, cast.ana, _open_run(session, cast), "", now=NOW)
    session.flush()

    assert refusal.value.key == "open_runs_per_group"
    assert plan(session, cast)


def _open_run(session: Session, cast: Cast):
    query = select(Run.id).where(Run.group_id == cast.group_id, Run.phase == Phase.PLANNING)
    return session.scalars(query.limit(1)).one()


@pytest.mark.parametrize(
    ("day", "moment", "key", "field"),
    [
        (date(2026, 11, 23), None, "day_past", "shopping_day"),
        (None, NOW, "moment_past", "bids_close_at"),
        (None, NOW - timedelta(days=400), "moment_past", "bids_close_at"),
        (date(2026, 11, 24), NOW + timedelta(hours=11), "close_after_shopping", "bids_close_at"),
    ],
)
def test_dates_lie_ahead_and_bidding_closes_before_shopping(
    session: Session, cast: Cast, day: date | None, moment: datetime | None, key: str, field: str
) -> None:
    run_id = plan(session, cast)

    with pytest.raises(Invalid) as new:
        plan(session, cast, shopping_day=day, bids_close_at=moment)
    with pytest.raises(Invalid) as edited:
        runs.edit_run(session, cast.ana, run_id, shopping_day=day, bids_close_at=moment, note="", now=NOW)

    assert (new.value.key, new.value.field) == (edited.value.key, edited.value.field) == (key, field)


def test_today_is_a_day_to_shop_where_the_group_lives(session: Session, cast: Cast) -> None:
    late = datetime.fromisoformat("2026-11-24T23:30:00Z")  # the 25th in Belgrade already

    runs.start_run(session, cast.ana, cast.group_id, cast.store_id, shopping_day=date(2026, 11, 25), now=late)
    with pytest.raises(Invalid):
        runs.start_run(session, cast.ana, cast.group_id, cast.store_id, shopping_day=date(2026, 11, 24), now=late)


def test_a_run_needs_a_store_that_exists(session: Session, cast: Cast) -> None:
    with pytest.raises(Invalid) as refusal:
        runs.start_run(session, cast.ana, cast.group_id, new_id(), now=NOW)

    assert (refusal.value.key, refusal.value.field) == ("store_missing", "store")


def test_the_note_can_be_edited_after_the_day(session: Session, cast: Cast) -> None:
    run_id = plan(session, cast, shopping_day=date(2026, 11, 24))
    much_later = NOW + timedelta(days=9)

    runs.edit_run(
        session, cast.ana, run_id, shopping_day=date(2026, 11, 24), bids_close_at=None, note="Done", now=much_later
    )

    assert session.get_one(Run, run_id).note == "Done"


def test_the_deadline_stays_once_bids_are_frozen(session: Session, cast: Cast) -> None:
    run_id = bring_to(session, cast, Phase.CONFIRMED)

    runs.edit_run(session, cast.ana, run_id, shopping_day=None, bids_close_at=LATER, note="", now=NOW)

    assert session.get_one(Run, run_id).bids_close_at is None


def test_the_list_is_the_sum_of_firm_bids(session: Session, cast: Cast) -> None:
    run_id = bring_to(session, cast, Phase.SHOPPING)

    items = session.scalars(select(ListItem).where(ListItem.run_id == run_id)).all()

    assert {item.product_id: item.wanted for item in items} == {cast.rice: 10 * PACK, cast.tomatoes: 1500}


def test_back_from_shopping_drops_the_list_while_nothing_is_bought(session: Session, cast: Cast) -> None:
    run_id = bring_to(session, cast, Phase.SHOPPING)

    phases.stop_shopping(session, cast.ana, run_id, now=NOW)

    assert phase_of(session, run_id) is Phase.CONFIRMED
    assert not session.scalars(select(ListItem).where(ListItem.run_id == run_id)).all()
    phases.start_shopping(session, cast.ana, run_id, now=NOW)
    assert phase_of(session, run_id) is Phase.SHOPPING


def test_no_way_back_from_shopping_once_something_is_bought(session: Session, cast: Cast) -> None:
    run_id = bring_to(session, cast, Phase.SHOPPING)
    purchase = seeing.buy(session, cast.ana, run_id, item_of(session, run_id, cast.rice), PACK, 799, now=NOW)
    session.flush()

    with pytest.raises(Conflict) as refusal:
        phases.stop_shopping(session, cast.ana, run_id, now=NOW)
    seeing.undo_purchase(session, cast.ana, run_id, purchase.id, now=NOW)
    session.flush()
    phases.stop_shopping(session, cast.ana, run_id, now=NOW)

    assert refusal.value.key == "already_bought"


@pytest.mark.parametrize("packs", [1, 9, 11])
def test_after_a_difference_comes_adjusting(session: Session, cast: Cast, packs: int) -> None:
    run_id = bring_to(session, cast, Phase.SHOPPING)
    seeing.buy(session, cast.ana, run_id, item_of(session, run_id, cast.rice), packs * PACK, packs * 799, now=NOW)
    session.flush()

    assert seeing.finish_shopping(session, cast.ana, run_id, now=NOW) is Phase.ADJUSTING

    assert phase_of(session, run_id) is Phase.ADJUSTING
    assert got(session, run_id) == {}


def test_with_everything_as_wanted_pick_up_begins_at_once(session: Session, cast: Cast) -> None:
    run_id = bring_to(session, cast, Phase.SHOPPING)
    seeing.buy(session, cast.ana, run_id, item_of(session, run_id, cast.rice), 10 * PACK, 7990, now=NOW)
    shopping.set_missing(session, cast.ana, run_id, item_of(session, run_id, cast.tomatoes), True, now=NOW)
    session.flush()

    assert seeing.finish_shopping(session, cast.ana, run_id, now=NOW) is Phase.DISTRIBUTING

    assert got(session, run_id) == {cast.ana.id: 5000, cast.bojan.id: 3000, cast.mila.id: 2000}


def test_with_nothing_bought_the_run_is_over_if_the_leader_says_so(session: Session, cast: Cast) -> None:
    run_id = bring_to(session, cast, Phase.SHOPPING)

    with pytest.raises(Conflict) as refusal:
        seeing.finish_shopping(session, cast.ana, run_id, now=NOW)
    assert refusal.value.key == "nothing_bought"
    assert phase_of(session, run_id) is Phase.SHOPPING

    assert seeing.finish_shopping(session, cast.ana, run_id, nothing_is_fine=True, now=LATER) is Phase.COMPLETED
    assert session.get_one(Run, run_id).ended_at == LATER


def test_a_purchase_feeds_the_price_history_once_per_product_store_day_and_price(session: Session, cast: Cast) -> None:
    for _ in range(2):
        run_id = bring_to(session, cast, Phase.SHOPPING)
        rice = item_of(session, run_id, cast.rice)
        for packs, total, when in ((4, 3600, NOW), (5, 4500, LATER), (1, 950, NOW), (1, 900, NOW + timedelta(days=1))):
            seeing.buy(session, cast.ana, run_id, rice, packs * PACK, total, now=when)
        session.flush()
        seeing.finish_shopping(session, cast.ana, run_id, now=LATER)

    query = select(PriceObservation).where(PriceObservation.product_id == cast.rice, PriceObservation.price >= 900)
    seen = sorted((each.price, str(each.day)) for each in session.scalars(query))
    assert seen == [(900, "2026-11-24"), (900, "2026-11-25"), (950, "2026-11-24")]


def test_what_nobody_picked_up_is_vouched_for(session: Session, cast: Cast) -> None:
    run_id = bring_to(session, cast, Phase.DISTRIBUTING)
    rice = item_of(session, run_id, cast.rice)
    pickup.set_picked_up(session, cast.bojan, run_id, rice, cast.bojan.id, True, now=NOW)
    session.flush()

    with pytest.raises(Conflict) as refusal:
        phases.complete_run(session, cast.ana, run_id, now=NOW)
    assert (refusal.value.key, refusal.value.values["count"]) == ("not_all_picked_up", 2)

    seeing.complete_run(session, cast.ana, run_id, now=LATER)
    session.expire_all()
    lines = session.scalars(select(Allocation).where(Allocation.run_id == run_id)).all()
    assert {line.user_id: line.picked_up_by for line in lines} == {
        cast.ana.id: cast.ana.id,
        cast.bojan.id: cast.bojan.id,
        cast.mila.id: cast.ana.id,
    }


def test_with_everything_picked_up_nothing_has_to_be_said(session: Session, cast: Cast) -> None:
    run_id = bring_to(session, cast, Phase.DISTRIBUTING)
    for who in (cast.ana, cast.bojan, cast.mila):
        pickup.pick_up_all(session, cast.ana, run_id, who.id, now=NOW)

    phases.complete_run(session, cast.ana, run_id, now=NOW)

    assert phase_of(session, run_id) is Phase.COMPLETED


def test_everybody_ticks_their_own_lines_and_takes_it_back(session: Session, cast: Cast) -> None:
    run_id = bring_to(session, cast, Phase.DISTRIBUTING)
    rice = item_of(session, run_id, cast.rice)

    pickup.set_picked_up(session, cast.mila, run_id, rice, cast.mila.id, True, now=NOW)
    pickup.set_picked_up(session, cast.mila, run_id, rice, cast.mila.id, True, now=LATER)
    line = session.scalars(
        select(Allocation).where(Allocation.item_id == rice, Allocation.user_id == cast.mila.id)
    ).one()
    assert line.picked_up_at == NOW
    pickup.set_picked_up(session, cast.mila, run_id, rice, cast.mila.id, False, now=LATER)

    assert (line.picked_up_at, line.picked_up_by) == (None, None)
    with pytest.raises(Forbidden):
        pickup.set_picked_up(session, cast.mila, run_id, rice, cast.bojan.id, True, now=NOW)


@pytest.mark.parametrize("phase", OPEN)
def test_every_open_run_can_be_cancelled_with_a_reason(session: Session, cast: Cast, phase: Phase) -> None:
    run_id = bring_to(session, cast, phase)

    phases.cancel_run(session, cast.ana, run_id, "Store is closed", now=LATER)

    run = session.get_one(Run, run_id)
    assert (run.phase, run.cancel_reason, run.ended_at) == (Phase.CANCELLED, "Store is closed", LATER)
    assert run.phase in FINAL


def test_every_phase_is_remembered_with_its_time_and_actor(session: Session, cast: Cast) -> None:
    run_id = bring_to(session, cast, Phase.COMPLETED)

    entries = session.scalars(select(PhaseEntry).where(PhaseEntry.run_id == run_id).order_by(PhaseEntry.id)).all()  # type: ignore[arg-type]

    assert [entry.phase for entry in entries] == [phase for phase in Phase if phase is not Phase.CANCELLED]
    assert all(entry.entered_at == NOW and entry.actor_id is not None for entry in entries)


def test_helpers_are_members_and_the_leader_needs_not_be_one(session: Session, cast: Cast) -> None:
    run_id = plan(session, cast)

    with pytest.raises(Conflict) as refusal:
        runs.set_helper(session, cast.ana, run_id, cast.ana.id, True, now=NOW)
    runs.set_helper(session, cast.ana, run_id, cast.mila.id, True, now=NOW)
    runs.set_helper(session, cast.ana, run_id, cast.mila.id, False, now=NOW)

    assert refusal.value.key == "leader_helps_anyway"
