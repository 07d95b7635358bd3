"""Adjusting: live ranges, the fair split by each rule, and nothing leaves while sums differ."""

import pytest
from sqlalchemy.orm import Session
from sqlmodel import select

from bulq.domain.errors import Conflict, Invalid, NotFound
from bulq.domain.phases import FairRule, Phase
from bulq.models import Allocation, Group, Notification
from bulq.queries.access import run_for
from bulq.queries.pick_up import pick_up
from bulq.queries.shares import fair_shares
from bulq.services import adjusting, bids, phases
from bulq.services.bids import bid_of
from tests import seeing
from tests.cast import LATER, NOW, PACK, Cast, bring_to, item_of, plan


def adjusting_run(session: Session, cast: Cast, bought: int):
    """5 packs of rice wanted by Ana, 3 by Bojan, 2 by Mila."""
    run_id = bring_to(session, cast, Phase.SHOPPING)
    seeing.buy(session, cast.ana, run_id, item_of(session, run_id, cast.rice), bought * PACK, bought * 799, now=NOW)
    session.flush()
    seeing.finish_shopping(session, cast.ana, run_id, now=NOW)
    session.flush()
    return run_id


def adjust(session: Session, cast: Cast, run_id, who, packs: int) -> None:
    seeing.adjust_bid(session, who, run_id, cast.rice, packs * PACK, now=NOW)
    session.flush()


def packs_of_rice(session: Session, cast: Cast, run_id) -> dict[str, int]:
    session.flush()
    item = item_of(session, run_id, cast.rice)
    names = {cast.ana.id: "ana", cast.bojan.id: "bojan", cast.mila.id: "mila"}
    lines = session.scalars(select(Allocation).where(Allocation.item_id == item))
    return {names[line.user_id]: line.quantity // PACK for line in lines}


def test_who_is_second_finds_no_shortage_left(session: Session, cast: Cast) -> None:
    run_id = adjusting_run(session, cast, bought=7)

    adjust(session, cast, run_id, cast.ana, 2)
    with pytest.raises(Conflict):
        adjust(session, cast, run_id, cast.bojan, 2)

    adjusting.finish_adjusting(session, cast.ana, run_id, now=NOW)
    assert packs_of_rice(session, cast, run_id) == {"ana": 2, "bojan": 3, "mila": 2}


@pytest.mark.parametrize(
    ("who", "packs", "fits"),
    [
        ("ana", 5, True),
        ("ana", 2, True),
        ("ana", 1, False),
        ("ana", 6, False),
        ("bojan", 0, True),
        ("mila", 0, True),
        ("mila", -1, False),
        ("mila", 3, False),
        ("ana", 10**20, False),
    ],
)
def test_a_shortage_takes_from_a_bid_at_most_itself(
    session: Session, cast: Cast, who: str, packs: int, fits: bool
) -> None:
    run_id = adjusting_run(session, cast, bought=7)

    if fits:
        adjust(session, cast, run_id, getattr(cast, who), packs)
        return
    with pytest.raises(Conflict) as refusal:
        adjust(session, cast, run_id, getattr(cast, who), packs)
    assert (refusal.value.key, refusal.value.field) == ("outside_range", "quantity")


@pytest.mark.parametrize(("packs", "fits"), [(2, True), (4, True), (5, False), (1, False), (0, False)])
def test_a_surplus_goes_upwards(session: Session, cast: Cast, packs: int, fits: bool) -> None:
    run_id = adjusting_run(session, cast, bought=12)

    if fits:
        adjust(session, cast, run_id, cast.mila, packs)
        return
    with pytest.raises(Conflict):
        adjust(session, cast, run_id, cast.mila, packs)


def test_part_of_a_step_is_outside_the_range(session: Session, cast: Cast) -> None:
    run_id = adjusting_run(session, cast, bought=7)

    with pytest.raises(Conflict) as refusal:
        seeing.adjust_bid(session, cast.ana, run_id, cast.rice, 2500, now=NOW)

    assert refusal.value.key == "outside_range"


def test_missing_and_matched_items_are_left_alone(session: Session, cast: Cast) -> None:
    run_id = adjusting_run(session, cast, bought=7)
    with pytest.raises(Conflict) as missing:
        seeing.adjust_bid(session, cast.bojan, run_id, cast.tomatoes, 500, now=NOW)
    adjust(session, cast, run_id, cast.ana, 2)

    with pytest.raises(Conflict) as matched:
        adjust(session, cast, run_id, cast.mila, 1)

    assert missing.value.key == matched.value.key == "nothing_to_adjust"


def test_nobody_joins_while_adjusting(session: Session, cast: Cast) -> None:
    run_id = plan(session, cast)
    bids.place_bid(session, cast.bojan, run_id, cast.rice, 3 * PACK, now=NOW)
    bids.mark_interested(session, cast.mila, run_id, cast.rice, now=NOW)
    seeing.confirm_run(session, cast.ana, run_id, now=NOW)
    phases.start_shopping(session, cast.ana, run_id, now=NOW)
    session.flush()
    seeing.buy(session, cast.ana, run_id, item_of(session, run_id, cast.rice), 5 * PACK, 3995, now=NOW)
    session.flush()
    seeing.finish_shopping(session, cast.ana, run_id, now=NOW)

    with pytest.raises(NotFound):
        adjust(session, cast, run_id, cast.ana, 1)
    with pytest.raises(Conflict) as interest:
        adjust(session, cast, run_id, cast.mila, 1)

    assert interest.value.key == "nothing_to_adjust"


@pytest.mark.parametrize("bought", [7, 12])
def test_nothing_is_handed_out_while_sums_differ(session: Session, cast: Cast, bought: int) -> None:
    run_id = adjusting_run(session, cast, bought)

    with pytest.raises(Conflict) as refusal:
        adjusting.finish_adjusting(session, cast.ana, run_id, now=NOW)

    assert refusal.value.key == "sums_differ"


@pytest.mark.parametrize(
    ("rule", "shares"),
    [
        (FairRule.PROPORTIONAL, {"ana": 4, "bojan": 2, "mila": 1}),
        (FairRule.EQUAL_FIRST, {"ana": 3, "bojan": 2, "mila": 2}),
        (FairRule.FIRST_COME, {"ana": 5, "bojan": 2}),
    ],
)
def test_each_rule_shares_in_its_way_and_shows_it_before(
    session: Session, cast: Cast, rule: FairRule, shares: dict[str, int]
) -> None:
    session.get_one(Group, cast.group_id).fair_rule = rule
    run_id = adjusting_run(session, cast, bought=7)

    shown = fair_shares(session, run_for(session, cast.mila, run_id))
    seeing.share_fairly(session, cast.ana, run_id, now=NOW)

    assert packs_of_rice(session, cast, run_id) == shares
    people = shown[0].people
    assert {each.name.casefold(): each.gets // PACK for each in people if each.gets} == shares


def test_first_come_goes_by_when_each_raise_was_made(session: Session, cast: Cast) -> None:
    session.get_one(Group, cast.group_id).fair_rule = FairRule.FIRST_COME
    run_id = plan(session, cast)
    for who, packs in ((cast.bojan, 4), (cast.mila, 3), (cast.bojan, 2), (cast.bojan, 5), (cast.ana, 1)):
        bids.place_bid(session, who, run_id, cast.rice, packs * PACK, now=NOW)
        session.flush()
    seeing.confirm_run(session, cast.ana, run_id, now=LATER)
    phases.start_shopping(session, cast.ana, run_id, now=LATER)
    session.flush()
    seeing.buy(session, cast.ana, run_id, item_of(session, run_id, cast.rice), 6 * PACK, 4794, now=LATER)
    session.flush()
    seeing.finish_shopping(session, cast.ana, run_id, now=LATER)

    seeing.share_fairly(session, cast.ana, run_id, now=LATER)

    # Bojan's first 2 of 4, then Mila's 3, then one of the 3 he added; Ana was last.
    assert packs_of_rice(session, cast, run_id) == {"bojan": 3, "mila": 3}


def test_what_nobody_asked_for_is_left_over_with_its_cost(session: Session, cast: Cast) -> None:
    run_id = adjusting_run(session, cast, bought=12)

    seeing.share_fairly(session, cast.ana, run_id, now=NOW)

    session.flush()
    view = pick_up(session, cast.ana, run_id)
    assert [(line.quantity, line.cost) for line in view.left_over.values()] == [(2 * PACK, 1598)]
    assert sum(person.total for person in view.people.values()) + 1598 == view.total == 12 * 799


def test_the_leader_takes_the_rest_only_by_saying_so(session: Session, cast: Cast) -> None:
    run_id = adjusting_run(session, cast, bought=12)

    seeing.share_fairly(session, cast.ana, run_id, leader_takes_rest=True, now=NOW)

    assert packs_of_rice(session, cast, run_id) == {"ana": 7, "bojan": 3, "mila": 2}
    assert pick_up(session, cast.ana, run_id).left_over == {}


def test_the_leader_may_take_a_rest_without_ever_having_bid(session: Session, cast: Cast) -> None:
    run_id = plan(session, cast)
    bids.place_bid(session, cast.bojan, run_id, cast.rice, 3 * PACK, now=NOW)
    seeing.confirm_run(session, cast.ana, run_id, now=NOW)
    phases.start_shopping(session, cast.ana, run_id, now=NOW)
    session.flush()
    seeing.buy(session, cast.ana, run_id, item_of(session, run_id, cast.rice), 4 * PACK, 3196, now=NOW)
    session.flush()
    seeing.finish_shopping(session, cast.ana, run_id, now=NOW)

    seeing.share_fairly(session, cast.ana, run_id, leader_takes_rest=True, now=NOW)

    assert packs_of_rice(session, cast, run_id) == {"ana": 1, "bojan": 3}


def test_who_gives_up_everything_gets_nothing_and_still_has_a_statement(session: Session, cast: Cast) -> None:
    run_id = adjusting_run(session, cast, bought=8)
    adjust(session, cast, run_id, cast.mila, 0)

    adjusting.finish_adjusting(session, cast.ana, run_id, now=NOW)

    session.flush()
    mila = pick_up(session, cast.mila, run_id).people[str(cast.mila.id)]
    assert [(line.wanted, line.got, line.cost) for line in mila.lines.values()] == [(2 * PACK, 0, 0)]


def test_the_leader_edits_anothers_bid_and_they_are_told(session: Session, cast: Cast) -> None:
    run_id = bring_to(session, cast, Phase.CONFIRMED)

    seeing.edit_bid_of(session, cast.ana, run_id, cast.bojan.id, cast.rice, PACK, now=LATER)

    session.flush()
    bid = bid_of(session, run_id, cast.bojan.id, cast.rice)
    assert bid is not None and (bid.quantity, bid.edited_by, bid.edited_from) == (PACK, cast.ana.id, 3 * PACK)
    notice = session.scalars(
        select(Notification).where(Notification.run_id == run_id, Notification.kind == "bid_edited")
    ).one()
    assert notice.user_id == cast.bojan.id
    assert (notice.details["before"], notice.details["after"]) == (3 * PACK, PACK)


def test_the_leaders_own_bid_is_edited_without_a_word(session: Session, cast: Cast) -> None:
    run_id = bring_to(session, cast, Phase.CONFIRMED)

    seeing.edit_bid_of(session, cast.ana, run_id, cast.ana.id, cast.rice, PACK, now=LATER)

    session.flush()
    assert not session.scalars(select(Notification).where(Notification.kind == "bid_edited")).all()


@pytest.mark.parametrize("quantity", [0, -PACK, 1500, 10**10])
def test_a_frozen_bid_is_edited_to_a_right_quantity_only(session: Session, cast: Cast, quantity: int) -> None:
    run_id = bring_to(session, cast, Phase.CONFIRMED)

    with pytest.raises(Invalid) as refusal:
        seeing.edit_bid_of(session, cast.ana, run_id, cast.bojan.id, cast.rice, quantity, now=NOW)

    assert refusal.value.field == "quantity"


def test_editing_while_adjusting_keeps_to_the_range(session: Session, cast: Cast) -> None:
    run_id = adjusting_run(session, cast, bought=7)

    with pytest.raises(Conflict) as refusal:
        seeing.edit_bid_of(session, cast.ana, run_id, cast.bojan.id, cast.rice, 4 * PACK, now=NOW)
    seeing.edit_bid_of(session, cast.ana, run_id, cast.bojan.id, cast.rice, 0, now=NOW)

    session.flush()
    assert refusal.value.key == "outside_range"
    adjusting.finish_adjusting(session, cast.ana, run_id, now=NOW)
    assert packs_of_rice(session, cast, run_id) == {"ana": 5, "mila": 2}
