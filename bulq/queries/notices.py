"""Somebody's notifications."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, func, select, true
from sqlalchemy.orm import Session
from sqlmodel import col

from bulq.domain.actor import Actor
from bulq.domain.notices import MY_GOODS, NEEDS_ME, Concern, concern_of, kinds_of
from bulq.domain.paging import page_of
from bulq.models import Group, Membership, Notification, Run, Store

PAGE = 25


@dataclass(frozen=True, slots=True)
class NotificationLine:
    """What happened, as `kind` with `details`, of which numbers are thousandths of a unit or minor units of a currency.

    `concern` says whether it asks for something, touches the viewer's goods or money, or is news.
    `left`: it is about a group that the viewer is in no more, whose name and plans by now are not theirs to know.
    """

    id: UUID
    kind: str
    concern: Concern
    details: Mapping[str, Any]
    count: int
    updated_at: datetime
    unread: bool
    run_id: UUID | None
    group_id: UUID | None
    store: str | None
    shopping_day: date | None
    group: str | None
    left: bool


@dataclass(frozen=True, slots=True)
class NotificationsView:
    """`concern` is the only kind shown, None for all. `unread` counts all kinds."""

    concern: Concern | None
    lines: Mapping[str, NotificationLine]
    page: int
    pages: int
    unread: int


def notifications(
    session: Session, viewer: Actor, *, concern: Concern | None = None, page: int = 1
) -> NotificationsView:
    """A page of 25, newest first, of all kinds or of one."""
    mine, wanted = col(Notification.user_id) == viewer.id, _is_of(concern)
    count, unread = session.execute(
        select(func.count().filter(wanted), func.count().filter(col(Notification.read_at).is_(None))).where(mine)
    ).one()
    page, pages = page_of(page, count, PAGE)
    rows = session.execute(
        select(Notification, col(Store.name), col(Run.shopping_day), col(Group.name), col(Membership.id).is_not(None))
        .outerjoin(Run, col(Run.id) == col(Notification.run_id))
        .outerjoin(Store, col(Store.id) == col(Run.store_id))
        .outerjoin(Group, col(Group.id) == col(Notification.group_id))
        .outerjoin(
            Membership,
            (col(Membership.group_id) == col(Notification.group_id)) & (col(Membership.user_id) == viewer.id),
        )
        .where(mine, wanted)
        .order_by(col(Notification.updated_at).desc(), col(Notification.id).desc())
        .limit(PAGE)
        .offset((page - 1) * PAGE)
    )
    lines = {
        str(entry.id): NotificationLine(
            entry.id,
            entry.kind,
            concern_of(entry.kind),
            entry.details,
            entry.count,
            entry.updated_at,
            entry.read_at is None,
            entry.run_id,
            entry.group_id,
            store,
            shopping_day if is_member else None,
            group if is_member else None,
            entry.group_id is not None and not is_member,
        )
        for entry, store, shopping_day, group, is_member in rows
    }
    return NotificationsView(concern, lines, page, pages, unread)


def _is_of(concern: Concern | None) -> ColumnElement[bool]:
    if concern is None:
        return true()
    kinds = kinds_of(concern)
    return col(Notification.kind).not_in((*NEEDS_ME, *MY_GOODS)) if kinds is None else col(Notification.kind).in_(kinds)
