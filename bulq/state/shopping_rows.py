"""The shopping list in words and figures, made once for all who look at it."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from bulq.config import settings
from bulq.domain.allocation import matches
from bulq.domain.money import line_total, unit_price
from bulq.domain.phases import BIDDING, Phase, Unit
from bulq.domain.prices import MEASURED, ONE, SMALL, Offer, Price
from bulq.i18n import day, money, number, price, quantity, text
from bulq.queries.shopping import ItemLine, PurchaseLine, ShoppingView


@dataclass(frozen=True)
class Good:
    """What stays the same about a row, so that a purchase sends only what it changes."""

    item_id: str
    name: str
    brand: str
    wanted: str
    amount: str  # the number alone
    unit: str  # and what it counts
    notes: list[str]
    last: str  # the newest price at this store, empty when nobody has seen one
    last_at: str  # ISO 8601


@dataclass(frozen=True)
class Line:
    """A purchase; the chip stands on the newest line of its product and tells how far that has come."""

    purchase_id: str
    item_id: str
    name: str
    called: str  # the name, with the amount where there are several lines of it
    sum: str
    payer: str
    payer_id: str
    seen: str  # the line as it is shown, for whoever acts on it
    chip: str
    tone: str


@dataclass(frozen=True)
class Listed:
    """The same for every viewer."""

    view: ShoppingView
    title: str
    spent: str
    when: str  # before, now or after shopping
    leader: str
    goods: list[Good]
    bought: dict[str, str]  # item id → how much, only where something is bought
    absent: list[str]
    receipt: list[Line]
    members: list[tuple[str, str]]


def listed(view: ShoppingView) -> Listed:
    members = [(str(member.user_id), member.name) for member in view.members]
    early = (*BIDDING, Phase.CONFIRMED)
    return Listed(
        view=view,
        title=f"{view.store}, {day(view.shopping_day)}" if view.shopping_day else view.store,
        spent=money(view.paid, view.currency),
        when="now" if view.phase is Phase.SHOPPING else "before" if view.phase in early else "after",
        leader=dict(members).get(view.leader_id, ""),
        goods=[_good(item, view.currency) for item in view.items],
        bought={item.item_id: quantity(item.bought, item.unit) for item in view.items if item.bought},
        absent=[item.item_id for item in view.items if item.missing and not item.bought],
        receipt=list(_receipt(view)),
        members=members,
    )


def within_reach(seen: Listed) -> list[Good]:
    """The rows a page holds: all of a usual list, of a very long one the next to buy and what is not there."""
    if len(seen.goods) <= settings.page_size:
        return seen.goods
    absent = set(seen.absent)
    waiting = [good for good in seen.goods if good.item_id not in seen.bought and good.item_id not in absent]
    missing = [good for good in seen.goods if good.item_id in absent]
    return waiting[: settings.page_size] + missing[: settings.page_size]


def _good(item: ItemLine, currency: str) -> Good:
    last = item.prices[0] if item.prices else None
    return Good(
        item_id=item.item_id,
        name=item.name,
        brand=item.brand,
        wanted=quantity(item.wanted, item.unit),
        amount=number(item.wanted),
        unit=text(f"unit.{item.unit}", count=Decimal(item.wanted) / 1000),
        notes=[text("shopping.note_of", name=note.name, note=note.note) for note in item.notes],
        last=price(Offer(last.price, last.minimum), item.unit, currency) if last else "",
        last_at=last.seen_at.isoformat() if last else "",
    )


def _receipt(view: ShoppingView) -> Iterable[Line]:
    items = {item.item_id: item for item in view.items}
    lines = [line for line in view.purchases if line.item_id in items]
    newest = {line.item_id: line.purchase_id for line in lines}
    counts = Counter(line.item_id for line in lines)
    for line in lines:
        item = items[line.item_id]
        amount = quantity(line.quantity, item.unit)
        several = counts[line.item_id] > 1
        chip, tone = _progress(item) if newest[line.item_id] == line.purchase_id else ("", "plain")
        yield Line(
            purchase_id=line.purchase_id,
            item_id=line.item_id,
            name=item.name,
            called=f"{item.name}, {amount}" if several else item.name,
            sum=_sum(line, item.unit, view.currency),
            payer=line.payer,
            payer_id=line.payer_id,
            seen=f"{line.quantity}/{line.total}/{line.payer_id}",
            chip=chip,
            tone=tone,
        )


def _sum(line: PurchaseLine, unit: Unit, currency: str) -> str:
    """ "9 × 799.00 = 7,191.00", or "about" where the price had to be rounded."""
    if unit in SMALL:  # nobody knows what one gram costs
        each = price(Offer(Price(unit_price(line.total, line.quantity, ONE * ONE), ONE * ONE)), unit, currency)
        exact = line.total * ONE * ONE % line.quantity == 0
    else:
        amount = unit_price(line.total, line.quantity)
        each = money(amount, currency, symbol=False)
        exact = line_total(line.quantity, amount) == line.total
    return text(
        "shopping.sum" if exact else "shopping.sum_about",
        amount=quantity(line.quantity, unit) if unit in MEASURED else number(line.quantity),
        price=each,
        total=money(line.total, currency, symbol=False),
    )


def _progress(item: ItemLine) -> tuple[str, str]:
    """What of the wanted is bought, and the tone to say it in."""
    if matches(item.wanted, item.bought, item.step):
        return text("shopping.all_of_it", wanted=number(item.wanted)), "good"
    if item.bought < item.wanted:
        return text("shopping.some_of_it", bought=number(item.bought), wanted=number(item.wanted)), "warn"
    return text("shopping.too_many", more=number(item.bought - item.wanted)), "info"
