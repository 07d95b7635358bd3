"""Which prices somebody sees: those of a group's own list only its members, until an admin verifies the list.

Products and stores are everybody's from the start.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeAlias
from uuid import UUID

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Session
from sqlmodel import col

from bulq.domain.actor import Actor
from bulq.models import CatalogueImport, Group, Membership

Groups: TypeAlias = Sequence[UUID]  # the ids of those whose own lists count

EVERYBODY: Groups = ()  # no group's own list counts, as for somebody in no group


def groups_of(session: Session, viewer: Actor) -> dict[UUID, str]:
    """The groups whose own lists the viewer sees, with the currency of each, the newest membership first."""
    query = (
        select(col(Group.id), col(Group.currency))
        .join(Membership, col(Membership.group_id) == col(Group.id))
        .where(col(Membership.user_id) == viewer.id, col(Group.closed_at).is_(None))
        .order_by(col(Membership.joined_at).desc(), col(Group.currency))
    )
    return {row[0]: row[1] for row in session.execute(query)}


def whose(found: CatalogueImport | None) -> UUID | None:
    """The group that alone sees what comes with a list; None when everybody does."""
    return found.group_id if found is not None and found.verified_at is None else None


def readers_of(group_id: UUID | None) -> Groups:
    """Who sees what comes with a list of this group; of None, an admin's list, everybody does."""
    return EVERYBODY if group_id is None else [group_id]


def is_seen(row: Any, groups: Groups) -> ColumnElement[bool]:
    """Whether members of these groups see a row with a `group_id`: a price, or that something is no longer sold."""
    everybodys = row.group_id.is_(None)
    return or_(everybodys, row.group_id.in_(groups)) if groups else everybodys


def is_seen_instead(first: Any, second: Any) -> ColumnElement[bool]:
    """Whether all who see the second row see the first one, too: of two equal rows the first is enough."""
    return or_(first.group_id.is_(None), first.group_id == second.group_id)


def has_own_lists(session: Session, group_id: UUID) -> bool:
    """Whether the group sees any price that others don't."""
    own = CatalogueImport
    stands = col(own.taken_at).is_not(None), col(own.undone_at).is_(None), col(own.verified_at).is_(None)
    query = select(col(own.id)).where(col(own.group_id) == group_id, *stands).limit(1)
    return session.scalars(query).first() is not None
