"""Making, joining and looking after groups."""

from __future__ import annotations

import secrets
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session
from sqlmodel import col, func, select

from bulq import changes, i18n
from bulq.config import settings
from bulq.domain.actor import Actor
from bulq.domain.errors import Conflict, Invalid, NotFound
from bulq.domain.phases import FairRule
from bulq.domain.quantities import check_line_total
from bulq.domain.texts import clean_text, name_key
from bulq.models import Group, Membership, User
from bulq.queries.access import group_for, may_be_token
from bulq.queries.groups import currency_is_fixed
from bulq.services.audit import record_group, record_member
from bulq.services.departures import depart, shut
from bulq.services.notices import tell
from bulq.services.quotas import Quota, add_one

# What of a group is recorded when it changes, and as what.
EDITED = {
    "name": "group_renamed",
    "currency": "group_currency_changed",
    "time_zone": "group_time_zone_changed",
    "fair_rule": "group_rule_changed",
}


def create_group(session: Session, actor: Actor, name: str, currency: str, time_zone: str, *, now: datetime) -> Group:
    name = clean_text(name, field="name", minimum=2, maximum=100)
    _check_room_for(session, actor)
    group = Group(
        name=name,
        name_key=name_key(name),
        currency=_known_currency(currency),
        time_zone=_known_time_zone(time_zone),
        invite_token=secrets.token_urlsafe(24),
        created_by=actor.id,
        created_at=now,
    )
    add_one(actor, Quota.GROUPS)
    session.add(group)
    session.flush()
    session.add(Membership(group_id=group.id, user_id=actor.id, is_admin=True, joined_at=now))
    changes.note(session, changes.user(actor.id))
    record_group(session, actor, "group_created", group, now=now)
    return group


def _known_currency(code: str) -> str:
    if code not in dict(i18n.currencies()):
        raise Invalid("currency", field="currency")
    return code


def _known_time_zone(name: str) -> str:
    if name not in i18n.time_zones():
        raise Invalid("time_zone", field="time_zone")
    return name


def _check_room_for(session: Session, actor: Actor) -> None:
    mine = select(func.count()).select_from(Membership).join(Group, col(Group.id) == col(Membership.group_id))
    count = session.scalars(mine.where(Membership.user_id == actor.id, col(Group.closed_at).is_(None))).one()
    if count >= settings.groups_per_user:
        raise Conflict("groups_per_user", maximum=settings.groups_per_user)


def join_group(session: Session, actor: Actor, invite_token: str, *, now: datetime) -> Group:
    """Join by invite link. Each reason against it has its own message; a second time is one of them."""
    if not may_be_token(invite_token):
        raise NotFound("invite_unknown")
    query = select(Group).where(Group.invite_token == invite_token, col(Group.closed_at).is_(None))
    group = session.scalars(query.with_for_update(key_share=True)).first()
    if group is None:
        raise NotFound("invite_unknown")
    if _is_in(session, group, actor):
        raise Conflict("already_member")
    if not group.joining_open:
        raise Conflict("joining_closed")
    take_in(session, group, actor, now=now)
    return group


def _is_in(session: Session, group: Group, actor: Actor) -> bool:
    query = select(Membership.id).where(Membership.group_id == group.id, Membership.user_id == actor.id)
    return session.scalars(query).first() is not None


def take_in(session: Session, group: Group, actor: Actor, *, now: datetime) -> None:
    """Make the actor a member, unless they are one. Refused when there is no room. The group must be locked."""
    if _is_in(session, group, actor):
        return
    count = session.scalars(select(func.count()).where(Membership.group_id == group.id)).one()
    if count >= settings.members_per_group:
        raise Conflict("group_full", maximum=settings.members_per_group)
    _check_room_for(session, actor)
    session.add(Membership(group_id=group.id, user_id=actor.id, joined_at=now))
    changes.note(session, changes.group(group.id), changes.user(actor.id))
    record_member(session, actor, "member_joined", group, actor.id, now=now)


def edit_group(
    session: Session,
    actor: Actor,
    group_id: UUID,
    *,
    name: str,
    currency: str,
    time_zone: str,
    fair_rule: str,
    now: datetime,
) -> None:
    """Rename and set up a group. The currency stays once there was a run or a payment: sums are in it."""
    access = group_for(session, actor, group_id, lock=True)
    access.need_admin()
    group = access.group
    if currency != group.currency and currency_is_fixed(session, group_id):
        raise Conflict("currency_fixed", field="currency")
    if fair_rule not in list(FairRule):
        raise Invalid("choice", field="fair_rule")
    before = {name: str(getattr(group, name)) for name in EDITED}
    group.name = clean_text(name, field="name", minimum=2, maximum=100)
    group.name_key = name_key(group.name)
    group.currency = _known_currency(currency)
    group.time_zone = _known_time_zone(time_zone)
    group.fair_rule = FairRule(fair_rule)
    session.add(group)
    changes.note(session, changes.group(group_id))
    if currency != before["currency"]:  # prices are shown to members in the currencies of their groups
        members = session.scalars(select(Membership.user_id).where(Membership.group_id == group_id))
        changes.note(session, *map(changes.user, members))
    for what, action in EDITED.items():
        if (after := str(getattr(group, what))) != before[what]:
            record_group(session, actor, action, group, now=now, before=before[what], after=after)


def set_joining(session: Session, actor: Actor, group_id: UUID, is_open: bool, *, now: datetime) -> None:
    access = group_for(session, actor, group_id, lock=True)
    access.need_admin()
    if access.group.joining_open != is_open:
        record_group(session, actor, "joining_opened" if is_open else "joining_closed", access.group, now=now)
    access.group.joining_open = is_open
    session.add(access.group)
    changes.note(session, changes.group(group_id))


def set_price_per_km(session: Session, actor: Actor, group_id: UUID, price: int | None, *, now: datetime) -> None:
    """What the group pays for a kilometre of transport, in minor units; None when nothing is agreed any more."""
    access = group_for(session, actor, group_id, lock=True)
    access.need_admin()
    group = access.group
    if price is not None:
        check_line_total(price, i18n.exponent(group.currency), field="price")
        if price == 0:
            raise Invalid("money_positive", field="price")
    if group.price_per_km != price:
        found = {"currency": group.currency, "before": group.price_per_km or 0, "after": price or 0}
        record_group(session, actor, "group_price_per_km_changed", group, now=now, **found)
    group.price_per_km = price
    session.add(group)
    changes.note(session, changes.group(group_id))


def set_debt_limit(session: Session, actor: Actor, group_id: UUID, limit: int | None, *, now: datetime) -> None:
    """How far below zero bids may take somebody's balance, in minor units; None: as far as they like."""
    access = group_for(session, actor, group_id, lock=True)
    access.need_admin()
    group = access.group
    if limit is not None:
        check_line_total(limit, i18n.exponent(group.currency), field="limit")
    if group.debt_limit != limit:
        action = "group_debt_limit_lifted" if limit is None else "group_debt_limit_set"
        record_group(session, actor, action, group, now=now, currency=group.currency, amount=limit or 0)
    group.debt_limit = limit
    session.add(group)
    changes.note(session, changes.group(group_id))


def renew_invite(session: Session, actor: Actor, group_id: UUID, *, now: datetime) -> None:
    """A new link; the old one stops working."""
    access = group_for(session, actor, group_id, lock=True)
    access.need_admin()
    access.group.invite_token = secrets.token_urlsafe(24)
    session.add(access.group)
    changes.note(session, changes.group(group_id))
    record_group(session, actor, "invite_renewed", access.group, now=now)


def _membership(session: Session, group_id: UUID, user_id: UUID) -> Membership:
    query = select(Membership).where(Membership.group_id == group_id, Membership.user_id == user_id)
    found = session.scalars(query).first()
    if found is None:
        raise NotFound()
    return found


def promote(session: Session, actor: Actor, group_id: UUID, user_id: UUID, *, now: datetime) -> None:
    access = group_for(session, actor, group_id, lock=True)
    access.need_admin()
    membership = _membership(session, group_id, user_id)
    if not membership.is_admin:
        membership.is_admin = True
        session.add(membership)
        changes.note(session, changes.group(group_id))
        tell(session, [user_id], "made_admin", now=now, group_id=group_id, by=actor, group=access.group.name)
        record_member(session, actor, "member_promoted", access.group, user_id, now=now)


def demote(session: Session, actor: Actor, group_id: UUID, user_id: UUID, *, now: datetime) -> None:
    """Take a member's admin rights back; a group is never left without an admin."""
    access = group_for(session, actor, group_id, lock=True)
    access.need_admin()
    membership = _membership(session, group_id, user_id)
    if membership.is_admin and _admin_count(session, group_id) == 1:
        raise Conflict("last_admin")
    if membership.is_admin:
        record_member(session, actor, "member_demoted", access.group, user_id, now=now)
    membership.is_admin = False
    session.add(membership)
    changes.note(session, changes.group(group_id), changes.user(user_id))


def _admin_count(session: Session, group_id: UUID) -> int:
    query = select(func.count()).where(Membership.group_id == group_id, col(Membership.is_admin).is_(True))
    return session.scalars(query).one()


def remove_member(session: Session, actor: Actor, group_id: UUID, user_id: UUID, *, now: datetime) -> None:
    """Remove someone who is not an admin: an admin has to be demoted first."""
    access = group_for(session, actor, group_id, lock=True)
    access.need_admin()
    membership = _membership(session, group_id, user_id)
    if user_id == actor.id:
        raise Conflict("leave_instead")
    if membership.is_admin:
        raise Conflict("demote_first")
    record_member(session, actor, "member_removed", access.group, user_id, now=now)
    depart(session, membership, actor, session.get_one(User, user_id).name, now=now)
    tell(session, [user_id], "removed", now=now, group_id=group_id, by=actor, group=access.group.name)


def leave_group(session: Session, actor: Actor, group_id: UUID, *, now: datetime) -> None:
    """Leave. The last admin stays while others remain; the last member closes the group by leaving."""
    access = group_for(session, actor, group_id, lock=True)
    others = session.scalars(
        select(func.count()).where(Membership.group_id == group_id, Membership.user_id != actor.id)
    ).one()
    if others and access.membership.is_admin and _admin_count(session, group_id) == 1:
        raise Conflict("last_admin")
    record_member(session, actor, "member_left", access.group, actor.id, now=now)
    depart(session, access.membership, actor, actor.name, now=now)
    if not others:
        shut(session, access.group, actor, now=now)
