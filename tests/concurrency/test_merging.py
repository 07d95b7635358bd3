"""M3: merging while people go on: nothing is lost, nothing doubled, and nobody meets an error."""

from uuid import UUID

import pytest
from sqlmodel import col, func, select

from bulq import db
from bulq.models import Bid, BidRaise, ListItem, Membership, PriceObservation, Product, Purchase, Run, SearchTerm, Store
from bulq.services import accounts, bids, catalogue, curating, deleting, merging, phases, prices, runs
from bulq.services.merging_people import merge_users
from tests import seeing
from tests.cast import NOW, PACK, Cast, actor, item_of, plan
from tests.concurrency.rounds import at_once, cast_of_this_test, looking, refusals

pytestmark = pytest.mark.only("postgresql")

ROUNDS = 10


@pytest.fixture
def cast(database: str) -> Cast:
    return cast_of_this_test()


def new_product(cast: Cast, name: str) -> UUID:
    return db.write_now(catalogue.add_product, cast.ana, name, "", "pack", PACK, now=NOW).id


def bids_in(run_id: UUID) -> dict[tuple[UUID, UUID], int]:
    with looking() as session:
        rows = session.scalars(select(Bid).where(Bid.run_id == run_id)).all()
        for bid in rows:
            raised = session.scalars(select(func.sum(BidRaise.quantity)).where(BidRaise.bid_id == bid.id)).one()
            assert bid.quantity == int(raised or 0)
        return {(bid.user_id, bid.product_id): bid.quantity or 0 for bid in rows}


def test_bids_on_both_products_are_all_there_after_merging_or_refused(cast: Cast) -> None:
    for turn in range(ROUNDS):
        twin = new_product(cast, f"Rice {turn}")
        run_id, new_run = db.write_now(plan, cast), db.write_now(plan, cast)
        db.write_now(bids.place_bid, cast.mila, run_id, twin, PACK, now=NOW)

        results = at_once(
            lambda s, twin=twin: merging.merge_products(s, cast.ada, twin, cast.rice, now=NOW),
            lambda s, twin=twin, run_id=run_id: bids.place_bid(s, cast.ana, run_id, twin, 2 * PACK, now=NOW),
            lambda s, run_id=run_id: bids.place_bid(s, cast.mila, run_id, cast.rice, 4 * PACK, now=NOW),
            lambda s, twin=twin, new_run=new_run: bids.place_bid(s, cast.bojan, new_run, twin, 8 * PACK, now=NOW),
        )

        merged, *placed = results
        assert not isinstance(merged, Exception)
        assert set(refusals(placed)) <= {"not_found"}
        # Mila's own bid on the kept one says what she wants of it: before the merge both add up, after it that is all.
        milas = bids_in(run_id).pop((cast.mila.id, cast.rice))
        assert milas in (5 * PACK, 4 * PACK)
        both = bids_in(run_id) | bids_in(new_run)
        there = {key: quantity for key, quantity in both.items() if key[0] != cast.mila.id}
        expected = {
            (who.id, cast.rice): quantity
            for who, quantity, result in ((cast.ana, 2 * PACK, results[1]), (cast.bojan, 8 * PACK, results[3]))
            if not isinstance(result, Exception)
        }
        assert there == expected


def test_purchases_of_both_products_all_count(cast: Cast) -> None:
    for turn in range(ROUNDS):
        twin = new_product(cast, f"Rice {turn}")
        run_id = db.write_now(plan, cast)
        for product in (cast.rice, twin):
            db.write_now(bids.place_bid, cast.ana, run_id, product, 9 * PACK, now=NOW)
        db.write_now(seeing.confirm_run, cast.ana, run_id, now=NOW)
        db.write_now(phases.start_shopping, cast.ana, run_id, now=NOW)
        with looking() as session:
            rice, other = item_of(session, run_id, cast.rice), item_of(session, run_id, twin)

        results = at_once(
            lambda s, run_id=run_id, rice=rice: seeing.buy(s, cast.ana, run_id, rice, PACK, 799, now=NOW),
            lambda s, run_id=run_id, other=other: seeing.buy(s, cast.ana, run_id, other, 2 * PACK, 1600, now=NOW),
            lambda s, twin=twin: merging.merge_products(s, cast.ada, twin, cast.rice, now=NOW),
            lambda s, run_id=run_id, twin=twin: catalogue.note_price(s, cast.ana, run_id, twin, 777, now=NOW),
        )

        assert set(refusals(results)) <= {"not_found"}
        bought = [each for each in results if isinstance(each, Purchase)]
        with looking() as session:
            item = session.scalars(select(ListItem).where(ListItem.run_id == run_id)).one()
            lines = session.scalars(select(Purchase).where(Purchase.run_id == run_id)).all()
            assert {line.id for line in lines} == {line.id for line in bought}
            assert {line.item_id for line in lines} <= {item.id}
            assert (item.wanted, item.bought) == (18 * PACK, sum(line.quantity for line in lines))
            assert item.line_total == sum(line.total for line in lines)


def test_two_admins_merging_the_other_way_round_leave_one(cast: Cast) -> None:
    for turn in range(ROUNDS):
        one, other = new_product(cast, f"One {turn}"), new_product(cast, f"Other {turn}")

        results = at_once(
            lambda s, one=one, other=other: merging.merge_products(s, cast.ada, one, other, now=NOW),
            lambda s, one=one, other=other: merging.merge_products(s, cast.ada, other, one, now=NOW),
        )

        assert refusals(results) == ["not_found"]
        with looking() as session:
            assert len(session.scalars(select(Product).where(col(Product.id).in_([one, other]))).all()) == 1


def test_a_product_deleted_while_somebody_bids_on_it_is_gone_or_in_use(cast: Cast) -> None:
    for turn in range(ROUNDS):
        product, run_id = new_product(cast, f"Rice {turn}"), db.write_now(plan, cast)

        deleted, placed = at_once(
            lambda s, product=product: deleting.delete_product(s, cast.ada, product, now=NOW),
            lambda s, product=product, run_id=run_id: bids.place_bid(s, cast.ana, run_id, product, PACK, now=NOW),
        )

        assert (refusals([deleted]), refusals([placed])) in (([], ["not_found"]), (["in_use"], []))


def test_runs_started_and_prices_seen_at_a_store_outlive_its_merge(cast: Cast) -> None:
    for turn in range(ROUNDS):
        twin = db.write_now(catalogue.add_store, cast.ana, f"Metro {turn}", now=NOW).id

        results = at_once(
            lambda s, twin=twin: runs.start_run(s, cast.ana, cast.group_id, twin, now=NOW),
            lambda s, twin=twin: merging.merge_stores(s, cast.ada, twin, cast.store_id, now=NOW),
            lambda s, twin=twin: curating.edit_store(s, cast.ada, twin, name=f"{twin}", chain="", address="", now=NOW),
            lambda s, twin=twin, turn=turn: prices.see_price(s, cast.eva, cast.rice, twin, turn, "EUR", now=NOW),
        )

        started, merged, _, seen = results
        assert not isinstance(merged, Exception)
        assert set(refusals(results)) <= {"store_missing", "not_found"}
        with looking() as session:
            assert session.get(Store, twin) is None
            if isinstance(started, Run):
                assert session.get_one(Run, started.id).store_id == cast.store_id
            seen_at = session.scalars(select(PriceObservation.store_id).where(PriceObservation.price == turn)).all()
            assert seen_at == ([cast.store_id] if seen is True else [])
            assert not session.scalars(select(SearchTerm).where(SearchTerm.target_id == twin)).all()


def test_what_the_other_account_does_meanwhile_is_kept_or_refused(cast: Cast) -> None:
    for turn in range(ROUNDS):
        with db.transaction() as session:
            twin = actor(accounts.create_user(session, "Bojan", f"bojan{turn}", "unusable", now=NOW))
            session.add(Membership(group_id=cast.group_id, user_id=twin.id, joined_at=NOW))
        run_id = db.write_now(plan, cast)

        results = at_once(
            lambda s, twin=twin: merge_users(s, cast.ada, twin.id, cast.bojan.id, now=NOW),
            lambda s, twin=twin, run_id=run_id: bids.place_bid(s, twin, run_id, cast.rice, 2 * PACK, now=NOW),
            lambda s, run_id=run_id: bids.place_bid(s, cast.bojan, run_id, cast.tomatoes, 500, now=NOW),
            lambda s, run_id=run_id: bids.place_bid(s, cast.mila, run_id, cast.rice, PACK, now=NOW),
        )

        assert set(refusals(results)) <= {"not_found"}
        mine = {} if isinstance(results[1], Exception) else {(cast.bojan.id, cast.rice): 2 * PACK}
        assert bids_in(run_id) == mine | {(cast.bojan.id, cast.tomatoes): 500, (cast.mila.id, cast.rice): PACK}
