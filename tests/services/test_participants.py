"""Whoever leads, helps, bids, paid or gets something takes part in a run, and nobody with money or goods drops out."""

import pytest
from sqlalchemy import delete
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session
from sqlmodel import col, select

from bulq.domain.actor import Actor
from bulq.domain.phases import Phase
from bulq.models import Group, Participant, Purchase
from bulq.queries.export import run_export
from bulq.queries.runs import PersonLine, run_view
from bulq.services import groups, leading, runs
from tests import seeing
from tests.cast import NOW, PACK, Cast, bring_to, item_of


def people(session: Session, cast: Cast, run_id: object) -> dict[str, PersonLine]:
    session.flush()
    return {each.username: each for each in run_view(session, cast.ana, run_id).people}  # type: ignore[arg-type]


def _eva_joins(session: Session, cast: Cast) -> Actor:
    groups.join_group(session, cast.eva, session.get_one(Group, cast.group_id).invite_token, now=NOW)
    session.flush()
    return cast.eva


def test_a_helper_who_paid_stays_when_they_help_no_more(session: Session, cast: Cast) -> None:
    run_id, eva = bring_to(session, cast, Phase.SHOPPING), _eva_joins(session, cast)
    runs.set_helper(session, cast.ana, run_id, eva.id, True, now=NOW)
    seeing.buy(session, eva, run_id, item_of(session, run_id, cast.rice), 10 * PACK, 7990, now=NOW)

    runs.set_helper(session, cast.ana, run_id, eva.id, False, now=NOW)

    assert people(session, cast, run_id)["eva"].spent == 7990


def test_a_purchase_that_gets_another_payer_shows_that_one_alone(session: Session, cast: Cast) -> None:
    run_id, eva = bring_to(session, cast, Phase.SHOPPING), _eva_joins(session, cast)
    bought = seeing.buy(session, cast.ana, run_id, item_of(session, run_id, cast.rice), 2 * PACK, 1598, now=NOW)

    seeing.edit_purchase(session, cast.ana, run_id, bought.id, 2 * PACK, 1598, payer_id=eva.id, now=NOW)
    assert people(session, cast, run_id)["eva"].spent == 1598

    seeing.edit_purchase(session, cast.ana, run_id, bought.id, 2 * PACK, 1598, payer_id=cast.ana.id, now=NOW)
    assert "eva" not in people(session, cast, run_id)


def test_a_leader_who_took_the_rest_and_handed_over_is_in_the_export(session: Session, cast: Cast) -> None:
    run_id, eva = bring_to(session, cast, Phase.SHOPPING), _eva_joins(session, cast)
    runs.set_helper(session, cast.ana, run_id, eva.id, True, now=NOW)
    leading.offer_lead(session, cast.ana, run_id, eva.id, now=NOW)
    leading.accept_lead(session, eva, run_id, now=NOW)
    seeing.buy(session, eva, run_id, item_of(session, run_id, cast.rice), 12 * PACK, 9588, now=NOW)
    seeing.finish_shopping(session, eva, run_id, now=NOW)
    session.flush()
    seeing.share_fairly(session, eva, run_id, leader_takes_rest=True, now=NOW)
    leading.offer_lead(session, eva, run_id, cast.ana.id, now=NOW)
    leading.accept_lead(session, cast.ana, run_id, now=NOW)

    runs.set_helper(session, cast.ana, run_id, eva.id, False, now=NOW)

    session.flush()
    export = run_export(session, cast.ana, run_id)
    assert {each.username: (each.total, each.paid) for each in export.people}["eva"] == (1598, 9588)
    assert sum(each.total for each in export.people) == export.total == 9588


@pytest.mark.parametrize("phase", [Phase.SHOPPING, Phase.DISTRIBUTING, Phase.COMPLETED])
def test_the_database_keeps_them_whatever_the_code_does(session: Session, cast: Cast, phase: Phase) -> None:
    run_id = bring_to(session, cast, phase)

    with pytest.raises(IntegrityError), session.begin_nested():
        session.execute(delete(Participant).where(col(Participant.run_id) == run_id))


def test_the_database_takes_no_payer_who_is_not_in_the_run(session: Session, cast: Cast) -> None:
    run_id = bring_to(session, cast, Phase.DISTRIBUTING)
    purchase = session.scalars(select(Purchase).where(Purchase.run_id == run_id)).one()

    with pytest.raises(IntegrityError), session.begin_nested():
        purchase.payer_id = cast.eva.id
        session.flush()
