"""A store: what was seen there, my open runs to it, when it is open; admins say where and when."""

from collections.abc import Collection
from dataclasses import dataclass
from functools import partial
from uuid import UUID

import reflex as rx

from bulq import i18n, live
from bulq.db import Session
from bulq.domain.actor import Actor
from bulq.domain.errors import BulqError, NotFound
from bulq.domain.opening_hours import DAYS, parse_hours, spans_text, weekday_in
from bulq.domain.prices import Offer
from bulq.i18n import text
from bulq.queries.merged import Kept, or_kept
from bulq.queries.own_lists import groups_of
from bulq.queries.stores import ProductThere, RunThere, StoreView, store_page
from bulq.queries.topics import store_topics
from bulq.services.stores import edit_store_details
from bulq.state.auth import act, look, now, route, session_token, tab
from bulq.state.catalogue_page import CataloguePage
from bulq.state.home import RunRow, run_row
from bulq.state.refusals import placed
from bulq.state.showing import put, read_for_one
from bulq.state.toasts import toast

LONGEST_TYPED = 100


@dataclass(frozen=True)
class SoldRow:
    id: str
    href: str
    name: str
    brand: str
    prices: list[str]
    seen_at: str


@dataclass(frozen=True)
class StoreRunRow:
    run: RunRow
    group: str


@dataclass(frozen=True)
class DayRow:
    name: str
    hours: str
    is_today: bool


class StoreState(CataloguePage, rx.State):
    _kind: str = "store"
    chain: str = ""
    address: str = ""
    verified: bool = False
    is_admin: bool = False
    list_href: str = ""
    today: str = ""
    week: list[DayRow] = []
    products: list[SoldRow] = []
    count: int = 0
    pages: int = 1
    typed: str = ""
    runs: list[StoreRunRow] = []

    editing: bool = False
    alert: str = ""
    errors: dict[str, str] = {}
    chain_typed: str = ""
    address_typed: str = ""
    zone: str = ""
    hours_typed: dict[str, str] = {}

    async def _load(self, *, editing: bool = False) -> None:
        """Show the store in the address with the goods that were searched for, and keep it up to date from now on."""
        try:
            store_id = str(route(self, "store_id"))
        except NotFound:
            return self._gone(None)
        (view, mine), viewer = await look(self, _store_and_groups, store_id, self.typed, self.page)
        key = f"{viewer.id}/{store_id}/{self.page}/{self.typed}"
        topics = store_topics(store_id, viewer.id, mine)
        live.watch(tab(self), "page", STORE, key, topics, session_token(self))
        _show(self, view, viewer)
        if editing and viewer.is_admin and isinstance(view, StoreView):
            hours = {
                day: spans_text(spans, closed=_closed()) for day, spans in zip(DAYS, view.hours or [], strict=False)
            }
            put(self, chain_typed=view.chain, address_typed=view.address, zone=view.time_zone, hours_typed=hours)
            self.editing = True

    @rx.event
    async def find(self, typed: str):
        self.typed, self.page = str(typed)[:LONGEST_TYPED], 1
        await self._load()

    @rx.event
    async def edit(self):
        self.errors, self.alert = {}, ""
        await self._load(editing=True)

    @rx.event
    async def close(self):
        self.editing = False

    @rx.event
    async def set_chain(self, value: str):
        self.chain_typed = str(value)

    @rx.event
    async def set_address(self, value: str):
        self.address_typed = str(value)

    @rx.event
    async def set_zone(self, value: str):
        self.zone = str(value)

    @rx.event
    async def set_hours(self, day: str, value: str):
        if day in DAYS:
            self.hours_typed = {**self.hours_typed, str(day): str(value)}

    @rx.event
    async def save(self):
        self.errors, self.alert = {}, ""
        try:
            typed = [self.hours_typed.get(day, "") for day in DAYS]
            await act(
                self,
                edit_store_details,
                route(self, "store_id"),
                chain=self.chain_typed,
                address=self.address_typed,
                hours=parse_hours(typed, closed=text("store.closed")),
                time_zone=self.zone,
            )
        except BulqError as error:
            self.alert, self.errors = placed(error)
            return
        self.editing = False
        await self._load()
        return toast(text("store.saved"))


def _store_and_groups(
    session: Session, viewer: Actor, store_id: str, typed: str, page: int
) -> tuple[tuple[StoreView | Kept | None, frozenset[UUID]], Actor]:
    return (_store(session, viewer, store_id, typed, page), frozenset(groups_of(session, viewer))), viewer


def _store(session: Session, viewer: Actor, store_id: str, typed: str, page: int) -> StoreView | Kept | None:
    key = UUID(store_id)
    view = partial(store_page, session, viewer, key, typed=typed, page=page)
    return or_kept(session, viewer, "store", key, view)


def _read(session: Session, key: str, actors: Collection[Actor]) -> StoreView | Kept | None:
    """As the one viewer sees it: runs and currencies are those of their groups."""
    user_id, store_id, page, typed = key.split("/", 3)
    return read_for_one(actors, user_id, lambda actor: _store(session, actor, store_id, typed, int(page)))


def _show(state: StoreState, view: StoreView | Kept | None, viewer: Actor | None) -> None:
    if viewer is None or not isinstance(view, StoreView):
        return state._gone(view if isinstance(view, Kept) else None)
    week = _week(view)
    put(
        state,
        name=view.name,
        list_href=f"/stores/{view.id}/list",
        chain=view.chain,
        address=view.address,
        verified=view.verified,
        is_admin=viewer.is_admin,
        today=next((day.hours for day in week if day.is_today), ""),
        week=week,
        products=[_sold_row(product) for product in view.products],
        count=view.count,
        page=view.page,
        pages=view.pages,
        runs=[_run_row(each) for each in view.runs],
        missing=False,
        ready=True,
    )


STORE = live.Screen("store", StoreState, _read, _show)


def _closed() -> str:
    return text("store.closed")


def _week(view: StoreView) -> list[DayRow]:
    if view.hours is None:
        return []
    today = weekday_in(now(), view.time_zone)
    return [
        DayRow(text(f"store.{day}"), spans_text(spans, closed=_closed()), n == today)
        for n, (day, spans) in enumerate(zip(DAYS, view.hours, strict=False))
    ]


def _sold_row(product: ProductThere) -> SoldRow:
    prices = [
        i18n.price(Offer(each.price, each.minimum), product.unit, each.currency, symbol=True) for each in product.prices
    ]
    seen_at = product.prices[0].seen_at.isoformat() if product.prices else ""
    return SoldRow(str(product.id), f"/products/{product.id}", product.name, product.brand, prices, seen_at)


def _run_row(each: RunThere) -> StoreRunRow:
    return StoreRunRow(run_row(each.run), each.group)


ZONES = [("", "–"), *((zone, zone.replace("_", " ")) for zone in i18n.time_zones())]
