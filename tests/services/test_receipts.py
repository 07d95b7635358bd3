"""Receipts of a run, the costs on them, and what everybody owes by them."""

from collections import Counter
from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy.orm import Session
from sqlmodel import col, select

from bulq.domain.actor import Actor
from bulq.domain.costs import CostKind, CostRule
from bulq.domain.errors import BulqError, Conflict, Forbidden, Invalid
from bulq.domain.phases import Phase
from bulq.models import Cost, Group, Participant, Purchase, Receipt, ReceiptPayer, Run, StatementLine
from bulq.queries.item_shares import run_shares
from bulq.queries.pick_up import pick_up
from bulq.queries.receipts import receipts_view
from bulq.queries.runs import run_view
from bulq.services import groups, mistakes, phases, runs
from bulq.services.corrections import Change, correct_run
from bulq.services.costs import Share, add_cost, remove_cost, spread_difference
from bulq.services.receipts import Payer, add_receipt, edit_receipt, move_purchase, remove_receipt
from tests import seeing
from tests.balances import balances
from tests.cast import LATER, NOW, PACK, Cast, bring_to, item_of


def receipt_of(session: Session, run_id: UUID) -> Receipt:
    query = select(Receipt).where(Receipt.run_id == run_id).order_by(col(Receipt.id))
    return session.scalars(query.execution_options(populate_existing=True)).all()[0]


def cost(
    session: Session, cast: Cast, run_id: UUID, kind: CostKind, amount: int, rule: CostRule, *people: Actor
) -> Cost:
    receipt = receipt_of(session, run_id)
    shares = [Share(person.id) for person in people]
    of = cast.ana, run_id, receipt.id, kind, amount, rule
    made = add_cost(session, *of, shares=shares, revision=receipt.revision, now=NOW)
    session.flush()
    return made


def owed(session: Session, cast: Cast, run_id: UUID) -> dict[str, int]:
    session.flush()
    view = run_view(session, cast.ana, run_id)
    assert view.parts.total == sum(each.spent for each in view.people) == receipts_view(session, cast.ana, run_id).total
    return {person.username: person.part for person in view.people}


def completed(session: Session, cast: Cast, run_id: UUID) -> dict[str, int]:
    """By how much completing the run changes balances."""
    before = Counter(balances(session, cast.group_id))
    seeing.complete_run(session, cast.ana, run_id, now=LATER)
    now = balances(session, cast.group_id)
    return {who: now.get(who, 0) - before[who] for who in {*now, *before} if now.get(who, 0) != before[who]}


def test_what_is_bought_stands_on_the_payers_newest_receipt(session: Session, cast: Cast) -> None:
    run_id = bring_to(session, cast, Phase.SHOPPING)
    rice = item_of(session, run_id, cast.rice)

    first = seeing.buy(session, cast.ana, run_id, rice, PACK, 799, now=NOW)
    other = seeing.buy(session, cast.ana, run_id, rice, PACK, 799, payer_id=cast.bojan.id, now=NOW)
    second_till = add_receipt(session, cast.ana, run_id, [Payer(cast.ana.id)], now=LATER)
    later = seeing.buy(session, cast.ana, run_id, rice, PACK, 799, now=LATER)

    assert len({first.receipt_id, other.receipt_id, later.receipt_id}) == 3
    assert later.receipt_id == second_till.id
    payers = session.execute(select(col(ReceiptPayer.receipt_id), col(ReceiptPayer.user_id)))
    assert {receipt: payer for receipt, payer in payers if receipt == other.receipt_id} == {
        other.receipt_id: cast.bojan.id
    }


def test_a_receipt_with_nothing_on_it_is_forgotten_with_the_last_purchase(session: Session, cast: Cast) -> None:
    run_id = bring_to(session, cast, Phase.SHOPPING)
    rice = item_of(session, run_id, cast.rice)
    bought = seeing.buy(session, cast.ana, run_id, rice, PACK, 799, payer_id=cast.mila.id, now=NOW)

    seeing.undo_purchase(session, cast.ana, run_id, bought.id, now=NOW)

    assert session.scalars(select(Receipt.id).where(Receipt.run_id == run_id)).all() == []


def test_costs_are_shared_by_their_rules(session: Session, cast: Cast) -> None:
    """Ana has 4 packs, Bojan 2, Mila 1, of 55.93."""
    run_id = bring_to(session, cast, Phase.DISTRIBUTING)
    goods = owed(session, cast, run_id)
    assert goods == {"ana": 3196, "bojan": 1598, "mila": 799}

    cost(session, cast, run_id, CostKind.TRANSPORT, 700, CostRule.VALUE)
    cost(session, cast, run_id, CostKind.FEE, 300, CostRule.EQUALLY)
    cost(session, cast, run_id, CostKind.DEPOSIT, 70, CostRule.QUANTITY)
    cost(session, cast, run_id, CostKind.DISCOUNT, 140, CostRule.VALUE)
    cost(session, cast, run_id, CostKind.TIP, 100, CostRule.PEOPLE, cast.bojan, cast.mila)

    assert owed(session, cast, run_id) == {
        "ana": 3196 + 400 + 100 + 40 - 80,
        "bojan": 1598 + 200 + 100 + 20 - 40 + 50,
        "mila": 799 + 100 + 100 + 10 - 20 + 50,
    }
    statements = {person.username: person.total for person in pick_up(session, cast.ana, run_id).people.values()}
    assert statements == owed(session, cast, run_id)


def test_completing_freezes_costs_and_posts_them(session: Session, cast: Cast) -> None:
    run_id = bring_to(session, cast, Phase.DISTRIBUTING)
    cost(session, cast, run_id, CostKind.TRANSPORT, 700, CostRule.VALUE)
    before = owed(session, cast, run_id)

    changed = completed(session, cast, run_id)

    assert changed == {"ana": 5593 + 700 - before["ana"], "bojan": -before["bojan"], "mila": -before["mila"]}
    assert owed(session, cast, run_id) == before
    lines = session.scalars(select(StatementLine).where(col(StatementLine.cost_id).is_not(None))).all()
    assert sum(line.amount for line in lines) == 700


def test_several_payers_pay_what_they_say(session: Session, cast: Cast) -> None:
    run_id = bring_to(session, cast, Phase.DISTRIBUTING)
    receipt = receipt_of(session, run_id)
    payers = [Payer(cast.ana.id, 5000), Payer(cast.mila.id, 593)]

    edit_receipt(
        *(session, cast.ana, run_id, receipt.id, payers), day=NOW.date(), total=5593, revision=receipt.revision, now=NOW
    )

    spent = {each.username: each.spent for each in run_view(session, cast.ana, run_id).people if each.spent}
    assert spent == {"ana": 5000, "mila": 593}
    assert completed(session, cast, run_id) == {"ana": 5000 - 3196, "bojan": -1598, "mila": 593 - 799}


@pytest.mark.parametrize(
    ("amounts", "key", "by"),
    [((5000, 594), "payers_over", 1), ((5000, 592), "payers_under", 1), ((5593, 0), "payer_amount", None)],
)
def test_payers_whose_amounts_dont_sum_up_are_refused(
    session: Session, cast: Cast, amounts: tuple[int, int], key: str, by: int | None
) -> None:
    run_id = bring_to(session, cast, Phase.DISTRIBUTING)
    receipt = receipt_of(session, run_id)
    payers = [Payer(cast.ana.id, amounts[0]), Payer(cast.mila.id, amounts[1])]

    with pytest.raises(Invalid) as refused:
        edit_receipt(*(session, cast.ana, run_id, receipt.id, payers), day=NOW.date(), total=5593, revision=1, now=NOW)

    assert (refused.value.key, refused.value.field, refused.value.values.get("amount")) == (key, "payers", by)


def test_a_difference_has_to_be_borne_before_the_run_is_completed(session: Session, cast: Cast) -> None:
    run_id = bring_to(session, cast, Phase.DISTRIBUTING)
    receipt = receipt_of(session, run_id)
    of = session, cast.ana, run_id, receipt.id
    edit_receipt(*of, [Payer(cast.ana.id)], day=NOW.date(), total=5600, revision=1, now=NOW)
    (facts,) = receipts_view(session, cast.ana, run_id).receipts.values()
    assert (facts.total, facts.lines) == (5600, 5593)
    with pytest.raises(Conflict) as refused:
        seeing.complete_run(session, cast.ana, run_id, now=NOW)
    assert (refused.value.key, refused.value.values["amount"]) == ("difference_open", 7)

    with pytest.raises(Conflict, match="difference_changed"):
        spread_difference(*of, difference=8, revision=2, now=NOW)
    session.refresh(receipt)
    spread_difference(*of, difference=7, revision=receipt.revision, now=NOW)

    assert completed(session, cast, run_id) == {"ana": 5600 - 3200, "bojan": -1600, "mila": -800}


def test_a_cost_that_nobody_can_bear_refuses_to_complete_a_run(session: Session, cast: Cast) -> None:
    run_id = bring_to(session, cast, Phase.SHOPPING)
    add_receipt(session, cast.ana, run_id, [Payer(cast.ana.id)], now=NOW)
    cost(session, cast, run_id, CostKind.TRANSPORT, 700, CostRule.VALUE)
    session.flush()
    view = run_view(session, cast.ana, run_id)
    assert view.parts.unshared == 700

    with pytest.raises(Conflict, match="cost_unshared"), session.begin_nested():
        seeing.finish_shopping(session, cast.ana, run_id, nothing_is_fine=True, now=NOW)


def test_transport_goes_by_the_distance_and_the_price_of_the_group(session: Session, cast: Cast) -> None:
    run_id = bring_to(session, cast, Phase.DISTRIBUTING)
    receipt = receipt_of(session, run_id)
    of = session, cast.ana, run_id, receipt.id, CostKind.TRANSPORT, None, CostRule.EQUALLY
    with pytest.raises(Conflict, match="no_price_per_km"), session.begin_nested():
        add_cost(*of, distance=42_500, revision=receipt.revision, now=NOW)
    session.expire_all()
    groups.set_price_per_km(session, cast.ana, cast.group_id, 25, now=NOW)

    made = add_cost(*of, distance=42_500, revision=receipt_of(session, run_id).revision, now=NOW)

    assert (made.amount, made.distance) == (1063, 42_500)  # 10.625, half up


def test_helpers_write_receipts_while_shopping_and_payers_their_own_afterwards(session: Session, cast: Cast) -> None:
    run_id = bring_to(session, cast, Phase.SHOPPING)
    with pytest.raises(Forbidden, match="helper_only"):
        add_receipt(session, cast.bojan, run_id, [Payer(cast.bojan.id)], now=NOW)
    runs.set_helper(session, cast.ana, run_id, cast.bojan.id, True, now=NOW)
    made = add_receipt(session, cast.bojan, run_id, [Payer(cast.mila.id)], now=NOW)
    seeing.buy(session, cast.ana, run_id, item_of(session, run_id, cast.rice), 10 * PACK, 7990, now=NOW)
    seeing.finish_shopping(session, cast.ana, run_id, now=NOW)
    of = run_id, made.id, CostKind.FEE, 100, CostRule.EQUALLY

    with pytest.raises(Forbidden, match="leader_or_payer"):
        add_cost(session, cast.bojan, *of, revision=made.revision, now=NOW)
    assert add_cost(session, cast.mila, *of, revision=made.revision, now=NOW).amount == 100


def test_whoever_saw_another_receipt_is_refused(session: Session, cast: Cast) -> None:
    run_id = bring_to(session, cast, Phase.DISTRIBUTING)
    made = cost(session, cast, run_id, CostKind.FEE, 100, CostRule.EQUALLY)

    with pytest.raises(Conflict, match="receipt_changed_meanwhile"):
        remove_cost(session, cast.ana, run_id, made.receipt_id, made.id, revision=1, now=NOW)


def test_a_receipt_with_goods_stays_and_goods_move_to_another(session: Session, cast: Cast) -> None:
    run_id = bring_to(session, cast, Phase.DISTRIBUTING)
    first = receipt_of(session, run_id)
    with pytest.raises(Conflict, match="receipt_has_purchases"), session.begin_nested():
        remove_receipt(session, cast.ana, run_id, first.id, revision=1, now=NOW)
    session.expire_all()
    other = add_receipt(session, cast.ana, run_id, [Payer(cast.mila.id)], now=NOW)
    purchase = session.scalars(select(Purchase).where(Purchase.run_id == run_id)).one()

    move_purchase(session, cast.ana, run_id, purchase.id, other.id, revision=other.revision, now=NOW)

    assert session.scalars(select(Receipt.id).where(Receipt.run_id == run_id)).all() == [other.id]
    spent = {each.username: each.spent for each in run_view(session, cast.ana, run_id).people if each.spent}
    assert spent == {"mila": 5593}


def test_whoever_pays_or_bears_something_stays_in_the_run_and_drops_out_with_the_last_of_it(
    session: Session, cast: Cast
) -> None:
    run_id = bring_to(session, cast, Phase.SHOPPING)
    groups.join_group(session, cast.eva, _token(session, cast), now=NOW)
    made = add_receipt(session, cast.ana, run_id, [Payer(cast.eva.id)], total=100, now=NOW)
    there = select(Participant.id).where(Participant.run_id == run_id, Participant.user_id == cast.eva.id)
    assert session.scalars(there).all()

    remove_receipt(session, cast.ana, run_id, made.id, revision=made.revision, now=NOW)

    assert not session.scalars(there).all()


def _token(session: Session, cast: Cast) -> str:
    return session.get_one(Group, cast.group_id).invite_token


def test_a_stranger_pays_nothing(session: Session, cast: Cast) -> None:
    run_id = bring_to(session, cast, Phase.SHOPPING)

    with pytest.raises(BulqError, match="not_found"):
        add_receipt(session, cast.ana, run_id, [Payer(cast.eva.id)], now=NOW)


def test_a_day_to_come_is_refused(session: Session, cast: Cast) -> None:
    run_id = bring_to(session, cast, Phase.SHOPPING)

    with pytest.raises(Invalid, match="day_to_come"):
        day = NOW.date() + timedelta(days=2)
        add_receipt(session, cast.ana, run_id, [Payer(cast.ana.id)], day=day, now=NOW)


def test_correcting_the_payer_of_a_purchase_moves_it_to_their_receipt(session: Session, cast: Cast) -> None:
    run_id = bring_to(session, cast, Phase.ADJUSTING)
    purchase = session.scalars(select(Purchase).where(Purchase.run_id == run_id)).one()

    mistakes.correct_purchase(
        *(session, cast.ana, run_id, purchase.id, 7 * PACK, 5593),
        payer_id=cast.bojan.id,
        seen=seeing.line(session, purchase.id),
        now=NOW,
    )

    (facts,) = receipts_view(session, cast.ana, run_id).receipts.values()
    assert list(facts.payers) == [str(cast.bojan.id)]


def test_a_refund_after_the_run_is_a_correction_with_its_story(session: Session, cast: Cast) -> None:
    run_id = bring_to(session, cast, Phase.COMPLETED)
    before, owed_before = balances(session, cast.group_id), owed(session, cast, run_id)

    correct_run(
        *(session, cast.ana, run_id, [Change(-700, CostRule.VALUE)]),
        payer_id=cast.ana.id,
        reason="The till counted a pack twice",
        now=LATER,
    )

    now = balances(session, cast.group_id)
    assert {who: now[who] - before[who] for who in now} == {"ana": -700 + 400, "bojan": 200, "mila": 100}
    less = {"ana": 400, "bojan": 200, "mila": 100}
    assert owed(session, cast, run_id) == {who: part - less[who] for who, part in owed_before.items()}
    story = list(receipts_view(session, cast.ana, run_id).receipts.values())[-1]
    assert (story.reason, story.lines) == ("The till counted a pack twice", -700)


def test_a_mistake_between_two_people_is_two_changes(session: Session, cast: Cast) -> None:
    run_id = bring_to(session, cast, Phase.COMPLETED)
    before = balances(session, cast.group_id)
    swapped = [
        Change(-799, CostRule.PEOPLE, [Share(cast.bojan.id)]),
        Change(799, CostRule.PEOPLE, [Share(cast.mila.id)]),
    ]

    correct_run(session, cast.ana, run_id, swapped, payer_id=cast.ana.id, reason="Mila took it", now=LATER)

    now = balances(session, cast.group_id)
    assert {who: now[who] - before[who] for who in now if now[who] != before[who]} == {"bojan": 799, "mila": -799}


def test_a_payer_who_does_not_lead_moves_no_money_between_others(session: Session, cast: Cast) -> None:
    run_id = bring_to(session, cast, Phase.SHOPPING)
    rice, tomatoes = item_of(session, run_id, cast.rice), item_of(session, run_id, cast.tomatoes)
    seeing.buy(session, cast.ana, run_id, rice, 10 * PACK, 7990, now=NOW)
    seeing.buy(session, cast.ana, run_id, tomatoes, 1500, 300, payer_id=cast.bojan.id, now=NOW)
    seeing.finish_shopping(session, cast.ana, run_id, now=NOW)
    seeing.complete_run(session, cast.ana, run_id, now=NOW)
    before = balances(session, cast.group_id)

    def correct(*changed: Change, payer: Actor = cast.bojan) -> None:
        correct_run(session, cast.bojan, run_id, changed, payer_id=payer.id, reason="A mistake", now=LATER)

    between = (
        Change(-500, CostRule.PEOPLE, [Share(cast.ana.id)]),
        Change(500, CostRule.PEOPLE, [Share(cast.mila.id)]),
    )
    for changed in (between, (Change(-500, CostRule.VALUE, (), rice),)):
        with pytest.raises(Forbidden, match="own_receipt_only"):
            correct(*changed)
    with pytest.raises(Forbidden, match="leader_or_payer"):
        correct(Change(-500, CostRule.VALUE), payer=cast.ana)
    assert balances(session, cast.group_id) == before

    correct(Change(-100, CostRule.PEOPLE, [Share(cast.mila.id)], tomatoes))

    now = balances(session, cast.group_id)
    assert {who: now[who] - before.get(who, 0) for who in now if now[who] != before.get(who, 0)} == {
        "bojan": -100,
        "mila": 100,
    }


def test_who_did_not_pay_corrects_nothing(session: Session, cast: Cast) -> None:
    run_id = bring_to(session, cast, Phase.COMPLETED)

    with pytest.raises(Forbidden, match="leader_or_payer"):
        change = [Change(-700, CostRule.VALUE)]
        correct_run(session, cast.bojan, run_id, change, payer_id=cast.bojan.id, reason="I paid it", now=LATER)


def test_the_costs_of_a_cancelled_run_stay_with_whoever_paid(session: Session, cast: Cast) -> None:
    run_id = bring_to(session, cast, Phase.DISTRIBUTING)
    cost(session, cast, run_id, CostKind.TRANSPORT, 700, CostRule.VALUE)
    before = balances(session, cast.group_id)

    phases.cancel_run(session, cast.ana, run_id, "", now=LATER)

    assert balances(session, cast.group_id) == before
    shares = run_shares(session, session.get_one(Run, run_id))
    assert not shares.costs and sum(shares.unshared.values()) == 700
