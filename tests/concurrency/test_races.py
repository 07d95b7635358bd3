"""People acting at the same moment: nothing doubled, nothing overshot, nothing lost."""

from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import func
from sqlmodel import col, select

from bulq import db
from bulq.config import settings
from bulq.domain.actor import Actor
from bulq.domain.errors import BulqError, Busy
from bulq.domain.phases import Phase
from bulq.models import (
    Bid,
    BidRaise,
    Group,
    ListItem,
    Membership,
    Participant,
    PhaseEntry,
    Product,
    Purchase,
    Run,
    Store,
    User,
)
from bulq.services import accounts, bids, catalogue, groups, phases, runs
from tests import seeing
from tests.cast import NOW, PACK, Cast, actor, bring_to, item_of, plan
from tests.concurrency.rounds import ROUNDS, at_once, cast_of_this_test, looking, refusals

pytestmark = pytest.mark.only("postgresql")


@pytest.fixture
def cast(database: str) -> Cast:
    return cast_of_this_test()


def run_in(cast: Cast, phase: Phase) -> UUID:
    return db.write_now(bring_to, cast, phase)


def entries(run_id: UUID, phase: Phase) -> int:
    with looking() as session:
        query = select(func.count()).select_from(PhaseEntry)
        return session.scalars(query.where(PhaseEntry.run_id == run_id, PhaseEntry.phase == phase)).one()


def bids_of(run_id: UUID) -> dict[UUID, int | None]:
    with looking() as session:
        return {bid.user_id: bid.quantity for bid in session.scalars(select(Bid).where(Bid.run_id == run_id))}


def phase_of(run_id: UUID) -> Phase:
    with looking() as session:
        return session.get_one(Run, run_id).phase


def test_two_people_adjusting_at_once_never_overshoot(cast: Cast) -> None:
    for _ in range(ROUNDS):
        run_id = run_in(cast, Phase.ADJUSTING)  # 5, 3 and 2 wanted, 7 bought

        results = at_once(
            lambda s, run_id=run_id: seeing.adjust_bid(s, cast.ana, run_id, cast.rice, 2 * PACK, now=NOW),
            lambda s, run_id=run_id: seeing.adjust_bid(s, cast.bojan, run_id, cast.rice, 2 * PACK, now=NOW),
            lambda s, run_id=run_id: seeing.adjust_bid(s, cast.mila, run_id, cast.rice, PACK, now=NOW),
        )

        with looking() as session:
            total = session.scalars(
                select(func.sum(Bid.quantity)).where(Bid.run_id == run_id, Bid.product_id == cast.rice)
            ).one()
        assert int(total or 0) >= 7 * PACK
        assert set(refusals(results)) <= {"outside_range", "nothing_to_adjust"}
        assert refusals(results)


def test_first_bids_of_several_people_at_once_open_bidding_once(cast: Cast) -> None:
    for _ in range(ROUNDS):
        run_id = db.write_now(plan, cast)

        results = at_once(
            lambda s, run_id=run_id: bids.place_bid(s, cast.bojan, run_id, cast.rice, PACK, now=NOW),
            lambda s, run_id=run_id: bids.place_bid(s, cast.mila, run_id, cast.rice, 2 * PACK, now=NOW),
            lambda s, run_id=run_id: bids.place_bid(s, cast.ana, run_id, cast.rice, 3 * PACK, now=NOW),
        )

        assert refusals(results) == []
        assert entries(run_id, Phase.ACTIVE) == 1
        assert bids_of(run_id) == {cast.bojan.id: PACK, cast.mila.id: 2 * PACK, cast.ana.id: 3 * PACK}


def test_first_bids_of_one_person_in_two_tabs_are_one_bid(cast: Cast) -> None:
    for _ in range(ROUNDS):
        run_id = db.write_now(plan, cast)

        results = at_once(
            *(
                lambda s, packs=packs, run_id=run_id: bids.place_bid(
                    s, cast.bojan, run_id, cast.rice, packs * PACK, now=NOW
                )
                for packs in (1, 2, 3)
            )
        )

        assert not refusals(results)
        with looking() as session:
            bid = session.scalars(select(Bid).where(Bid.run_id == run_id)).one()
            raised = session.scalars(select(func.sum(BidRaise.quantity)).where(BidRaise.bid_id == bid.id)).one()
            people = select(func.count()).select_from(Participant).where(Participant.run_id == run_id)
            assert bid.quantity == raised
            assert session.scalars(people).one() == 2  # with the leader


def test_a_bid_changed_in_two_tabs_keeps_its_raises(cast: Cast) -> None:
    run_id = run_in(cast, Phase.ACTIVE)  # 3 wanted by Bojan
    for _ in range(ROUNDS):
        results = at_once(
            *(
                lambda s, packs=packs: bids.place_bid(s, cast.bojan, run_id, cast.rice, packs * PACK, now=NOW)
                for packs in (1, 7, 2, 9)
            )
        )

        assert not refusals(results)
        with looking() as session:
            bid = session.scalars(
                select(Bid).where(Bid.run_id == run_id, Bid.user_id == cast.bojan.id).where(Bid.product_id == cast.rice)
            ).one()
            raises = session.scalars(select(func.sum(BidRaise.quantity)).where(BidRaise.bid_id == bid.id)).one()
        assert bid.quantity == raises


def test_people_who_change_their_bids_do_not_wait_for_each_other_but_for_the_leader(cast: Cast) -> None:
    run_id = run_in(cast, Phase.ACTIVE)
    settings.lock_timeout = 1

    with db.transaction() as session:
        bids.place_bid(session, cast.mila, run_id, cast.rice, PACK, now=NOW)
        session.flush()
        db.write_now(bids.place_bid, cast.bojan, run_id, cast.rice, PACK, now=NOW)
        with pytest.raises(Busy):
            db.write_now(seeing.confirm_run, cast.ana, run_id, now=NOW)
    with db.transaction() as session:
        seeing.confirm_run(session, cast.ana, run_id, now=NOW)
        session.flush()
        with pytest.raises(Busy):
            db.write_now(bids.place_bid, cast.bojan, run_id, cast.rice, 2 * PACK, now=NOW)

    assert bids_of(run_id)[cast.mila.id] == PACK
    assert phase_of(run_id) is Phase.CONFIRMED


def test_a_bid_placed_while_another_tab_retracts_it_belongs_to_a_participant(cast: Cast) -> None:
    run_id = run_in(cast, Phase.ACTIVE)
    for turn in range(ROUNDS):
        packs = turn % 7 + 1

        at_once(
            lambda s: bids.set_ready(s, cast.bojan, run_id, True, now=NOW),
            lambda s, packs=packs: bids.place_bid(s, cast.bojan, run_id, cast.rice, packs * PACK, now=NOW),
            lambda s: bids.retract_bid(s, cast.bojan, run_id, cast.rice, now=NOW),
        )

        with looking() as session:
            mine = select(Bid.id).where(Bid.run_id == run_id, Bid.user_id == cast.bojan.id)
            place = select(Participant.id).where(Participant.run_id == run_id, Participant.user_id == cast.bojan.id)
            assert not session.scalars(mine).all() or session.scalars(place).one_or_none()


def test_a_bid_at_the_deadline_is_counted_or_refused(cast: Cast) -> None:
    close = NOW + timedelta(hours=1)
    counted = refused = 0
    for _ in range(2 * ROUNDS):
        run_id = db.write_now(plan, cast, bids_close_at=close)
        db.write_now(bids.place_bid, cast.bojan, run_id, cast.rice, PACK, now=NOW)

        results = at_once(
            lambda s, run_id=run_id: bids.place_bid(
                s, cast.bojan, run_id, cast.rice, 5 * PACK, now=close - timedelta(seconds=1)
            ),
            lambda s, run_id=run_id: phases.close_bidding(s, run_id, now=close),
        )
        before = bids_of(run_id)
        late = at_once(lambda s, run_id=run_id: bids.place_bid(s, cast.bojan, run_id, cast.rice, PACK, now=close))

        assert phase_of(run_id) is Phase.CONFIRMED
        assert refusals(late) == ["wrong_phase"]
        if refusals(results):
            assert refusals(results) == ["wrong_phase"]
            assert before == bids_of(run_id) == {cast.bojan.id: PACK}
            refused += 1
        else:
            assert before == bids_of(run_id) == {cast.bojan.id: 5 * PACK}
            counted += 1
    assert counted + refused == 2 * ROUNDS


def test_processes_closing_the_same_deadline_close_it_once(cast: Cast) -> None:
    close = NOW + timedelta(hours=1)
    for _ in range(ROUNDS):
        run_id = db.write_now(plan, cast, bids_close_at=close)
        db.write_now(bids.place_bid, cast.bojan, run_id, cast.rice, PACK, now=NOW)

        results = at_once(*[lambda s, run_id=run_id: phases.close_bidding(s, run_id, now=close)] * 4)

        assert sorted(results) == [False, False, False, True]
        assert entries(run_id, Phase.CONFIRMED) == 1


def test_admins_demoting_each_other_leave_one(cast: Cast) -> None:
    for _ in range(ROUNDS):
        with db.transaction() as session:
            for membership in session.scalars(select(Membership).where(Membership.group_id == cast.group_id)):
                membership.is_admin = membership.user_id in (cast.ana.id, cast.bojan.id)

        results = at_once(
            lambda s: groups.demote(s, cast.ana, cast.group_id, cast.bojan.id, now=NOW),
            lambda s: groups.demote(s, cast.bojan, cast.group_id, cast.ana.id, now=NOW),
        )

        with looking() as session:
            query = select(func.count()).where(Membership.group_id == cast.group_id, col(Membership.is_admin))
            assert session.scalars(query).one() == 1
        assert refusals(results) == ["not_allowed"]


def test_the_last_two_admins_leaving_at_once_leave_one(cast: Cast) -> None:
    for _ in range(ROUNDS):
        with db.transaction() as session:
            token = session.get_one(Group, cast.group_id).invite_token
            for who in (cast.ana, cast.bojan):
                try:
                    groups.join_group(session, who, token, now=NOW)
                except BulqError:
                    continue
            session.flush()
            for membership in session.scalars(select(Membership).where(Membership.group_id == cast.group_id)):
                membership.is_admin = membership.user_id != cast.mila.id

        results = at_once(
            lambda s: groups.leave_group(s, cast.ana, cast.group_id, now=NOW),
            lambda s: groups.leave_group(s, cast.bojan, cast.group_id, now=NOW),
        )

        assert refusals(results) == ["last_admin"]


def test_no_bid_outlives_the_membership_of_its_bidder(cast: Cast) -> None:
    with db.reading() as session:
        token = session.get_one(Group, cast.group_id).invite_token
    for turn in range(ROUNDS):
        run_id = db.write_now(plan, cast)
        if turn % 2:
            db.write_now(bids.place_bid, cast.mila, run_id, cast.tomatoes, 500, now=NOW)

        at_once(
            lambda s, run_id=run_id: bids.place_bid(s, cast.mila, run_id, cast.rice, PACK, now=NOW),
            lambda s: groups.remove_member(s, cast.ana, cast.group_id, cast.mila.id, now=NOW),
        )

        with looking() as session:
            assert session.scalars(select(Bid).where(Bid.user_id == cast.mila.id)).all() == []
            assert session.scalars(select(Participant).where(Participant.user_id == cast.mila.id)).all() == []
        db.write_now(groups.join_group, cast.mila, token, now=NOW)


def test_the_last_place_is_taken_once(cast: Cast) -> None:
    settings.members_per_group = 4
    with db.transaction() as session:
        token = session.get_one(Group, cast.group_id).invite_token
        pero = actor(accounts.create_user(session, "Pero", "pero", "unusable", now=NOW))
    for _ in range(ROUNDS):
        results = at_once(
            lambda s: groups.join_group(s, cast.eva, token, now=NOW),
            lambda s: groups.join_group(s, pero, token, now=NOW),
        )

        assert refusals(results) == ["group_full"]
        winner = cast.eva if not isinstance(results[0], BulqError) else pero
        db.write_now(groups.leave_group, winner, cast.group_id, now=NOW)


def test_joining_in_two_tabs_is_joining_once(cast: Cast) -> None:
    with db.reading() as session:
        token = session.get_one(Group, cast.group_id).invite_token
    for _ in range(ROUNDS):
        results = at_once(*[lambda s: groups.join_group(s, cast.eva, token, now=NOW)] * 2)

        assert refusals(results) == ["already_member"]
        db.write_now(groups.leave_group, cast.eva, cast.group_id, now=NOW)


def test_purchases_of_one_item_at_once_all_count(cast: Cast) -> None:
    run_id = run_in(cast, Phase.SHOPPING)
    db.write_now(runs.set_helper, cast.ana, run_id, cast.bojan.id, True, now=NOW)
    with looking() as session:
        rice = item_of(session, run_id, cast.rice)
    for _ in range(ROUNDS):
        at_once(
            lambda s: seeing.buy(s, cast.ana, run_id, rice, PACK, 799, now=NOW),
            lambda s: seeing.buy(s, cast.bojan, run_id, rice, 2 * PACK, 1600, now=NOW),
        )

    with looking() as session:
        item = session.get_one(ListItem, rice)
        sums = session.execute(
            select(func.sum(Purchase.quantity), func.sum(Purchase.total)).where(Purchase.item_id == rice)
        ).one()
        assert (item.bought, item.line_total) == tuple(map(int, sums)) == (ROUNDS * 3 * PACK, ROUNDS * 2399)


def test_a_purchase_while_shopping_ends_is_shared_or_refused(cast: Cast) -> None:
    for _ in range(ROUNDS):
        run_id = run_in(cast, Phase.SHOPPING)
        db.write_now(runs.set_helper, cast.ana, run_id, cast.bojan.id, True, now=NOW)
        with looking() as session:
            rice = item_of(session, run_id, cast.rice)
        db.write_now(seeing.buy, cast.ana, run_id, rice, 10 * PACK, 7990, now=NOW)

        results = at_once(
            lambda s, run_id=run_id: seeing.finish_shopping(s, cast.ana, run_id, now=NOW),
            lambda s, run_id=run_id, rice=rice: seeing.buy(s, cast.bojan, run_id, rice, PACK, 799, now=NOW),
        )

        with looking() as session:
            bought = session.get_one(ListItem, rice).bought
        if refusals(results):
            assert (refusals(results), bought, phase_of(run_id)) == (["wrong_phase"], 10 * PACK, Phase.DISTRIBUTING)
        else:
            assert (bought, phase_of(run_id)) == (11 * PACK, Phase.ADJUSTING)


def test_the_same_name_at_once_is_given_once(cast: Cast) -> None:
    for turn in range(ROUNDS):
        stores = at_once(*[lambda s, turn=turn: catalogue.add_store(s, cast.ana, f"Dis {turn}", now=NOW)] * 2)
        products = at_once(
            *(
                lambda s, turn=turn, name=name: catalogue.add_product(
                    s, cast.bojan, f"{name} {turn}", "", "kg", 1, now=NOW
                )
                for name in ("Beans", "BEÀNS")
            )
        )
        users = at_once(
            *(
                lambda s, turn=turn, name=name: accounts.create_user(s, "Rada", f"{name}{turn}", "unusable", now=NOW)
                for name in ("rada", "Rada")
            )
        )

        assert refusals(stores) == ["store_exists"]
        assert refusals(products) == ["product_exists"]
        assert refusals(users) == ["username_taken"]
    with looking() as session:
        for table, expected in ((Store, 1 + ROUNDS), (Product, 2 + ROUNDS), (User, 5 + ROUNDS)):
            assert session.scalars(select(func.count()).select_from(table)).one() == expected


def test_runs_started_at_once_stay_within_the_limit(cast: Cast) -> None:
    settings.open_runs_per_group = 1
    people: list[Actor] = [cast.ana, cast.bojan, cast.mila]
    for _ in range(ROUNDS):
        results = at_once(
            *(lambda s, who=who: runs.start_run(s, who, cast.group_id, cast.store_id, now=NOW) for who in people)
        )

        assert refusals(results) == ["open_runs_per_group"] * 2
        run = next(result for result in results if isinstance(result, Run))
        leader = next(who for who in people if who.id == run.leader_id)
        db.write_now(phases.cancel_run, leader, run.id, "", now=NOW)
