"""A run as facts: bids that are read again one product at a time give what reading everything anew gives."""

from __future__ import annotations

from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import Phase as Stage
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from bulq.domain.actor import Actor
from bulq.domain.errors import BulqError, NotFound
from bulq.domain.phases import Phase, Unit
from bulq.editions import edition
from bulq.queries.item_shares import GIVEN_OUT
from bulq.queries.pick_up import pick_up
from bulq.queries.run_facts import RunFacts, reread_bids, run_facts
from bulq.queries.runs import run_view
from bulq.queries.shares import fair_split
from bulq.services import adjusting, bids, catalogue
from tests.cast import LATER, NOW, PACK, Cast, World, assemble, bring_to
from tests.queries.counting import statements

WHO, GOODS = st.sampled_from(["ana", "bojan", "mila"]), st.sampled_from(["rice", "tomatoes"])
CHANGES = st.one_of(
    st.tuples(st.just("bid"), WHO, GOODS, st.integers(1, 9)),
    st.tuples(st.sampled_from(["retract", "interested", "note", "ready"]), WHO, GOODS, st.just(0)),
)


def change(session: Session, cast: Cast, run_id, kind: str, who: Actor, product, amount: int) -> None:
    act = {
        "bid": lambda: bids.place_bid(session, who, run_id, product, amount * PACK, now=NOW),
        "retract": lambda: bids.retract_bid(session, who, run_id, product, now=NOW),
        "interested": lambda: bids.mark_interested(session, who, run_id, product, now=NOW),
        "note": lambda: bids.write_note(session, who, run_id, product, "ripe", now=NOW),
        "ready": lambda: bids.set_ready(session, who, run_id, True, now=NOW),
    }
    act[kind]()
    session.flush()


@settings(
    max_examples=8,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
    phases=[Stage.explicit, Stage.reuse, Stage.generate],
)
@given(changes=st.lists(CHANGES, min_size=1, max_size=6))
def test_reading_a_products_bids_again_is_reading_everything_anew(session: Session, changes) -> None:
    with session.begin_nested() as all_of_it:
        cast = assemble(session)
        run_id = bring_to(session, cast, Phase.ACTIVE)
        facts = run_facts(session, cast.ana, run_id)
        for kind, who, goods, amount in changes:
            product = getattr(cast, goods)
            try:
                with session.begin_nested():
                    change(session, cast, run_id, kind, getattr(cast, who), product, amount)
            except BulqError:
                continue
            fresh = run_facts(session, cast.ana, run_id)
            again = reread_bids(session, facts, [str(product)])
            assert again is None or edition(again).tag == edition(fresh).tag
            facts = fresh
        all_of_it.rollback()


def _active(session: Session) -> tuple[Cast, RunFacts]:
    cast = assemble(session)
    return cast, run_facts(session, cast.ana, bring_to(session, cast, Phase.ACTIVE))


def test_a_bid_is_read_again_alone_and_shares_all_else(session: Session) -> None:
    cast, facts = _active(session)
    bids.place_bid(session, cast.bojan, _id(facts), cast.rice, 9 * PACK, now=NOW)
    session.flush()

    with statements(session) as sent:
        again = reread_bids(session, facts, [str(cast.rice)])

    assert again is not None and len(sent) == 3
    assert again.products[str(cast.rice)].wanted == 16 * PACK
    assert again.products[str(cast.tomatoes)] is facts.products[str(cast.tomatoes)]
    assert again.people is facts.people


@pytest.mark.parametrize("goods", ["a product that nobody bids on any more", "one that is new"])
def test_products_that_come_or_go_are_read_with_everything(session: Session, goods: str) -> None:
    cast, facts = _active(session)
    if goods.startswith("one"):
        product = catalogue.add_product(session, cast.ana, "Plums", "", "kg", 500, now=NOW).id
        bids.place_bid(session, cast.ana, _id(facts), product, PACK, now=NOW)
    else:
        product = cast.tomatoes
        bids.retract_bid(session, cast.bojan, _id(facts), product, now=NOW)
    session.flush()

    assert reread_bids(session, facts, [str(product)]) is None


def _id(facts: RunFacts) -> UUID:
    return UUID(facts.id)


@pytest.mark.parametrize("phase", Phase)
def test_the_facts_say_what_the_run_is(world_session: Session, world: World, phase: Phase) -> None:
    view = run_view(world_session, world.cast.bojan, world.runs[phase])

    facts = run_facts(world_session, world.cast.bojan, world.runs[phase])

    bought = [line for line in view.products if line.bought]
    assert facts.weight == sum(line.bought for line in bought if line.unit == Unit.KG)
    assert facts.unweighed == sum(line.unit != Unit.KG for line in bought)
    assert facts.total == view.parts.total == sum(facts.parts.values()) + facts.left_over
    for line in view.products:
        product = facts.products[line.product_id]
        assert product.wanted == sum(bid[0] or 0 for bid in product.bids.values()) == line.wanted
    for person in view.people:
        assert facts.parts[str(facts.people[person.user_id].number)] == person.part
        assert facts.spent.get(str(facts.people[person.user_id].number), 0) == person.spent


@pytest.mark.parametrize("phase", [Phase.DISTRIBUTING, Phase.COMPLETED])
def test_pick_up_adds_up_to_what_was_paid(world_session: Session, world: World, phase: Phase) -> None:
    run_id, cast = world.runs[phase], world.cast
    view = run_view(world_session, cast.mila, run_id)

    facts = pick_up(world_session, cast.mila, run_id)

    assert {who: each.total for who, each in facts.people.items()} == {each.user_id: each.part for each in view.people}
    left = sum(left.cost for left in facts.left_over.values())
    assert sum(each.total for each in facts.people.values()) + left == facts.total == view.parts.total
    lines = [line for person in facts.people.values() for line in person.lines.values()]
    assert all((line.waiting is not None) == (line.got > 0 and not line.picked_up) for line in lines)


@pytest.mark.parametrize("phase", [phase for phase in Phase if phase not in GIVEN_OUT])
def test_nothing_is_picked_up_before_goods_are_given_out(world_session: Session, world: World, phase: Phase) -> None:
    with pytest.raises(NotFound):
        pick_up(world_session, world.cast.ana, world.runs[phase])


def test_the_split_is_shown_to_the_leader_in_adjusting_and_done_as_shown(world_session: Session, world: World) -> None:
    run_id, cast = world.runs[Phase.ADJUSTING], world.cast
    with pytest.raises(NotFound):
        fair_split(world_session, cast.bojan, run_id)
    with pytest.raises(NotFound):
        fair_split(world_session, cast.ana, world.runs[Phase.SHOPPING])

    split = fair_split(world_session, cast.ana, run_id)
    adjusting.share_fairly(world_session, cast.ana, run_id, effect=split.effect, now=LATER)

    (rice,) = split.items
    assert [(person.name, person.wants, person.gets) for person in rice.people] == [
        ("Ana", 5 * PACK, 4 * PACK),
        ("Bojan", 3 * PACK, 2 * PACK),
        ("Mila", 2 * PACK, 1 * PACK),
    ]
