"""Home: what needs me now, and my groups."""

from collections.abc import Collection
from dataclasses import dataclass
from uuid import UUID

import reflex as rx
from babel.core import get_global
from babel.numbers import get_territory_currencies

from bulq import i18n, live
from bulq.db import Session
from bulq.domain.actor import Actor
from bulq.domain.errors import BulqError
from bulq.queries.groups import GroupCard, HomeView, Need, RunLine, home
from bulq.queries.topics import own_topics
from bulq.services.groups import create_group
from bulq.state.auth import act, arrived, look, session_token, tab
from bulq.state.refusals import message

USUAL_ZONE, USUAL_CURRENCY = "Europe/Belgrade", "EUR"
FIELDS = ("name", "currency", "time_zone")


@dataclass(frozen=True)
class RunRow:
    """A run in a list; times are ISO 8601, empty where there is none."""

    id: str
    href: str
    store: str
    day: str
    phase: str
    leader: str
    closes: str
    ended: str


@dataclass(frozen=True)
class NeedRow:
    kind: str
    href: str
    group: str
    run: RunRow


@dataclass(frozen=True)
class GroupRow:
    id: str
    href: str
    name: str
    members: int
    runs: list[RunRow]
    more: int
    done: int


def run_row(line: RunLine) -> RunRow:
    return RunRow(
        str(line.id),
        f"/runs/{line.id}",
        line.store,
        i18n.day(line.shopping_day) if line.shopping_day else "",
        str(line.phase),
        line.leader,
        line.bids_close_at.isoformat() if line.bids_close_at else "",
        line.ended_at.isoformat() if line.ended_at else "",
    )


def _need_row(need: Need) -> NeedRow:
    row = run_row(need.run)
    return NeedRow(need.kind, f"{row.href}/shopping" if need.kind == "shop" else row.href, need.group, row)


def _group_row(card: GroupCard) -> GroupRow:
    rows = [run_row(line) for line in card.runs]
    more = card.open_runs - len(rows)
    return GroupRow(str(card.id), f"/groups/{card.id}", card.name, card.members, rows, more, card.done_runs)


def zone_of(browsers: str) -> str:
    """The browser's time zone if it is one we offer."""
    return browsers if browsers in i18n.time_zones() else USUAL_ZONE


def currency_of(time_zone: str) -> str:
    """What is paid with where that time zone is; the language of a browser tells less about the country."""
    territory = get_global("zone_territories").get(time_zone, "")
    try:
        usual = get_territory_currencies(territory)
    except KeyError:
        usual = []
    known = dict(i18n.currencies())
    return next((code for code in usual if code in known), USUAL_CURRENCY)


class HomeState(rx.State):
    ready: bool = False
    needs: list[NeedRow] = []
    groups: list[GroupRow] = []

    asking: bool = False
    name: str = ""
    currency: str = USUAL_CURRENCY
    time_zone: str = USUAL_ZONE
    name_error: str = ""
    currency_error: str = ""
    time_zone_error: str = ""
    alert: str = ""

    @rx.event
    async def open(self):
        view, viewer = await look(self, _home)
        if await arrived(self):
            self.asking = False
        _show(self, view, viewer)
        self.ready = True

    @rx.event
    async def ask(self, browsers_zone: str):
        """Open the dialog with what is usual where this browser is."""
        self.name, self.time_zone = "", zone_of(str(browsers_zone))
        self.currency = currency_of(self.time_zone)
        self._refuse(None)
        self.asking = True

    @rx.event
    async def close(self):
        self.asking = False

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
    async def create(self):
        try:
            group = await act(self, create_group, self.name, self.currency, self.time_zone)
        except BulqError as error:
            return self._refuse(error)
        self.asking = False
        return rx.redirect(f"/groups/{group.id}")

    def _refuse(self, error: BulqError | None) -> None:
        """Show the refusal at its field, or above the fields; None clears all."""
        self.name_error = self.currency_error = self.time_zone_error = self.alert = ""
        if error is not None:
            setattr(self, f"{error.field}_error" if error.field in FIELDS else "alert", message(error))


def _home(session: Session, viewer: Actor) -> tuple[HomeView, Actor]:
    return home(session, viewer), viewer


def _read(session: Session, user_id: str, actors: Collection[Actor]) -> HomeView | None:
    return next((home(session, actor) for actor in actors if actor.id == UUID(user_id)), None)


def _show(state: HomeState, view: HomeView | None, actor: Actor | None) -> None:
    if view is None or actor is None:
        return state.reset()
    needs, groups = [_need_row(need) for need in view.needs], [_group_row(card) for card in view.groups]
    if needs != state.needs:
        state.needs = needs
    if groups != state.groups:
        state.groups = groups
    # Watched anew each time: a group may have come or gone.
    topics = own_topics(actor.id, [card.id for card in view.groups])
    live.watch(tab(state), "page", HOME, str(actor.id), topics, session_token(state))


HOME = live.Screen("home", HomeState, _read, _show)
