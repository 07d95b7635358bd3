"""A product: what it costs where and since when, adding a price one has seen, and what is known about it."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from functools import partial
from uuid import UUID

import reflex as rx

from bulq import i18n, live
from bulq.db import Session
from bulq.domain.actor import Actor
from bulq.domain.errors import BulqError, Invalid, NotFound
from bulq.domain.prices import ONE, Figures, Offer, Price, price_per, shown_price, typed_per
from bulq.domain.quantities import parse_money, parse_quantity
from bulq.i18n import money, price_figure, price_quantity, quantity, text, unit_name
from bulq.queries.catalogue import find_stores
from bulq.queries.merged import Kept, or_kept
from bulq.queries.prices import LINES, ProductView, SightingLine, StoreFigures, product_page
from bulq.queries.topics import product_topics
from bulq.services.catalogue import add_store
from bulq.services.prices import see_price, withdraw_price
from bulq.services.products import edit_product_details
from bulq.state.auth import act, look, route, session_token, tab, uuid
from bulq.state.catalogue_page import CataloguePage
from bulq.state.options import Option
from bulq.state.pricing import first_per, per_of
from bulq.state.product_tags import KNOWN_AS
from bulq.state.refusals import message, placed
from bulq.state.showing import put, read_for_one
from bulq.state.toasts import toast

FEW_POINTS = 40  # so many are drawn as dots as well


@dataclass(frozen=True)
class FigureRow:
    """Figures of one store, or of all of them; `line` is that of the chart, -1 without one."""

    id: str
    name: str
    current: str
    lowest: str
    average: str
    highest: str
    per: str
    seen_at: str
    line: int
    gone: bool


@dataclass(frozen=True)
class SightingRow:
    id: str
    day: str
    seen_at: str
    store: str
    store_href: str
    price: str
    per: str
    more: str
    seen_by: str
    mine: bool


class ProductState(CataloguePage, rx.State):
    _kind: str = "product"
    brand: str = ""
    unit: str = ""
    step: str = ""
    barcode: str = ""
    content: str = ""
    verified: bool = False
    may_edit: bool = False
    is_admin: bool = False

    currency: str = ""
    currencies: list[tuple[str, str]] = []
    decimals: int = 2
    overall: list[FigureRow] = []
    stores: list[FigureRow] = []
    more_stores: int = 0
    points: list[dict[str, float]] = []
    dots: bool = True
    line_names: list[str] = [""] * LINES
    sightings: list[SightingRow] = []
    count: int = 0
    pages: int = 1

    dialog: str = ""
    alert: str = ""
    errors: dict[str, str] = {}
    price: str = ""
    per: str = ""
    paid_in: str = ""
    paid_ins: list[tuple[str, str]] = []
    stores_found: list[Option] = []
    store_name: str = ""
    minimum: str = ""
    note: str = ""
    barcode_typed: str = ""
    content_typed: str = ""
    content_unit: str = ""
    asked_about: str = ""
    _store_id: str = ""
    _store: str = ""
    _asked_id: str = ""
    _mine: list[str] = []
    _unit: str = "piece"

    async def _load(self, *, editing: bool = False) -> None:
        """Show the product in the address, in the currency and on the page chosen, and keep that up to date."""
        try:
            product_id = str(route(self, "product_id"))
        except NotFound:
            return self._gone(None)
        view, viewer = await look(self, _product, product_id, self.currency, self.page)
        currency = view.currency if isinstance(view, ProductView) else ""
        topics, key = product_topics(product_id, viewer.id), f"{viewer.id}/{product_id}"
        live.watch(tab(self), "page", PRODUCT, f"{key}/{currency}/{self.page}", topics, session_token(self))
        live.watch(tab(self), "known_as", KNOWN_AS, key, topics, session_token(self))
        _show(self, view, viewer)
        if editing and isinstance(view, ProductView):
            typed = i18n.number(view.content) if view.content else ""
            put(self, barcode_typed=view.barcode, content_typed=typed, content_unit=str(view.content_unit or "kg"))

    @rx.event
    async def choose_currency(self, currency: str):
        self.currency, self.page = str(currency)[:3], 1
        await self._load()

    @rx.event
    async def close(self):
        self.dialog = ""

    @rx.event
    async def add(self):
        """Open the sheet for a price one sees right now."""
        self.price = self.minimum = self.note = self.store_name = self._store_id = self.alert = ""
        self.errors, self.per = {}, first_per(self._unit)
        names = dict(i18n.currencies())
        usual = [*self._mine, self.currency] if self._mine else [self.currency, *names]
        self.paid_ins = [(code, f"{code} · {names.get(code, code)}") for code in dict.fromkeys(usual)]
        self.paid_in = self.currency if self.currency in usual else usual[0]
        await _find(self, "")
        self.dialog = "price"

    @rx.event
    async def set_price(self, value: str):
        self.price = str(value)

    @rx.event
    async def set_per(self, value: str):
        self.per = str(value)

    @rx.event
    async def set_paid_in(self, value: str):
        self.paid_in = str(value)

    @rx.event
    async def set_minimum(self, value: str):
        self.minimum = str(value)

    @rx.event
    async def set_note(self, value: str):
        self.note = str(value)

    @rx.event
    async def find_store(self, typed: str):
        """What stands in the field counts only once it is chosen, or is the exact name of a store."""
        self.store_name, self._store_id = str(typed), ""
        await _find(self, self.store_name)

    @rx.event
    async def choose_store(self, chosen: str):
        found = next((option for option in self.stores_found if option.id == chosen), None)
        if found is not None:
            self._store_id, self._store, self.store_name = found.id, found.label, found.label
            self.errors = {**self.errors, "store": ""}

    @rx.event
    async def add_store(self, name: str):
        self.store_name = str(name)
        try:
            store = await act(self, add_store, self.store_name)
        except BulqError as error:
            self.errors = {**self.errors, "store": message(error)}
            return await _find(self, self.store_name)
        self._store_id, self._store, self.store_name = str(store.id), store.name, store.name
        self.errors = {**self.errors, "store": ""}

    @rx.event
    async def save_price(self):
        """A price that was said already adds nothing, which is no mistake."""
        self.errors, self.alert = {}, ""
        try:
            amount = parse_money(self.price, i18n.exponent(self.paid_in), field="price", allow_zero=True)
            price = Price(amount, per_of(self.per, self._unit))
            if not self._store_id:
                raise Invalid("store_missing", field="store")
            is_new = await act(
                self,
                see_price,
                route(self, "product_id"),
                uuid(self._store_id),
                price.amount,
                self.paid_in,
                per=price.per,
                note=self.note,
                minimum_quantity=_minimum(self.minimum, self._unit),
            )
        except BulqError as error:
            self.alert, self.errors = placed(error)
            return
        self.dialog, self.page, self.currency = "", 1, self.paid_in
        await self._load()
        where = {"price": price_figure(Offer(price), self._unit, self.paid_in), "store": self._store}
        return toast(text("product.price_added", **where) if is_new else text("product.price_known", **where))

    @rx.event
    async def withdraw(self, sighting_id: str):
        """One's own at once; about somebody else's an admin is asked first."""
        row = next((row for row in self.sightings if row.id == str(sighting_id)), None)
        if row is None:
            raise NotFound()
        if row.mine:
            return await self._withdraw(row.id)
        self._asked_id, self.asked_about, self.dialog = row.id, f"{row.price} · {row.store} · {row.day}", "withdraw"

    @rx.event
    async def withdraw_theirs(self):
        self.dialog = ""
        return await self._withdraw(self._asked_id)

    async def _withdraw(self, sighting_id: str):
        await act(self, withdraw_price, uuid(sighting_id))
        await self._load()
        return toast(text("product.withdrawn"))

    @rx.event
    async def edit(self):
        self.errors, self.alert, self.dialog = {}, "", "details"
        await self._load(editing=True)

    @rx.event
    async def set_barcode_typed(self, value: str):
        self.barcode_typed = str(value)

    @rx.event
    async def set_content_typed(self, value: str):
        self.content_typed = str(value)

    @rx.event
    async def set_content_unit(self, value: str):
        self.content_unit = str(value)

    @rx.event
    async def save_details(self):
        self.errors, self.alert = {}, ""
        try:
            await act(
                self,
                edit_product_details,
                route(self, "product_id"),
                barcode=self.barcode_typed,
                content=content_of(self.content_typed, self.content_unit),
                content_unit=self.content_unit,
            )
        except BulqError as error:
            self.alert, self.errors = placed(error)
            return
        self.dialog = ""
        await self._load()
        return toast(text("product.saved"))


def _minimum(typed: str, unit: str) -> int | None:
    return parse_quantity(typed, 1, unit=unit, field="minimum") if typed.strip() else None


def content_of(typed: str, unit: str) -> int | None:
    """What is in one unit, in thousandths; None when nothing is typed."""
    if not typed.strip():
        return None
    try:
        return parse_quantity(typed, 1, unit=unit, field="content")
    except Invalid as error:
        if error.key == "quantity_thousands":
            raise
        raise Invalid("content", field="content") from None


async def _find(state: ProductState, typed: str) -> None:
    found = await look(state, find_stores, typed)
    state.stores_found = [Option(str(store.id), store.name) for store in found]
    exact = next((store for store in found if store.exact), None)
    if exact is not None:
        state._store_id, state._store = str(exact.id), exact.name


def _product(
    session: Session, viewer: Actor, product_id: str, currency: str, page: int
) -> tuple[ProductView | Kept | None, Actor]:
    key = UUID(product_id)
    view = partial(product_page, session, viewer, key, currency=currency, page=page)
    return or_kept(session, viewer, "product", key, view), viewer


def _read(session: Session, key: str, actors: Collection[Actor]) -> ProductView | Kept | None:
    """As the one viewer sees it: which prices are shown first depends on their groups."""
    user_id, product_id, currency, page = key.split("/")
    return read_for_one(actors, user_id, lambda actor: _product(session, actor, product_id, currency, int(page))[0])


def _show(state: ProductState, view: ProductView | Kept | None, viewer: Actor | None) -> None:
    if viewer is None or not isinstance(view, ProductView):
        return state._gone(view if isinstance(view, Kept) else None)
    names = dict(i18n.currencies())
    state._mine, state._unit = list(view.mine), str(view.unit)
    put(
        state,
        name=view.name,
        brand=view.brand,
        unit=unit_name(view.unit),
        step=quantity(view.step, view.unit),
        barcode=view.barcode,
        content=quantity(view.content, view.content_unit) if view.content and view.content_unit else "",
        verified=view.verified,
        may_edit=view.may_edit,
        is_admin=viewer.is_admin,
        currency=view.currency,
        currencies=[(code, f"{code} · {names.get(code, code)}") for code in view.currencies],
        decimals=i18n.exponent(view.currency),
        overall=[_overall_row(view)] if view.overall else [],
        stores=_store_rows(view),
        more_stores=view.more_stores,
        points=_points(view),
        dots=len(view.points) <= FEW_POINTS,
        line_names=[*(store.store for store in view.stores[:LINES]), *[""] * LINES][:LINES],
        sightings=[_sighting_row(line, view, viewer) for line in view.sightings],
        count=view.overall.count if view.overall else 0,
        page=view.page,
        pages=view.pages,
        missing=False,
        ready=True,
    )


PRODUCT = live.Screen("product", ProductState, _read, _show)


def _per(price: Price, view: ProductView) -> str:
    """ "€1.60 / kg"; nothing where that is how the price is written anyway."""
    per = price_per(price, view.unit, view.content, view.content_unit)
    if per is None or price_quantity(shown_price(price, view.unit)[0].per, view.unit) == unit_name(per.unit):
        return ""
    return text("product.per", price=money(per.price, view.currency), unit=unit_name(per.unit))


def _figure_row(key: str, name: str, store: StoreFigures, figures: Figures, line: int, view: ProductView) -> FigureRow:
    """The figures with the offers of a store; the first of these is the current price."""
    average = figures.average(typed_per(figures.current, view.unit))
    lowest, mean, highest = (
        price_figure(Offer(price), view.unit, view.currency) for price in (figures.lowest, average, figures.highest)
    )
    current, *others = (price_figure(offer, view.unit, view.currency) for offer in store.offers)
    more = " · ".join([*others, *([per] if (per := _per(figures.current, view)) else [])])
    gone = store.gone and bool(name)  # not of all stores together
    return FigureRow(key, name, current, lowest, mean, highest, more, store.seen_at.isoformat(), line, gone)


def _overall_row(view: ProductView) -> FigureRow:
    assert view.overall is not None
    return _figure_row("overall", "", view.stores[0], view.overall, -1, view)


def _store_rows(view: ProductView) -> list[FigureRow]:
    return [
        _figure_row(str(each.store_id), each.store, each, each.figures, n if n < LINES else -1, view)
        for n, each in enumerate(view.stores)
    ]


def _points(view: ProductView) -> list[dict[str, float]]:
    """A row per day, with "s0" … for each store that is drawn; days as the browser counts them."""
    line_of = {store.store_id: f"s{n}" for n, store in enumerate(view.stores[:LINES])}
    whole = 10 ** i18n.exponent(view.currency)
    per = typed_per(view.overall.current, view.unit) if view.overall else ONE
    rows: dict[date, dict[str, float]] = {}
    for point in view.points:
        row = rows.setdefault(point.day, {"at": (point.day - date(1970, 1, 1)).days * 86_400_000})
        row[line_of[point.store_id]] = float(point.price.ratio * per) / whole
    return list(rows.values())


def _sighting_row(line: SightingLine, view: ProductView, viewer: Actor) -> SightingRow:
    more: list[str] = []
    if line.minimum_quantity:
        more.append(text("product.from_quantity", quantity=quantity(line.minimum_quantity, view.unit)))
    if line.note:
        more.append(line.note)
    return SightingRow(
        str(line.id),
        i18n.full_day(line.day),
        line.seen_at.isoformat(),
        line.store,
        f"/stores/{line.store_id}",
        price_figure(Offer(line.price), view.unit, view.currency),
        _per(line.price, view),
        " · ".join(more),
        line.seen_by_name,
        line.seen_by == viewer.id,
    )
