"""What a run came to when it ended stays, whatever is merged later."""

from uuid import UUID

import pytest
from sqlalchemy import delete, update
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session
from sqlmodel import col, select

from bulq.domain.phases import Phase
from bulq.models import Membership, StatementLine
from bulq.queries.runs import run_view
from bulq.services import bids, catalogue, phases
from bulq.services.merging import merge_products
from bulq.services.merging_people import merge_users
from tests import seeing
from tests.cast import NOW, PACK, Cast, bring_to, item_of, person, plan


def shares(session: Session, cast: Cast, run_id: UUID) -> dict[str, int]:
    session.flush()
    view = run_view(session, cast.ana, run_id)
    assert view.parts.total == sum(line.paid for line in view.products)
    return {each.username: each.part for each in view.people}


def ended(session: Session, cast: Cast, phase: Phase, number: int) -> tuple[UUID, UUID]:
    """A run of three who share a pack each for 1.00, which leaves an odd cent; and Bojan's other account."""
    twin = person(session, f"Twin{number}")
    session.add(Membership(group_id=cast.group_id, user_id=twin.id, joined_at=NOW))
    session.flush()
    run_id = plan(session, cast)
    for who in (cast.ana, cast.mila, twin):
        bids.place_bid(session, who, run_id, cast.rice, PACK, now=NOW)
    seeing.confirm_run(session, cast.ana, run_id, now=NOW)
    phases.start_shopping(session, cast.ana, run_id, now=NOW)
    session.flush()
    seeing.buy(session, cast.ana, run_id, item_of(session, run_id, cast.rice), 3 * PACK, 100, now=NOW)
    if phase is Phase.CANCELLED:
        phases.cancel_run(session, cast.ana, run_id, "", now=NOW)
    else:
        seeing.finish_shopping(session, cast.ana, run_id, now=NOW)
        seeing.complete_run(session, cast.ana, run_id, now=NOW)
    session.flush()
    return run_id, twin.id


@pytest.mark.parametrize("phase", [Phase.COMPLETED, Phase.CANCELLED])
def test_merging_accounts_moves_no_cent_of_an_ended_run(session: Session, cast: Cast, phase: Phase) -> None:
    made = [ended(session, cast, phase, number) for number in range(4)]
    before = [shares(session, cast, run_id) for run_id, _ in made]

    for _, twin in made:
        merge_users(session, cast.ada, twin, cast.bojan.id, now=NOW)

    for (run_id, _), was in zip(made, before, strict=True):
        now = shares(session, cast, run_id)
        assert (now["ana"], now["mila"]) == (was["ana"], was["mila"])
        assert now["bojan"] == next(cost for name, cost in was.items() if name not in ("ana", "mila"))


def test_products_of_an_ended_run_are_merged_and_no_amount_changes(session: Session, cast: Cast) -> None:
    """Two prices per pack on two lines: joined anew everybody would owe something else."""
    twin = catalogue.add_product(session, cast.ana, "Rice again", "", "pack", PACK, now=NOW)
    session.flush()
    run_id = plan(session, cast)
    for who, product, packs in ((cast.ana, cast.rice, 2), (cast.bojan, twin.id, 1), (cast.mila, twin.id, 2)):
        bids.place_bid(session, who, run_id, product, packs * PACK, now=NOW)
    seeing.confirm_run(session, cast.ana, run_id, now=NOW)
    phases.start_shopping(session, cast.ana, run_id, now=NOW)
    session.flush()
    seeing.buy(session, cast.ana, run_id, item_of(session, run_id, cast.rice), 2 * PACK, 1000, now=NOW)
    seeing.buy(session, cast.ana, run_id, item_of(session, run_id, twin.id), 3 * PACK, 301, now=NOW)
    seeing.finish_shopping(session, cast.ana, run_id, now=NOW)
    seeing.complete_run(session, cast.ana, run_id, now=NOW)
    before = shares(session, cast, run_id)

    merge_products(session, cast.ada, twin.id, cast.rice, now=NOW)

    assert shares(session, cast, run_id) == before


def test_the_database_changes_and_removes_no_line(session: Session, cast: Cast) -> None:
    run_id = bring_to(session, cast, Phase.COMPLETED)
    assert session.scalars(select(StatementLine.id).where(StatementLine.run_id == run_id)).all()
    mine = col(StatementLine.run_id) == run_id

    for statement in (
        update(StatementLine).where(mine).values(amount=1),
        update(StatementLine).where(mine).values(quantity=1),
        delete(StatementLine).where(mine),
    ):
        with pytest.raises(DBAPIError, match="statement lines are never"), session.begin_nested():
            session.execute(statement)
