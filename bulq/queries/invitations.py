"""An invitation: what anybody who has the link may know of the group, signed in or not."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session
from sqlmodel import col

from bulq.domain.actor import Actor
from bulq.domain.errors import NotFound
from bulq.domain.phases import OPEN, Phase
from bulq.models import Bid, Group, Membership, Run, Store, User
from bulq.queries.access import may_be_token
from bulq.queries.asking import Token

PEOPLE = 12  # that are named
RUNS = 8  # that are shown


@dataclass(frozen=True, slots=True)
class InvitedRun:
    """A shopping trip of the group: no ids, amounts, notes, or names of who bids what."""

    store: str
    shopping_day: date | None
    phase: Phase
    products: int


@dataclass(frozen=True, slots=True)
class Invitation:
    """`people` are the first words of the names of those who joined first: a link may travel further than was meant.

    `group_id` is there only for whoever is in the group.
    """

    name: str
    made_by: str
    members: int
    people: tuple[str, ...]
    runs: tuple[InvitedRun, ...]
    group_id: UUID | None


def invitation(session: Session, viewer: Actor | None, token: Token) -> Invitation:
    """The group that a link leads to. A group that takes nobody tells nothing. Raises NotFound."""
    found = session.execute(_group_of(token)).first() if may_be_token(token) else None
    if found is None:
        raise NotFound("invite_unknown")
    group_id, name, made_by, members = found
    people = session.execute(
        select(col(User.name))
        .join(Membership, col(Membership.user_id) == col(User.id))
        .where(col(Membership.group_id) == group_id)
        .order_by(col(Membership.joined_at), col(User.id))
        .limit(PEOPLE)
    )
    runs = tuple(InvitedRun(*row) for row in session.execute(_runs_of(group_id)))
    first_names = tuple(each.split()[0] for each in people.scalars())
    is_in = viewer is not None and _is_in(session, group_id, viewer)
    return Invitation(name, made_by, members, first_names, runs, group_id if is_in else None)


def _group_of(token: str):
    return (
        select(col(Group.id), col(Group.name), col(User.name), func.count(col(Membership.id)))
        .join(User, col(User.id) == col(Group.created_by))
        .join(Membership, col(Membership.group_id) == col(Group.id))
        .where(
            col(Group.invite_token) == token,
            col(Group.joining_open).is_(True),
            col(Group.closed_at).is_(None),
        )
        .group_by(col(Group.id), col(Group.name), col(User.name))
    )


def _runs_of(group_id: UUID):
    """The open runs, the next one first, each with how many products somebody wants."""
    products = select(func.count(col(Bid.product_id).distinct())).where(col(Bid.run_id) == col(Run.id))
    return (
        select(col(Store.name), col(Run.shopping_day), col(Run.phase), products.correlate(Run).scalar_subquery())
        .join(Store, col(Store.id) == col(Run.store_id))
        .where(col(Run.group_id) == group_id, col(Run.phase).in_(OPEN))
        .order_by(col(Run.shopping_day).is_(None), col(Run.shopping_day), col(Run.id))
        .limit(RUNS)
    )


def _is_in(session: Session, group_id: UUID, viewer: Actor) -> bool:
    membership = select(col(Membership.id)).where(
        col(Membership.group_id) == group_id, col(Membership.user_id) == viewer.id
    )
    return session.execute(membership).first() is not None
