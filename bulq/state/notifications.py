"""What somebody should hear of: the list in pages, read one, read all."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

import reflex as rx

from bulq import live
from bulq.db import Session
from bulq.domain.actor import Actor
from bulq.i18n import day, text, with_amounts
from bulq.queries.notices import NotificationLine, NotificationsView, notifications
from bulq.queries.topics import own_topics
from bulq.services.notices import read_all, read_one
from bulq.state.auth import act, arrived, look, session_token, tab, uuid


@dataclass(frozen=True)
class NoticeRow:
    """`about` is the run (store and day) or the group; `href` is empty where there is nothing to go to."""

    id: str
    words: str
    about: str
    group: str
    more: int
    at: str
    unread: bool
    href: str


def words(kind: str, details: dict[str, Any], group: str) -> str:
    """What happened, in a sentence."""
    return text(f"notice.{kind}", **{"group": group} | with_amounts(details))


def notice_row(line: NotificationLine) -> NoticeRow:
    group = line.group or ""
    about = f"{line.store} · {day(line.shopping_day)}" if line.store and line.shopping_day else line.store or ""
    return NoticeRow(
        str(line.id),
        words(line.kind, line.details, group),
        about,
        group,
        line.count - 1,
        line.updated_at.isoformat(),
        line.unread,
        _href(line),
    )


def _href(line: NotificationLine) -> str:
    if line.left or line.kind == "group_closed":
        return ""  # the group is not theirs to see any more
    if line.run_id:
        return f"/runs/{line.run_id}"
    return f"/groups/{line.group_id}" if line.group_id else ""


class NotificationsState(rx.State):
    ready: bool = False
    rows: list[NoticeRow] = []
    unread: int = 0
    page: int = 1
    pages: int = 1

    @rx.event
    async def open(self):
        if await arrived(self):
            self.page = 1
        await _load(self)

    @rx.event
    async def catch_up(self):
        await _load(self)

    @rx.event
    async def turn(self, step: int):
        self.page = max(1, self.page + (1 if step == 1 else -1))
        await _load(self)

    @rx.event
    async def read(self, notification_id: str):
        await act(self, read_one, uuid(notification_id))
        await _load(self)

    @rx.event
    async def read_all(self):
        await act(self, read_all)
        await _load(self)


def _notifications(session: Session, viewer: Actor, page: int) -> tuple[NotificationsView, Actor]:
    return notifications(session, viewer, page=page), viewer


async def _load(state: NotificationsState) -> None:
    """Show the page of the list, and keep it up to date."""
    view, viewer = await look(state, _notifications, state.page)
    mine = {line.group_id for line in view.lines if line.group_id is not None and not line.left}
    key, topics = f"{viewer.id}/{view.page}", own_topics(viewer.id, mine)
    live.watch(tab(state), "page", NOTIFICATIONS, key, topics, session_token(state))
    _show(state, view, viewer)


def _read(session: Session, key: str, actors: Collection[Actor]) -> NotificationsView | None:
    user_id, page = key.split("/")
    mine = (notifications(session, actor, page=int(page)) for actor in actors if str(actor.id) == user_id)
    return next(mine, None)


def _show(state: NotificationsState, view: NotificationsView | None, viewer: Actor | None) -> None:
    if view is None or viewer is None:
        return state.reset()
    rows = [notice_row(line) for line in view.lines]
    if rows != state.rows:
        state.rows = rows
    state.unread, state.page, state.pages, state.ready = view.unread, view.page, view.pages, True


NOTIFICATIONS = live.Screen("notifications", NotificationsState, _read, _show)
