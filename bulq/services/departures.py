"""What happens to somebody's runs and bids when they leave a group."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import delete, update
from sqlalchemy.orm import Session
from sqlmodel import col, select

from bulq import changes
from bulq.domain.actor import Actor
from bulq.domain.phases import GOODS_BOUGHT, OPEN, Phase
from bulq.domain.runs import next_leader
from bulq.models import Bid, Group, Membership, Participant, Run, User
from bulq.services.advance_lines import withdraw_unpaid
from bulq.services.audit import record_group, record_in_run
from bulq.services.households import leave_households
from bulq.services.leading import take_over
from bulq.services.notices import participants_but, tell
from bulq.services.participants import forget_idle
from bulq.services.phases import enter


def shut(session: Session, group: Group, actor: Actor, *, now: datetime, **details: Any) -> None:
    """Close a group for good: nobody opens it any more, and it takes nobody's room."""
    group.closed_at, group.joining_open = now, False
    session.add(group)
    changes.note(session, changes.group(group.id))
    record_group(session, actor, "group_closed", group, now=now, **details)


def open_runs_of(session: Session, group_id: UUID) -> Sequence[Run]:
    """The open runs of a group, which nobody else changes until the transaction ends."""
    query = select(Run).where(Run.group_id == group_id, col(Run.phase).in_(OPEN)).order_by(col(Run.id))
    return session.scalars(query.with_for_update(key_share=True)).all()


def depart(session: Session, membership: Membership, actor: Actor, name: str, *, now: datetime) -> None:
    """Take a member out of the group, by their own will or the actor's. The group must be locked.

    Before shopping their bids go; from shopping on they stay, since goods are bought for them. A run they lead passes
    to the longest-serving helper, else to a group admin, else it is cancelled.
    """
    user_id = membership.user_id
    # All open runs: a first bid on its way makes somebody a participant only once its run is free.
    runs = open_runs_of(session, membership.group_id)
    session.delete(membership)  # after the runs are locked, in the order in which a bid locks both
    session.flush()
    leave_households(session, membership.group_id, user_id)
    changes.note(session, changes.group(membership.group_id), changes.user(user_id))
    takes_part = set(session.scalars(select(Participant.run_id).where(Participant.user_id == user_id)))
    for run in runs:
        if run.id in takes_part or user_id in (run.leader_id, run.hand_over_to):
            _leave_run(session, actor, run, user_id, name, now)


def _leave_run(session: Session, actor: Actor, run: Run, user_id: UUID, name: str, now: datetime) -> None:
    changes.note(session, changes.run(run.id))
    withdraw_unpaid(session, run, user_id)
    if run.hand_over_to == user_id:
        run.hand_over_to = None
        session.add(run)
    mine = (col(Participant.run_id) == run.id) & (col(Participant.user_id) == user_id)
    session.execute(update(Participant).where(mine).values(helper_since=None))  # coming back starts clean
    if run.phase not in GOODS_BOUGHT:
        session.execute(delete(Bid).where(col(Bid.run_id) == run.id, col(Bid.user_id) == user_id))
    if run.leader_id == user_id:
        _pass_on(session, actor, run, user_id, name, now)
    forget_idle(session, run, user_id)


def _pass_on(session: Session, actor: Actor, run: Run, user_id: UUID, name: str, now: datetime) -> None:
    members = select(Membership.user_id).where(Membership.group_id == run.group_id)
    helpers = session.execute(
        select(Participant.helper_since, Participant.user_id).where(
            Participant.run_id == run.id,
            Participant.user_id != user_id,
            col(Participant.helper_since).is_not(None),
            col(Participant.user_id).in_(members),
        )
    )
    admins = session.execute(
        select(Membership.joined_at, Membership.user_id).where(
            Membership.group_id == run.group_id, col(Membership.is_admin).is_(True)
        )
    )
    successor = next_leader(
        [(since, str(helper)) for since, helper in helpers if since is not None],
        [(since, str(admin)) for since, admin in admins],
    )
    if successor is None:
        run.cancel_reason = ""
        enter(session, run, Phase.CANCELLED, None, now=now)
        return
    take_over(session, run, UUID(successor), now=now)
    people = {*participants_but(session, run, user_id), UUID(successor)}
    tell(session, people, "leader_left", now=now, run=run, by=session.get_one(User, user_id))
    record_in_run(session, actor, "lead_passed", run, UUID(successor), now=now, before=name)
