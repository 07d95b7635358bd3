"""The admins' table of groups, and one group looked at from outside: people and phases, no money and no wishes."""

from dataclasses import dataclass, replace
from typing import Any

import reflex as rx

from bulq.domain.errors import NotFound
from bulq.i18n import day, full_day, text
from bulq.queries.admin_groups import GroupLine, OpenRun, group_inside, groups_list
from bulq.queries.listing import Listed, Wish
from bulq.services.closing import close_group
from bulq.state.admin.tables import Table
from bulq.state.auth import AdminPage, act, look, route
from bulq.state.toasts import toast


@dataclass(frozen=True)
class GroupRow:
    id: str
    name: str
    members: int
    open_runs: int
    created: str
    closed: str


@dataclass(frozen=True)
class MemberRow:
    id: str
    name: str
    username: str
    is_admin: bool
    joined: str


@dataclass(frozen=True)
class PhaseCount:
    phase: str
    runs: int


@dataclass(frozen=True)
class RunRow:
    id: str
    store: str
    phase: str
    about: str  # day
    leader: str


def _row(line: GroupLine) -> GroupRow:
    closed = full_day(line.closed_at.date()) if line.closed_at else ""
    return GroupRow(str(line.id), line.name, line.members, line.open_runs, full_day(line.created_at.date()), closed)


def _run(run: OpenRun) -> RunRow:
    about = day(run.shopping_day) if run.shopping_day else ""
    return RunRow(str(run.id), run.store, str(run.phase), about, run.leader)


class AdminGroupsState(Table, rx.State):
    rows: list[GroupRow] = []
    filters: dict[str, str] = {"state": ""}

    async def _read(self, wish: Wish) -> Listed[Any]:
        found = await look(self, groups_list, wish)
        return replace(found, rows=tuple(_row(line) for line in found.rows))


class AdminGroupState(AdminPage, rx.State):
    missing: bool = False
    name: str = ""
    made_by: str = ""
    created: str = ""
    closed: str = ""
    currency: str = ""
    time_zone: str = ""
    joining_open: bool = False
    members: list[MemberRow] = []
    phases: list[PhaseCount] = []
    runs: list[RunRow] = []
    asking: bool = False

    @rx.event
    async def ask(self):
        self.asking = True

    @rx.event
    async def close(self):
        self.asking = False

    @rx.event
    async def close_group(self):
        await act(self, close_group, route(self, "group_id"))
        self.asking = False
        await self._load()
        return toast(text("admin.groups.closed_now", name=self.name))

    async def _show(self) -> None:
        try:
            view = await look(self, group_inside, route(self, "group_id"))
        except NotFound:
            self.reset()
            self.missing = True
            return
        self.name, self.made_by, self.currency, self.time_zone = view.name, view.made_by, view.currency, view.time_zone
        self.created = full_day(view.created_at.date())
        self.closed = full_day(view.closed_at.date()) if view.closed_at else ""
        self.joining_open = view.joining_open
        self.members = [
            MemberRow(str(one.user_id), one.name, one.username, one.is_admin, full_day(one.joined_at.date()))
            for one in view.members
        ]
        self.phases = [PhaseCount(str(phase), runs) for phase, runs in view.phases.items()]
        self.runs = [_run(run) for run in view.open_runs]
