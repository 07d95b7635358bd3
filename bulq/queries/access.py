"""What somebody may look at. Whoever is not a member gets the same answer as for an id that does not exist."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import bindparam
from sqlalchemy.orm import Session
from sqlmodel import col, select

from bulq.domain.actor import Actor
from bulq.domain.errors import Conflict, Forbidden, NotFound
from bulq.domain.phases import Phase
from bulq.models import Group, Membership, Participant, Product, Run, User


@dataclass(frozen=True, slots=True)
class GroupAccess:
    group: Group
    membership: Membership

    def need_admin(self) -> None:
        if not self.membership.is_admin:
            raise Forbidden()


@dataclass(frozen=True, slots=True)
class RunAccess:
    """A run as one member of its group sees it; `participant` is None before they bid, help or lead."""

    actor: Actor
    run: Run
    group: Group
    participant: Participant | None

    @property
    def leads(self) -> bool:
        return self.run.leader_id == self.actor.id

    @property
    def helps(self) -> bool:
        """Leading includes helping."""
        return self.leads or (self.participant is not None and self.participant.helper_since is not None)

    def need_leader(self) -> None:
        if not self.leads:
            raise Forbidden("leader_only")

    def need_helper(self) -> None:
        if not self.helps:
            raise Forbidden("helper_only")

    def need_phase(self, *phases: Phase) -> None:
        if self.run.phase not in phases:
            raise Conflict("wrong_phase", phase=str(self.run.phase))


def may_take_away(actor: Actor, author: UUID) -> bool:
    """Whoever added something to the catalogue may take it away again, and admins."""
    return actor.is_admin or actor.id == author


def need_server_admin(actor: Actor) -> None:
    """Admin pages are to everybody else as if they weren't there."""
    if not actor.is_admin:
        raise NotFound()


def need_server_admin_still(session: Session, actor: Actor) -> None:
    """The same for whoever changes something: what was taken a moment ago is no right any more.

    Until the transaction ends it stays, since whoever takes it away locks the account's row.
    """
    need_server_admin(actor)
    row = session.get(User, actor.id, with_for_update={"read": True}, populate_existing=True)
    if row is None or not row.is_admin or row.locked_at is not None:
        raise NotFound()


def may_edit_product(actor: Actor, product: Product) -> bool:
    """Admins may; so may who made it, until an admin has checked it."""
    return actor.is_admin or (product.created_by == actor.id and product.verified_at is None)


def group_for(session: Session, actor: Actor, group_id: UUID, *, lock: bool = False) -> GroupAccess:
    """The group and the actor's membership in it.

    With `lock` nobody else changes either until the transaction ends: whoever was demoted a moment ago is no admin.
    """
    query = (
        select(Group, Membership)
        .join(Membership, col(Membership.group_id) == col(Group.id))
        .where(col(Group.id) == group_id, col(Membership.user_id) == actor.id, col(Group.closed_at).is_(None))
    )
    found = session.execute(query.with_for_update(of=(Group, Membership), key_share=True) if lock else query).first()
    if found is None:
        raise NotFound()
    return GroupAccess(*found)


def run_for(session: Session, actor: Actor, run_id: UUID, *, lock: bool = False) -> RunAccess:
    """The run as the actor sees it; with `lock`, it and their membership stay so until the transaction ends."""
    ids = {"run_id": run_id, "user_id": actor.id}
    # Only a statement that begins after the wait sees what happened to the participants meanwhile.
    if lock and session.execute(_LOCKING_RUN, ids).first() is None:
        raise NotFound()
    found = session.execute(_RUN_SEEN, ids).first()
    if found is None:
        raise NotFound()
    return RunAccess(actor, *found)


def own_run_for(session: Session, actor: Actor, run_id: UUID) -> RunAccess:
    """A run the actor took part in, whether or not they are still in its group: for what is theirs alone."""
    found = session.execute(
        select(Run, Group, Participant)
        .join(Group, col(Group.id) == col(Run.group_id))
        .join(Participant, col(Participant.run_id) == col(Run.id))
        .where(col(Run.id) == run_id, col(Participant.user_id) == actor.id)
    ).first()
    if found is None:
        raise NotFound()
    return RunAccess(actor, *found)


# Nearly every event asks these two: putting a statement together costs more than the database takes to answer it.
_ONE_MEMBERS_RUN = (col(Run.id) == bindparam("run_id"), col(Membership.user_id) == bindparam("user_id"))
_RUN_SEEN = (
    select(Run, Group, Participant)
    .join(Group, col(Group.id) == col(Run.group_id))
    .join(Membership, col(Membership.group_id) == col(Run.group_id))
    .outerjoin(
        Participant, (col(Participant.run_id) == col(Run.id)) & (col(Participant.user_id) == col(Membership.user_id))
    )
    .where(*_ONE_MEMBERS_RUN, col(Group.closed_at).is_(None))
)
# The lock leaves room for rows that refer to the run, so that whoever notes a price need not wait for it.
_LOCKING_RUN = (
    select(col(Run.id))
    .join(Membership, col(Membership.group_id) == col(Run.group_id))
    .where(*_ONE_MEMBERS_RUN)
    .with_for_update(of=(Run, Membership), key_share=True)
)


def may_be_token(text: str) -> bool:
    """Whether it looks like an invite token at all: some texts a database can't even compare."""
    return len(text) <= 64 and text.isascii() and text.isprintable()
