"""From what is known about a run to what its page shows: texts instead of numbers, once for everybody who looks."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache

from bulq import i18n
from bulq.config import settings
from bulq.domain.adjusting import adjust_range
from bulq.domain.phases import BIDDING, FINAL, Phase, Unit
from bulq.i18n import day, moment, number, text
from bulq.queries.runs import BidLine, PersonLine, ProductLine, RunView

PILLS = 6  # bidders a row names; the others are counted
PEOPLE = 100
FEW = 16  # rows sent again with every change before all are sent at once

# Every change of a run writes the same few things thousands of times. Kept, they need no Babel, which thinks each
# amount over anew; and the same object needs no comparing with what was sent before.
money = lru_cache(maxsize=8192)(i18n.money)
quantity = lru_cache(maxsize=8192)(i18n.quantity)
unit_name = lru_cache(i18n.unit_name)


@dataclass(frozen=True)
class Row:
    """What of a product stays the same while one looks."""

    id: str
    name: str
    brand: str
    unit: str
    step: int
    price: str


@dataclass(frozen=True)
class Pill:
    name: str
    amount: str


@dataclass(frozen=True)
class Totals:
    """What of a product changes with everybody's bids. `tone` and `status` are empty until shopping."""

    wanted: str
    cost: str
    pills: tuple[Pill, ...]
    more: int
    status: str = ""
    tone: str = "plain"
    adjustable: bool = False


@dataclass(frozen=True)
class Mine:
    """My own bid on a product: thousandths, and the range it may be changed to while adjusting."""

    quantity: int = 0
    text: str = ""
    interested: bool = False
    note: str = ""
    low: int = 0
    high: int = 0
    changed: str = ""
    allowed: str = ""


NO_BID = Mine()


@dataclass(frozen=True)
class Person:
    id: str
    name: str
    username: str
    leads: bool
    helps: bool
    ready: bool
    left: bool
    bids: int
    spent: str


@dataclass(frozen=True)
class Part:
    """A line of "your part"."""

    product: str
    amount: str
    cost: str


@dataclass(frozen=True)
class Step:
    phase: str
    who: str
    at: str


@dataclass(frozen=True)
class Screen:
    """A run's page without anything personal, ready to be shown to each viewer."""

    view: RunView
    rows: list[Row]
    totals: dict[str, Totals]
    people: list[Person]
    parts: dict[str, str]  # by person
    names: dict[str, str]
    bids: Mapping[str, Mapping[str, BidLine]]  # by person and product
    history: list[Step] = field(default_factory=list)


def screen(view: RunView) -> Screen:
    names = {person.user_id: person.name for person in view.people}
    return Screen(
        view=view,
        rows=[
            _row(line.product_id, line.name, line.brand, line.unit, line.step, line.price, view.currency)
            for line in view.products
        ],
        totals={line.product_id: _totals(line, view, names) for line in view.products},
        people=[_person(person, view.currency) for person in view.people[:PEOPLE]],
        parts={person.user_id: money(person.part, view.currency) for person in view.people[:PEOPLE]},
        names=names,
        bids=_by_person(view),
        history=[_step(step.phase, step.who, step.entered_at, view.time_zone) for step in view.history],
    )


def _by_person(view: RunView) -> dict[str, dict[str, BidLine]]:
    bids: dict[str, dict[str, BidLine]] = defaultdict(dict)
    for line in view.products:
        for bid in line.bids:
            bids[bid.user_id][line.product_id] = bid
    return bids


def page_of(rows: list[Row], page: int) -> tuple[list[Row], int, int]:
    """The rows of a page, the page's number within bounds, and how many pages there are."""
    pages = max(1, -(-len(rows) // settings.page_size))
    page = min(max(1, page), pages)
    return rows[(page - 1) * settings.page_size : page * settings.page_size], page, pages


@lru_cache(maxsize=8192)
def _row(product_id: str, name: str, brand: str, unit: Unit, step: int, price: int | None, currency: str) -> Row:
    per = ""
    if price is not None:
        per = text("run.price_per", price=money(price, currency, symbol=False), unit=unit_name(unit))
    return Row(product_id, name, brand, str(unit), step, per)


def _totals(line: ProductLine, view: RunView, names: dict[str, str]) -> Totals:
    amounts = _amounts(line)
    pills = tuple(Pill(names.get(user_id, "?"), amount) for user_id, amount in amounts[:PILLS])
    status, tone = _status(line, view.phase)
    return Totals(
        wanted=quantity(line.wanted, line.unit) if line.wanted else text("run.no_bids"),
        cost=_cost(line, view.currency),
        pills=pills,
        more=len(amounts) - len(pills),
        status=status,
        tone=tone,
        adjustable=view.phase is Phase.ADJUSTING and bool(line.bought) and line.bought != line.wanted,
    )


def since(sent: dict[str, Totals], now: dict[str, Totals]) -> tuple[dict[str, Totals], dict[str, Totals]]:
    """What stays as it was sent, and the rows that differ from it; when these are many, everything anew."""
    if sent.keys() != now.keys():
        return now, {}
    changed = {row_id: total for row_id, total in now.items() if sent[row_id] != total}
    return (sent, changed) if len(changed) <= FEW else (now, {})


def _amount(bid: BidLine, line: ProductLine) -> str:
    return (
        text("run.interested")
        if bid.quantity is None and bid.wanted is None
        else quantity(bid.quantity or 0, line.unit)
    )


def _amounts(line: ProductLine) -> list[tuple[str, str]]:
    """Who gets or wants how much, in words: most first, since a row names only some."""
    if line.got is not None:
        got = sorted(line.got.items(), key=lambda share: -share[1])
        return [(user_id, quantity(amount, line.unit)) for user_id, amount in got]
    return [(bid.user_id, _amount(bid, line)) for bid in sorted(line.bids, key=lambda bid: -(bid.quantity or 0))]


def _cost(line: ProductLine, currency: str) -> str:
    if line.bought:
        return money(line.paid, currency, symbol=False)
    if line.price is None or not line.wanted or line.missing:
        return ""
    return money((line.wanted * line.price + 500) // 1000, currency, symbol=False)


def _status(line: ProductLine, phase: Phase) -> tuple[str, str]:
    """What became of the product in the shop, and how good that is."""
    if line.item_id is None:
        return "", "plain"
    if line.bought:
        values = {"bought": number(line.bought), "wanted": quantity(line.listed, line.unit)}
        return text("run.bought_of", **values), "good" if line.bought == line.listed else "warn"
    if line.missing or phase is not Phase.SHOPPING:
        return text("run.not_there"), "bad"
    return text("run.to_buy"), "plain"


def _person(person: PersonLine, currency: str) -> Person:
    return Person(
        id=person.user_id,
        name=person.name,
        username=person.username,
        leads=person.leads,
        helps=person.helps,
        ready=person.ready,
        left=person.left,
        bids=person.bids,
        spent=money(person.spent, currency) if person.spent else "",
    )


def _step(phase: Phase, who: str | None, at: datetime, time_zone: str) -> Step:
    return Step(str(phase), who or "", moment(at, time_zone))


def mine_in(seen: Screen, user_id: str, here: Collection[str]) -> dict[str, Mine]:
    """My bid on each product of the page, with the range the server would accept right now."""
    bids, view = seen.bids.get(user_id, {}), seen.view
    lines = (line for line in view.products if line.product_id in here)
    return {line.product_id: _mine(bids.get(line.product_id), line, view.phase) for line in lines}


def _mine(bid: BidLine | None, line: ProductLine, phase: Phase) -> Mine:
    if bid is None:
        return NO_BID
    amount = bid.quantity or 0
    if line.got is not None:
        amount = line.got.get(bid.user_id, 0)
    low = high = 0
    if phase is Phase.ADJUSTING and bid.wanted is not None:
        low, high = adjust_range(amount, line.wanted, line.bought)
    interested = bid.quantity is None and bid.wanted is None
    return _own(amount, line.unit, interested, bid.note, low, high, bid.edited_from)


@lru_cache(maxsize=8192)
def _own(amount: int, unit: str, interested: bool, note: str, low: int, high: int, edited_from: int | None) -> Mine:
    allowed = text("run.range", low=number(low), high=quantity(high, unit)) if low < high else ""
    changed = "" if edited_from is None else text("run.changed_from", before=quantity(edited_from, unit))
    return Mine(amount, quantity(amount, unit), interested, note, low, high, changed, allowed)


def my_lines(seen: Screen, user_id: str) -> list[Part]:
    """My firm bids with what each is expected to cost, at most as many as fit beside the page."""
    bids, currency = seen.bids.get(user_id, {}), seen.view.currency
    lines: list[Part] = []
    for line in seen.view.products:
        bid = bids.get(line.product_id)
        if bid is not None and bid.quantity and not line.missing:
            lines.append(_part(line.name, bid.quantity, line.unit, line.price, currency))
    return lines[:PEOPLE]


@lru_cache(maxsize=8192)
def _part(product: str, wanted: int, unit: str, price: int | None, currency: str) -> Part:
    cost = "" if price is None else money((wanted * price + 500) // 1000, currency, symbol=False)
    return Part(product, quantity(wanted, unit), cost)


def dates(view: RunView) -> tuple[str, str]:
    """The shopping day, and the deadline in the group's time zone; empty where there is none."""
    shopping = text("run.shopping_on", day=day(view.shopping_day)) if view.shopping_day else ""
    closes = moment(view.bids_close_at, view.time_zone) if view.bids_close_at and view.phase in BIDDING else ""
    return shopping, closes


def part_key(phase: Phase) -> str:
    """Whether the sums are estimated, running or final."""
    if phase in FINAL or phase is Phase.DISTRIBUTING:
        return "run.final"
    return "run.so_far" if phase in (Phase.SHOPPING, Phase.ADJUSTING) else "run.estimated"
