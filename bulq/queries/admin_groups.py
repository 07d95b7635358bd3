"""The groups of this server, for its admins: who is in them, how their runs stand, never what anybody wants or owes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session
from sqlmodel import col

from bulq.domain.actor import Actor
from bulq.domain.errors import NotFound
from bulq.domain.phases import OPEN, Phase
from bulq.models import Group, Membership, Run, Store, User
from bulq.queries.access import need_server_admin
from bulq.queries.listing import Listed, Wish, list_page, with_words
from bulq.queries.people import Member, members_of

RUNS = 100  # newest open runs that are listed


@dataclass(frozen=True, slots=True)
class GroupLine:
    id: UUID
    name: str
    created_at: datetime
    closed_at: datetime | None
    members: int
    open_runs: int


@dataclass(frozen=True, slots=True)
class OpenRun:
    id: UUID
    store: str
    phase: Phase
    shopping_day: date | None
    leader: str


@dataclass(frozen=True, slots=True)
class GroupInside:
    id: UUID
    name: str
    currency: str
    time_zone: str
    made_by: str
    created_at: datetime
    closed_at: datetime | None
    joining_open: bool
    members: tuple[Member, ...]
    phases: dict[Phase, int]
    open_runs: tuple[OpenRun, ...]


def groups_list(session: Session, viewer: Actor, wish: Wish) -> Listed[GroupLine]:
    """Filter "state": open, closed. Sorts: name, created."""
    need_server_admin(viewer)
    members = select(func.count()).where(col(Membership.group_id) == col(Group.id)).scalar_subquery()
    runs = select(func.count()).where(col(Run.group_id) == col(Group.id), col(Run.phase).in_(OPEN)).scalar_subquery()
    query = select(col(Group.id), col(Group.name), col(Group.created_at), col(Group.closed_at), members, runs).where(
        *with_words(col(Group.name_key), wish.typed)
    )
    state = wish.chosen("state")
    if state == "open":
        query = query.where(col(Group.closed_at).is_(None))
    elif state == "closed":
        query = query.where(col(Group.closed_at).is_not(None))
    return list_page(
        session,
        query,
        wish,
        key=col(Group.id),
        sorts={"name": col(Group.name_key), "created": col(Group.created_at)},
        sort="name",
        row=GroupLine,
    )


def group_inside(session: Session, viewer: Actor, group_id: UUID) -> GroupInside:
    need_server_admin(viewer)
    found = session.execute(
        select(Group, col(User.name)).join(User, col(User.id) == col(Group.created_by)).where(col(Group.id) == group_id)
    ).first()
    if found is None:
        raise NotFound()
    group, made_by = found
    phases = session.execute(
        select(col(Run.phase), func.count()).where(col(Run.group_id) == group_id).group_by(col(Run.phase))
    )
    counts: dict[Phase, int] = dict(phases.all())
    runs = session.execute(
        select(col(Run.id), col(Store.name), col(Run.phase), col(Run.shopping_day), col(User.name))
        .join(Store, col(Store.id) == col(Run.store_id))
        .join(User, col(User.id) == col(Run.leader_id))
        .where(col(Run.group_id) == group_id, col(Run.phase).in_(OPEN))
        .order_by(col(Run.id).desc())
        .limit(RUNS)
    )
    return GroupInside(
        group.id,
        group.name,
        group.currency,
        group.time_zone,
        made_by,
        group.created_at,
        group.closed_at,
        group.joining_open,
        tuple(members_of(session, group_id)),
        {phase: counts[phase] for phase in Phase if phase in counts},
        tuple(OpenRun(*row) for row in runs),
    )
