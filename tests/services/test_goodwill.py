"""Who was short comes first when there is too little again: openly, within the group's bound, and only once."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from uuid import UUID

import pytest
from sqlalchemy.orm import Session
from sqlmodel import col, func, select

from bulq.domain.actor import Actor
from bulq.domain.errors import Conflict, Invalid
from bulq.domain.phases import Phase
from bulq.models import Allocation, Favour, Run, Shortage
from bulq.queries.goodwill import goodwill_in
from bulq.queries.pick_up import pick_up
from bulq.queries.shares import fair_split
from bulq.queries.statement import statement_view
from bulq.services import adjusting, bids, catalogue, groups, merging_people, mistakes, phases
from bulq.services.goodwill import set_goodwill
from tests import seeing
from tests.cast import LATER, NOW, PACK, Cast, World, item_of, person, plan

PRICE = 799


@pytest.fixture
def cast(world: World) -> Cast:
    """Those of a group that hasn't completed any run."""
    return world.evas


def to_adjusting(
    session: Session, cast: Cast, wanted: int = 1, bought: int = 2, goods: tuple[UUID, ...] = (), now: datetime = NOW
) -> UUID:
    """A run in which Ana, Bojan and Mila want so much each, and of all they want there is only `bought`."""
    goods = goods or (cast.rice,)
    run_id = plan(session, cast)
    for product_id in goods:
        for who in (cast.ana, cast.bojan, cast.mila):
            bids.place_bid(session, who, run_id, product_id, wanted * PACK, now=now)
    seeing.confirm_run(session, cast.ana, run_id, now=now)
    phases.start_shopping(session, cast.ana, run_id, now=now)
    session.flush()
    for product_id in goods:
        item = item_of(session, run_id, product_id)
        seeing.buy(session, cast.ana, run_id, item, bought * PACK, bought * PRICE, now=now)
    session.flush()
    seeing.finish_shopping(session, cast.ana, run_id, now=now)
    session.flush()
    return run_id


def share(session: Session, cast: Cast, run_id: UUID, now: datetime = NOW) -> None:
    seeing.share_fairly(session, cast.ana, run_id, now=now)
    session.flush()


def complete(session: Session, cast: Cast, run_id: UUID, now: datetime = NOW) -> None:
    seeing.complete_run(session, cast.ana, run_id, now=now)
    session.flush()


def short_once(session: Session, cast: Cast) -> Actor:
    """A completed run after which one of three had none. Returns who."""
    run_id = to_adjusting(session, cast)
    share(session, cast, run_id)
    complete(session, cast, run_id)
    return next(who for who in (cast.ana, cast.bojan, cast.mila) if who.id not in got_in(session, run_id))


def got_in(session: Session, run_id: UUID) -> Mapping[UUID, int]:
    lines = select(Allocation).where(Allocation.run_id == run_id)
    return {line.user_id: line.quantity for line in session.scalars(lines)}


def short_with_goodwill(session: Session, cast: Cast, bound: str = "step") -> Actor:
    who = short_once(session, cast)
    set_goodwill(session, cast.ana, cast.group_id, bound, now=NOW)
    session.flush()
    return who


def test_who_was_short_comes_first_once(session: Session, cast: Cast) -> None:
    who = short_with_goodwill(session, cast)
    assert goodwill_in(session, cast.group_id) == {str(who.id): PRICE}

    run_id = to_adjusting(session, cast)
    (rice,) = fair_split(session, cast.ana, run_id).items
    share(session, cast, run_id)

    # What the leader saw is what was done, and who came first has none left.
    assert got_in(session, run_id)[who.id] == PACK
    shown = {each.name: (each.gets, each.more, each.goodwill) for each in rice.people}
    gave_way = [name for name, (_, more, _) in shown.items() if more < 0]
    moved = 1 if gave_way else 0  # the rotation may have served them anyway
    assert shown[who.name] == (PACK, moved * PACK, PRICE)
    complete(session, cast, run_id)
    left = goodwill_in(session, cast.group_id)
    assert sum(left.values()) == (PRICE if moved else 2 * PRICE)
    assert (str(who.id) in left) is not bool(moved)


def test_everybody_is_told_why(session: Session, cast: Cast) -> None:
    who, run_id = moved_by_goodwill(session, cast)

    view = pick_up(session, cast.mila, run_id)
    more = {person: line.more for person, each in view.people.items() for line in each.lines.values()}
    mine = next(iter(statement_view(session, cast.mila, run_id, who.id).goods.values()))

    assert (more[str(who.id)], sum(more.values())) == (PACK, 0)
    assert (mine.more, mine.goodwill, mine.short, mine.got) == (PACK, PRICE, 0, PACK)
    complete(session, cast, run_id)
    other = UUID(next(person for person, each in more.items() if each < 0))
    theirs = next(iter(statement_view(session, cast.mila, run_id, other).goods.values()))
    assert (theirs.more, theirs.short, theirs.got) == (-PACK, PRICE, 0)


def moved_by_goodwill(session: Session, cast: Cast) -> tuple[Actor, UUID]:
    """Who was short, and a run in pick-up in which they got some that the rule alone had given to another."""
    who = short_with_goodwill(session, cast)
    while True:
        run_id = to_adjusting(session, cast)
        share(session, cast, run_id)
        if session.scalars(select(Favour.id).where(Favour.run_id == run_id)).first():
            return who, run_id
        phases.cancel_run(session, cast.ana, run_id, "", now=NOW)
        session.flush()


def test_by_itself_nobody_comes_first(session: Session, cast: Cast) -> None:
    short_once(session, cast)

    run_id = to_adjusting(session, cast)
    split = fair_split(session, cast.ana, run_id)
    share(session, cast, run_id)

    assert all((each.more, each.goodwill) == (0, 0) for item in split.items for each in item.people)
    assert session.scalars(select(func.count()).select_from(Favour)).one() == 0


def test_back_to_shopping_gives_the_goodwill_back(session: Session, cast: Cast) -> None:
    who, run_id = moved_by_goodwill(session, cast)
    assert str(who.id) not in goodwill_in(session, cast.group_id)

    mistakes.back_to_shopping(session, cast.ana, run_id, now=LATER)
    session.flush()

    assert goodwill_in(session, cast.group_id) == {str(who.id): PRICE}
    seeing.finish_shopping(session, cast.ana, run_id, now=LATER)
    share(session, cast, run_id, LATER)
    assert got_in(session, run_id)[who.id] == PACK


def test_two_runs_at_once_use_it_once(session: Session, cast: Cast) -> None:
    who, _ = moved_by_goodwill(session, cast)

    split = fair_split(session, cast.ana, to_adjusting(session, cast))

    assert all(each.goodwill == 0 for item in split.items for each in item.people if each.name == who.name)


def test_two_products_of_a_run_use_it_once(session: Session, cast: Cast) -> None:
    short_with_goodwill(session, cast)
    goods = [catalogue.add_product(session, cast.ana, f"Goods {n}", "", "pack", PACK, now=NOW).id for n in range(6)]
    session.flush()

    run_id = to_adjusting(session, cast, goods=tuple(goods))
    split = fair_split(session, cast.ana, run_id)
    share(session, cast, run_id)
    complete(session, cast, run_id)

    moved = [each.more for item in split.items for each in item.people if each.more > 0]
    assert moved in ([PACK], [])
    assert all(row.remaining <= row.amount for row in session.scalars(select(Shortage)))


def test_a_split_that_goodwill_has_changed_since_is_not_done(session: Session, cast: Cast) -> None:
    set_goodwill(session, cast.ana, cast.group_id, "half", now=NOW)
    first = to_adjusting(session, cast, wanted=4, bought=5)
    second = to_adjusting(session, cast, wanted=4, bought=5)
    seen = fair_split(session, cast.ana, second).effect
    share(session, cast, first)
    complete(session, cast, first)

    changed = fair_split(session, cast.ana, second).effect != seen
    if changed:
        with pytest.raises(Conflict) as refusal:
            adjusting.share_fairly(session, cast.ana, second, effect=seen, now=NOW)
        assert refusal.value.key == "shares_changed"


def test_what_was_given_up_by_hand_is_remembered(session: Session, cast: Cast) -> None:
    run_id = to_adjusting(session, cast)
    seeing.adjust_bid(session, cast.mila, run_id, cast.rice, 0, now=NOW)
    session.flush()
    adjusting.finish_adjusting(session, cast.ana, run_id, now=NOW)
    session.flush()

    complete(session, cast, run_id)

    assert goodwill_in(session, cast.group_id) == {str(cast.mila.id): PRICE}


def test_who_left_and_came_back_starts_clean(session: Session, cast: Cast) -> None:
    set_goodwill(session, cast.ana, cast.group_id, "step", now=NOW)
    run_id = to_adjusting(session, cast)
    seeing.adjust_bid(session, cast.mila, run_id, cast.rice, 0, now=NOW)
    adjusting.finish_adjusting(session, cast.ana, run_id, now=NOW)
    session.flush()
    complete(session, cast, run_id)

    groups.leave_group(session, cast.mila, cast.group_id, now=NOW)
    session.flush()
    assert goodwill_in(session, cast.group_id) == {}
    token = groups.group_for(session, cast.ana, cast.group_id).group.invite_token
    groups.join_group(session, cast.mila, token, now=LATER)
    session.flush()

    assert goodwill_in(session, cast.group_id) == {}


def test_only_the_newest_runs_count(session: Session, cast: Cast) -> None:
    short_once(session, cast)
    for n in range(1, 10):
        session.add(done(cast, NOW + timedelta(days=n)))
    session.flush()
    assert sum(goodwill_in(session, cast.group_id).values()) == PRICE

    session.add(done(cast, NOW + timedelta(days=10)))
    session.flush()

    assert goodwill_in(session, cast.group_id) == {}


def done(cast: Cast, at: datetime) -> Run:
    return Run(
        group_id=cast.group_id,
        store_id=cast.store_id,
        leader_id=cast.ana.id,
        phase=Phase.COMPLETED,
        created_at=at,
        ended_at=at,
    )


def test_two_accounts_of_one_person_have_it_together(session: Session, cast: Cast) -> None:
    who = short_once(session, cast)
    if who.id == cast.ana.id:  # who leads stays
        return
    twin = person(session, "Twin")
    token = groups.group_for(session, cast.ana, cast.group_id).group.invite_token
    groups.join_group(session, twin, token, now=NOW)
    session.flush()

    merging_people.merge_users(session, cast.ada, who.id, twin.id, now=LATER)
    session.flush()

    assert goodwill_in(session, cast.group_id) == {str(twin.id): PRICE}


def test_a_shortage_is_written_down_with_what_it_is_worth(session: Session, cast: Cast) -> None:
    run_id = to_adjusting(session, cast, wanted=3, bought=7)  # 9 wanted
    share(session, cast, run_id)
    complete(session, cast, run_id)

    rows = session.scalars(select(Shortage).where(col(Shortage.run_id) == run_id)).all()

    assert sum(row.quantity for row in rows) == 2 * PACK
    assert all((row.amount, row.remaining) == (row.quantity // PACK * PRICE,) * 2 for row in rows)


@pytest.mark.parametrize("bound", ["", "always", "STEP"])
def test_a_bound_is_one_of_three(session: Session, cast: Cast, bound: str) -> None:
    with pytest.raises(Invalid) as refusal:
        set_goodwill(session, cast.ana, cast.group_id, bound, now=NOW)

    assert refusal.value.field == "bound"
