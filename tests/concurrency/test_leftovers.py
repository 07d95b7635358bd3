"""Taking left-over goods while products or accounts are merged: nothing is taken twice, no third person pays more."""

from __future__ import annotations

from uuid import UUID

import pytest
from sqlalchemy.orm import Session
from sqlmodel import col, func, select

from bulq import db
from bulq.domain.actor import Actor
from bulq.domain.phases import Phase
from bulq.domain.statements import NOTHING
from bulq.models import Allocation, LeftoverTaking, ListItem, Membership, Run
from bulq.queries.item_shares import RunShares, run_shares
from bulq.services import accounts, bids, catalogue, phases
from bulq.services.leftovers import take_leftovers
from bulq.services.merging import merge_products
from bulq.services.merging_people import merge_users
from tests import seeing
from tests.cast import LATER, NOW, PACK, Cast, actor, item_of, leave_over, plan
from tests.concurrency.rounds import at_once, cast_of_this_test, looking, refusals

ROUNDS = 4
PHASES = pytest.mark.parametrize("phase", [Phase.DISTRIBUTING, Phase.COMPLETED])


@pytest.fixture
def cast(database: str) -> Cast:
    return cast_of_this_test()


def with_goods_left(session: Session, cast: Cast, twin: Actor, product: UUID, total: int, phase: Phase) -> UUID:
    """Ana, Mila and Bojan's other account share 7 packs of which Mila leaves 4; the total leaves odd cents."""
    session.add(Membership(group_id=cast.group_id, user_id=twin.id, joined_at=NOW))
    run_id = plan(session, cast)
    for who, packs in ((cast.ana, 1), (twin, 1), (cast.mila, 5)):
        bids.place_bid(session, who, run_id, product, packs * PACK, now=NOW)
    seeing.confirm_run(session, cast.ana, run_id, now=NOW)
    phases.start_shopping(session, cast.ana, run_id, now=NOW)
    session.flush()
    item = item_of(session, run_id, product)
    seeing.buy(session, cast.ana, run_id, item, 7 * PACK, total, now=NOW)
    seeing.finish_shopping(session, cast.ana, run_id, now=NOW)
    session.flush()
    leave_over(session, run_id, item, cast.mila.id, 4 * PACK)
    if phase is Phase.COMPLETED:
        seeing.complete_run(session, cast.ana, run_id, now=NOW)
    return run_id


def other_account(session: Session, number: int) -> Actor:
    return actor(accounts.create_user(session, "Bojan", f"bojan{number}", "unusable", now=NOW))


def shares(run_id: UUID) -> RunShares:
    with looking() as session:
        return run_shares(session, session.get_one(Run, run_id))


def costs(found: RunShares) -> dict[str, int]:
    """Minor units by person; the last one is what nobody took."""
    (item,) = found.items.values() or (NOTHING,)
    return {**item.costs, "": item.left_cost}


def check_goods(run_id: UUID) -> None:
    """Allocations hold what was taken of them, and together are no more than was bought."""
    with looking() as session:
        item = session.scalars(select(ListItem).where(ListItem.run_id == run_id)).one()
        taken = dict(
            session.execute(
                select(col(LeftoverTaking.user_id), func.sum(LeftoverTaking.quantity))
                .where(col(LeftoverTaking.item_id) == item.id)
                .group_by(col(LeftoverTaking.user_id))
            ).all()  # type: ignore[arg-type]
        )
        got = {row.user_id: row.quantity for row in session.scalars(select(Allocation)) if row.item_id == item.id}
        assert all(int(quantity) <= got[user_id] for user_id, quantity in taken.items())
        assert sum(got.values()) <= item.bought


@PHASES
def test_a_product_is_merged_while_two_people_take_what_is_left(cast: Cast, phase: Phase) -> None:
    for turn in range(ROUNDS):
        with db.transaction() as session:
            twin = other_account(session, turn)
            rice = catalogue.add_product(session, cast.ana, f"Rice {turn}", "", "pack", PACK, now=NOW).id
            run_id = with_goods_left(session, cast, twin, rice, 1000 + turn, phase)
            item = item_of(session, run_id, rice)
        before = costs(shares(run_id))

        merged, *took = at_once(
            lambda s, rice=rice: merge_products(s, cast.ada, rice, cast.rice, now=LATER),
            *(
                lambda s, who=who, run_id=run_id, item=item: take_leftovers(
                    s, who, run_id, item, PACK, seen=4 * PACK, now=LATER
                )
                for who in (cast.mila, cast.bojan)
            ),
        )

        assert not isinstance(merged, Exception)
        assert refusals(took) == ["left_over_changed"]  # both saw 4: one of them takes
        taker = cast.mila if took[0] is None else cast.bojan
        check(run_id, before, {str(taker.id)}, 1000 + turn)


@PHASES
def test_accounts_are_merged_while_one_of_them_and_somebody_else_take(cast: Cast, phase: Phase) -> None:
    # In pick-up a merge of accounts may move an odd cent by itself: these totals leave none that is tossed for.
    for turn in range(3):
        with db.transaction() as session:
            twin = other_account(session, turn)
            run_id = with_goods_left(session, cast, twin, cast.rice, 1000 + turn, phase)
            item = item_of(session, run_id, cast.rice)
        before = costs(shares(run_id))

        merged, *took = at_once(
            lambda s, twin=twin: merge_users(s, cast.ada, twin.id, cast.bojan.id, now=LATER),
            *(
                lambda s, who=who, run_id=run_id, item=item: take_leftovers(
                    s, who, run_id, item, PACK, seen=4 * PACK, now=LATER
                )
                for who in (twin, cast.mila)
            ),
        )

        assert not isinstance(merged, Exception)
        assert set(refusals(took)) <= {"left_over_changed", "not_found"} and len(refusals(took)) == 1
        renamed = {str(cast.bojan.id) if who == str(twin.id) else who: cost for who, cost in before.items()}
        taker = cast.bojan if took[0] is None else cast.mila
        check(run_id, renamed, {str(taker.id)}, 1000 + turn)


def check(run_id: UUID, before: dict[str, int], takers: set[str], total: int) -> None:
    """Nobody but the takers owes anything else, and all of it adds up to what was paid."""
    check_goods(run_id)
    after = costs(shares(run_id))
    assert sum(after.values()) == total
    others = {who: cost for who, cost in after.items() if who not in {*takers, ""}}
    assert others == {who: before[who] for who in others} and all(after[who] > before.get(who, 0) for who in takers)
