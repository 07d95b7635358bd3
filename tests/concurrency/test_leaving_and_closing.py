"""Leaving a group and closing it against everything else: what was counted stays, what is closed stays closed."""

from uuid import UUID

import pytest
from sqlalchemy import func
from sqlmodel import col, select

from bulq import db
from bulq.domain.phases import OPEN, Phase
from bulq.models import Allocation, Bid, Group, ListItem, Membership, Notification, Participant, Run
from bulq.services import bids, closing, groups, phases, runs
from tests import seeing
from tests.cast import NOW, PACK, Cast, bring_to, plan
from tests.concurrency.rounds import ROUNDS, at_once, cast_of_this_test, looking, refusals

pytestmark = pytest.mark.only("postgresql")


@pytest.fixture
def cast(database: str) -> Cast:
    return cast_of_this_test()


def token_of(cast: Cast) -> str:
    with looking() as session:
        return session.get_one(Group, cast.group_id).invite_token


def test_who_leaves_as_shopping_starts_is_on_the_list_or_not_in_the_run(cast: Cast) -> None:
    token = token_of(cast)
    for _ in range(ROUNDS):
        run_id = db.write_now(bring_to, cast, Phase.CONFIRMED)

        results = at_once(
            lambda s, run_id=run_id: phases.start_shopping(s, cast.ana, run_id, now=NOW),
            lambda s: groups.leave_group(s, cast.mila, cast.group_id, now=NOW),
        )

        assert not refusals(results)
        with looking() as session:
            listed = session.scalars(
                select(ListItem.wanted).where(ListItem.run_id == run_id, ListItem.product_id == cast.rice)
            ).one()
            bid = select(func.sum(Bid.quantity)).where(Bid.run_id == run_id, Bid.product_id == cast.rice)
            assert listed == session.scalars(bid).one()
            theirs = session.scalars(
                select(Participant).where(Participant.run_id == run_id, Participant.user_id == cast.mila.id)
            ).all()
            assert (listed, len(theirs)) in ((10 * PACK, 1), (8 * PACK, 0))
        db.write_now(groups.join_group, cast.mila, token, now=NOW)


def test_who_leaves_as_a_run_is_confirmed_takes_their_bids_along(cast: Cast) -> None:
    token = token_of(cast)
    for _ in range(ROUNDS):
        run_id = db.write_now(bring_to, cast, Phase.ACTIVE)

        results = at_once(
            lambda s, run_id=run_id: seeing.confirm_run(s, cast.ana, run_id, now=NOW),
            lambda s: groups.leave_group(s, cast.mila, cast.group_id, now=NOW),
        )

        assert not refusals(results)
        with looking() as session:
            assert session.get_one(Run, run_id).phase is Phase.CONFIRMED
            assert not session.scalars(select(Bid).where(Bid.run_id == run_id, Bid.user_id == cast.mila.id)).all()
        db.write_now(groups.join_group, cast.mila, token, now=NOW)


def test_who_leaves_as_goods_are_given_out_keeps_theirs(cast: Cast) -> None:
    token = token_of(cast)
    for _ in range(ROUNDS):
        run_id = db.write_now(bring_to, cast, Phase.ADJUSTING)

        results = at_once(
            lambda s, run_id=run_id: seeing.share_fairly(s, cast.ana, run_id, now=NOW),
            lambda s: groups.leave_group(s, cast.mila, cast.group_id, now=NOW),
        )

        assert not refusals(results)
        with looking() as session:
            got = select(func.sum(Allocation.quantity)).where(Allocation.run_id == run_id)
            assert session.scalars(got).one() == 7 * PACK
        db.write_now(groups.join_group, cast.mila, token, now=NOW)


def new_group(cast: Cast) -> tuple[UUID, UUID]:
    """Another group of Ana's and Bojan's with a run in bidding."""
    with db.transaction() as session:
        group = groups.create_group(session, cast.ana, "Detelinara", "EUR", "Europe/Belgrade", now=NOW)
        groups.join_group(session, cast.bojan, group.invite_token, now=NOW)
        session.flush()
        run = runs.start_run(session, cast.ana, group.id, cast.store_id, now=NOW)
        session.flush()
        bids.place_bid(session, cast.bojan, run.id, cast.rice, PACK, now=NOW)
        return group.id, run.id


def test_a_group_that_closes_has_no_open_run_and_takes_nobody(cast: Cast) -> None:
    for _ in range(ROUNDS):
        group_id, run_id = new_group(cast)
        with looking() as session:
            token = session.get_one(Group, group_id).invite_token

        results = at_once(
            lambda s, group_id=group_id: closing.close_group(s, cast.ada, group_id, now=NOW),
            lambda s, group_id=group_id: runs.start_run(s, cast.bojan, group_id, cast.store_id, now=NOW),
            lambda s, token=token: groups.join_group(s, cast.mila, token, now=NOW),
            lambda s, run_id=run_id: bids.place_bid(s, cast.bojan, run_id, cast.tomatoes, 500, now=NOW),
        )

        closed, started, joined, _bid = results
        assert set(refusals([closed])) == set()
        with looking() as session:
            still_open = select(Run.id).where(Run.group_id == group_id, col(Run.phase).in_(OPEN))
            assert session.scalars(still_open).all() == []
            cancelled = select(Run.id).where(Run.group_id == group_id, Run.phase == Phase.CANCELLED)
            ended = session.scalars(cancelled).all()
            members = set(session.scalars(select(Membership.user_id).where(Membership.group_id == group_id)))
            farewells = (col(Notification.group_id) == group_id) & (col(Notification.kind) == "group_closed")
            told = set(session.scalars(select(Notification.user_id).where(farewells)))
        assert told == members  # whoever was in by then is told
        assert isinstance(started, Run) == (len(ended) == 2)
        assert (cast.mila.id in members) == (not refusals([joined]))


def test_a_phase_that_changes_as_the_group_closes_is_cancelled_all_the_same(cast: Cast) -> None:
    for _ in range(ROUNDS):
        group_id, run_id = new_group(cast)

        results = at_once(
            lambda s, group_id=group_id: closing.close_group(s, cast.ada, group_id, now=NOW),
            lambda s, run_id=run_id: seeing.confirm_run(s, cast.ana, run_id, now=NOW),
            lambda s, group_id=group_id: groups.leave_group(s, cast.bojan, group_id, now=NOW),
        )

        assert not refusals(results[:1])
        with looking() as session:
            assert session.get_one(Run, run_id).phase is Phase.CANCELLED


def test_two_admins_close_a_group_once(cast: Cast) -> None:
    for _ in range(ROUNDS):
        group_id, _run_id = new_group(cast)

        results = at_once(*[lambda s, group_id=group_id: closing.close_group(s, cast.ada, group_id, now=NOW)] * 2)

        assert refusals(results) == ["group_closed"]


def test_a_run_planned_after_closing_is_of_no_group(cast: Cast) -> None:
    db.write_now(closing.close_group, cast.ada, cast.group_id, now=NOW)

    assert refusals(at_once(lambda s: plan(s, cast))) == ["not_found"]
