"""What each participant owes for the goods of a run, exactly as much as was paid, and who bears what nobody took."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import NamedTuple

from bulq.domain.errors import Conflict, Invalid
from bulq.domain.money import share_money

LEFT_OVER = "~left-over"  # no id begins with a tilde
TAKING = timedelta(days=14)  # after completion, left-over goods may be taken for so long


class EntryKind(StrEnum):
    """What an entry of the ledger is for."""

    GOODS = "goods"
    LEFT_OVER = "left_over"
    COST = "cost"


class Part(NamedTuple):
    """A part of an item: thousandths and minor units."""

    quantity: int
    amount: int


class Entry(NamedTuple):
    """A line of the ledger about one item: thousandths and minor units, negative where a later entry takes away."""

    person: str
    kind: EntryKind
    quantity: int
    amount: int


class Taking(NamedTuple):
    """So many thousandths of what nobody took went to somebody in pick-up. Ids are in the order of taking."""

    id: str
    person: str
    quantity: int


@dataclass(frozen=True, slots=True)
class Purchase:
    """A list item after shopping: minor units for thousandths, and who gets how many of these.

    `takings` say which part of the allocations was left over first.
    """

    item_id: str
    total: int
    bought: int
    allocations: Mapping[str, int]
    takings: Collection[Taking] = ()


@dataclass(frozen=True, slots=True)
class Shares:
    """One item divided: what each person gets and owes, and by payer what nobody took.

    `got` has thousandths, `costs` minor units. Costs and left-over amounts add up to what was paid.
    """

    got: Mapping[str, int]
    costs: Mapping[str, int]
    borne: Mapping[str, Part]

    @property
    def left_over(self) -> int:
        return sum(part.quantity for part in self.borne.values())

    @property
    def left_cost(self) -> int:
        return sum(part.amount for part in self.borne.values())


NOTHING = Shares({}, {}, {})


def line_shares(
    item_id: str, line_total: int, bought: int, allocations: Mapping[str, int]
) -> tuple[dict[str, int], int]:
    """Minor units per person, and what the goods nobody took cost; together `line_total` exactly."""
    left = bought - sum(allocations.values())
    if left < 0 or any(quantity < 0 for quantity in allocations.values()):
        raise ValueError("allocations are never negative and together at most what was bought")
    # Who takes nothing has no place in the rotation, so it makes no difference whether they are listed.
    weights = {person: quantity for person, quantity in allocations.items() if quantity}
    if left:
        weights[LEFT_OVER] = left
    if not weights:
        return dict.fromkeys(allocations, 0), line_total
    shares = share_money(line_total, weights, item_id)
    return {person: shares.get(person, 0) for person in allocations}, shares.get(LEFT_OVER, 0)


def divided(purchase: Purchase, paid: Mapping[str, Part]) -> Shares:
    """The item with everybody's share of its cost. `paid` is what each payer bought of it, and for how much.

    It is divided as it was before anything of the left-over goods was taken. Each taking moves its cost from whoever
    paid to whoever took: nobody else's share changes.
    """
    got = dict(purchase.allocations)
    for each in purchase.takings:
        got[each.person] = got.get(each.person, 0) - each.quantity
    costs, left_cost = line_shares(purchase.item_id, purchase.total, purchase.bought, got)
    left = purchase.bought - sum(got.values())
    shares = Shares(got, costs, borne_by(purchase.item_id, Part(left, left_cost), paid))
    for each in sorted(purchase.takings):
        taken = taking(purchase.item_id, shares, each.person, each.quantity)
        shares = shares_in([*entries_of(shares), *taken])
    return shares


def borne_by(item_id: str, left: Part, paid: Mapping[str, Part]) -> dict[str, Part]:
    """Left-over goods by payer: divided by what each paid for the item, or by quantity if it was free."""
    if not (left.quantity or left.amount):
        return {}
    if not paid:
        raise ValueError("goods that are left over were paid for by somebody")
    return _spread(item_id, left, {payer: part.amount for payer, part in paid.items()}, paid)


def _spread(item_id: str, whole: Part, weights: Mapping[str, int], parts: Mapping[str, Part]) -> dict[str, Part]:
    """`whole` by `weights`, or by the quantities of `parts` where all weights are 0."""
    by_quantity = {person: part.quantity for person, part in parts.items()}
    weights = weights if any(weights.values()) else by_quantity
    quantities = share_money(whole.quantity, weights, item_id)
    amounts = share_money(whole.amount, weights, item_id)
    return {person: Part(quantities[person], amounts[person]) for person in parts}


def taking(item_id: str, shares: Shares, person: str, quantity: int) -> list[Entry]:
    """The ledger entries by which `person` takes that much of the left-over goods at cost.

    Whoever bore their cost bears as much less. Nobody else's share changes.
    """
    rest = shares.left_over - quantity
    if not 0 < quantity <= shares.left_over:
        raise ValueError("what is taken is above 0 and at most what is left over")
    weights = {person: quantity, LEFT_OVER: rest} if rest else {person: quantity}
    cost = share_money(shares.left_cost, weights, item_id)[person]
    quantities = share_money(quantity, {payer: part.quantity for payer, part in shares.borne.items()}, item_id)
    amounts = {payer: part.amount for payer, part in shares.borne.items()}
    costs = share_money(cost, amounts, item_id) if any(amounts.values()) else dict.fromkeys(amounts, 0)
    borne = [Entry(payer, EntryKind.LEFT_OVER, -quantities[payer], -costs[payer]) for payer in shares.borne]
    return [Entry(person, EntryKind.GOODS, quantity, cost), *(each for each in borne if each.quantity or each.amount)]


def check_taking(quantity: int, left: int, step: int) -> None:
    """Refuse to take more than is left over, or a part of a step unless that is all there is."""
    if quantity <= 0:
        raise Invalid("quantity_positive", field="quantity")
    if quantity > left:
        raise Conflict("less_left_over", field="quantity")
    if quantity % step and quantity != left:
        raise Conflict("left_over_step", field="quantity")


def may_be_taken(ended_at: datetime | None, now: datetime) -> bool:
    """Whether left-over goods can still be taken: before a run ends, and for 14 days afterwards."""
    return ended_at is None or now <= ended_at + TAKING


def entries_of(shares: Shares) -> list[Entry]:
    """The ledger entries that hold these shares."""
    goods = [
        Entry(person, EntryKind.GOODS, quantity, shares.costs[person])
        for person, quantity in shares.got.items()
        if quantity or shares.costs[person]
    ]
    return goods + [Entry(payer, EntryKind.LEFT_OVER, *part) for payer, part in shares.borne.items()]


def shares_in(entries: Iterable[Entry]) -> Shares:
    """The shares that ledger entries about one item add up to."""
    sums: dict[EntryKind, dict[str, Part]] = {EntryKind.GOODS: {}, EntryKind.LEFT_OVER: {}}
    for person, kind, quantity, amount in entries:
        before = sums[kind].get(person, Part(0, 0))
        sums[kind][person] = Part(before.quantity + quantity, before.amount + amount)
    goods = sums[EntryKind.GOODS]
    return Shares(
        {person: part.quantity for person, part in goods.items()},
        {person: part.amount for person, part in goods.items()},
        {person: part for person, part in sums[EntryKind.LEFT_OVER].items() if part != (0, 0)},
    )
