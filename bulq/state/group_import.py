"""Taking in a group that another server exported: the file is sent, looked at, and taken in as a whole."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import Any

import reflex as rx

from bulq import i18n, uploads
from bulq.domain.actor import Actor
from bulq.domain.errors import BulqError
from bulq.queries.group_tables import PEOPLE
from bulq.services.group_import import GroupFile, import_group, read_zip
from bulq.state.auth import act, arrived, look, whoever
from bulq.state.problems import messages
from bulq.state.refusals import message
from bulq.state.showing import put
from bulq.state.toasts import toast

BUSY = ("checking", "importing")


@dataclass(frozen=True)
class PersonRow:
    """Somebody in the file with what they are owed there, in minor units."""

    number: str
    name: str
    username: str
    balance: int


class GroupImportState(rx.State):
    step: str = ""  # "", "checking", "checked", "importing"
    file_name: str = ""
    alert: str = ""
    name: str = ""
    currency: str = ""
    runs: int = 0
    payments: int = 0
    people: list[PersonRow] = []
    choices: list[tuple[str, str]] = []
    me: str = ""
    left_out: list[str] = []
    _token: str = ""

    @rx.event
    async def open(self):
        if await arrived(self) and self.step not in BUSY:
            self.reset()

    @rx.event
    async def not_received(self, problem: dict[str, Any]):
        """The file was not received."""
        self.reset()
        self.alert = messages(problem, ())[""]

    @rx.event
    async def set_me(self, number: str):
        self.me = number if str(number) in dict(self.choices) else ""

    @rx.event
    async def discard(self):
        actor = await look(self, whoever)
        uploads.discard(actor.id, self._token)
        self.reset()

    @rx.event(background=True)
    async def check(self, token: str, name: str):
        """What is in the file that was sent. Nothing is changed."""
        async with self:
            if self.step in BUSY:
                return
            self.reset()
            self._token, self.file_name, self.step = str(token)[:40], str(name)[:200], "checking"
            actor = await look(self, whoever)
        found, alert = await _read(actor, token)
        async with self:
            put(self, step="checked" if found else "", alert=alert)
            if found:
                _show(self, found)

    @rx.event(background=True)
    async def take_in(self):
        """All of it or nothing."""
        async with self:
            if self.step != "checked":
                return
            self.step, self.alert = "importing", ""
            actor, token, me = await look(self, whoever), self._token, int(self.me) if self.me else None
        found, alert = await _read(actor, token)
        group_id = ""
        async with self:
            try:
                if found:
                    group_id = str((await act(self, import_group, found, me)).id)
            except BulqError as error:
                alert = message(error)
            finally:  # whatever failed, the page doesn't stay busy
                put(self, step="checked", alert=alert)
            if not group_id:
                return
            uploads.discard(actor.id, token)
            said, self.step = i18n.text("moving.taken_in", group=self.name), ""
        return [rx.redirect(f"/groups/{group_id}/manage"), toast(said)]


async def _read(actor: Actor, token: str) -> tuple[GroupFile | None, str]:
    """The group in the file, or why it is refused. On a thread of its own: the others are for what takes a moment."""

    def work() -> GroupFile:
        with uploads.opened(actor.id, token) as file:
            return read_zip(file)

    try:
        return await asyncio.to_thread(work), ""
    except BulqError as error:
        return None, message(error)


def _show(state: GroupImportState, found: GroupFile) -> None:
    people = [
        PersonRow(str(row["id"]), row["name"], row["username"], found.balances.get(row["id"], 0))
        for row in found.rows[PEOPLE]
        if not row["is_gone"]
    ]
    called = ((each.number, f"{each.name} (@{each.username})") for each in people)
    put(
        state,
        name=found.group["name"],
        currency=found.group["currency"],
        runs=len(found.rows["runs"]),
        payments=len(found.rows["payments"]),
        people=people,
        choices=[("", i18n.text("moving.nobody")), *called],
        left_out=[" · ".join(filter(None, run)) for run in found.left_out],
        me="",
    )
