"""Handing a run over to somebody else: asked, then accepted or declined."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session
from sqlmodel import col, select

from bulq import changes
from bulq.domain.actor import Actor
from bulq.domain.errors import Conflict, Forbidden, NotFound
from bulq.domain.phases import OPEN
from bulq.models import Membership, Participant, Run
from bulq.queries.access import RunAccess, run_for
from bulq.services.advance_lines import end_question
from bulq.services.audit import record_in_run
from bulq.services.notices import tell
from bulq.services.participants import participant_of


def offer_lead(session: Session, actor: Actor, run_id: UUID, user_id: UUID, *, now: datetime) -> None:
    """Ask a participant to take the run over. One request is open at a time."""
    access = run_for(session, actor, run_id, lock=True)
    access.need_leader()
    access.need_phase(*OPEN)
    run = access.run
    if run.hand_over_to is not None:
        raise Conflict("already_asked")
    if user_id == actor.id:
        raise Conflict("already_leading")
    takes_part = (
        select(Participant.id)
        .join(Membership, col(Membership.user_id) == col(Participant.user_id))
        .where(Participant.run_id == run.id, Participant.user_id == user_id, Membership.group_id == run.group_id)
    )
    if session.scalars(takes_part).first() is None:
        raise NotFound()
    run.hand_over_to = user_id
    session.add(run)
    changes.note(session, changes.run(run.id))
    tell(session, [user_id], "lead_offered", now=now, run=run, by=actor)
    record_in_run(session, actor, "lead_offered", run, user_id, now=now)


def withdraw_lead(session: Session, actor: Actor, run_id: UUID, *, now: datetime) -> None:
    access = run_for(session, actor, run_id, lock=True)
    access.need_leader()
    if (asked := access.run.hand_over_to) is None:
        raise Conflict("nobody_asked")
    access.run.hand_over_to = None
    session.add(access.run)
    changes.note(session, changes.run(run_id))
    tell(session, [asked], "lead_withdrawn", now=now, run=access.run, by=actor)
    record_in_run(session, actor, "lead_withdrawn", access.run, asked, now=now)


def _asked(session: Session, actor: Actor, run_id: UUID) -> RunAccess:
    access = run_for(session, actor, run_id, lock=True)
    if access.run.hand_over_to != actor.id:
        raise Forbidden()
    access.need_phase(*OPEN)
    return access


def accept_lead(session: Session, actor: Actor, run_id: UUID, *, now: datetime) -> None:
    """Take the run over; whoever led it stays as a helper."""
    run = _asked(session, actor, run_id).run
    before = run.leader_id
    take_over(session, run, actor.id, now=now)
    former = participant_of(session, run, before, now=now)
    former.helper_since = now
    session.add(former)
    tell(session, [before], "lead_accepted", now=now, run=run, by=actor)
    record_in_run(session, actor, "lead_accepted", run, before, now=now)


def decline_lead(session: Session, actor: Actor, run_id: UUID, *, now: datetime) -> None:
    run = _asked(session, actor, run_id).run
    run.hand_over_to = None
    session.add(run)
    changes.note(session, changes.run(run.id))
    tell(session, [run.leader_id], "lead_declined", now=now, run=run, by=actor)
    record_in_run(session, actor, "lead_declined", run, run.leader_id, now=now)


def take_over(session: Session, run: Run, user_id: UUID, *, now: datetime) -> None:
    """Make somebody the leader, which is more than a helper; any open request ends.

    So does the question for advances, which were to be paid to whoever led before.
    """
    end_question(session, run)
    run.leader_id, run.hand_over_to = user_id, None
    # The leader is shown more than others are: for whoever leads from now on there is something new to look at.
    changes.note(session, changes.run(run.id), changes.group(run.group_id), changes.user(user_id))
    participant_of(session, run, user_id, now=now).helper_since = None
    session.add(run)
