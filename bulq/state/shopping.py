"""The shopping list as it is held in the hand, kept up to date for everyone who looks."""

import json
from collections.abc import Collection
from datetime import datetime
from uuid import UUID

import reflex as rx

from bulq import live
from bulq.config import settings
from bulq.db import Session
from bulq.domain.actor import Actor
from bulq.domain.errors import NotFound
from bulq.i18n import text
from bulq.queries.shopping import shopping as shopping_view
from bulq.services import shopping
from bulq.services.mistakes import MENDABLE
from bulq.services.shopping import SeenPurchase
from bulq.state.auth import act, arrived, look, route, session_token, tab, uuid
from bulq.state.shopping_rows import Good, Line, Listed, listed, within_reach
from bulq.state.showing import put, read_for_any
from bulq.state.toasts import toast


class ShoppingState(rx.State):
    loaded: bool = False
    missing: bool = False

    href: str = ""
    title: str = ""
    phase: str = ""
    when: str = "now"
    leader: str = ""
    leads: bool = False
    may_buy: bool = False
    may_mend: bool = False  # purchases, after shopping: the leader all of them, others what they paid

    goods: list[Good] = []
    bought: dict[str, str] = {}
    absent: list[str] = []
    receipt: list[Line] = []
    further: int = 0
    earlier: int = 0
    members: list[tuple[str, str]] = []
    me: str = ""

    count: int = 0
    bought_count: int = 0
    absent_count: int = 0
    left: int = 0
    spent: str = ""
    answered: int = 0

    @rx.event
    async def open(self):
        """Show the list of the run in the address, and keep it up to date from now on."""
        self.answered += 1
        try:
            run_id = route(self, "run_id")
        except NotFound:
            return _show(self, None, None)
        if await arrived(self):
            self.reset()
        await refresh(self, run_id)

    @rx.event
    async def undo(self, purchase_id: str, seen: str):
        """Take a line off the receipt that still says what was `seen`; the message offers to put it back."""
        line = next((line for line in self.receipt if line.purchase_id == purchase_id), None)
        if line is None:
            return None  # the second of two quick taps
        run_id = route(self, "run_id")
        try:
            was, bought = await act(self, _undo, run_id, uuid(purchase_id), seen_line(seen))
        finally:
            await answer(self, run_id)
        again = json.dumps([line.item_id, was.quantity, was.total, str(was.payer_id), bought])
        return toast(text("shopping.undone", product=line.name), undo=again)

    @rx.event
    async def found(self, item_id: str):
        """It was there after all: back to what is to be bought."""
        run_id = route(self, "run_id")
        try:
            await act(self, shopping.set_missing, run_id, uuid(item_id), False)
        finally:
            await answer(self, run_id)


async def refresh(state: ShoppingState, run_id: UUID) -> None:
    """Show what is true now, and keep up with it; whoever may not look any more sees that nothing is there."""
    try:
        seen, actor = await look(state, _look, run_id)
    except NotFound:
        _show(state, None, None)
        return
    _show(state, seen, actor)
    topics = [f"run:{run_id}", f"group:{seen.view.group_id}"]
    live.watch(tab(state), "page", SHOPPING, str(run_id), topics, session_token(state))


async def answer(state: ShoppingState, run_id: UUID) -> None:
    """Whatever came of it, the page says that nothing is on its way any more and shows what is true."""
    live.announce(f"run:{run_id}")
    state.answered += 1
    await refresh(state, run_id)


def _undo(
    session: Session, actor: Actor, run_id: UUID, purchase_id: UUID, seen: SeenPurchase, *, now: datetime
) -> tuple[SeenPurchase, int]:
    """The line that was taken off, and how much of the item is bought without it."""
    item = shopping.undo_purchase(session, actor, run_id, purchase_id, seen=seen, now=now)
    return seen, item.bought


def seen_line(text: str) -> SeenPurchase:
    """A line of the receipt as the page showed it: "quantity/total/payer"."""
    parts = str(text)[:100].split("/")
    if len(parts) != 3 or not all(part.isascii() and part.isdigit() for part in parts[:2]):
        raise NotFound()
    return SeenPurchase(int(parts[0]), int(parts[1]), uuid(parts[2]))


def _look(session: Session, viewer: Actor, run_id: UUID) -> tuple[Listed, Actor]:
    return listed(shopping_view(session, viewer, run_id)), viewer


def _read(session: Session, run_id: str, actors: Collection[Actor]) -> Listed | None:
    return read_for_any(actors, lambda actor: listed(shopping_view(session, actor, UUID(run_id))))


def _show(state: ShoppingState, seen: Listed | None, actor: Actor | None) -> None:
    """Put into one viewer's state what that viewer may see."""
    me = str(actor.id) if actor else ""
    if seen is None or all(user_id != me for user_id, _name in seen.members):
        live.leave(tab(state), "page")
        state.reset()
        state.missing = state.loaded = True
        return
    view = seen.view
    left = len(seen.goods) - len(seen.bought) - len(seen.absent)
    put(
        state,
        loaded=True,
        missing=False,
        href=f"/runs/{view.run_id}",
        title=seen.title,
        phase=str(view.phase),
        when=seen.when,
        leader=seen.leader,
        leads=view.leader_id == me,
        may_buy=seen.when == "now" and (view.leader_id == me or me in view.helpers),
        may_mend=view.phase in MENDABLE,
        goods=within_reach(seen),
        bought=seen.bought,
        absent=seen.absent,
        receipt=seen.receipt[-settings.page_size :],
        earlier=max(0, len(seen.receipt) - settings.page_size),
        further=max(0, left - settings.page_size),
        members=seen.members,
        me=me,
        count=len(seen.goods),
        bought_count=len(seen.bought),
        absent_count=len(seen.absent),
        left=left,
        spent=seen.spent,
    )


SHOPPING = live.Screen("shopping", ShoppingState, _read, _show)
