"""The catalogue as a file: sending one, seeing what it would change, and taking it in."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import reflex as rx

from bulq import i18n, uploads
from bulq.db import Session
from bulq.domain.actor import Actor
from bulq.domain.catalogue_file import Problem
from bulq.domain.errors import BulqError
from bulq.i18n import count_of
from bulq.importing import import_list
from bulq.queries.catalogue_file import catalogue_size
from bulq.services.catalogue_import import Advance, Findings, Order, preview_catalogue
from bulq.state.auth import AdminPage, arrived, door, look, whoever
from bulq.state.problems import messages
from bulq.state.refusals import message
from bulq.state.showing import put
from bulq.state.toasts import toast

BUSY = ("checking", "importing")
GLANCE = 0.4  # seconds between two looks at how far it is


@dataclass(frozen=True)
class ProblemRow:
    line: str
    column: str
    words: str


@dataclass(frozen=True)
class Figure:
    """What the file does to the catalogue, in a number."""

    name: str
    count: str


@dataclass
class Progress:
    """How far a file is read, told from one thread to another."""

    rows: int = 0

    def advance(self, rows: int) -> None:
        self.rows = rows


class CatalogueFileState(AdminPage, rx.State):
    products: str = ""
    step: str = ""  # "", "checking", "checked", "importing", "done"
    percent: int = 0
    file_name: str = ""
    alert: str = ""
    rows: str = ""
    bad: int = 0
    good: str = ""
    shown: int = 0
    changes: int = 0
    figures: list[Figure] = []
    problems: list[ProblemRow] = []
    ignored: str = ""
    leave_out: bool = False
    refused: bool = True  # as long as it is, or does nothing
    _token: str = ""

    @rx.event
    async def open(self):
        """A file that is being read goes on whatever somebody looks at meanwhile."""
        if await arrived(self) and self.step not in BUSY:
            self.reset()
        await self._load()

    async def _show(self) -> None:
        put(self, products=count_of(await look(self, catalogue_size)))

    @rx.event
    async def not_received(self, problem: dict[str, Any]):
        """The file was not received."""
        self.step, self.alert = "", messages(problem, ())[""]

    @rx.event
    async def set_leave_out(self, on: bool):
        self.leave_out = on is True
        self.refused = self.changes == 0 or (self.bad > 0 and not self.leave_out)

    @rx.event
    async def discard(self):
        await look(self, _discard, self._token)
        _forget(self)

    @rx.event(background=True)
    async def check(self, token: str, name: str):
        """What the file that was sent would change."""
        token, walk = str(token)[:40], Progress()
        async with self:
            _forget(self)
            self._token, self.file_name, self.step = token, str(name)[:200], "checking"
        await _go(self, token, walk, lambda: look(self, _preview, token, walk.advance), "checked")

    @rx.event(background=True)
    async def take_in(self):
        """All of it or nothing."""
        async with self:
            if self.step != "checked":
                return
            self.step, self.percent = "importing", 0
            token, name, leave_out = self._token, self.file_name, self.leave_out
        walk = Progress()
        if await _go(self, token, walk, lambda: _take_in(self, token, name, leave_out, walk.advance), "done"):
            async with self:
                await self._load()
            return toast(i18n.text("catalogue_file.imported"))


async def _go(state: CatalogueFileState, token: str, walk: Progress, start: Callable[[], Any], then: str) -> bool:
    """Do what takes a while, showing how far it is, and at the end what was found, or why it was refused.

    Another file may have been sent meanwhile: what is shown is about that one then.
    """
    found, alert = None, ""
    try:
        total = max(1, await look(state, _lines, token))
        task = asyncio.ensure_future(start())
        while not (await asyncio.wait([task], timeout=GLANCE))[0]:
            async with state:
                if state._token == token:
                    state.percent = min(99, 100 * walk.rows // total)
        found = task.result()
    except BulqError as error:
        alert = message(error)
    finally:  # whatever failed, the page doesn't stay busy
        async with state:
            if state._token == token:
                put(state, step=then if found else "", alert=alert)
                if found:
                    _show(state, found)
    return found is not None


def _lines(_session: Session, viewer: Actor, token: str) -> int:
    with uploads.opened(viewer.id, token) as file:
        return uploads.lines(file)


def _preview(session: Session, viewer: Actor, token: str, advance: Advance) -> Findings:
    with uploads.opened(viewer.id, token) as file:
        return preview_catalogue(session, viewer, file, advance=advance, now=datetime.now(UTC))


async def _take_in(state: CatalogueFileState, token: str, name: str, leave_out: bool, advance: Advance) -> Findings:
    """On a thread of its own: the others are for what takes a moment."""
    do, actor = door(state), await look(state, whoever)

    def work() -> Findings:
        order = Order(guess=False, leave_out=leave_out)
        with uploads.opened(actor.id, token) as file:
            return import_list(do, actor, file, order, name=name, advance=advance, now=datetime.now(UTC))

    return await asyncio.to_thread(work)


def _discard(_session: Session, viewer: Actor, token: str) -> None:
    uploads.discard(viewer.id, token)


def _forget(state: CatalogueFileState) -> None:
    put(state, step="", percent=0, file_name="", alert="", rows="", bad=0, good="", shown=0, changes=0)
    put(state, figures=[], problems=[], ignored="", leave_out=False, refused=True)
    state._token = ""


def _show(state: CatalogueFileState, found: Findings) -> None:
    figures = [Figure(i18n.text(f"catalogue_file.{name}"), count_of(count)) for name, count in found.counts.items()]
    put(
        state,
        rows=count_of(found.rows),
        bad=found.bad,
        good=count_of(found.rows - found.bad),
        shown=len(found.problems),
        changes=found.changes,
        refused=found.changes == 0 or found.bad > 0,
        figures=figures,
        problems=[problem_row(each) for each in found.problems],
        ignored=", ".join(found.ignored)[:300],
    )


def problem_row(problem: Problem) -> ProblemRow:
    values: dict[str, Any] = dict(problem.values)
    words = i18n.text(f"errors.{problem.key}", **values)
    return ProblemRow(count_of(problem.line), problem.column, words)
