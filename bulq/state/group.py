"""A group: its open runs, those that ended, its members, and starting a run."""

from collections.abc import Collection
from dataclasses import dataclass

import reflex as rx

from bulq import live
from bulq.db import Session
from bulq.domain.actor import Actor
from bulq.domain.errors import BulqError, Invalid, NotFound
from bulq.domain.times import parse_day, parse_moment
from bulq.queries.catalogue import StoreFound, find_stores
from bulq.queries.groups import GroupView, group_page
from bulq.queries.people import Member
from bulq.queries.topics import group_topics
from bulq.services.catalogue import add_store
from bulq.services.runs import start_run
from bulq.state.auth import act, arrived, look, route, session_token, tab, uuid
from bulq.state.home import RunRow, run_row
from bulq.state.options import Option
from bulq.state.refusals import message
from bulq.state.showing import read_for_any

FIELDS = ("store", "shopping_day", "bids_close_at", "note")


@dataclass(frozen=True)
class MemberRow:
    id: str
    name: str
    username: str
    is_admin: bool
    is_me: bool


def member_rows(members: Collection[Member], viewer: Actor) -> list[MemberRow]:
    return [
        MemberRow(str(member.user_id), member.name, member.username, member.is_admin, member.user_id == viewer.id)
        for member in members
    ]


class GroupState(rx.State):
    ready: bool = False
    missing: bool = False
    id: str = ""
    name: str = ""
    time_zone: str = ""
    is_admin: bool = False
    invite: str = ""
    joining_open: bool = True
    open_runs: list[RunRow] = []
    ended_runs: list[RunRow] = []
    ended_count: int = 0
    page: int = 1
    pages: int = 1
    members: list[MemberRow] = []

    dialog: str = ""
    stores: list[Option] = []
    store_name: str = ""
    shopping_day: str = ""
    bids_close_at: str = ""
    note: str = ""
    store_error: str = ""
    shopping_day_error: str = ""
    bids_close_at_error: str = ""
    note_error: str = ""
    alert: str = ""
    _store_id: str = ""

    @rx.event
    async def open(self):
        if await arrived(self):
            self.page, self.dialog = 1, ""
        await _load(self)

    @rx.event
    async def catch_up(self):
        await _load(self)

    @rx.event
    async def turn(self, step: int):
        self.page = max(1, self.page + (1 if step == 1 else -1))
        await _load(self)

    @rx.event
    async def close(self):
        self.dialog = ""

    @rx.event
    async def show_invite(self):
        self.dialog = "invite"

    @rx.event
    async def plan(self):
        """Open the dialog for a new run, with the stores this server knows."""
        self.store_name = self._store_id = self.shopping_day = self.bids_close_at = self.note = ""
        self._refuse(None)
        await _find(self, "")
        self.dialog = "run"

    @rx.event
    async def find(self, typed: str):
        """What stands in the field counts only once it is chosen, or is the exact name of a store."""
        self.store_name, self._store_id, self.store_error = str(typed), "", ""
        await _find(self, self.store_name)

    @rx.event
    async def choose(self, store_id: str):
        chosen = next((option for option in self.stores if option.id == store_id), None)
        if chosen is not None:
            self._store_id, self.store_name, self.store_error = chosen.id, chosen.label, ""

    @rx.event
    async def add(self, name: str):
        """A store nobody has named yet."""
        self.store_name, self.store_error = str(name), ""
        try:
            store = await act(self, add_store, self.store_name)
        except BulqError as error:
            self.store_error = message(error)
            return await _find(self, self.store_name)
        self._store_id, self.store_name = str(store.id), store.name

    @rx.event
    async def set_shopping_day(self, day: str):
        self.shopping_day = str(day)

    @rx.event
    async def set_bids_close_at(self, moment: str):
        self.bids_close_at = str(moment)

    @rx.event
    async def set_note(self, note: str):
        self.note = str(note)

    @rx.event
    async def start(self):
        try:
            if not self._store_id:
                raise Invalid("store_missing", field="store")
            run = await act(
                self,
                start_run,
                uuid(self.id),
                uuid(self._store_id),
                shopping_day=parse_day(self.shopping_day, field="shopping_day"),
                bids_close_at=parse_moment(self.bids_close_at, self.time_zone, field="bids_close_at"),
                note=self.note,
            )
        except BulqError as error:
            return self._refuse(error)
        self.dialog = ""
        return rx.redirect(f"/runs/{run.id}")

    def _refuse(self, error: BulqError | None) -> None:
        """Show the refusal at its field, or above the fields; None clears all."""
        self.store_error = self.shopping_day_error = self.bids_close_at_error = self.note_error = self.alert = ""
        if error is not None:
            setattr(self, f"{error.field}_error" if error.field in FIELDS else "alert", message(error))


def _stores(session: Session, viewer: Actor, typed: str) -> list[StoreFound]:
    return find_stores(session, viewer, typed)


async def _find(state: GroupState, typed: str) -> None:
    found = await look(state, _stores, typed)
    state.stores = [Option(str(store.id), store.name) for store in found]
    exact = next((store for store in found if store.exact), None)
    if exact is not None:
        state._store_id = str(exact.id)


def _group(session: Session, viewer: Actor, group_id: str, page: int) -> tuple[GroupView, Actor]:
    return group_page(session, viewer, uuid(group_id), page=page), viewer


async def _load(state: GroupState) -> None:
    """Show the group in the address, and keep it up to date from now on."""
    try:
        group_id = str(route(state, "group_id"))
        view, viewer = await look(state, _group, group_id, state.page)
    except NotFound:
        return _show(state, None, None)
    topics = group_topics(group_id, viewer.id)
    live.watch(tab(state), "page", GROUP, f"{group_id}/{view.page}", topics, session_token(state))
    _show(state, view, viewer)


def _read(session: Session, key: str, actors: Collection[Actor]) -> GroupView | None:
    group_id, page = key.split("/")
    return read_for_any(actors, lambda actor: group_page(session, actor, uuid(group_id), page=int(page)))


def _show(state: GroupState, view: GroupView | None, viewer: Actor | None) -> None:
    me = next((member for member in view.members if viewer and member.user_id == viewer.id), None) if view else None
    if view is None or viewer is None or me is None:
        live.leave(tab(state), "page")
        state.reset()
        state.missing = state.ready = True
        return
    shown = {
        "id": str(view.id),
        "name": view.name,
        "time_zone": view.time_zone,
        "is_admin": me.is_admin,
        "invite": f"{state.router.url.origin}/invite/{view.invite_token}",
        "joining_open": view.joining_open,
        "open_runs": [run_row(line) for line in view.open_runs],
        "ended_runs": [run_row(line) for line in view.ended_runs],
        "ended_count": view.ended_count,
        "page": view.page,
        "pages": view.pages,
        "members": member_rows(view.members, viewer),
        "missing": False,
        "ready": True,
    }
    for name, value in shown.items():
        if getattr(state, name) != value:
            setattr(state, name, value)


GROUP = live.Screen("group", GroupState, _read, _show)
