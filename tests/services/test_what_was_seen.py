"""What a person hasn't seen isn't agreed to: whoever acts on what has changed since is refused, and nothing happens."""

from uuid import UUID

import pytest
from sqlalchemy.orm import Session
from sqlmodel import select

from bulq.domain.errors import Conflict, NotFound
from bulq.domain.phases import Phase
from bulq.models import Allocation, ListItem, Participant, Product, Run
from bulq.queries.questions import not_ready, open_list, shares_of, waiting_lines
from bulq.queries.shares import effect_of
from bulq.services import adjusting, bids, new_products, phases, pickup, shopping
from bulq.services.bids import bid_of
from tests import seeing
from tests.cast import LATER, NOW, PACK, Cast, bring_to, item_of, plan
from tests.services.use_cases import NEW


def items(session: Session, run_id: UUID) -> list[ListItem]:
    session.flush()
    return list(session.scalars(select(ListItem).where(ListItem.run_id == run_id)))


def test_what_others_bought_meanwhile_is_not_bought_twice(session: Session, cast: Cast) -> None:
    run_id = bring_to(session, cast, Phase.SHOPPING)
    rice = item_of(session, run_id, cast.rice)
    seeing.buy(session, cast.ana, run_id, rice, 4 * PACK, 3196, now=NOW)

    with pytest.raises(Conflict) as refusal:
        shopping.buy(session, cast.ana, run_id, rice, 10 * PACK, 7990, seen=0, now=NOW)

    assert (refusal.value.key, refusal.value.values) == (
        "bought_meanwhile",
        {"seen": 0, "current": 4 * PACK, "unit": "pack"},
    )
    assert seeing.bought(session, rice) == 4 * PACK


@pytest.mark.parametrize(
    "change",
    [{"quantity": 5 * PACK, "total": 3196}, {"quantity": 4 * PACK, "total": 3200}, {"payer": True}],
    ids=["quantity", "total", "payer"],
)
def test_a_line_that_somebody_changed_is_neither_edited_nor_undone(
    session: Session, cast: Cast, change: dict[str, int]
) -> None:
    run_id = bring_to(session, cast, Phase.SHOPPING)
    rice = item_of(session, run_id, cast.rice)
    line = seeing.buy(session, cast.ana, run_id, rice, 4 * PACK, 3196, now=NOW)
    seen = shopping.seen_now(line)
    payer = cast.bojan.id if "payer" in change else cast.ana.id
    amount, total = change.get("quantity", 4 * PACK), change.get("total", 3196)
    seeing.edit_purchase(session, cast.ana, run_id, line.id, amount, total, payer_id=payer, now=NOW)
    session.flush()

    with pytest.raises(Conflict) as edited:
        shopping.edit_purchase(session, cast.ana, run_id, line.id, 3 * PACK, 2397, seen=seen, now=NOW)
    with pytest.raises(Conflict) as undone:
        shopping.undo_purchase(session, cast.ana, run_id, line.id, seen=seen, now=NOW)

    assert edited.value.key == undone.value.key == "purchase_changed"
    assert (line.quantity, line.total, line.payer_id) == (amount, total, payer)


def test_what_somebody_bought_is_not_marked_as_not_there(session: Session, cast: Cast) -> None:
    run_id = bring_to(session, cast, Phase.SHOPPING)
    rice = item_of(session, run_id, cast.rice)
    seeing.buy(session, cast.ana, run_id, rice, PACK, 799, now=NOW)

    with pytest.raises(Conflict) as refusal:
        shopping.set_missing(session, cast.ana, run_id, rice, True, now=NOW)

    assert refusal.value.key == "already_bought"


def test_shopping_does_not_end_while_the_leader_has_not_seen_what_is_open(session: Session, cast: Cast) -> None:
    run_id = bring_to(session, cast, Phase.SHOPPING)
    rice, tomatoes = item_of(session, run_id, cast.rice), item_of(session, run_id, cast.tomatoes)
    seeing.buy(session, cast.ana, run_id, rice, 10 * PACK, 7990, now=NOW)
    session.flush()
    assert [item.name for item in open_list(session, cast.ana, run_id).items] == ["Tomatoes"]

    for agreed in ([], [rice]):
        with pytest.raises(Conflict) as refusal:
            phases.finish_shopping(session, cast.ana, run_id, not_there=agreed, now=NOW)
        assert refusal.value.key == "items_open"
    phase = phases.finish_shopping(session, cast.ana, run_id, not_there=[tomatoes], now=NOW)

    assert phase is Phase.DISTRIBUTING
    assert {item.id: item.missing for item in items(session, run_id)} == {rice: False, tomatoes: True}


def test_what_was_bought_after_the_question_counts_as_bought(session: Session, cast: Cast) -> None:
    run_id = bring_to(session, cast, Phase.SHOPPING)
    seen = [item.id for item in open_list(session, cast.ana, run_id).items]
    seeing.buy(session, cast.ana, run_id, item_of(session, run_id, cast.rice), 10 * PACK, 7990, now=NOW)
    session.flush()

    phase = phases.finish_shopping(session, cast.ana, run_id, not_there=seen, nothing_is_fine=True, now=NOW)

    assert phase is Phase.DISTRIBUTING
    assert sorted(item.missing for item in items(session, run_id)) == [False, True]


def test_a_run_in_which_nothing_was_bought_ends_only_when_that_was_seen(session: Session, cast: Cast) -> None:
    run_id = bring_to(session, cast, Phase.SHOPPING)
    found = open_list(session, cast.ana, run_id)
    seen = [item.id for item in found.items]

    with pytest.raises(Conflict) as refusal:
        phases.finish_shopping(session, cast.ana, run_id, not_there=seen, now=NOW)

    assert (found.nothing_bought, refusal.value.key) == (True, "nothing_bought")
    assert not any(item.missing for item in items(session, run_id))
    assert session.get_one(Run, run_id).phase is Phase.SHOPPING


def test_a_run_is_not_confirmed_over_somebody_the_leader_did_not_see_choosing(session: Session, cast: Cast) -> None:
    run_id = plan(session, cast)
    bids.place_bid(session, cast.bojan, run_id, cast.rice, PACK, now=NOW)
    bids.set_ready(session, cast.bojan, run_id, True, now=NOW)
    session.flush()
    seen = [person.id for person in not_ready(session, cast.ana, run_id)]
    bids.place_bid(session, cast.mila, run_id, cast.rice, PACK, now=NOW)
    session.flush()

    for agreed in ([], seen, [cast.mila.id]):
        with pytest.raises(Conflict) as refusal:
            phases.confirm_run(session, cast.ana, run_id, not_ready=agreed, now=NOW)
        assert refusal.value.key == "not_all_ready"
    assert seen == [cast.ana.id]
    phases.confirm_run(session, cast.ana, run_id, not_ready=[cast.ana.id, cast.mila.id], now=NOW)


def test_a_run_is_confirmed_without_a_word_when_everybody_is_ready(session: Session, cast: Cast) -> None:
    run_id = bring_to(session, cast, Phase.ACTIVE)
    for who in (cast.ana, cast.bojan, cast.mila):
        bids.set_ready(session, who, run_id, True, now=NOW)
    session.flush()

    phases.confirm_run(session, cast.ana, run_id, now=NOW)


def test_a_run_is_not_completed_over_lines_the_leader_did_not_vouch_for(session: Session, cast: Cast) -> None:
    run_id = bring_to(session, cast, Phase.DISTRIBUTING)
    rice = item_of(session, run_id, cast.rice)
    pickup.set_picked_up(session, cast.mila, run_id, rice, cast.mila.id, True, now=NOW)
    session.flush()
    seen = waiting_lines(session, cast.ana, run_id)

    for who, picked_up in ((cast.mila, False), (cast.bojan, True)):  # as many wait as before, but others
        pickup.set_picked_up(session, who, run_id, rice, who.id, picked_up, now=NOW)
    session.flush()
    with pytest.raises(Conflict) as refusal:
        phases.complete_run(session, cast.ana, run_id, rest_picked_up=seen, now=NOW)

    assert (len(seen), refusal.value.key, refusal.value.values) == (2, "not_all_picked_up", {"count": 2})
    seen = waiting_lines(session, cast.ana, run_id)
    pickup.set_picked_up(session, cast.ana, run_id, rice, cast.ana.id, True, now=NOW)
    phases.complete_run(session, cast.ana, run_id, rest_picked_up=seen, now=NOW)


def test_the_fair_split_that_was_shown_is_the_one_that_is_done(session: Session, cast: Cast) -> None:
    run_id = bring_to(session, cast, Phase.ADJUSTING)
    effect = effect_of(shares_of(session, cast.ana, run_id))
    seeing.adjust_bid(session, cast.ana, run_id, cast.rice, 3 * PACK, now=NOW)
    session.flush()

    with pytest.raises(Conflict) as refusal:
        adjusting.share_fairly(session, cast.ana, run_id, effect=effect, now=NOW)

    assert refusal.value.key == "shares_changed"
    assert not session.scalars(select(Allocation).where(Allocation.run_id == run_id)).all()
    seeing.share_fairly(session, cast.ana, run_id, now=NOW)


def test_the_leader_changes_no_bid_that_its_owner_has_changed_since(session: Session, cast: Cast) -> None:
    run_id = bring_to(session, cast, Phase.ADJUSTING)  # 5, 3 and 2 wanted, 7 bought
    seeing.adjust_bid(session, cast.bojan, run_id, cast.rice, 2 * PACK, now=NOW)
    session.flush()

    with pytest.raises(Conflict) as refusal:
        adjusting.edit_bid_of(session, cast.ana, run_id, cast.bojan.id, cast.rice, PACK, seen=3 * PACK, now=NOW)

    assert (refusal.value.key, refusal.value.values) == (
        "bid_changed",
        {"seen": 3 * PACK, "current": 2 * PACK, "unit": "pack"},
    )


def test_nobody_adjusts_over_what_the_leader_has_set_since(session: Session, cast: Cast) -> None:
    run_id = bring_to(session, cast, Phase.ADJUSTING)
    seeing.edit_bid_of(session, cast.ana, run_id, cast.bojan.id, cast.rice, 2 * PACK, now=NOW)
    session.flush()

    with pytest.raises(Conflict) as refusal:
        adjusting.adjust_bid(session, cast.bojan, run_id, cast.rice, PACK, seen=3 * PACK, now=NOW)

    assert refusal.value.key == "bid_changed"


@pytest.mark.parametrize("phase", [Phase.CONFIRMED, Phase.ADJUSTING])
def test_saving_the_same_quantity_keeps_that_the_leader_changed_it(session: Session, cast: Cast, phase: Phase) -> None:
    run_id = bring_to(session, cast, phase)
    for _again in range(2):
        seeing.edit_bid_of(session, cast.ana, run_id, cast.bojan.id, cast.rice, 2 * PACK, now=LATER)
        session.flush()
    if phase is Phase.ADJUSTING:
        seeing.adjust_bid(session, cast.bojan, run_id, cast.rice, 2 * PACK, now=LATER)

    bid = bid_of(session, run_id, cast.bojan.id, cast.rice)
    assert bid is not None and (bid.edited_by, bid.edited_from) == (cast.ana.id, 3 * PACK)


def test_a_first_bid_overwrites_none_that_is_there(session: Session, cast: Cast) -> None:
    run_id = bring_to(session, cast, Phase.ACTIVE)

    for quantity in (PACK, None):
        with pytest.raises(Conflict) as refusal:
            bids.place_first_bid(session, cast.bojan, run_id, cast.rice, quantity, now=NOW)
        assert refusal.value.key == "bid_there"
    bid = bid_of(session, run_id, cast.bojan.id, cast.rice)
    assert bid is not None and bid.quantity == 3 * PACK


def test_what_was_taken_back_is_put_back_as_it_was(session: Session, cast: Cast) -> None:
    run_id = bring_to(session, cast, Phase.ACTIVE)
    bids.write_note(session, cast.bojan, run_id, cast.rice, "Any brand", now=NOW)
    bids.place_bid(session, cast.bojan, run_id, cast.rice, 3 * PACK, up_to=5 * PACK, up_to_cap=900, now=NOW)
    was = bids.retract_bid(session, cast.bojan, run_id, cast.rice, now=NOW)
    session.flush()

    bids.place_first_bid(session, cast.bojan, run_id, cast.rice, **was._asdict(), now=NOW)

    bid = bid_of(session, run_id, cast.bojan.id, cast.rice)
    assert bid is not None and (bid.quantity, bid.note) == (3 * PACK, "Any brand")
    assert (bid.up_to, bid.up_to_cap) == (5 * PACK, 900)


def test_interest_alone_is_put_back_as_interest(session: Session, cast: Cast) -> None:
    run_id = plan(session, cast)

    bids.place_first_bid(session, cast.mila, run_id, cast.rice, None, now=NOW)

    bid = bid_of(session, run_id, cast.mila.id, cast.rice)
    place = session.scalars(
        select(Participant).where(Participant.run_id == run_id, Participant.user_id == cast.mila.id)
    )
    assert bid is not None and bid.quantity is None and place.one()


def test_a_new_product_comes_with_its_bid(session: Session, cast: Cast) -> None:
    run_id = plan(session, cast)

    product = new_products.bid_on_new_product(session, cast.bojan, run_id, NEW, 1000, now=NOW)

    bid = bid_of(session, run_id, cast.bojan.id, product.id)
    assert bid is not None and bid.quantity == 1000
    assert session.scalars(select(Product.name).where(Product.id == product.id)).one() == "Lentils"


def test_a_new_product_of_an_outsider_is_not_listed(session: Session, cast: Cast) -> None:
    run_id = bring_to(session, cast, Phase.SHOPPING)

    with pytest.raises(NotFound):
        new_products.list_new_product(session, cast.ana, run_id, NEW, cast.eva.id, 1000, now=NOW)
