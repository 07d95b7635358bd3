"""Planning a run and looking after it: note, dates, helpers."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from sqlalchemy.orm import Session
from sqlmodel import col, func, select

from bulq import changes
from bulq.config import settings
from bulq.domain.actor import Actor
from bulq.domain.errors import Conflict, Invalid, NotFound
from bulq.domain.phases import BIDDING, OPEN, Phase
from bulq.domain.texts import clean_text
from bulq.domain.times import check_year, day_in
from bulq.models import Group, Membership, Participant, PhaseEntry, Run, Store
from bulq.queries.access import group_for, run_for
from bulq.queries.people import is_member
from bulq.services.audit import record_in_run, record_run
from bulq.services.notices import tell
from bulq.services.participants import forget_idle, participant_of
from bulq.services.quotas import Quota, add_one


def start_run(
    session: Session,
    actor: Actor,
    group_id: UUID,
    store_id: UUID,
    *,
    shopping_day: date | None = None,
    bids_close_at: datetime | None = None,
    note: str = "",
    now: datetime,
) -> Run:
    """Plan a run; whoever starts it leads it. The group hears of it."""
    group = group_for(session, actor, group_id, lock=True).group
    if session.get(Store, store_id) is None:
        raise Invalid("store_missing", field="store")
    count = select(func.count()).select_from(Run).where(Run.group_id == group_id, col(Run.phase).in_(OPEN))
    if session.scalars(count).one() >= settings.open_runs_per_group:
        raise Conflict("open_runs_per_group", maximum=settings.open_runs_per_group)
    _check_day(group, shopping_day, now)
    _check_moment(bids_close_at, now)
    _check_order(group, shopping_day, bids_close_at)
    run = Run(
        group_id=group_id,
        store_id=store_id,
        leader_id=actor.id,
        note=clean_text(note, field="note", maximum=500, multiline=True),
        shopping_day=shopping_day,
        bids_close_at=bids_close_at,
        created_at=now,
    )
    add_one(actor, Quota.RUNS)
    session.add(run)
    session.flush()
    session.add(Participant(run_id=run.id, user_id=actor.id, joined_at=now))
    changes.note(session, changes.group(group_id))
    session.add(PhaseEntry(run_id=run.id, phase=Phase.PLANNING, actor_id=actor.id, entered_at=now))
    members = session.scalars(select(Membership.user_id).where(Membership.group_id == group_id))
    tell(session, [user for user in members if user != actor.id], "new_run", now=now, run=run, by=actor)
    record_run(session, actor, "phase_planning", run, now=now)
    return run


def _check_day(group: Group, day: date | None, now: datetime) -> None:
    if day is None:
        return
    check_year(day, "day", field="shopping_day")
    if day < day_in(now, group.time_zone):
        raise Invalid("day_past", field="shopping_day")


def _check_moment(bids_close_at: datetime | None, now: datetime) -> None:
    if bids_close_at is None:
        return
    check_year(bids_close_at, "moment", field="bids_close_at")
    if bids_close_at <= now:
        raise Invalid("moment_past", field="bids_close_at")


def _check_order(group: Group, day: date | None, bids_close_at: datetime | None) -> None:
    if day is not None and bids_close_at is not None and day_in(bids_close_at, group.time_zone) > day:
        raise Invalid("close_after_shopping", field="bids_close_at")


def edit_run(
    session: Session,
    actor: Actor,
    run_id: UUID,
    *,
    shopping_day: date | None,
    bids_close_at: datetime | None,
    note: str,
    now: datetime,
) -> None:
    """Change note and dates. The deadline can be changed while bidding; a day that stays as it was may be past."""
    access = run_for(session, actor, run_id, lock=True)
    access.need_leader()
    access.need_phase(*OPEN)
    run = access.run
    if run.phase not in BIDDING:
        bids_close_at = run.bids_close_at
    if shopping_day != run.shopping_day:
        _check_day(access.group, shopping_day, now)
    if bids_close_at != run.bids_close_at:
        _check_moment(bids_close_at, now)
    if run.phase in BIDDING:
        _check_order(access.group, shopping_day, bids_close_at)
    run.note = clean_text(note, field="note", maximum=500, multiline=True)
    run.shopping_day, run.bids_close_at = shopping_day, bids_close_at
    session.add(run)
    changes.note(session, changes.run(run.id), changes.group(run.group_id))


def set_helper(session: Session, actor: Actor, run_id: UUID, user_id: UUID, helps: bool, *, now: datetime) -> None:
    """Make a member of the group a helper of the run, or no longer one."""
    access = run_for(session, actor, run_id, lock=True)
    access.need_leader()
    access.need_phase(*OPEN)
    run = access.run
    if user_id == run.leader_id:
        raise Conflict("leader_helps_anyway")
    if not is_member(session, run.group_id, user_id):
        raise NotFound()
    participant = participant_of(session, run, user_id, now=now)
    changes.note(session, changes.run(run.id), changes.user(user_id))
    if helps and participant.helper_since is None:
        participant.helper_since = now
        tell(session, [user_id], "made_helper", now=now, run=run, by=actor)
        record_in_run(session, actor, "helper_added", run, user_id, now=now)
    elif not helps:
        if participant.helper_since is not None:
            record_in_run(session, actor, "helper_removed", run, user_id, now=now)
        participant.helper_since = None
        session.flush()
        forget_idle(session, run, user_id)
