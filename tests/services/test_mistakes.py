"""Mistakes after shopping: back to the shop with everything as it was wanted, and another total or payer."""

from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy.orm import Session
from sqlmodel import col, func, select

from bulq.domain.errors import Conflict, Forbidden, Invalid
from bulq.domain.phases import FairRule, Phase
from bulq.models import Allocation, AuditEntry, Bid, BidRaise, Group, Notification, PriceObservation, Purchase, Run
from bulq.queries.pick_up import pick_up
from bulq.queries.runs import run_view
from bulq.services import bids, groups, mistakes, phases, pickup, runs, shopping
from bulq.services.prices import withdraw_price
from tests import seeing
from tests.cast import LATER, NOW, PACK, Cast, bring_to, item_of, plan


def wanted(session: Session, run_id: UUID, product_id: UUID) -> dict[UUID, int | None]:
    session.flush()
    query = select(Bid).where(Bid.run_id == run_id, Bid.product_id == product_id)
    return {bid.user_id: bid.quantity for bid in session.scalars(query.execution_options(populate_existing=True))}


def prices(session: Session, product_id: UUID) -> list[int]:
    """The prices of a product that stand, oldest first."""
    session.flush()
    query = select(PriceObservation.price).where(
        PriceObservation.product_id == product_id, col(PriceObservation.withdrawn_at).is_(None)
    )
    return list(session.scalars(query.order_by(col(PriceObservation.seen_at), col(PriceObservation.id))))


def purchase_of(session: Session, run_id: UUID) -> Purchase:
    return session.scalars(select(Purchase).where(Purchase.run_id == run_id)).one()


def told(session: Session, run_id: UUID, kind: str) -> dict[UUID, dict[str, object]]:
    session.flush()
    query = select(Notification).where(Notification.run_id == run_id, Notification.kind == kind)
    return {entry.user_id: entry.details for entry in session.scalars(query)}


def back(session: Session, cast: Cast, run_id: UUID, reason: str = "") -> None:
    session.flush()
    mistakes.back_to_shopping(session, cast.ana, run_id, reason, now=LATER)
    session.flush()


@pytest.mark.parametrize("phase", [Phase.ADJUSTING, Phase.DISTRIBUTING])
def test_back_to_shopping_keeps_the_receipt_and_drops_what_followed_from_it(
    session: Session, cast: Cast, phase: Phase
) -> None:
    run_id = bring_to(session, cast, phase)

    back(session, cast, run_id)

    run = session.get_one(Run, run_id)
    assert run.phase is Phase.SHOPPING
    assert (purchase_of(session, run_id).quantity, purchase_of(session, run_id).total) == (7 * PACK, 5593)
    assert not session.scalars(select(Allocation).where(Allocation.run_id == run_id)).all()
    assert [step.phase for step in run_view(session, cast.ana, run_id).history][-1] is Phase.SHOPPING


def test_a_receipt_is_mended_in_the_shop_and_shared_anew(session: Session, cast: Cast) -> None:
    run_id = bring_to(session, cast, Phase.DISTRIBUTING)  # 7 of 10 packs, shared
    back(session, cast, run_id, "The receipt says 10")

    purchase = purchase_of(session, run_id)
    seeing.edit_purchase(session, cast.ana, run_id, purchase.id, 10 * PACK, 7990, now=LATER)
    session.flush()
    phase = seeing.finish_shopping(session, cast.ana, run_id, now=LATER)

    session.flush()
    assert phase is Phase.DISTRIBUTING
    view = pick_up(session, cast.ana, run_id)
    assert {person.name: person.total for person in view.people.values()} == {"Ana": 3995, "Bojan": 2397, "Mila": 1598}
    notice = told(session, run_id, "phase_shopping_again_because")
    assert not notice  # within five minutes the newest word of a run replaces the one before
    entry = session.scalars(select(AuditEntry).where(AuditEntry.action == "phase_shopping_again_because")).one()
    assert entry.details["reason"] == "The receipt says 10"


def test_everybody_hears_why_shopping_goes_on(session: Session, cast: Cast) -> None:
    run_id = bring_to(session, cast, Phase.ADJUSTING)

    back(session, cast, run_id, "  Forgot a bag ")

    notice = told(session, run_id, "phase_shopping_again_because")
    assert notice.keys() == {cast.bojan.id, cast.mila.id}
    assert {details["reason"] for details in notice.values()} == {"Forgot a bag"}


def test_what_was_adjusted_goes_back_to_what_was_wanted(session: Session, cast: Cast) -> None:
    run_id = bring_to(session, cast, Phase.ADJUSTING)  # 5, 3 and 2 wanted, 7 bought
    seeing.adjust_bid(session, cast.mila, run_id, cast.rice, 0, now=LATER)
    seeing.edit_bid_of(session, cast.ana, run_id, cast.bojan.id, cast.rice, 2 * PACK, now=LATER)
    before = {cast.ana.id: 5 * PACK, cast.bojan.id: 3 * PACK, cast.mila.id: 2 * PACK}

    back(session, cast, run_id)

    assert wanted(session, run_id, cast.rice) == before
    view = run_view(session, cast.ana, run_id)
    assert all(bid.edited_from is None and bid.wanted is None for line in view.products for bid in line.bids)
    raised = select(Bid.user_id, func.sum(BidRaise.quantity)).join(BidRaise, col(BidRaise.bid_id) == col(Bid.id))
    raised = raised.where(Bid.run_id == run_id, Bid.product_id == cast.rice).group_by(col(Bid.user_id))
    assert {user_id: int(total or 0) for user_id, total in session.execute(raised)} == before


def test_surplus_that_somebody_took_goes_back_as_well(session: Session, cast: Cast) -> None:
    run_id = bring_to(session, cast, Phase.SHOPPING)
    rice = item_of(session, run_id, cast.rice)
    seeing.buy(session, cast.ana, run_id, rice, 12 * PACK, 9588, now=NOW)
    seeing.finish_shopping(session, cast.ana, run_id, now=NOW)
    seeing.adjust_bid(session, cast.mila, run_id, cast.rice, 4 * PACK, now=LATER)

    back(session, cast, run_id)

    assert wanted(session, run_id, cast.rice)[cast.mila.id] == 2 * PACK


def test_first_come_still_goes_by_when_each_bid_was_made(session: Session, cast: Cast) -> None:
    """Who gave up some and took it back by this way doesn't lose their place."""
    session.get_one(Group, cast.group_id).fair_rule = FairRule.FIRST_COME
    run_id = plan(session, cast)
    for who in (cast.bojan, cast.mila):
        bids.place_bid(session, who, run_id, cast.rice, 4 * PACK, now=NOW)
        session.flush()
    seeing.confirm_run(session, cast.ana, run_id, now=NOW)
    phases.start_shopping(session, cast.ana, run_id, now=NOW)
    session.flush()
    seeing.buy(session, cast.ana, run_id, item_of(session, run_id, cast.rice), 5 * PACK, 3995, now=NOW)
    seeing.finish_shopping(session, cast.ana, run_id, now=NOW)
    seeing.adjust_bid(session, cast.bojan, run_id, cast.rice, 1 * PACK, now=LATER)

    back(session, cast, run_id)
    seeing.finish_shopping(session, cast.ana, run_id, now=LATER)
    seeing.share_fairly(session, cast.ana, run_id, now=LATER)

    session.flush()
    shares = session.scalars(select(Allocation).where(Allocation.run_id == run_id))
    assert {line.user_id: line.quantity for line in shares} == {cast.bojan.id: 4 * PACK, cast.mila.id: PACK}


def test_once_somebody_has_their_goods_there_is_no_way_back(session: Session, cast: Cast) -> None:
    run_id = bring_to(session, cast, Phase.DISTRIBUTING)
    pickup.pick_up_all(session, cast.mila, run_id, cast.mila.id, now=LATER)
    session.flush()

    with pytest.raises(Conflict) as refusal:
        mistakes.back_to_shopping(session, cast.ana, run_id, now=LATER)

    assert refusal.value.key == "already_picked_up"


def test_a_price_that_was_mistyped_leaves_the_history(session: Session, cast: Cast) -> None:
    run_id = bring_to(session, cast, Phase.ADJUSTING)
    assert prices(session, cast.rice) == [799]
    back(session, cast, run_id)
    assert prices(session, cast.rice) == []

    seeing.edit_purchase(session, cast.ana, run_id, purchase_of(session, run_id).id, 7 * PACK, 6300, now=LATER)
    session.flush()
    seeing.finish_shopping(session, cast.ana, run_id, now=LATER)

    assert prices(session, cast.rice) == [900]


def test_what_the_leader_changed_before_shopping_is_still_shown_after_going_back(session: Session, cast: Cast) -> None:
    """Also on a bid that was adjusted by its owner, or by the leader again."""
    run_id = bring_to(session, cast, Phase.CONFIRMED)
    for who in (cast.bojan, cast.mila):
        seeing.edit_bid_of(session, cast.ana, run_id, who.id, cast.rice, 4 * PACK, now=NOW)
    phases.start_shopping(session, cast.ana, run_id, now=NOW)
    session.flush()
    seeing.buy(session, cast.ana, run_id, item_of(session, run_id, cast.rice), 7 * PACK, 5593, now=NOW)
    seeing.finish_shopping(session, cast.ana, run_id, now=NOW)
    seeing.adjust_bid(session, cast.bojan, run_id, cast.rice, 3 * PACK, now=LATER)
    seeing.edit_bid_of(session, cast.ana, run_id, cast.mila.id, cast.rice, 3 * PACK, now=LATER)

    back(session, cast, run_id)

    bids_there = session.scalars(select(Bid).where(Bid.run_id == run_id, Bid.product_id == cast.rice))
    edits = {bid.user_id: (bid.quantity, bid.edited_by, bid.edited_from) for bid in bids_there}
    assert edits == {
        cast.ana.id: (5 * PACK, None, None),
        cast.bojan.id: (4 * PACK, cast.ana.id, 3 * PACK),
        cast.mila.id: (4 * PACK, cast.ana.id, 2 * PACK),
    }


@pytest.mark.parametrize("same_price_twice", [False, True])
def test_a_price_withdrawn_by_hand_is_not_fed_again_by_finishing_again(
    session: Session, cast: Cast, same_price_twice: bool
) -> None:
    run_id = bring_to(session, cast, Phase.SHOPPING)
    rice = item_of(session, run_id, cast.rice)
    for number in range(1 + same_price_twice):
        at = NOW + timedelta(minutes=number)
        seeing.buy(session, cast.ana, run_id, rice, 2 * PACK, 1598, now=at)
    seeing.finish_shopping(session, cast.ana, run_id, now=LATER)
    wrong = session.scalars(select(PriceObservation).where(PriceObservation.product_id == cast.rice)).one()
    withdraw_price(session, cast.ana, wrong.id, now=LATER)

    for _ in range(2):
        back(session, cast, run_id)
        seeing.finish_shopping(session, cast.ana, run_id, now=LATER)
        assert prices(session, cast.rice) == []

    back(session, cast, run_id)
    seeing.buy(session, cast.ana, run_id, rice, PACK, 799, now=LATER + timedelta(hours=1))  # seen once more since
    seeing.finish_shopping(session, cast.ana, run_id, now=LATER + timedelta(hours=1))
    assert prices(session, cast.rice) == [799]


def test_a_correction_feeds_no_price_of_another_line_again_that_was_withdrawn(session: Session, cast: Cast) -> None:
    run_id = bring_to(session, cast, Phase.SHOPPING)
    rice = item_of(session, run_id, cast.rice)
    line = seeing.buy(session, cast.ana, run_id, rice, 3 * PACK, 2400, now=NOW)
    seeing.buy(session, cast.ana, run_id, rice, 4 * PACK, 3196, now=NOW + timedelta(minutes=1))
    seeing.finish_shopping(session, cast.ana, run_id, now=LATER)
    assert sorted(prices(session, cast.rice)) == [799, 800]
    wrong = session.scalars(select(PriceObservation).where(PriceObservation.price == 799)).one()
    withdraw_price(session, cast.ana, wrong.id, now=LATER)

    seeing.correct_purchase(session, cast.ana, run_id, line.id, 3 * PACK, 2700, payer_id=cast.ana.id, now=LATER)

    assert prices(session, cast.rice) == [900]


# Total and payer


@pytest.mark.parametrize("total", [5593, 6300], ids=["payer", "total"])
def test_a_correction_brings_no_price_of_other_goods_back_that_was_withdrawn(
    session: Session, cast: Cast, total: int
) -> None:
    run_id = bring_to(session, cast, Phase.SHOPPING)
    for product, quantity, cost in ((cast.rice, 7 * PACK, 5593), (cast.tomatoes, 1000, 300)):
        seeing.buy(session, cast.ana, run_id, item_of(session, run_id, product), quantity, cost, now=NOW)
    seeing.finish_shopping(session, cast.ana, run_id, now=NOW)
    wrong = session.scalars(select(PriceObservation).where(PriceObservation.product_id == cast.tomatoes)).one()
    withdraw_price(session, cast.ana, wrong.id, now=NOW)
    rice = item_of(session, run_id, cast.rice)
    line = session.scalars(select(Purchase).where(Purchase.item_id == rice)).one()

    seeing.correct_purchase(session, cast.ana, run_id, line.id, 7 * PACK, total, payer_id=cast.bojan.id, now=LATER)

    assert prices(session, cast.tomatoes) == []
    assert prices(session, cast.rice) == [total // 7]


@pytest.mark.parametrize("phase", [Phase.ADJUSTING, Phase.DISTRIBUTING])
def test_total_and_payer_are_corrected_and_the_sums_follow(session: Session, cast: Cast, phase: Phase) -> None:
    run_id = bring_to(session, cast, phase)
    line = purchase_of(session, run_id)

    seeing.correct_purchase(session, cast.ana, run_id, line.id, 7 * PACK, 6300, payer_id=cast.mila.id, now=LATER)

    session.flush()
    view = run_view(session, cast.ana, run_id)
    assert {person.name: person.spent for person in view.people} == {"Ana": 0, "Bojan": 0, "Mila": 6300}
    assert sum(person.part for person in view.people) + view.parts.left_over == 6300
    assert prices(session, cast.rice) == [900]
    if phase is Phase.DISTRIBUTING:
        assert pick_up(session, cast.ana, run_id).total == 6300


def test_a_correction_is_recorded_and_whoever_it_concerns_is_told(session: Session, cast: Cast) -> None:
    run_id = bring_to(session, cast, Phase.ADJUSTING)
    line = purchase_of(session, run_id)

    seeing.correct_purchase(session, cast.ana, run_id, line.id, 7 * PACK, 6300, payer_id=cast.mila.id, now=LATER)

    said = {"product": "Basmati rice 5 kg", "before": 5593, "after": 6300, "payer_before": "Ana", "payer": "Mila"}
    notice = told(session, run_id, "purchase_corrected")
    assert notice.keys() == {cast.bojan.id, cast.mila.id}
    assert all(said.items() <= details.items() for details in notice.values())
    entry = session.scalars(select(AuditEntry).where(AuditEntry.action == "purchase_corrected")).one()
    assert said.items() <= entry.details.items() and entry.actor_id == cast.ana.id


def test_nobody_who_left_is_told(session: Session, cast: Cast) -> None:
    run_id = bring_to(session, cast, Phase.ADJUSTING)
    groups.leave_group(session, cast.mila, cast.group_id, now=LATER)
    session.flush()
    line = purchase_of(session, run_id)

    seeing.correct_purchase(session, cast.ana, run_id, line.id, 7 * PACK, 6300, payer_id=cast.ana.id, now=LATER)

    assert told(session, run_id, "purchase_corrected").keys() == {cast.bojan.id}


def test_whoever_paid_may_correct_it_and_nobody_else(session: Session, cast: Cast) -> None:
    run_id = bring_to(session, cast, Phase.SHOPPING)
    rice = item_of(session, run_id, cast.rice)
    runs.set_helper(session, cast.ana, run_id, cast.bojan.id, True, now=NOW)
    line = seeing.buy(session, cast.bojan, run_id, rice, 7 * PACK, 5593, payer_id=cast.mila.id, now=NOW)
    seeing.finish_shopping(session, cast.ana, run_id, now=NOW)

    with pytest.raises(Forbidden) as refusal:
        seeing.correct_purchase(session, cast.bojan, run_id, line.id, 7 * PACK, 1, payer_id=cast.mila.id, now=NOW)
    seeing.correct_purchase(session, cast.mila, run_id, line.id, 7 * PACK, 5600, payer_id=cast.bojan.id, now=NOW)
    session.flush()
    with pytest.raises(Forbidden):
        seeing.correct_purchase(session, cast.mila, run_id, line.id, 7 * PACK, 1, payer_id=cast.mila.id, now=NOW)

    assert refusal.value.key == "leader_or_payer"
    assert (line.total, line.payer_id) == (5600, cast.bojan.id)


def test_another_quantity_is_for_going_back_to_shopping(session: Session, cast: Cast) -> None:
    run_id = bring_to(session, cast, Phase.DISTRIBUTING)
    line = purchase_of(session, run_id)

    with pytest.raises(Conflict) as refusal:
        seeing.correct_purchase(session, cast.ana, run_id, line.id, 8 * PACK, 5593, payer_id=cast.ana.id, now=NOW)

    assert (refusal.value.key, refusal.value.field) == ("quantity_by_shopping", "quantity")


@pytest.mark.parametrize(("total", "price", "key"), [(-1, None, "money_negative"), (5593, 800, "total_differs")])
def test_a_total_that_cannot_be_is_refused(
    session: Session, cast: Cast, total: int, price: int | None, key: str
) -> None:
    run_id = bring_to(session, cast, Phase.ADJUSTING)
    line = purchase_of(session, run_id)
    seen = shopping.seen_now(line)

    with pytest.raises(Invalid) as refusal:
        mistakes.correct_purchase(
            session, cast.ana, run_id, line.id, 7 * PACK, total, price=price, payer_id=cast.ana.id, seen=seen, now=NOW
        )

    assert refusal.value.key == key


def test_two_who_correct_at_once_do_not_overwrite_each_other(session: Session, cast: Cast) -> None:
    run_id = bring_to(session, cast, Phase.ADJUSTING)
    line = purchase_of(session, run_id)
    seen = shopping.seen_now(line)
    seeing.correct_purchase(session, cast.ana, run_id, line.id, 7 * PACK, 6300, payer_id=cast.ana.id, now=NOW)
    session.flush()

    with pytest.raises(Conflict) as refusal:
        mistakes.correct_purchase(
            session, cast.ana, run_id, line.id, 7 * PACK, 5600, payer_id=cast.ana.id, seen=seen, now=NOW
        )

    values = refusal.value.values
    assert (refusal.value.key, values["seen"], values["current"]) == ("purchase_changed", 5593, 6300)
