"""A statement explains every amount by the facts that it was made of."""

from uuid import UUID

import pytest
from sqlalchemy.orm import Session

from bulq.domain.actor import Actor
from bulq.domain.costs import CostKind, CostRule
from bulq.domain.errors import NotFound
from bulq.domain.phases import FairRule, Phase
from bulq.queries.pick_up import pick_up
from bulq.queries.statement import StatementView, statement_view
from bulq.services.corrections import Change, correct_run
from bulq.services.costs import add_cost
from bulq.services.receipts import Payer, add_receipt
from tests import seeing
from tests.balances import balances
from tests.cast import LATER, NOW, PACK, Cast, World, bring_to, item_of, leave_over


def statement(session: Session, cast: Cast, run_id: UUID, who: Actor) -> StatementView:
    session.flush()
    return statement_view(session, cast.ana, run_id, who.id)


def test_goods_say_what_was_wanted_what_there_was_and_how_it_was_shared(session: Session, cast: Cast) -> None:
    run_id = bring_to(session, cast, Phase.DISTRIBUTING)

    mine = statement(session, cast, run_id, cast.ana)

    (story,) = mine.goods.values()
    assert (story.asked, story.wanted, story.bought, story.paid) == (5000, 10_000, 7000, 5593)
    assert (story.got, story.given, story.taken, story.cost) == (4000, 7000, 0, 3196)
    assert (mine.fair_rule, mine.total, mine.paid, mine.left_over) == (FairRule.PROPORTIONAL, 3196, 5593, 0)


def test_what_was_not_there_costs_nothing(session: Session, cast: Cast) -> None:
    run_id = bring_to(session, cast, Phase.DISTRIBUTING)

    stories = statement(session, cast, run_id, cast.bojan).goods

    tomatoes = stories[str(item_of(session, run_id, cast.tomatoes))]
    assert (tomatoes.asked, tomatoes.bought, tomatoes.got, tomatoes.cost) == (1500, 0, 0, 0)


@pytest.mark.parametrize("phase", [Phase.DISTRIBUTING, Phase.COMPLETED])
def test_costs_say_by_what_they_are_shared_before_and_after_the_run(session: Session, cast: Cast, phase: Phase) -> None:
    run_id = bring_to(session, cast, Phase.DISTRIBUTING)
    receipt = add_receipt(session, cast.ana, run_id, [Payer(cast.bojan.id)], now=NOW)
    of = cast.ana, run_id, receipt.id, CostKind.TRANSPORT, 700, CostRule.VALUE
    add_cost(session, *of, note="Ana's car", revision=receipt.revision, now=NOW)
    if phase is Phase.COMPLETED:
        session.flush()
        seeing.complete_run(session, cast.ana, run_id, now=NOW)

    mine = statement(session, cast, run_id, cast.bojan)

    (story,) = mine.costs.values()
    assert (story.kind, story.rule, story.amount, story.note) == (CostKind.TRANSPORT, CostRule.VALUE, 700, "Ana's car")
    assert (story.weight, story.weights, story.people, story.part) == (1598, 5593, 3, 200)
    assert (mine.total, mine.paid) == (1598 + 200, 700)


def test_a_correction_tells_its_reason(session: Session, cast: Cast) -> None:
    run_id = bring_to(session, cast, Phase.COMPLETED)
    change = [Change(-700, CostRule.EQUALLY)]
    correct_run(session, cast.ana, run_id, change, payer_id=cast.ana.id, reason="Counted twice", now=LATER)

    (story,) = statement(session, cast, run_id, cast.mila).costs.values()

    assert (story.kind, story.reason, story.weight, story.weights) == (CostKind.CORRECTION, "Counted twice", 1, 3)
    assert story.part in (-233, -234)


@pytest.mark.parametrize("phase", [Phase.DISTRIBUTING, Phase.COMPLETED])
def test_left_over_goods_stand_with_whoever_bears_and_whoever_took_them(
    session: Session, cast: Cast, phase: Phase
) -> None:
    run_id = bring_to(session, cast, Phase.DISTRIBUTING)
    rice = item_of(session, run_id, cast.rice)
    leave_over(session, run_id, rice, cast.bojan.id, 2 * PACK)
    if phase is Phase.COMPLETED:
        seeing.complete_run(session, cast.ana, run_id, now=NOW)
    seeing.take_leftovers(session, cast.mila, run_id, rice, PACK, now=LATER)

    borne = statement(session, cast, run_id, cast.ana).borne[str(rice)]
    taken = statement(session, cast, run_id, cast.mila).goods[str(rice)]

    assert (borne.quantity, borne.cost) == (1000, 799)
    assert (taken.got, taken.taken, taken.cost) == (2000, 1000, 1598)


def test_all_statements_together_are_what_was_paid_and_what_balances_say(session: Session, cast: Cast) -> None:
    before = balances(session, cast.group_id)
    run_id = bring_to(session, cast, Phase.COMPLETED)

    all_of = [statement(session, cast, run_id, who) for who in (cast.ana, cast.bojan, cast.mila)]

    assert sum(each.total + each.left_over for each in all_of) == sum(each.paid for each in all_of) == 5593
    after = balances(session, cast.group_id)
    changed = {each.username: each.paid - each.total - each.left_over for each in all_of}
    assert {who: after[who] - before[who] for who in after} == changed
    assert {each.username: each.total for each in all_of} == {
        person.username: person.total for person in pick_up(session, cast.ana, run_id).people.values()
    }


def test_there_is_no_statement_before_goods_are_given_out_nor_of_strangers(session: Session, world: World) -> None:
    cast = world.cast
    for run_id, viewer, person in (
        (world.runs[Phase.ADJUSTING], cast.ana, cast.ana),
        (world.runs[Phase.COMPLETED], cast.ana, cast.eva),
        (world.runs[Phase.COMPLETED], cast.eva, cast.ana),
    ):
        with pytest.raises(NotFound):
            statement_view(session, viewer, run_id, person.id)
