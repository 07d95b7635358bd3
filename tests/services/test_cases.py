"""Cases that bids leave open: flexible people fill them, or they stay closed, as the leader chooses with open eyes."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import delete
from sqlalchemy.orm import Session
from sqlmodel import func, select

from bulq.domain.errors import Conflict, Invalid, NotFound
from bulq.models import AuditEntry, Bid, BidRaise, CaseChoice, CaseShare, ListItem, Notification, PriceObservation
from bulq.queries.case_proposals import CaseProposal, case_proposals
from bulq.queries.run_facts import run_facts
from bulq.services import bids, cases, phases, prices
from bulq.services.bids import bid_of
from tests import seeing
from tests.cast import LATER, NOW, PACK, Cast, World, plan

CASE = 4 * PACK
Wish = int | tuple[int, ...] | None


@pytest.fixture
def cast(world: World, session: Session) -> Cast:
    """Rice comes in cases of four packs for 30.00; no other price is known."""
    session.execute(delete(PriceObservation))
    found = world.cast
    prices.see_price(session, found.ana, found.rice, found.store_id, 3000, "EUR", per=CASE, pack=CASE, now=NOW)
    session.flush()
    return found


def bidding(session: Session, cast: Cast, ana: Wish = None, bojan: Wish = None, mila: Wish = None) -> UUID:
    """A run with bids on rice: packs, or (packs, up to), or (packs, up to, cap)."""
    run_id = plan(session, cast)
    for who, wish in ((cast.ana, ana), (cast.bojan, bojan), (cast.mila, mila)):
        if wish is None:
            continue
        packs, *more = wish if isinstance(wish, tuple) else (wish,)
        about = dict(zip(("up_to", "up_to_cap"), more, strict=False))
        if "up_to" in about:
            about["up_to"] *= PACK
        bids.place_bid(session, who, run_id, cast.rice, packs * PACK, **about, now=NOW)
    session.flush()
    return run_id


def confirmed(session: Session, cast: Cast, **wishes: Wish) -> UUID:
    run_id = bidding(session, cast, **wishes)
    seeing.confirm_run(session, cast.ana, run_id, now=NOW)
    session.flush()
    return run_id


def proposal(session: Session, cast: Cast, run_id: UUID) -> CaseProposal:
    return case_proposals(session, cast.ana, run_id).items[str(cast.rice)]


def packs(session: Session, cast: Cast, run_id: UUID) -> dict[str, int | None]:
    session.flush()
    found = session.scalars(select(Bid).where(Bid.run_id == run_id, Bid.product_id == cast.rice)).all()
    names = {cast.ana.id: "ana", cast.bojan.id: "bojan", cast.mila.id: "mila"}
    for bid in found:
        raised = session.scalars(select(func.sum(BidRaise.quantity)).where(BidRaise.bid_id == bid.id)).one()
        assert int(raised or 0) == (bid.quantity or 0)
    return {names[bid.user_id]: bid.quantity and bid.quantity // PACK for bid in found}


def effect(found: CaseProposal, *, fill: bool) -> dict[str, tuple[int, int]]:
    return {
        each.name: (each.before // PACK, each.after // PACK) for each in (found.fill if fill else found.leave).people
    }


# "2, up to 4"


def test_a_bid_may_say_up_to_how_much(session: Session, cast: Cast) -> None:
    run_id = bidding(session, cast, bojan=(2, 4, 900))

    bid = bid_of(session, run_id, cast.bojan.id, cast.rice)

    assert bid is not None and (bid.quantity, bid.up_to, bid.up_to_cap) == (2 * PACK, 4 * PACK, 900)


def test_one_tap_leaves_it_as_it_was_and_nought_takes_it_back(session: Session, cast: Cast) -> None:
    run_id = bidding(session, cast, bojan=(2, 4, 900))

    bids.place_bid(session, cast.bojan, run_id, cast.rice, 3 * PACK, now=LATER)
    bid = bid_of(session, run_id, cast.bojan.id, cast.rice)
    assert bid is not None and (bid.quantity, bid.up_to, bid.up_to_cap) == (3 * PACK, 4 * PACK, 900)

    bids.place_bid(session, cast.bojan, run_id, cast.rice, 3 * PACK, up_to=0, now=LATER)
    assert (bid.up_to, bid.up_to_cap) == (None, None)


def test_who_is_only_interested_takes_no_more(session: Session, cast: Cast) -> None:
    run_id = bidding(session, cast, bojan=(2, 4))

    bids.mark_interested(session, cast.bojan, run_id, cast.rice, now=NOW)

    bid = bid_of(session, run_id, cast.bojan.id, cast.rice)
    assert bid is not None and bid.up_to is None


@pytest.mark.parametrize(
    ("about", "key", "field"),
    [
        ({"up_to": 2 * PACK}, "up_to_more", "up_to"),
        ({"up_to": PACK}, "up_to_more", "up_to"),
        ({"up_to": 2500}, "quantity_step", "up_to"),
        ({"up_to": -PACK}, "quantity_positive", "up_to"),
        ({"up_to": 10_000_000}, "quantity_too_large", "up_to"),
        ({"up_to": 4 * PACK, "up_to_cap": -1}, "money_negative", "up_to_cap"),
        ({"up_to": 4 * PACK, "up_to_cap": 10**8}, "money_too_large", "up_to_cap"),
        ({"up_to_cap": 500}, "cap_without_more", "up_to_cap"),
    ],
)
def test_what_makes_no_sense_is_refused_at_its_field(
    session: Session, cast: Cast, about: dict[str, Any], key: str, field: str
) -> None:
    run_id = plan(session, cast)

    with pytest.raises(Invalid) as refusal:
        bids.place_bid(session, cast.bojan, run_id, cast.rice, 2 * PACK, **about, now=NOW)

    assert (refusal.value.key, refusal.value.field) == (key, field)


def test_the_run_says_how_full_the_case_is(session: Session, cast: Cast) -> None:
    run_id = bidding(session, cast, ana=2, bojan=(3, 5), mila=(1, 1 + 1, 700))

    product = run_facts(session, cast.bojan, run_id).products[str(cast.rice)]

    assert product.case is not None
    # Six are wanted and Bojan takes two more; 7.00 are not enough for a pack of 7.50.
    assert (product.case.size, product.case.cases, product.case.missing) == (CASE, 2, 0)
    assert sorted(product.flexible.values()) == [(2 * PACK, 700), (5 * PACK, None)]
    assert product.expected == 4500  # six at 7.50, as if the case were full


def test_goods_sold_in_any_quantity_have_no_cases(session: Session, cast: Cast) -> None:
    prices.see_price(session, cast.ana, cast.rice, cast.store_id, 799, "EUR", now=NOW)
    run_id = confirmed(session, cast, ana=2, bojan=(3, 5))

    assert run_facts(session, cast.bojan, run_id).products[str(cast.rice)].case is None
    assert not case_proposals(session, cast.ana, run_id).items


# The leader's choice


def test_flexible_people_fill_a_case(session: Session, cast: Cast) -> None:
    run_id = confirmed(session, cast, ana=(2, 4), bojan=(1, 2), mila=(3, 6))

    found = proposal(session, cast, run_id)
    assert (found.size, found.wanted, found.full, found.missing, found.unserved) == (CASE, 6 * PACK, 1, 0, 2 * PACK)
    shown = effect(found, fill=True)
    seeing.settle_case(session, cast.ana, run_id, cast.rice, True, now=LATER)

    after = packs(session, cast, run_id)
    assert sum(quantity or 0 for quantity in after.values()) == 8
    assert {"Ana": 2, "Bojan": 1, "Mila": 3} | {name: now for name, (_, now) in shown.items()} == {
        name.title(): quantity for name, quantity in after.items()
    }
    assert not case_proposals(session, cast.ana, run_id).items
    phases.start_shopping(session, cast.ana, run_id, now=LATER)
    assert session.scalars(select(ListItem.wanted).where(ListItem.run_id == run_id)).one() == 2 * CASE


def test_it_is_told_to_those_concerned_and_kept_with_its_reason(session: Session, cast: Cast) -> None:
    run_id = confirmed(session, cast, ana=3, bojan=(2, 5), mila=2)

    seeing.settle_case(session, cast.ana, run_id, cast.rice, True, reason="It keeps", now=LATER)
    session.flush()

    notices = session.scalars(select(Notification).where(Notification.kind == "case_filled_because")).all()
    assert [each.user_id for each in notices] == [cast.bojan.id]
    assert notices[0].details | {"who": "Ana"} == {
        "who": "Ana", "by": str(cast.ana.id), "product": "Basmati rice 5 kg", "unit": "pack",
        "before": 2 * PACK, "after": 3 * PACK, "reason": "It keeps",
    }  # fmt: skip
    choice = session.scalars(select(CaseChoice)).one()
    assert (choice.filled, choice.reason, choice.size, choice.wanted) == (True, "It keeps", CASE, 7 * PACK)
    share = session.scalars(select(CaseShare)).one()
    assert (share.user_id, share.before, share.after, share.value) == (cast.bojan.id, 2 * PACK, 3 * PACK, 750)
    entry = session.scalars(select(AuditEntry).where(AuditEntry.action == "case_filled_because")).one()
    assert (entry.details["before"], entry.details["after"]) == (7 * PACK, 8 * PACK)
    bid = bid_of(session, run_id, cast.bojan.id, cast.rice)
    assert bid is not None and (bid.edited_by, bid.edited_from) == (cast.ana.id, 2 * PACK)


def test_what_nobody_takes_more_is_the_leaders_if_they_fill_the_case(session: Session, cast: Cast) -> None:
    run_id = confirmed(session, cast, bojan=(1, 2), mila=1)

    found = proposal(session, cast, run_id)
    assert (found.missing, found.unserved) == (PACK, 2 * PACK)
    assert effect(found, fill=True) == {"Ana": (0, 1), "Bojan": (1, 2)}
    assert effect(found, fill=False) == {"Bojan": (1, 0), "Mila": (1, 0)}
    seeing.settle_case(session, cast.ana, run_id, cast.rice, True, now=LATER)

    assert packs(session, cast, run_id) == {"ana": 1, "bojan": 2, "mila": 1}


def test_a_case_left_closed_is_shared_by_the_rule_of_the_group(session: Session, cast: Cast) -> None:
    run_id = confirmed(session, cast, ana=5, bojan=3, mila=2)

    seeing.settle_case(session, cast.ana, run_id, cast.rice, False, now=LATER)

    assert packs(session, cast, run_id) == {"ana": 4, "bojan": 2, "mila": 2}
    told = session.scalars(select(Notification.user_id).where(Notification.kind == "case_left")).all()
    assert told == [cast.bojan.id]


def test_who_gets_nothing_is_interested_only(session: Session, cast: Cast) -> None:
    run_id = confirmed(session, cast, ana=2, bojan=1)

    seeing.settle_case(session, cast.ana, run_id, cast.rice, False, now=LATER)

    assert packs(session, cast, run_id) == {"ana": None, "bojan": None}
    with pytest.raises(Conflict, match="no_firm_bids"):
        phases.start_shopping(session, cast.ana, run_id, now=LATER)


def test_nobody_takes_more_than_their_cap_allows(session: Session, cast: Cast) -> None:
    run_id = confirmed(session, cast, ana=1, bojan=(1, 4, 1499), mila=(1, 4, 1500))

    assert effect(proposal(session, cast, run_id), fill=True) in ({"Bojan": (1, 2)}, {"Mila": (1, 2)})
    seeing.settle_case(session, cast.ana, run_id, cast.rice, True, now=LATER)

    caps = {bid_of(session, run_id, who.id, cast.rice).up_to_cap for who in (cast.bojan, cast.mila)}  # type: ignore[union-attr]
    assert caps in ({749, 1500}, {1499, 750})


def test_who_took_extra_pieces_before_comes_last(session: Session, cast: Cast) -> None:
    prices.see_price(session, cast.ana, cast.tomatoes, cast.store_id, 300, "EUR", per=2000, pack=2000, now=NOW)
    run_id = bidding(session, cast, bojan=(2, 4), mila=(1, 4))
    bids.place_bid(session, cast.bojan, run_id, cast.tomatoes, 500, up_to=2000, now=NOW)
    bids.place_bid(session, cast.mila, run_id, cast.tomatoes, 500, now=NOW)
    seeing.confirm_run(session, cast.ana, run_id, now=NOW)

    seeing.settle_case(session, cast.ana, run_id, cast.tomatoes, True, now=LATER)
    session.flush()

    assert effect(proposal(session, cast, run_id), fill=True) == {"Mila": (1, 2)}


def test_what_was_shown_and_has_changed_is_refused(session: Session, cast: Cast) -> None:
    run_id = confirmed(session, cast, ana=3, bojan=(2, 5), mila=2)
    seen = proposal(session, cast, run_id)
    seeing.edit_bid_of(session, cast.ana, run_id, cast.mila.id, cast.rice, PACK, now=NOW)
    session.flush()

    for fill, shown in ((True, seen.fill), (False, seen.leave), (True, seen.leave)):
        with pytest.raises(Conflict, match="case_changed"):
            cases.settle_case(session, cast.ana, run_id, cast.rice, fill, effect=shown.effect, now=LATER)


def test_a_full_case_needs_no_choice(session: Session, cast: Cast) -> None:
    run_id = confirmed(session, cast, ana=3, bojan=(1, 5))

    assert not case_proposals(session, cast.ana, run_id).items
    with pytest.raises(Conflict, match="case_changed"):
        seeing.settle_case(session, cast.ana, run_id, cast.rice, True, now=LATER)


def test_only_the_leader_sees_what_there_is_to_choose(session: Session, cast: Cast) -> None:
    run_id = confirmed(session, cast, ana=3, bojan=(2, 5))

    for who in (cast.bojan, cast.mila, cast.eva):
        with pytest.raises(NotFound):
            case_proposals(session, who, run_id)


@pytest.mark.parametrize("fill", [True, False])
def test_reopening_gives_everybody_back_what_they_bid(session: Session, cast: Cast, fill: bool) -> None:
    run_id = confirmed(session, cast, bojan=(1, 2, 800), mila=1)
    seeing.settle_case(session, cast.ana, run_id, cast.rice, fill, now=LATER)

    phases.reopen_bidding(session, cast.ana, run_id, now=LATER)

    assert packs(session, cast, run_id) == {"bojan": 1, "mila": 1}
    bid = bid_of(session, run_id, cast.bojan.id, cast.rice)
    assert bid is not None and (bid.up_to, bid.up_to_cap, bid.edited_by) == (2 * PACK, 800, None)
    assert not session.scalars(select(CaseChoice)).all()


def test_what_was_bought_by_the_case_is_noted_by_the_case(session: Session, cast: Cast) -> None:
    run_id = confirmed(session, cast, ana=3, bojan=5)
    phases.start_shopping(session, cast.ana, run_id, now=NOW)
    session.flush()
    item = session.scalars(select(ListItem.id).where(ListItem.run_id == run_id)).one()
    seeing.buy(session, cast.ana, run_id, item, 8 * PACK, 6200, now=LATER)
    seeing.finish_shopping(session, cast.ana, run_id, now=LATER)
    session.flush()

    other = bidding(session, cast, ana=6)

    product = run_facts(session, cast.ana, other).products[str(cast.rice)]
    assert product.case is not None and product.expected == 4650
