"""Past expenses from Splitwise or Spliit: the file is sent, each name is somebody, all of it is taken in."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, replace
from typing import Any

import reflex as rx

from bulq import i18n, uploads
from bulq.domain.actor import Actor
from bulq.domain.errors import BulqError
from bulq.domain.splitwise import Expenses
from bulq.queries.expenses import expenses_desk
from bulq.services.expenses import import_expenses, read_past
from bulq.state.auth import act, arrived, look, route, uuid, whoever
from bulq.state.problems import messages
from bulq.state.refusals import message
from bulq.state.showing import put
from bulq.state.toasts import toast

SHOWN = 20  # lines that are left out, and such that were off


@dataclass(frozen=True)
class NameRow:
    """A name in the file, what all expenses come to for it (minor units), and who that is; empty: not here yet."""

    place: str
    name: str
    balance: int
    who: str


class ExpensesState(rx.State):
    ready: bool = False
    missing: bool = False
    group: str = ""
    group_href: str = ""
    currency: str = ""
    people: list[tuple[str, str]] = []
    step: str = ""  # "", "checked"
    busy: bool = False
    file_name: str = ""
    alert: str = ""
    count: int = 0
    names: list[NameRow] = []
    left_out: list[str] = []
    off: list[str] = []
    _token: str = ""

    @rx.event
    async def open(self):
        if await arrived(self):
            self.reset()
        try:
            group_id = route(self, "group_id")
            desk = await look(self, expenses_desk, group_id)
        except BulqError:
            self.missing, self.ready = True, True
            return
        people = [("", i18n.text("expenses.not_here")), *((str(key), name) for key, name in desk.people)]
        put(self, group=desk.group, group_href=f"/groups/{group_id}", currency=desk.currency, people=people)
        put(self, ready=True, missing=False)

    @rx.event
    async def not_received(self, problem: dict[str, Any]):
        """The file was not received."""
        self.step, self.alert = "", messages(problem, ())[""]

    @rx.event
    async def set_who(self, place: str, who: str):
        chosen = who if str(who) in dict(self.people) else ""
        self.names = [replace(row, who=chosen) if row.place == str(place) else row for row in self.names]

    @rx.event
    async def check(self, token: str, name: str):
        """What is in the file that was sent. Nothing is changed."""
        self._token, self.file_name, self.step, self.alert = str(token)[:40], str(name)[:200], "", ""
        found, self.alert = await _read(await look(self, whoever), self._token, self.currency)
        if found:
            _show(self, found)

    @rx.event
    async def take_in(self):
        """All that isn't there yet, or nothing."""
        if self.step != "checked":
            return None
        actor, group_id = await look(self, whoever), uuid(self.group_href.rpartition("/")[2])
        found, self.alert = await _read(actor, self._token, self.currency)
        if found is None:
            return None
        who = [uuid(row.who) if row.who else None for row in self.names]
        try:
            result = await act(self, import_expenses, group_id, found, who)
        except BulqError as error:
            self.alert = message(error)
            return None
        uploads.discard(actor.id, self._token)
        self.step = ""
        said = i18n.text("expenses.taken_in", count=result["new"])
        return [rx.redirect(f"{self.group_href}/money"), toast(said)]


async def _read(actor: Actor, token: str, currency: str) -> tuple[Expenses | None, str]:
    def work() -> Expenses:
        with uploads.opened(actor.id, token) as file:
            return read_past(file, currency)

    try:
        return await asyncio.to_thread(work), ""
    except BulqError as error:
        return None, message(error)


def _show(state: ExpensesState, found: Expenses) -> None:
    by_name = {name.casefold(): key for key, name in state.people if key}
    names = [
        NameRow(str(place), name, balance, by_name.get(name.casefold(), ""))
        for place, (name, balance) in enumerate(zip(found.names, found.balances, strict=True))
    ]
    off = [expense for expense in found.expenses if expense.off]
    put(
        state,
        step="checked",
        count=len(found.expenses),
        names=names,
        left_out=[f"{line}: {currency}" for line, currency in found.left_out[:SHOWN]],
        off=[f"{expense.line}: {expense.description}" for expense in off[:SHOWN]],
    )
