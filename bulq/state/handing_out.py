"""Pick-up and statements: per person what they wanted, got and owe, own lines first."""

from collections.abc import Collection
from dataclasses import dataclass
from uuid import UUID

import reflex as rx

from bulq import live
from bulq.db import Session
from bulq.domain.actor import Actor
from bulq.domain.errors import BulqError, Conflict, NotFound
from bulq.domain.paging import page_of
from bulq.domain.quantities import parse_quantity
from bulq.i18n import money, number, quantity, text
from bulq.queries.statements import PersonStatement, StatementsView, run_statements
from bulq.queries.topics import run_topics
from bulq.services import leftovers, pickup
from bulq.state.auth import act, arrived, now, route, see, uuid
from bulq.state.run import RunState
from bulq.state.showing import put, read_for_any
from bulq.state.toasts import toast

PEOPLE = 20  # statements on a page


@dataclass(frozen=True)
class GotLine:
    item_id: str
    product: str
    brand: str
    wanted: str
    got: str
    cost: str
    nothing: bool
    short: bool
    not_there: bool
    picked_up: bool


@dataclass(frozen=True)
class Statement:
    user_id: str
    name: str
    username: str
    lines: tuple[GotLine, ...]
    total: str
    waiting: int
    mine: bool


@dataclass(frozen=True)
class Left:
    """What nobody took of a product, and who bears its cost; `most` and `step` are thousandths."""

    item_id: str
    product: str
    amount: str
    cost: str
    borne_by: str
    unit: str
    step: int
    most: int


class HandingOutState(rx.State):
    """Empty unless goods are given out."""

    shown: bool = False
    statements: list[Statement] = []
    left_over: list[Left] = []
    may_take: bool = False
    taking: dict[str, int] = {}  # by item: how much of it the viewer wants to take; all of it unless it is here
    revision: int = 0
    total: str = ""
    page: int = 1
    pages: int = 1

    @rx.event
    async def open(self):
        try:
            run_id = route(self, "run_id")
        except NotFound:
            return self.reset()
        if await arrived(self):
            self.reset()
        group_id = (await self.get_state(RunState)).group_href.rpartition("/")[2]  # filled by then
        show(self, *await see(self, "statements", STATEMENTS, str(run_id), run_topics(run_id, group_id)))

    @rx.event
    async def turn(self, step: int):
        self.page += 1 if step == 1 else -1
        await self.open()  # pyright: ignore[reportCallIssue]

    @rx.event
    async def tick(self, item_id: str, user_id: str, picked_up: bool):
        await act(self, pickup.set_picked_up, route(self, "run_id"), uuid(item_id), uuid(user_id), bool(picked_up))

    @rx.event
    async def tick_all(self, user_id: str):
        await act(self, pickup.pick_up_all, route(self, "run_id"), uuid(user_id))

    @rx.event
    async def choose_to_take(self, item_id: str, amount: str, seen: int = 0):
        left = self._left(item_id)
        try:
            self.taking[left.item_id] = parse_quantity(str(amount), 1, unit=left.unit)
        except BulqError:
            self.revision += 1
            raise

    @rx.event
    async def take(self, item_id: str, seen: int):
        """Take of the left-over goods what was chosen, or all. `seen` is how much was left over on the screen."""
        run_id, left = route(self, "run_id"), self._left(item_id)
        amount = self.taking.get(left.item_id, left.most)
        await act(self, leftovers.take_leftovers, run_id, uuid(left.item_id), amount, seen=seen)
        self.taking.pop(left.item_id, None)
        return toast(text("run.left_over_taken", quantity=quantity(amount, left.unit), product=left.product))

    def _left(self, item_id: str) -> Left:
        found = next((left for left in self.left_over if left.item_id == item_id), None)
        if found is None:
            raise Conflict("less_left_over")
        return found


def _read(session: Session, run_id: str, actors: Collection[Actor]) -> StatementsView | None:
    try:
        return read_for_any(actors, lambda actor: run_statements(session, actor, UUID(run_id)))
    except Conflict:
        return None  # goods are not given out yet


def show(state: HandingOutState, seen: StatementsView | None, actor: Actor | None) -> None:
    if seen is None or actor is None or str(actor.id) not in seen.members:
        if state.shown:
            state.reset()
        return
    # Read once for all: the viewer's own statement is put first here, on every page where it is.
    people = sorted(seen.people, key=lambda person: person.user_id != str(actor.id))
    page, pages = page_of(state.page, len(people), PEOPLE)
    put(
        state,
        shown=True,
        statements=[
            _statement(person, seen.currency, str(actor.id)) for person in people[(page - 1) * PEOPLE : page * PEOPLE]
        ],
        left_over=[
            Left(
                left.item_id,
                left.product,
                quantity(left.quantity, left.unit),
                money(left.cost, seen.currency),
                ", ".join(f"{bearer.name} {money(bearer.cost, seen.currency)}" for bearer in left.borne_by),
                str(left.unit),
                left.step,
                left.quantity,
            )
            for left in seen.left_over
        ],
        may_take=seen.taken_until is None or now() <= seen.taken_until,
        total=money(seen.total, seen.currency),
        page=page,
        pages=pages,
    )


def _statement(person: PersonStatement, currency: str, viewer: str) -> Statement:
    return Statement(
        user_id=person.user_id,
        name=person.name,
        username=person.username,
        lines=tuple(
            GotLine(
                item_id=line.item_id,
                product=line.product,
                brand=line.brand,
                wanted=quantity(line.wanted, line.unit),
                got=number(line.got) if line.got < line.wanted else quantity(line.got, line.unit),
                cost=money(line.cost, currency, symbol=False),
                nothing=line.got == 0,
                short=line.got < line.wanted,
                not_there=line.not_there,
                picked_up=line.picked_up,
            )
            for line in person.lines
        ),
        total=money(person.total, currency),
        waiting=person.waiting,
        mine=person.user_id == viewer,
    )


STATEMENTS = live.Screen("statements", HandingOutState, _read, show)
