"""A store's price list: sent, read as its columns and answers say, looked at, taken in, and taken back for a day."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import reflex as rx

from bulq import i18n, uploads
from bulq.db import Session
from bulq.domain.actor import Actor
from bulq.domain.errors import BulqError
from bulq.domain.lists.headings import Field
from bulq.domain.lists.questions import Choice, Question
from bulq.i18n import count_of
from bulq.importing import finish, import_list
from bulq.queries.imports import recent_imports
from bulq.queries.store_lists import list_desk
from bulq.services.catalogue_import import Advance, Findings, Glimpse, Order, preview_list
from bulq.services.catalogue_undo import undo_import
from bulq.state.admin.catalogue_file import GLANCE, Figure, ProblemRow, Progress, problem_row
from bulq.state.auth import act, arrived, door, look, now, route, uuid, whoever
from bulq.state.problems import messages
from bulq.state.refusals import message
from bulq.state.showing import put
from bulq.state.toasts import toast

BUSY = ("checking", "importing")
LONGEST_ANSWER = 200


@dataclass(frozen=True)
class ColumnRow:
    """A column of the list: its place from 1 on, its heading, what it holds, and what stands first in it."""

    place: str
    label: str
    holds: str
    sample: str


@dataclass(frozen=True)
class QuestionRow:
    id: str
    words: str
    where: str
    choices: list[tuple[str, str]]
    answer: str
    free: bool


@dataclass(frozen=True)
class UndoRow:
    id: str
    name: str
    taken_at: str


class StoreListState(rx.State):
    store: str = ""
    store_href: str = ""
    ready: bool = False
    missing: bool = False
    groups: list[tuple[str, str]] = []
    group: str = ""
    step: str = ""  # "", "checking", "checked", "importing", "done"
    percent: int = 0
    file_name: str = ""
    alert: str = ""
    header: str = "0"
    heads: list[tuple[str, str]] = []
    columns: list[ColumnRow] = []
    questions: list[QuestionRow] = []
    figures: list[Figure] = []
    problems: list[ProblemRow] = []
    notes: list[ProblemRow] = []
    bad: int = 0
    left_out: int = 0
    rows: int = 0
    leave_out: bool = False
    open_questions: int = 0
    changes: int = 0
    stopped: bool = True  # as long as the list can't be taken in
    undoable: list[UndoRow] = []
    _token: str = ""
    _answers: dict[str, Any] = {}

    @rx.event
    async def open(self):
        if await arrived(self) and self.step not in BUSY:
            self.reset()
        await self._load()

    async def _load(self) -> None:
        try:
            store_id = route(self, "store_id")
            desk = await look(self, list_desk, store_id)
        except BulqError:
            self.missing, self.ready = True, True
            return
        groups = [(str(group_id), f"{name} ({currency})") for group_id, name, currency in desk.groups]
        chosen = self.group if self.group in dict(groups) else next(iter(dict(groups)), "")
        put(self, store=desk.store, store_href=f"/stores/{store_id}", groups=groups, group=chosen)
        put(self, missing=False, ready=True)
        recent = await look(self, recent_imports, now=now())
        self.undoable = [
            UndoRow(str(each.id), each.name, each.taken_at.isoformat())
            for each in recent
            if each.store_id == store_id and each.taken_at
        ]

    @rx.event
    async def not_received(self, problem: dict[str, Any]):
        """The file was not received."""
        self.step, self.alert = "", messages(problem, ())[""]

    @rx.event
    async def set_group(self, group: str):
        self.group = group if str(group) in dict(self.groups) else self.group

    @rx.event
    async def set_leave_out(self, on: bool):
        self.leave_out = on is True
        _decide(self)

    @rx.event
    async def discard(self):
        await look(self, _discard, self._token)
        _forget(self)

    @rx.event(background=True)
    async def check(self, token: str, name: str):
        """What the list that was sent would change, read as the last one of the store was."""
        async with self:
            _forget(self)
            self._token, self.file_name = str(token)[:40], str(name)[:200]
        await _check(self)

    @rx.event(background=True)
    async def answer(self, question: str, answer: str):
        async with self:
            if str(question) not in {row.id for row in self.questions}:
                return
            self._answers = {**self._answers, question: str(answer)[:LONGEST_ANSWER]}
        await _check(self)

    @rx.event
    async def answer_typed(self, question: str, form: dict[str, Any]):
        typed = form.get("answer", "") if isinstance(form, dict) else ""
        return StoreListState.answer(str(question), str(typed))

    @rx.event(background=True)
    async def set_column(self, place: str, holds: str):
        """What a column holds; the others stay as they are read."""
        async with self:
            if str(place) not in {row.place for row in self.columns} or str(holds) not in list(Field):
                return
            read = {row.place: row.holds for row in self.columns}
            self._answers = {**self._answers, "columns": {**read, place: holds}}
        await _check(self)

    @rx.event(background=True)
    async def set_header(self, line: str):
        """Which row the headings are; the columns are guessed anew."""
        async with self:
            if str(line) not in {head for head, _ in self.heads}:
                return
            others = {name: answer for name, answer in self._answers.items() if name not in ("columns", "price")}
            self._answers = {**others, "header": int(line)}
        await _check(self)

    @rx.event(background=True)
    async def take_in(self):
        """All of it or nothing."""
        async with self:
            if self.step != "checked":
                return
            self.step, self.percent = "importing", 0
        found, alert = None, ""
        try:
            found = await _with_progress(self, lambda advance: _take_in(self, advance))
        except BulqError as error:
            alert = message(error)
        finally:
            async with self:
                put(self, step="done" if found else "checked", alert=alert)
                if found:
                    _show(self, found)
                    await self._load()
        return toast(i18n.text("price_list.imported")) if found else None

    @rx.event(background=True)
    async def undo(self, import_id: str):
        """Take an import back as a whole."""
        async with self:
            undone = uuid(str(import_id))
            await act(self, undo_import, undone)
        await asyncio.to_thread(finish, undone)
        async with self:
            _forget(self)
            await self._load()
        return toast(i18n.text("price_list.undone"))


async def _check(state: StoreListState) -> None:
    async with state:
        state.step, state.percent, state.alert = "checking", 0, ""
        token = state._token
    found, alert = None, ""
    try:
        found = await _with_progress(state, lambda advance: look(state, _preview, _order(state), token, advance))
    except BulqError as error:
        alert = message(error)
    finally:  # whatever failed, the page doesn't stay busy
        async with state:
            if state._token == token:
                put(state, step="checked" if found else "", alert=alert)
                if found:
                    order, findings, glimpse = found
                    state._answers = dict(order.answers)
                    _show(state, findings)
                    _show_reading(state, glimpse)


async def _with_progress(state: StoreListState, start: Callable[[Advance], Any]) -> Any:
    walk = Progress()
    async with state:
        task = asyncio.ensure_future(start(walk.advance))
        total = max(1, await look(state, _lines, state._token))
    while not (await asyncio.wait([task], timeout=GLANCE))[0]:
        async with state:
            state.percent = min(99, 100 * walk.rows // total)
    return task.result()


def _order(state: StoreListState) -> Order:
    return Order(
        store_id=uuid(state.store_href.rpartition("/")[2]),
        only_store=True,
        group_id=uuid(state.group) if state.group else None,
        answers=state._answers,
        leave_out=state.leave_out,
    )


def _lines(_session: Session, viewer: Actor, token: str) -> int:
    with uploads.opened(viewer.id, token) as file:
        return uploads.lines(file)


def _preview(
    session: Session, viewer: Actor, order: Order, token: str, advance: Advance
) -> tuple[Order, Findings, Glimpse | None]:
    with uploads.opened(viewer.id, token) as file:
        return preview_list(session, viewer, file, order, advance=advance, now=now())


async def _take_in(state: StoreListState, advance: Advance) -> Findings:
    """On a thread of its own: the others are for what takes a moment."""
    do, actor, order = door(state), await look(state, whoever), _order(state)
    token, name = state._token, state.file_name

    def work() -> Findings:
        with uploads.opened(actor.id, token) as file:
            return import_list(do, actor, file, order, name=name, advance=advance, now=now())

    return await asyncio.to_thread(work)


def _discard(_session: Session, viewer: Actor, token: str) -> None:
    uploads.discard(viewer.id, token)


def _forget(state: StoreListState) -> None:
    put(state, step="", percent=0, file_name="", alert="", header="0", heads=[], columns=[], questions=[], figures=[])
    put(state, problems=[], notes=[], bad=0, left_out=0, rows=0, leave_out=False, open_questions=0, changes=0)
    state._token, state._answers = "", {}


def _show(state: StoreListState, found: Findings) -> None:
    put(
        state,
        rows=found.rows,
        bad=found.bad,
        left_out=found.noted,
        changes=found.changes + found.gone,
        open_questions=len(found.open),
        figures=[Figure(i18n.text(f"catalogue_file.{name}"), count_of(count)) for name, count in found.counts.items()],
        problems=[problem_row(each) for each in found.problems],
        notes=[problem_row(each) for each in found.notes],
        questions=[_question(each, state._answers) for each in found.questions if each.kind != "columns"],
    )
    _decide(state)


def _decide(state: StoreListState) -> None:
    wrong = state.bad > 0 and not state.leave_out
    state.stopped = state.open_questions > 0 or state.changes == 0 or wrong


def _show_reading(state: StoreListState, glimpse: Glimpse | None) -> None:
    if glimpse is None:
        return put(state, header="0", heads=[], columns=[])
    none = ("0", i18n.text("price_list.no_headings"))
    heads = [none, *((str(line), f"{line}: {cells}") for line, cells in glimpse.heads)]
    columns = [ColumnRow(str(place), label, holds, sample) for place, label, holds, sample in glimpse.columns]
    put(state, header=str(glimpse.header), heads=heads, columns=columns)


def _question(question: Question, answers: dict[str, Any]) -> QuestionRow:
    values: dict[str, Any] = dict(question.values)
    given = answers.get(question.id, question.default)
    choices = [(choice.value, _label(choice)) for choice in question.choices]
    if given is None or not question.choices:
        choices = [("", i18n.text("price_list.choose")), *choices] if question.choices else []
    where = i18n.text("price_list.where", count=question.count, line=question.lines[0]) if question.lines else ""
    words = i18n.text(f"price_list.ask_{question.kind}", **values)
    return QuestionRow(question.id, words, where, choices, "" if given is None else str(given), not question.choices)


def _label(choice: Choice) -> str:
    values: dict[str, Any] = dict(choice.values)
    return choice.text if not choice.key else i18n.text(f"price_list.choice_{choice.key}", **values)
