"""The run page: what everybody bids and what it comes to, kept up to date while one looks."""

import json
from collections.abc import Collection
from dataclasses import replace
from uuid import UUID

import reflex as rx

from bulq import changes, live
from bulq.db import Session
from bulq.domain.actor import Actor
from bulq.domain.errors import BulqError, NotFound
from bulq.domain.phases import Phase
from bulq.domain.quantities import parse_quantity, plain
from bulq.i18n import text
from bulq.queries.runs import run_view
from bulq.queries.topics import run_topics
from bulq.services import adjusting, bids, leading
from bulq.state.auth import act, arrived, route, see, session_token, tab, uuid
from bulq.state.run_rows import Mine, Part, Row, Totals, quantity
from bulq.state.run_screen import Person, Screen, Step, personal, screen
from bulq.state.showing import put, read_for_any
from bulq.state.toasts import toast


class RunState(rx.State):
    loaded: bool = False
    missing: bool = False

    group_name: str = ""
    group_href: str = "/"
    href: str = ""
    store: str = ""
    store_href: str = ""
    phase: str = ""
    shopping: str = ""
    closes: str = ""
    closes_iso: str = ""
    note: str = ""
    cancel_reason: str = ""
    leader: str = ""
    currency: str = ""
    history: list[Step] = []

    leads: bool = False
    helps: bool = False
    takes_part: bool = False
    paid: bool = False  # the viewer, for something in the shop
    ready: bool = False
    number: int = -1  # of the viewer among the people of the run
    asked: str = ""
    asked_me: bool = False

    rows: list[Row] = []
    # One bid changes one row: what differs from `totals` and `mine` is sent beside them, and not all of them anew.
    totals: dict[str, Totals] = {}
    changed: dict[str, Totals] = {}
    mine: dict[str, Mine] = {}
    mine_changed: dict[str, Mine] = {}
    page: int = 1
    pages: int = 1
    products: int = 0
    unmatched: int = 0
    revision: int = 0
    _only: frozenset[str] | None = None  # the products to show, None for all

    # Of the shopping list: how many products are on it, bought, or not there; and what is spent.
    listed: int = 0
    bought: int = 0
    gone: int = 0
    spent: str = ""

    people: list[Person] = []
    parts: dict[str, str] = {}
    people_count: int = 0
    ready_count: int = 0
    part: str = ""
    sums: str = "estimated"
    part_lines: list[Part] = []
    total: str = ""
    left_over: str = ""
    unpriced: int = 0
    picked_up: int = 0
    to_pick_up: int = 0

    @rx.event
    async def open(self):
        if await arrived(self):
            self.reset()
        await refresh(self)

    @rx.event
    async def turn(self, step: int):
        self.page += 1 if step == 1 else -1
        await refresh(self)

    @rx.event
    async def bid(self, product_id: str, amount: str, seen: int = 0):
        """Want this much of a product; nothing at all takes the bid back. `seen` is the bid it was changed from."""
        run_id, product = route(self, "run_id"), uuid(product_id)
        row = _row(self, product_id)
        try:
            wanted = _thousandths(amount, row.step if row else 1, row.unit if row else "")
            if self.phase == Phase.ADJUSTING:
                was = seen if type(seen) is int else -1
                await act(self, adjusting.adjust_bid, run_id, product, wanted, seen=was)
            elif wanted == 0:
                return await self._retract(run_id, product)
            else:
                await act(self, bids.place_bid, run_id, product, wanted)
                self._keep(product_id, wanted, row)
        except BulqError:
            self.revision += 1
            raise

    def _keep(self, product_id: str, wanted: int, row: Row | None) -> None:
        """My own bid is shown at once; the sums of all follow with everybody else's screen."""
        before = my_bid(self, product_id)
        if row is not None and before is not None:
            amount = quantity(wanted, row.unit)
            self.mine_changed[product_id] = replace(before, quantity=wanted, text=amount, interested=False, changed="")
        self.ready = False

    @rx.event
    async def start_bid(self, product_id: str):
        """The first tap on Bid: one unit, or the smallest share if that is more."""
        row = _row(self, product_id)
        return await self.bid(product_id, plain(first_amount(row.step if row else 1000), 3))  # pyright: ignore[reportCallIssue]

    @rx.event
    async def interested(self, product_id: str):
        run_id = route(self, "run_id")
        await act(self, bids.mark_interested, run_id, uuid(product_id))

    @rx.event
    async def retract(self, product_id: str):
        return await self._retract(route(self, "run_id"), uuid(product_id))

    async def _retract(self, run_id: UUID, product_id: UUID):
        amount, note = await act(self, bids.retract_bid, run_id, product_id)
        row = _row(self, str(product_id))
        name = row.name if row else ""
        undo = json.dumps([str(product_id), amount, note], ensure_ascii=False)
        return toast(text("run.retracted", product=name), undo=undo if len(undo) <= 400 else "")

    @rx.event
    async def undo(self, what: str):
        """Put a retracted bid back as it was."""
        try:
            product_id, amount, note = json.loads(str(what)[:1000])
        except (ValueError, TypeError):
            raise NotFound() from None
        run_id, product = route(self, "run_id"), uuid(product_id)
        quantity = amount if type(amount) is int else None
        await act(self, bids.place_first_bid, run_id, product, quantity, note=str(note))

    @rx.event
    async def set_ready(self, ready: bool):
        run_id = route(self, "run_id")
        await act(self, bids.set_ready, run_id, bool(ready))
        self.ready = bool(ready)

    @rx.event
    async def answer(self, accept: bool):
        """Take the run over, or not."""
        run_id = route(self, "run_id")
        await act(self, leading.accept_lead if accept else leading.decline_lead, run_id)


async def refresh(state: RunState) -> None:
    """Show the run in the address, and keep it up to date from now on."""
    try:
        run_id = route(state, "run_id")
    except NotFound:
        return show(state, None, None)
    state.href = f"/runs/{run_id}"
    seen, actor = await see(state, "page", RUN, str(run_id), [changes.run(run_id)])
    show(state, seen, actor)
    if isinstance(seen, Screen) and not state.missing:  # its group is known by now
        live.watch(tab(state), "page", RUN, str(run_id), run_topics(run_id, seen.view.group_id), session_token(state))


async def narrow(state: RunState, products: frozenset[str] | None) -> None:
    """Show these products only; None shows all."""
    if products != state._only:
        state._only, state.page = products, 1
        await refresh(state)


def _row(state: RunState, product_id: str) -> Row | None:
    # Read without Reflex's wrapping of each row: nothing is changed in it.
    rows: list[Row] = state.get_value("rows")
    return next((row for row in rows if row.id == product_id), None)


def my_bid(state: RunState, product_id: str) -> Mine | None:
    """What the viewer was last told of their own bid on a product of the page."""
    return state.get_value("mine_changed").get(product_id) or state.get_value("mine").get(product_id)


def first_amount(step: int) -> int:
    """Thousandths to begin with: one unit, rounded up to whole steps."""
    return -(-1000 // step) * step


def _thousandths(amount: str, step: int, unit: str) -> int:
    """A typed quantity; unlike a bid as such it may be 0, which gives up everything."""
    bare = str(amount)[:40].strip()
    return 0 if bare and not bare.strip("0.,") else parse_quantity(str(amount), step, unit=unit)


def _read(session: Session, run_id: str, actors: Collection[Actor]) -> Screen | None:
    return read_for_any(actors, lambda actor: screen(run_view(session, actor, UUID(run_id))))


def show(state: RunState, seen: Screen | None, actor: Actor | None) -> None:
    """Put into one viewer's state what that viewer may see."""
    if seen is None or actor is None or str(actor.id) not in seen.view.members:
        live.leave(tab(state), "page")
        state.reset()
        state.missing = state.loaded = True
        return
    page = seen.page(state.page, state._only)
    mine = personal(seen, page, str(actor.id), state.get_value("totals"), state.get_value("mine"))
    put(state, loaded=True, missing=False, **seen.shared, **mine)


RUN = live.Screen("run", RunState, _read, show)
