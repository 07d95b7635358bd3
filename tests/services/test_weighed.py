"""Weighed goods from the till to the statement: the step binds bids, never the scale."""

from uuid import UUID

import pytest
from sqlalchemy.orm import Session
from sqlmodel import select

from bulq.domain.errors import Conflict, Invalid
from bulq.domain.phases import Phase
from bulq.domain.prices import Price
from bulq.models import Allocation, PriceObservation
from bulq.queries.access import run_for
from bulq.queries.export import run_export
from bulq.queries.pick_up import pick_up
from bulq.queries.prices import product_page
from bulq.queries.runs import run_view
from bulq.queries.shares import effect_of, fair_shares
from bulq.queries.uses import held_in_open_runs, runs_off_step
from bulq.services import adjusting, bids, catalogue, phases, shopping
from tests import seeing
from tests.cast import LATER, NOW, PACK, Cast, item_of, plan


def weighing(session: Session, cast: Cast, *bought: tuple[int, int]) -> tuple[UUID, UUID]:
    """A run in which 1.5 and 2 kg of cherries are wanted in steps of 0.5, and these lines are bought."""
    cherries = catalogue.add_product(session, cast.ana, "Cherries", "", "kg", 500, now=NOW)
    session.flush()
    run_id = plan(session, cast)
    for who, quantity in ((cast.ana, 1500), (cast.bojan, 2000)):
        bids.place_bid(session, who, run_id, cherries.id, quantity, now=NOW)
    session.flush()
    seeing.confirm_run(session, cast.ana, run_id, now=NOW)
    phases.start_shopping(session, cast.ana, run_id, now=NOW)
    session.flush()
    for quantity, total in bought:
        item = item_of(session, run_id, cherries.id)
        seeing.buy(session, cast.ana, run_id, item, quantity, total, now=LATER)
        session.flush()
    return run_id, cherries.id


def got(session: Session, run_id: UUID) -> list[int]:
    session.flush()
    return sorted(session.scalars(select(Allocation.quantity).where(Allocation.run_id == run_id)))


@pytest.mark.parametrize(
    ("bought", "total", "allocated"),
    [(3470, 3470, [1487, 1983]), (3500, 3500, [1500, 2000]), (3001, 3000, [1286, 1715]), (3999, 4000, [1714, 2285])],
)
def test_what_the_scale_says_is_bought_shared_and_owed_to_the_gram(
    session: Session, cast: Cast, bought: int, total: int, allocated: list[int]
) -> None:
    run_id, _ = weighing(session, cast, (bought, total))

    assert seeing.finish_shopping(session, cast.ana, run_id, now=LATER) is Phase.DISTRIBUTING

    assert got(session, run_id) == allocated and sum(allocated) == bought
    view = pick_up(session, cast.ana, run_id)
    assert (sum(person.total for person in view.people.values()), view.left_over) == (total, {})
    page = run_view(session, cast.ana, run_id)
    export = run_export(session, cast.ana, run_id)
    assert page.parts.total == export.total == total
    assert sorted(portion.got or 0 for goods in export.goods for portion in goods.portions) == allocated


def test_what_was_weighed_is_a_price_of_what_was_weighed(session: Session, cast: Cast) -> None:
    """3.05 kg for 30.50 are 10.00 for 1 kg, and 3.47 kg for 34.73 are just that."""
    run_id, cherries = weighing(session, cast, (3050, 3050), (420, 423))

    seeing.finish_shopping(session, cast.ana, run_id, now=LATER)
    seeing.complete_run(session, cast.ana, run_id, now=LATER)
    session.flush()

    seen = session.scalars(select(PriceObservation).where(PriceObservation.product_id == cherries)).all()
    assert {(each.price, each.per) for each in seen} == {(1000, 1000), (423, 420)}
    overall = product_page(session, cast.ana, cherries).overall
    assert overall and (overall.lowest, overall.highest) == (Price(1000), Price(423, 420))


@pytest.mark.parametrize(("bought", "bid", "allocated"), [(2800, 1500, [1400, 1400]), (4200, 2500, [1575, 2625])])
def test_a_step_or_more_is_adjusted_in_steps_and_the_rest_is_divided(
    session: Session, cast: Cast, bought: int, bid: int, allocated: list[int]
) -> None:
    run_id, cherries = weighing(session, cast, (bought, bought))
    assert seeing.finish_shopping(session, cast.ana, run_id, now=LATER) is Phase.ADJUSTING
    session.flush()
    with pytest.raises(Conflict):
        adjusting.finish_adjusting(session, cast.ana, run_id, now=LATER)

    with pytest.raises(Conflict):  # the scale's part of a step is nobody's to take
        seeing.adjust_bid(session, cast.bojan, run_id, cherries, bought - 1500, now=LATER)
    seeing.adjust_bid(session, cast.bojan, run_id, cherries, bid, now=LATER)
    session.flush()
    with pytest.raises(Conflict):  # what matches can't be changed any more
        seeing.adjust_bid(session, cast.ana, run_id, cherries, 1000, now=LATER)
    adjusting.finish_adjusting(session, cast.ana, run_id, now=LATER)

    assert got(session, run_id) == allocated and sum(allocated) == bought


def test_the_fair_split_gives_out_all_of_a_shortage(session: Session, cast: Cast) -> None:
    run_id, _ = weighing(session, cast, (2800, 2801))
    seeing.finish_shopping(session, cast.ana, run_id, now=LATER)
    session.flush()
    shown = fair_shares(session, run_for(session, cast.ana, run_id))
    assert [item.left_over for item in shown] == [0]

    adjusting.share_fairly(session, cast.ana, run_id, effect=effect_of(shown), now=LATER)

    assert sum(got(session, run_id)) == 2800
    assert run_view(session, cast.ana, run_id).parts.left_over == 0


@pytest.mark.parametrize(
    ("bought", "key"), [(0, "quantity_positive"), (-1, "quantity_positive"), (10**10, "quantity_too_large")]
)
def test_any_weight_above_nothing_is_bought(session: Session, cast: Cast, bought: int, key: str) -> None:
    run_id, cherries = weighing(session, cast)

    with pytest.raises(Invalid) as refusal:
        seeing.buy(session, cast.ana, run_id, item_of(session, run_id, cherries), bought, 100, now=LATER)
    assert refusal.value.key == key


def test_a_bid_on_weighed_goods_is_in_steps(session: Session, cast: Cast) -> None:
    run_id, cherries = weighing(session, cast)

    with pytest.raises(Invalid) as refusal:
        shopping.add_to_list(session, cast.ana, run_id, cherries, cast.ana.id, 1250, now=LATER)
    assert refusal.value.key == "quantity_step"


def test_counted_goods_are_bought_in_steps(session: Session, cast: Cast) -> None:
    run_id, _ = weighing(session, cast)
    eggs = catalogue.add_product(session, cast.ana, "Eggs", "", "piece", PACK, now=NOW)
    session.flush()

    item = shopping.add_to_list(session, cast.ana, run_id, eggs.id, cast.ana.id, 3 * PACK, now=LATER)
    with pytest.raises(Invalid) as refusal:
        seeing.buy(session, cast.ana, run_id, item.id, 2500, 100, now=LATER)
    assert refusal.value.key == "quantity_step"


def test_another_step_asks_bids_and_not_the_scale(session: Session, cast: Cast) -> None:
    """3.47 kg were bought and given out: a step of 0.25 still divides all bids, one of 0.4 does not."""
    run_id, cherries = weighing(session, cast, (3470, 3470))
    seeing.finish_shopping(session, cast.ana, run_id, now=LATER)
    session.flush()

    assert (runs_off_step(session, cherries, 250), runs_off_step(session, cherries, 400)) == (0, 1)
    assert held_in_open_runs(session, [cherries]) == {cherries: {1500, 2000, 3500}}
    assert got(session, run_id) == [1487, 1983]
