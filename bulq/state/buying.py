"""The sheet at the shelf: a line of the receipt is typed in or mended, or the goods are not there."""

import json
from uuid import UUID

import reflex as rx

from bulq.domain.errors import BulqError, NotFound
from bulq.domain.prices import Offer, Price
from bulq.domain.quantities import parse_money, parse_quantity, scale_step
from bulq.i18n import exponent, money, price_figure, quantity, text
from bulq.queries.shopping import shopping as shopping_view
from bulq.services import catalogue, mistakes, shopping
from bulq.services.shopping import SeenPurchase
from bulq.state.auth import AbovePage, act, look, route, uuid
from bulq.state.refusals import message
from bulq.state.shopping import ShoppingState, answer, refresh
from bulq.state.shopping_sheet import Form, Seen, Sheet, sheet_for_line, sheet_for_more, sheet_to_put_back
from bulq.state.toasts import toast

FIELDS = ("quantity", "price", "total")
OVERTAKEN = ("bought_meanwhile", "purchase_changed")
LONGEST_UNDO = 400


class BuyingState(AbovePage, rx.State):
    """`sheet` counts the sheets that were opened: what an earlier one sends is not meant for this one.

    `question` counts what this sheet asked because somebody was quicker; 0 is the sheet as it opened. What is sent
    names the question it answers, so that nobody agrees to what they haven't seen, such as by a second tap.
    """

    sheet: int = 0
    question: int = 0
    item_id: str = ""
    editing: bool = False
    mending: bool = False
    title: str = ""
    form: Form = Form()
    seen: str = ""  # how much of it was bought when the sheet opened, or asked
    prices: list[Seen] = []
    errors: dict[str, str] = {}
    alert: str = ""
    answered: int = 0

    _sheet: Sheet | None = None
    _shown: list[int | SeenPurchase] = []  # by question: the amount bought of the item, or the line to change

    @rx.event
    async def buy(self, item_id: str):
        """Open the sheet with what is still wanted, at the newest price known, paid by whoever taps."""
        view = await look(self, shopping_view, route(self, "run_id"))
        _open(self, sheet_for_more(view, str(item_id)))

    @rx.event
    async def edit(self, purchase_id: str):
        view = await look(self, shopping_view, route(self, "run_id"))
        _open(self, sheet_for_line(view, str(purchase_id)))

    @rx.event
    async def close(self):
        _close(self)

    @rx.event
    async def record(self, sheet: int, question: int, amount: str, price: str, total: str, payer: str):
        """Bought, or mended: the total is the truth, a price beside it has to agree."""
        if (open_sheet := _open_sheet(self, sheet)) is None:
            return None  # the second of two quick taps, or a late one
        mending = open_sheet.mending
        try:
            seen = _shown_by(self, question)
            line = _typed(open_sheet, amount, price, total)
            await _record(self, open_sheet, line, seen, uuid(payer) if payer else None)
        except BulqError as error:
            return await _refuse(self, error)
        await _done(self)
        return toast(text("shopping.corrected")) if mending else None

    @rx.event
    async def redo(self, what: str):
        """Put back a line that was undone, at the end of the receipt. If somebody bought since, the sheet asks."""
        item_id, line, bought = _undone(what)
        run_id = route(self, "run_id")
        details = {"payer_id": line.payer_id, "seen": bought}
        try:
            await act(self, shopping.buy, run_id, uuid(item_id), line.quantity, line.total, **details)
        except BulqError as error:
            if error.key != "bought_meanwhile":
                raise
            view = await look(self, shopping_view, run_id)
            _open(self, sheet_to_put_back(view, item_id, line, bought))
            _ask(self, error)
        finally:
            await answer(await self.get_state(ShoppingState), run_id)

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
            per = open_sheet.form.per
            await act(self, catalogue.note_price, run_id, uuid(open_sheet.product_id), seen, per=per)
        except BulqError as error:
            return await _refuse(self, error)
        await _done(self)
        return toast(
            text(
                "shopping.price_noted",
                product=open_sheet.name,
                price=price_figure(Offer(Price(seen, per)), open_sheet.unit, open_sheet.currency),
            )
        )


def _open(state: BuyingState, sheet: Sheet) -> None:
    state._sheet = sheet
    state.sheet += 1
    state.question, state._shown = 0, [sheet.line or sheet.bought]
    state.item_id, state.editing, state.mending = sheet.item_id, sheet.line is not None, sheet.mending
    state.title, state.form = sheet.title, sheet.form
    state.seen, state.prices = sheet.bought_text, sheet.prices
    state.errors, state.alert = {}, ""


def _open_sheet(state: BuyingState, sheet: int) -> Sheet | None:
    return state._sheet if sheet == state.sheet else None


def _shown_by(state: BuyingState, question: int) -> int | SeenPurchase:
    """What the person saw who answers this question."""
    if type(question) is not int or not 0 <= question < len(state._shown):
        raise NotFound()
    return state._shown[question]


def _close(state: BuyingState) -> None:
    state._sheet = None
    state.item_id = state.alert = ""
    state.errors = {}


def _typed(sheet: Sheet, amount: str, price: str, total: str) -> tuple[int, int | None, int]:
    """Quantity, price and total as they were typed; without a price the total stands alone."""
    places = exponent(sheet.currency)
    quantity = parse_quantity(str(amount), scale_step(sheet.unit, sheet.step), unit=sheet.unit)
    each = parse_money(str(price), places, field="price", allow_zero=True) if str(price).strip() else None
    return quantity, each, parse_money(str(total), places, field="total", allow_zero=True)


async def _record(
    state: BuyingState,
    sheet: Sheet,
    line: tuple[int, int | None, int],
    seen: int | SeenPurchase,
    payer: UUID | None,
) -> None:
    amount, price, total = line
    run_id, details = route(state, "run_id"), {"price": price, "per": sheet.form.per, "seen": seen}
    if sheet.line is None:
        await act(state, shopping.buy, run_id, uuid(sheet.item_id), amount, total, payer_id=payer, **details)
        return
    change = mistakes.correct_purchase if sheet.mending else shopping.edit_purchase
    payer = payer or sheet.line.payer_id
    await act(state, change, run_id, uuid(sheet.purchase_id), amount, total, payer_id=payer, **details)


def _undone(what: str) -> tuple[str, SeenPurchase, int]:
    """The item, the line that was taken off, and how much was bought without it."""
    try:
        item_id, amount, total, payer, bought = json.loads(str(what)[:LONGEST_UNDO])
    except (ValueError, TypeError):
        raise NotFound() from None
    if any(type(number) is not int for number in (amount, total, bought)):
        raise NotFound()
    return str(uuid(item_id)), SeenPurchase(amount, total, uuid(payer)), bought


async def _done(state: BuyingState) -> None:
    _close(state)
    state.answered += 1
    await answer(await state.get_state(ShoppingState), route(state, "run_id"))


async def _refuse(state: BuyingState, error: BulqError):
    """Say it at the field; what concerns none stands above the fields while there is still something to buy."""
    state.answered += 1
    if error.key == "total_differs" and state._sheet:
        error.values |= {name: money(int(value), state._sheet.currency) for name, value in error.values.items()}
    state.errors = {error.field: message(error)} if error.field in FIELDS else {}
    state.alert = "" if state.errors else message(error)
    if state.errors:
        return None
    page = await state.get_state(ShoppingState)
    await refresh(page, route(state, "run_id"))
    goes_on = page.may_mend if state.mending else page.may_buy
    if goes_on and not isinstance(error, NotFound):
        if error.key in OVERTAKEN:
            _ask(state, error)
        return None
    _close(state)
    return toast(message(error), "error")


def _ask(state: BuyingState, error: BulqError) -> None:
    """Ask anew, with what the person saw and how things stand now; only an answer to this question counts."""
    values, sheet = error.values, state._sheet
    if sheet is None:
        return
    if error.key == "purchase_changed":
        now = SeenPurchase(int(values["current_quantity"]), int(values["current"]), uuid(str(values["payer_id"])))
        state._shown = [*state._shown, now]
    else:
        state._shown = [*state._shown, int(values["current"])]
        state.seen = quantity(int(values["current"]), sheet.unit) if values["current"] else ""
    state.question = len(state._shown) - 1
    state.alert = message(error)
