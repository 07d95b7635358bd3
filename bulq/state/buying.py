"""The sheet at the shelf: a line of the receipt is typed in or mended, or the goods are not there."""

from uuid import UUID

import reflex as rx

from bulq import live
from bulq.domain.errors import BulqError, NotFound
from bulq.domain.quantities import parse_money, parse_quantity
from bulq.i18n import exponent, money, text
from bulq.queries.shopping import shopping as shopping_view
from bulq.services import catalogue, shopping
from bulq.state.auth import act, look, route, uuid
from bulq.state.refusals import message
from bulq.state.shopping import ShoppingState, refresh
from bulq.state.shopping_sheet import Form, Seen, Sheet, sheet_for_line, sheet_for_more
from bulq.state.toasts import toast

FIELDS = ("quantity", "price", "total")


class BuyingState(rx.State):
    """`sheet` counts the sheets that were opened: what an earlier one sends is not meant for this one."""

    sheet: int = 0
    item_id: str = ""
    editing: bool = False
    title: str = ""
    unit: str = "piece"
    form: Form = Form()
    seen: str = ""  # how much of it was bought when the sheet opened
    prices: list[Seen] = []
    errors: dict[str, str] = {}
    alert: str = ""
    answered: int = 0

    _sheet: Sheet | None = None
    _payer: str = ""

    @rx.event
    async def buy(self, item_id: str):
        """Open the sheet with what is still wanted, at the newest price known, paid by whoever paid last."""
        view = await look(self, shopping_view, route(self, "run_id"))
        _open(self, sheet_for_more(view, str(item_id), self._payer))

    @rx.event
    async def edit(self, purchase_id: str):
        view = await look(self, shopping_view, route(self, "run_id"))
        _open(self, sheet_for_line(view, str(purchase_id)))

    @rx.event
    async def close(self):
        _close(self)

    @rx.event
    async def record(self, sheet: int, amount: str, price: str, total: str, payer: str):
        """Bought, or mended: the total is the truth, a price beside it has to agree."""
        if (open_sheet := _open_sheet(self, sheet)) is None:
            return None  # the second of two quick taps, or a late one
        try:
            line = _typed(open_sheet, amount, price, total)
            await _record(self, open_sheet, line, uuid(payer) if payer else None)
        except BulqError as error:
            return await _refuse(self, error)
        if not open_sheet.purchase_id:
            self._payer = str(payer)
        return await _done(self)

    @rx.event
    async def not_there(self, sheet: int):
        if (open_sheet := _open_sheet(self, sheet)) is None:
            return None
        try:
            await act(self, shopping.set_missing, route(self, "run_id"), uuid(open_sheet.item_id), True)
        except BulqError as error:
            return await _refuse(self, error)
        return await _done(self)

    @rx.event
    async def note_price(self, sheet: int, price: str):
        """Remember what it costs here without buying it."""
        if (open_sheet := _open_sheet(self, sheet)) is None:
            return None
        run_id = route(self, "run_id")
        try:
            seen = parse_money(str(price), exponent(open_sheet.currency), field="price", allow_zero=True)
            await act(self, catalogue.note_price, run_id, uuid(open_sheet.product_id), seen)
        except BulqError as error:
            return await _refuse(self, error)
        await _done(self)
        return toast(text("shopping.price_noted", product=open_sheet.name, price=money(seen, open_sheet.currency)))


def _open(state: BuyingState, sheet: Sheet) -> None:
    state._sheet = sheet
    state.sheet += 1
    state.item_id, state.editing = sheet.item_id, bool(sheet.purchase_id)
    state.title, state.unit, state.form = sheet.title, str(sheet.unit), sheet.form
    state.seen, state.prices = sheet.bought_text, sheet.prices
    state.errors, state.alert = {}, ""


def _open_sheet(state: BuyingState, sheet: int) -> Sheet | None:
    return state._sheet if sheet == state.sheet else None


def _close(state: BuyingState) -> None:
    state._sheet = None
    state.item_id = state.alert = ""
    state.errors = {}


def _typed(sheet: Sheet, amount: str, price: str, total: str) -> tuple[int, int | None, int]:
    """Quantity, price and total as they were typed; without a price the total stands alone."""
    places = exponent(sheet.currency)
    quantity = parse_quantity(str(amount), sheet.step)
    each = parse_money(str(price), places, field="price", allow_zero=True) if str(price).strip() else None
    return quantity, each, parse_money(str(total), places, field="total", allow_zero=True)


async def _record(state: BuyingState, sheet: Sheet, line: tuple[int, int | None, int], payer: UUID | None) -> None:
    quantity, price, total = line
    run_id, details = route(state, "run_id"), {"price": price, "payer_id": payer}
    if sheet.purchase_id:
        await act(state, shopping.edit_purchase, run_id, uuid(sheet.purchase_id), quantity, total, **details)
    else:
        await act(state, shopping.buy, run_id, uuid(sheet.item_id), quantity, total, seen=sheet.bought, **details)


async def _done(state: BuyingState) -> None:
    run_id = route(state, "run_id")
    _close(state)
    live.announce(f"run:{run_id}")
    state.answered += 1
    await refresh(await state.get_state(ShoppingState), run_id)


async def _refuse(state: BuyingState, error: BulqError):
    """Say it at the field; what concerns none stands above the fields while there is still something to buy."""
    state.answered += 1
    if error.key == "total_differs" and state._sheet:
        error.values |= {name: money(int(value), state._sheet.currency) for name, value in error.values.items()}
    state.errors = {error.field: message(error)} if error.field in FIELDS else {}
    state.alert = "" if state.errors else message(error)
    if state.errors:
        return None
    run_id = route(state, "run_id")
    page = await state.get_state(ShoppingState)
    await refresh(page, run_id)
    if page.may_buy and not isinstance(error, NotFound):
        if error.key == "bought_meanwhile":
            await _look_again(state, run_id)
        return None
    _close(state)
    return toast(message(error), "error")


async def _look_again(state: BuyingState, run_id: UUID) -> None:
    """Now that they are told, the next tap means it."""
    if state._sheet is not None:
        view = await look(state, shopping_view, run_id)
        now = sheet_for_more(view, state._sheet.item_id, state._payer)
        state._sheet, state.seen = now, now.bought_text
        if now.bought_text:
            state.alert = text("shopping.buy_anyway", amount=now.bought_text)
