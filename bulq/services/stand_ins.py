"""People who came with an imported group: somebody keeps their place until they say that it is theirs."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session
from sqlmodel import col, select

from bulq import changes, sessions
from bulq.domain.actor import Actor
from bulq.domain.errors import Conflict, NotFound
from bulq.domain.texts import name_key
from bulq.i18n import text
from bulq.models import Group, StandIn, User
from bulq.models.base import new_id
from bulq.queries.access import group_for
from bulq.queries.stand_ins import stand_in_of
from bulq.services.audit import record_group
from bulq.services.groups import take_in
from bulq.services.merging_people import absorb
from bulq.services.notices import tell


def add_stand_in(session: Session, group: Group, name: str, username: str, made_by: UUID, *, now: datetime) -> UUID:
    """A new account for somebody who isn't here yet. Nobody can sign in with it."""
    key = new_id()
    # Never a username, so that it is nobody's and takes nobody's.
    own = f"guest.{key.hex[-16:]}"
    user = User(id=key, name=name, username=own, username_key=own, password_hash="", created_at=now)
    user.search_key = name_key(name)
    session.add(user)
    session.flush()
    session.add(StandIn(user_id=key, group_id=group.id, username=username, made_by=made_by, made_at=now))
    return key


def add_former_member(session: Session, *, now: datetime) -> UUID:
    """An account like one that was deleted: somebody whose name nobody knows any more."""
    key = new_id()
    own, name = f"former.{key.hex[-12:]}", text("admin.users.former_member")
    gone = User(id=key, name=name, username=own, username_key=own, password_hash="", created_at=now, deleted_at=now)
    gone.search_key = name_key(name)
    session.add(gone)
    return key


def make_claim_link(session: Session, actor: Actor, group_id: UUID, user_id: UUID, *, now: datetime) -> dict[str, str]:
    """The token of a new link by which one person takes the place that is kept for them; an older link ends."""
    access = group_for(session, actor, group_id, lock=True)
    access.need_admin()
    found = session.scalars(select(StandIn).where(StandIn.group_id == group_id, StandIn.user_id == user_id)).first()
    if found is None:
        raise NotFound()
    token = sessions.new_token()
    found.token_hash = sessions.token_hash(token)
    session.add(found)
    name = session.get_one(User, user_id).name
    record_group(session, actor, "member_link_made", access.group, now=now, member=name)
    return {"token": token, "name": name}


def claim_place(session: Session, actor: Actor, token: str, *, now: datetime) -> dict[str, str]:
    """Take the place: what was theirs in the group is the actor's from now on, who becomes a member if they aren't."""
    found = stand_in_of(session, token)
    if found is None:
        raise NotFound("claim_unknown")
    group = session.scalars(
        select(Group).where(Group.id == found.group_id, col(Group.closed_at).is_(None)).with_for_update(key_share=True)
    ).first()
    if group is None or stand_in_of(session, token) is None:
        raise NotFound("claim_unknown")
    place, made_by = session.get_one(User, found.user_id, populate_existing=True), found.made_by
    if place.password_hash or place.deleted_at or place.id == actor.id:
        raise Conflict("claim_taken")
    name = place.name
    take_in(session, group, actor, now=now)
    record_group(session, actor, "member_place_claimed", group, now=now, member=name)
    absorb(session, place, session.get_one(User, actor.id), now=now)
    changes.note(session, changes.group(group.id), changes.user(actor.id))
    if made_by != actor.id:
        about: dict[str, Any] = {"group": group.name, "member": name}
        tell(session, [made_by], "place_claimed", now=now, group_id=group.id, by=actor, **about)
    return {"id": str(group.id)}
