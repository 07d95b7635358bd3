"""What the leader of a run does beside bidding: phases, dates, helpers, handing over, other people's bids."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import reflex as rx

from bulq.db import Session
from bulq.domain.actor import Actor
from bulq.domain.errors import BulqError, Conflict, NotFound
from bulq.domain.quantities import parse_quantity
from bulq.domain.times import parse_day, parse_moment
from bulq.i18n import quantity, text
from bulq.queries import questions
from bulq.queries.access import run_for
from bulq.queries.people import Member, members_of
from bulq.queries.runs import RunView, run_view
from bulq.queries.shares import ItemShare, effect_of
from bulq.services import adjusting, leading, mistakes, phases, runs
from bulq.state.auth import AbovePage, AuthState, act, look, route, uuid
from bulq.state.refusals import message
from bulq.state.run import RunState
from bulq.state.toasts import toast


@dataclass(frozen=True)
class Choice:
    """Somebody to choose, and whether they are chosen."""

    id: str
    name: str
    chosen: bool


@dataclass(frozen=True)
class Share:
    name: str
    wanted: str
    gets: str
    short: bool


@dataclass(frozen=True)
class Sharing:
    """A product of the fair split with its effect on each person."""

    product: str
    bought: str
    left_over: str
    people: tuple[Share, ...]


@dataclass(frozen=True)
class TheirBid:
    user_id: str
    name: str
    quantity: int
    text: str
    note: str
    changed: str


@dataclass(frozen=True)
class Waiting:
    """A person or a product that a question names."""

    id: str
    name: str


class LeadingState(AbovePage, rx.State):
    """`dialog` names the open one: confirm, finish, complete, back_to_shopping, edit, helpers, hand_over, cancel,
    share or bids.

    What the leader agrees to in a dialog comes back with the tap on its button, as it stood on the screen.
    """

    dialog: str = ""
    errors: dict[str, str] = {}

    shopping_day: str = ""
    bids_close_at: str = ""
    note: str = ""
    reason: str = ""
    time_zone: str = ""

    choices: list[Choice] = []
    sharing: list[Sharing] = []
    shared_items: int = 0
    takes_rest: bool = False
    anything_left: bool = False
    effect: str = ""

    waiting: list[Waiting] = []  # who isn't ready, or what is still to buy
    waiting_ids: list[str] = []
    waiting_count: int = 0  # allocations that are not picked up
    question: int = 0  # which of these counts is on the screen
    nothing_bought: bool = False

    product_id: str = ""
    product: str = ""
    unit: str = "piece"
    step: int = 1000
    theirs: list[TheirBid] = []
    revision: int = 0

    _lines: dict[int, tuple[UUID, ...]] = {}  # by question: the allocations it counts, too many to send along

    @rx.event
    async def close(self):
        self.dialog, self.errors = "", {}

    @rx.event
    async def show(self, dialog: str):
        self.dialog, self.errors, self.reason = str(dialog)[:20], {}, ""

    @rx.event
    async def set_reason(self, value: str):
        self.reason = value

    @rx.event
    async def set_note(self, value: str):
        self.note = value

    @rx.event
    async def set_shopping_day(self, value: str):
        self.shopping_day = value

    @rx.event
    async def set_bids_close_at(self, value: str):
        self.bids_close_at = value

    @rx.event
    async def set_takes_rest(self, value: bool):
        self.takes_rest = bool(value)

    # The phases

    @rx.event
    async def ask_confirm(self):
        """Confirm at once when everybody is ready, else ask, naming those who are not."""
        await self._confirm([])

    @rx.event
    async def confirm(self, not_ready: list[str]):
        await self._confirm(not_ready)

    async def _confirm(self, not_ready: list[str]) -> None:
        agreed = _ids(not_ready)
        if not await self._agreed("not_all_ready", phases.confirm_run, not_ready=agreed):
            self._ask("confirm", await look(self, questions.not_ready, route(self, "run_id")))

    @rx.event
    async def reopen(self):
        await self._lead(phases.reopen_bidding)

    @rx.event
    async def start_shopping(self):
        await self._lead(phases.start_shopping)
        return rx.redirect(f"/runs/{route(self, 'run_id')}/shopping")

    @rx.event
    async def stop_shopping(self):
        await self._lead(phases.stop_shopping)

    @rx.event
    async def ask_finish(self):
        """Finish at once when everything is bought or marked, else ask, naming what is still to buy."""
        await self._finish([], False)

    @rx.event
    async def finish(self, not_there: list[str], nothing_bought: bool):
        await self._finish(not_there, nothing_bought is True)

    async def _finish(self, not_there: list[str], nothing_bought: bool) -> None:
        agreed = {"not_there": _ids(not_there), "nothing_is_fine": nothing_bought}
        if not await self._agreed("items_open nothing_bought", phases.finish_shopping, **agreed):
            found = await look(self, questions.open_list, route(self, "run_id"))
            self.nothing_bought = found.nothing_bought
            self._ask("finish", found.items)

    @rx.event
    async def back_to_shopping(self):
        await self._lead(mistakes.back_to_shopping, self.reason)

    @rx.event
    async def finish_adjusting(self):
        await self._lead(adjusting.finish_adjusting)

    @rx.event
    async def ask_complete(self):
        """Complete at once when everything is picked up, else ask."""
        await self._complete(())

    @rx.event
    async def complete(self, question: int):
        await self._complete(self._lines.get(question, ()) if type(question) is int else ())

    async def _complete(self, agreed: Sequence[UUID]) -> None:
        if not await self._agreed("not_all_picked_up", phases.complete_run, rest_picked_up=agreed):
            lines = await look(self, questions.waiting_lines, route(self, "run_id"))
            self.question += 1
            self.waiting_count, self._lines = len(lines), {self.question: lines}
            self.dialog = "complete"

    @rx.event
    async def cancel(self):
        await self._lead(phases.cancel_run, self.reason)

    async def _agreed(self, asks: str, use_case: Callable[..., Any], **agreed: Any) -> bool:
        """Do it; False when it needs an agreement first, or another one than was given, as the refusals `asks` say."""
        try:
            await self._lead(use_case, **agreed)
        except Conflict as refusal:
            if refusal.key not in asks.split():
                raise
            return False
        return True

    def _ask(self, dialog: str, about: Sequence[questions.Named]) -> None:
        self.waiting = [Waiting(str(each.id), each.name) for each in about]
        self.waiting_ids = [each.id for each in self.waiting]
        self.dialog = dialog

    async def _lead(self, use_case: Callable[..., Any], *args: Any, **kwargs: Any) -> None:
        """Do it and close the dialog; a mistake in a field is shown there."""
        try:
            await act(self, use_case, route(self, "run_id"), *args, **kwargs)
        except BulqError as error:
            if error.field is None:
                raise
            self.errors = {error.field: message(error)}
            return
        self.dialog, self.errors = "", {}

    # Note and dates, helpers, handing over

    @rx.event
    async def ask_edit(self):
        view = await look(self, run_view, route(self, "run_id"))
        self.note, self.time_zone = view.note, view.time_zone
        self.shopping_day = view.shopping_day.isoformat() if view.shopping_day else ""
        self.bids_close_at = ""
        if view.bids_close_at is not None:
            local = view.bids_close_at.astimezone(ZoneInfo(view.time_zone))
            self.bids_close_at = local.strftime("%Y-%m-%dT%H:%M")
        self.dialog, self.errors = "edit", {}

    @rx.event
    async def save(self):
        try:
            shopping_day = parse_day(self.shopping_day, field="shopping_day")
            bids_close_at = parse_moment(self.bids_close_at, self.time_zone or "UTC", field="bids_close_at")
        except BulqError as error:
            self.errors = {error.field or "": message(error)}
            return
        await self._lead(runs.edit_run, shopping_day=shopping_day, bids_close_at=bids_close_at, note=self.note)

    @rx.event
    async def ask_helpers(self):
        run = await self.get_state(RunState)
        helping = {person.id for person in run.people if person.helps}
        members, viewer = await look(self, _members, route(self, "run_id"))
        self.choices = [
            Choice(str(member.user_id), member.name, str(member.user_id) in helping)
            for member in members
            if member.user_id != viewer.id
        ]
        self.dialog = "helpers"

    @rx.event
    async def set_helper(self, user_id: str, helps: bool):
        await act(self, runs.set_helper, route(self, "run_id"), uuid(user_id), bool(helps))
        self.choices = [
            Choice(choice.id, choice.name, bool(helps) if choice.id == user_id else choice.chosen)
            for choice in self.choices
        ]

    @rx.event
    async def ask_hand_over(self):
        run = await self.get_state(RunState)
        self.choices = [Choice(p.id, p.name, False) for p in run.people if not p.leads and not p.left]
        self.dialog = "hand_over"

    @rx.event
    async def offer(self, user_id: str):
        await self._lead(leading.offer_lead, uuid(user_id))

    @rx.event
    async def withdraw(self):
        await self._lead(leading.withdraw_lead)

    # The fair split

    @rx.event
    async def ask_share(self):
        """Show what the split would do to each person before it is done."""
        shares = await look(self, questions.shares_of, route(self, "run_id"))
        uneven = [item for item in shares if not item.is_matched]
        self.shared_items = len(uneven)
        self.sharing = [_sharing(item) for item in uneven[:SHOWN]]
        self.anything_left = any(item.left_over for item in uneven)
        self.effect, self.takes_rest, self.dialog = effect_of(shares), False, "share"

    @rx.event
    async def share(self, effect: str):
        """Give it out as shown; when somebody has adjusted since, show what it would do now."""
        agreed = {"effect": str(effect)[:100], "leader_takes_rest": self.takes_rest}
        if not await self._agreed("shares_changed", adjusting.share_fairly, **agreed):
            await self.ask_share()  # pyright: ignore[reportCallIssue]
            return toast(text("errors.shares_changed"), "error")

    # Other people's bids

    @rx.event
    async def ask_bids(self, product_id: str):
        """Everybody's bids on a product: to look at, and for the leader to change once they are frozen."""
        await self._read_bids(str(uuid(product_id)))
        self.dialog = "bids"

    async def _read_bids(self, product_id: str) -> None:
        view = await look(self, run_view, route(self, "run_id"))
        line = next((line for line in view.products if line.product_id == product_id), None)
        if line is None:
            raise NotFound()
        self.product_id, self.product, self.step = product_id, line.name, line.step
        self.unit = str(line.unit)
        self.theirs = _theirs(view, product_id)

    @rx.event
    async def change(self, user_id: str, amount: str, seen: int):
        """Change a bid that is still as it was `seen`; whoever looks at another one looks again first."""
        run_id = route(self, "run_id")
        try:
            wanted = 0 if str(amount).strip() == "0" else parse_quantity(str(amount), self.step, unit=self.unit)
            about = uuid(user_id), uuid(self.product_id)
            await act(self, adjusting.edit_bid_of, run_id, *about, wanted, seen=seen if type(seen) is int else -1)
        except BulqError as error:
            self.revision += 1
            if error.key == "bid_changed":
                await self._read_bids(self.product_id)
            raise
        await self._read_bids(self.product_id)
        if user_id != (await self.get_state(AuthState)).user_id:
            return toast(text("lead.bid_changed"))


SHOWN = 50  # products a preview shows; the rest is counted
MOST = 200  # people or products of a run that a question can be about


def _members(session: Session, viewer: Actor, run_id: Any) -> tuple[list[Member], Actor]:
    return members_of(session, run_for(session, viewer, run_id).group.id), viewer


def _ids(listed: list[str]) -> list[UUID]:
    if not isinstance(listed, list):
        raise NotFound()
    return [uuid(each) for each in listed[:MOST]]


def _sharing(item: ItemShare) -> Sharing:
    return Sharing(
        product=item.name,
        bought=quantity(item.bought, item.unit),
        left_over=quantity(item.left_over, item.unit) if item.left_over else "",
        people=tuple(
            Share(
                share.name,
                quantity(share.claims, item.unit),
                quantity(share.gets, item.unit),
                share.gets < share.claims,
            )
            for share in item.people
        ),
    )


def _theirs(view: RunView, product_id: str) -> list[TheirBid]:
    names = {person.user_id: person.name for person in view.people}
    line = next(line for line in view.products if line.product_id == product_id)
    return [
        TheirBid(
            bid.user_id,
            names.get(bid.user_id, "?"),
            bid.quantity or 0,
            text("run.interested")
            if bid.quantity is None and bid.wanted is None
            else quantity(bid.quantity or 0, line.unit),
            bid.note,
            text("run.changed_from", before=quantity(bid.edited_from, line.unit))
            if bid.edited_from is not None
            else "",
        )
        for bid in line.bids
    ]
