"""Households: one proposes that somebody settles for somebody, the other agrees; either ends it."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, or_
from sqlalchemy.orm import Session
from sqlmodel import col, select

from bulq import changes
from bulq.domain.actor import Actor
from bulq.domain.errors import Conflict, Forbidden, Invalid, NotFound
from bulq.domain.households import check_household
from bulq.models import HouseholdMember
from bulq.queries.access import group_for
from bulq.queries.households import payers_in
from bulq.queries.people import is_member
from bulq.services.notices import tell


def propose_household(
    session: Session, actor: Actor, group_id: UUID, user_id: UUID, payer_id: UUID, *, now: datetime
) -> HouseholdMember:
    """Propose that `payer_id` settles for `user_id`; the actor is one of the two, and the other one is asked."""
    access = group_for(session, actor, group_id, lock=True)
    if user_id == payer_id:
        raise Invalid("household_oneself", field="user_id")
    if actor.id not in (user_id, payer_id):
        raise Forbidden("household_of_others")
    other = payer_id if user_id == actor.id else user_id
    _need_member(session, group_id, other)
    check_household(str(user_id), str(payer_id), payers_in(session, group_id))
    pair = (user_id, payer_id)
    between = select(HouseholdMember.id).where(
        HouseholdMember.group_id == group_id,
        col(HouseholdMember.user_id).in_(pair),
        col(HouseholdMember.payer_id).in_(pair),
    )
    if session.scalars(between).first() is not None:
        raise Conflict("household_proposed")
    row = HouseholdMember(group_id=group_id, user_id=user_id, payer_id=payer_id, proposed_by=actor.id, proposed_at=now)
    session.add(row)
    session.flush()
    changes.note(session, changes.group(group_id))
    kind = "household_pays" if payer_id == actor.id else "household_asked"
    tell(session, [other], kind, now=now, group_id=group_id, by=actor, group=access.group.name)
    return row


def _need_member(session: Session, group_id: UUID, user_id: UUID) -> None:
    if not is_member(session, group_id, user_id):
        raise NotFound()


def _household(session: Session, actor: Actor, group_id: UUID, household_id: UUID) -> HouseholdMember:
    """One of the actor's own. The group must be locked."""
    row = session.get(HouseholdMember, household_id, populate_existing=True)
    if row is None or row.group_id != group_id:
        raise NotFound()
    if actor.id not in (row.user_id, row.payer_id):
        raise Forbidden("household_of_others")
    return row


def _other(row: HouseholdMember, actor: Actor) -> UUID:
    return row.payer_id if row.user_id == actor.id else row.user_id


def agree_household(session: Session, actor: Actor, group_id: UUID, household_id: UUID, *, now: datetime) -> None:
    """Agree to what the other one proposed. What was proposed besides and can't be any more is gone."""
    access = group_for(session, actor, group_id, lock=True)
    row = _household(session, actor, group_id, household_id)
    if row.agreed_at is not None:
        raise Conflict("household_agreed")
    if row.proposed_by == actor.id:
        raise Forbidden("household_other_agrees")
    check_household(str(row.user_id), str(row.payer_id), payers_in(session, group_id))
    row.agreed_at = now
    session.add(row)
    session.flush()
    in_the_way = or_(
        col(HouseholdMember.user_id).in_((row.user_id, row.payer_id)), col(HouseholdMember.payer_id) == row.user_id
    )
    open_ones = (col(HouseholdMember.group_id) == group_id, col(HouseholdMember.agreed_at).is_(None))
    session.execute(delete(HouseholdMember).where(*open_ones, in_the_way))
    changes.note(session, changes.group(group_id))
    name = access.group.name
    tell(session, [row.proposed_by], "household_agreed", now=now, group_id=group_id, by=actor, group=name)


def end_household(session: Session, actor: Actor, group_id: UUID, household_id: UUID, *, now: datetime) -> None:
    """Both settle for themselves from now on; what was settled stays. The same takes back or declines a proposal."""
    access = group_for(session, actor, group_id, lock=True)
    row = _household(session, actor, group_id, household_id)
    kind = "household_ended" if row.agreed_at else "household_declined"
    session.delete(row)
    session.flush()
    changes.note(session, changes.group(group_id))
    tell(session, [_other(row, actor)], kind, now=now, group_id=group_id, by=actor, group=access.group.name)


def leave_households(session: Session, group_id: UUID, user_id: UUID) -> None:
    """Of somebody who leaves the group. The group must be locked."""
    theirs = or_(col(HouseholdMember.user_id) == user_id, col(HouseholdMember.payer_id) == user_id)
    session.execute(delete(HouseholdMember).where(col(HouseholdMember.group_id) == group_id, theirs))


def merge_households(session: Session, duplicate_id: UUID, kept_id: UUID) -> None:
    """What one person can't be in twice, or with themselves, ends; the kept account's own stays.

    Before rows are moved from the duplicate to the kept account.
    """
    both = (duplicate_id, kept_id)
    named = or_(col(HouseholdMember.user_id).in_(both), col(HouseholdMember.payer_id).in_(both))
    rows = session.scalars(select(HouseholdMember).where(named).with_for_update().order_by(col(HouseholdMember.id)))
    # Agreed ones before proposals, the kept account's before the duplicate's: what comes first stays.
    first = sorted(rows, key=lambda row: (row.agreed_at is None, duplicate_id in (row.user_id, row.payer_id), row.id))
    standing: list[tuple[UUID, UUID, UUID, bool]] = []
    for row in first:
        user_id, payer_id = (kept_id if each == duplicate_id else each for each in (row.user_id, row.payer_id))
        if _fits(row.group_id, user_id, payer_id, standing):
            standing.append((row.group_id, user_id, payer_id, row.agreed_at is not None))
        else:
            session.delete(row)
    session.flush()


def _fits(group_id: UUID, user_id: UUID, payer_id: UUID, standing: list[tuple[UUID, UUID, UUID, bool]]) -> bool:
    here = [(user, payer, agreed) for group, user, payer, agreed in standing if group == group_id]
    if user_id == payer_id or any({user_id, payer_id} == {user, payer} for user, payer, _ in here):
        return False
    payers = {str(user): str(payer) for user, payer, agreed in here if agreed}
    try:
        check_household(str(user_id), str(payer_id), payers)
    except Conflict:
        return False
    return True
