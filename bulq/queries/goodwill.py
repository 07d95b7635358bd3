"""Who in a group has goodwill: what they were short of in its newest completed runs and haven't come first for yet."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session
from sqlmodel import col

from bulq.domain.goodwill import REMEMBERED
from bulq.domain.phases import Phase
from bulq.models import Favour, Membership, Run, Shortage


def remembered_runs(group_id: UUID) -> Select[UUID]:
    """The newest completed runs of a group, as far back as shortages count."""
    done = (col(Run.group_id) == group_id) & (col(Run.phase) == Phase.COMPLETED)
    return select(col(Run.id)).where(done).order_by(col(Run.ended_at).desc(), col(Run.id).desc()).limit(REMEMBERED)


def goodwill_in(session: Session, group_id: UUID, *, besides: UUID | None = None) -> dict[str, int]:
    """Minor units by member, of those who have any. Two queries.

    Who came back to the group starts clean. What somebody came first for in a run that isn't completed yet counts as
    used already, other than in the run `besides`.
    """
    since = (col(Membership.group_id) == col(Shortage.group_id)) & (col(Membership.user_id) == col(Shortage.user_id))
    left = (
        select(col(Shortage.user_id), func.sum(col(Shortage.remaining)))
        .join(Membership, since & (col(Membership.joined_at) <= col(Shortage.entered_at)))
        .where(col(Shortage.group_id) == group_id, col(Shortage.remaining) > 0)
        .where(col(Shortage.run_id).in_(remembered_runs(group_id)))
        .group_by(col(Shortage.user_id))
    )
    found = {str(user_id): int(amount or 0) for user_id, amount in session.execute(left)}
    open_run = (col(Run.group_id) == group_id) & (col(Run.phase) == Phase.DISTRIBUTING)
    used = (
        select(col(Favour.user_id), func.sum(col(Favour.value)))
        .join(Run, col(Run.id) == col(Favour.run_id))
        .where(open_run, col(Favour.value) > 0)
        .group_by(col(Favour.user_id))
    )
    if besides:
        used = used.where(col(Favour.run_id) != besides)
    for user_id, value in session.execute(used):
        found[str(user_id)] = found.get(str(user_id), 0) - int(value or 0)
    return {who: amount for who, amount in found.items() if amount > 0}
