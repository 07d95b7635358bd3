"""Looking after a group: its name and rules, who may join, who is in it, and leaving it."""

from collections.abc import Collection
from uuid import UUID

import reflex as rx

from bulq import live
from bulq.db import Session
from bulq.domain.actor import Actor
from bulq.domain.errors import BulqError, NotFound
from bulq.i18n import text
from bulq.queries.groups import ManageView, manage_page
from bulq.queries.topics import group_topics
from bulq.services import groups
from bulq.state.auth import act, arrived, look, route, session_token, tab, uuid
from bulq.state.group import MemberRow, member_rows
from bulq.state.refusals import message
from bulq.state.showing import read_for_any
from bulq.state.toasts import toast

FIELDS = ("name", "currency", "time_zone", "fair_rule")


class ManageState(rx.State):
    ready: bool = False
    missing: bool = False
    id: str = ""
    title: str = ""
    is_admin: bool = False
    currency_fixed: bool = False
    invite: str = ""
    joining_open: bool = True
    members: list[MemberRow] = []

    name: str = ""
    currency: str = "EUR"
    time_zone: str = ""
    fair_rule: str = "proportional"
    name_error: str = ""
    currency_error: str = ""
    time_zone_error: str = ""
    _saved: dict[str, str] = {}

    asking: str = ""
    asked_id: str = ""
    asked_name: str = ""
    alert: str = ""

    @rx.event
    async def open(self):
        if await arrived(self):
            self.asking, self._saved = "", {}
            self._refuse(None)
        await _load(self)

    @rx.event
    async def catch_up(self):
        await _load(self)

    @rx.event
    async def set_name(self, name: str):
        self.name = str(name)

    @rx.event
    async def set_currency(self, currency: str):
        self.currency = str(currency)

    @rx.event
    async def set_time_zone(self, time_zone: str):
        self.time_zone = str(time_zone)

    @rx.event
    async def set_fair_rule(self, rule: str):
        self.fair_rule = str(rule)

    @rx.event
    async def save(self):
        try:
            await act(
                self,
                groups.edit_group,
                uuid(self.id),
                name=self.name,
                currency=self.currency,
                time_zone=self.time_zone,
                fair_rule=self.fair_rule,
            )
        except BulqError as error:
            return self._refuse(error)
        self._refuse(None)
        self._saved = {}
        await _load(self)
        return toast(text("manage.saved"))

    @rx.event
    async def set_joining(self, is_open: bool):
        await act(self, groups.set_joining, uuid(self.id), is_open is True)
        await _load(self)

    @rx.event
    async def promote(self, user_id: str):
        await act(self, groups.promote, uuid(self.id), uuid(user_id))
        await _load(self)
        return toast(text("manage.promoted", name=self._name_of(user_id)))

    @rx.event
    async def demote(self, user_id: str):
        await act(self, groups.demote, uuid(self.id), uuid(user_id))
        await _load(self)
        return toast(text("manage.demoted", name=self._name_of(user_id)))

    @rx.event
    async def ask(self, what: str, user_id: str = ""):
        """Ask before what touches others and can't be undone: "renew", "remove" somebody, "leave"."""
        self.asked_id, self.asked_name = str(user_id), self._name_of(user_id)
        self.asking, self.alert = str(what), ""

    @rx.event
    async def close(self):
        self.asking = ""

    @rx.event
    async def renew(self):
        await act(self, groups.renew_invite, uuid(self.id))
        self.asking = ""
        await _load(self)
        return toast(text("manage.renewed"))

    @rx.event
    async def remove(self):
        try:
            await act(self, groups.remove_member, uuid(self.id), uuid(self.asked_id))
        except BulqError as error:
            self.alert = message(error)
            return
        self.asking = ""
        await _load(self)
        return toast(text("manage.removed", name=self.asked_name))

    @rx.event
    async def leave(self):
        try:
            await act(self, groups.leave_group, uuid(self.id))
        except BulqError as error:
            self.alert = message(error)
            return
        live.leave(tab(self), "page")
        name = self.title
        self.reset()
        return [rx.redirect("/"), toast(text("manage.left", group=name))]

    def _name_of(self, user_id: str) -> str:
        return next((member.name for member in self.members if member.id == user_id), "")

    def _refuse(self, error: BulqError | None) -> None:
        """Show the refusal at its field, or above the fields; None clears all."""
        self.name_error = self.currency_error = self.time_zone_error = self.alert = ""
        if error is not None:
            setattr(self, f"{error.field}_error" if error.field in FIELDS[:3] else "alert", message(error))


def _manage(session: Session, viewer: Actor, group_id: UUID) -> tuple[ManageView, Actor]:
    return manage_page(session, viewer, group_id), viewer


async def _load(state: ManageState) -> None:
    try:
        group_id = route(state, "group_id")
        view, viewer = await look(state, _manage, group_id)
    except NotFound:
        live.leave(tab(state), "page")
        return _show(state, None, None)
    topics = group_topics(group_id, viewer.id)
    live.watch(tab(state), "page", MANAGE, str(group_id), topics, session_token(state))
    _show(state, view, viewer)


def _read(session: Session, group_id: str, actors: Collection[Actor]) -> ManageView | None:
    return read_for_any(actors, lambda actor: manage_page(session, actor, uuid(group_id)))


def _show(state: ManageState, view: ManageView | None, viewer: Actor | None) -> None:
    me = next((member for member in view.members if viewer and member.user_id == viewer.id), None) if view else None
    if view is None or viewer is None or me is None:
        state.reset()
        state.missing = state.ready = True
        return
    shown = {
        "id": str(view.id),
        "title": view.name,
        "is_admin": me.is_admin,
        "currency_fixed": view.currency_fixed,
        "invite": f"{state.router.url.origin}/invite/{view.invite_token}",
        "joining_open": view.joining_open,
        "members": member_rows(view.members, viewer),
        "missing": False,
        "ready": True,
    }
    for name, value in shown.items():
        if getattr(state, name) != value:
            setattr(state, name, value)
    _fill(state, {name: str(getattr(view, name)) for name in FIELDS})


def _fill(state: ManageState, saved: dict[str, str]) -> None:
    """Show what is saved, except in fields somebody is changing right now."""
    for name, value in saved.items():
        if getattr(state, name) == state._saved.get(name, getattr(state, name)):
            setattr(state, name, value)
    state._saved = saved


MANAGE = live.Screen("manage", ManageState, _read, _show)
