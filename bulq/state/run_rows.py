"""The rows of a run's page: what of a product is shown to all, and to whom a bid belongs."""

from dataclasses import dataclass
from functools import lru_cache
from heapq import nlargest
from typing import TypeVar

from bulq import i18n
from bulq.domain.adjusting import adjust_range
from bulq.domain.allocation import matches
from bulq.domain.phases import Phase, Unit
from bulq.domain.prices import Offer
from bulq.i18n import number, text
from bulq.queries.runs import BidLine, ProductLine, RunView

V = TypeVar("V")

PILLS = 6  # bidders a row names; the others are counted
NOBODY = ("?", -1)  # name and number of who is not among the people of the run
FEW = 16  # rows sent again with every change before all are sent at once

# Every change of a run writes the same few things thousands of times. Kept, they need no Babel, which thinks each
# amount over anew; and the same object needs no comparing with what was sent before.
money = lru_cache(maxsize=8192)(i18n.money)
quantity = lru_cache(maxsize=8192)(i18n.quantity)


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
class Totals:
    """What of a product changes with everybody's bids. `tone` and `status` are empty until shopping.

    `pills` are who, how much, and the number of the person, by which each viewer knows their own: tuples, since objects
    take ten times as long to send and there are hundreds.
    """

    wanted: str
    cost: str
    pills: tuple[tuple[str, str, int], ...]
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
class Part:
    """A line of "your part"."""

    product: str
    amount: str
    cost: str


def row_of(line: ProductLine, currency: str) -> Row:
    return _row(line.product_id, line.name, line.brand, line.unit, line.step, line.offer, currency)


@lru_cache(maxsize=8192)
def _row(product_id: str, name: str, brand: str, unit: Unit, step: int, offer: Offer | None, currency: str) -> Row:
    per = i18n.price(offer, unit, currency) if offer else ""
    return Row(product_id, name, brand, str(unit), step, per)


def totals_of(line: ProductLine, view: RunView, people: dict[str, tuple[str, int]]) -> Totals:
    amounts, count = _amounts(line)
    pills = tuple(_pill(people.get(user_id, NOBODY), amount) for user_id, amount in amounts)
    status, tone = _status(line, view.phase)
    return Totals(
        wanted=quantity(line.wanted, line.unit) if line.wanted else text("run.no_bids"),
        cost=_cost(line, view.currency),
        pills=pills,
        more=count - len(pills),
        status=status,
        tone=tone,
        adjustable=view.phase is Phase.ADJUSTING and _is_open(line),
    )


def _is_open(line: ProductLine) -> bool:
    """Whether more or less was bought than people want by now."""
    return bool(line.bought) and not matches(line.wanted, line.bought, line.step)


def _pill(who: tuple[str, int], amount: str) -> tuple[str, str, int]:
    name, number = who
    return name, amount, number


def since(sent: dict[str, V], now: dict[str, V]) -> tuple[dict[str, V], dict[str, V]]:
    """What stays as it was sent, and the rows that differ from it; when these are many, everything anew."""
    if sent.keys() != now.keys():
        return now, {}
    changed = {row_id: row for row_id, row in now.items() if sent[row_id] != row}
    return (sent, changed) if len(changed) <= FEW else (now, {})


def _amount(bid: BidLine, line: ProductLine) -> str:
    return (
        text("run.interested")
        if bid.quantity is None and bid.wanted is None
        else quantity(bid.quantity or 0, line.unit)
    )


def _amounts(line: ProductLine) -> tuple[list[tuple[str, str]], int]:
    """Who gets or wants how much, in words, of those who have most; and how many they all are."""
    if line.got is not None:
        got = nlargest(PILLS, line.got.items(), key=lambda share: share[1])
        return [(user_id, quantity(amount, line.unit)) for user_id, amount in got], len(line.got)
    most = nlargest(PILLS, line.bids, key=lambda bid: bid.quantity or 0)
    return [(bid.user_id, _amount(bid, line)) for bid in most], len(line.bids)


def _cost(line: ProductLine, currency: str) -> str:
    if line.bought:
        return money(line.paid, currency, symbol=False)
    if line.expected is None or not line.wanted or line.missing:
        return ""
    return money(line.expected, currency, symbol=False)


def _status(line: ProductLine, phase: Phase) -> tuple[str, str]:
    """What became of the product in the shop, and how good that is."""
    if line.item_id is None:
        return "", "plain"
    if line.bought:
        values = {"bought": number(line.bought), "wanted": quantity(line.listed, line.unit)}
        return text("run.bought_of", **values), "good" if matches(line.listed, line.bought, line.step) else "warn"
    if line.missing or phase is not Phase.SHOPPING:
        return text("run.not_there"), "bad"
    return text("run.to_buy"), "plain"


def mine_of(bid: BidLine | None, line: ProductLine, phase: Phase) -> Mine:
    if bid is None:
        return NO_BID
    amount = bid.quantity or 0
    if line.got is not None:
        amount = line.got.get(bid.user_id, 0)
    low = high = 0
    if phase is Phase.ADJUSTING and bid.wanted is not None:
        low, high = adjust_range(amount, line.wanted, line.bought, line.step)
    interested = bid.quantity is None and bid.wanted is None
    return _own(amount, line.unit, interested, bid.note, low, high, bid.edited_from)


@lru_cache(maxsize=8192)
def _own(amount: int, unit: str, interested: bool, note: str, low: int, high: int, edited_from: int | None) -> Mine:
    allowed = text("run.range", low=number(low), high=quantity(high, unit)) if low < high else ""
    changed = "" if edited_from is None else text("run.changed_from", before=quantity(edited_from, unit))
    return Mine(amount, quantity(amount, unit), interested, note, low, high, changed, allowed)


@lru_cache(maxsize=8192)
def part_of(product: str, wanted: int, unit: str, cost: int | None, currency: str) -> Part:
    return Part(product, quantity(wanted, unit), "" if cost is None else money(cost, currency, symbol=False))
