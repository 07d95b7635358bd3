"""Leaving and being removed, in every phase: what goes, what stays, and who leads then."""

import pytest
from sqlalchemy.orm import Session
from sqlmodel import select

from bulq.domain.errors import Conflict, NotFound
from bulq.domain.phases import FINAL, GOODS_BOUGHT, OPEN, Phase
from bulq.models import Bid, Group, Membership, Notification, Participant, PhaseEntry, Run
from bulq.queries.runs import run_view
from bulq.services import bids, groups, leading, phases, runs
from tests import seeing
from tests.cast import LATER, NOW, PACK, Cast, bring_to, item_of, plan, remove

BEFORE_SHOPPING = [phase for phase in OPEN if phase not in GOODS_BOUGHT]


def bids_of(session: Session, run_id, who) -> list[int | None]:
    return list(session.scalars(select(Bid.quantity).where(Bid.run_id == run_id, Bid.user_id == who.id)))


def place_of(session: Session, run_id, who) -> Participant | None:
    session.flush()
    query = select(Participant).where(Participant.run_id == run_id, Participant.user_id == who.id)
    return session.scalars(query).one_or_none()


def token_of(session: Session, cast: Cast) -> str:
    return session.get_one(Group, cast.group_id).invite_token


@pytest.mark.parametrize("phase", BEFORE_SHOPPING)
def test_before_shopping_bids_go(session: Session, cast: Cast, phase: Phase) -> None:
    run_id = bring_to(session, cast, phase)
    runs.set_helper(session, cast.ana, run_id, cast.mila.id, True, now=NOW)

    groups.leave_group(session, cast.mila, cast.group_id, now=NOW)

    assert bids_of(session, run_id, cast.mila) == []
    assert place_of(session, run_id, cast.mila) is None


@pytest.mark.parametrize("phase", [*GOODS_BOUGHT, *FINAL])
def test_from_shopping_on_bids_stay_and_the_person_is_shown_as_having_left(
    session: Session, cast: Cast, phase: Phase
) -> None:
    run_id = bring_to(session, cast, phase)
    before = bids_of(session, run_id, cast.mila)

    remove(session, cast, cast.mila)

    assert bids_of(session, run_id, cast.mila) == before
    view = run_view(session, cast.ana, run_id)
    assert {person.username: person.left for person in view.people} == {"ana": False, "bojan": False, "mila": True}


@pytest.mark.parametrize("phase", OPEN)
def test_a_run_passes_to_the_longest_serving_helper(session: Session, cast: Cast, phase: Phase) -> None:
    run_id = bring_to(session, cast, phase)
    groups.promote(session, cast.ana, cast.group_id, cast.mila.id, now=NOW)
    runs.set_helper(session, cast.ana, run_id, cast.mila.id, True, now=LATER)
    runs.set_helper(session, cast.ana, run_id, cast.bojan.id, True, now=NOW)
    session.flush()

    groups.leave_group(session, cast.ana, cast.group_id, now=LATER)

    run = session.get_one(Run, run_id)
    assert (run.leader_id, run.phase) == (cast.bojan.id, phase)
    bojan = place_of(session, run_id, cast.bojan)
    assert bojan is not None and bojan.helper_since is None


@pytest.mark.parametrize("phase", OPEN)
def test_without_helpers_a_run_passes_to_a_group_admin(session: Session, cast: Cast, phase: Phase) -> None:
    run_id = bring_to(session, cast, phase)
    groups.promote(session, cast.ana, cast.group_id, cast.mila.id, now=NOW)
    session.flush()

    groups.leave_group(session, cast.ana, cast.group_id, now=LATER)

    assert session.get_one(Run, run_id).leader_id == cast.mila.id
    assert place_of(session, run_id, cast.mila) is not None
    notice = select(Notification).where(Notification.run_id == run_id, Notification.kind == "leader_left")
    assert cast.mila.id in {row.user_id for row in session.scalars(notice)}


def test_helpers_who_have_left_lead_nothing(session: Session, cast: Cast) -> None:
    run_id = bring_to(session, cast, Phase.SHOPPING)
    runs.set_helper(session, cast.ana, run_id, cast.mila.id, True, now=NOW)
    session.flush()
    remove(session, cast, cast.mila)
    remove(session, cast, cast.ana)

    assert session.get_one(Run, run_id).leader_id == cast.bojan.id


def test_a_sole_member_closes_the_group_and_its_runs_by_leaving(session: Session, cast: Cast) -> None:
    group = groups.create_group(session, cast.bojan, "Mine", "EUR", "UTC", now=NOW)
    session.flush()
    run = runs.start_run(session, cast.bojan, group.id, cast.store_id, now=NOW)
    session.flush()

    groups.leave_group(session, cast.bojan, group.id, now=LATER)

    session.flush()
    assert group.closed_at == LATER
    assert (run.phase, run.ended_at) == (Phase.CANCELLED, LATER)
    entry = session.scalars(select(PhaseEntry).where(PhaseEntry.run_id == run.id, PhaseEntry.phase == run.phase)).one()
    assert entry.actor_id is None
    with pytest.raises(NotFound):
        groups.join_group(session, cast.eva, group.invite_token, now=LATER)


def test_the_last_admin_stays_while_others_remain(session: Session, cast: Cast) -> None:
    with pytest.raises(Conflict) as leaving:
        groups.leave_group(session, cast.ana, cast.group_id, now=NOW)
    with pytest.raises(Conflict) as demoting:
        groups.demote(session, cast.ana, cast.group_id, cast.ana.id, now=NOW)

    assert leaving.value.key == demoting.value.key == "last_admin"


def test_an_admin_is_demoted_before_being_removed(session: Session, cast: Cast) -> None:
    groups.promote(session, cast.ana, cast.group_id, cast.bojan.id, now=NOW)
    session.flush()
    with pytest.raises(Conflict) as refusal:
        groups.remove_member(session, cast.ana, cast.group_id, cast.bojan.id, now=NOW)
    assert refusal.value.key == "demote_first"

    groups.demote(session, cast.ana, cast.group_id, cast.bojan.id, now=NOW)
    groups.remove_member(session, cast.ana, cast.group_id, cast.bojan.id, now=NOW)

    session.flush()
    query = select(Membership.user_id).where(Membership.group_id == cast.group_id)
    assert cast.bojan.id not in session.scalars(query).all()


def test_nobody_removes_themselves(session: Session, cast: Cast) -> None:
    with pytest.raises(Conflict) as refusal:
        groups.remove_member(session, cast.ana, cast.group_id, cast.ana.id, now=NOW)

    assert refusal.value.key == "leave_instead"


def test_coming_back_starts_clean(session: Session, cast: Cast) -> None:
    shop = bring_to(session, cast, Phase.SHOPPING)
    bidding = bring_to(session, cast, Phase.ACTIVE)
    groups.promote(session, cast.ana, cast.group_id, cast.mila.id, now=NOW)
    for run_id in (shop, bidding):
        runs.set_helper(session, cast.ana, run_id, cast.mila.id, True, now=NOW)
    bids.set_ready(session, cast.mila, bidding, True, now=NOW)
    session.flush()
    groups.leave_group(session, cast.mila, cast.group_id, now=NOW)
    session.flush()

    groups.join_group(session, cast.mila, token_of(session, cast), now=LATER)

    session.expire_all()
    query = select(Membership).where(Membership.group_id == cast.group_id, Membership.user_id == cast.mila.id)
    assert not session.scalars(query).one().is_admin
    assert place_of(session, bidding, cast.mila) is None
    with pytest.raises(Exception, match="helper_only"):
        seeing.buy(session, cast.mila, shop, item_of(session, shop, cast.rice), PACK, 799, now=LATER)


def test_who_left_hears_nothing_more_of_the_run(session: Session, cast: Cast) -> None:
    run_id = bring_to(session, cast, Phase.ADJUSTING)
    remove(session, cast, cast.mila)
    query = select(Notification.id).where(Notification.user_id == cast.mila.id, Notification.run_id == run_id)
    before = len(session.scalars(query).all())

    phases.cancel_run(session, cast.ana, run_id, "", now=LATER)

    session.flush()
    assert len(session.scalars(query).all()) == before


def test_who_was_removed_is_told(session: Session, cast: Cast) -> None:
    remove(session, cast, cast.mila)

    query = select(Notification).where(Notification.user_id == cast.mila.id, Notification.kind == "removed")
    assert session.scalars(query).one().details == {"who": "Ana", "by": str(cast.ana.id), "group": "Liman"}


def test_a_request_to_lead_ends_when_the_asked_person_leaves(session: Session, cast: Cast) -> None:
    run_id = bring_to(session, cast, Phase.ACTIVE)
    leading.offer_lead(session, cast.ana, run_id, cast.mila.id, now=NOW)
    session.flush()

    groups.leave_group(session, cast.mila, cast.group_id, now=NOW)

    assert session.get_one(Run, run_id).hand_over_to is None


def test_a_request_to_lead_ends_when_the_leader_leaves(session: Session, cast: Cast) -> None:
    run_id = bring_to(session, cast, Phase.ACTIVE)
    leading.offer_lead(session, cast.ana, run_id, cast.mila.id, now=NOW)
    session.flush()

    remove(session, cast, cast.ana)

    run = session.get_one(Run, run_id)
    assert (run.hand_over_to, run.leader_id) == (None, cast.bojan.id)


@pytest.mark.parametrize("end", ["cancel", "complete"])
def test_a_request_to_lead_ends_with_the_run(session: Session, cast: Cast, end: str) -> None:
    run_id = bring_to(session, cast, Phase.DISTRIBUTING)
    leading.offer_lead(session, cast.ana, run_id, cast.mila.id, now=NOW)

    if end == "cancel":
        phases.cancel_run(session, cast.ana, run_id, "", now=NOW)
    else:
        seeing.complete_run(session, cast.ana, run_id, now=NOW)

    assert session.get_one(Run, run_id).hand_over_to is None


def test_one_request_to_lead_is_open_at_a_time(session: Session, cast: Cast) -> None:
    run_id = bring_to(session, cast, Phase.ACTIVE)
    leading.offer_lead(session, cast.ana, run_id, cast.mila.id, now=NOW)

    with pytest.raises(Conflict) as second:
        leading.offer_lead(session, cast.ana, run_id, cast.bojan.id, now=NOW)
    leading.withdraw_lead(session, cast.ana, run_id, now=NOW)
    leading.offer_lead(session, cast.ana, run_id, cast.bojan.id, now=NOW)

    assert second.value.key == "already_asked"
    assert session.get_one(Run, run_id).hand_over_to == cast.bojan.id


def test_who_accepts_leads_and_the_former_leader_helps(session: Session, cast: Cast) -> None:
    run_id = bring_to(session, cast, Phase.SHOPPING)
    leading.offer_lead(session, cast.ana, run_id, cast.mila.id, now=NOW)

    leading.accept_lead(session, cast.mila, run_id, now=NOW)

    run, ana = session.get_one(Run, run_id), place_of(session, run_id, cast.ana)
    assert (run.leader_id, run.hand_over_to) == (cast.mila.id, None)
    assert ana is not None and ana.helper_since == NOW


def test_who_declines_is_asked_no_more(session: Session, cast: Cast) -> None:
    run_id = bring_to(session, cast, Phase.SHOPPING)
    leading.offer_lead(session, cast.ana, run_id, cast.mila.id, now=NOW)

    leading.decline_lead(session, cast.mila, run_id, now=NOW)

    assert session.get_one(Run, run_id).leader_id == cast.ana.id
    with pytest.raises(Exception, match="not_allowed"):
        leading.accept_lead(session, cast.mila, run_id, now=NOW)


def test_only_a_participant_is_asked_to_lead(session: Session, cast: Cast) -> None:
    run_id = plan(session, cast)

    with pytest.raises(NotFound):
        leading.offer_lead(session, cast.ana, run_id, cast.bojan.id, now=NOW)
    with pytest.raises(Conflict):
        leading.offer_lead(session, cast.ana, run_id, cast.ana.id, now=NOW)
