"""Goods nobody took: who bears them, and who may take them, at cost."""

from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy.orm import Session
from sqlmodel import col, select

from bulq.domain.actor import Actor
from bulq.domain.errors import BulqError, Conflict
from bulq.domain.phases import Phase
from bulq.models import Group, Notification, Participant, StatementLine
from bulq.queries.export import run_export
from bulq.queries.pick_up import LeftOverFacts, pick_up
from bulq.queries.runs import run_view
from bulq.services import bids, groups, leftovers, phases, pickup
from bulq.services.mistakes import back_to_shopping
from tests import seeing
from tests.cast import LATER, NOW, PACK, Cast, bring_to, item_of, leave_over, plan, remove
from tests.seeing import take_leftovers

ENDS = NOW + timedelta(days=14)


def left_over(session: Session, cast: Cast, phase: Phase) -> tuple[UUID, UUID]:
    """A run of which Bojan left 2 packs of rice, at 7.99 each; Ana paid."""
    run_id = bring_to(session, cast, phase)
    rice = item_of(session, run_id, cast.rice)
    leave_over(session, run_id, rice, cast.bojan.id, 2 * PACK)
    return run_id, rice


def left(session: Session, cast: Cast, run_id: UUID) -> list[LeftOverFacts]:
    return list(pick_up(session, cast.ana, run_id).left_over.values())


def owed(session: Session, cast: Cast, run_id: UUID) -> dict[str, int]:
    return {person.username: person.total for person in pick_up(session, cast.ana, run_id).people.values()}


@pytest.mark.parametrize("phase", [Phase.DISTRIBUTING, Phase.COMPLETED])
def test_whoever_paid_bears_what_nobody_took_until_somebody_takes_it(
    session: Session, cast: Cast, phase: Phase
) -> None:
    run_id, rice = left_over(session, cast, phase)
    before = owed(session, cast, run_id)
    (line,) = left(session, cast, run_id)
    assert (line.quantity, line.cost, [(each.name, each.cost) for each in line.borne_by]) == (
        2000,
        1598,
        [("Ana", 1598)],
    )

    take_leftovers(session, cast.mila, run_id, rice, PACK, now=LATER)

    (line,) = left(session, cast, run_id)
    assert (line.quantity, line.cost, [each.cost for each in line.borne_by]) == (1000, 799, [799])
    assert owed(session, cast, run_id) == before | {"mila": before["mila"] + 799}

    take_leftovers(session, cast.ana, run_id, rice, PACK, now=LATER)

    assert left(session, cast, run_id) == []
    assert sum(owed(session, cast, run_id).values()) == 5593
    export = run_export(session, cast.mila, run_id)
    assert {person.username: person.total for person in export.people} == owed(session, cast, run_id)
    assert run_view(session, cast.mila, run_id).parts.left_over == 0


def test_after_completion_nothing_is_edited_and_more_is_entered(session: Session, cast: Cast) -> None:
    run_id, rice = left_over(session, cast, Phase.COMPLETED)
    lines = select(StatementLine).where(StatementLine.run_id == run_id).order_by(col(StatementLine.id))
    before = [row.model_dump() for row in session.scalars(lines)]

    take_leftovers(session, cast.mila, run_id, rice, PACK, now=LATER)

    after = [row.model_dump() for row in session.scalars(lines)]
    assert [row for row in after if row in before] == before
    new = [(row["user_id"], str(row["kind"]), row["quantity"], row["amount"]) for row in after if row not in before]
    assert sorted(new, key=str) == sorted(
        [(cast.mila.id, "goods", 1000, 799), (cast.ana.id, "left_over", -1000, -799)], key=str
    )


def test_what_is_taken_in_pick_up_waits_to_be_picked_up(session: Session, cast: Cast) -> None:
    run_id, rice = left_over(session, cast, Phase.DISTRIBUTING)
    eva = _joins(session, cast)

    take_leftovers(session, eva, run_id, rice, PACK, now=LATER)

    statement = next(each for each in pick_up(session, cast.ana, run_id).people.values() if each.username == "eva")
    assert [(line.got, line.picked_up) for line in statement.lines.values()] == [(1000, False)]


def test_who_holds_goods_still_does_after_taking_more_of_them(session: Session, cast: Cast) -> None:
    run_id, rice = left_over(session, cast, Phase.DISTRIBUTING)
    pickup.set_picked_up(session, cast.mila, run_id, rice, cast.mila.id, True, now=NOW)

    take_leftovers(session, cast.mila, run_id, rice, PACK, now=LATER)

    with pytest.raises(Conflict) as refusal:
        back_to_shopping(session, cast.ana, run_id, now=LATER)
    assert refusal.value.key == "already_picked_up"
    mila = next(each for each in pick_up(session, cast.ana, run_id).people.values() if each.username == "mila")
    assert [line.got for line in mila.lines.values()] == [2000]


@pytest.mark.parametrize("phase", [Phase.DISTRIBUTING, Phase.COMPLETED])
def test_the_second_tap_takes_nothing_that_was_not_seen(session: Session, cast: Cast, phase: Phase) -> None:
    run_id, rice = left_over(session, cast, phase)
    leftovers.take_leftovers(session, cast.mila, run_id, rice, PACK, seen=2 * PACK, now=LATER)

    with pytest.raises(Conflict) as refusal:
        leftovers.take_leftovers(session, cast.mila, run_id, rice, PACK, seen=2 * PACK, now=LATER)

    assert (refusal.value.key, refusal.value.values) == (
        "left_over_changed",
        {"seen": 2000, "current": 1000, "unit": "pack"},
    )
    assert [line.quantity for line in left(session, cast, run_id)] == [1000]


@pytest.mark.parametrize("phase", [Phase.DISTRIBUTING, Phase.COMPLETED])
def test_any_member_takes_part_by_taking_and_whoever_paid_is_told(session: Session, cast: Cast, phase: Phase) -> None:
    run_id, rice = left_over(session, cast, phase)
    eva = _joins(session, cast)

    take_leftovers(session, eva, run_id, rice, 2 * PACK, now=LATER)

    places = session.scalars(select(Participant.user_id).where(Participant.run_id == run_id)).all()
    assert eva.id in places
    assert owed(session, cast, run_id)["eva"] == 1598
    told = session.scalars(select(Notification).where(Notification.kind == "leftovers_taken")).all()
    assert [(entry.user_id, entry.details["quantity"]) for entry in told] == [(cast.ana.id, 2000)]


def _joins(session: Session, cast: Cast) -> Actor:
    """Eva joins the group after everything was bought."""
    token = session.get_one(Group, cast.group_id).invite_token
    groups.join_group(session, cast.eva, token, now=LATER)
    session.flush()
    return cast.eva


@pytest.mark.parametrize(("steps", "key"), [(0, "quantity_positive"), (3, "less_left_over"), (0.5, "left_over_step")])
def test_no_more_is_taken_than_is_left_and_only_whole_steps(
    session: Session, cast: Cast, steps: float, key: str
) -> None:
    run_id, rice = left_over(session, cast, Phase.DISTRIBUTING)

    with pytest.raises(BulqError) as refusal:
        take_leftovers(session, cast.mila, run_id, rice, int(steps * PACK), now=LATER)

    assert refusal.value.key == key


def test_left_over_goods_of_a_run_that_is_done_are_taken_for_14_days(session: Session, cast: Cast) -> None:
    run_id, rice = left_over(session, cast, Phase.COMPLETED)

    with pytest.raises(Conflict) as refusal:
        take_leftovers(session, cast.mila, run_id, rice, PACK, now=ENDS + timedelta(seconds=1))
    take_leftovers(session, cast.mila, run_id, rice, PACK, now=ENDS)

    assert refusal.value.key == "taking_over"


@pytest.mark.parametrize("phase", [Phase.DISTRIBUTING, Phase.COMPLETED])
def test_taking_moves_no_cent_of_anybody_else(session: Session, cast: Cast, phase: Phase) -> None:
    """Three people share 7 packs for 10.00 so that odd cents move easily: each taking is between payer and taker."""
    for number in range(8):
        run_id = plan(session, cast)
        for who, packs in ((cast.ana, 1), (cast.bojan, 1), (cast.mila, 5)):
            bids.place_bid(session, who, run_id, cast.rice, packs * PACK, now=NOW)
        seeing.confirm_run(session, cast.ana, run_id, now=NOW)
        phases.start_shopping(session, cast.ana, run_id, now=NOW)
        session.flush()
        rice = item_of(session, run_id, cast.rice)
        seeing.buy(session, cast.ana, run_id, rice, 7 * PACK, 1000 + number, now=NOW)
        seeing.finish_shopping(session, cast.ana, run_id, now=NOW)
        session.flush()
        leave_over(session, run_id, rice, cast.mila.id, 4 * PACK)
        if phase is Phase.COMPLETED:
            seeing.complete_run(session, cast.ana, run_id, now=NOW)
        session.flush()
        before = owed(session, cast, run_id)
        taken = {"bojan": 0, "mila": 0}
        for who, packs in ((cast.bojan, 1), (cast.mila, 1), (cast.bojan, 2)):
            take_leftovers(session, who, run_id, rice, packs * PACK, now=LATER)
            session.flush()
            now = owed(session, cast, run_id)
            other = "mila" if who is cast.bojan else "bojan"
            assert (now["ana"], now[other]) == (before["ana"], before[other] + taken[other])
            taken[who.username] = now[who.username] - before[who.username]
            assert sum(now.values()) + sum(line.cost for line in left(session, cast, run_id)) == 1000 + number
        if phase is Phase.DISTRIBUTING:
            in_pick_up = owed(session, cast, run_id)
            seeing.complete_run(session, cast.ana, run_id, now=LATER)
            session.flush()
            assert owed(session, cast, run_id) == in_pick_up


def test_a_payer_who_has_left_is_not_told(session: Session, cast: Cast) -> None:
    run_id, rice = left_over(session, cast, Phase.COMPLETED)
    remove(session, cast, cast.ana)

    take_leftovers(session, cast.mila, run_id, rice, PACK, now=LATER)

    assert not session.scalars(select(Notification).where(Notification.kind == "leftovers_taken")).all()


def test_what_was_taken_goes_again_when_shopping_is_taken_up_again(session: Session, cast: Cast) -> None:
    run_id, rice = left_over(session, cast, Phase.DISTRIBUTING)
    eva = _joins(session, cast)
    take_leftovers(session, eva, run_id, rice, PACK, now=LATER)

    back_to_shopping(session, cast.ana, run_id, now=LATER)

    assert eva.id not in session.scalars(select(Participant.user_id).where(Participant.run_id == run_id)).all()
