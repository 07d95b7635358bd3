"""Whom a name in a file of past expenses may mean: the people of a group."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy.orm import Session

from bulq.domain.actor import Actor
from bulq.queries.access import group_for
from bulq.queries.people import members_of
from bulq.queries.stand_ins import kept_places


@dataclass(frozen=True, slots=True)
class ExpensesDesk:
    """`people` are members, and those for whom a place is kept, by their ids."""

    group: str
    currency: str
    people: tuple[tuple[UUID, str], ...]


def expenses_desk(session: Session, viewer: Actor, group_id: UUID) -> ExpensesDesk:
    """For admins of the group."""
    access = group_for(session, viewer, group_id)
    access.need_admin()
    people = [(member.user_id, member.name) for member in members_of(session, group_id)]
    people += [(place.user_id, place.name) for place in kept_places(session, group_id)]
    return ExpensesDesk(access.group.name, access.group.currency, tuple(people))
